from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest
from app.offscreen import ROOT, environment

from kiosk.app.loop import together, until
from kiosk.domain.errors import ArchiveError


def test_the_time_being_up_ends_every_task():
    ended: list[str] = []

    async def forever() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append("cancelled")

    async def show() -> None:
        await until(asyncio.Event(), [forever, forever], 0.05)

    asyncio.run(show())
    assert ended == ["cancelled", "cancelled"]


def test_a_task_that_fails_ends_the_show_with_its_error():
    async def forever() -> None:
        await asyncio.sleep(60)

    async def fails() -> None:
        raise ArchiveError("The disk is full.")

    async def show() -> None:
        await until(asyncio.Event(), [forever, fails], None)

    with pytest.raises(ArchiveError, match="disk is full"):
        asyncio.run(show())


def test_the_end_may_be_asked_for():
    async def show() -> None:
        ended = asyncio.Event()
        asyncio.get_running_loop().call_later(0.05, ended.set)
        await until(ended, [], None)

    asyncio.run(asyncio.wait_for(show(), 5))


def test_asyncio_runs_on_qts_loop():
    output = printed("""
from kiosk.app.loop import in_qt
from kiosk.ui.brand import PLAIN
from PySide6.QtCore import QTimer
import asyncio
async def play(shell, counters):
    fired = asyncio.Event()
    QTimer.singleShot(10, fired.set)
    await asyncio.wait_for(fired.wait(), 5)
    print("both loops are one")
print(in_qt(play, PLAIN))
""")
    assert output == ["both loops are one", "0"]


def test_cyclic_garbage_dies_on_the_thread_of_the_windows():
    output = printed("""
from kiosk.app.loop import in_qt
from kiosk.ui.brand import PLAIN
import asyncio, threading
class Knot:
    where = set()
    def __init__(self):
        self.self = self
    def __del__(self):
        Knot.where.add(threading.current_thread() is threading.main_thread())
def tie():
    for _ in range(3000):
        Knot()
async def play(shell, counters):
    for _ in range(3):
        await asyncio.to_thread(tie)
        await asyncio.sleep(1.2)
    print(Knot.where)
print(in_qt(play, PLAIN))
""")
    assert output == ["{True}", "0"]


def printed(program: str) -> list[str]:
    """What a program of its own prints, line by line."""
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, env=environment(), cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_tasks_that_belong_together_end_together():
    ended: list[str] = []

    async def forever() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append("ended")

    async def fails() -> None:
        await asyncio.sleep(0)
        raise ArchiveError("The disk is full.")

    with pytest.raises(ArchiveError, match="disk is full"):
        asyncio.run(together([forever, fails, forever]))
    assert ended == ["ended", "ended"]
