from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from factories import stored
from PySide6.QtCore import Qt

from kiosk.domain.events import EventDescribed
from kiosk.domain.scenes import Cue

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from kiosk.archive.event_file import StoredPhoto
    from kiosk.domain.model import PostState
    from kiosk.ui.posts import PostView

GREEN, MAGENTA = (20, 200, 60), (230, 0, 230)
FADED = 1.1
"""Seconds after which a cross-fade has ended."""


def photo(colour: tuple[int, int, int], size: tuple[int, int] = (320, 240)) -> StoredPhoto:
    return stored(size, colour)


def spotlight(*states: PostState) -> Cue:
    return Cue("spotlight", tuple(state.uri for state in states), 10.0)


def test_the_stage_tells_in_how_many_pages_it_shows_a_post(on_stage):
    async def test(here, _) -> None:
        short, long = await here.approved("short"), await here.approved("long", text="A long word or two. " * 90)
        pages = [here.stage.pages(Cue("spotlight", (state.uri,), 9.0)) for state in (short, long)]
        assert pages[0] == 1
        assert pages[1] > 1
        assert here.stage.pages(Cue("scroll", (), 9.0)) == 0
        assert here.stage.pages(Cue("photos", (short.uri,), 9.0)) == 0
        await here.delete(long)
        assert here.stage.pages(Cue("spotlight", (long.uri,), 9.0)) == 0

    on_stage(test)


def test_an_approved_post_reaches_the_glass_and_one_that_waits_does_not(on_stage, frame):
    async def test(here, wall) -> None:
        await here.approved(1, photo(GREEN))
        await here.receive(2, photo(MAGENTA))
        await here.filled()
        assert frame(wall).count(GREEN) > 5000
        assert frame(wall).count(MAGENTA) == 0
        assert len(here.stage.on_glass()) == 1

    on_stage(test)


def test_withdrawn_pixels_are_gone_with_the_very_next_frame(on_stage, frame):
    async def test(here, wall) -> None:
        gone = await here.approved(1, photo(GREEN))
        await here.approved(2, photo(MAGENTA))
        await here.filled()
        assert frame(wall).count(GREEN) > 5000
        here.stage.withdraw((gone.uri,))
        after = frame(wall)
        assert after.count(GREEN) == 0
        assert after.count(MAGENTA) > 5000, "the others stay"
        assert gone.uri not in here.stage.on_glass()

    on_stage(test)


def test_a_withdrawn_spotlight_is_gone_with_the_very_next_frame(on_stage, frame):
    async def test(here, wall) -> None:
        state = await here.approved(1, photo(GREEN))
        here.stage.show(spotlight(state))
        await here.stage.ready()
        await asyncio.sleep(FADED)
        assert frame(wall).count(GREEN) > 50_000
        here.stage.withdraw((state.uri,))
        assert frame(wall).count(GREEN, tolerance=60) == 0, "not even its fading shadow"

    on_stage(test)


@pytest.mark.parametrize("which", [0, 1])
def test_in_the_middle_of_a_cross_fade_either_post_can_be_withdrawn_at_once(on_stage, frame, which):
    async def test(here, wall) -> None:
        states = [await here.approved(1, photo(GREEN)), await here.approved(2, photo(MAGENTA))]
        here.stage.show(spotlight(states[0]))
        await here.stage.ready()
        await asyncio.sleep(FADED)
        frame(wall)
        here.stage.show(spotlight(states[1]))
        await asyncio.sleep(0.45)
        here.stage.withdraw((states[which].uri,))
        after = frame(wall)
        red, green, blue = after.image.resize((1, 1), box=(60, 120, 300, 480)).getpixel((0, 0))
        if which:
            assert after.count(MAGENTA, tolerance=60) == 0
            assert max(red, blue) < 90, "nothing of the newer one shines through"
        else:
            assert after.count(GREEN, tolerance=60) == 0
            assert green < 60, "nothing of the older one shines through"

    on_stage(test)


def test_what_a_moderator_hides_leaves_the_wall_before_the_decision_is_written(on_stage, frame):
    async def test(here, wall) -> None:
        state = await here.approved(1, photo(GREEN))
        await here.filled()
        hiding = asyncio.ensure_future(here.house.commands.hide(state.uri))
        await asyncio.sleep(0)
        assert frame(wall).count(GREEN) == 0
        assert await hiding == ""

    on_stage(test)


@pytest.mark.parametrize("change", ["edit", "delete"])
def test_what_is_edited_or_deleted_at_its_origin_leaves_the_wall(on_stage, frame, change):
    async def test(here, wall) -> None:
        state = await here.approved(1, photo(GREEN))
        await here.filled()
        assert frame(wall).count(GREEN) > 5000
        await (here.edit(state, text="not what you approved") if change == "edit" else here.delete(state))
        assert frame(wall).count(GREEN) == 0
        await here.filled()
        assert frame(wall).count(GREEN) == 0

    on_stage(test)


