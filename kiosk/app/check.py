"""`kiosk check`: does with an event's settings what the program would do, once, and says it in sentences."""

from __future__ import annotations

import asyncio
import os
from contextlib import aclosing
from typing import TYPE_CHECKING, Final

from kiosk.app.intake import Reach
from kiosk.app.stills import open_stills
from kiosk.archive.event_file import EventFile
from kiosk.domain.contrast import ratio
from kiosk.domain.errors import ArchiveError, SettingsError, SourceError
from kiosk.domain.legibility import figures as figures_of
from kiosk.domain.legibility import refusals
from kiosk.domain.turns import playlist
from kiosk.runtime.clocks import SystemClock
from kiosk.runtime.health import SourceHealth, figures
from kiosk.settings import load_theme
from kiosk.sources.source import Streaming

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiosk.settings import Settings, SourceTable
    from kiosk.sources.source import Source

    Say = Callable[[str], None]

PATIENCE: Final = 60.0
"""Seconds that one source may take to answer."""

STREAM_PATIENCE: Final = 15.0
"""Seconds that its stream may take to connect."""


async def check(settings: Settings, say: Say) -> int:
    """Check the event file's place and every source; 0 where all is well, 1 otherwise."""
    event = settings.event
    tags = " ".join(f"#{tag.lstrip('#')}" for tag in event.hashtags) or "no hashtag"
    say(f"Event “{event.name}”, {tags}, times in {event.timezone}.")
    well = _check_file(settings, say)
    well = await _check_theme(settings, say) and well
    well = _check_legibility(settings, say) and well
    if not settings.source:
        say("✗ No [[source]]: nothing would arrive. Add one; `kiosk init` shows how.")
        well = False
    async with Reach(settings) as reach:
        results = await asyncio.gather(*(_check_source(reach, table, say) for table in settings.source))
    scenes = ", ".join(turn.scene for turn in playlist(settings.turns).round)
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


async def _check_theme(settings: Settings, say: Say) -> bool:
    """What the wall would look like; a theme that would be refused at the start is refused here."""
    try:
        theme = load_theme(settings.wall.theme, settings.folder)
        stills = await open_stills(theme)
    except SettingsError as error:
        say(f"✗ {error}")
        return False
    worst = min(ratio(ink, paper) for paper, ink in zip(theme.colours.papers, theme.colours.inks, strict=True))
    facts = [f"words at {worst:.1f}:1 or better"]
    facts += [f"logo of {still.width} × {still.height}" for still in (stills.logo,) if still]
    facts += [f"background veiled by {stills.veil:.0%}" for still in (stills.background,) if still]
    say(f"✓ Theme {settings.wall.theme}: {', '.join(facts)}.")
    return True


def _check_legibility(settings: Settings, say: Say) -> bool:
    """Whether all that the wall would show can be read from the last row."""
    hall = settings.hall
    sums = figures_of(hall)
    size = f"{sums.least:.1%} of the screen, {round(sums.least * 1080)} px at 1080p"
    columns = f"{sums.columns} column{'s' * (sums.columns > 1)} of about {sums.letters} letters a line"
    room = f"{columns}, about {sums.posts} posts a screen, {sums.seconds:.0f} s to read one"
    refused = refusals(hall, [turn.scene for turn in playlist(settings.turns).round])
    for sentence in refused:
        say(f"✗ Text: {sentence}.")
    if not hall.least:
        say(f"• Text is at least {size}: {room}. It is read from up to {sums.reach:.1f} screen heights away; say")
        say("  screen_height and farthest_seat under [wall], and it grows with your hall.")
    elif not refused:
        say(f"✓ Text is at least {size}, to be read from {hall.farthest_seat:g} m: {room}.")
    return not refused


async def _check_source(reach: Reach, table: SourceTable, say: Say) -> bool:
    title = f"{table.kind} {table.where}".strip()
    health = SourceHealth(title, table.kind)
    try:
        source = reach.source(table)
        async with asyncio.timeout(PATIENCE):
            batch = await source.poll(None)
    except (SourceError, TimeoutError) as error:
        health.failed(error, SystemClock().now())
        say(f"✗ {title}: {health.state}. {health.last_error}")
        return False
    stream = await _stream(source)
    health.stream_stands(stands=stream == "")
    health.well(SystemClock().now())
    health.charge(source.budget)
    bad = f", {len(batch.bad)} could not be read ({batch.bad[0]})" if batch.bad else ""
    asked = f"It would be asked every {table.interval:g} s"
    live = "and heard live" if stream == "" else "without a live stream"
    more = f"{live}: {stream}" if stream else live
    facts = "".join(f" · {fact}" for fact in figures(health))
    say(f"✓ {title}: {health.state}; {len(batch.found)} posts belong to the event{bad}{facts}.")
    say(f"  {asked}, {more.rstrip('.')}.")
    for word in (batch.note, batch.gap):
        if word:
            say(f"  {word}")
    if not batch.found and not batch.note:
        say("  No post yet is no proof: post one and check again.")
    return True


async def _stream(source: Source) -> str | None:
    """Why a source does not stream, "" where it does, None where it has no stream at all."""
    if not isinstance(source, Streaming):
        return None
    try:
        async with asyncio.timeout(STREAM_PATIENCE), aclosing(source.stream(None)) as batches:
            await anext(batches, None)
    except SourceError as error:
        return str(error)
    except TimeoutError:
        return f"it did not connect within {STREAM_PATIENCE:g} seconds."
    return ""
