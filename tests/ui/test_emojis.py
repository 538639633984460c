from __future__ import annotations

from itertools import pairwise

import pytest
import shiboken6
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt, QUrl
from PySide6.QtQml import QQmlComponent, QQmlEngine, QQmlExpression
from PySide6.QtQuick import QQuickItem, QQuickWindow

from kiosk.ui.emojis import Emojis
from kiosk.ui.qt import make
from kiosk.ui.setting import laid_out
from kiosk.ui.words import BLANK, HELD

ISOLATED = f"\u2066{HELD}\u2069"
QML = b"""import QtQuick
import Kiosk
Item {
    required property string words
    required property int lines
    required property bool fits
    PostText {
        text: parent.words
        ink: "black"
        size: 40
        width: 400
        height: parent.fits ? 150 : implicitHeight
        fontSizeMode: parent.fits ? Text.Fit : Text.FixedSize
        minimumPixelSize: 10
        maximumLineCount: parent.lines
    }
}"""


class Drawn:
    """A text as QML drew it, and where its blanks lie."""

    def __init__(self, shell, text: str, lines: int = 99, *, fits: bool = False) -> None:
        component = QQmlComponent(shell.engine)
        component.setData(QML, QUrl("file:///trial.qml"))
        self.root = make(component, {"words": text, "lines": lines, "fits": fits})
        window = QQuickWindow()
        self.root.setParentItem(window.contentItem())
        self.item: QQuickItem = self.root.childItems()[0]
        self.lines, self.cut = self.item.property("lineCount"), self.item.property("truncated")
        self.size = self._ask("fontInfo.pixelSize")
        self.height = self.item.property("contentHeight")
        self.width = self.item.property("contentWidth")
        stretch, side = self.item.property("lineHeight"), self._ask("effectiveHorizontalAlignment")
        self.rightward = side == Qt.AlignmentFlag.AlignRight.value
        font = self.item.property("font")
        self.font, self.layout = font, laid_out(text, font, 400.0)
        self.places = Emojis().places(text, font, self.size, 400.0, stretch, self.lines, self.cut, side, self.width)
        self.shown = [place for place in self.places if place.x() >= 0]
        shiboken6.delete(self.root)

    def _ask(self, question: str) -> int:
        return QQmlExpression(QQmlEngine.contextForObject(self.item), self.item, question).evaluate()[0]


def test_places_lie_in_reading_order_within_the_lines_that_qml_drew(shell):
    drawn = Drawn(shell, f"one {HELD} two {HELD} three four five six {HELD} seven {HELD}")
    assert len(drawn.shown) == 4
    assert all(0 < place.x() < 400 and 0 < place.y() < drawn.height for place in drawn.shown)
    assert [place.y() for place in drawn.shown] == sorted(place.y() for place in drawn.shown)
    assert drawn.shown[0].x() < drawn.shown[1].x()
    rows = {round(place.y()) for place in drawn.shown}
    assert all(abs(low - high - drawn.height / drawn.lines) < 2 for high, low in pairwise(sorted(rows)))


@pytest.mark.parametrize("lines", [1, 2, 3])
def test_an_emoji_that_was_elided_has_no_place(shell, lines):
    drawn = Drawn(shell, f"some words {HELD} and " * 12, lines)
    assert drawn.cut
    assert drawn.lines == lines
    assert 0 < len(drawn.shown) < 12
    assert len(drawn.places) == 12
    assert drawn.shown == drawn.places[: len(drawn.shown)], "the first ones are those that are left"
    assert all(place.x() < drawn.width and place.y() < drawn.height for place in drawn.shown)


def test_a_text_that_was_fitted_has_its_places_at_the_size_it_got(shell):
    drawn = Drawn(shell, f"fitted {HELD} words " * 12, fits=True)
    assert drawn.size < 40
    assert len(drawn.shown) == 12
    assert max(place.y() for place in drawn.shown) < drawn.height <= 150


def test_right_to_left_text_runs_from_the_right(shell):
    first, second = Drawn(shell, f"{ISOLATED} שלום {ISOLATED}").shown
    assert 400 - 40 < first.x() < 400
    assert second.x() < first.x() - 40


def test_an_emoji_at_the_end_of_a_line_does_not_hang_over_it(shell):
    for words in range(1, 30):
        drawn = Drawn(shell, "w" * words + f" {HELD} " * 8)
        assert all(10 < place.x() < 390 for place in drawn.shown), words


@pytest.mark.parametrize(
    "text", [f"大家好{HELD}这是一条很长的消息，来自大厅的第三排。{HELD}", f"{HELD}\n\n{HELD}", HELD, f"🎉{HELD}🎉"]
)
def test_every_script_keeps_its_emojis_on_its_lines(shell, text):
    drawn = Drawn(shell, text)
    assert len(drawn.shown) == text.count(BLANK)
    assert all(place.y() < drawn.height and place.x() < drawn.width for place in drawn.shown)


def test_a_place_is_about_as_wide_as_the_font_is_high(shell):
    one, two = Drawn(shell, f"{HELD}\u200b{HELD}").shown
    assert 36 < two.x() - one.x() < 44


PIECES = (
    "a",
    "word",
    "Schifffahrt",
    " ",
    "  ",
    "\n",
    ".",
    "(",
    "好",
    "한",
    "שלום",
    "ﷺ",
    "e\u0301",
    "🎉",
    "👩‍👩‍👧",
    HELD,
    ISOLATED,
)


def joined(pieces: list[str]) -> str:
    """A text as `domain.text.clean` leaves it: without a line break at either end."""
    return f"a{''.join(pieces)}z"


@settings(max_examples=150)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map(joined))
def test_lines_are_broken_where_qml_broke_them(shell, text):
    drawn = Drawn(shell, text)
    lines = [drawn.layout.lineAt(number) for number in range(drawn.layout.lineCount())]
    assert drawn.lines == max(1, len(lines))
    assert abs(max((line.naturalTextWidth() for line in lines), default=0.0) - drawn.width) < 1.0
    assert len(drawn.shown) == text.count(BLANK)


@settings(max_examples=100)
@given(st.lists(st.sampled_from(PIECES), max_size=60).map(joined), st.integers(1, 3))
def test_what_is_elided_is_what_qml_elided(shell, text, lines):
    drawn = Drawn(shell, text, lines)
    assert len(drawn.places) == text.count(BLANK)
    if drawn.cut and not drawn.rightward:
        assert all(place.x() <= drawn.width for place in drawn.shown), "no emoji is kept that QML dropped"
    assert all(-25 < place.x() < 425 and 0 <= place.y() < drawn.height for place in drawn.shown)
