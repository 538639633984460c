from __future__ import annotations

import asyncio
import random
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from factories import stored
from PySide6.QtCore import Qt

from kiosk.domain.events import EventDescribed
from kiosk.domain.model import PostState
from kiosk.domain.moderation import content_hash, showable
from kiosk.domain.scenes import Cue
from kiosk.ui import stage as stage_module

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from PySide6.QtGui import QImage

    from kiosk.archive.event_file import StoredPhoto
    from kiosk.domain.model import PostUri, Sha256
    from kiosk.ui.posts import PostView

GREEN, MAGENTA = (20, 200, 60), (230, 0, 230)
SEVERAL = [(200, 0, 0), (0, 200, 0), (0, 0, 255), (200, 200, 0), (0, 200, 200), (200, 0, 200)]
FADED = 1.1
"""Seconds after which a cross-fade has ended."""


def photo(colour: tuple[int, int, int], size: tuple[int, int] = (320, 240)) -> StoredPhoto:
    return stored(size, colour)


def spotlight(*states: PostState) -> Cue:
    return Cue("spotlight", tuple(state.uri for state in states), 10.0)


@asynccontextmanager
async def held_back(here) -> AsyncIterator[None]:
    """Hold every photo's bytes back until the end of the block, as a slow disk would."""
    load, gate = here.house.shelf._load, asyncio.Event()

    async def slow(sha256: Sha256, thumbnail: bool) -> bytes | None:  # noqa: FBT001  # the shelf's shape
        await gate.wait()
        return await load(sha256, thumbnail)

    here.house.shelf._load = slow
    yield
    gate.set()
    here.house.shelf._load = load
    await here.stage.ready()


@pytest.fixture
def on_stage(hall, play):
    """Run a test with a house and its wall."""

    def run(test: Callable[..., Awaitable[None]], **options: object) -> None:
        async def whole() -> None:
            async with hall(**options) as here:
                await test(here, await here.wall())

        play(whole())

    return run


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


def test_of_a_withdrawn_post_no_pixel_is_kept_anywhere(on_stage, shell):
    async def test(here, wall) -> None:
        states = [await here.approved(number, photo(GREEN)) for number in range(3)]
        before = len(shell.cards._cards)
        await here.filled()
        assert len(shell.cards._cards) == before + 3
        here.stage.withdraw([state.uri for state in states])
        assert len(shell.cards._cards) == before
        assert len(here.stage._strip) == 0

    on_stage(test)


@pytest.mark.parametrize("scene", ["scroll", "spotlight"])
@pytest.mark.parametrize("change", ["hide", "edit", "delete", "panic"])
def test_a_post_that_may_no_longer_be_shown_when_its_pictures_come_never_appears(on_stage, frame, scene, change):
    async def test(here, wall) -> None:
        state = await here.approved(1, photo(GREEN))
        async with held_back(here):
            here.stage.show(spotlight(state) if scene == "spotlight" else Cue("scroll", (), 5.0))
            await asyncio.sleep(0.02)
            if change == "hide":
                await here.house.commands.hide(state.uri)
            elif change == "panic":
                await here.house.commands.panic()
            else:
                await (here.edit(state, text="other") if change == "edit" else here.delete(state))
        assert here.stage.on_glass() == ()
        assert frame(wall).count(GREEN) == 0

    on_stage(test)


def test_a_post_that_is_not_showable_is_not_shown_even_where_it_is_asked_for(on_stage, frame):
    async def test(here, wall) -> None:
        waiting = await here.receive(1, photo(GREEN))
        drawn = iter((waiting,))
        here.stage._draw = lambda _: next(drawn, None)
        here.stage.show(spotlight(waiting))
        await here.filled()
        assert await here.stage._pressed("SpotlightCard", waiting, 900, 400) is None
        assert frame(wall).count(GREEN) == 0
        assert here.stage.on_glass() == ()

    on_stage(test)


