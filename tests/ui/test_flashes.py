"""Whatever the wall shows and however often the desk wants something else, it flashes at most three times a second."""

from __future__ import annotations

import asyncio
import time

import pytest
from factories import stored
from flashes import COLUMNS, ROWS, flashes, grid
from PIL import Image

from kiosk.settings import Theme
from kiosk.settings.theme import MotionTable
from kiosk.ui.brand import PLAIN, Brand, dress


def _strobe(rate: float, seconds: float = 2.0, *, dark: float = 0.0, light: float = 1.0, cells: int = COLUMNS * ROWS):
    """Frames of a wall of which so many cells go dark and light `rate` times a second."""
    frames = []
    for frame in range(round(seconds * 60)):
        up = (frame / 60 * rate) % 1 < 0.5
        frames.append((frame / 60, tuple(light if up and cell < cells else dark for cell in range(COLUMNS * ROWS))))
    return frames


@pytest.mark.parametrize(("rate", "counted"), [(0.5, 0), (1, 1), (3, 3), (5, 5), (10, 10)])
def test_a_strobe_is_counted(rate, counted):
    assert abs(flashes(_strobe(rate)) - counted) <= (1 if rate > 1 else 0)


def test_what_is_too_faint_too_bright_or_too_small_is_no_flash():
    assert flashes(_strobe(10, dark=0.5, light=0.59)) == 0
    assert flashes(_strobe(10, dark=0.85, light=1.0)) == 0
    assert flashes(_strobe(10, cells=8)) == 0
    assert flashes(_strobe(10, cells=COLUMNS * 5)) >= 9


def test_a_fade_is_half_a_flash():
    fade = [(frame / 60, (frame / 60,) * (COLUMNS * ROWS)) for frame in range(60)]
    assert flashes(fade) == 0
    back = [(1 + at, tuple(1 - light for light in cells)) for at, cells in fade]
    assert flashes([*fade, *back]) <= 1


def test_a_frame_is_divided_into_its_cells():
    half = Image.new("RGB", (480, 300), "black")
    half.paste("white", (240, 0, 480, 300))
    cells = grid(half)
    assert cells[0] == 0
    assert cells[COLUMNS - 1] == pytest.approx(1)


async def _frames(window, frame, seconds: float):
    """What the hall sees for so many seconds, at about thirty frames a second."""
    seen, began = [], time.monotonic()
    while (now := time.monotonic() - began) < seconds:
        seen.append((now, grid(frame(window).image)))
        await asyncio.sleep(1 / 40)
    return seen


BLACK, WHITE = (0, 0, 0), (255, 255, 255)


@pytest.fixture(params=["fades", "cuts"])
def worn(shell, request):
    """The wall as it is at first, and with cuts instead of fades."""
    dress(shell.engine, Brand(Theme(motion=MotionTable(reduced_motion=request.param == "cuts"))))
    yield
    dress(shell.engine, PLAIN)


@pytest.mark.usefixtures("worn")
def test_next_pressed_ten_times_a_second_between_black_and_white_does_not_flash(hall, play, frame):
    async def test() -> None:
        async with hall() as here:
            for number, colour in enumerate([BLACK, WHITE] * 2):
                await here.approved(number, stored((640 + number, 360), colour), text="")
            window = await here.wall((480, 270), moving=True)
            tasks = [asyncio.ensure_future(work) for work in (here.house.director.run(), _press_next(here))]
            seen = await _frames(window, frame, 5.0)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        assert max(max(cells) for _, cells in seen) > 0.8, "white was on the wall"
        assert max(min(cells) for _, cells in seen) < 0.1
        assert flashes(seen) <= 3

    play(test())


async def _press_next(here) -> None:
    while True:
        here.house.orders.next()
        await asyncio.sleep(0.1)
