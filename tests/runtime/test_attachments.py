from __future__ import annotations

import asyncio
import hashlib
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from kiosk.archive.event_file import StoredPhoto
from kiosk.domain.errors import ArchiveError, MediaError, Refused, Unavailable
from kiosk.domain.events import PhotoStored, PostDeleted, PostEdited, PostReceived, PostSighted, Rejected, Requeued
from kiosk.domain.model import (
    Attachment,
    Author,
    Kind,
    Photo,
    PhotoFailure,
    Post,
    PostState,
    PostUri,
    Sha256,
    Sighting,
    Tombstone,
)
from kiosk.runtime import attachments
from kiosk.runtime.attachments import Attachments, Recent
from kiosk.runtime.clocks import SystemClock
from kiosk.runtime.counters import Counters
from kiosk.runtime.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
MET = Sighting("mastodon", "1")


class Web:
    """Answers by address: an error once per entry of `faults`, then bytes that name the address."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.faults: dict[str, list[Exception]] = {}
        self.most = self._now = 0
        self.gate: asyncio.Event | None = None

    async def picture(self, url: str) -> bytes:
        self.asked.append(url)
        self._now += 1
        self.most = max(self.most, self._now)
        try:
            await (self.gate.wait() if self.gate else asyncio.sleep(0))
        finally:
            self._now -= 1
        if self.faults.get(url):
            raise self.faults[url].pop(0)
        return url.encode()


class Darkroom:
    """Makes a photo of any bytes but those that say "bad"."""

    async def decode(self, picture: bytes) -> StoredPhoto:
        if b"bad" in picture:
            raise MediaError("The picture is damaged.")
        if b"worse" in picture:
            raise ZeroDivisionError
        photo = Photo(Sha256(hashlib.sha256(picture).hexdigest()), 4, 3)
        return StoredPhoto(photo=photo, wall=picture, thumbnail=picture[:3])


class Scene:
    """A real ledger in a real event file, with the pictures' tasks running over it."""

    def __init__(self, ledger: Ledger, web: Web, counters: Counters) -> None:
        self.ledger = ledger
        self.web = web
        self.counters = counters

    async def state(self, uri: str) -> Any:
        return await self.ledger.read(lambda file: file.state(PostUri(uri)))

    async def settled(self, *uris: str) -> list[PostState]:
        async with asyncio.timeout(10):
            while True:
                states = [await self.state(uri) for uri in uris]
                if all(isinstance(state, PostState) and state.settled for state in states):
                    return states
                await asyncio.sleep(0.005)

    async def meet(self, *posts: Post) -> None:
        await self.ledger.commit(*(PostReceived(at=NOW, post=post, sighting=MET) for post in posts))


def post(uri: str, *pictures: str, avatar: str = "") -> Post:
    shown = tuple(Attachment(Kind.PHOTO, url) for url in pictures)
    return Post(uri=PostUri(uri), author=Author("@ada@x", "Ada", avatar), text=uri, created_at=NOW, attachments=shown)


def play(tmp_path: Path, scene: Callable[[Scene], Awaitable[None]], **how: Any) -> None:
    async def whole() -> None:
        async with playing(tmp_path, **how) as played:
            await scene(played)

    asyncio.run(whole())


@asynccontextmanager
async def playing(tmp_path: Path, before: tuple[Post, ...] = (), **how: Any) -> AsyncIterator[Scene]:
    counters = Counters()
    ledger = await Ledger.open(tmp_path / "evening.wall", counters)
    scene = Scene(ledger, Web(), counters)
    await scene.meet(*before)
    how = {"pause": 0.02, "chance": lambda: 0.5, **how}
    keeper = Attachments(
        ledger=ledger, pictures=scene.web, decoder=Darkroom(), clock=SystemClock(), counters=counters, **how
    )
    running = asyncio.create_task(keeper.run())
    try:
        yield scene
    finally:
        running.cancel()
        outcome = await asyncio.gather(running, return_exceptions=True)
        await ledger.close()
    assert isinstance(outcome[0], asyncio.CancelledError)


def test_pictures_are_stored_with_their_bytes(tmp_path):
    async def scene(played: Scene) -> None:
        await played.meet(post("a", "p1", "p2", avatar="face"))
        (state,) = await played.settled("a")
        for url in ("face", "p1", "p2"):
            photo = state.photos[url]
            assert isinstance(photo, Photo)
            assert await played.ledger.read(lambda file, sha=photo.sha256: file.photo(sha)) == url.encode()
        assert played.web.asked == ["face", "p1", "p2"]

    play(tmp_path, scene)


