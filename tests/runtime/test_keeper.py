from __future__ import annotations

import asyncio
from contextlib import aclosing, asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from factories import EVENING, post
from fakes import FakeClock
from means import mastodon
from servers.tag_server import TagServer, Trouble, real_client

from kiosk.domain.errors import ArchiveError, BadPayload, Misconfigured, Portal, Refused, SourceError, Unavailable
from kiosk.domain.model import Cursor, PostState, PostUri
from kiosk.domain.moderation import Rules
from kiosk.runtime import keeper as module
from kiosk.runtime.backoff import LONGEST
from kiosk.runtime.counters import Counters
from kiosk.runtime.health import SourceHealth
from kiosk.runtime.ingest import Ingest
from kiosk.runtime.keeper import MORE_PAUSE, REFUSED_PAUSE, START_JITTER, Watched
from kiosk.runtime.ledger import Ledger
from kiosk.runtime.supervisor import Supervisor
from kiosk.sources.source import Batch, Budget, Found, Recheck

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from kiosk.sources.source import Source

Answer = Batch | BaseException | float
"""What a scripted source does: answers, fails, or takes that many seconds."""


class Scripted:
    """A source that does one thing after the other, and then nothing new."""

    def __init__(self, name: str, *answers: Answer) -> None:
        self.name = name
        self.budget = Budget()
        self._answers = list(answers)
        self.cursors: list[Cursor | None] = []

    async def poll(self, cursor: Cursor | None) -> Batch:
        self.cursors.append(cursor)
        answer = self._answers.pop(0) if self._answers else Batch()
        if isinstance(answer, BaseException):
            raise answer
        if isinstance(answer, float):
            await asyncio.sleep(answer)
            return Batch()
        return answer

    async def recheck(self, _: object) -> Recheck:
        return Recheck()


class OnlyPolled:
    """A source without its stream, whose pauses would be counted, too."""

    def __init__(self, source: Source) -> None:
        self.name, self.budget, self.poll, self.recheck = source.name, source.budget, source.poll, source.recheck


def page(*numbers: int, source: str = "a", **rest: Any) -> Batch:
    found = tuple(Found(post(number), str(number)) for number in numbers)
    return Batch(found=found, cursor=Cursor(source, f"after {max(numbers)}"), **rest)


class Room:
    """A supervisor whose sleep is the test's: it ends by itself after a number of reads."""

    def __init__(self, ledger: Ledger, sources: tuple[Source, ...], interval: float) -> None:
        self.ledger, self.clock, self.counters = ledger, FakeClock(), Counters()
        self.slept: list[float] = []
        self._left = 0
        self._done = asyncio.Event()
        self.supervisor = Supervisor(
            watched=[Watched(source, interval) for source in sources],
            ingest=Ingest(ledger, Rules(), self.clock),
            ledger=ledger,
            clock=self.clock,
            counters=self.counters,
            sleep=self._sleep,
            uniform=lambda _, bound: bound,
        )

    @property
    def health(self) -> SourceHealth:
        return self.supervisor.health[0]

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        if self._left <= 0:
            self._done.set()
            await asyncio.Event().wait()
        self._left -= 1
        self.clock.tick(seconds)
        await asyncio.sleep(0)

    async def reads(self, number: int) -> None:
        """Run until so many reads were done, and stop."""
        self._left = number
        self._done.clear()
        self.slept.clear()
        running = asyncio.create_task(self.supervisor.run())
        done = asyncio.create_task(self._done.wait())
        await asyncio.wait({running, done}, timeout=10, return_when=asyncio.FIRST_COMPLETED)
        assert done.done(), "the supervisor ended by itself or hangs"
        running.cancel()
        await asyncio.wait({running}, timeout=10)
        assert running.cancelled(), "it must end at once when told to"

    async def count(self) -> int:
        return sum((await self.ledger.read(lambda file: file.counts())).values())


