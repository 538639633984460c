from __future__ import annotations

import asyncio
import math
import socket
import threading
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from fakes import FakeClock

from kiosk.archive.event_file import EventFile
from kiosk.runtime import watchdog
from kiosk.runtime.counters import Counters
from kiosk.runtime.ledger import Ledger
from kiosk.runtime.watchdog import PATIENCE, Watchdog, notify

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

FIRST, LATER = b"READY=1\nWATCHDOG=1", b"WATCHDOG=1"


@pytest.fixture(params=["path", "abstract"])
def systemd(request, tmp_path, monkeypatch):
    """A real datagram socket, named as systemd names its own."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        if request.param == "path":
            address = str(tmp_path / "notify")
            channel.bind(address)
        else:
            channel.bind("")
            address = "@" + channel.getsockname()[1:].decode()
        channel.setblocking(False)  # noqa: FBT003  # its only parameter
        monkeypatch.setenv("NOTIFY_SOCKET", address)
        monkeypatch.setenv("WATCHDOG_USEC", "30000")  # fed every 10 ms
        yield channel


def heard(channel: socket.socket) -> list[bytes]:
    messages: list[bytes] = []
    while True:
        try:
            messages.append(channel.recv(4096))
        except BlockingIOError:
            return messages


class Watched:
    """A watchdog with its frames in the test's hand."""

    def __init__(self, ledger: Ledger | None) -> None:
        self.clock, self.counters = FakeClock(), Counters()
        self.ledger = ledger
        self.frame = -math.inf
        self.dog = Watchdog(ledger=ledger, last_frame=lambda: self.frame, clock=self.clock, counters=self.counters)

    def paint(self) -> None:
        self.frame = self.clock.monotonic()


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Watched]:
    ledger = await Ledger.open(folder / "evening.wall", Counters())
    watched = Watched(ledger)
    task = asyncio.ensure_future(watched.dog.run())
    try:
        yield watched
        assert not task.done()
    finally:
        task.cancel()
        await ledger.close()


async def message(channel: socket.socket) -> bytes:
    async with asyncio.timeout(5):
        return await asyncio.get_running_loop().sock_recv(channel, 4096)


async def assert_silence(channel: socket.socket) -> None:
    await asyncio.sleep(0.03)  # what was under way
    heard(channel)
    await asyncio.sleep(0.08)
    assert heard(channel) == []


def test_a_message_reaches_systemd(systemd):
    assert notify("STATUS=über alles gut")
    assert heard(systemd) == ["STATUS=über alles gut".encode()]


def test_without_systemd_nothing_is_sent(monkeypatch):
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    assert not notify("READY=1")


def test_a_socket_that_nobody_reads_is_no_fault(monkeypatch, tmp_path):
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "nobody"))
    assert not notify("READY=1")


def test_ready_is_said_only_once_a_frame_was_painted(systemd, tmp_path):
    async def scenario() -> None:
        async with running(tmp_path) as watched:
            await assert_silence(systemd)
            watched.paint()
            assert await message(systemd) == FIRST
            assert await message(systemd) == LATER
            assert watched.counters.total == 0

    asyncio.run(scenario())


def test_ready_is_said_only_once_the_event_file_has_answered(systemd, tmp_path, monkeypatch):
    monkeypatch.setattr(watchdog, "PATIENCE", 0.02)

    async def scenario() -> None:
        async with running(tmp_path) as watched:
            assert watched.ledger is not None
            hold = threading.Event()
            watched.ledger._thread.submit(hold.wait, 5)
            watched.paint()
            await assert_silence(systemd)
            hold.set()
            assert await message(systemd) == FIRST

    asyncio.run(scenario())


def test_ready_is_said_once(systemd, tmp_path):
    async def scenario() -> None:
        async with running(tmp_path) as watched:
            watched.paint()
            messages = [await message(systemd) for _ in range(6)]
            assert messages == [FIRST, *[LATER] * 5]

    asyncio.run(scenario())


def test_the_feeding_stops_while_no_frame_is_painted_and_goes_on_with_the_next(systemd, tmp_path):
    async def scenario() -> None:
        async with running(tmp_path) as watched:
            watched.paint()
            assert await message(systemd) == FIRST
            watched.clock.tick(PATIENCE)
            heard(systemd)
            assert await message(systemd) == LATER  # five seconds are still patience
            watched.clock.tick(0.1)
            await assert_silence(systemd)
            assert watched.counters.lines()[0].startswith("No frame was painted for five seconds")
            watched.paint()
            assert await message(systemd) == LATER

    asyncio.run(scenario())


def test_the_feeding_stops_while_the_event_file_hangs_and_goes_on_after(systemd, tmp_path, monkeypatch):
    monkeypatch.setattr(watchdog, "PATIENCE", 0.02)

    async def scenario() -> None:
        async with running(tmp_path) as watched:
            assert watched.ledger is not None
            watched.paint()
            assert await message(systemd) == FIRST
            hold = threading.Event()
            watched.ledger._thread.submit(hold.wait, 5)
            await assert_silence(systemd)
            assert watched.counters.lines()[0].startswith("The event file did not answer for five seconds")
            hold.set()
            assert await message(systemd) == LATER

    asyncio.run(scenario())


def test_an_event_file_that_cannot_be_read_feeds_nothing_and_ends_nothing(systemd, tmp_path):
    async def scenario() -> None:
        async with running(tmp_path) as watched:
            assert watched.ledger is not None
            watched.paint()
            assert await message(systemd) == FIRST
            await watched.ledger.read(EventFile.close)
            await assert_silence(systemd)
            assert watched.counters.lines()[0].startswith("The event file could not be read")

    asyncio.run(scenario())


def test_a_stalled_loop_feeds_nothing(systemd, tmp_path):
    async def scenario() -> None:
        async with running(tmp_path) as watched:
            watched.paint()
            assert await message(systemd) == FIRST
            heard(systemd)
            threading.Event().wait(0.1)  # the GUI thread is busy
            assert len(heard(systemd)) == 0

    asyncio.run(scenario())


def test_the_slate_needs_no_event_file_to_live(systemd):
    async def scenario() -> None:
        watched = Watched(None)
        assert not await watched.dog.alive()
        watched.paint()
        assert await watched.dog.alive()
        task = asyncio.ensure_future(watched.dog.run())
        assert await message(systemd) == FIRST
        task.cancel()

    asyncio.run(scenario())


def test_a_start_is_given_five_seconds_for_its_first_frame_before_it_counts_as_a_fault():
    async def scenario() -> None:
        watched = Watched(None)
        watched.clock.tick(PATIENCE)
        assert not await watched.dog.alive()
        assert watched.counters.total == 0
        watched.clock.tick(0.1)
        assert not await watched.dog.alive()
        assert watched.counters.lines() == ["No frame was painted for five seconds (1×)"]

    asyncio.run(scenario())


def test_systemd_is_fed_three_times_in_each_of_its_periods(systemd, tmp_path, monkeypatch):
    monkeypatch.setenv("WATCHDOG_USEC", "300000")

    async def scenario() -> None:
        async with running(tmp_path) as watched:
            watched.paint()
            assert await message(systemd) == FIRST
            loop = asyncio.get_running_loop()
            began = loop.time()
            for _ in range(3):
                await message(systemd)
            assert 0.25 < loop.time() - began < 0.9

    asyncio.run(scenario())
