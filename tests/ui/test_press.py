from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import shiboken6
from factories import ADA, at, waiting
from PySide6.QtCore import QPointF
from PySide6.QtQml import QQmlEngine, QQmlExpression
from PySide6.QtQuick import QQuickItem

from kiosk.domain.links import with_hosts
from kiosk.domain.model import Author, Quote
from kiosk.ui.posts import PostView
from kiosk.ui.press import TALLEST, Press, PressError
from kiosk.ui.shown import shown

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

WORDS = "Hello to the hall from the third row"
MARKUP = "<b>x</b> <img src='http://localhost/x.png'> <font color='red'>red</font> &amp; <a href='x'>link</a>"


def view(**changes: object) -> PostView:
    return PostView(shown(waiting(**changes), at(60)))


def pressed(shell, *, component: str = "PostCard", width: int = 600, height: int = 0, **changes: object) -> QImage:
    return shell.press.card(component, view(**changes), width=width, height=height, screen_height=1080)


def texts(item: QQuickItem) -> list[QQuickItem]:
    below = [found for child in item.childItems() for found in texts(child)]
    return [item, *below] if item.metaObject().indexOfProperty("textFormat") >= 0 else below


def colours(image: QImage) -> set[int]:
    return {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}


def test_a_card_has_the_width_it_was_given_and_the_height_its_words_need(shell):
    short, long = pressed(shell, text="Hi"), pressed(shell, text="word " * 90)
    assert (short.width(), long.width()) == (600, 600)
    assert long.height() > short.height() > 50


def test_a_spotlight_card_has_exactly_the_size_of_the_stage(shell):
    card = pressed(shell, component="SpotlightCard", width=1280, height=640)
    assert (card.width(), card.height()) == (1280, 640)


def test_a_card_is_opaque_so_that_moving_it_needs_no_blending(shell):
    assert not pressed(shell).hasAlphaChannel()


def test_the_same_post_is_pressed_into_the_same_pixels_every_time(shell):
    assert pressed(shell, text=WORDS) == pressed(shell, text=WORDS)
    assert pressed(shell, text=WORDS) != pressed(shell, text=WORDS.upper())


def test_no_card_leaves_anything_of_itself_on_the_next(shell):
    first = pressed(shell, text="Hi")
    pressed(shell, text="█" * 300)
    assert pressed(shell, text="Hi") == first


LONG = "A sentence of some length, as people write them at events. " * 60
SIZES = [(1920, 967, 1080), (3840, 1934, 2160), (1080, 1718, 1920), (640, 322, 360), (2560, 300, 360)]
HARD = [
    LONG,
    "x" * 900,
    "\n".join("ab" for _ in range(24)),
    "東京で朝ご飯を食べました、とても美味しかったです。" * 20,
    "مرحبًا بالجميع في القاعة! هذا المؤتمر رائع جدًا. " * 20,
    "﷽" * 40,
    "👩🏽‍🚀🏴󠁧󠁢󠁥󠁮󠁧󠁿🇪🇺" * 100,
    "Two words",
]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("text", HARD)
def test_the_spotlight_shows_every_word_within_its_card_however_many_pages_it_takes(shell, text, size):
    width, height, screen = size
    post = view(
        text=text,
        quote=Quote(ADA, "Words of another, quoted. " * 11),
        poll=("Yes", "No, and not in fifty characters either " * 3) * 3,
    )
    count = shell.press.pages("SpotlightCard", post, width=width, height=height, screen_height=screen)
    seen = ""
    for page in range(count):
        given = {"post": post, "width": width, "height": height, "screenHeight": screen, "page": page}
        item = shell.press._make("SpotlightCard", given)
        item.setParentItem(shell.press._window.contentItem())
        shell.press._control.polishItems()
        for drawn in filter(QQuickItem.isVisible, texts(item)):
            if len(drawn.property("text")) > 1 and drawn.property("text") in text:
                seen += drawn.property("text")
                assert not drawn.property("truncated")
                assert drawn.property("contentHeight") <= height
                assert drawn.property("contentWidth") <= width
                assert drawn.mapToItem(item, QPointF(0, 0)).y() >= 0
                assert drawn.mapToItem(item, QPointF(0, drawn.height())).y() <= height
        shiboken6.delete(item)
    assert "".join(seen.split()) == "".join(text.split())


