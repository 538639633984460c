"""Writes into the journal, each hour, how evenly the wall moved."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from kiosk.domain.errors import ArchiveError
from kiosk.domain.events import PacingNoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiosk.runtime.clocks import Clock
    from kiosk.runtime.counters import Counters
    from kiosk.runtime.ledger import Ledger

    Take = Callable[[], tuple[int, int, float, float]]

HOUR: Final = 3600.0
"""Seconds between two notes."""


class PaceNotes:
    """Takes the meter's figures every hour, and once more at the end."""

    def __init__(self, ledger: Ledger, take: Take, clock: Clock, counters: Counters, drawn: str) -> None:
        """`take` hands out frames, late frames, the longest gap and the time in motion (both in seconds), and begins
        anew; `drawn` says what draws.
        """
        self._ledger = ledger
        self._take = take
        self._clock = clock
        self._counters = counters
        self._drawn = drawn

    async def run(self) -> None:
        """Write a note every hour, for ever."""
        while True:
            await asyncio.sleep(HOUR)
            await self.note()

    async def note(self) -> None:
        """Write one note, where anything moved since the last."""
        frames, late, longest, seconds = self._take()
        if not frames:
            return
        try:
            await self._ledger.commit(
                PacingNoted(
                    at=self._clock.now(), frames=frames, late=late, longest=longest, seconds=seconds, drawn=self._drawn
                )
            )
        except ArchiveError as error:
            self._counters.count("How the wall moved could not be written down", error)
