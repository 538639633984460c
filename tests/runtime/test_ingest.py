from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from factories import ADA, approved, at, photo_of, post
from fakes import FakeClock
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from kiosk.domain.errors import ArchiveError
from kiosk.domain.events import EchoLost, PostDeleted, PostEchoed, PostEdited, PostReceived, PostSighted
from kiosk.domain.model import Author, Card, Cursor, Echo, Opinion, PostState, PostUri, Sighting, Standing, Tombstone
from kiosk.domain.moderation import Rules
from kiosk.runtime.counters import Counters
from kiosk.runtime.ingest import Ingest
from kiosk.runtime.ledger import Ledger
from kiosk.sources.source import Batch, Found

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from kiosk.archive.event_file import EventFile
    from kiosk.domain.events import Event
    from kiosk.domain.model import Post, State

RULES = Rules(blocked_words=("spam",), blocked_authors=("@troll@example.social",), trusted_authors=(ADA.handle,))


class Room:
    """Ingest before a real event file."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger, self.clock = ledger, FakeClock()
        self.taken_away: list[PostUri] = []
        self.ingest = Ingest(ledger, RULES, self.clock, self.taken_away.extend)

    async def take(self, *posts: Post, source: str = "a", cursor: str = "", **rest: Any) -> int:
        found = tuple(Found(each, f"{source}-{each.uri.rpartition('/')[2]}") for each in posts)
        batch = Batch(found=found, cursor=Cursor(source, cursor) if cursor else None, **rest)
        return (await self.ingest.take(source, batch)).received

    async def state(self, uri: PostUri) -> State | None:
        return await self.ledger.read(lambda file: file.state(uri))

    async def approve(self, uri: PostUri) -> None:
        state = await self.state(uri)
        assert isinstance(state, PostState)
        await self.ledger.commit(approved(state))

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
        assert await inside.take(gone=("a-1",)) == 0
        gone = (await inside.journal())[-1]
        assert isinstance(gone, PostDeleted)
        assert gone.reason == "gone at a"
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


def test_what_is_gone_leaves_the_wall_before_it_is_written_down(tmp_path):
    async def scenario(inside: Room) -> None:
        await inside.take(post(1), post(2))
        await inside.take(gone=("a-2", "a-unknown"), source="a")
        assert inside.taken_away == [post(2).uri]
        assert isinstance(await inside.state(post(2).uri), Tombstone)
        assert isinstance(await inside.state(post(1).uri), PostState)
        await inside.take(gone=("a-1",), source="another")
        assert isinstance(await inside.state(post(1).uri), PostState), "another source's ids are its own"

    within(tmp_path, scenario)


def test_a_post_that_was_gone_before_it_was_met_never_comes(tmp_path):
    async def scenario(inside: Room) -> None:
        await inside.take(gone=("a-1",))
        assert await inside.take(post(1)) == 0
        assert await inside.state(post(1).uri) is None
        assert await inside.take(post(1), source="b") == 1, "only that source said so"

    within(tmp_path, scenario)


def test_a_post_and_its_deletion_in_one_batch_leave_nothing_on_the_wall(tmp_path):
    async def scenario(inside: Room) -> None:
        await inside.take(post(1))
        await inside.take(post(1, text="Edited, then deleted."), gone=("a-1",))
        assert isinstance(await inside.state(post(1).uri), Tombstone)

    within(tmp_path, scenario)


def test_an_account_that_was_closed_takes_all_its_posts_along(tmp_path):
    async def scenario(inside: Room) -> None:
        mine = [post(n, uri=PostUri(f"at://did:plc:ada/app.bsky.feed.post/{n}")) for n in range(3)]
        other = post(9, uri=PostUri("at://did:plc:adalbert/app.bsky.feed.post/9"))
        batch = Batch(found=tuple(Found(each, each.uri) for each in (*mine, other)))
        await inside.ingest.take("bsky", batch)
        await inside.ingest.take("bsky", Batch(gone_under=("at://did:plc:ada/",)))
        assert all([isinstance(await inside.state(each.uri), Tombstone) for each in mine])
        assert isinstance(await inside.state(other.uri), PostState)
        assert inside.taken_away == [each.uri for each in mine]

    within(tmp_path, scenario)


WORDS = "The scanner at gate B is down, use gate C please!"
ON_BLUESKY = Author(handle="@ada.bsky.social", name="ada lovelace ✨")


def copies(**changes: Any) -> tuple[Post, Post]:
    """A post, and the same person's copy of it on another network."""
    copy = post("copy", uri=PostUri("at://ada/1"), author=ON_BLUESKY, text=f"{WORDS.upper()} https://t.co/x #hall")
    return post(1, text=WORDS), replace(copy, **changes)


