from __future__ import annotations

import asyncio
import importlib
import multiprocessing
import os
import resource
import signal
import time
from typing import TYPE_CHECKING

import pytest

from kiosk.media import feed_worker
from kiosk.media.sandbox import Bounds, Crashed, Dead, Sandbox, TooSlow

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

MEMORY = 250_000_000


def _run(scene: Callable[[Sandbox], Awaitable[None]], seconds: float = 5.0, jobs: int = 50) -> None:
    async def whole() -> None:
        sandbox = Sandbox(feed_worker.prepare, Bounds(MEMORY, seconds, jobs))
        try:
            await scene(sandbox)
        finally:
            await sandbox.close()
        assert not _workers()

    asyncio.run(whole())


def _workers() -> list[int]:
    return [child.pid for child in multiprocessing.active_children() if child.pid]


def test_the_worker_lives_in_its_limits():
    async def scene(sandbox: Sandbox) -> None:
        assert await sandbox.run(resource.getrlimit, resource.RLIMIT_AS) == (MEMORY, MEMORY)
        assert await sandbox.run(resource.getrlimit, resource.RLIMIT_CORE) == (0, 0)
        assert await sandbox.run(resource.getrlimit, resource.RLIMIT_FSIZE) == (0, 0)
        assert await sandbox.run(os.nice, 0) >= 10
        assert sandbox._pool is not None
        for opening, given in ((open, ["/etc/passwd"]), (os.pipe, [])):
            with pytest.raises(OSError, match="Too many open files"):
                await asyncio.wrap_future(sandbox._pool.schedule(opening, args=given, timeout=10))
        with pytest.raises((MemoryError, Dead)):  # a worker may also die of it
            await sandbox.run(bytes, MEMORY)
        with pytest.raises(ModuleNotFoundError):
            await sandbox.run(importlib.import_module, "this")  # PySide6's own __import__ does not pickle

    _run(scene)


def test_a_job_that_takes_too_long_is_ended_and_the_next_one_works():
    async def scene(sandbox: Sandbox) -> None:
        begun = time.monotonic()
        with pytest.raises(TooSlow, match="longer than 1 seconds"):
            await sandbox.run(time.sleep, 60)
        assert time.monotonic() - begun < 15
        assert await sandbox.run(abs, -3) == 3

    _run(scene, seconds=1.0)


def test_a_job_that_ends_its_worker_is_refused_alone():
    async def scene(sandbox: Sandbox) -> None:
        with pytest.raises(Crashed):
            await sandbox.run(os._exit, 3)
        assert await sandbox.run(abs, -3) == 3

    _run(scene)


def test_a_cancelled_wait_leaves_the_sandbox_usable():
    async def scene(sandbox: Sandbox) -> None:
        assert await sandbox.run(abs, -3) == 3
        slow = asyncio.create_task(sandbox.run(time.sleep, 60))
        await asyncio.sleep(0.3)
        slow.cancel()
        await asyncio.gather(slow, return_exceptions=True)
        assert await sandbox.run(abs, -4) == 4

    _run(scene)


def test_workers_are_replaced_after_their_share():
    async def scene(sandbox: Sandbox) -> None:
        met: set[int] = set()
        for _ in range(5):
            met.add(await sandbox.run(os.getpid))
            await asyncio.sleep(0.3)
        assert len(met) >= 2

    _run(scene, jobs=2)


def test_closing_ends_a_stopped_worker_too():
    async def scene(sandbox: Sandbox) -> None:
        os.kill(await sandbox.run(os.getpid), signal.SIGSTOP)

    _run(scene)
