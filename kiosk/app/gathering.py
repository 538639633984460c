"""The gathering itself, as an event's file describes it, written into its journal where that says otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from kiosk.domain.events import EventDescribed

if TYPE_CHECKING:
    from kiosk.runtime.clocks import Clock
    from kiosk.runtime.ledger import Ledger
    from kiosk.settings import Settings


def described_by(settings: Settings, clock: Clock) -> EventDescribed:
    """What an EVENT.toml says of the gathering, as of now."""
    event = settings.event
    tags = tuple(tag.lstrip("#") for tag in event.hashtags)
    join = event.join or (f"Post with #{tags[0]}" if tags else "")
    return EventDescribed(at=clock.now(), name=event.name, hashtags=tags, join=join, timezone=event.timezone)


async def describe(ledger: Ledger, described: EventDescribed) -> None:
    """Journal the description once, and again when it changed.

    Raises:
        ArchiveError: where it did not become durable.

    """
    known = await ledger.read(lambda file: file.described())
    if known is None or replace(known, at=described.at) != described:
        await ledger.commit(described)
