from __future__ import annotations

import asyncio
from contextlib import aclosing, asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

import pytest
from factories import post
from means import mastodon
from msgspec.structs import replace
from servers.tag_server import TagServer, Trouble, real_client
from wired import WIDE, wired

from kiosk.domain.errors import BadPayload, Refused, Unavailable
from kiosk.domain.events import PostDeleted, PostEdited
from kiosk.domain.model import PostUri, Standing, Tombstone
from kiosk.domain.moderation import Rules
from kiosk.runtime import recheck as module
from kiosk.runtime.ingest import Ingest
from kiosk.runtime.recheck import EVERY, ROUND, SLICE, Recheck
from kiosk.runtime.stage import take_away
from kiosk.sources.source import Batch, Found
from kiosk.sources.source import Recheck as Answer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from pathlib import Path

    from wired import Wired

    from kiosk.domain.events import Event
    from kiosk.domain.model import Cursor, Post
    from kiosk.sources.source import Source


class Origin:
    """A source whose posts the test edits and deletes; `fails` is raised instead of an answer."""

    def __init__(self, name: str = "a") -> None:
        self.name = name
        self.posts: dict[str, Post] = {}
        self.asked: list[list[str]] = []
        self.fails: BaseException | None = None
        self.unsure: set[str] = set()
        self.takes: list[float] = []

    async def poll(self, _: Cursor | None) -> Batch:
        return Batch(found=tuple(Found(each, identity) for identity, each in self.posts.items()))

    async def recheck(self, posts: Mapping[str, PostUri]) -> Answer:
        self.asked.append(list(posts))
        await asyncio.sleep(self.takes.pop(0) if self.takes else 0)
        if self.fails is not None:
            raise self.fails
        found = [Found(self.posts[each], each) for each in posts if each in self.posts and each not in self.unsure]
        gone = [each for each in posts if each not in self.posts and each not in self.unsure]
        return Answer(tuple(found), tuple(gone), tuple(f"{each} is unclear." for each in posts if each in self.unsure))


class Evening:
    """The wired core with posts of one or more origins approved and on the glass."""

    def __init__(self, house: Wired, *origins: Source) -> None:
        self.house = house
        self.ingest = Ingest(house.ledger, Rules(), house.clock, partial(take_away, house.gate, house.stage))
        self.slept: list[float] = []
        self.recheck = Recheck(
            sources={origin.name: origin for origin in origins},
            gate=house.gate,
            stage=house.stage,
            ingest=self.ingest,
            counters=house.counters,
        )

    async def show(self, *origins: Source) -> list[PostUri]:
        """Read each origin, approve all it has and put it on the glass."""
        uris: list[PostUri] = []
        for origin in origins:
            batch = await origin.poll(None)
            await self.ingest.take(origin.name, batch)
            uris += [item.post.uri for item in batch.found]
        await self.house.approve(*uris)
        self.house.play()
        assert len(self.house.stage.glass) == min(len(set(uris)), WIDE.slots)
        return uris

    async def journalled(self, kind: type) -> list[Event]:
        return [event for event in await self.house.journal() if isinstance(event, kind)]


@asynccontextmanager
async def evening(folder: Path, *origins: Source) -> AsyncIterator[Evening]:
    async with wired(folder) as house:
        yield Evening(house, *origins)


def origin_with(*numbers: int, name: str = "a") -> Origin:
    origin = Origin(name)
    origin.posts = {f"{name}{number}": post(f"{name}{number}") for number in numbers}
    return origin


def at_each_commit(house: Wired, look: Callable[[], None]) -> None:
    """Have `look` called on the loop just before events are made durable."""
    commit = house.ledger.commit

    async def watched(*events: Event, **rest: object) -> object:
        look()
        return await commit(*events, **rest)

    house.ledger.commit = watched  # type: ignore[method-assign,assignment]


def test_a_post_deleted_on_air_loses_its_pixels_first_and_then_for_ever(tmp_path):
    origin = origin_with(1, 2)

    async def scenario() -> None:
        async with evening(tmp_path, origin) as inside:
            first, second = await inside.show(origin)
            glass: list[list[PostUri]] = []
            at_each_commit(inside.house, lambda: glass.append(list(inside.house.stage.glass)))
            del origin.posts["a1"]
            await inside.recheck.once()
            assert glass == [[second]], "the pixels go before the commit"
            assert inside.house.stage.glass == [second]
            assert inside.house.gate.state(first) is None
            assert isinstance(await inside.house.ledger.read(lambda file: file.state(first)), Tombstone)
            inside.house.play()
            assert inside.house.stage.glass == [second]
            await inside.house.assert_glass_is_decided()

    asyncio.run(scenario())