@asynccontextmanager
async def room(folder: Path, *sources: Source, interval: float = 20.0) -> AsyncIterator[Room]:
    ledger = await Ledger.open(folder / "evening.wall", Counters())
    try:
        yield Room(ledger, sources, interval)
    finally:
        await ledger.close()


def test_a_source_is_read_at_its_interval_from_where_it_was_left(tmp_path):
    source = Scripted("a", page(1, 2), page(3))

    async def scenario() -> None:
        async with room(tmp_path, source) as inside:
            await inside.reads(3)
            assert inside.slept == [5.0, 20.0, 20.0, 20.0]
            assert source.cursors == [None, Cursor("a", "after 2"), Cursor("a", "after 3")]
            assert await inside.count() == 3

    asyncio.run(scenario())


@pytest.mark.parametrize(("interval", "longest"), [(5.0, 1.25), (20.0, 5.0), (3600.0, START_JITTER)])
def test_the_first_read_is_soon_but_not_everybodys_at_once(tmp_path, interval, longest):
    async def scenario() -> None:
        async with room(tmp_path, Scripted("a"), interval=interval) as inside:
            await inside.reads(0)
            assert inside.slept == [longest]

    asyncio.run(scenario())


def test_a_source_that_has_more_is_read_on_at_once_and_the_servers_wish_is_kept(tmp_path):
    source = Scripted("a", page(1, more=True), page(2, wait=90.0), page(3, more=True, wait=7.0), page(4, wait=3.0))

    async def scenario() -> None:
        async with room(tmp_path, source) as inside:
            await inside.reads(4)
            assert inside.slept[1:] == [MORE_PAUSE, 90.0, 7.0, 20.0]

    asyncio.run(scenario())


FAILURES = {
    "refused": (Refused("No."), "refused", REFUSED_PAUSE),
    "unavailable": (Unavailable("Later."), "in trouble", 2.0),
    "unavailable until": (Unavailable("In a while.", retry_after=77.0), "waiting", 77.0),
    "unavailable for a blink": (Unavailable("At once.", retry_after=0.1), "waiting", 2.0),
    "bad payload": (BadPayload("A log-in page."), "in trouble", 20.0),
    "a portal": (Portal("A log-in page."), "captive portal", 20.0),
    "misconfigured": (Misconfigured("No such folder."), "misconfigured", REFUSED_PAUSE),
    "another source error": (SourceError("Odd."), "in trouble", 2.0),
    "archive": (ArchiveError("The disk is full."), "in trouble", 2.0),
    "unforeseen": (ZeroDivisionError("by zero"), "in trouble", REFUSED_PAUSE),
}


@pytest.mark.parametrize(("error", "state", "pause"), FAILURES.values(), ids=FAILURES)
def test_each_failure_has_its_pause_and_its_words_and_passes(tmp_path, error, state, pause):
    source = Scripted("a", error, page(1))

    async def scenario() -> None:
        async with room(tmp_path, source) as inside:
            said: list[tuple[str, str]] = []
            inside.supervisor.changed = lambda: said.append((inside.health.state, inside.health.last_error))
            await inside.reads(2)
            assert inside.slept[1:] == [pause, 20.0]
            told = [each for each in said if each[0] != "starting"]
            assert list(dict.fromkeys(told)) == [(state, str(error)), ("polling", "")]
            assert await inside.count() == 1

    asyncio.run(scenario())


def test_a_fault_that_nobody_foresaw_is_counted(tmp_path):
    async def scenario() -> None:
        async with room(tmp_path, Scripted("a", KeyError("x"))) as inside:
            await inside.reads(1)
            assert inside.counters.total == 1
            assert "a failed in a way nobody foresaw" in inside.counters.lines()[0]

    asyncio.run(scenario())


def test_failures_in_a_row_wait_longer_each_time_and_never_too_long(tmp_path):
    async def scenario() -> None:
        async with room(tmp_path, Scripted("a", *[Unavailable("Later.")] * 8)) as inside:
            await inside.reads(8)
            assert inside.slept[1:] == [2.0, 4.0, 8.0, 16.0, 32.0, LONGEST, LONGEST, LONGEST]

    asyncio.run(scenario())


