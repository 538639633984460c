"""Typesetting as QML's Text does it, measured beforehand: lines, their height, and which way a paragraph runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from unicodedata import bidirectional

from PySide6.QtGui import QFont, QTextLayout, QTextOption

from kiosk.ui.words import BLANK

if TYPE_CHECKING:
    from collections.abc import Iterator

LINE: Final = "\u2028"
"""What QML's Text puts in the place of a line feed."""

_ANYWHERE: Final = QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere


def laid_out(text: str, font: QFont, width: float, wrap: QTextOption.WrapMode = _ANYWHERE) -> QTextLayout:
    """Break a text into lines `width` pixels wide as QML's Text does (QQuickTextPrivate::setupTextLayout); 0: one."""
    option = QTextOption()
    option.setWrapMode(wrap if width else QTextOption.WrapMode.NoWrap)
    option.setUseDesignMetrics(True)
    layout = QTextLayout(text.replace("\n", LINE), font)
    layout.setTextOption(option)
    layout.beginLayout()
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width or 1e6)
    layout.endLayout()
    return layout


def height_of(text: str, font: QFont, width: float, line_height: float) -> float:
    """Pixels that a text takes downwards in lines `width` wide, each `line_height` times as high as its font wants."""
    return sum(_height(laid_out(run, font, width), line_height) for run in runs(text))


def _height(layout: QTextLayout, line_height: float) -> float:
    return sum(layout.lineAt(number).height() for number in range(layout.lineCount())) * line_height


def whole_words(text: str, font: QFont, width: float) -> bool:
    """Whether no word of a text has to be broken in lines `width` wide."""
    layout = laid_out(text, font, width, QTextOption.WrapMode.WordWrap)
    return all(layout.lineAt(number).naturalTextWidth() <= width for number in range(layout.lineCount()))


def lines_of(text: str, font: QFont, width: float) -> int:
    """How many lines a text takes."""
    return sum(laid_out(run, font, width).lineCount() for run in runs(text))


def runs(text: str) -> tuple[str, ...]:
    """Cut a text where paragraphs begin to run the other way: each piece is laid out by itself, from its own side.

    Which way a paragraph runs is said by its first strong character (UAX 9, P2 and P3); one without any goes with
    the paragraph before it. Joined by line feeds, the pieces are the text.
    """
    pieces: list[list[str]] = []
    way: bool | None = None
    for line in text.split("\n"):
        found = _way(line)
        if pieces and (found is None or way is None or found == way):
            pieces[-1].append(line)
        else:
            pieces.append([line])
        way = way if found is None else found
    return tuple("\n".join(piece) for piece in pieces)


def _way(line: str) -> bool | None:
    """Whether a paragraph runs from right to left; None where no character says it."""
    return next(_strong(line), None)


def _strong(line: str) -> Iterator[bool]:
    depth = 0
    for char in line:
        kind = bidirectional(char)
        if kind in {"LRI", "RLI", "FSI"}:
            depth += 1
        elif kind == "PDI":
            depth = max(0, depth - 1)
        elif depth == 0 and kind in {"L", "R", "AL"} and char != BLANK:
            yield kind != "L"
