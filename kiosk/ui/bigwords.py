"""The terms of the hour as the Words scene sets them: measured, in rows, and counted anew when a post is withdrawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QRect, Signal
from PySide6.QtGui import QFont
from PySide6.QtQml import QmlElement

from kiosk.ui.qt import Property, QmlUncreatable
from kiosk.ui.setrows import MOST, Width, in_rows
from kiosk.ui.setting import laid_out

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kiosk.domain.terms import Term
    from kiosk.ui.layouts import View
    from kiosk.ui.setrows import Spot

QML_IMPORT_NAME = "Kiosk"
QML_IMPORT_MAJOR_VERSION = 1

LEAST, LARGEST, COUNT = 0.042, 0.3, 0.026
"""Sizes of the smallest and the largest word and of the number beside it, as shares of the screen's height."""

MARGIN: Final = 0.045
"""What is left free all around, as a share of the view's shorter side."""

FOOT: Final = 0.06
"""What the line at the foot takes, as a share of the screen's height."""

BESIDE: Final = 0.3
"""Between a word and its number, as a share of the number's size."""

MEASURED: Final = 100
"""The size in pixels at which words are measured."""


@QmlElement
@QmlUncreatable("set by the stage")
class Sheet(QObject):
    """Words with their places, one list each: texts, their numbers of people, and boxes whose height is the size."""

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        """Hold nothing."""
        super().__init__(parent)
        self.terms: tuple[Term, ...] = ()
        self.spots: tuple[Spot, ...] = ()

    def fill(self, terms: Sequence[Term], spots: Sequence[Spot]) -> None:
        """Hold these; what has no place is left out."""
        self.spots = tuple(spots)
        self.terms = tuple(terms[: len(self.spots)])
        self.changed.emit()

    @Property("QStringList", notify=changed)
    def texts(self) -> list[str]:
        """The words, most people first."""
        return [term.text for term in self.terms]

    @Property("QStringList", notify=changed)
    def people(self) -> list[str]:
        """How many people wrote each."""
        return [str(term.people) for term in self.terms]

    @Property("QVariantList", notify=changed)
    def places(self) -> list[QRect]:
        """Each word's left edge, baseline (as the box's y), width and size (as its height)."""
        return [QRect(spot.left, spot.baseline, spot.width, spot.size) for spot in self.spots]


@QmlElement
@QmlUncreatable("set by the stage")
class BigWords(QObject):
    """Two sheets: the newest above, and the one that it covers. It holds no word that `counted` does not give."""

    dealt = Signal()

    def __init__(self, counted: Callable[[], tuple[Term, ...]] = tuple, family: str = "") -> None:
        """Hold nothing; `counted` gives the terms of the hour, `family` is what they are set in."""
        super().__init__()
        self._counted, self._family = counted, family
        self._above, self._below = Sheet(self), Sheet(self)
        self._view: View | None = None

    def __len__(self) -> int:
        return len(self._above.terms)

    def deal(self, view: View) -> None:
        """Set what is counted now into a view, above what was there."""
        if view == self._view:
            self._below.fill(self._above.terms, self._above.spots)
        else:
            self._below.fill((), ())
        self._view = view
        self._set(self._counted())
        self.dealt.emit()

    def recount(self) -> None:
        """Count anew, if anything stands here: what is no longer counted is gone with the next frame."""
        if not len(self) and not self._below.terms:
            return
        self._below.fill((), ())
        terms = self._counted()
        if terms[: len(self)] != self._above.terms:
            self._set(terms)

    def resize(self, view: View) -> None:
        """Set what stands here into a view of another size."""
        self._view = view
        self._below.fill((), ())
        if len(self):
            self._set(self._counted())
        self.dealt.emit()

    def clear(self) -> None:
        """Hold nothing any more."""
        self._above.fill((), ())
        self._below.fill((), ())

    def _set(self, terms: Sequence[Term]) -> None:
        if self._view is None:
            return
        width, height, screen, least = self._view
        margin = self.margin
        box = (width - 2 * margin, height - 2 * margin - round(FOOT * screen))
        limits = (round(max(LEAST, least) * screen), round(LARGEST * min(screen, width)))
        font, number = self._font(MEASURED), self._font(round(COUNT * screen))
        widths = [
            Width(
                _natural(term.text, font) / MEASURED,
                _natural(str(term.people), number) + BESIDE * number.pixelSize(),
            )
            for term in terms[:MOST]
        ]
        self._above.fill(terms, in_rows(widths, box, limits))

    def _font(self, pixels: int) -> QFont:
        font = QFont(self._family)
        font.setPixelSize(max(1, pixels))
        font.setWeight(QFont.Weight.ExtraBold)
        return font

    @Property(Sheet, constant=True)
    def above(self) -> Sheet:
        """The newest words."""
        return self._above

    @Property(Sheet, constant=True)
    def below(self) -> Sheet:
        """The words that the newest cover, until they do."""
        return self._below

    @Property(int, notify=dealt)
    def margin(self) -> int:
        """What is left free all around, in pixels."""
        return round(min(self._view[:2]) * MARGIN) if self._view else 0


def _natural(text: str, font: QFont) -> float:
    layout = laid_out(text, font, 0)  # lives as long as its line is asked
    return layout.lineAt(0).naturalTextWidth()
