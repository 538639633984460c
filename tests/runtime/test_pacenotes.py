from __future__ import annotations

import asyncio

from factories import at

from kiosk.domain.errors import ArchiveError
from kiosk.domain.events import PacingNoted
from kiosk.runtime.clocks import StillClock
from kiosk.runtime.counters import Counters
from kiosk.runtime.pacenotes import PaceNotes


class FakeLedger:
    """Keeps what is written, or cannot."""

    def __init__(self, *, broken: bool = False) -> None:
        self.events: list[PacingNoted] = []
        self._broken = broken

    async def commit(self, event: PacingNoted) -> None:
        if self._broken:
            raise ArchiveError("full")
        self.events.append(event)


def noted(figures: tuple[int, int, float, float], ledger: FakeLedger) -> Counters:
    counters = Counters()
    notes = PaceNotes(ledger, lambda: figures, StillClock(at(60)), counters, "software renderer: a test")
    asyncio.run(notes.note())
    return counters


def test_the_figures_are_written_with_what_drew():
    ledger = FakeLedger()
    noted((216_000, 3, 0.031, 3600.0), ledger)
    assert ledger.events == [
        PacingNoted(at=at(60), frames=216_000, late=3, longest=0.031, seconds=3600.0, drawn="software renderer: a test")
    ]


def test_where_nothing_moved_nothing_is_written():
    ledger = FakeLedger()
    noted((0, 0, 0.0, 0.0), ledger)
    assert not ledger.events


def test_a_note_that_cannot_be_written_is_counted():
    counters = noted((60, 0, 0.02, 1.0), FakeLedger(broken=True))
    assert counters.total == 1
