"""A contact sheet: pictures of many sizes in rows of one height, for one look at all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from kiosk.domain.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

HIGH: Final = 300
"""Height of each picture on the sheet, in pixels."""

GAP: Final = 12
"""Pixels between two pictures, and around all of them."""

WIDE: Final = 3300
"""The sheet's width in pixels."""


class Sheet:
    """Collects pictures; a size that comes again stands in the same rows."""

    def __init__(self, sizes: Sequence[tuple[int, int]]) -> None:
        """Begin empty, for pictures of these sizes in pixels, in this order."""
        self._rows: dict[tuple[int, int], list[QImage]] = {size: [] for size in sizes}

    def hang(self, picture: QImage) -> None:
        """Add a picture, made small."""
        size = (picture.width(), picture.height())
        small = picture.scaledToHeight(HIGH, Qt.TransformationMode.SmoothTransformation)
        self._rows.setdefault(size, []).append(small)

    def save(self, output: Path) -> None:
        """Write the sheet as a JPEG.

        Raises:
            UsageError: where it cannot be written.

        """
        places: list[tuple[QPoint, QImage]] = []
        top = GAP
        for pictures in filter(None, self._rows.values()):
            left = GAP
            for picture in pictures:
                if left > GAP and left + picture.width() + GAP > WIDE:
                    left, top = GAP, top + HIGH + GAP
                places.append((QPoint(left, top), picture))
                left += picture.width() + GAP
            top += HIGH + GAP
        sheet = QImage(WIDE, top, QImage.Format.Format_RGB32)
        sheet.fill(QColor(128, 128, 128))
        painter = QPainter(sheet)
        for place, picture in places:
            painter.drawImage(place, picture)
        painter.end()
        if not sheet.save(str(output), quality=88):
            raise UsageError(f"The sheet {output} could not be written.")
