"""`kiosk check`: does with an event's settings what the program would do, once, and says it in sentences."""

from __future__ import annotations

import asyncio
import os
from contextlib import aclosing
from typing import TYPE_CHECKING

from kiosk.archive.event_file import EventFile
from kiosk.domain.errors import ArchiveError, SourceError
from kiosk.media.client import GuardedClient
from kiosk.sources import make_source

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiosk.settings import Settings, SourceTable

    Say = Callable[[str], None]


async def check(settings: Settings, say: Say) -> int:
    """Check the event file's place and every source; 0 where all is well, 1 otherwise."""
    event = settings.event
    tags = " ".join(f"#{tag.lstrip('#')}" for tag in event.hashtags) or "no hashtag"
    say(f"Event “{event.name}”, {tags}, times in {event.timezone}.")
    well = _check_file(settings, say)
    if not settings.source:
        say("✗ No [[source]]: nothing would arrive. Add one; `kiosk init` shows how.")
        well = False
    results = await asyncio.gather(*(_check_source(settings, source, say) for source in settings.source))
    scenes = ", ".join(settings.wall.playlist)
    say(f"The wall would show: {scenes}; theme {settings.wall.theme}; every post waits for the desk.")
    return 0 if well and all(results) else 1


def _check_file(settings: Settings, say: Say) -> bool:
    path = settings.event_file
    if not path.exists():
        if os.access(path.parent, os.W_OK):
            say(f"✓ A new event file would be made: {path}")
            return True
        say(f"✗ The event file {path} cannot be made: its folder is missing or not writable.")
        return False
    try:
        file = EventFile.open_recording(path)
        counts = {str(standing): number for standing, number in file.counts().items() if number}
        file.close()
    except ArchiveError as error:
        say(f"✗ {error}")
        return False
    holds = ", ".join(f"{number} {standing}" for standing, number in counts.items()) or "no posts"
    say(f"✓ The event file {path} goes on: {holds}.")
    return True


async def _check_source(settings: Settings, table: SourceTable, say: Say) -> bool:
    async with aclosing(GuardedClient(allow_private=table.allow_private_addresses)) as client:
        try:
            batch = await make_source(table, settings.event.hashtags, settings.token(table), client).poll(None)
        except SourceError as error:
            say(f"✗ {table.kind} {table.server}: {error}")
            return False
    bad = f", {len(batch.bad)} could not be read ({batch.bad[0]})" if batch.bad else ""
    say(
        f"✓ {table.kind} {table.server}: answered; {len(batch.found)} posts carry the tags{bad}. "
        f"It would be asked every {table.interval:g} s."
    )
    if not batch.found:
        say("  No post yet is no proof: post one with the tag and check again, or look at the server's tag page.")
    return True
