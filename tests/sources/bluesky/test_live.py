from __future__ import annotations

import asyncio
import json
import time
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import pytest
from servers.appview import record, view
from servers.jetstream import posted

from kiosk.domain.errors import Unavailable
from kiosk.sources.bluesky.known import Known
from kiosk.sources.bluesky.live import Listening
from kiosk.sources.source import Batch, stream_cursor

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence

HALL = frozenset({"hall"})
NAME = "bsky.example"
DID = "did:plc:ada"
URI = view(1)["uri"]


class Line:
    """A channel that gives what a test puts into it; an error is raised, None ends it."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[Any] = asyncio.Queue()

    def tell(self, *told: Any) -> None:
        for each in told:
            self.queue.put_nowait(json.dumps(each) if isinstance(each, dict) else each)

    async def send(self, message: str) -> None:
        raise AssertionError(message)

    async def messages(self) -> AsyncGenerator[str | bytes]:
        while True:
            message = await self.queue.get()
            if message is None:
                return
            if isinstance(message, Exception):
                raise message
            yield message


class Stage:
    """A stream under test, with the AppView in the test's hand."""

    def __init__(self, since: int = 0) -> None:
        self.line = Line()
        self.views: dict[str, dict[str, Any]] = {}
        self.asked: list[list[str]] = []
        self.errors: list[Exception] = []
        self.answering = asyncio.Event()
        self.answering.set()
        self.known = Known()
        self.batches = Listening(NAME, HALL, self.known, self.look_up, since).batches(self.line)

    async def look_up(self, uris: Sequence[str]) -> dict[str, bytes]:
        self.asked.append(list(uris))
        await self.answering.wait()
        if self.errors:
            raise self.errors.pop(0)
        return {uri: json.dumps(self.views[uri]).encode() for uri in uris if uri in self.views}

    def has(self, name: str | int = 1, of: dict[str, Any] | None = None, **changes: Any) -> None:
        held = view(name, of, **changes)
        self.views[held["uri"]] = held

    async def next(self, seconds: float = 4.0) -> Batch:
        async with asyncio.timeout(seconds):
            return await anext(self.batches)

    async def until_it_fails(self) -> None:
        while True:
            await self.next(12)

    async def begun(self) -> None:
        assert await self.next() == Batch()

    async def shown(self, name: str | int = 1) -> None:
        """Bring a post onto the wall."""
        self.has(name)
        self.line.tell(posted(DID, str(name), record(), f"cid-{name}"))
        batch = await self.next()
        assert [item.local_id for item in batch.found] == [view(name)["uri"]]


def on(scenario: Callable[[Stage], Awaitable[None]], since: int = 0) -> None:
    async def whole() -> None:
        stage = Stage(since)
        async with aclosing(stage.batches):
            await scenario(stage)
        left = asyncio.all_tasks() - {asyncio.current_task()}
        assert not left, "no task outlives the stream"

    asyncio.run(whole())


def texts(batch: Batch) -> list[str]:
    return [item.post.text for item in batch.found]


def test_a_post_is_shown_with_what_the_appview_says_of_it():
    async def scenario(stage: Stage) -> None:
        await stage.begun()
        stage.has(1)
        frame = posted(DID, "1", record(), "cid-1")
        stage.line.tell(frame)
        batch = await stage.next()
        assert texts(batch) == ["Hello to the #hall"]
        assert batch.found[0].post.author.name == "Ada"
        assert batch.cursor == stream_cursor(NAME, str(frame["time_us"]))
        assert stage.asked == [[URI]]

    on(scenario)


def test_posts_that_come_together_are_asked_about_together():
    async def scenario(stage: Stage) -> None:
        await stage.begun()
        for name in range(1, 31):
            stage.has(name)
        stage.line.tell(*(posted(DID, str(name), record(), f"cid-{name}") for name in range(1, 31)))
        found = [*(await stage.next()).found, *(await stage.next()).found]
        assert len(found) == 30
        assert [len(asked) for asked in stage.asked] == [25, 5]

    on(scenario)


def test_a_post_that_may_not_be_shown_never_leaves():
    async def scenario(stage: Stage) -> None:
        await stage.begun()
        author = view(1)["author"] | {"labels": [{"val": "!no-unauthenticated", "src": DID}]}
        stage.has(1, author=author)
        stage.has(2)
        stage.line.tell(posted(DID, "1", record(), "cid-1"), posted(DID, "2", record(), "cid-2"))
        batch = await stage.next()
        assert [item.local_id for item in batch.found] == [view(2)["uri"]]
        assert batch.gone == ()

    on(scenario)


def test_a_post_that_the_appview_does_not_know_yet_is_asked_about_again_and_holds_the_cursor():
    async def scenario(stage: Stage) -> None:
        await stage.begun()
        first = posted(DID, "1", record(), "cid-1")
        stage.has(2)
        stage.line.tell(first, posted(DID, "2", record(), "cid-2"))
        batch = await stage.next()
        assert [item.local_id for item in batch.found] == [view(2)["uri"]]
        assert batch.cursor == stream_cursor(NAME, str(first["time_us"] - 1))
        stage.has(1)
        batch = await stage.next()
        assert [item.local_id for item in batch.found] == [URI]
        assert batch.cursor is not None
        assert int(batch.cursor.value) >= first["time_us"]

    on(scenario)


