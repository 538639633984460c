from __future__ import annotations

import asyncio
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.ui.beat import USUAL, Beat, stride
from kiosk.ui.renderer import Renderer


@given(st.floats(1, 2000), st.sampled_from([24.0, 50.0, 60.0, 75.0, 144.0]))
def test_every_stride_is_even_and_near_what_was_asked_for(speed, refresh):
    found = stride(speed, refresh)
    assert 1 in found
    assert min(found) >= 1
    real = found.pixels / found.periods * refresh
    assert 1 / 1.5 <= real / speed <= 1.5


@pytest.mark.parametrize(("speed", "expected"), [(60, (1, 1)), (54, (1, 1)), (108, (2, 1)), (30, (1, 2)), (21, (1, 3))])
def test_the_usual_speeds(speed, expected):
    assert stride(speed, 60.0) == expected


def test_a_screen_that_tells_nonsense_is_taken_for_a_usual_one(shell):
    beat = Beat()
    beat.follow(0.0)
    assert beat.refresh == USUAL
    beat.follow(50.0)
    assert beat.refresh == 50.0


def test_speed_in_pixels_wins_over_seconds_a_screen(shell):
    beat = Beat()
    beat.pace(0.0, 18.0)
    assert (beat.pixels(1080), beat.periods(1080)) == (1, 1)
    assert (beat.pixels(2160), beat.periods(2160)) == (2, 1)
    beat.pace(30.0, 18.0)
    assert (beat.pixels(2160), beat.periods(2160)) == (1, 2)


def test_nothing_moves_faster_than_it_can_be_read(shell):
    beat = Beat()
    for speed, seconds in ((2000.0, 20.0), (0.0, 2.0)):
        beat.pace(speed, seconds, 10.0)
        assert (beat.pixels(1080), beat.periods(1080)) == (2, 1), "108 pixels a second, to the nearest even step"


def test_ticks_follow_time_and_stop_with_the_motion(shell, play):
    beat, ticks = Beat(), []
    beat.tick.connect(ticks.append)

    async def scenario(*, moving: bool = True) -> None:
        beat.moves("Scroll", moving)
        began = time.monotonic()
        await asyncio.sleep(0.25)
        time.sleep(0.2)  # noqa: ASYNC251  # the windows' thread is held
        await asyncio.sleep(0.25)
        passed = time.monotonic() - began
        assert sum(ticks) == pytest.approx(passed * 60, abs=2)
        assert max(ticks) >= 10, "the picture did not follow time"
        beat.moves("Scroll", not moving)
        before = len(ticks)
        await asyncio.sleep(0.1)
        assert len(ticks) == before

    play(scenario())


def test_where_the_screen_gives_the_beat_no_timer_runs(shell, play):
    beat, ticks = Beat(), []
    beat.tick.connect(ticks.append)
    beat.draw_with(Renderer(opengl=True, why="a card"))

    async def scenario(*, moving: bool = True) -> None:
        beat.moves("Scroll", moving)
        await asyncio.sleep(0.1)
        assert beat.synced
        assert not ticks

    play(scenario())


def test_the_meter_counts_only_while_a_scene_drifts(shell):
    beat = Beat()
    for number in range(10):
        beat.painted(number / 2)
    assert beat.words == "nothing has moved yet"
    beat.drifts("Scroll", 1)
    for number in range(10):
        beat.painted(10 + number / 60)
    assert beat.meter.counted.frames == 9
    beat.drifts("Scroll", 0)
    beat.painted(99.0)
    assert beat.meter.counted.late == 0


def test_what_draws_is_told(shell):
    beat = Beat()
    beat.draw_with(Renderer(opengl=False, why="this machine has no GPU"))
    assert beat.drawn == beat.drawer == "software renderer: this machine has no GPU"
