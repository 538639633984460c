"""A live event: sources, pictures and re-checks around the house."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import msgspec

from kiosk.app.house import House
from kiosk.app.loop import in_qt
from kiosk.app.show import show
from kiosk.app.slate import open_patiently
from kiosk.domain.events import EventDescribed
from kiosk.domain.moderation import Rules
from kiosk.media.client import PICTURE, GuardedClient
from kiosk.media.decode import PhotoDecoder
from kiosk.media.pictures import Pictures
from kiosk.media.throttle import Throttle
from kiosk.runtime.attachments import Attachments
from kiosk.runtime.clocks import SystemClock
from kiosk.runtime.ingest import Ingest
from kiosk.runtime.recheck import Recheck
from kiosk.runtime.supervisor import Supervisor, Watched
from kiosk.sources import make_source

if TYPE_CHECKING:
    from kiosk.app.loop import Task
    from kiosk.app.show import Windows
    from kiosk.runtime.clocks import Clock
    from kiosk.runtime.counters import Counters
    from kiosk.settings import Settings
    from kiosk.ui.shell import Shell


def run(settings: Settings, windows: Windows) -> int:
    """Show a live event until a signal comes or the desk is closed."""

    async def play(shell: Shell, counters: Counters) -> None:
        async with AsyncExitStack() as stack:
            clock = SystemClock()
            described = _described(settings, clock)
            ledger = await open_patiently(shell, settings, described, clock, counters)
            stack.push_async_callback(ledger.close)
            stack.callback(shell.close_windows)
            house = House(shell, ledger, clock, counters, settings)
            known = await house.ledger.read(lambda f: f.described())
            if known is None or msgspec.structs.replace(known, at=described.at) != described:
                await house.ledger.commit(described)
            await house.furnish(described)
            work = await _sources(stack, house)
            await show(house, windows, work, None)

    return in_qt(play, settings.wall.theme)


def _described(settings: Settings, clock: Clock) -> EventDescribed:
    event = settings.event
    tags = tuple(tag.lstrip("#") for tag in event.hashtags)
    join = event.join or (f"Post with #{tags[0]}" if tags else "")
    return EventDescribed(at=clock.now(), name=event.name, hashtags=tags, join=join, timezone=event.timezone)


async def _sources(stack: AsyncExitStack, house: House) -> list[Task]:
    """Everything that brings posts and pictures from the network; closed in the mirror order."""
    settings, throttle = house.settings, Throttle()
    lists = settings.moderation
    rules = Rules(lists.blocked_words, lists.blocked_authors, lists.trusted_authors)
    ingest = Ingest(house.ledger, rules, house.clock)
    watched: list[Watched] = []
    for table in settings.source:
        client = GuardedClient(allow_private=table.allow_private_addresses, throttle=throttle)
        stack.push_async_callback(client.aclose)
        source = make_source(table, settings.event.hashtags, settings.token(table), client)
        watched.append(Watched(source, table.interval))
    private = any(table.allow_private_addresses for table in settings.source)
    pictures = GuardedClient(PICTURE, allow_private=private, throttle=throttle)
    stack.push_async_callback(pictures.aclose)
    decoder = PhotoDecoder()
    stack.push_async_callback(decoder.close)
    supervisor = Supervisor(
        watched=watched, ingest=ingest, ledger=house.ledger, clock=house.clock, counters=house.counters
    )
    house.health = lambda: supervisor.health
    supervisor.changed = house.announce
    recheck = Recheck(
        sources={each.source.name: each.source for each in watched},
        gate=house.gate,
        stage=house.stage,
        ingest=ingest,
        ledger=house.ledger,
        counters=house.counters,
    )
    attachments = Attachments(
        ledger=house.ledger,
        pictures=Pictures(pictures),
        decoder=decoder,
        clock=house.clock,
        counters=house.counters,
    )
    return [supervisor.run, recheck.run, attachments.run]