def test_a_post_edited_on_air_goes_and_waits_for_a_new_decision(tmp_path):
    origin = origin_with(1, 2)

    async def scenario() -> None:
        async with evening(tmp_path, origin) as inside:
            first, second = await inside.show(origin)
            glass: list[list[PostUri]] = []
            at_each_commit(inside.house, lambda: glass.append(list(inside.house.stage.glass)))
            origin.posts["a1"] = replace(origin.posts["a1"], text="Something else entirely")
            await inside.recheck.once()
            assert glass == [[second]]
            state = await inside.house.state(first)
            assert state is not None
            assert (state.post.text, state.standing) == ("Something else entirely", Standing.PENDING)
            inside.house.play()
            assert inside.house.stage.glass == [second]
            inside.house.clock.tick(5)
            await inside.house.approve(first)
            inside.house.play()
            assert set(inside.house.stage.glass) == {first, second}, "approved again, it comes back with its new words"
            await inside.house.assert_glass_is_decided()

    asyncio.run(scenario())


def test_posts_that_stand_as_they_are_cause_nothing_at_all(tmp_path):
    origin = origin_with(1, 2, 3)

    async def scenario() -> None:
        async with evening(tmp_path, origin) as inside:
            await inside.show(origin)
            before = (await inside.house.journal(), list(inside.house.stage.asked), inside.house.ledger.commits)
            for _ in range(3):
                await inside.recheck.once()
            assert len(origin.asked) == 3
            assert before == (await inside.house.journal(), inside.house.stage.asked, inside.house.ledger.commits)

    asyncio.run(scenario())


@pytest.mark.parametrize(
    "error",
    [Unavailable("Later."), Refused("No."), BadPayload("What?"), TimeoutError()],
    ids=lambda each: type(each).__name__,
)
def test_a_source_that_fails_condemns_nothing_and_is_counted(tmp_path, error):
    origin = origin_with(1)

    async def scenario() -> None:
        async with evening(tmp_path, origin) as inside:
            uris = await inside.show(origin)
            origin.posts.clear()
            origin.fails = error
            await inside.recheck.once()
            assert inside.house.stage.glass == uris
            assert await inside.journalled(PostDeleted) == []
            assert inside.house.counters.lines()[0].startswith("a could not be asked whether posts on the wall still")
            origin.fails = None
            await inside.recheck.once()
            assert inside.house.stage.glass == [], "asked again, it answers"

    asyncio.run(scenario())


def test_what_could_not_be_learned_is_counted_and_the_rest_is_followed(tmp_path):
    origin = origin_with(1, 2)

    async def scenario() -> None:
        async with evening(tmp_path, origin) as inside:
            first, _ = await inside.show(origin)
            del origin.posts["a2"]
            origin.unsure = {"a1"}
            await inside.recheck.once()
            assert inside.house.stage.glass == [first]
            assert inside.house.counters.lines() == [
                "a could not be asked whether posts on the wall still stand (1×): a1 is unclear."
            ]

    asyncio.run(scenario())


@pytest.mark.parametrize("change", ["deleted", "edited"])
def test_what_cannot_be_written_down_stays_away_all_the_same(tmp_path, change):
    origin = origin_with(1)

    async def scenario() -> None:
        async with evening(tmp_path, origin) as inside:
            (first,) = await inside.show(origin)
            origin.posts = {} if change == "deleted" else {"a1": replace(origin.posts["a1"], text="Other words")}
            await inside.house.disk(works=False)
            await inside.recheck.once()
            inside.house.play()
            assert inside.house.stage.glass == []
            assert inside.house.gate.state(first) is None
            assert "could not be written down; the post stays away" in inside.house.counters.lines()[0]

    asyncio.run(scenario())


def test_a_deletion_is_followed_even_where_the_event_file_cannot_be_read(tmp_path, monkeypatch):
    origin = origin_with(1)

    async def scenario() -> None:
        async with evening(tmp_path, origin) as inside:
            await inside.show(origin)
            origin.posts.clear()

            async def unreadable(*_: object) -> list[Event]:
                raise module.ArchiveError("The disk is gone.")

            monkeypatch.setattr(inside.ingest, "_events", unreadable)
            await inside.recheck.once()
            assert inside.house.stage.glass == []

    asyncio.run(scenario())


def test_one_source_in_trouble_does_not_keep_others_from_being_asked(tmp_path):
    broken, sound = origin_with(1, name="a"), origin_with(1, name="b")

    async def scenario() -> None:
        async with evening(tmp_path, broken, sound) as inside:
            first, _ = await inside.show(broken, sound)
            broken.fails = Unavailable("Later.")
            sound.posts.clear()
            await inside.recheck.once()
            assert inside.house.stage.glass == [first]

    asyncio.run(scenario())