def test_what_will_not_come_or_decode_is_refused_at_once_with_the_reason(tmp_path):
    async def scene(played: Scene) -> None:
        played.web.faults["gone"] = [Refused("x does not give the picture (status 404).")]
        await played.meet(post("a", "gone", "bad", "worse", "good"))
        (state,) = await played.settled("a")
        assert state.photos["gone"] == PhotoFailure("x does not give the picture (status 404).")
        assert state.photos["bad"] == PhotoFailure("The picture is damaged.")
        assert isinstance(state.photos["worse"], PhotoFailure)
        assert isinstance(state.photos["good"], Photo)
        assert played.counters.total == 1
        assert len(played.web.asked) == 4

    play(tmp_path, scene)


def test_what_may_come_is_tried_again_and_others_are_not_held_up(tmp_path):
    async def scene(played: Scene) -> None:
        played.web.faults["late"] = [Unavailable("x does not answer."), Unavailable("x does not answer.")]
        await played.meet(post("a", "late", "p1"), post("b", "p2"), post("c", "p3"))
        states = await played.settled("a", "b", "c")
        assert all(isinstance(photo, Photo) for state in states for photo in state.photos.values())
        assert played.web.asked.count("late") == 3
        assert played.web.asked.index("p3") < len(played.web.asked) - 1
        assert played.web.asked[-1] == "late"

    play(tmp_path, scene)


def test_three_tries_are_the_budget(tmp_path):
    async def scene(played: Scene) -> None:
        played.web.faults["never"] = [Unavailable("x does not answer.") for _ in range(9)]
        await played.meet(post("a", "never"))
        (state,) = await played.settled("a")
        assert state.photos["never"] == PhotoFailure("x does not answer. It was tried 3 times.")
        assert played.web.asked == ["never"] * 3

    play(tmp_path, scene)


def test_the_servers_wish_is_heeded_and_a_sighting_does_not_cut_it_short(tmp_path):
    async def scene(played: Scene) -> None:
        played.web.faults["busy"] = [Unavailable("x is busy.", retry_after=0.6)]
        begun = asyncio.get_running_loop().time()
        await played.meet(post("a", "busy"))
        await asyncio.sleep(0.1)
        await played.ledger.commit(PostSighted(at=NOW, uri=PostUri("a"), sighting=Sighting("other", "9")))
        await played.settled("a")
        assert asyncio.get_running_loop().time() - begun >= 0.6
        assert played.web.asked == ["busy"] * 2

    play(tmp_path, scene)


def test_an_avatar_of_many_posts_is_fetched_once(tmp_path):
    async def scene(played: Scene) -> None:
        await played.meet(*(post(f"p{number}", avatar="face") for number in range(40)))
        states = await played.settled(*(f"p{number}" for number in range(40)))
        assert len({state.photos["face"] for state in states}) == 1
        assert played.web.asked == ["face"]

    play(tmp_path, scene)


def test_a_missing_avatar_of_many_posts_is_asked_for_once(tmp_path):
    async def scene(played: Scene) -> None:
        played.web.faults["face"] = [Refused("x does not give the picture (status 404).")]
        await played.meet(*(post(f"p{number}", avatar="face") for number in range(40)))
        await played.settled(*(f"p{number}" for number in range(40)))
        assert played.web.asked == ["face"]

    play(tmp_path, scene)


def test_no_more_than_two_are_fetched_at_once(tmp_path):
    async def scene(played: Scene) -> None:
        played.web.gate = asyncio.Event()
        await played.meet(*(post(f"p{number}", f"u{number}") for number in range(20)))
        await asyncio.sleep(0.1)
        assert len(played.web.asked) == 2
        played.web.gate.set()
        await played.settled(*(f"p{number}" for number in range(20)))
        assert played.web.most == 2
        assert played.web.asked == [f"u{number}" for number in range(20)]

    play(tmp_path, scene)


def test_posts_from_before_the_start_are_picked_up(tmp_path):
    async def scene(played: Scene) -> None:
        await played.settled("old", "older")

    play(tmp_path, scene, before=(post("old", "p1"), post("older", avatar="face")))


def test_more_posts_than_may_wait_are_found_again_in_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr(attachments, "WAITING", 3)
    monkeypatch.setattr(attachments, "RESCAN", 0.05)

    async def scene(played: Scene) -> None:
        await played.meet(*(post(f"p{number}", f"u{number}") for number in range(30)))
        await played.settled(*(f"p{number}" for number in range(30)))
        assert sorted(played.web.asked) == sorted(f"u{number}" for number in range(30))

    play(tmp_path, scene)


