"""Keeps every source read: one task each, with its own pace, backoff and health; none can harm another."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import msgspec

from kiosk.domain.errors import ArchiveError, BadPayload, Refused, SourceError, Unavailable
from kiosk.runtime.backoff import Backoff

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import datetime

    from kiosk.runtime.clocks import Clock
    from kiosk.runtime.counters import Counters
    from kiosk.runtime.ingest import Ingest
    from kiosk.runtime.ledger import Ledger
    from kiosk.sources.source import Batch, Source

REFUSED_PAUSE: Final = 300.0
"""Seconds between tries where a source refuses: only a person can mend that."""

START_JITTER: Final = 10.0
DEADLINE: Final = 180.0
"""Seconds that one read of a source may take in all, catching up included."""


class SourceHealth(msgspec.Struct):
    """What the desk says of one source; times in UTC."""

    name: str
    state: str = "starting"
    last_success: datetime | None = None
    last_error: str = ""
    next_poll: datetime | None = None
    posts_seen: int = 0
    bad: int = 0
    gap: str = ""


class Watched(msgspec.Struct):
    """A source with the pace that its settings give it, in seconds."""

    source: Source
    interval: float


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
        self._watched = watched
        self._ingest = ingest
        self._ledger = ledger
        self._clock = clock
        self._counters = counters
        self._sleep = sleep
        self._uniform = uniform
        self.health = [SourceHealth(each.source.name) for each in watched]
        self.changed: Callable[[], None] = lambda: None

    async def run(self) -> None:
        """Read every source until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for watched, health in zip(self._watched, self.health, strict=True):
                tasks.create_task(self._keep(watched, health))

    async def _keep(self, watched: Watched, health: SourceHealth) -> None:
        backoff = Backoff(self._uniform)
        await self._sleep(self._uniform(0.0, min(START_JITTER, watched.interval / 4)))
        while True:
            pause = await self._once(watched, health, backoff)
            health.next_poll = self._clock.now() + timedelta(seconds=pause)
            self.changed()
            await self._sleep(pause)

    async def _once(self, watched: Watched, health: SourceHealth, backoff: Backoff) -> float:
        """Read a source once; seconds until the next read."""
        try:
            async with asyncio.timeout(DEADLINE):
                batch = await self._read(watched.source, health)
        except Refused as error:
            return self._failed(health, "refused", error, REFUSED_PAUSE)
        except Unavailable as error:
            return self._failed(health, "waiting", error, max(error.retry_after or 0.0, backoff.after_failure()))
        except BadPayload as error:
            return self._failed(
                health, "not answering as it should", error, max(watched.interval, backoff.after_failure())
            )
        except (SourceError, ArchiveError, TimeoutError) as error:
            return self._failed(health, "in trouble", error, backoff.after_failure())
        except Exception as error:  # noqa: BLE001  # a fault in one source must not end the others
            self._counters.count(f"The source {health.name} failed in a way nobody foresaw", error)
            return self._failed(health, "in trouble", error, REFUSED_PAUSE)
        backoff.after_success(self._clock.monotonic())
        health.state, health.last_error = "reading", ""
        health.last_success = self._clock.now()
        return max(1.0 if batch.more else watched.interval, batch.wait)

    async def _read(self, source: Source, health: SourceHealth) -> Batch:
        cursor = await self._ledger.read(lambda file: file.cursor(source.name))
        batch = await source.poll(cursor)
        health.posts_seen += await self._ingest.take(source.name, batch)
        health.bad += len(batch.bad)
        health.gap = batch.gap or health.gap
        for sentence in batch.bad:
            self._counters.count("A post could not be read", sentence)
        return batch

    def _failed(self, health: SourceHealth, state: str, error: BaseException, pause: float) -> float:
        health.state = state
        health.last_error = str(error) or "It did not finish in time."
        return pause
