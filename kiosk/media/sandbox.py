"""One confined process that foreign bytes are read in: it may die, hang or swell without harm to the program."""

from __future__ import annotations

import asyncio
import multiprocessing
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pebble import ProcessExpired, ProcessPool

if TYPE_CHECKING:
    from collections.abc import Callable

START: Final = 20.0
"""Seconds a worker may take to start and to accept a job, on a busy machine."""

END: Final = 10.0
"""Seconds that ending a worker may take; pebble kills one that does not stop within three."""

_DEAD_POOL: Final = (BrokenProcessPool, RuntimeError, OSError)
"""What pebble and the operating system raise where the pool, not the job, is at fault."""


class SandboxFault(Exception):
    """A job that brought no result."""


class Crashed(SandboxFault):
    """The job ended its worker."""


class TooSlow(SandboxFault):
    """The job took longer than it may."""


class Dead(SandboxFault):
    """No worker starts."""


class Bounds(NamedTuple):
    """What a worker may take: address space in bytes, seconds for a job, jobs until it is replaced."""

    memory: int
    seconds: float
    jobs: int


class Sandbox:
    """Does one job at a time in a process of its own; a job that kills it, or is too slow, is refused alone."""

    def __init__(self, prepare: Callable[[int], None], bounds: Bounds) -> None:
        """`prepare(memory)` runs once in each new worker and ends with `confine`; nothing starts before a job."""
        self._prepare = prepare
        self._bounds = bounds
        self._turn = asyncio.Lock()
        self._pool: ProcessPool | None = None

    async def run(self, job: Callable[..., Any], *given: Any) -> Any:
        """Return what `job(*given)` returns there.

        Raises:
            SandboxFault: where it returns nothing. A job says its own faults in what it returns: an OSError or a
                RuntimeError counts as a dead worker, anything else passes through.

        """
        async with self._turn:
            try:
                return await self._attempt(job, given)
            except _DEAD_POOL:
                # An idle worker that dies (out of memory, a person's kill) takes pebble's pool with it.
                await self._discard()
                try:
                    return await self._attempt(job, given)
                except _DEAD_POOL as error:
                    await self._discard()
                    raise Dead("No worker starts; see the log.") from error

    async def close(self) -> None:
        """End the worker, whatever it does."""
        async with self._turn:
            await self._discard()

    async def _attempt(self, job: Callable[..., Any], given: tuple[Any, ...]) -> Any:
        pool = self._pool = self._pool or await asyncio.to_thread(self._started)
        future = pool.schedule(job, args=list(given), timeout=self._bounds.seconds)
        try:
            # pebble counts from when the worker took the job; a worker that never takes it needs a bound too.
            async with asyncio.timeout(self._bounds.seconds + START):
                return await asyncio.wrap_future(future)
        except ProcessExpired as error:
            raise Crashed("The job ended its worker.") from error
        except TimeoutError as error:
            if not future.done() or future.cancelled():
                await self._discard()
            raise TooSlow(f"The job took longer than {self._bounds.seconds:g} seconds.") from error
        except asyncio.CancelledError:
            future.cancel()
            raise

    def _started(self) -> ProcessPool:
        # spawn: a forked copy of a process with Qt's threads may hang on a lock that nobody holds any more.
        pool = ProcessPool(
            max_workers=1,
            max_tasks=self._bounds.jobs,
            initializer=self._prepare,
            initargs=[self._bounds.memory],
            context=multiprocessing.get_context("spawn"),  # pyright: ignore[reportArgumentType]  # Windows pipes in its type
        )
        if not pool.active:
            raise BrokenProcessPool("The pool ended as it started.")
        return pool

    async def _discard(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.stop()
            with suppress(TimeoutError):
                async with asyncio.timeout(END):
                    await asyncio.to_thread(pool.join)
