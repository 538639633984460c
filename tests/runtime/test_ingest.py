from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from factories import ADA, at, photo_of, post
from fakes import FakeClock
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from kiosk.domain.errors import ArchiveError
from kiosk.domain.events import PostDeleted, PostEdited, PostReceived, PostSighted
from kiosk.domain.model import Author, Cursor, Opinion, PostState, Sighting, Standing, Tombstone
from kiosk.domain.moderation import Rules
from kiosk.runtime.counters import Counters
from kiosk.runtime.ingest import Ingest
from kiosk.runtime.ledger import Ledger
from kiosk.sources.source import Batch, Found

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from kiosk.archive.event_file import EventFile
    from kiosk.domain.events import Event
    from kiosk.domain.model import Post, PostUri, State

RULES = Rules(blocked_words=("spam",), blocked_authors=("@troll@example.social",), trusted_authors=(ADA.handle,))


class Room:
    """Ingest before a real event file."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger, self.clock = ledger, FakeClock()
        self.ingest = Ingest(ledger, RULES, self.clock)

    async def take(self, *posts: Post, source: str = "a", cursor: str = "") -> int:
        found = tuple(Found(each, f"{source}-{each.uri.rpartition('/')[2]}") for each in posts)
        return await self.ingest.take(source, Batch(found=found, cursor=Cursor(source, cursor) if cursor else None))

    async def state(self, uri: PostUri) -> State | None:
        return await self.ledger.read(lambda file: file.state(uri))

    async def journal(self) -> list[Event]:
        return [entry.event for entry in await self.ledger.read(lambda file: file.journal())]


@asynccontextmanager
async def room(folder: Path | str) -> AsyncIterator[Room]:
    ledger = await Ledger.open(Path(folder) / "evening.wall", Counters())
    try:
        yield Room(ledger)
    finally:
        await ledger.close()


def within(folder: Any, scenario: Callable[[Room], Awaitable[None]]) -> None:
    async def whole() -> None:
        async with room(folder) as inside:
            await scenario(inside)

    asyncio.run(whole())


def test_a_new_post_waits_for_the_desk_with_where_it_was_met_and_when(tmp_path):
    async def scenario(inside: Room) -> None:
        inside.clock.tick(7)
        assert await inside.take(post(1), cursor="c1") == 1
        state = await inside.state(post(1).uri)
        assert isinstance(state, PostState)
        assert (state.post, state.standing, state.received_at) == (post(1), Standing.PENDING, at(7))
        assert state.sightings == (Sighting("a", "a-1"),)
        assert await inside.ledger.read(lambda file: file.cursor("a")) == Cursor("a", "c1")

    within(tmp_path, scenario)


def test_reading_the_same_page_again_changes_nothing(tmp_path):
    async def scenario(inside: Room) -> None:
        posts = [post(number) for number in range(40)]
        assert await inside.take(*posts) == 40
        before = await inside.journal()
        for _ in range(3):
            assert await inside.take(*posts) == 0
        assert await inside.journal() == before

    within(tmp_path, scenario)


def test_the_rules_judge_what_is_new_and_what_was_edited(tmp_path):
    async def scenario(inside: Room) -> None:
        troll = Author("@troll@example.social", "Troll")
        await inside.take(post(1), post(2, author=troll), post(3, sensitive=True))
        opinions = [state.verdict.opinion for number in (1, 2, 3) if (state := await inside.state(post(number).uri))]
        assert opinions == [Opinion.ALLOW, Opinion.REJECT, Opinion.HOLD]
        await inside.take(post(1, text="Buy spam"))
        state = await inside.state(post(1).uri)
        assert state.verdict.opinion is Opinion.HOLD
        assert "spam" in state.verdict.reasons[0]

    within(tmp_path, scenario)


CHANGES = {
    "text": {"text": "Other words"},
    "name": {"author": replace(ADA, name="Grace")},
    "avatar": {"author": replace(ADA, avatar="https://example.social/new.png")},
    "warning": {"warning": "Spiders"},
    "sensitive": {"sensitive": True},
    "photo": {"attachments": (photo_of("https://example.social/1.jpg"),)},
    "description": {"attachments": (photo_of("https://example.social/0.jpg", "A dog"),)},
    "only the mark of an edit": {"edited_at": at(60)},
}


@pytest.mark.parametrize("changes", CHANGES.values(), ids=CHANGES)
def test_an_edit_by_the_source_that_brought_the_post_takes_its_approval_away(tmp_path, changes):
    before = post(1, attachments=(photo_of("https://example.social/0.jpg", "A cat"),))

    async def scenario(inside: Room) -> None:
        await inside.take(before)
        after = replace(before, **changes)
        assert await inside.take(after) == 0, "an edit is no new post"
        (event,) = (await inside.journal())[1:]
        assert isinstance(event, PostEdited)
        state = await inside.state(before.uri)
        assert isinstance(state, PostState)
        assert (state.post, state.approved) == (after, None)
        await inside.take(after)
        assert len(await inside.journal()) == 2, "the edit is written once"

    within(tmp_path, scenario)


def test_what_no_pixel_shows_is_no_edit(tmp_path):
    async def scenario(inside: Room) -> None:
        await inside.take(post(1))
        await inside.take(post(1, tags=("hall",), url="https://example.social/@ada/1", language="en"))
        assert len(await inside.journal()) == 1

    within(tmp_path, scenario)


def test_another_server_that_shows_the_post_its_own_way_is_a_sighting_and_no_edit(tmp_path):
    async def scenario(inside: Room) -> None:
        await inside.take(post(1), source="a")
        cached = post(1, author=replace(ADA, avatar="https://cache.example/ada.png"))
        for _ in range(2):
            assert await inside.take(cached, source="b") == 0
        events = await inside.journal()
        assert [type(event) for event in events] == [PostReceived, PostSighted]
        state = await inside.state(post(1).uri)
        assert isinstance(state, PostState)
        assert (state.post, state.sightings) == (post(1), (Sighting("a", "a-1"), Sighting("b", "b-1")))

    within(tmp_path, scenario)


def test_a_deleted_post_can_never_come_back(tmp_path):
    async def scenario(inside: Room) -> None:
        await inside.take(post(1))
        gone = inside.ingest.gone(post(1).uri, "a")
        assert isinstance(gone, PostDeleted)
        assert gone.reason == "gone at a"
        await inside.ledger.commit(gone)
        for source in "ab":
            assert await inside.take(post(1), post(1, text="Again"), source=source) == 0
        assert isinstance(await inside.state(post(1).uri), Tombstone)
        assert len(await inside.journal()) == 2

    within(tmp_path, scenario)


def test_a_batch_and_its_cursor_become_durable_together_or_not_at_all(tmp_path):
    def broken(file: EventFile) -> None:
        file._db.execute(
            "CREATE TEMP TRIGGER broken BEFORE INSERT ON main.journal WHEN NEW.event LIKE '%posts/3%' "
            "BEGIN SELECT RAISE(ABORT, 'disk'); END"
        )

    async def scenario(inside: Room) -> None:
        await inside.take(post(1), cursor="c1")
        await inside.ledger.read(broken)
        with pytest.raises(ArchiveError):
            await inside.take(post(2), post(3), cursor="c2")
        assert await inside.state(post(2).uri) is None
        assert await inside.ledger.read(lambda file: file.cursor("a")) == Cursor("a", "c1")
        await inside.ledger.read(lambda file: file._db.execute("DROP TRIGGER temp.broken"))
        assert await inside.take(post(2), post(3), cursor="c2") == 2

    within(tmp_path, scenario)


def test_an_empty_batch_still_moves_the_cursor(tmp_path):
    async def scenario(inside: Room) -> None:
        assert await inside.take(cursor="c9") == 0
        assert await inside.ledger.read(lambda file: file.cursor("a")) == Cursor("a", "c9")
        assert await inside.journal() == []

    within(tmp_path, scenario)


PAGES = st.lists(
    st.tuples(st.sampled_from("ab"), st.lists(st.tuples(st.integers(1, 4), st.sampled_from("xyz")), max_size=5)),
    min_size=1,
    max_size=6,
)


@settings(max_examples=25, deadline=None)
@given(PAGES)
def test_whatever_pages_come_in_whatever_order_each_page_read_twice_leaves_the_same(pages):
    """Ingest is idempotent: a crash after a commit only makes a page come again."""

    async def scenario(inside: Room) -> None:
        for source, items in pages:
            posts = [post(number, text=text) for number, text in dict(items).items()]
            await inside.take(*posts, source=source)
            before = await inside.journal()
            await inside.take(*posts, source=source)
            assert await inside.journal() == before
        received = [event.post.uri for event in await inside.journal() if isinstance(event, PostReceived)]
        assert len(received) == len(set(received)), "a post is received once"

    with TemporaryDirectory() as folder:
        within(folder, scenario)
