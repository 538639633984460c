from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from factories import at, post
from hypothesis import given, settings
from hypothesis import strategies as st
from wired import wired

from kiosk.domain import playlist as choosing
from kiosk.domain.events import Cause, CueShown, PostDeleted, PostEdited
from kiosk.domain.model import Sighting
from kiosk.domain.playlist import Show, Step
from kiosk.domain.scenes import Scene
from kiosk.runtime import director
from kiosk.runtime.clocks import SystemClock
from kiosk.runtime.panic import Panic

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from wired import Wired

SPOT = Scene(name="spotlight", qml="Spotlight", slots=1, dwell=0.03)
PAIR = Scene(name="pair", qml="Pair", slots=2, dwell=0.03)
SCROLL = Scene(name="scroll", qml="Scroll", dwell=0.03, flows=True)
PATIENT = Scene(name="spotlight", qml="Spotlight", slots=1, dwell=60)


@pytest.fixture(autouse=True)
def hasty(monkeypatch):
    """A hall that reads in no time."""
    monkeypatch.setattr(choosing, "pages", lambda scene, _, dwell=0.0, **__: (dwell or scene.dwell,))
    monkeypatch.setattr(director, "STAND_IN", 0.03)
    monkeypatch.setattr(director, "STEADY", 0.0)


@asynccontextmanager
async def directed(folder: Path, *scenes: Scene, posts: int = 0) -> AsyncIterator[Wired]:
    """A core with so many approved posts, whose director is walking its playlist."""
    async with wired(folder, scenes, SystemClock()) as core:
        await core.receive(*(post(number) for number in range(posts)))
        await core.approve(*(post(number).uri for number in range(posts)))
        task = asyncio.ensure_future(core.director.run())
        try:
            yield core
            assert not task.done(), "the director's loop ended"
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def until(happened: Callable[[], object]) -> None:
    async with asyncio.timeout(5):
        while not happened():  # nobody tells when
            await asyncio.sleep(0.002)


async def proofs(core: Wired, number: int) -> list[CueShown]:
    """The first so many proofs of play."""
    async with asyncio.timeout(5):
        while True:
            found = [event for event in await core.journal() if isinstance(event, CueShown)]
            if len(found) >= number:
                return found[:number]
            await asyncio.sleep(0.005)


def test_the_playlist_is_walked_in_its_order_for_ever(tmp_path):
    async def scenario() -> None:
        async with directed(tmp_path, SPOT, PAIR, SCROLL, posts=4) as core:
            await until(lambda: len(core.stage.cues) >= 7)
            names = [cue.scene for cue in core.stage.cues[:7]]
            assert names == ["spotlight", "pair", "scroll", "spotlight", "pair", "scroll", "spotlight"]
            assert [len(cue.posts) for cue in core.stage.cues[:3]] == [1, 2, 0]

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("posts", "others", "shown"), [(0, True, True), (3, True, False), (3, False, True), (4, True, True)]
)
def test_columns_are_shown_once_they_would_look_full_or_nothing_else_could_be(tmp_path, posts, others, shown):
    async def scenario() -> None:
        async with directed(tmp_path, SCROLL, *([SPOT] if others else []), posts=posts) as core:
            await until(lambda: core.stage.cues)
            assert (core.stage.cues[0].scene == "scroll") is shown

    asyncio.run(scenario())


def test_every_post_has_its_turn_before_any_has_a_second(tmp_path):
    async def scenario() -> None:
        async with directed(tmp_path, SPOT, posts=5) as core:
            await until(lambda: len(core.stage.cues) >= 10)
            shown = [cue.posts[0] for cue in core.stage.cues]
            assert len(set(shown[:5])) == len(set(shown[5:10])) == 5

    asyncio.run(scenario())


def test_a_scene_without_a_post_is_skipped_and_the_wait_is_no_busy_loop(tmp_path, monkeypatch):
    async def scenario() -> None:
        asked: list[object] = []
        async with directed(tmp_path, SPOT) as core:
            monkeypatch.setattr(core.rotation, "step", lambda pin: asked.append(pin) or Step(None, Show()))
            await asyncio.sleep(0.3)
            assert core.stage.asked == []
            assert 1 <= len(asked) <= 3

    asyncio.run(scenario())


def test_a_scene_that_draws_for_itself_is_shown_even_without_a_post(tmp_path):
    async def scenario() -> None:
        async with directed(tmp_path, SCROLL, SPOT) as core:
            await until(lambda: core.stage.cues)
            assert core.stage.cues[0].posts == ()

    asyncio.run(scenario())


