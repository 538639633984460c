from __future__ import annotations

import pytest
from factories import at, photo_of, photo_stored, stored, waiting
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.fold import fold
from kiosk.domain.links import with_hosts
from kiosk.domain.model import Attachment, Author, Card, Emoji, Kind, PhotoFailure, PostState, Quote
from kiosk.domain.reading import LOOKED_AT
from kiosk.settings.theme import TONES
from kiosk.ui.photos import Size
from kiosk.ui.shown import CHOICES, QUOTED, Picture, shown
from kiosk.ui.words import BLANK, isolated

ISOLATE, POP = "\u2068", "\u2069"
NOW = at(600)
URL = "https://example.social/media/1"
AVATAR = "https://example.social/avatar"
CAT = "https://example.social/cat.png"
PREVIEW = "https://example.social/preview.png"
CARD = Card("https://www.example.com/a/b?c=d", "A title", "A description", "Example Weekly", PREVIEW)
KIM = Author("@kim@example.social", "Kim", "https://example.social/kim.png")


def come(state: PostState, *urls: str, size: tuple[int, int] = (64, 48)) -> PostState:
    """The state once these pictures are here, each of a colour of its own."""
    for number, url in enumerate(urls):
        after = fold(state, photo_stored(state.uri, url, stored(size, (number * 40, 90, 200))))
        assert isinstance(after, PostState)
        state = after
    return state


def test_a_name_keeps_its_direction_to_itself():
    card = shown(waiting(author=Author("@dana@example.social", "דנה לוי")), NOW)
    assert card.name.text == f"{ISOLATE}דנה לוי{POP}"
    assert card.handle == f"{ISOLATE}@dana@example.social{POP}"


def test_a_post_without_a_warning_shows_none():
    assert shown(waiting(), NOW).warning == ""


def test_an_author_without_a_name_goes_by_the_handle():
    card = shown(waiting(author=Author("@kim@example.social", "")), NOW)
    assert card.name.text == f"{ISOLATE}@kim@example.social{POP}"
    assert card.initial == "K"


@pytest.mark.parametrize(
    ("name", "initial"), [("ada", "A"), ("«Zoë»", "Z"), ("🎉 Party", "P"), ("漢字", "漢"), ("🎉", "#"), ("_7", "7")]
)
def test_the_initial_is_the_first_letter_that_can_be_written_large(name, initial):
    assert shown(waiting(author=Author("", name)), NOW).initial == initial


def test_an_emoji_before_a_name_is_not_its_initial():
    state = come(waiting(author=Author("@a@b", ":cat: Zoë"), emojis=(Emoji("cat", CAT),)), CAT)
    assert shown(state, NOW).initial == "Z"


@given(st.text(max_size=1200))
def test_a_card_is_handed_all_the_words_and_no_quote_is_endless(text):
    card = shown(waiting(text=text, quote=Quote(Author("@b@c", "Bo"), text)), NOW)
    assert card.words.text == with_hosts(text)
    assert card.quoted is not None
    assert len(card.quoted.words.text) <= QUOTED


def test_a_hall_reads_hosts_and_a_moderator_whole_addresses():
    state = waiting(text="See https://example.org/a/b", quote=Quote(Author("@b@c", "Bo"), "https://example.net/x"))
    wall, desk = shown(state, NOW), shown(state, NOW, addresses=True)
    assert (wall.words.text, desk.words.text) == ("See example.org", "See https://example.org/a/b")
    assert wall.quoted is not None
    assert desk.quoted is not None
    assert (wall.quoted.words.text, desk.quoted.words.text) == ("example.net", "https://example.net/x")
    assert state.post.text == "See https://example.org/a/b"


def test_a_post_keeps_its_tone_whatever_becomes_of_it():
    tones = {shown(waiting(name), NOW).tone for name in range(200)}
    assert tones == set(range(TONES))
    assert shown(waiting(7, text="edited"), NOW).tone == shown(waiting(7), at(9000)).tone


def test_pictures_are_addresses_of_our_own_provider_only():
    author = Author("@ada@example.social", "Ada", avatar=AVATAR)
    state = waiting(author=author, attachments=(photo_of(URL, "A cat"),))
    state = come(come(state, AVATAR, size=(40, 40)), URL, size=(640, 480))
    avatar, photo = state.photos[AVATAR].sha256, state.photos[URL].sha256
    card = shown(state, NOW)
    assert card.avatar == f"image://photo/{avatar}/round"
    assert card.photos == (Picture(f"image://photo/{photo}/wall", 640, 480),)
    assert card.pictures == ((avatar, Size.THUMB), (photo, Size.WALL))


