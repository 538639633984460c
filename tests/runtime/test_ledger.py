from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from factories import photo_of, photo_stored, post, received, stored
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.domain.errors import ArchiveError
from kiosk.domain.model import Cursor, PostState
from kiosk.runtime.counters import Counters
from kiosk.runtime.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from kiosk.archive.event_file import EventFile
    from kiosk.domain.events import Change

PICTURE = "https://example.social/photo.jpg"


@asynccontextmanager
async def opened(path: Path, counters: Counters | None = None) -> AsyncIterator[Ledger]:
    ledger = await Ledger.open(path, counters or Counters())
    try:
        yield ledger
    finally:
        await ledger.close()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "evening.wall"


def test_a_commit_is_durable_before_a_listener_hears_of_it(path):
    async def scenario() -> None:
        async with opened(path) as ledger:
            durable: list[bool] = []

            def listener(changes: Sequence[Change]) -> None:
                found = ledger._thread.submit(lambda: ledger._file.state(post().uri)).result(5)
                durable.append(found == changes[0].after)

            ledger.listen(listener)
            changes = await ledger.commit(received(post()))
            assert durable == [True]
            assert isinstance(changes[0].after, PostState)
            assert changes[0].before is None

    asyncio.run(scenario())


def test_what_was_committed_is_there_after_a_restart(path):
    async def scenario() -> None:
        async with opened(path) as ledger:
            await ledger.commit(received(post(1)), cursor=Cursor("mastodon", "7"))
        async with opened(path) as ledger:
            assert isinstance(await ledger.read(lambda file: file.state(post(1).uri)), PostState)
            assert await ledger.read(lambda file: file.cursor("mastodon")) == Cursor("mastodon", "7")

    asyncio.run(scenario())


def test_every_listener_hears_every_commit_in_order(path):
    async def scenario() -> None:
        async with opened(path) as ledger:
            heard: list[tuple[str, str]] = []
            for name in "ab":
                ledger.listen(
                    lambda changes, name=name: heard.extend((name, change.event.post.text) for change in changes)
                )
            posts = [post(number, text=str(number)) for number in range(6)]
            await asyncio.gather(*(ledger.commit(received(each)) for each in posts))
            assert [text for name, text in heard if name == "a"] == [each.text for each in posts]
            assert [text for name, text in heard if name == "b"] == [each.text for each in posts]
            assert ledger.commits == 6

    asyncio.run(scenario())


def test_one_listeners_fault_is_counted_and_hides_nothing_from_the_others(path):
    async def scenario() -> None:
        counters = Counters()
        async with opened(path, counters) as ledger:
            heard: list[int] = []
            ledger.listen(lambda _: 1 / 0)
            ledger.listen(lambda changes: heard.append(len(changes)))
            await ledger.commit(received(post(1)), received(post(2)))
            assert heard == [2]
            assert counters.lines() == ["A part of the program failed to follow a change (1×): division by zero"]

    asyncio.run(scenario())


def test_a_commit_that_fails_leaves_nothing_behind_and_tells_nobody(path):
    photo = stored()
    picture = photo_of(PICTURE)

    async def scenario() -> None:
        async with opened(path) as ledger:
            heard: list[object] = []
            ledger.listen(heard.append)
            await ledger.read(
                lambda file: file._db.execute(
                    "CREATE TEMP TRIGGER broken BEFORE INSERT ON main.cursors BEGIN SELECT RAISE(ABORT, 'broken'); END"
                ).fetchall()
            )
            with pytest.raises(ArchiveError, match="broken"):
                await ledger.commit(
                    received(post(attachments=(picture,))),
                    photo_stored(post().uri, PICTURE, photo),
                    cursor=Cursor("mastodon", "7"),
                    photos=[photo],
                )
            assert heard == []
            assert ledger.commits == 0
            assert await ledger.read(lambda file: file.state(post().uri)) is None
            assert await ledger.read(lambda file: file.journal()) == []
            assert not await ledger.read(lambda file: file.has_photo(photo.photo.sha256))

    asyncio.run(scenario())


def test_a_commit_outlives_its_caller(path):
    async def scenario() -> None:
        async with opened(path) as ledger:
            heard = asyncio.Event()
            ledger.listen(lambda _: heard.set())
            hold = threading.Event()
            ledger._thread.submit(hold.wait, 5)
            caller = asyncio.ensure_future(ledger.commit(received(post())))
            await asyncio.sleep(0.01)
            caller.cancel()
            with pytest.raises(asyncio.CancelledError):
                await caller
            assert not heard.is_set()
            hold.set()
            await asyncio.wait_for(heard.wait(), 5)
            assert await ledger.read(lambda file: file.state(post().uri)) is not None

    asyncio.run(scenario())