@pytest.mark.parametrize("ending", ["hide", "delete", "edit"])
def test_what_is_no_longer_open_leaves_the_glass_in_the_middle_of_its_cue(tmp_path, ending):
    uri = post(0).uri

    async def scenario() -> None:
        async with directed(tmp_path, PATIENT, posts=1) as core:
            await until(lambda: core.stage.glass == [uri])
            if ending == "hide":
                await core.desk.hide(uri)
            elif ending == "delete":
                await core.ledger.commit(PostDeleted(at=at(9), uri=uri))
            else:
                edited = post(0, text="edited")
                await core.ledger.commit(PostEdited(at=at(9), post=edited, sighting=Sighting("mastodon", "2")))
            assert core.stage.glass == []
            assert len(core.stage.cues) == 1

    asyncio.run(scenario())


@settings(database=None, deadline=None, max_examples=6)
@given(st.lists(st.tuples(st.sampled_from(["approve", "hide", "edit"]), st.integers(0, 3)), max_size=25))
def test_the_director_never_shows_what_is_not_open(tmp_path_factory, steps):
    swift = Scene(name="swift", qml="Swift", slots=2, dwell=0.001)

    async def scenario() -> None:
        async with directed(tmp_path_factory.mktemp("director"), swift, posts=4) as core:
            for second, (kind, name) in enumerate(steps):
                uri = post(name).uri
                if kind == "approve":
                    await core.desk.approve(uri, await core.content(uri))
                elif kind == "hide":
                    await core.desk.hide(uri)
                    assert uri not in core.stage.glass
                else:
                    edited = post(name, text=f"edit {second}")
                    await core.ledger.commit(PostEdited(at=at(second), post=edited, sighting=Sighting("mastodon", "2")))
                    assert uri not in core.stage.glass
                for shown in core.stage.glass:
                    assert core.gate.passes(shown, core.stage.painted[shown])
                await core.assert_glass_is_decided()

    asyncio.run(scenario())


def test_proof_of_play_names_scene_posts_and_seconds(tmp_path):
    async def scenario() -> None:
        async with directed(tmp_path, PAIR, posts=2) as core:
            for proof in await proofs(core, 3):
                assert proof.scene == "pair"
                assert proof.uris == tuple(sorted((post(0).uri, post(1).uri)))
                assert 0.03 <= proof.seconds < 1.0

    asyncio.run(scenario())


def test_proof_of_play_holds_what_a_scene_drew_for_itself(tmp_path):
    async def scenario() -> None:
        async with directed(tmp_path, SCROLL, SPOT, posts=4) as core:
            await until(lambda: core.stage.cues and core.stage.cues[-1].scene == "scroll")
            drawn = core.rotation.draw("scroll", ())
            assert drawn is not None
            found = next(proof for proof in await proofs(core, 2) if proof.scene == "scroll")
            assert found.uris == (drawn.uri,)

    asyncio.run(scenario())


def test_what_showed_nobody_is_not_proven(tmp_path):
    async def scenario() -> None:
        async with directed(tmp_path, SCROLL, SPOT, posts=4) as core:
            await proofs(core, 2)
            assert {event.scene for event in await core.journal() if isinstance(event, CueShown)} == {"spotlight"}

    asyncio.run(scenario())


def test_proof_that_could_not_be_written_is_counted_and_the_show_goes_on(tmp_path):
    async def scenario() -> None:
        async with directed(tmp_path, SPOT, posts=2) as core:
            await core.disk(works=False)
            shown = len(core.stage.cues)
            await until(lambda: len(core.stage.cues) >= shown + 3)
            assert core.counters.lines()[0].startswith("Proof of play could not be written down")

    asyncio.run(scenario())


def test_a_scene_that_fails_gives_way_to_the_slate_and_then_the_show_goes_on(tmp_path, monkeypatch):
    async def scenario() -> None:
        async with directed(tmp_path, SPOT, posts=1) as core:
            await until(lambda: core.stage.cues)
            show = core.stage.show
            faults = iter([True, True])

            def fragile(cue) -> None:
                if next(faults, False):
                    raise RuntimeError("no such layout")
                show(cue)

            monkeypatch.setattr(core.stage, "show", fragile)
            shown = len(core.stage.cues)
            await until(lambda: core.stage.slated)
            assert core.stage.glass == []
            await until(lambda: len(core.stage.cues) > shown)
            assert not core.stage.slated
            assert core.stage.glass == [post(0).uri]
            assert core.counters.lines() == ["A scene could not be shown; the slate stood in (2×): no such layout"]

    asyncio.run(scenario())