def test_an_empty_wall_invites_and_a_filled_one_does_not(on_stage, frame):
    async def test(here, wall) -> None:
        invitation = frame(wall).count((255, 133, 82))
        assert here.stage.property("empty")
        state = await here.approved(1)
        await here.filled()
        assert not here.stage.property("empty")
        assert frame(wall).count((255, 133, 82)) < invitation / 2
        here.stage.withdraw((state.uri,))
        assert here.stage.property("empty")
        assert frame(wall).count((255, 133, 82)) == invitation

    on_stage(test)


def test_a_cue_that_names_nobody_who_may_be_shown_changes_nothing(on_stage):
    async def test(here, wall) -> None:
        waiting = await here.receive(1)
        here.stage.show(spotlight(waiting))
        here.stage.show(spotlight())
        await here.stage.ready()
        assert here.stage.property("scene") == "Scroll"
        assert here.stage.on_glass() == ()

    on_stage(test)


def test_a_wall_of_another_size_is_laid_out_anew(on_stage, frame):
    async def test(here, wall) -> None:
        await here.approved(1, photo(GREEN))
        await here.filled()
        wall.resize(540, 960)
        await asyncio.sleep(0.05)
        await here.stage.ready()
        assert here.stream._columns.card_width <= 540
        picture = frame(wall)
        assert picture.image.size == (540, 960)
        assert picture.count(GREEN) > 5000

    on_stage(test)


def test_a_card_that_cannot_be_made_is_counted_and_holds_nobody_up(on_stage, shell, monkeypatch):
    async def test(here, wall) -> None:
        here.faults_expected = True
        bad, good = await here.approved("bad"), await here.approved("good")
        press = shell.press.card

        def card(component: str, post: PostView, **sizes: int) -> QImage:
            if "bad" in post.post.words.text:
                raise RuntimeError("a fault in a card")
            return press(component, post, **sizes)

        monkeypatch.setattr(shell.press, "card", card)
        await here.filled()
        here.stage.fill()
        await here.stage.ready()
        assert here.stage.on_glass() == (good.uri,)
        assert bad.uri not in here.stream._coming
        assert here.counters.lines()[0].startswith("A card could not be made")

    on_stage(test)


def test_the_header_names_the_event(on_stage):
    async def test(here, wall) -> None:
        assert (here.stage.property("title"), here.stage.property("hashtag")) == ("An evening", "#evening")
        assert here.stage.property("join") == "Post away"
        here.stage.describe(EventDescribed(at=here.house.clock.now(), name="<b>Night</b>", hashtags=("#night",)))
        assert (here.stage.property("title"), here.stage.property("hashtag")) == ("<b>Night</b>", "#night")

    on_stage(test)


def test_the_panic_chord_on_the_wall_is_heard_once_however_long_it_is_held(on_stage, press_key):
    async def test(here, wall) -> None:
        heard: list[bool] = []
        here.stage.panic = lambda: heard.append(True)
        chord = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        press_key(wall, Qt.Key.Key_P)
        press_key(wall, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
        assert heard == []
        press_key(wall, Qt.Key.Key_P, chord)
        for _ in range(5):
            press_key(wall, Qt.Key.Key_P, chord, repeated=True)
        assert heard == [True]

    on_stage(test)


def test_photos_drift_across_the_whole_screen_and_show_nothing_but_photos(on_stage, frame):
    async def test(here, wall) -> None:
        words, shot = await here.approved(1), await here.approved(2, photo(GREEN))
        here.stage.show(Cue("photos", (words.uri,), 10.0))
        await here.stage.ready()
        assert here.stage.property("scene") == "Scroll", "a post without a photo is left out"
        here.stage.show(Cue("photos", (shot.uri,), 10.0))
        await here.stage.ready()
        await asyncio.sleep(FADED)
        width, height = frame(wall).image.size
        assert frame(wall).count(GREEN) > 0.6 * width * height

    on_stage(test)


def test_what_scenes_were_given_outlives_them_and_their_garbage(on_stage, shell, frame):
    async def test(here, wall) -> None:
        states = [await here.approved(1, photo(GREEN)), await here.approved(2, photo(MAGENTA))]
        for number in range(6):
            here.stage.show(Cue("mosaic", (states[0].uri,), 5.0) if number % 2 else spotlight(states[1]))
            await here.stage.ready()
            shell.engine.collectGarbage()
        await asyncio.sleep(FADED)
        assert frame(wall).count(GREEN) > 150_000

    on_stage(test)


@pytest.mark.parametrize("late", ["mosaic", "spotlight"])
def test_a_cue_whose_pictures_come_late_does_not_take_the_stage_from_the_next_one(on_stage, shell, late):
    async def test(here, wall) -> None:
        states = [await here.approved(number, photo(GREEN)) for number in range(3)]
        before = len(shell.cards._cards)
        async with here.held_back():
            here.stage.show(Cue(late, tuple(state.uri for state in states), 5.0))
            await asyncio.sleep(0.05)
            here.stage.show(Cue("test-pattern", (), 5.0))
        await here.stage.ready()
        assert here.stage.property("scene") == "TestPattern"
        assert len(shell.cards._cards) == before, "and leaves no card behind"

    on_stage(test)