def test_the_same_words_by_the_same_person_elsewhere_are_one_post_that_says_where_else(tmp_path):
    first, copy = copies(url="https://bsky.app/ada/1")

    async def scenario(inside: Room) -> None:
        await inside.take(first)
        assert await inside.take(copy, source="b") == 0
        state = await inside.state(first.uri)
        assert isinstance(state, PostState)
        assert state.echoes == (Echo(copy.uri, "@ada.bsky.social", Sighting("b", "b-1"), copy.url),)
        assert await inside.state(copy.uri) is None
        assert await inside.take(copy, source="b") == 0, "read again, nothing changes"
        assert [type(event) for event in await inside.journal()] == [PostReceived, PostEchoed]

    within(tmp_path, scenario)


@pytest.mark.parametrize(
    "changes",
    [
        {"author": Author(handle="@eve.bsky.social", name="Eve")},
        {"author": ADA},
        {"created_at": at(31 * 60)},
        {"text": "The scanner at gate B is down, use gate D please!"},
    ],
    ids=["another person", "the same account", "much later", "other words"],
)
def test_what_only_looks_alike_is_a_post_of_its_own(tmp_path, changes):
    first, copy = copies(**changes)

    async def scenario(inside: Room) -> None:
        await inside.take(first)
        assert await inside.take(copy, source="b") == 1

    within(tmp_path, scenario)


def test_short_words_are_nobodys_in_particular(tmp_path):
    async def scenario(inside: Room) -> None:
        await inside.take(post(1, text="Hello #hall"))
        assert await inside.take(post(2, text="hello! #hall", author=ON_BLUESKY), source="b") == 1

    within(tmp_path, scenario)


def test_a_copy_that_was_edited_stands_for_itself_from_then_on(tmp_path):
    first, copy = copies()

    async def scenario(inside: Room) -> None:
        await inside.take(first)
        await inside.take(copy, source="b")
        assert await inside.take(replace(copy, text="All gates are open again, thank you."), source="b") == 1
        state = await inside.state(first.uri)
        assert isinstance(state, PostState)
        assert state.echoes == ()

    within(tmp_path, scenario)


def test_a_copy_that_was_deleted_is_no_deletion_of_the_post(tmp_path):
    first, copy = copies()

    async def scenario(inside: Room) -> None:
        await inside.take(first)
        await inside.take(copy, source="b")
        await inside.take(source="b", gone=("b-1",))
        state = await inside.state(first.uri)
        assert isinstance(state, PostState)
        assert state.echoes == ()
        assert isinstance((await inside.journal())[-1], EchoLost)

    within(tmp_path, scenario)


def test_when_the_post_is_deleted_its_copy_may_come_and_wait_for_the_desk(tmp_path):
    first, copy = copies()

    async def scenario(inside: Room) -> None:
        await inside.take(first)
        await inside.take(copy, source="b")
        await inside.take(gone=("a-1",))
        assert await inside.take(copy, source="b") == 1
        state = await inside.state(copy.uri)
        assert isinstance(state, PostState)
        assert state.standing is Standing.PENDING

    within(tmp_path, scenario)


def test_two_sources_that_bring_the_same_words_at_once_make_one_post(tmp_path):
    first, copy = copies()

    async def scenario(inside: Room) -> None:
        taken = await asyncio.gather(inside.take(first), inside.take(copy, source="b"))
        assert sorted(taken) == [0, 1]

    within(tmp_path, scenario)


def test_a_links_preview_that_comes_later_does_not_take_an_approval_away(tmp_path):
    card = Card("https://example.org/", "A page")

    async def scenario(inside: Room) -> None:
        await inside.take(post(1), post(2))
        await inside.approve(post(1).uri)
        await inside.take(replace(post(1), card=card), replace(post(2), card=card))
        kept, followed = await inside.state(post(1).uri), await inside.state(post(2).uri)
        assert isinstance(kept, PostState)
        assert isinstance(followed, PostState)
        assert (kept.standing, kept.post.card) == (Standing.APPROVED, None)
        assert (followed.standing, followed.post.card) == (Standing.PENDING, card)
        await inside.take(replace(post(1), card=card, text="Other words"))
        changed = await inside.state(post(1).uri)
        assert isinstance(changed, PostState)
        assert changed.standing is Standing.PENDING

    within(tmp_path, scenario)
