"""The size and the pages of a text, found by measuring it as QML's Text will lay it out."""

from __future__ import annotations

from bisect import bisect_left
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QFont
from PySide6.QtQml import QmlElement, QmlSingleton

from kiosk.domain.pages import excerpt, pages
from kiosk.ui.setting import height_of, lines_of, runs, whole_words
from kiosk.ui.words import BLANK

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

QML_IMPORT_NAME = "Kiosk"
QML_IMPORT_MAJOR_VERSION = 1

STEP: Final = 1.12
"""From one size of type to the next larger one."""

BROKEN: Final = 1.5
"""How much larger than the smallest size a word may be that has to be broken."""


@QmlElement
@QmlSingleton
class Fit(QObject):
    """How large a text can be within a box of pixels, and where it is cut if the smallest size is too large for it."""

    @Slot(str, QFont, int, float, float, float, result="QStringList")
    def pages(  # noqa: PLR0913, PLR0917  # a text and the box that it goes into
        self, text: str, font: QFont, least: int, width: float, height: float, line_height: float
    ) -> list[str]:
        """Cut a text into the pages that it takes where its letters are `least` pixels large; one where they fit."""
        if width < least or height < least:
            return [text]  # the box is still being laid out
        return list(_pages(text, _sized(font, least), width, height, line_height))

    @Slot("QStringList", QFont, int, int, float, float, float, result=int)
    def size(  # noqa: PLR0913, PLR0917  # pages and the box that each goes into
        self, pages: list[str], font: QFont, least: int, most: int, width: float, height: float, line_height: float
    ) -> int:
        """Find the largest size in pixels, in steps from `least` to `most`, at which all of them fit without a broken
        word, so that a text keeps its size as its pages turn.

        A word that is too long for the box even at `least` is broken, wherever the text fits then.
        """
        if width < least or height < least:
            return least  # the box is still being laid out
        return min(_size(page, font, (least, most), (width, height), line_height) for page in pages)

    @Slot(str, QFont, float, int, result=str)
    def excerpt(self, text: str, font: QFont, width: float, lines: int) -> str:
        """Shorten a text to `lines` lines of that width, at the end of a sentence or a word, and mark it as cut."""
        if width < font.pixelSize():
            return text  # the box is still being laid out
        return excerpt(text, lambda part: lines_of(part, font, width) <= lines)

    @Slot(str, result="QStringList")
    def runs(self, text: str) -> list[str]:
        """Cut a text where paragraphs begin to run the other way; each piece is a Text of its own."""
        return list(runs(text))

    @Slot("QStringList", int, result=int)
    def held(self, texts: list[str], before: int) -> int:
        """How many emojis belong into the texts before number `before`."""
        return "".join(texts[:before]).count(BLANK)


@lru_cache(maxsize=64)
def _pages(text: str, font: QFont, width: float, height: float, line_height: float) -> tuple[str, ...]:
    """QML asks the same again and again while it lays a card out, and then for each page of it."""
    return pages(text, lambda part: height_of(part, font, width, line_height) <= height)


@lru_cache(maxsize=64)
def _size(text: str, font: QFont, limits: tuple[int, int], box: tuple[float, float], line_height: float) -> int:
    sizes = _scale(*limits)
    whole = _last(sizes, lambda size: whole_words(text, _sized(font, size), box[0]))
    fitting = sizes[: whole + 1] if whole >= 0 else [size for size in sizes if size <= limits[0] * BROKEN]
    found = _last(fitting, lambda size: height_of(text, _sized(font, size), box[0], line_height) <= box[1])
    return fitting[max(0, found)]


def _sized(font: QFont, pixels: int) -> QFont:
    sized = QFont(font)
    sized.setPixelSize(max(1, pixels))
    return sized


def _scale(least: int, most: int) -> list[int]:
    """Sizes of type in whole pixels, each `STEP` larger than the last, `most` the largest."""
    sizes = [max(1, least)]
    while (larger := max(sizes[-1] + 1, round(sizes[-1] * STEP))) < most:
        sizes.append(larger)
    return [*sizes, most] if most > sizes[-1] else sizes


def _last(sizes: Sequence[int], holds: Callable[[int], bool]) -> int:
    """The place of the last size for which `holds`, where it holds for all smaller ones; -1 if for none."""
    return bisect_left(range(len(sizes)), 1, key=lambda place: not holds(sizes[place])) - 1
