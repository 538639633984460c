"""Where custom emojis lie: the blanks that hold their places are found again as QML's Text has laid them out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QPointF, Qt, Slot
from PySide6.QtGui import QFont, QFontMetricsF
from PySide6.QtQml import QmlElement, QmlSingleton

from kiosk.ui.setting import LINE, laid_out
from kiosk.ui.words import BLANK, HELD, ISOLATE, POP

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtGui import QTextLayout, QTextLine

QML_IMPORT_NAME = "Kiosk"
QML_IMPORT_MAJOR_VERSION = 1

SPARED: Final = 0.8
"""How much earlier than Qt a line is elided here, as a share of the font's size."""

_NOWHERE: Final = QPointF(-1.0, -1.0)


@QmlElement
@QmlSingleton
class Emojis(QObject):
    """Where the blanks of a text lie once QML's Text has laid it out; it repeats what Text did, line by line."""

    @Slot(str, QFont, int, float, float, int, bool, int, float, result="QVariantList")
    def places(  # noqa: PLR0913, PLR0917  # each is a property of one QML Text
        self,
        text: str,
        font: QFont,
        pixels: int,
        width: float,
        height: float,
        lines: int,
        cut: bool,  # noqa: FBT001  # QML's call
        alignment: int,
        drawn: float,
    ) -> list[QPointF]:
        """Return the middle of each blank in pixels from the text's top left; what was elided is at (-1, -1).

        The text is drawn `pixels` large in `lines` lines within `width`, each `height` times as high as its font
        wants it; `cut` says that the last one was elided; `alignment` is Qt's (left, right, centre); the widest line is
        `drawn` pixels wide, and nothing of a cut text lies beyond it.
        """
        font = QFont(font)
        font.setPixelSize(max(1, pixels))
        layout = laid_out(text, font, width if cut or lines > 1 else 0.0)
        places: list[QPointF] = []
        top = 0.0
        for number in range(min(lines, layout.lineCount())):
            line = layout.lineAt(number)
            if cut and number == lines - 1:
                elided = laid_out(_elided(layout, number, font, width), font, 0.0)
                line = elided.lineAt(0)
                layout = elided
            found = _middles(layout, line, font, top, width, Qt.AlignmentFlag(alignment))
            places += [place for place in found if not cut or _within(place.x(), width, drawn, alignment)]
            top += line.height() * height
        return places + [_NOWHERE] * (text.count(BLANK) - len(places))


def _elided(layout: QTextLayout, number: int, font: QFont, width: float) -> str:
    """Return what is surely left of the last line that is drawn, of a text that has more.

    QQuickTextPrivate::elidedText drops the line's last letter in any case, and measures with another engine than
    QFontMetricsF; where one of them keeps an emoji that the other drops, a gap is better than an emoji on the dots.
    An isolated one right before the dots is given up: where it lies depends on how much of its isolate was left.
    """
    line, units = layout.lineAt(number), layout.text().encode("utf-16-le")
    start, end = line.textStart() * 2, (line.textStart() + line.textLength()) * 2
    words = units[start:end].decode("utf-16-le", "ignore").rstrip(LINE)[:-1] + "…"
    most = width - font.pixelSize() * SPARED
    kept = QFontMetricsF(font).elidedText(words, Qt.TextElideMode.ElideRight, most)
    before, _, after = kept.rpartition(BLANK)
    cut = before.endswith(f"{ISOLATE}{HELD[0]}") and not after.strip(f"{HELD}{POP}… ")
    return before + after if cut else kept


def _within(x: float, width: float, drawn: float, alignment: int) -> bool:
    """Whether a place lies where something is drawn."""
    side = Qt.AlignmentFlag(alignment)
    left = {Qt.AlignmentFlag.AlignRight: width - drawn, Qt.AlignmentFlag.AlignHCenter: (width - drawn) / 2}.get(
        side, 0.0
    )
    return left <= x <= left + drawn


def _middles(  # noqa: PLR0913, PLR0917  # one line, and how it is placed
    layout: QTextLayout, line: QTextLine, font: QFont, top: float, width: float, alignment: Qt.AlignmentFlag
) -> Iterator[QPointF]:
    spare = width - line.naturalTextWidth()
    left = {Qt.AlignmentFlag.AlignRight: spare, Qt.AlignmentFlag.AlignHCenter: spare / 2}.get(alignment, 0.0)
    metrics = QFontMetricsF(font)
    half = metrics.horizontalAdvance(BLANK) / 2
    middle = top + line.ascent() - metrics.capHeight() / 2
    for place in _blanks(layout.text()):
        if line.textStart() <= place < line.textStart() + line.textLength():
            for run in line.glyphRuns(place, 1):
                if corners := run.positions():
                    yield QPointF(left + corners[0].x() + half, middle)


def _blanks(text: str) -> Iterator[int]:
    """Where the blanks stand, in UTF-16 units as Qt counts them."""
    return (len(text[: found.start()].encode("utf-16-le")) // 2 for found in re.finditer(BLANK, text))
