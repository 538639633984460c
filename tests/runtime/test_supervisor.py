from __future__ import annotations

import asyncio
import gc
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from factories import at, post
from fakes import FakeClock

from kiosk.domain.errors import Refused, Unavailable
from kiosk.domain.events import CueShown
from kiosk.domain.model import Cursor, Tombstone
from kiosk.domain.moderation import Rules
from kiosk.runtime.counters import Counters
from kiosk.runtime.health import State
from kiosk.runtime.ingest import Ingest
from kiosk.runtime.keeper import SLACK, STREAM_REFUSED_PAUSE, Watched
from kiosk.runtime.ledger import Ledger
from kiosk.runtime.supervisor import Supervisor
from kiosk.sources.source import Batch, Budget, Found, Recheck, stream_cursor

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator
    from pathlib import Path


class Polled:
    """A source that counts its polls and knows what it was posted."""

    def __init__(self, name: str = "a") -> None:
        self.name, self.budget = name, Budget()
        self.polls = 0
        self.posts: list[Found] = []

    async def poll(self, _: Cursor | None) -> Batch:
        self.polls += 1
        return Batch(found=tuple(self.posts))

    async def recheck(self, _: object) -> Recheck:
        return Recheck()


class Streamed(Polled):
    """A source whose stream is in the test's hand: batches, an error, or None for its end."""

    def __init__(self, name: str = "a") -> None:
        super().__init__(name)
        self.says: asyncio.Queue[Batch | Exception | None] = asyncio.Queue()
        self.cursors: list[Cursor | None] = []
        self.ended = 0

    async def stream(self, cursor: Cursor | None) -> AsyncGenerator[Batch]:
        self.cursors.append(cursor)
        try:
            while (said := await self.says.get()) is not None:
                if isinstance(said, Exception):
                    raise said
                yield said
        finally:
            self.ended += 1


class Room:
    def __init__(self, ledger: Ledger, *sources: Polled) -> None:
        self.ledger, self.counters = ledger, Counters()
        self.slept: list[float] = []
        self.supervisor = Supervisor(
            watched=[Watched(source, 20.0, "scripted") for source in sources],
            ingest=Ingest(ledger, Rules(), FakeClock()),
            ledger=ledger,
            clock=FakeClock(),
            counters=self.counters,
            sleep=self._sleep,
            uniform=lambda _, bound: bound,
        )

    async def _sleep(self, seconds: float) -> None:
        """Pauses of up to five seconds are no time at all; longer ones never end by themselves."""
        self.slept.append(seconds)
        if seconds <= 5:
            await asyncio.sleep(0)
        else:
            await asyncio.Event().wait()

    async def until(self, condition) -> None:
        async with asyncio.timeout(5):
            while not condition():  # what is waited for has no event
                await asyncio.sleep(0.005)


@asynccontextmanager
async def running(folder: Path, *sources: Polled) -> AsyncIterator[Room]:
    ledger = await Ledger.open(folder / "evening.wall", Counters())
    inside = Room(ledger, *sources)
    task = asyncio.create_task(inside.supervisor.run())
    try:
        yield inside
        assert not task.done(), "the supervisor ended by itself"
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await ledger.close()
        gc.collect()


def test_a_stream_makes_a_source_live_and_what_it_missed_is_polled_at_once(tmp_path):
    source = Streamed()

    async def scenario() -> None:
        async with running(tmp_path, source) as inside:
            health = inside.supervisor.health[0]
            await inside.until(lambda: source.polls == 1)
            assert health.state == State.POLLING
            source.posts.append(Found(post(1), "1"))
            source.says.put_nowait(Batch())
            await inside.until(lambda: source.polls == 2)
            await inside.until(lambda: health.state == State.LIVE and health.seen == 1)
            await inside.until(lambda: inside.slept[-1] == 20.0 * SLACK)

    asyncio.run(scenario())


def test_what_a_stream_tells_is_taken_with_its_own_cursor(tmp_path):
    source = Streamed()

    async def scenario() -> None:
        async with running(tmp_path, source) as inside:
            cursor = stream_cursor("a", "17")
            source.says.put_nowait(Batch(found=(Found(post(1), "1"),), cursor=cursor))
            source.says.put_nowait(None)
            await inside.until(lambda: len(source.cursors) == 2)
            assert source.cursors == [None, cursor]
            source.says.put_nowait(Batch(gone=("1",)))
            await inside.until(source.says.empty)
            await asyncio.sleep(0.05)
            assert isinstance(await inside.ledger.read(lambda file: file.state(post(1).uri)), Tombstone)

    asyncio.run(scenario())


def test_a_stream_that_breaks_is_called_again_and_caught_up_and_the_polls_never_stop(tmp_path):
    source = Streamed()

    async def scenario() -> None:
        async with running(tmp_path, source) as inside:
            health = inside.supervisor.health[0]
            source.says.put_nowait(Batch())
            await inside.until(lambda: health.state == State.LIVE)
            polls = source.polls
            source.says.put_nowait(Unavailable("It has been silent for 45 seconds."))
            await inside.until(lambda: health.state == State.POLLING)
            assert "being restored: It has been silent" in health.stream_note
            source.says.put_nowait(Batch())
            await inside.until(lambda: health.state == State.LIVE)
            await inside.until(lambda: source.polls > polls)
            assert health.stream_note == ""

    asyncio.run(scenario())


def test_a_stream_that_is_refused_is_left_alone_and_said_and_harms_no_poll(tmp_path):
    source = Streamed()

    async def scenario() -> None:
        async with running(tmp_path, source) as inside:
            health = inside.supervisor.health[0]
            source.says.put_nowait(Refused("Streams need a token."))
            await inside.until(lambda: STREAM_REFUSED_PAUSE in inside.slept)
            await inside.until(lambda: source.polls == 1)
            assert health.state == State.POLLING
            assert health.words() == ["No live stream, polls go on: Streams need a token."]

    asyncio.run(scenario())


def test_a_stream_that_fails_in_a_way_nobody_foresaw_is_counted_and_ends_nothing(tmp_path):
    source, other = Streamed(), Streamed("b")

    async def scenario() -> None:
        async with running(tmp_path, source, other) as inside:
            source.says.put_nowait(ZeroDivisionError("a bug"))
            await inside.until(lambda: inside.counters.total == 1)
            other.says.put_nowait(Batch())
            await inside.until(lambda: inside.supervisor.health[1].state == State.LIVE)

    asyncio.run(scenario())


def test_every_stream_is_closed_when_the_program_ends(tmp_path):
    source = Streamed()

    async def scenario() -> None:
        async with running(tmp_path, source) as inside:
            source.says.put_nowait(Batch())
            await inside.until(lambda: inside.supervisor.health[0].state == State.LIVE)
        assert source.ended == 1

    asyncio.run(scenario())


def test_the_desk_learns_how_many_posts_came_and_were_shown_and_of_silence(tmp_path):
    source = Polled()
    source.posts = [Found(post(number), str(number)) for number in range(3)]

    async def scenario() -> None:
        async with running(tmp_path, source) as inside:
            health = inside.supervisor.health[0]
            await inside.until(lambda: health.seen == 3)
            await inside.ledger.commit(CueShown(at=at(5), scene="scroll", uris=(post(1).uri,), seconds=5.0))
            inside.supervisor._clock.tick(11 * 60)
            await inside.supervisor.tally()
            assert (health.name, health.kind, health.seen, health.shown) == ("a", "scripted", 3, 1)
            assert health.quiet_minutes == 11
            assert health.words() == ["0 posts for 11 minutes."]

    asyncio.run(scenario())
