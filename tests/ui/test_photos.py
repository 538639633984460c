from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from factories import stored
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage

from kiosk.runtime.counters import Counters
from kiosk.ui import photos
from kiosk.ui.photos import ROUND, TILE, CardProvider, PhotoProvider, PhotoShelf, Size, rounded

if TYPE_CHECKING:
    from kiosk.domain.model import Sha256

RED = stored((64, 48), (220, 30, 30))
BLUE = stored((64, 48), (30, 30, 220))


class Cupboard:
    """Where the shelf's bytes come from; remembers what was asked of it."""

    def __init__(self, *kept: object) -> None:
        self.bytes = {each.photo.sha256: {False: each.wall, True: each.thumbnail} for each in kept}
        self.asked: list[tuple[Sha256, bool]] = []

    async def load(self, sha256: Sha256, thumbnail: bool) -> bytes | None:  # the shelf's shape
        self.asked.append((sha256, thumbnail))
        return self.bytes.get(sha256, {}).get(thumbnail)


@pytest.fixture
def counters() -> Counters:
    return Counters()


def close_to(image: QImage, red: int, green: int, blue: int) -> bool:
    found = image.pixelColor(image.width() // 2, image.height() // 2)
    return max(abs(found.red() - red), abs(found.green() - green), abs(found.blue() - blue)) < 12


def test_a_photo_is_loaded_once_and_then_stands_on_the_shelf(shell, counters):
    cupboard = Cupboard(RED)
    shelf = PhotoShelf(cupboard.load, counters)
    name = RED.photo.sha256
    assert not shelf.holds(name, Size.WALL)
    asyncio.run(shelf.fetch(((name, Size.WALL), (name, Size.WALL))))
    assert cupboard.asked == [(name, False)]
    assert shelf.holds(name, Size.WALL)
    assert not shelf.holds(name, Size.THUMB)
    assert close_to(shelf.image(f"{name}/wall"), 220, 30, 30)


def test_a_thumbnail_comes_with_its_round_cut(shell, counters):
    shelf = PhotoShelf(Cupboard(RED).load, counters)
    asyncio.run(shelf.fetch(((RED.photo.sha256, Size.THUMB),)))
    cut = shelf.image(f"{RED.photo.sha256}/round")
    assert (cut.width(), cut.height()) == (ROUND, ROUND)
    assert close_to(cut, 220, 30, 30)


def test_an_avatar_that_left_the_shelf_before_its_thumbnail_is_cut_again(shell, counters):
    name = RED.photo.sha256
    shelf = PhotoShelf(Cupboard(RED).load, counters)
    asyncio.run(shelf.fetch(((name, Size.THUMB),)))
    del shelf._images[f"{name}/round"]
    asyncio.run(shelf.fetch(((name, Size.THUMB),)))
    assert shelf.image(f"{name}/round").width() == ROUND


def test_an_emoji_is_cut_out_of_its_thumbnail_when_it_is_asked_for(shell, counters):
    shelf = PhotoShelf(Cupboard(RED).load, counters)
    assert shelf.image(f"{RED.photo.sha256}/emoji") is None
    asyncio.run(shelf.fetch(((RED.photo.sha256, Size.THUMB),)))
    cut = shelf.image(f"{RED.photo.sha256}/emoji")
    assert cut.hasAlphaChannel()
    assert close_to(cut, 220, 30, 30)
    assert shelf.image(f"{RED.photo.sha256}/emoji").cacheKey() == cut.cacheKey(), "it is cut once"
    assert shelf.image(f"{RED.photo.sha256}/anything") is None


def test_a_photo_among_others_is_kept_no_larger_than_its_place(shell, counters):
    large = stored((2560, 1440), (10, 20, 200))
    shelf = PhotoShelf(Cupboard(large).load, counters)
    asyncio.run(shelf.fetch(((large.photo.sha256, Size.TILE),)))
    assert shelf.image(f"{large.photo.sha256}/tile").width() == TILE
    assert not shelf.holds(large.photo.sha256, Size.WALL)


DAMAGE = {"missing": None, "empty": b"", "foreign": b"no picture at all", "cut off": RED.wall[:80]}


@pytest.mark.parametrize("wall", DAMAGE.values(), ids=DAMAGE)
def test_bytes_that_are_missing_or_damaged_are_counted_and_stay_away(shell, counters, wall, capfd):
    cupboard = Cupboard(RED)
    cupboard.bytes[RED.photo.sha256][False] = wall
    shelf = PhotoShelf(cupboard.load, counters)
    asyncio.run(shelf.fetch(((RED.photo.sha256, Size.WALL),)))
    assert not shelf.holds(RED.photo.sha256, Size.WALL)
    assert counters.total == 1
    capfd.readouterr()  # Qt's own decoder complains, rightly


def test_the_shelf_forgets_what_was_least_used_and_stays_within_its_bytes(shell, counters, monkeypatch):
    several = [stored((64, 48), (shade, 0, 0)) for shade in range(0, 240, 40)]
    monkeypatch.setattr(photos, "CAPACITY", 3 * 64 * 48 * 4)
    shelf = PhotoShelf(Cupboard(*several).load, counters)
    names = [each.photo.sha256 for each in several]

    async def use() -> None:
        await shelf.fetch((name, Size.WALL) for name in names[:3])
        await shelf.fetch(((names[0], Size.WALL),))
        await shelf.fetch(((names[3], Size.WALL),))

    asyncio.run(use())
    assert [shelf.holds(name, Size.WALL) for name in names[:4]] == [True, False, True, True]
    asyncio.run(shelf.fetch((name, Size.WALL) for name in names))
    assert sum(shelf.holds(name, Size.WALL) for name in names) == 3


def test_an_avatar_is_cut_into_a_circle_from_its_middle(shell):
    wide = QImage(90, 30, QImage.Format.Format_RGB32)
    wide.fill(QColor("blue"))
    for x in range(30, 60):
        for y in range(30):
            wide.setPixelColor(x, y, QColor("red"))
    cut = rounded(wide)
    assert cut.pixelColor(0, 0).alpha() == 0
    assert cut.pixelColor(ROUND - 1, ROUND - 1).alpha() == 0
    assert cut.pixelColor(ROUND // 2, ROUND // 2) == QColor("red")
    assert cut.pixelColor(3, ROUND // 2).red() > 200


def test_a_picture_is_handed_out_at_the_size_that_was_asked_for(shell, counters):
    shelf = PhotoShelf(Cupboard(RED).load, counters)
    asyncio.run(shelf.fetch(((RED.photo.sha256, Size.WALL),)))
    provider, size = PhotoProvider(shelf, counters), QSize()
    name = f"{RED.photo.sha256}/wall"
    assert provider.requestImage(name, size, QSize()).width() == size.width() == 64
    assert provider.requestImage(name, size, QSize(16, 0)).width() == size.width() == 16
    assert provider.requestImage(name, size, QSize(640, 0)).width() == 64, "a picture is never blown up"
    assert counters.total == 0


def test_a_large_picture_is_kept_halved_and_the_nearest_larger_one_is_handed_out(shell, counters):
    large = stored((1200, 600), (10, 20, 200))
    shelf = PhotoShelf(Cupboard(large).load, counters)
    asyncio.run(shelf.fetch(((large.photo.sha256, Size.WALL),)))
    provider, name, size = PhotoProvider(shelf, counters), f"{large.photo.sha256}/wall", QSize()
    for asked, got in (
        (-1, 1200),
        (0, 1200),
        (2000, 1200),
        (1200, 1200),
        (601, 1200),
        (600, 600),
        (310, 600),
        (150, 150),
    ):
        assert provider.requestImage(name, size, QSize(asked, -1)).width() == got, asked
    assert close_to(provider.requestImage(name, size, QSize(150, -1)), 10, 20, 200)


def test_a_picture_that_is_not_there_is_one_clear_pixel_and_counted(shell, counters):
    provider = PhotoProvider(PhotoShelf(Cupboard().load, counters), counters)
    empty = provider.requestImage(f"{BLUE.photo.sha256}/wall", QSize(), QSize())
    assert (empty.width(), empty.height(), empty.pixelColor(0, 0).alpha()) == (1, 1, 0)
    assert counters.total == 1


def test_a_dropped_card_has_no_pixels_left(shell):
    provider, size = CardProvider(), QSize()
    card = QImage(30, 20, QImage.Format.Format_RGB32)
    card.fill(QColor("red"))
    provider.put(card, "7")
    assert provider.requestImage("7", size, QSize()).pixelColor(5, 5) == QColor("red")
    assert (size.width(), size.height()) == (30, 20)
    assert provider.requestImage("7?2", size, QSize()).width() == 30, "asked for again"
    provider.drop("7")
    provider.drop("7")
    assert provider.requestImage("7", size, QSize()).pixelColor(0, 0).alpha() == 0
    assert (size.width(), size.height()) == (1, 1)