def test_a_read_that_does_not_end_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "DEADLINE", 0.05)

    async def scenario() -> None:
        async with room(tmp_path, Scripted("a", 60.0)) as inside:
            await inside.reads(1)
            assert (inside.health.state, inside.health.last_error) == ("in trouble", "It did not finish in time.")

    asyncio.run(scenario())


def test_the_desk_learns_what_was_read_when_and_what_was_lost(tmp_path):
    source = Scripted("a", page(1, 2, bad=("One is broken.", "Another is."), gap="Some were not read."), page(2, 3))

    async def scenario() -> None:
        async with room(tmp_path, source) as inside:
            assert inside.health == SourceHealth("a")
            await inside.reads(2)
            health = inside.health
            assert (health.state, health.seen, health.bad, health.gap) == ("polling", 3, 2, "Some were not read.")
            assert health.last_success == EVENING + timedelta(seconds=5 + 20)
            assert health.next_poll == EVENING + timedelta(seconds=5 + 20 + 20)
            assert inside.counters.lines() == ["A post could not be read (2×): Another is."]

    asyncio.run(scenario())


def test_one_source_in_trouble_does_not_keep_the_others_from_being_read(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "DEADLINE", 5.0)
    sources = (
        Scripted("bad", RuntimeError("a bug")),
        Scripted("stuck", 60.0),
        Scripted("good", page(1, source="good")),
    )

    async def scenario() -> None:
        async with room(tmp_path, *sources) as inside:
            await inside.reads(6)
            assert [health.name for health in inside.supervisor.health] == ["bad", "stuck", "good"]
            assert inside.supervisor.health[2].state == "polling"
            assert inside.supervisor.health[2].seen == 1
            assert inside.supervisor.health[1].state == "starting"

    asyncio.run(scenario())


def test_a_batch_that_could_not_be_written_is_read_again_from_the_same_cursor(tmp_path):
    source = Scripted("a", page(1), page(2), page(2))

    async def scenario() -> None:
        async with room(tmp_path, source) as inside:
            await inside.reads(1)
            trigger = "CREATE TEMP TRIGGER broken BEFORE INSERT ON main.journal BEGIN SELECT RAISE(ABORT, 'disk'); END"
            await inside.ledger.read(lambda file: file._db.execute(trigger))
            await inside.reads(1)
            assert inside.health.state == "in trouble"
            await inside.ledger.read(lambda file: file._db.execute("DROP TRIGGER temp.broken"))
            await inside.reads(1)
            assert source.cursors == [None, Cursor("a", "after 1"), Cursor("a", "after 1")]
            assert await inside.count() == 2

    asyncio.run(scenario())


def test_an_evening_with_outages_of_every_kind_loses_no_post(tmp_path):
    """A real server that fails in every way, a real event file, and every post arrives once."""
    troubles = [
        Trouble(503),
        Trouble(429, headers={"Retry-After": "40"}),
        Trouble(200, b"<html>Welcome to the hotel"),
        Trouble(401),
        Trouble(200, b'[{"id": "1'),
        Trouble(404),
        Trouble(500, b"?"),
    ]

    async def scenario(server: TagServer) -> None:
        async with aclosing(real_client()) as client:
            source = OnlyPolled(mastodon(server.url, client))
            async with room(tmp_path, source) as inside:
                script = [None, *troubles, None]
                for turn, trouble in enumerate(script):
                    for number in range(turn * 60 + 1, turn * 60 + 61):
                        server.add(number)
                    server.troubles = [trouble] if trouble else []
                    await inside.reads(1)
                    assert (inside.health.state == "polling") is (trouble is None)
                assert await inside.count() == len(script) * 60 - 20, "all but what was older than the first page"
                state = await inside.ledger.read(
                    lambda file: file.state(PostUri(f"{server.url}/users/ada/statuses/200"))
                )
                assert isinstance(state, PostState)

    with TagServer() as server:
        asyncio.run(scenario(server))
