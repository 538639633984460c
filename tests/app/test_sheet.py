from __future__ import annotations

import pytest
from PIL import Image
from PySide6.QtGui import QColor, QImage

from kiosk.app.sheet import GAP, HIGH, WIDE, Sheet
from kiosk.domain.errors import UsageError


def picture(width: int, height: int, colour: str) -> QImage:
    found = QImage(width, height, QImage.Format.Format_RGB32)
    found.fill(QColor(colour))
    return found


def test_pictures_of_one_size_share_a_row_and_another_size_begins_one(tmp_path):
    sheet = Sheet([(160, 90), (90, 160)])
    for colour in ("red", "lime"):
        sheet.hang(picture(160, 90, colour))
        sheet.hang(picture(90, 160, "blue"))
    sheet.save(tmp_path / "sheet.jpg")
    with Image.open(tmp_path / "sheet.jpg") as drawn:
        assert drawn.size == (WIDE, GAP + 2 * (HIGH + GAP))
        middle, second = GAP + HIGH // 2, GAP + HIGH + GAP + HIGH // 2
        red, lime = drawn.getpixel((GAP + 20, middle)), drawn.getpixel((GAP * 2 + HIGH * 16 // 9 + 20, middle))
        blue = drawn.getpixel((GAP + 20, second))
    assert red[0] > 200 > lime[0]
    assert lime[1] > 200
    assert blue[2] > 200


def test_a_full_row_is_followed_by_another(tmp_path):
    sheet = Sheet([(160, 90)])
    for _ in range(7):
        sheet.hang(picture(160, 90, "red"))
    sheet.save(tmp_path / "sheet.jpg")
    with Image.open(tmp_path / "sheet.jpg") as drawn:
        assert drawn.height == GAP + 2 * (HIGH + GAP)


def test_a_sheet_that_cannot_be_written_is_said(tmp_path):
    with pytest.raises(UsageError, match="none"):
        Sheet([]).save(tmp_path / "none" / "sheet.jpg")
