from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING

import pytest
from factories import stored

from kiosk.domain.model import PostState
from kiosk.domain.moderation import content_hash, showable
from kiosk.domain.scenes import Cue

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from kiosk.archive.event_file import StoredPhoto
    from kiosk.domain.model import PostUri

GREEN = (20, 200, 60)
SEVERAL = [(200, 0, 0), (0, 200, 0), (0, 0, 255), (200, 200, 0), (0, 200, 200), (200, 0, 200)]


def photo(colour: tuple[int, int, int], size: tuple[int, int] = (320, 240)) -> StoredPhoto:
    return stored(size, colour)


def spotlight(*states: PostState) -> Cue:
    return Cue("spotlight", tuple(state.uri for state in states), 10.0)


@pytest.mark.parametrize("scene", ["scroll", "spotlight"])
@pytest.mark.parametrize("change", ["hide", "edit", "delete", "panic"])
def test_a_post_that_may_no_longer_be_shown_when_its_pictures_come_never_appears(on_stage, frame, scene, change):
    async def test(here, wall) -> None:
        state = await here.approved(1, photo(GREEN))
        async with here.held_back():
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
        here.stream._draw = lambda _: next(drawn, None)
        here.stage.show(spotlight(waiting))
        await here.filled()
        assert await here.stage._glass.pressed("SpotlightCard", waiting, (900, 400)) is None
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
        here.stream.advance(0)
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