def test_a_slow_source_is_given_up_after_what_was_learned_is_followed(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "DEADLINE", 0.5)
    origin = origin_with(*range(SLICE * 2))

    async def scenario() -> None:
        async with evening(tmp_path, origin) as inside:
            await inside.show(origin)
            origin.posts.clear()
            origin.takes = [0.0, 60.0]
            await inside.recheck.once()
            assert [len(asked) for asked in origin.asked] == [SLICE, SLICE]
            asked_in_vain = {post(identity).uri for identity in origin.asked[1]}
            assert set(inside.house.stage.glass) == asked_in_vain, "those that were learned of are gone"
            assert inside.house.counters.total == 1

    asyncio.run(scenario())


def test_what_is_on_the_glass_comes_first_and_everything_else_comes_round(tmp_path):
    origin = origin_with(*range(ROUND * 2 + 20))

    async def scenario() -> None:
        async with evening(tmp_path, origin) as inside:
            await inside.show(origin)
            inside.house.stage.glass = shown = [post(f"a{number}").uri for number in (70, 71)]
            seen: set[str] = set()
            for _ in range(3):
                origin.asked.clear()
                await inside.recheck.once()
                asked = [identity for some in origin.asked for identity in some]
                assert len(asked) == len(set(asked)) == ROUND
                assert asked[:2] == ["a70", "a71"]
                seen |= set(asked)
            assert len(seen) == len(origin.posts)
            assert inside.house.stage.glass == shown

    asyncio.run(scenario())


def test_a_post_is_asked_for_where_it_was_met_and_only_at_sources_there_are(tmp_path):
    lost, here = origin_with(1, name="lost"), Origin("here")
    here.posts = {"h1": lost.posts["lost1"]}

    async def scenario() -> None:
        async with evening(tmp_path, here) as inside:
            await inside.show(lost, here)
            await inside.recheck.once()
            assert (lost.asked, here.asked) == ([], [["h1"]])
            here.posts.clear()
            await inside.recheck.once()
            assert inside.house.stage.glass == []

    asyncio.run(scenario())


def test_an_answer_about_another_post_changes_nothing(tmp_path):
    origin = origin_with(1)

    async def scenario() -> None:
        async with evening(tmp_path, origin) as inside:
            uris = await inside.show(origin)
            origin.posts["a1"] = post("of somebody else", text="Injected")
            await inside.recheck.once()
            assert inside.house.stage.glass == uris
            assert await inside.journalled(PostEdited) == []

    asyncio.run(scenario())


def test_it_goes_round_for_ever_at_its_pace(tmp_path):
    origin = origin_with(1)

    async def scenario() -> None:
        async with evening(tmp_path, origin) as inside:
            await inside.show(origin)
            slept: list[float] = []

            async def sleep(seconds: float) -> None:
                slept.append(seconds)
                if len(slept) > 3:
                    raise asyncio.CancelledError

            inside.recheck._sleep = sleep
            with pytest.raises(asyncio.CancelledError):
                await inside.recheck.run()
            assert slept == [EVERY] * 4
            assert len(origin.asked) == 3

    asyncio.run(scenario())


OUTAGES = [Trouble(404, b"{}"), Trouble(401), Trouble(500), Trouble(200, b"<html>Hotel"), Trouble(410)]


@pytest.mark.parametrize("members_only", [False, True], ids=["open", "members only"])
def test_with_a_real_server_outages_change_nothing_and_a_deletion_and_an_edit_are_followed(tmp_path, members_only):
    async def scenario(server: TagServer) -> None:
        async with aclosing(real_client()) as client:
            source = mastodon(server.url, client)
            async with evening(tmp_path, source) as inside:
                uris = await inside.show(source)
                for outage in OUTAGES:
                    server.always = {"/": outage}
                    await inside.recheck.once()
                    assert set(inside.house.stage.glass) == set(uris), outage
                server.always = {}
                del server.statuses[2]
                await inside.recheck.once()
                assert set(inside.house.stage.glass) == {uris[0], uris[2]}
                server.edit(3, "Edited for #hall")
                await inside.recheck.once()
                left = {uris[0], uris[2]} if members_only else {uris[0]}
                assert set(inside.house.stage.glass) == left, "where only members see posts, an edit comes with a poll"
                assert len(await inside.journalled(PostDeleted)) == 1

    with TagServer() as server:
        server.members_only = members_only
        server.knows_many = not members_only
        for number in (1, 2, 3):
            server.add(number)
        asyncio.run(scenario(server))
