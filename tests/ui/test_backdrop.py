from __future__ import annotations

import asyncio
import io

import msgspec
import pytest
from PIL import Image
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor

from kiosk.settings import Theme, load_theme
from kiosk.settings.theme import BackgroundTable, MotionTable
from kiosk.ui.backdrop import STRIP, TALLER, BrandProvider, gradient
from kiosk.ui.brand import PLAIN, Brand, dress


def _png(colour: object, size: tuple[int, int] = (300, 100), mode: str = "RGBA") -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, size, colour).save(buffer, "PNG")
    return buffer.getvalue()


def _asked(brand: Brand, what: str, box: QSize | None = None):
    size = QSize()
    image = BrandProvider(brand).requestImage(what, size, box or QSize())
    assert size == image.size()
    return image


def test_a_logo_fits_its_room_and_is_flattened_on_its_ground():
    brand = Brand(Theme(), logo=_png((255, 0, 0, 0)))
    image = _asked(brand, "logo/0a0f1f", QSize(200, 200))
    assert (image.width(), image.height()) == (200, 66)
    assert not image.hasAlphaChannel()
    assert image.pixelColor(9, 9) == QColor("#0a0f1f")


def test_a_logo_on_no_ground_stays_as_transparent_as_it_came():
    image = _asked(Brand(Theme(), logo=_png((255, 0, 0, 128))), "logo/", QSize(30, 10))
    assert image.pixelColor(5, 5).alpha() == 128


@pytest.mark.parametrize("what", ["logo/", "logo/000000", "background/x", "background/", ""])
def test_what_is_not_there_is_a_pixel(what):
    assert _asked(Brand(Theme(), logo=b"no picture"), what).size() == QSize(1, 1)


def test_a_background_covers_the_stage_behind_its_veil():
    theme = Theme(background=BackgroundTable(kind="picture", file="x"))
    brand = Brand(theme, background=_png("white", (50, 10), "RGB"), veil=0.5)
    image = _asked(brand, "background/400x300")
    assert image.size() == QSize(400, 300)
    half = QColor("#858790")  # between the stage's colour and white
    for spot in ((0, 0), (399, 0), (0, 299), (399, 299)):
        found = image.pixelColor(*spot)
        assert max(abs(found.red() - half.red()), abs(found.green() - half.green())) <= 2


def test_a_gradient_runs_from_its_first_colour_to_its_last_in_its_direction():
    table = BackgroundTable(kind="gradient", colours=("#000000", "#804020"), angle=180)
    image = gradient(table, 64, STRIP * 3 + 7)
    assert image.pixelColor(5, 0).red() <= 2
    assert abs(image.pixelColor(5, image.height() - 1).red() - 0x80) <= 2
    middle = [image.pixelColor(across, image.height() // 2).red() for across in range(64)]
    assert {abs(level - 0x40) <= 2 for level in middle} == {True}


def test_a_dark_gradient_shows_no_bands():
    image = gradient(BackgroundTable(kind="gradient", colours=("#000000", "#040404"), angle=180), 64, 256)
    rows = [{image.pixelColor(across, down).red() for across in range(64)} for down in range(256)]
    mixed = sum(len(row) > 1 for row in rows)
    assert mixed > 200, "each level is mixed with its neighbour, so that no edge between them is seen"


def test_what_drifts_is_taller_than_the_screen_unless_motion_is_reduced():
    carnival = load_theme("carnival")
    assert _asked(Brand(carnival), "background/160x90").height() == round(90 * TALLER)
    still = msgspec.structs.replace(carnival, motion=MotionTable(reduced_motion=True))
    assert _asked(Brand(still), "background/160x90").height() == 90


@pytest.mark.parametrize("reduced", [False, True])
def test_a_drift_goes_by_few_whole_pixels_a_second_and_covers_the_wall(shell, hall, play, drawn_items, reduced):
    carnival = load_theme("carnival")
    background = msgspec.structs.replace(carnival.background, minutes=1)
    motion = MotionTable(reduced_motion=reduced)
    dress(shell.engine, Brand(msgspec.structs.replace(carnival, background=background, motion=motion)))

    async def test() -> None:
        async with hall() as here:
            window = await here.wall(moving=True)
            picture = next(each for each in drawn_items(window.contentItem()) if each.property("gone") is not None)
            places = set()
            for _ in range(40):
                places.add(picture.y())
                assert picture.y() <= 0 <= picture.y() + picture.height() - window.height()
                await asyncio.sleep(0.05)
            assert all(place == round(place) for place in places)
            assert len(places) == 1 if reduced else 5 < len(places) < 40
            assert max(places) - min(places) < 40, "270 pixels in half a minute"

    try:
        play(test())
    finally:
        dress(shell.engine, PLAIN)
