"""How one relay is read backwards, page by page, and where to go on the next time.

Moments are the authors' own, so the last OVERLAP seconds are always read again. Relays differ in whether `until`
belongs to the page (NIP-01 says it does), so each page begins a second above the oldest event of the last one.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

import msgspec

from kiosk.domain.model import Cursor
from kiosk.sources.nostr.events import FAULTS, Event, read_event
from kiosk.sources.nostr.relay import PAGE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kiosk.sources.nostr.relay import Conversation

OVERLAP: Final = 15 * 60
"""Seconds that are read again: the difference of clocks, and how late a post may come to a relay."""

PAGES: Final = 2
"""Pages of one relay that one poll reads."""

MOST_PAGES: Final = 40
"""Pages read back at most after an outage: 20,000 posts."""

KNOWN: Final = 3_000
"""Posts that the cursor remembers, so that what is committed is not told again: OVERLAP at 200 a minute, 20 KB."""

MOST_BAD: Final = 20
"""Sentences about one relay's bad events; the others are only counted."""

_PREFIX: Final = 5
"""Bytes of each id remembered; who makes another's id alike only hides a post of their own."""

_SLICE: Final = 16
"""Signatures checked before others get their turn: half a millisecond."""


class Mark(msgspec.Struct, frozen=True, omit_defaults=True):
    """How far a relay has been read, in seconds since 1970.

    All up to `newest` is read; where `until` is not 0, only what is above it, and the next poll goes on from there
    down to `floor`; `pages` counts how many it has taken so far.
    """

    newest: int = 0
    floor: int = 0
    until: int = 0
    pages: int = 0


class Marks(msgspec.Struct, frozen=True):
    """What the poll's cursor holds: a mark for each relay, and the beginnings of ids that are committed."""

    relays: dict[str, Mark] = {}
    known: bytes = b""

    def fresh(self, events: Iterable[Event]) -> list[Event]:
        """Those of these events that were not committed lately."""
        known = set(_pieces(self.known))
        return [event for event in events if _beginning(event) not in known]

    def moved(self, marks: Mapping[str, Mark], fresh: Iterable[Event], name: str) -> Cursor:
        """The cursor after some relays were read and brought `fresh` events, newest first."""
        known = b"".join([*dict.fromkeys([*map(_beginning, fresh), *_pieces(self.known)])][:KNOWN])
        return Cursor(name, msgspec.json.encode(Marks({**self.relays, **marks}, known)).decode())


def _beginning(event: Event) -> bytes:
    return bytes.fromhex(event.id[: 2 * _PREFIX])


def _pieces(known: bytes) -> list[bytes]:
    return [known[start : start + _PREFIX] for start in range(0, len(known), _PREFIX)]


class Reading(msgspec.Struct, frozen=True):
    """What one relay had: verified events, where to go on, and what the operator should know."""

    events: list[Event]
    mark: Mark
    bad: list[str]
    gap: str = ""

    @property
    def more(self) -> bool:
        """Whether older unread pages remain."""
        return self.mark.until > 0


def marks_of(cursor: Cursor | None) -> Marks:
    """What a cursor holds; nothing where it is not one of ours."""
    try:
        return msgspec.json.decode(cursor.value, type=Marks) if cursor is not None else Marks()
    except FAULTS:
        return Marks()


async def believed(raws: Sequence[msgspec.Raw], host: str, now: float) -> tuple[list[Event], list[str]]:
    """The events that are what they say, and sentences for those that are not; others get their turn in between."""
    events: list[Event] = []
    bad: list[str] = []
    for count, raw in enumerate(raws, 1):
        try:
            events.append(read_event(raw, now))
        except FAULTS as error:
            bad.append(f"{host} sent an event that is not believed: {str(error)[:200]}.")
        if count % _SLICE == 0:
            await asyncio.sleep(0)
    if len(bad) > MOST_BAD:
        bad[MOST_BAD:] = [f"{host} sent {len(bad) - MOST_BAD} more events that are not believed."]
    return events, bad


async def read_back(talk: Conversation, question: Mapping[str, Any], mark: Mark | None, now: float) -> Reading:
    """Read a relay from its newest event, or from where the last poll stopped, until what was read before.

    Without a mark only the newest page is read.

    Raises:
        SourceError: where the relay does not answer; nothing counts as read then.

    """
    begun = mark if mark is not None and mark.until else None
    floor = begun.floor if begun else max(0, mark.newest - OVERLAP) if mark else 0
    until, pages = (begun.until, begun.pages) if begun else (0, 0)
    newest = mark.newest if mark else 0
    met: dict[str, Event] = {}
    bad: list[str] = []
    for _ in range(PAGES if mark else 1):
        bounds = {"limit": PAGE} | ({"since": floor} if floor else {}) | ({"until": until} if until else {})
        page, faults = await believed(await talk.ask({**question, **bounds}), talk.host, now)
        bad += faults
        fresh = [event for event in page if event.id not in met and floor <= event.created_at <= (until or 1 << 40)]
        if not fresh:
            until = 0
            break
        met |= {event.id: event for event in fresh}
        until = min(event.created_at for event in fresh) + 1
        pages += 1
    if mark is None:
        until = 0
    gap = ""
    if until and pages >= MOST_PAGES:
        gap = f"{talk.host} had more than {MOST_PAGES * PAGE:,} new posts; the oldest of them were not read."
        until = 0
    newest = max([newest, *(min(event.created_at, int(now)) for event in met.values())])
    return Reading(list(met.values()), Mark(newest, floor, until, pages) if until else Mark(newest), bad, gap)
