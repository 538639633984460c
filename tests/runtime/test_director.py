from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

import pytest
from factories import at, post, standing_approved
from hypothesis import given, settings
from hypothesis import strategies as st
from wired import WIDE, wired

from kiosk.domain.events import CueShown, PostDeleted, PostEdited
from kiosk.domain.model import Sighting
from kiosk.domain.playlist import reading_time
from kiosk.domain.scenes import SCENES, Scene
from kiosk.runtime import director
from kiosk.runtime.clocks import SystemClock
from kiosk.runtime.director import Rotation
from kiosk.runtime.gate import Gate
from kiosk.runtime.panic import Panic

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from wired import Wired

SPOT = Scene(name="spotlight", qml="Spotlight", slots=1, dwell=0.03)
PAIR = Scene(name="pair", qml="Pair", slots=2, dwell=0.03)
SCROLL = Scene(name="scroll", qml="Scroll", slots=0, dwell=0.03)


@pytest.fixture(autouse=True)
def hasty(monkeypatch):
    """A hall that reads in no time."""
    monkeypatch.setattr(director, "reading_time", lambda _: 0.0)
    monkeypatch.setattr(director, "STAND_IN", 0.03)


@asynccontextmanager
async def directed(folder: Path, *playlist: Scene, posts: int = 0) -> AsyncIterator[Wired]:
    """A core with so many approved posts, whose director is walking its playlist."""
    async with wired(folder, playlist, SystemClock()) as core:
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
            monkeypatch.setattr(core.rotation, "draw", lambda *given: asked.append(given))
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


def test_a_cue_dwells_as_long_as_its_longest_post_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(director, "reading_time", reading_time)

    async def scenario() -> None:
        async with wired(tmp_path) as core:
            await core.receive(post(1, text="x" * 154), post(2, text="short"))
            await core.approve(post(1).uri, post(2).uri)
            cue = core.director._cue(WIDE)
            assert cue is not None
            assert cue.dwell == 14.0
            patient = core.director._cue(SCENES["spotlight"])
            assert patient is not None
            assert patient.dwell >= SCENES["spotlight"].dwell

    asyncio.run(scenario())


@pytest.mark.parametrize("ending", ["hide", "delete", "edit"])
def test_what_is_no_longer_open_leaves_the_glass_in_the_middle_of_its_cue(tmp_path, ending):
    uri = post(0).uri

    async def scenario() -> None:
        patient = Scene(name="spotlight", qml="Spotlight", slots=1, dwell=60)
        async with directed(tmp_path, patient, posts=1) as core:
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
        patient = Scene(name="spotlight", qml="Spotlight", slots=1, dwell=60)
        async with directed(tmp_path, patient, posts=1) as core:
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


def test_a_new_approval_goes_before_what_was_shown_already():
    gate = Gate(standing_approved(number) for number in range(3))
    rotation = Rotation(gate)
    for _ in range(5):
        rotation.draw("scroll", ())
    gate.open_to([standing_approved(9)])
    drawn = rotation.draw("scroll", ())
    assert drawn is not None
    assert drawn.uri == post(9).uri


def test_each_scene_has_its_own_turns_and_nothing_on_the_glass_is_drawn():
    gate = Gate(standing_approved(number) for number in range(2))
    rotation = Rotation(gate)
    on_glass = [post(0).uri]
    for scene in ("scroll", "spotlight"):
        drawn = rotation.draw(scene, on_glass)
        assert drawn is not None
        assert drawn.uri == post(1).uri
    assert rotation.draw("scroll", [post(0).uri, post(1).uri]) is None
    assert rotation.drawn == {post(1).uri}


def test_turns_are_remembered_only_for_posts_that_are_open():
    gate = Gate()
    rotation = Rotation(gate)
    for number in range(1000):
        gate.open_to([standing_approved(number)])
        assert rotation.draw("scroll", ()) is not None
        gate.withhold(post(number).uri)
    assert len(rotation._airings["scroll"]) <= 105