def test_the_slate_covers_everything_with_the_very_next_frame(on_stage, frame):
    async def test(here, wall) -> None:
        await here.approved(1, photo(GREEN))
        await here.filled()
        await here.house.commands.panic()
        slate = frame(wall)
        assert slate.count(GREEN, tolerance=60) == 0
        assert slate.count((255, 133, 82)) > 500, "the slate's own bar"
        assert slate.count((10, 15, 31)) > 0.8 * slate.image.width * slate.image.height
        assert here.stage.on_glass() == ()

    on_stage(test)


def test_under_the_slate_nothing_is_made_ready(on_stage, frame):
    async def test(here, wall) -> None:
        here.stage.slate(raised=True)
        state = await here.approved(1, photo(GREEN))
        here.stage.show(spotlight(state))
        await here.filled()
        here.stage.advance(0)
        here.stage.resize(800, 450)
        await here.stage.ready()
        assert here.stage.on_glass() == ()
        assert frame(wall).count(GREEN) == 0

    on_stage(test)


def test_after_the_slate_the_wall_is_emptied_first_and_then_filled_anew(on_stage, frame):
    async def test(here, wall) -> None:
        state = await here.approved(1, photo(GREEN))
        await here.filled()
        here.stage.show(spotlight(state))
        await here.stage.ready()
        here.stage.slate(raised=True)
        here.stage.slate(raised=False)
        assert frame(wall).count(GREEN) == 0
        assert here.stage.property("scene") == "Scroll"
        await here.stage.ready()
        assert frame(wall).count(GREEN) > 5000

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


def test_no_post_is_on_the_strip_twice(on_stage):
    async def test(here, wall) -> None:
        states = [await here.approved(number) for number in range(4)]
        for _ in range(3):
            here.stage.fill()
        await here.stage.ready()
        assert len(here.stage._strip) == 4
        assert set(here.stage.on_glass()) == {state.uri for state in states}

    on_stage(test)


def test_the_strip_is_filled_a_little_further_than_is_seen_and_no_further(on_stage):
    async def test(here, wall) -> None:
        for number in range(40):
            await here.approved(number, photo(GREEN))
        await here.filled()
        assert here.stage.property("end") >= 540
        assert len(here.stage.on_glass()) < 20

    on_stage(test)


def test_what_scrolled_out_is_forgotten_and_comes_round_again(on_stage, shell):
    async def test(here, wall) -> None:
        for number in range(12):
            await here.approved(number, photo(GREEN))
        await here.filled()
        first, offset = here.stage.on_glass()[0], 0
        seen: set[str] = set()
        for _ in range(60):
            offset += 100
            offset -= here.stage.advance(offset)
            await here.stage.ready()
            seen |= {*here.stage.on_glass()}
        assert len(seen) == 12
        assert len(here.stage.on_glass()) <= 12
        assert len(here.stage._strip) == len(here.stage.on_glass())
        assert first in seen

    on_stage(test)


def test_places_stay_small_numbers_for_days(on_stage, monkeypatch):
    monkeypatch.setattr(stage_module, "FARTHEST", 1000)

    async def test(here, wall) -> None:
        for number in range(12):
            await here.approved(number, photo(GREEN))
        await here.filled()
        offset, shifts = 0, 0
        for _ in range(60):
            offset += 90
            shift = here.stage.advance(offset)
            offset -= shift
            shifts += shift > 0
            await here.stage.ready()
            assert here.stage.property("end") < 1000 + 3 * 540
            assert all(card.bottom >= offset for card in here.stage._strip._cards)
        assert shifts > 3

    on_stage(test)


def test_the_older_spotlight_is_forgotten_once_it_has_faded(on_stage, frame):
    async def test(here, wall) -> None:
        first, second = await here.approved(1, photo(GREEN)), await here.approved(2, photo(MAGENTA))
        here.stage.show(spotlight(first))
        await here.stage.ready()
        here.stage.show(spotlight(second))
        await here.stage.ready()
        await asyncio.sleep(0.1)
        assert here.stage.on_glass() == (second.uri,)
        picture = frame(wall)
        assert picture.count(MAGENTA) > 50_000
        assert picture.count(GREEN) == 0

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
        assert here.stage._columns.card_width <= 540
        picture = frame(wall)
        assert picture.image.size == (540, 960)
        assert picture.count(GREEN) > 5000

    on_stage(test)


