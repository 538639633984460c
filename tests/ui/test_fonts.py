"""Every emoji of Unicode 17 and the naughty strings, shaped and drawn: no box, nothing outside its card, no request."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import shiboken6
from factories import at, waiting
from PySide6.QtCore import QPointF
from PySide6.QtGui import QFont, QImage
from recordings import SHARED

from kiosk.domain.model import Author
from kiosk.domain.text import clean, one_line
from kiosk.ui.fonts import EMOJI, family_of, tofu
from kiosk.ui.posts import PostView
from kiosk.ui.setting import laid_out
from kiosk.ui.shell import _NoNetwork
from kiosk.ui.shown import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtQuick import QQuickItem

TEXT = SHARED / "text"
EMOJIS = TEXT / "emoji-17.0" / "index-strings.txt"
NAUGHTY = TEXT / "blns.json"
VARIANT = "\ufe0f"
ON_A_CARD = 90
RARE = frozenset("\U00020000")
"""Ideographs of Extension B that no font of the installer has."""

needs_texts = pytest.mark.skipif(not TEXT.is_dir(), reason="the texts of shared/data are not here")


def wall_font() -> QFont:
    font = QFont("Inter Display")
    font.setPixelSize(40)
    return font


def sequences() -> list[str]:
    """Every sequence of Unicode's emoji-test.txt, the minimally and the unqualified ones included."""
    return EMOJIS.read_text("utf-8").splitlines()


def plain(sequence: str) -> bool:
    """Whether it is a sign that stands in text fonts too, and asks for no picture (UTS 51, unqualified)."""
    return VARIANT not in sequence and ord(sequence[0]) < 0x1F700 and family_of(sequence, wall_font()) != EMOJI


@pytest.fixture
def requests(monkeypatch) -> list[object]:
    """Every request that QML makes from now on."""
    made: list[object] = []
    create = _NoNetwork.createRequest

    def watched(self, operation, request, outgoing=None):  # Qt's
        made.append(request.url())
        return create(self, operation, request, outgoing)

    monkeypatch.setattr(_NoNetwork, "createRequest", watched)
    return made


@needs_texts
def test_cleaning_keeps_every_emoji_as_it_is():
    assert [each for each in sequences() if clean(each) != each] == []


@needs_texts
def test_every_emoji_has_one_glyph_of_our_font(shell):
    """Qt's own shaping, read from QTextLayout: glyph 0 is tofu, and a sequence that falls apart has several."""
    asked = sequences()
    assert len(asked) > 5000
    assert [each for each in asked if tofu(each, wall_font())] == []
    pictures = [each for each in asked if not plain(each)]
    assert len(pictures) > 5000
    assert all(
        f"{each}{VARIANT}" in asked or each[0] in "#*0123456789" or len(each) > 1 for each in asked if plain(each)
    )
    for each in pictures:
        layout = laid_out(each, wall_font(), 0.0)
        runs = [(run.rawFont().familyName(), len(run.glyphIndexes())) for run in layout.lineAt(0).glyphRuns()]
        assert runs == [(EMOJI, 1)], each


def drawn(shell, component: str, height: int, **changes: object) -> tuple[QImage, bool]:
    """A card as the hall would see it, and whether all of its texts lie within it."""
    post = PostView(shown(waiting(**changes), at(60)))
    size = {"width": 900, "screen_height": 540}
    picture = shell.press.card(component, post, height=height, **size)
    chosen = {"height": height} if height else {}
    item = shell.press._make(component, {"post": post, "width": 900, "screenHeight": 540} | chosen)
    item.setParentItem(shell.press._window.contentItem())
    shell.press._control.polishItems()
    shell.press._control.polishItems()
    inside = all(_inside(text, item) for text in texts(item))
    shiboken6.delete(item)
    return picture, inside


def texts(item: QQuickItem) -> Iterator[QQuickItem]:
    if item.isVisible() and item.metaObject().indexOfProperty("textFormat") >= 0:
        yield item
    for child in item.childItems():
        yield from texts(child)


def _inside(text: QQuickItem, card: QQuickItem) -> bool:
    begin = text.mapToItem(card, QPointF(0, 0))
    end = text.mapToItem(card, QPointF(text.property("contentWidth"), text.property("contentHeight")))
    return begin.x() >= -1 and begin.y() >= -1 and end.x() <= card.width() + 1 and end.y() <= card.height() + 1


def colours(picture: QImage) -> int:
    """How many different colours it has, looked at every other pixel; letters blend only two."""
    return len({picture.pixel(x, y) for y in range(0, picture.height(), 2) for x in range(0, picture.width(), 2)})


@needs_texts
def test_every_emoji_is_drawn_in_colour_within_its_card(shell, requests):
    asked = [each for each in sequences() if not plain(each)]
    cards = (("PostCard", 0), ("SpotlightCard", 480))
    letters = {card: max(colours(drawn(shell, *card, text=f"{each} " * 180)[0]) for each in "abcdef") for card in cards}
    for start in range(0, len(asked), ON_A_CARD):
        words = " ".join(asked[start : start + ON_A_CARD])
        for card in cards:
            picture, inside = drawn(shell, *card, text=words)
            assert inside, words
            assert colours(picture) > 2 * letters[card], words
    assert requests == []


@needs_texts
def test_naughty_strings_are_drawn_within_their_cards(shell, requests):
    strings = json.loads(NAUGHTY.read_text("utf-8"))
    assert len(strings) > 500
    for number, string in enumerate(strings):
        words = clean(string)
        assert not tofu("".join(char for char in words if char not in RARE), wall_font()), string
        author = Author(f"@{one_line(string)}@example.social", one_line(string) or "Nobody")
        component, height = (("PostCard", 0), ("SpotlightCard", 480))[number % 2]
        _, inside = drawn(shell, component, height, text=words, author=author)
        assert inside, string
    assert requests == []


def test_what_no_font_has_is_found(shell):
    assert tofu("\U0003fffd", wall_font())
    assert family_of("\U0003fffd", wall_font()) == ""
    assert family_of("a", wall_font()) == "Inter Display"