def test_an_edit_brings_its_new_picture_and_keeps_the_known_one(tmp_path):
    async def scene(played: Scene) -> None:
        await played.meet(post("a", "p1"))
        await played.settled("a")
        await played.ledger.commit(PostEdited(at=NOW, post=post("a", "p1", "p2"), sighting=MET))
        (state,) = await played.settled("a")
        assert set(state.photos) == {"p1", "p2"}
        assert played.web.asked == ["p1", "p2"]

    play(tmp_path, scene)


@pytest.mark.parametrize(
    "happens",
    [
        PostDeleted(at=NOW, uri=PostUri("a")),
        PostEdited(at=NOW, post=post("a", "other"), sighting=MET),
    ],
)
def test_what_was_deleted_or_edited_while_it_was_fetched_is_not_kept(tmp_path, happens):
    async def scene(played: Scene) -> None:
        played.web.gate = asyncio.Event()
        await played.meet(post("a", "p1"))
        await asyncio.sleep(0.05)
        assert played.web.asked == ["p1"]
        await played.ledger.commit(happens)
        played.web.gate.set()
        await played.meet(post("b", "p2"))
        await played.settled("b")
        await asyncio.sleep(0.05)
        state = await played.state("a")
        assert isinstance(state, Tombstone) or set(state.photos) == {"other"}
        assert not await played.ledger.read(lambda file: file.has_photo(Sha256(hashlib.sha256(b"p1").hexdigest())))

    play(tmp_path, scene)


def test_rejected_posts_wait_until_they_are_wanted(tmp_path):
    async def scene(played: Scene) -> None:
        played.web.gate = asyncio.Event()
        await played.meet(post("x", "p8"), post("y", "p9"), post("a", "p1"))
        await played.ledger.commit(Rejected(at=NOW, uri=PostUri("a"), by="me"))
        played.web.gate.set()
        await played.settled("x", "y")
        await asyncio.sleep(0.05)
        assert "p1" not in played.web.asked
        await played.ledger.commit(Requeued(at=NOW, uri=PostUri("a"), by="me"))
        await played.settled("a")

    play(tmp_path, scene)


def test_a_post_with_very_many_pictures_is_settled_all_the_same(tmp_path):
    async def scene(played: Scene) -> None:
        await played.meet(post("a", *(f"u{number}" for number in range(60)), avatar="face"))
        (state,) = await played.settled("a")
        assert sum(isinstance(photo, Photo) for photo in state.photos.values()) == attachments.PICTURES
        assert len(played.web.asked) == attachments.PICTURES

    play(tmp_path, scene)


def test_one_picture_twice_in_a_post_is_fetched_once(tmp_path):
    async def scene(played: Scene) -> None:
        await played.meet(post("a", "p1", "p1"))
        await played.settled("a")
        assert played.web.asked == ["p1"]

    play(tmp_path, scene)


def test_what_could_not_be_written_down_is_counted_and_done_later(tmp_path, monkeypatch):
    monkeypatch.setattr(attachments, "RESCAN", 0.05)

    async def scene(played: Scene) -> None:
        commit = played.ledger.commit
        full = [ArchiveError("The disk is full."), ArchiveError("The disk is full.")]

        async def failing(*events: Any, **more: Any) -> Any:
            if full and isinstance(events[0], PhotoStored):
                raise full.pop()
            return await commit(*events, **more)

        monkeypatch.setattr(played.ledger, "commit", failing)
        await played.meet(post("a", "p1"), post("b", "p2"))
        await played.settled("a", "b")
        assert played.counters.total == 2

    play(tmp_path, scene)


def test_recent_outcomes_end_after_their_time_and_are_bounded(monkeypatch):
    class Hours:
        seconds = 0.0

        def monotonic(self) -> float:
            return self.seconds

        def now(self) -> datetime:
            return NOW

    clock = Hours()
    recent = Recent(clock)
    photo = Photo(Sha256("0" * 64), 1, 1)
    recent.keep("face", photo)
    recent.keep("gone", PhotoFailure("x"))
    clock.seconds = 599.0
    assert recent.get("gone")
    clock.seconds = 600.0
    assert recent.get("gone") is None
    clock.seconds = 3599.0
    assert recent.get("face") == photo
    clock.seconds = 3600.0
    assert recent.get("face") is None
    monkeypatch.setattr(attachments, "KEPT", 2)
    for url in ("a", "b"):
        recent.keep(url, photo)
    recent.get("a")
    recent.keep("c", photo)
    assert [bool(recent.get(url)) for url in ("a", "b", "c")] == [True, False, True]
