from __future__ import annotations

from datetime import timedelta

import pytest
from factories import EVENING
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.text import clean
from kiosk.ui.words import BLANK, HELD, Words, age, isolated, shortened, worded

CAT, DOG = "image://photo/ca/emoji", "image://photo/d0/emoji"
BOTH = {"cat": CAT, "dog-2": DOG}
ISOLATED = f"\u2066{HELD}\u2069"


def test_a_shortcode_with_a_picture_holds_a_place_and_any_other_stays_as_it_is_written():
    assert worded("a :cat: b :bird: c", BOTH) == Words(f"a {HELD} b :bird: c", (CAT,))
    assert worded("a :cat: b", {}) == Words("a :cat: b")


def test_emojis_stand_in_the_order_of_the_text_as_often_as_they_were_written():
    words = worded(":dog-2:\n:cat: :dog-2:", BOTH)
    assert words.emojis == (DOG, CAT, DOG)
    assert words.text.count(BLANK) == 3


def test_a_line_may_break_between_two_emojis():
    assert worded(":cat::cat::cat:", BOTH).text == f"{HELD}\u200b{HELD}\u200b{HELD}"


@pytest.mark.parametrize("text", ["12:cat:30", "a:cat:", ":cat:b", "cat", ":cat", ": cat :", "::", ":CAT:"])
def test_what_only_looks_like_a_shortcode_is_left_alone(text):
    assert worded(text, BOTH) == Words(text)


@pytest.mark.parametrize("text", ["(:cat:)", "好:cat:好", ":cat:!", "“:cat:”", ":cat:"])
def test_a_shortcode_beside_a_sign_or_an_ideograph_is_one(text):
    assert worded(text, BOTH).emojis == (CAT,)


def test_an_emoji_among_right_to_left_letters_takes_their_direction():
    assert worded("שלום :cat:", BOTH).text == f"שלום {ISOLATED}"
    assert worded("سلام :cat:", BOTH).text == f"سلام {ISOLATED}"


def test_a_shortcode_is_never_read_as_a_pattern():
    assert worded(":a+b: :aab: :.*:", {"a+b": CAT, ".*": DOG}).emojis == (CAT, DOG)


@given(st.text(alphabet=":catdog-2 \n.🎉ש", max_size=60))
def test_there_are_as_many_places_as_pictures(text):
    words = worded(text, BOTH)
    assert words.text.count(BLANK) == len(words.emojis)


@given(st.text())
def test_foreign_text_never_holds_a_place_by_itself(text):
    assert BLANK not in clean(text + BLANK + text)


@given(st.integers(2, 60))
def test_words_are_shortened_with_their_emojis(most):
    words = shortened(worded(":cat: and a :dog-2: " * 3, BOTH), most)
    assert len(words.text) <= most
    assert words.text.count(BLANK) == len(words.emojis)
    assert words.emojis == (CAT, DOG, CAT, DOG, CAT, DOG)[: len(words.emojis)]


def test_nothing_is_isolated_where_there_is_nothing():
    assert isolated("") == ""
    assert isolated("a") == "\u2068a\u2069"


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
