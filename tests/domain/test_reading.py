from __future__ import annotations

import pytest
from factories import Author, photo_of, post, standing_approved, stored
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from kiosk.domain.model import Attachment, Kind, PhotoFailure, PostState, Quote
from kiosk.domain.reading import (
    LONGEST,
    RISING,
    SHORTEST,
    has_photo,
    pages,
    photos_of,
    portions,
    reading_time,
)
from kiosk.domain.scenes import Scene

URL = "https://example.social/a.jpg"
SPOT = Scene(name="spotlight", qml="Spotlight", slots=1, dwell=10.0)
GRID = Scene(name="mosaic", qml="Mosaic", slots=40, dwell=8.0, photos=True)
PAGE = Scene(name="masonry", qml="Masonry", slots=16, dwell=24.0)
FLOW = Scene(name="scroll", qml="Scroll", dwell=45.0, flows=True)


def pictured(count: int, **changes: object) -> PostState:
    urls = [f"https://example.social/{number}.jpg" for number in range(count)]
    state = standing_approved(attachments=tuple(map(photo_of, urls)), **changes)
    return replace(state, photos=dict.fromkeys(urls, stored().photo))


def test_an_avatar_or_a_picture_that_failed_or_is_another_file_is_no_photo():
    avatar = "https://example.social/ada.png"
    state = standing_approved(author=Author("@a@x", "A", avatar), attachments=(photo_of(URL),))
    assert not has_photo(state)
    assert not has_photo(replace(state, photos={avatar: stored().photo, URL: PhotoFailure("gone")}))
    assert has_photo(replace(state, photos={URL: stored().photo}))
    other = replace(state, post=replace(state.post, attachments=(Attachment(Kind.OTHER, URL),)))
    assert not has_photo(replace(other, photos={URL: stored().photo}))
    assert [photo for _, photo in photos_of(replace(state, photos={URL: stored().photo}))] == [stored().photo]


@given(st.text(max_size=600), st.text(max_size=20))
def test_a_hall_has_time_to_read_and_more_for_more(text, more):
    short, long = (reading_time(standing_approved(text=words)) for words in (text, text + more))
    assert SHORTEST <= short <= long <= LONGEST


def test_the_time_a_hall_needs():
    assert [reading_time(standing_approved(text="x" * count)) for count in (0, 140, 5000)] == [7.0, 13.0, 20.0]


@pytest.mark.parametrize(("text", "seconds"), [("読" * 60, 13.0), ("é" * 140, 13.0), ("x" * 70 + "読" * 30, 13.0)])
def test_east_asian_characters_are_read_at_their_own_speed(text, seconds):
    assert reading_time(standing_approved(text=text)) == seconds


def test_quotes_polls_and_photos_take_their_time():
    plain = standing_approved(text="x" * 70)
    quoting = standing_approved(text="x" * 70, quote=Quote(Author("@b@x", "B"), "y" * 70))
    asking = standing_approved(text="x" * 70, poll=("a" * 35, "b" * 35))
    assert reading_time(quoting) == reading_time(asking) == reading_time(plain) + 5
    assert reading_time(pictured(3, text="x" * 70)) == reading_time(plain) + 6
    assert reading_time(pictured(9, text="x" * 70)) == reading_time(plain) + 8


def test_a_scene_of_one_post_has_a_page_for_each_photo_and_each_portion_of_its_text():
    assert len(pages(SPOT, [standing_approved()])) == 1
    assert len(pages(SPOT, [pictured(3)])) == 4
    assert len(pages(SPOT, [pictured(1)])) == 1
    long = "word " * 120
    assert len(pages(SPOT, [standing_approved(text=long)])) == portions(standing_approved(text=long)) == 3
    assert len(pages(SPOT, [pictured(2, text=long)])) == 3
    assert len(pages(SPOT, [pictured(4, text=long)])) == 5


@given(st.integers(0, 6), st.text(max_size=1200), st.floats(0, 120))
def test_no_page_is_too_short_to_be_read_or_longer_than_anybody_bears(photos, text, dwell):
    times = pages(SPOT, [pictured(photos, text=text)], dwell)
    assert all(seconds >= SHORTEST for seconds in times)
    assert all(seconds <= max(LONGEST, (dwell or SPOT.dwell) / len(times)) for seconds in times)
    assert sum(times) >= (dwell or SPOT.dwell) - 1e-6


def test_a_wall_that_measured_its_pages_is_believed():
    long = standing_approved(text="word " * 120)
    assert len(pages(SPOT, [long], count=5)) == 5
    assert len(pages(SPOT, [standing_approved()], count=1)) == 1
    assert pages(SPOT, [pictured(3)], count=1) == (reading_time(pictured(3)),)
    assert sum(pages(SPOT, [long], count=5)) >= sum(pages(SPOT, [long]))


def test_a_show_of_photos_has_a_page_for_each_however_long_the_words():
    show = Scene(name="photos", qml="PhotoShow", slots=1, dwell=12.0, photos=True)
    assert pages(show, [pictured(3)]) == (12.0, 12.0, 12.0)
    assert pages(show, [pictured(2, text="word " * 120)]) == (20.0, 12.0)


def test_a_mosaic_is_whole_first_and_then_each_of_six_rises():
    few = [pictured(1, uri=post(number).uri) for number in range(4)]
    assert pages(GRID, few) == (8.0, *(reading_time(state) for state in few))
    assert len(pages(GRID, few * 10)) == 1 + RISING


def test_a_page_of_several_posts_stays_until_half_of_it_is_read_but_not_for_ever():
    short = pages(PAGE, [standing_approved(text="hi")])
    fuller = pages(PAGE, [standing_approved(text="x" * 280)] * 3)
    fullest = pages(PAGE, [standing_approved(text="x" * 280)] * 16)
    assert (short, fuller, fullest) == ((24.0,), (33.0,), (36.0,))


def test_what_draws_for_itself_has_one_page():
    assert pages(FLOW, []) == (45.0,)
    assert pages(FLOW, [], 12.0) == (12.0,)
