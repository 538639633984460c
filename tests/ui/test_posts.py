from __future__ import annotations

from datetime import timedelta

import pytest
from factories import EVENING, at, photo_of, photo_stored, stored, waiting
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.fold import fold
from kiosk.domain.model import Attachment, Author, Kind, PhotoFailure, PostState
from kiosk.ui.posts import CHARACTERS, TONES, PostView, age, isolated, shown

ISOLATE, POP = "\u2068", "\u2069"
NOW = at(600)
URL = "https://example.social/media/1"
AVATAR = "https://example.social/avatar"


def with_photo(state: PostState, url: str, size: tuple[int, int] = (64, 48)) -> PostState:
    after = fold(state, photo_stored(state.uri, url, stored(size)))
    assert isinstance(after, PostState)
    return after


def test_a_name_keeps_its_direction_to_itself():
    card = shown(waiting(author=Author("@dana@example.social", "דנה לוי")), NOW)
    assert card.name == f"{ISOLATE}דנה לוי{POP}"
    assert card.handle == f"{ISOLATE}@dana@example.social{POP}"


def test_nothing_is_isolated_where_there_is_nothing():
    assert isolated("") == ""
    assert shown(waiting(), NOW).warning == ""


def test_an_author_without_a_name_goes_by_the_handle():
    card = shown(waiting(author=Author("@kim@example.social", "")), NOW)
    assert card.name == f"{ISOLATE}@kim@example.social{POP}"
    assert card.initial == "K"


@pytest.mark.parametrize(
    ("name", "initial"), [("ada", "A"), ("«Zoë»", "Z"), ("🎉 Party", "P"), ("漢字", "漢"), ("🎉", "#"), ("_7", "7")]
)
def test_the_initial_is_the_first_letter_that_can_be_written_large(name, initial):
    assert shown(waiting(author=Author("", name)), NOW).initial == initial


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(seconds=-90), "now"),
        (timedelta(seconds=59), "now"),
        (timedelta(seconds=60), "1 min"),
        (timedelta(minutes=59, seconds=59), "59 min"),
        (timedelta(hours=1), "1 h"),
        (timedelta(hours=23, minutes=59), "23 h"),
        (timedelta(days=2, hours=5), "2 d"),
    ],
)
def test_the_age_is_said_as_people_say_it(passed, words):
    assert age(EVENING, EVENING + passed) == words


@given(st.text(max_size=1200))
def test_a_card_never_shows_more_than_a_post_may_have(text):
    card = shown(waiting(text=text), NOW)
    assert len(card.text) <= CHARACTERS
    assert card.text == text or (card.text.endswith("…") and text.startswith(card.text[:-1]))


def test_a_post_keeps_its_tone_whatever_becomes_of_it():
    tones = {shown(waiting(name), NOW).tone for name in range(200)}
    assert tones == set(range(TONES))
    assert shown(waiting(7, text="edited"), NOW).tone == shown(waiting(7), at(9000)).tone


def test_pictures_are_addresses_of_our_own_provider_only():
    author = Author("@ada@example.social", "Ada", avatar=AVATAR)
    state = waiting(author=author, attachments=(photo_of(URL, "A cat"),))
    state = with_photo(with_photo(state, AVATAR, (40, 40)), URL, (640, 480))
    avatar, photo = state.photos[AVATAR], state.photos[URL]
    card = shown(state, NOW)
    assert card.avatar == f"image://photo/{avatar.sha256}/round"
    assert card.photo == f"image://photo/{photo.sha256}/wall"
    assert (card.width, card.height, card.alt) == (640, 480, "A cat")
    assert card.pictures == ((avatar.sha256, True), (photo.sha256, False))


def test_pictures_that_have_not_come_or_failed_leave_no_address():
    state = waiting(author=Author("@a@b", "A", avatar=AVATAR), attachments=(photo_of(URL),))
    state.photos[AVATAR] = PhotoFailure("too large")
    card = shown(state, NOW)
    assert (card.avatar, card.photo, card.pictures) == ("", "", ())


def test_the_first_photo_that_came_is_shown():
    second = f"{URL}-second"
    odd = Attachment(Kind.OTHER, f"{URL}-sound")
    state = with_photo(waiting(attachments=(odd, photo_of(URL), photo_of(second))), second, (30, 90))
    assert (shown(state, NOW).width, shown(state, NOW).height) == (30, 90)


def test_what_is_no_picture_is_never_shown_as_one():
    state = with_photo(waiting(attachments=(Attachment(Kind.OTHER, URL),)), URL)
    assert shown(state, NOW).photo == ""


def test_qml_sees_what_the_card_shows():
    focused = Attachment(Kind.PHOTO, URL, focus=(0.25, 0.75))
    state = with_photo(waiting(warning="spoilers", attachments=(focused,)), URL, (90, 30))
    card = shown(state, NOW)
    view = PostView(card)
    for name in ("name", "handle", "text", "age", "initial", "tone", "avatar", "warning", "photo"):
        assert view.property(name) == getattr(card, name)
    assert (view.property("aspect"), view.property("focusX"), view.property("focusY")) == (3.0, 0.25, 0.75)


def test_a_photo_without_a_chosen_point_is_looked_at_in_its_middle_and_no_photo_has_no_shape():
    view = PostView(shown(waiting(), NOW))
    assert (view.property("aspect"), view.property("focusX"), view.property("focusY")) == (0.0, 0.5, 0.5)
