from __future__ import annotations

import io

import pytest
from PIL import Image, ImageDraw
from PySide6.QtGui import QColor, QImage

from kiosk.media import worker
from kiosk.ui.cutout import BACKDROP, SIDE, cut_out


def through_the_decoder(drawing: Image.Image) -> QImage:
    """A picture as the decode worker leaves its thumbnail."""
    sink = io.BytesIO()
    drawing.save(sink, "PNG")
    _, thumbnail, _, _ = worker.encode(sink.getvalue())
    return QImage.fromData(thumbnail)


def disc(colour: tuple[int, int, int] = (240, 60, 20), size: int = 128) -> Image.Image:
    drawing = Image.new("RGBA", (size, size), (0, 0, 0, 0))
    ImageDraw.Draw(drawing).ellipse((8, 8, size - 8, size - 8), fill=(*colour, 255))
    return drawing


def test_the_backdrop_is_the_decoders():
    assert worker.BACKDROP == (BACKDROP,) * 3


@pytest.mark.parametrize("size", [48, 64, 128, 512])
@pytest.mark.parametrize("colour", [(240, 60, 20), (10, 10, 10), (255, 255, 255)])
def test_what_was_transparent_around_an_emoji_is_transparent_again(shell, colour, size):
    cut = cut_out(through_the_decoder(disc(colour, size)))
    width = cut.width()
    assert width == min(size, SIDE)
    corners = [cut.pixelColor(x, y).alpha() for x in (0, width - 1) for y in (0, width - 1)]
    assert corners == [0, 0, 0, 0]
    middle = cut.pixelColor(width // 2, width // 2)
    assert middle.alpha() == 255
    assert max(abs(middle.red() - colour[0]), abs(middle.blue() - colour[2])) < 16


def test_a_grey_within_an_emoji_stays(shell):
    drawing = disc()
    ImageDraw.Draw(drawing).ellipse((54, 54, 74, 74), fill=(BACKDROP, BACKDROP, BACKDROP, 255))
    assert cut_out(through_the_decoder(drawing)).pixelColor(64, 64).alpha() == 255


def test_a_picture_without_transparency_stays_whole(shell):
    whole = cut_out(through_the_decoder(Image.new("RGB", (64, 40), (20, 120, 200))))
    assert (whole.width(), whole.height()) == (64, 40)
    assert {whole.pixelColor(x, y).alpha() for x in range(64) for y in range(40)} == {255}


@pytest.mark.parametrize("size", [(1, 1), (1, 90), (700, 3)])
def test_a_picture_of_any_shape_is_cut_without_a_complaint(shell, size):
    picture = QImage(*size, QImage.Format.Format_RGB32)
    picture.fill(QColor(BACKDROP, BACKDROP, BACKDROP))
    cut = cut_out(picture)
    assert 1 <= max(cut.width(), cut.height()) <= SIDE


def test_the_same_picture_is_cut_the_same_way_every_time(shell):
    picture = through_the_decoder(disc())
    assert cut_out(picture) == cut_out(picture)