def test_while_nobody_knows_the_labels_posts_wait_and_the_reason_is_said_once():
    async def scenario(stage: Stage) -> None:
        await stage.begun()
        stage.has(1)
        stage.errors = [Unavailable("The AppView is in trouble.", retry_after=2.5), Unavailable("Still.")]
        stage.line.tell(posted(DID, "1", record(), "cid-1"))
        batch = await stage.next()
        assert (batch.found, batch.cursor is not None) == ((), True)
        assert batch.bad == ("New posts wait until their labels can be asked for: The AppView is in trouble.",)
        batch = await stage.next(10)
        assert (texts(batch), batch.bad) == (["Hello to the #hall"], ())

    on(scenario)


def test_a_deletion_does_not_wait_for_a_slow_appview():
    async def scenario(stage: Stage) -> None:
        await stage.begun()
        await stage.shown(1)
        stage.answering.clear()
        stage.line.tell(posted(DID, "2", record(), "cid-2"))
        following = asyncio.create_task(stage.next())
        await asyncio.sleep(1.3)
        assert stage.asked[-1] == [view(2)["uri"]], "a look-up hangs"
        begun = time.monotonic()
        stage.line.tell(posted(DID, "1", {}, operation="delete"))
        batch = await following
        assert batch.gone == (URI,)
        assert time.monotonic() - begun < 0.2

    on(scenario)


def test_a_deletion_of_what_was_never_met_is_told_with_others():
    async def scenario(stage: Stage) -> None:
        await stage.begun()
        stage.line.tell(*(posted(DID, str(name), {}, operation="delete") for name in range(5)))
        assert len((await stage.next()).gone) == 5

    on(scenario)


def test_a_post_that_is_deleted_while_it_waits_is_never_shown():
    async def scenario(stage: Stage) -> None:
        await stage.begun()
        stage.has(1)
        stage.answering.clear()
        stage.line.tell(posted(DID, "1", record(), "cid-1"))
        following = asyncio.create_task(stage.next(6))
        await asyncio.sleep(1.3)
        assert stage.asked == [[URI]]
        stage.line.tell(posted(DID, "1", {}, operation="delete"))
        await asyncio.sleep(0.1)
        stage.answering.set()
        batch = await following
        assert (batch.found, batch.gone) == ((), (URI,))

    on(scenario)


def test_an_edit_is_shown_at_once_and_looked_up_afterwards():
    async def scenario(stage: Stage) -> None:
        await stage.begun()
        await stage.shown(1)
        begun = time.monotonic()
        stage.line.tell(posted(DID, "1", record("Edited, no tag", facets=[]), "cid-1b", operation="update"))
        assert texts(await stage.next()) == ["Edited, no tag"]
        assert time.monotonic() - begun < 0.2
        stage.has(1, record("Edited, no tag", facets=[]), cid="cid-1b", labels=[{"val": "spam", "src": "did:plc:mod"}])
        batch = await stage.next()
        assert (texts(batch), batch.found[0].post.warning) == (["Edited, no tag"], "Spam")

    on(scenario)


def test_an_edit_that_the_appview_does_not_show_stands_all_the_same():
    async def scenario(stage: Stage) -> None:
        await stage.begun()
        await stage.shown(1)
        stage.line.tell(posted(DID, "1", record("Edited #hall"), "cid-1b", operation="update"))
        assert texts(await stage.next()) == ["Edited #hall"]
        assert texts(await stage.next()) == ["Edited #hall"], "looked up, and still the old view"
        viewed = stage.known.read(json.dumps(view(1)).encode())
        assert viewed.found is not None
        assert viewed.found.post.text == "Edited #hall", "and so says a re-check"

    on(scenario)


def test_an_edit_that_brings_the_tag_brings_the_post():
    async def scenario(stage: Stage) -> None:
        await stage.begun()
        stage.has(1, record("Nothing", facets=[]))
        stage.line.tell(posted(DID, "1", record("Now for the #hall"), "cid-1b", operation="update"))
        assert texts(await stage.next()) == ["Now for the #hall"]

    on(scenario)


def test_an_account_that_closes_takes_its_posts_with_it_at_once():
    async def scenario(stage: Stage) -> None:
        await stage.begun()
        await stage.shown(1)
        begun = time.monotonic()
        now = time.time_ns() // 1000
        account = {"did": DID, "time_us": now, "kind": "account", "account": {"active": False, "status": "deleted"}}
        stage.line.tell(account)
        assert (await stage.next()).gone_under == (f"at://{DID}/",)
        assert time.monotonic() - begun < 0.2
        assert not stage.known.has_any_of(DID)

    on(scenario)


