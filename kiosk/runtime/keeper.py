"""Keeps one source read: polled at its own pace, streamed where it can be, with backoff and the truth about it."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from kiosk.domain.errors import ArchiveError, BadPayload, Refused, SourceError, Unavailable
from kiosk.runtime.backoff import Backoff
from kiosk.runtime.health import SourceHealth
from kiosk.sources.source import Streaming, stream_cursor

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from kiosk.runtime.clocks import Clock
    from kiosk.runtime.counters import Counters
    from kiosk.runtime.ingest import Ingest
    from kiosk.runtime.ledger import Ledger
    from kiosk.sources.source import Batch, Source

REFUSED_PAUSE: Final = 300.0
"""Seconds between tries where a source refuses: only a person can mend that."""

STREAM_REFUSED_PAUSE: Final = 1800.0
"""Seconds between tries of a stream that is refused while polls go on."""

START_JITTER: Final = 10.0
DEADLINE: Final = 180.0
"""Seconds that one read of a source may take in all."""

MORE_PAUSE: Final = 0.1
"""Seconds before a source that has more is read on."""

SLACK: Final = 3.0
"""How many times longer the pause between polls is while a stream stands."""


class Watched(NamedTuple):
    """A source with the pace that its settings give it, in seconds between polls, and its network's name."""

    source: Source
    interval: float
    kind: str = ""


class Shared(NamedTuple):
    """What all keepers work with; `sleep` and `uniform` are asyncio's and random's but in tests."""

    ingest: Ingest
    ledger: Ledger
    clock: Clock
    counters: Counters
    sleep: Callable[[float], Awaitable[None]]
    uniform: Callable[[float, float], float]
    tell: Callable[[], None]


class Keeper:
    """One source; `health` is the truth about it, and `tell` is called whenever that changed."""

    def __init__(self, watched: Watched, shared: Shared) -> None:
        """Read nothing yet."""
        self.source, self._interval = watched.source, watched.interval
        self.health = SourceHealth(watched.source.name, watched.kind)
        self.last_post: datetime = shared.clock.now()
        self._shared = shared
        self._wake = asyncio.Event()

    async def poll_for_ever(self) -> None:
        """Poll; at once again where more is waiting, or where a stream has just connected."""
        backoff = Backoff(self._shared.uniform)
        await self._shared.sleep(self._shared.uniform(0.0, min(START_JITTER, self._interval / 4)))
        while True:
            self._wake.clear()
            pause = await self._poll_once(backoff)
            self.health.next_poll = self._shared.clock.now() + timedelta(seconds=pause)
            self._tell()
            await self._rest(pause)

    async def _rest(self, seconds: float) -> None:
        """Wait; a stream that connects ends the pause, but not one that a failure made."""
        if self.health.last_error or not isinstance(self.source, Streaming):
            await self._shared.sleep(seconds)
            return
        pause = asyncio.ensure_future(self._shared.sleep(seconds))
        waking = asyncio.ensure_future(self._wake.wait())
        try:
            await asyncio.wait({pause, waking}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (pause, waking):
                task.cancel()
            await asyncio.gather(pause, waking, return_exceptions=True)

    async def _poll_once(self, backoff: Backoff) -> float:
        """Read once; seconds until the next read."""
        try:
            async with asyncio.timeout(DEADLINE):
                batch = await self._poll()
        except Exception as error:  # noqa: BLE001  # a fault in one source must not end the others
            pause = self._pause_after(error, backoff)
            self.health.failed(error, self._shared.clock.now() + timedelta(seconds=pause))
            return pause
        backoff.after_success(self._shared.clock.monotonic())
        self.health.well(self._shared.clock.now())
        self.health.note = batch.note
        if batch.more:
            return max(MORE_PAUSE, batch.wait)
        return max(self._interval * (SLACK if self.health.streaming else 1.0), batch.wait)

    async def _poll(self) -> Batch:
        cursor = await self._shared.ledger.read(lambda file: file.cursor(self.source.name))
        batch = await self.source.poll(cursor)
        await self._take(batch)
        return batch

    async def _take(self, batch: Batch) -> None:
        taken = await self._shared.ingest.take(self.source.name, batch)
        self.health.bad += len(batch.bad)
        self.health.gap = batch.gap or self.health.gap
        for sentence in batch.bad:
            self._shared.counters.count("A post could not be read", sentence)
        if taken.newest is not None:
            self.last_post = self._shared.clock.now()
            self.health.lag = max(0.0, (self.last_post - taken.newest).total_seconds())
            self.health.seen += taken.received
            self.health.quiet_minutes = 0

    def _pause_after(self, error: Exception, backoff: Backoff) -> float:
        match error:
            case Refused():
                return REFUSED_PAUSE
            case Unavailable():
                return max(error.retry_after or 0.0, backoff.after_failure())
            case BadPayload():
                return max(self._interval, backoff.after_failure())
            case SourceError() | ArchiveError() | TimeoutError():
                return backoff.after_failure()
            case _:
                self._shared.counters.count(f"The source {self.health.name} failed in a way nobody foresaw", error)
                return REFUSED_PAUSE

    async def stream_for_ever(self, source: Streaming) -> None:
        """Follow the stream, again after each end; polls go on beside it and catch up what it missed."""
        backoff = Backoff(self._shared.uniform)
        while True:
            pause = await self._stream_once(source, backoff)
            self.health.stream_stands(stands=False)
            self._tell()
            await self._shared.sleep(pause)

    async def _stream_once(self, source: Streaming, backoff: Backoff) -> float:
        name = stream_cursor(self.source.name, "").source
        try:
            cursor = await self._shared.ledger.read(lambda file: file.cursor(name))
            async with aclosing(source.stream(cursor)) as batches:
                async for batch in batches:
                    await self._streamed(batch)
                    backoff.after_success(self._shared.clock.monotonic())
        except Refused as error:
            self.health.stream_note = f"No live stream, polls go on: {error}"
            return STREAM_REFUSED_PAUSE
        except Exception as error:  # noqa: BLE001  # a fault in one stream must not end the polls
            self.health.stream_note = f"The live stream is being restored: {error or 'it did not answer in time.'}"
            return self._pause_after(error, backoff)
        self.health.stream_note = "The live stream was ended by the server and is being restored."
        return backoff.after_failure()

    async def _streamed(self, batch: Batch) -> None:
        if not self.health.streaming:
            self.health.stream_note = ""
            self.health.stream_stands(stands=True)
            self._wake.set()  # what came while nobody listened
        self.health.stream_note = batch.note or self.health.stream_note
        await self._take(batch)
        self._tell()

    def _tell(self) -> None:
        self.health.charge(self.source.budget)
        self._shared.tell()
