from __future__ import annotations

from factories import at, stored, waiting

from kiosk.domain.model import Author, Card, Emoji, Quote
from kiosk.ui.posts import PostView
from kiosk.ui.shown import Linked, Picture, Quoted, Shown, shown
from kiosk.ui.words import HELD, Words

NOW = at(600)
CAT = "https://example.social/cat.png"


def test_qml_sees_what_the_card_shows():
    card = shown(waiting(warning="spoilers"), NOW)
    view = PostView(card)
    for name in ("handle", "age", "initial", "tone", "avatar", "warning"):
        assert view.property(name) == getattr(card, name)
    assert (view.property("text"), view.property("name")) == (card.words.text, card.name.text)


def test_a_plain_post_has_no_pieces():
    view = PostView(shown(waiting(), NOW))
    assert view.quote is None
    assert view.link is None
    assert (view.property("photos"), view.property("choices"), view.property("aspect")) == ([], [], 0.0)
    assert (view.property("emojis"), view.property("nameEmojis")) == ([], [])


def test_every_piece_is_made_once_and_lives_as_long_as_its_post():
    state = waiting(quote=Quote(Author("@k@b", "Kim"), "so"), poll=("tea",), card=Card("https://example.com", "T"))
    view = PostView(shown(state, NOW))
    for name in ("quote", "link"):
        assert getattr(view, name) is getattr(view, name)
        assert getattr(view, name).parent() is view
    assert view.choices[0] is view.choices[0]
    assert view.choices[0].parent() is view


def test_the_first_photos_shape_stands_for_the_post():
    card = Shown(Words(), "", Words(), "", "", 0, photos=(Picture("a", 90, 30), Picture("b", 10, 10)))
    view = PostView(card)
    assert view.property("aspect") == 3.0
    assert [photo.property("address") for photo in view.photos] == ["a", "b"]


def test_wide_letters_and_emojis_take_twice_the_room():
    state = waiting(text="ab漢 :cat:", emojis=(Emoji("cat", CAT),))
    state.photos[CAT] = stored().photo
    view = PostView(shown(state, NOW))
    assert view.property("text") == f"ab漢 {HELD}"
    assert view.property("extent") == 2 + 2 + 1 + 2
    assert len(view.property("emojis")) == 1


def test_the_quoted_post_and_the_link_are_read_piece_by_piece():
    card = Shown(
        Words(), "", Words(), "", "", 0,
        quoted=Quoted(Words("Kim", ("k",)), "@kim", Words("so", ("s",))),
        linked=Linked("T", "D", "example.com", Picture("p", 20, 10)),
    )  # fmt: skip
    view = PostView(card)
    quote, link = view.quote, view.link
    assert [quote.property(name) for name in ("name", "nameEmojis", "handle", "text", "emojis")] == [
        "Kim",
        ["k"],
        "@kim",
        "so",
        ["s"],
    ]
    assert [link.property(name) for name in ("title", "description", "place")] == ["T", "D", "example.com"]
    assert link.picture.property("aspect") == 2.0