def test_what_is_told_again_is_the_same_again_because_the_first_time_may_have_been_lost():
    async def scenario(stage: Stage) -> None:
        await stage.begun()
        made = posted(DID, "1", record(), "cid-1")
        edited = posted(DID, "1", record("Edited #hall"), "cid-1b", operation="update")
        stage.has(1)
        stage.line.tell(made)
        first = (await stage.next()).found
        stage.line.tell(made)
        assert (await stage.next()).found == first
        stage.line.tell(edited)
        assert texts(await stage.next()) == ["Edited #hall"]
        stage.line.tell(made, edited)
        assert texts(await stage.next()) == ["Edited #hall"], "what is old does not come back"

    on(scenario)


def test_the_end_of_the_connection_is_told_after_what_came_before_it():
    async def scenario(stage: Stage) -> None:
        await stage.begun()
        stage.line.tell(posted(DID, "1", {}, operation="delete"), None)
        assert (await stage.next()).gone == (URI,)
        with pytest.raises(StopAsyncIteration):
            await stage.next()

    on(scenario)


def test_a_connection_that_breaks_off_raises():
    async def scenario(stage: Stage) -> None:
        await stage.begun()
        stage.line.tell(Unavailable("silent"))
        with pytest.raises(Unavailable, match="silent"):
            await stage.next()

    on(scenario)


def test_what_nobody_foresaw_is_raised_and_not_swallowed():
    async def in_the_channel(stage: Stage) -> None:
        await stage.begun()
        stage.line.tell(ZeroDivisionError("unforeseen"))
        with pytest.raises(ZeroDivisionError):
            await stage.until_it_fails()

    async def in_the_look_up(stage: Stage) -> None:
        await stage.begun()
        stage.errors = [ZeroDivisionError("unforeseen")]
        stage.line.tell(posted(DID, "1", record(), "cid-1"))
        with pytest.raises(ZeroDivisionError):
            await stage.until_it_fails()

    on(in_the_channel)
    on(in_the_look_up)


def test_a_broken_frame_is_said_where_it_names_the_tag_and_loses_only_itself():
    async def scenario(stage: Stage) -> None:
        await stage.begun()
        stage.has(1)
        broken = posted(DID, "9", {"$type": "app.bsky.feed.post", "text": 1, "tags": ["HALL"]})
        other = posted(DID, "9", {"$type": "app.bsky.feed.post", "text": 1})
        stage.line.tell(broken, other, b"\xff", posted(DID, "1", record(), "cid-1"))
        batch = await stage.next()
        assert texts(batch) == ["Hello to the #hall"]
        assert len(batch.bad) == 1
        assert "cannot be read" in batch.bad[0]

    on(scenario)


def test_a_gap_is_named_where_the_server_does_not_go_back_far_enough():
    frame = posted(DID, "1", {}, operation="delete")

    async def short(stage: Stage) -> None:
        await stage.begun()
        stage.line.tell(frame)
        assert (await stage.next()).gap == ""

    async def long(stage: Stage) -> None:
        await stage.begun()
        stage.line.tell(frame)
        assert "some posts may be missing" in (await stage.next()).gap

    on(short, frame["time_us"] - 30_000_000)
    on(long, frame["time_us"] - 7_200_000_000)


def test_the_cursor_moves_where_nothing_concerns_us(monkeypatch):
    monkeypatch.setattr("kiosk.sources.bluesky.outbox.MARK", 0.2)

    async def scenario(stage: Stage) -> None:
        await stage.begun()
        frame = posted(DID, "1", record("Nothing", facets=[]))
        stage.line.tell(frame)
        batch = await stage.next()
        while batch.cursor is None:
            batch = await stage.next()
        assert batch == Batch(cursor=stream_cursor(NAME, str(frame["time_us"])))
        assert (await stage.next()).cursor is None, "a cursor that has not moved is not written again"

    on(scenario)


def test_a_stream_that_is_left_in_the_middle_leaves_nothing_behind():
    async def scenario(stage: Stage) -> None:
        await stage.begun()
        stage.answering.clear()
        stage.line.tell(posted(DID, "1", record(), "cid-1"))
        with pytest.raises(TimeoutError):
            await stage.next(1.5)

    on(scenario)


def test_of_an_hour_that_comes_at_once_no_post_is_lost():
    many = 1_500

    async def scenario(stage: Stage) -> None:
        await stage.begun()
        for number in range(many):
            stage.has(f"p{number}")
            stage.line.tell(posted(DID, f"p{number}", record(), f"cid-p{number}"))
        found: set[str] = set()
        while len(found) < many:
            batch = await stage.next(10)
            assert batch.bad == ()
            found |= {item.local_id for item in batch.found}

    on(scenario)


def test_an_appview_that_does_not_answer_holds_no_deletion_up():
    async def scenario(stage: Stage) -> None:
        await stage.begun()
        await stage.shown()
        stage.errors = [Unavailable("It rests.") for _ in range(200)]
        for number in range(300):
            stage.line.tell(posted(DID, f"p{number}", record(), f"cid-p{number}"))
        stage.line.tell(posted(DID, "1", {}, operation="delete"))
        while not (await stage.next()).gone:
            pass

    on(scenario)
