"""Keeps every source read: each has its keeper, and none can harm another."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING, Final

from kiosk.domain.errors import ArchiveError
from kiosk.runtime.health import quiet_minutes
from kiosk.runtime.keeper import Keeper, Shared
from kiosk.sources.source import Streaming

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from kiosk.runtime.clocks import Clock
    from kiosk.runtime.counters import Counters
    from kiosk.runtime.ingest import Ingest
    from kiosk.runtime.keeper import Watched
    from kiosk.runtime.ledger import Ledger

TALLY_EVERY: Final = 5.0
"""Seconds between two looks at how many posts came and were shown."""


class Supervisor:
    """Reads sources for ever; `health` is in the order of the event's file."""

    def __init__(  # noqa: PLR0913  # each is one room of the program, handed in by name
        self,
        *,
        watched: Sequence[Watched],
        ingest: Ingest,
        ledger: Ledger,
        clock: Clock,
        counters: Counters,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        uniform: Callable[[float, float], float] = random.uniform,
    ) -> None:
        """Read nothing yet; `run` does."""
        self._ledger = ledger
        self._clock = clock
        self._counters = counters
        self.changed: Callable[[], None] = lambda: None
        shared = Shared(ingest, ledger, clock, counters, sleep, uniform, self._tell)
        self._keepers = [Keeper(each, shared) for each in watched]
        self.health = [keeper.health for keeper in self._keepers]

    async def run(self) -> None:
        """Read every source until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for keeper in self._keepers:
                tasks.create_task(keeper.poll_for_ever())
                if isinstance(keeper.source, Streaming):
                    tasks.create_task(keeper.stream_for_ever(keeper.source))
            tasks.create_task(self._tally_for_ever())

    async def _tally_for_ever(self) -> None:
        while True:
            await self.tally()
            await asyncio.sleep(TALLY_EVERY)

    async def tally(self) -> None:
        """Bring the figures of every source up to date: what came and was shown, and for how long nothing came."""
        try:
            tallies = await self._ledger.read(lambda file: file.whereabouts.tallies())
        except ArchiveError as error:
            self._counters.count("The figures of the sources could not be read", error)
            return
        now = self._clock.now()
        for keeper, health in zip(self._keepers, self.health, strict=True):
            health.seen, health.shown = tallies.get(health.name, (health.seen, health.shown))
            health.quiet_minutes = quiet_minutes(keeper.last_post, now)
        self._tell()

    def _tell(self) -> None:
        self.changed()
