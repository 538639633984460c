"""Work that a window has begun and nobody waits for: kept until it ends, and counted where it fails."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from kiosk.runtime.counters import Counters


class Errands:
    """The running errands of one window."""

    def __init__(self, counters: Counters, failed: str) -> None:
        """Count a failure under the sentence `failed`."""
        self._counters = counters
        self._failed = failed
        self.running: set[asyncio.Task[None]] = set()

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Do `work` on the running loop, soon."""
        task = asyncio.get_running_loop().create_task(work)
        self.running.add(task)
        task.add_done_callback(self._done)

    async def finished(self) -> None:
        """Wait until nothing runs any more, what was begun meanwhile included."""
        while self.running:
            await asyncio.wait(tuple(self.running))

    def _done(self, task: asyncio.Task[None]) -> None:
        self.running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._counters.count(self._failed, error)
