"""The wall's side of a spool around a real event file, killed at any step; for tests/sources/spool/test_spool.py."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from itertools import count
from typing import TYPE_CHECKING, Any

from fakes import FakeClock
from servers.drop import means

from kiosk.domain.moderation import Rules
from kiosk.runtime.counters import Counters
from kiosk.runtime.ingest import Ingest
from kiosk.runtime.ledger import Ledger
from kiosk.sources.spool.spool import Spool, SpoolTable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

POLLS = 3
STEPS = ("rename", "unlink", "rmdir", "mkdir")


def read_through(root: Path, kill_at: int = 0) -> None:
    """Poll and commit as the program does until nothing is left; kill -9 before step `kill_at` on disk or ledger."""
    steps = 0

    def step() -> None:
        nonlocal steps
        steps += 1
        if steps == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def work(*given: Any, **more: Any) -> Any:
            step()
            return real(*given, **more)

        return work

    async def run() -> None:
        source = Spool(SpoolTable(kind="spool", folder="spool"), means(root))
        ledger = await Ledger.open(root / "event.wall", Counters())
        ingest = Ingest(ledger, Rules(), FakeClock())
        if kill_at:
            for name in STEPS:
                setattr(os, name, counted(getattr(os, name)))
        for _ in range(POLLS):
            cursor = await ledger.read(lambda file: file.cursor(source.name))
            batch = await source.poll(cursor)
            step()
            await ingest.take(source.name, batch)
            step()
        await ledger.close()

    asyncio.run(run())


def kill_at_each_step(evening: Path, folder: Path) -> None:
    """Read copies of `evening` through, each killed a step later than the one before, until one is not killed.

    Each copy's name is its step; `NAME.ended` holds how its process ended. To be called in a process of its own that
    has no threads, because it forks.
    """
    for kill_at in count(1):
        root = folder / str(kill_at)
        shutil.copytree(evening, root)
        child = os.fork()
        if not child:
            ended = 1
            try:
                read_through(root, kill_at)
                ended = 0
            finally:
                os._exit(ended)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        (folder / f"{kill_at}.ended").write_text(str(code))
        if code != -signal.SIGKILL:
            return
