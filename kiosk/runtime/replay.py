"""Feeds a saved event into the ledger at its own pace; everything behind the ledger is the live program."""

from __future__ import annotations

import asyncio
import itertools
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from kiosk.archive.event_file import EventFile, StoredPhoto
from kiosk.domain.events import CueShown, PacingNoted, PanicCleared, PanicRaised, PhotoStored, Pinned, Unpinned

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from kiosk.archive.event_file import Entry
    from kiosk.domain.errors import ArchiveError
    from kiosk.domain.events import Event
    from kiosk.runtime.clocks import ReplayClock
    from kiosk.runtime.counters import Counters
    from kiosk.runtime.ledger import Ledger

PAGE: Final = 100
"""Journal entries read at a time, so that memory does not grow with the recording."""


OF_THE_WALL: Final = (CueShown, Pinned, Unpinned, PacingNoted, PanicRaised, PanicCleared)
"""What happened to the wall and to no post."""


class Replay:
    """One recording, read on the ledger's own thread and never written to.

    What the wall did then (cues, pins, panic) is not repeated: the director and the people at the desk decide
    anew. What people posted and moderators decided on posts is.
    """

    def __init__(self, ledger: Ledger, recording: EventFile, counters: Counters) -> None:
        """Play `recording` into `ledger`; `open` opens it."""
        self._ledger = ledger
        self._recording = recording
        self._counters = counters
        self._after = 0
        self._damaged = 0
        self.finished = False

    @classmethod
    async def open(cls, ledger: Ledger, path: Path, counters: Counters) -> Replay:
        """Open a recording; its lines that cannot be read are counted and passed over.

        Raises:
            ArchiveError: with a sentence, where it is no event file that can be read.

        """
        return cls(ledger, await ledger.read(lambda _: EventFile.open_recording(path)), counters)

    async def starts(self) -> datetime | None:
        """When the recording's first event happened (UTC), None where it is empty."""
        first = await self._read(0, 1)
        return first[0].event.at if first else None

    async def skip_to(self, moment: datetime) -> None:
        """Commit everything up to `moment` at once."""
        while entries := await self._page():
            due = _due(entries, moment)
            await self._commit(due)
            if len(due) < len(entries):
                return

    async def run(self, clock: ReplayClock) -> None:
        """Commit each event when the clock reaches it, and end after the last."""
        while entries := await self._page():
            await asyncio.sleep(clock.until(entries[0].event.at))
            await self._commit(_due(entries, clock.now()) or entries[:1])
        self.finished = True

    async def close(self) -> None:
        """Close the recording."""
        with suppress(RuntimeError):
            await self._ledger.read(lambda _: self._recording.close())

    async def _page(self) -> Sequence[Entry]:
        return await self._read(self._after, PAGE)

    async def _read(self, after: int, limit: int) -> Sequence[Entry]:
        damaged: dict[int, ArchiveError] = {}
        entries = await self._ledger.read(lambda _: self._recording.journal(after, limit, damaged=damaged.setdefault))
        for seq, error in damaged.items():
            if seq > self._damaged:  # pages overlap
                self._damaged = seq
                self._counters.count("A line of the recording was passed over", error)
        return entries

    async def _commit(self, entries: Sequence[Entry]) -> None:
        if not entries:
            return
        events = [entry.event for entry in entries if not isinstance(entry.event, OF_THE_WALL)]
        photos = await self._ledger.read(lambda _: [photo for event in events if (photo := self._photo(event))])
        await self._ledger.commit(*events, photos=photos)
        self._after = entries[-1].seq

    def _photo(self, event: Event) -> StoredPhoto | None:
        if not isinstance(event, PhotoStored):
            return None
        wall = self._recording.photo(event.photo.sha256)
        thumbnail = self._recording.photo(event.photo.sha256, thumbnail=True)
        return StoredPhoto(event.photo, wall, thumbnail) if wall and thumbnail else None


def _due(entries: Sequence[Entry], moment: datetime) -> Sequence[Entry]:
    """The entries that stand before the first one later than `moment`."""
    return list(itertools.takewhile(lambda entry: entry.event.at <= moment, entries))


def offset(start: datetime, seconds: float) -> datetime:
    """A moment `seconds` into a recording that starts at `start`."""
    return start + timedelta(seconds=seconds)