def test_a_condition_is_judged_with_nothing_in_between(path):
    """Of many that each want to be the first, exactly one is."""

    async def scenario() -> None:
        async with opened(path) as ledger:

            def first(file: EventFile) -> bool:
                fresh = file.last() is None
                time.sleep(0.002)
                return fresh

            answers = await asyncio.gather(
                *(ledger.commit(received(post(number)), provided=first) for number in range(8))
            )
            assert [bool(changes) for changes in answers] == [True] + [False] * 7
            assert len(await ledger.read(lambda file: file.journal())) == 1
            assert ledger.commits == 1

    asyncio.run(scenario())


def test_a_condition_that_fails_tells_no_listener(path):
    async def scenario() -> None:
        async with opened(path) as ledger:
            heard: list[object] = []
            ledger.listen(heard.append)
            assert await ledger.commit(received(post()), provided=lambda _: False) == ()
            assert heard == []

    asyncio.run(scenario())


def test_the_event_file_is_used_on_one_thread_and_never_on_the_loops(path):
    async def scenario() -> None:
        async with opened(path) as ledger:
            threads = {await ledger.read(lambda _: threading.get_ident()) for _ in range(5)}
            assert len(threads) == 1
            assert threading.get_ident() not in threads
            with pytest.raises(AssertionError, match="thread that opened it"):
                ledger._file.counts()

    asyncio.run(scenario())


def test_a_slow_disk_does_not_stop_the_loop(path):
    async def scenario() -> None:
        async with opened(path) as ledger:
            hold = threading.Event()
            ledger._thread.submit(hold.wait, 5)
            commit = asyncio.ensure_future(ledger.commit(received(post())))
            for _ in range(5):
                await asyncio.sleep(0.005)
            assert not commit.done()
            hold.set()
            await commit

    asyncio.run(scenario())


def test_a_file_that_another_kiosk_holds_is_refused_with_a_sentence(path):
    async def scenario() -> None:
        async with opened(path):
            with pytest.raises(ArchiveError, match="open in another kiosk"):
                await Ledger.open(path, Counters())

    asyncio.run(scenario())


def test_a_foreign_database_is_refused_and_leaves_no_thread_behind(path):
    with sqlite3.connect(path) as foreign:
        foreign.execute("CREATE TABLE mine(x)")
    foreign.close()

    async def scenario() -> None:
        with pytest.raises(ArchiveError, match="some other program"):
            await Ledger.open(path, Counters())

    asyncio.run(scenario())
    deadline = time.monotonic() + 5
    while any(thread.name.startswith("event-file") for thread in threading.enumerate()):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_recording_can_be_read_and_not_written(path):
    async def scenario() -> None:
        async with opened(path) as ledger:
            await ledger.commit(received(post()))
        recording = await Ledger.open_recording(path, Counters())
        try:
            assert await recording.read(lambda file: file.state(post().uri)) is not None
            with pytest.raises(ArchiveError):
                await recording.commit(received(post(2)))
        finally:
            await recording.close()
        assert [each.name for each in path.parent.iterdir()] == [path.name]

    asyncio.run(scenario())


def test_an_absent_recording_is_refused(path):
    with pytest.raises(ArchiveError, match="There is no event file"):
        asyncio.run(Ledger.open_recording(path, Counters()))
    assert not path.exists()


def test_closing_finishes_what_was_begun(path):
    async def scenario() -> None:
        ledger = await Ledger.open(path, Counters())
        commits = [asyncio.ensure_future(ledger.commit(received(post(number)))) for number in range(20)]
        await asyncio.sleep(0.002)
        await ledger.close()
        assert all([len(await commit) == 1 for commit in commits])
        async with opened(path) as again:
            assert len(await again.read(lambda file: file.journal())) == 20

    asyncio.run(scenario())


@settings(database=None, deadline=None, max_examples=8)
@given(st.lists(st.lists(st.integers(0, 5), min_size=1, max_size=4), max_size=8))
def test_what_listeners_heard_is_what_the_file_holds(tmp_path_factory, batches):
    async def scenario() -> None:
        async with opened(tmp_path_factory.mktemp("ledger") / "evening.wall") as ledger:
            told: dict[object, object] = {}

            def listener(changes: Sequence[Change]) -> None:
                for change in changes:
                    assert isinstance(change.after, PostState)
                    assert change.before == told.get(change.after.uri)
                    told[change.after.uri] = change.after

            ledger.listen(listener)
            for second, batch in enumerate(batches):
                await ledger.commit(*(received(post(name, text=f"{second}"), second) for name in batch))
            uris = [post(name).uri for name in range(6)]
            assert await ledger.read(lambda file: file.known(uris)) == told
            assert ledger._counters.total == 0

    asyncio.run(scenario())