def test_a_card_that_was_begun_for_another_size_is_not_used(on_stage):
    async def test(here, wall) -> None:
        await here.approved(1, photo(GREEN))
        async with held_back(here):
            here.stage.fill()
            await asyncio.sleep(0.02)
            wall.resize(1920, 1080)
            await asyncio.sleep(0.05)
        cards = [card for column in here.stage._columns._columns for card in column]
        assert [card.width for card in cards] == [here.stage._columns.card_width]
        widths = {here.house.shell.cards._cards[card.key].width() for card in cards}
        assert widths == {here.stage._columns.card_width}

    on_stage(test)


def test_a_card_that_cannot_be_made_is_counted_and_holds_nobody_up(on_stage, shell, monkeypatch):
    async def test(here, wall) -> None:
        here.faults_expected = True
        bad, good = await here.approved("bad"), await here.approved("good")
        press = shell.press.card

        def card(component: str, post: PostView, **sizes: int) -> QImage:
            if "bad" in post.post.text:
                raise RuntimeError("a fault in a card")
            return press(component, post, **sizes)

        monkeypatch.setattr(shell.press, "card", card)
        await here.filled()
        here.stage.fill()
        await here.stage.ready()
        assert here.stage.on_glass() == (good.uri,)
        assert bad.uri not in here.stage._coming
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


def test_panic_that_was_latched_before_the_start_shows_no_frame_but_the_slate(hall, play, frame, tmp_path):
    async def test() -> None:
        (tmp_path / "evening.wall.panic").touch()
        async with hall() as here:
            await here.approved(1, photo(GREEN))
            wall = await here.wall()
            await here.filled()
            assert frame(wall).count(GREEN) == 0
            assert here.stage.property("raised")

    play(test())


def deeds(here, state: PostState) -> dict[str, Callable[[], Awaitable[object]]]:
    """What may happen to a post, by its source, at the desk or on the stage."""
    commands, uri = here.house.commands, state.uri

    async def show() -> None:
        here.stage.show(spotlight(state))

    return {
        "approve": lambda: commands.approve(uri, content_hash(state)),
        "approve, too": lambda: commands.approve(uri, content_hash(state)),
        "approve again": lambda: commands.approve(uri, content_hash(state)),
        "hide": lambda: commands.hide(uri),
        "reject": lambda: commands.reject(uri),
        "edit": lambda: here.edit(state, text=f"edited, revision {state.revision}"),
        "delete": lambda: here.delete(state),
        "show": show,
        "undo": commands.undo,
        "panic": commands.calm if here.house.panic.raised else commands.panic,
    }


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_only_what_is_approved_as_it_stands_is_on_the_glass(on_stage, frame, seed):
    chance = random.Random(seed)  # the same evening again each time
    seen: set[PostUri] = set()

    async def test(here, wall) -> None:
        here.stage.resize(480, 270)
        known = {(await here.receive(each, photo(colour))).uri: colour for each, colour in enumerate(SEVERAL)}
        for _ in range(60):
            state = await here.ledger.read(lambda file: file.state(chance.choice(list(known))))
            if isinstance(state, PostState):
                possible = deeds(here, state)
                await possible[chance.choice(sorted(possible))]()
            here.stage.fill()
            if chance.random() < 0.7:
                await asyncio.wait([asyncio.ensure_future(here.stage.ready())], timeout=0.1)
            picture = frame(wall)
            seen.update(here.stage.on_glass())
            for uri, colour in known.items():
                state = await here.ledger.read(lambda file, uri=uri: file.state(uri))
                if here.house.panic.raised or not showable(state):
                    assert uri not in here.stage.on_glass()
                    assert picture.count(colour, tolerance=12) == 0, f"{colour} is on the glass"
        assert seen, "an evening on which nothing was shown proves nothing"

    on_stage(test)