@pytest.mark.parametrize("component", ["PostCard", "SpotlightCard", "CaptionCard"])
def test_no_text_is_smaller_than_the_farthest_seat_needs(shell, component):
    given = {
        "post": view(text=LONG[:400], quote=Quote(ADA, "quoted")),
        "width": 900,
        "height": 967,
        "screenHeight": 1080,
    }
    sizes = []
    for least in (0.0, 0.05):
        shell.read_from_afar(least)
        item = shell.press._make(component, given)
        drawn = [text for text in texts(item) if text.isVisible()]
        sizes.append([QQmlExpression(QQmlEngine.contextForObject(each), each, "size").evaluate()[0] for each in drawn])
        shiboken6.delete(item)
    shell.read_from_afar(0.0)
    assert min(sizes[0]) < 0.05 * 1080 <= min(sizes[1]) + 0.5


def test_pages_differ_and_the_one_after_the_last_is_the_last(shell):
    cards = [shell.press.card("SpotlightCard", view(text=LONG), width=960, height=480, screen_height=540, page=page)
             for page in range(9)]  # fmt: skip
    count = shell.press.pages("SpotlightCard", view(text=LONG), width=960, height=480, screen_height=540)
    assert 2 < count < 9
    assert all(one != other for one, other in pairwise(cards[:count]))
    assert cards[count] == cards[count - 1]
    assert shell.press.pages("SpotlightCard", view(text="Hi"), width=960, height=480, screen_height=540) == 1


def test_no_card_is_taller_than_a_picture_may_be(shell, tmp_path):
    (tmp_path / "Tower.qml").write_text(
        "import QtQuick\nimport Kiosk\n"
        "Item { required property PostView post; required property int screenHeight; height: 90000 }"
    )
    card = Press(shell.engine, tmp_path).card("Tower", view(), width=8, height=0, screen_height=1080)
    assert card.height() == TALLEST


@pytest.mark.parametrize("qml", ["import QtQuick\nItem { nonsense }", "import QtQuick\nItem { width: 10 }", None])
def test_a_faulty_card_is_an_error_in_qts_words(shell, tmp_path, qml, capfd):
    if qml is not None:
        (tmp_path / "Faulty.qml").write_text(qml)
    with pytest.raises(PressError, match=r"Faulty\.qml|post"):
        Press(shell.engine, tmp_path).card("Faulty", view(), width=10, height=10, screen_height=1080)
    capfd.readouterr()  # Qt complains too


@pytest.mark.parametrize("component", ["PostCard", "SpotlightCard"])
def test_markup_is_drawn_literally(shell, component):
    size = {"width": 900, "height": 600 if component == "SpotlightCard" else 0}
    author = Author("@<i>a</i>@example.social", "<b>Ada</b><img src='x'>")
    properties = {"post": view(text=MARKUP, author=author), "width": 900, "height": 600, "screenHeight": 1080}
    item = shell.press._make(component, properties)
    drawn = texts(item)
    assert with_hosts(MARKUP) in [each.property("text") for each in drawn]
    assert "\u2068<b>Ada</b><img src='x'>\u2069" in [each.property("text") for each in drawn]
    rules = [QQmlExpression(QQmlEngine.contextForObject(each), each, "textFormat === Text.PlainText") for each in drawn]
    assert all(rule.evaluate()[0] is True for rule in rules)
    shiboken6.delete(item)
    bold, plain = (pressed(shell, component=component, text=text, **size) for text in ("<b>xx</b>", "xx"))
    assert bold != plain
    magenta = pressed(shell, component=component, text="<font color='#ff00ff'>mm</font>", **size)
    assert len(colours(magenta)) > 1
    assert 0xFFFF00FF not in colours(
        pressed(shell, component=component, text="<font color='#ff00ff'>mm</font>", **size)
    )


def test_post_text_is_the_only_component_that_sets_what_others_wrote():
    for path in (Path(__file__).parents[2] / "kiosk" / "ui" / "qml").rglob("*.qml"):
        words = path.read_text("utf-8")
        assert "TextEdit" not in words, path.name
        assert "RichText" not in words, path.name
        assert "StyledText" not in words, path.name
        if path.name not in {"PostText.qml", "DeskLabel.qml"}:
            assert not re.search(r"\bText \{", words), path.name


def test_where_a_pixel_is_several_of_the_device_a_card_is_pressed_at_those(shell, monkeypatch):
    plain = pressed(shell, text=WORDS)
    monkeypatch.setattr(shell.press, "ratio", 2.0)
    fine = pressed(shell, text=WORDS)
    assert (fine.width(), fine.devicePixelRatio()) == (1200, 2.0)
    assert fine.height() == 2 * plain.height()
    blocks = [
        {fine.pixel(x + right, y + down) for right in (0, 1) for down in (0, 1)}
        for x in range(0, 1200, 2)
        for y in range(0, fine.height() - 1, 2)
    ]
    assert sum(len(block) > 1 for block in blocks) > 500, "it was only made larger"
