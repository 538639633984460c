from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from factories import stored

from kiosk.domain.scenes import Cue

if TYPE_CHECKING:
    from kiosk.domain.model import PostState

GREEN, MAGENTA = (20, 200, 60), (230, 0, 230)
GREENS, MAGENTAS = stored((320, 240), GREEN), stored((320, 240), MAGENTA)
FADED = 1.1
"""Seconds after which a cross-fade has ended."""


def spotlight(*states: PostState) -> Cue:
    return Cue("spotlight", tuple(state.uri for state in states), 10.0)


def mosaic(*states: PostState, page: int = 0) -> Cue:
    return Cue("mosaic", tuple(state.uri for state in states), 8.0, page)


async def risen(here, states) -> None:
    """A grid of these photos, from which the first has risen."""
    here.stage.show(mosaic(*states))
    await here.stage.ready()
    here.stage.show(mosaic(*states, page=1))
    await here.stage.ready()
    await asyncio.sleep(FADED)


def test_a_photo_rises_from_the_grid_to_full_size_with_its_words(on_stage, frame):
    async def test(here, wall) -> None:
        states = [
            await here.approved(1, GREENS),
            await here.approved(2, MAGENTAS),
        ]
        here.stage.show(mosaic(*states))
        await here.stage.ready()
        grid = frame(wall)
        assert min(grid.count(GREEN), grid.count(MAGENTA)) > 150_000, "each has half of the stage"
        await risen(here, states)
        assert frame(wall).count(MAGENTA) == 0, "covered"
        assert frame(wall).count(GREEN) > 150_000
        here.stage.show(mosaic(*states, page=2))
        await here.stage.ready()
        await asyncio.sleep(FADED)
        assert frame(wall).count(GREEN) == 0

    on_stage(test)


def test_a_risen_photo_is_withdrawn_with_the_very_next_frame_and_so_is_its_tile(on_stage, frame):
    async def test(here, wall) -> None:
        states = [
            await here.approved(1, GREENS),
            await here.approved(2, MAGENTAS),
        ]
        await risen(here, states)
        here.stage.withdraw((states[0].uri,))
        after = frame(wall)
        assert after.count(GREEN, tolerance=60) == 0
        assert after.count(MAGENTA) > 150_000, "the others stay"
        assert states[0].uri not in here.stage.on_glass()

    on_stage(test)


def test_a_scene_that_left_keeps_no_card(on_stage, shell):
    async def test(here, wall) -> None:
        before = len(shell.cards._cards)
        states = [
            await here.approved(1, GREENS),
            await here.approved(2, MAGENTAS),
        ]
        await risen(here, states)
        assert len(shell.cards._cards) == before + 3
        here.stage.show(spotlight(states[1]))
        await here.stage.ready()
        assert len(shell.cards._cards) == before + 1

    on_stage(test)


def test_the_older_spotlight_is_forgotten_once_it_has_faded(on_stage, frame):
    async def test(here, wall) -> None:
        first, second = (
            await here.approved(1, GREENS),
            await here.approved(2, MAGENTAS),
        )
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
