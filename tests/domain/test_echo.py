from __future__ import annotations

import pytest
from factories import ADA, at, post
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.echo import NEAR, is_echo, same_person, words_key
from kiosk.domain.model import Author


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("We are at gate C now", "we are at GATE C now!!"),
        ("Slides: https://example.org/long/path?x=1 enjoy them", "Slides: https://t.co/abc enjoy them"),
        ("Come to the meet-up at six #hall #drinks", "Come to the meet-up at six"),
        ("Come to the meet-up at six…", "Come to the meet-up at six"),
        ("Ｆｕｌｌ width words here", "Full width words here"),
    ],
)
def test_copies_share_a_key_whatever_their_networks_did_to_them(one, other):
    assert words_key(post(text=one)) == words_key(post(text=other)) != ""


def test_other_words_have_another_key():
    assert words_key(post(text="We are at gate C now")) != words_key(post(text="We are at gate D now"))


@pytest.mark.parametrize("text", ["", "+1", "Hello #hall", "https://example.org/a-very-long-address-indeed", "😀" * 30])
def test_a_few_words_say_nothing(text):
    assert words_key(post(text=text)) == ""


@given(st.text(max_size=400))
def test_any_text_has_a_key_or_none(text):
    assert len(words_key(post(text=text))) in {0, 32}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("@ada@example.social", "Ada"), ("@ada.bsky.social", "A. L."), True),
        (("@ada@example.social", "Ada Lovelace"), ("@countess", "ADA  lovelace 🧮"), True),
        (("@ada@example.social", "Ada"), ("@eve.bsky.social", "Eve"), False),
        (("@ada@example.social", ""), ("@eve.bsky.social", ""), False),
        (("@ada@example.social", "🙂"), ("@eve.bsky.social", "🙃"), False),
        (("@@", "x"), ("@", "y"), False),
    ],
)
def test_a_person_is_known_by_name_or_by_handle(one, other, same):
    assert same_person(Author(*one), Author(*other)) is same
    assert same_person(Author(*other), Author(*one)) is same


def test_a_copy_is_near_in_time_and_under_another_account():
    elsewhere = Author("@ada.bsky.social", ADA.name)
    copy = post("copy", author=elsewhere, created_at=at(NEAR.total_seconds()))
    assert is_echo(copy, post())
    assert not is_echo(post("copy", author=elsewhere, created_at=at(NEAR.total_seconds() + 1)), post())
    assert not is_echo(post("copy"), post()), "the same account said it twice"
    assert not is_echo(post(), post())