def test_not_even_a_slate_that_fails_ends_the_loop(tmp_path, monkeypatch):
    async def scenario() -> None:
        async with directed(tmp_path, SPOT, posts=1) as core:

            def broken(*_: object, **__: object) -> None:
                raise RuntimeError("the window is gone")

            with monkeypatch.context() as patch:
                patch.setattr(core.stage, "show", broken)
                patch.setattr(core.stage, "slate", broken)
                await until(lambda: core.counters.total >= 6)
            shown = len(core.stage.cues)
            await until(lambda: len(core.stage.cues) > shown)

    asyncio.run(scenario())


def test_the_slate_that_stands_in_stays_where_panic_came_meanwhile(tmp_path, monkeypatch):
    async def scenario() -> None:
        async with directed(tmp_path, SPOT, posts=1) as core:
            monkeypatch.setattr(core.stage, "show", lambda _: 1 / 0)
            await until(lambda: core.stage.slated)
            await core.desk.panic()
            await asyncio.sleep(0.1)
            assert core.stage.slated
            assert ("slate", False) not in core.stage.asked[-2:]

    asyncio.run(scenario())


def test_a_start_in_panic_shows_the_slate_before_anything_else(tmp_path):
    Panic(tmp_path / "evening.wall.panic").raise_()

    async def scenario() -> None:
        async with directed(tmp_path, SPOT, posts=1) as core:
            await asyncio.sleep(0.1)
            assert core.stage.asked == [("slate", True)]
            assert await core.desk.calm() == ""
            await until(lambda: core.stage.glass == [post(0).uri])

    asyncio.run(scenario())


def test_panic_ends_a_cue_at_once_and_its_proof_counts_only_until_then(tmp_path):
    async def scenario() -> None:
        async with directed(tmp_path, PATIENT, posts=1) as core:
            await until(lambda: core.stage.glass)
            await asyncio.sleep(0.05)
            await core.desk.panic()
            assert core.stage.glass == []
            assert core.stage.slated
            (proof,) = await proofs(core, 1)
            assert 0.05 <= proof.seconds < 1.0
            await asyncio.sleep(0.25)
            assert len(core.stage.cues) == 1
            await core.desk.calm()
            await until(lambda: core.stage.glass)

    asyncio.run(scenario())


def test_a_held_cue_stays_until_it_is_let_go_and_the_proof_says_who_held_it(tmp_path):
    async def scenario() -> None:
        async with directed(tmp_path, SPOT, posts=3) as core:
            await until(lambda: core.stage.cues)
            core.orders.hold()
            shown = len(core.stage.cues)
            await asyncio.sleep(0.2)
            assert len(core.stage.cues) == shown
            core.orders.hold()
            await until(lambda: len(core.stage.cues) > shown)
            proof = (await proofs(core, shown))[-1]
            assert (proof.held_by, proof.cause) == ("desk", Cause.TURN)
            assert proof.seconds >= 0.2

    asyncio.run(scenario())


def test_next_moves_on_at_once_and_what_is_held_stays_held(tmp_path):
    async def scenario() -> None:
        async with directed(tmp_path, PATIENT, posts=3) as core:
            await until(lambda: core.stage.cues)
            core.orders.hold()
            core.orders.next()
            await until(lambda: len(core.stage.cues) == 2)
            assert core.stage.cues[0].posts != core.stage.cues[1].posts
            assert core.orders.held_by == "desk"

    asyncio.run(scenario())


def test_back_shows_the_cue_before_and_then_the_show_goes_on(tmp_path):
    async def scenario() -> None:
        async with directed(tmp_path, PATIENT, posts=5) as core:
            for count in range(1, 4):
                await until(lambda count=count: len(core.stage.cues) == count)
                core.orders.next()
            await until(lambda: len(core.stage.cues) == 4)
            core.orders.back()
            await until(lambda: len(core.stage.cues) == 5)
            core.orders.back()
            await until(lambda: len(core.stage.cues) == 6)
            core.orders.next()
            await until(lambda: len(core.stage.cues) == 7)
            order = [cue.posts for cue in core.stage.cues]
            assert order[4:6] == [order[2], order[1]]
            assert order[6] not in order[:6]
            assert [proof.cause for proof in await proofs(core, 6)][3:] == [Cause.TURN, Cause.BACK, Cause.BACK]

    asyncio.run(scenario())


def test_a_featured_post_is_up_at_once_and_the_proof_says_who_wanted_it(tmp_path):
    uri = post(2).uri

    async def scenario() -> None:
        async with directed(tmp_path, SCROLL, PATIENT, posts=4) as core:
            await until(lambda: core.stage.cues and core.stage.cues[-1].scene == "spotlight")
            assert core.orders.feature(uri) == ""
            await until(lambda: core.stage.glass == [uri])
            core.orders.next()
            await until(lambda: core.stage.glass != [uri])
            proof = next(each for each in await proofs(core, 2) if each.cause is Cause.FEATURED)
            assert (proof.scene, proof.uris, proof.by) == ("spotlight", (uri,), "desk")

    asyncio.run(scenario())


