from __future__ import annotations

from PySide6.QtCore import QObject

from kiosk.ui.pieces import LinkView, PhotoView, WordsView
from kiosk.ui.shown import Linked, Picture
from kiosk.ui.words import Words


def test_words_keep_their_emojis(shell):
    owner = QObject()
    view = WordsView(Words("tea", ("image://photo/x/emoji",)), owner)
    assert (view.property("text"), view.property("emojis")) == ("tea", ["image://photo/x/emoji"])


def test_a_photo_is_looked_at_where_its_author_chose(shell):
    owner = QObject()
    view = PhotoView(Picture("image://photo/x/wall", 90, 30, (0.25, 0.75)), owner)
    assert [view.property(name) for name in ("aspect", "focusX", "focusY")] == [3.0, 0.25, 0.75]


def test_a_photo_without_a_chosen_point_is_looked_at_in_its_middle_and_no_photo_has_no_shape(shell):
    owner = QObject()
    view = PhotoView(Picture(), owner)
    assert [view.property(name) for name in ("address", "aspect", "focusX", "focusY")] == ["", 0.0, 0.5, 0.5]


def test_a_link_without_a_picture_has_one_without_an_address(shell):
    owner = QObject()
    view = LinkView(Linked("T", "", "example.com"), owner)
    assert view.picture.property("address") == ""