def test_pictures_that_have_not_come_or_failed_leave_no_address():
    state = waiting(
        author=Author("@a@b", "A", avatar=AVATAR), attachments=(photo_of(URL),), card=CARD, emojis=(Emoji("cat", CAT),)
    )
    state.photos[AVATAR] = PhotoFailure("too large")
    card = shown(state, NOW)
    assert (card.avatar, card.photos, card.pictures, card.linked.picture) == ("", (), (), Picture())


def test_a_photo_that_failed_leaves_its_place_to_the_next():
    second = f"{URL}-second"
    odd = Attachment(Kind.OTHER, f"{URL}-sound")
    state = come(waiting(attachments=(odd, photo_of(URL), photo_of(second))), second, size=(30, 90))
    assert [(photo.width, photo.height) for photo in shown(state, NOW).photos] == [(30, 90)]


def test_several_photos_come_smaller_and_no_more_than_a_card_has_room_for():
    urls = [f"{URL}-{number}" for number in range(6)]
    card = shown(come(waiting(attachments=tuple(map(photo_of, urls))), *urls), NOW)
    assert len(card.photos) == len(card.pictures) == LOOKED_AT
    assert all(photo.address.endswith("/tile") for photo in card.photos)
    assert {size for _, size in card.pictures} == {Size.TILE}


def test_what_is_no_picture_is_never_shown_as_one():
    assert shown(come(waiting(attachments=(Attachment(Kind.OTHER, URL),)), URL), NOW).photos == ()


def test_emojis_are_drawn_wherever_they_were_written_once_their_picture_is_here():
    state = waiting(
        text="Hi :cat:",
        author=Author("@a@b", "Ada :cat:"),
        poll=("tea :cat:", "coffee"),
        quote=Quote(Author("@k@b", ":cat: Kim"), ":cat: said so"),
        emojis=(Emoji("cat", CAT),),
    )
    assert ":cat:" in shown(state, NOW).words.text
    card = shown(come(state, CAT), NOW)
    places = (card.words, card.name, card.choices[0], card.quoted.name, card.quoted.words)
    for words in places:
        assert ":cat:" not in words.text
        assert words.text.count(BLANK) == 1
        assert words.emojis == (f"image://photo/{state.photos[CAT].sha256}/emoji",) if CAT in state.photos else True
    assert {address.rsplit("/", 1)[1] for words in places for address in words.emojis} == {"emoji"}
    assert [size for _, size in card.pictures] == [Size.THUMB], "one picture, however often it is drawn"


def test_an_emoji_that_is_written_nowhere_is_not_fetched():
    assert shown(come(waiting(emojis=(Emoji("cat", CAT),)), CAT), NOW).pictures == ()


def test_a_quote_is_shown_with_its_author_and_without_its_pictures():
    state = come(waiting(quote=Quote(KIM, "I said so.", "https://example.social/kim/1")), KIM.avatar)
    card = shown(state, NOW)
    assert card.quoted.name.text == f"{ISOLATE}Kim{POP}"
    assert card.quoted.handle == f"{ISOLATE}@kim@example.social{POP}"
    assert card.quoted.words.text == "I said so."
    assert card.pictures == ()


def test_what_hangs_on_a_post_is_bounded():
    card = shown(waiting(quote=Quote(KIM, "x" * 900), poll=tuple("y" * 900 for _ in range(40))), NOW)
    assert len(card.quoted.words.text) == QUOTED
    assert [len(choice.text) for choice in card.choices] == [QUOTED] * CHOICES


def test_a_link_says_where_it_leads_and_never_its_address():
    state = come(waiting(card=CARD), PREVIEW, size=(600, 300))
    linked = shown(state, NOW).linked
    assert (linked.title, linked.description) == ("A title", "A description")
    assert linked.place == f"{ISOLATE}example.com{POP}"
    picture = state.photos[PREVIEW].sha256
    assert linked.picture == Picture(f"image://photo/{picture}/thumb", 600, 300)
    assert shown(state, NOW).pictures == ((picture, Size.THUMB),)


@pytest.mark.parametrize(
    ("card", "title", "place"),
    [
        (Card("https://example.com/", ""), "example.com", "example.com"),
        (Card("", "T", provider="Example"), "T", "Example"),
        (Card("http://[broken", "T", provider="Example"), "T", "Example"),
        (Card("https://WWW.Example.COM:8443/x", "T"), "T", "example.com"),
    ],
)
def test_a_link_of_any_kind_has_a_title_and_a_place(card, title, place):
    linked = shown(waiting(card=card), NOW).linked
    assert linked.title == title
    assert linked.place == isolated(place)