def test_a_pinned_post_stays_on_the_wall_and_leaves_it_at_once(tmp_path):
    uri = post(2).uri

    async def scenario() -> None:
        async with directed(tmp_path, SPOT, posts=4) as core:
            await core.orders.pin_post(uri, 0)
            await until(lambda: core.stage.glass == [uri])
            shown = len(core.stage.cues)
            await until(lambda: len(core.stage.cues) >= shown + 3)
            assert {cue.posts for cue in core.stage.cues[shown:]} == {(uri,)}
            assert Cause.PINNED in {proof.cause for proof in await proofs(core, shown + 1)}
            await core.desk.hide(uri)
            assert uri not in core.stage.glass
            await until(lambda: core.stage.glass)
            assert uri not in core.stage.glass

    asyncio.run(scenario())


@pytest.mark.parametrize("holding", [True, False])
def test_a_cue_that_lost_its_posts_makes_room_and_is_held_no_longer(tmp_path, holding):
    async def scenario() -> None:
        async with directed(tmp_path, PATIENT, posts=2) as core:
            await until(lambda: core.stage.glass)
            (uri,) = core.stage.glass
            if holding:
                core.orders.hold()
            await core.disk(works=False)
            await core.desk.hide(uri)
            await until(lambda: core.stage.glass)
            assert uri not in core.stage.glass, "the wall goes on even where the decision could not be written down"
            assert core.orders.held_by == ""

    asyncio.run(scenario())


def test_each_page_of_a_cue_is_shown_and_one_whose_post_is_gone_is_passed_over(tmp_path, monkeypatch):
    mosaic = Scene(name="mosaic", qml="Mosaic", slots=4, dwell=0.3, photos=True)
    monkeypatch.setattr(choosing, "pages", lambda _, states, *__, **___: (0.1,) * (1 + len(states)))
    monkeypatch.setattr(choosing, "has_photo", lambda _: True)

    async def scenario() -> None:
        async with directed(tmp_path, mosaic, posts=4) as core:
            await until(lambda: len(core.stage.cues) == 2)
            first = core.stage.cues[0]
            assert [cue.page for cue in core.stage.cues] == [0, 1]
            await core.desk.hide(first.posts[1])
            started = asyncio.get_running_loop().time()
            await until(lambda: core.stage.cues[-1].page == 4)
            assert asyncio.get_running_loop().time() - started < 0.35, "page 2 did not dwell"
            (proof,) = await proofs(core, 1)
            assert set(proof.uris) == set(first.posts)

    asyncio.run(scenario())


def test_what_shows_no_posts_is_proven_too(tmp_path):
    clock = Scene(name="clock", qml="Clock", dwell=0.03)

    async def scenario() -> None:
        async with directed(tmp_path, clock) as core:
            proof = (await proofs(core, 2))[-1]
            assert (proof.scene, proof.uris) == ("clock", ())

    asyncio.run(scenario())


def test_a_post_that_found_no_room_is_not_proven_and_comes_next(tmp_path, monkeypatch):
    async def scenario() -> None:
        async with directed(tmp_path, PAIR, posts=6) as core:
            show = core.stage.show

            def cramped(cue) -> None:
                show(cue)
                core.stage.glass = core.stage.glass[:1]

            monkeypatch.setattr(core.stage, "show", cramped)
            shown = len(core.stage.cues)
            await until(lambda: len(core.stage.cues) >= shown + 6)
            assert all(len(proof.uris) == 1 for proof in (await proofs(core, shown + 4))[shown + 1 :])
            starts = [cue.posts[0] for cue in core.stage.cues[shown:]]
            assert len(set(starts[:4])) == 4, "nobody waits for ever because there was no room"

    asyncio.run(scenario())


def test_however_often_the_desk_wants_the_next_one_each_picture_stays_for_a_while(tmp_path, monkeypatch):
    monkeypatch.setattr(director, "STEADY", 0.2)

    async def scenario() -> None:
        changes: list[float] = []
        async with directed(tmp_path, PATIENT, posts=4) as core:
            show = core.stage.show
            core.stage.show = lambda cue: (changes.append(asyncio.get_running_loop().time()), show(cue))
            for _ in range(60):
                core.orders.next()
                await asyncio.sleep(0.02)
        assert len(changes) >= 3
        assert min(later - sooner for sooner, later in pairwise(changes)) >= 0.19

    asyncio.run(scenario())
