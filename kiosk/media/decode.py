"""Photos from foreign bytes: decoded in one sandboxed process that may die without harm."""

from __future__ import annotations

import asyncio
import hashlib
import multiprocessing
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from typing import TYPE_CHECKING, Final, TypeVar

from pebble import ProcessExpired, ProcessPool

from kiosk.archive.event_file import StoredPhoto
from kiosk.domain.captions import Caption
from kiosk.domain.errors import MediaError
from kiosk.domain.model import Photo, Sha256
from kiosk.media import worker

if TYPE_CHECKING:
    from collections.abc import Callable

MEMORY: Final = 700_000_000
"""Address space of the worker, in bytes; 24 million pixels fit (see tests/media/test_worker.py)."""

SECONDS: Final = 15.0
"""How long one picture may take."""

START: Final = 20.0
"""Seconds a worker may take to start and to accept a picture, on a busy machine."""

END: Final = 10.0
"""Seconds that ending a worker may take; pebble kills one that does not stop within three."""

TASKS: Final = 200
"""Pictures after which a worker is replaced, so that no leak lasts."""

_DEAD_POOL: Final = (BrokenProcessPool, RuntimeError, OSError)
"""What pebble and the operating system raise where the pool, not the picture, is at fault."""

Made = TypeVar("Made")


class PhotoDecoder:
    """Decodes one picture at a time; a picture that kills the worker, or is too slow, is refused alone."""

    def __init__(self, *, memory: int = MEMORY, seconds: float = SECONDS, tasks: int = TASKS) -> None:
        """Nothing is started before the first picture."""
        self._memory = memory
        self._seconds = seconds
        self._tasks = tasks
        self._turn = asyncio.Lock()
        self._pool: ProcessPool | None = None

    async def decode(self, picture: bytes) -> StoredPhoto:
        """Return the photo in both sizes, as JPEG of our own making.

        Raises:
            MediaError: with the reason, where it cannot be had.

        """
        wall, thumbnail, width, height = await self._outcome(worker.encode, picture)
        sha256 = Sha256(hashlib.sha256(wall).hexdigest())
        return StoredPhoto(photo=Photo(sha256=sha256, width=width, height=height), wall=wall, thumbnail=thumbnail)

    async def caption(self, picture: bytes) -> Caption:
        """Return what the picture says of itself; nothing of it is decoded.

        Raises:
            MediaError: with the reason, where it is no picture.

        """
        return Caption(*await self._outcome(worker.caption, picture))

    async def close(self) -> None:
        """End the worker, whatever it does."""
        async with self._turn:
            await self._discard()

    async def _outcome(self, work: Callable[[bytes], Made | str], picture: bytes) -> Made:
        async with self._turn:
            try:
                outcome = await self._attempt(work, picture)
            except _DEAD_POOL:
                # An idle worker that dies (out of memory, a person's kill) takes pebble's pool with it.
                await self._discard()
                try:
                    outcome = await self._attempt(work, picture)
                except _DEAD_POOL as error:
                    await self._discard()
                    raise MediaError("The decoder does not start; see the log.") from error
        if isinstance(outcome, str):
            raise MediaError(outcome)
        return outcome

    async def _attempt(self, work: Callable[[bytes], Made | str], picture: bytes) -> Made | str:
        pool = self._pool = self._pool or await asyncio.to_thread(self._started)
        future = pool.schedule(work, args=[picture], timeout=self._seconds)
        try:
            # pebble counts from when the worker took the picture; a worker that never takes it needs a bound too.
            async with asyncio.timeout(self._seconds + START):
                return await asyncio.wrap_future(future)
        except ProcessExpired as error:
            raise MediaError("The picture crashed its decoder.") from error
        except TimeoutError as error:
            if not future.done() or future.cancelled():
                await self._discard()
            raise MediaError(f"The picture took longer than {self._seconds:g} seconds to decode.") from error
        except asyncio.CancelledError:
            future.cancel()
            raise

    def _started(self) -> ProcessPool:
        # spawn: a forked copy of a process with Qt's threads may hang on a lock that nobody holds any more.
        pool = ProcessPool(
            max_workers=1,
            max_tasks=self._tasks,
            initializer=worker.confine,
            initargs=[self._memory],
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
