"""Characters as a reader counts them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.graphemes import graphemes, width


@given(st.text())
def test_nothing_is_lost(text):
    assert "".join(graphemes(text)) == text


@pytest.mark.parametrize(
    "whole",
    [
        "é", "e\u0301", "각", "กำ", "क्षि", "👩🏽‍🚀", "🇪🇺", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "1️⃣", "❤️‍🔥", "\u2066\u202f\u2800\u202f\u2069", "葛󠄀",
    ],
)  # fmt: skip
def test_one_character_stays_whole(whole):
    assert graphemes(f"a{whole}b") == ("a", whole, "b")


def test_flags_stand_in_pairs():
    assert graphemes("🇩🇪🇫🇷") == ("🇩🇪", "🇫🇷")


def test_lines_end_characters():
    assert graphemes("a\n\u0301b") == ("a", "\n", "\u0301", "b")


@pytest.mark.parametrize(
    ("text", "wide"), [("", 0), ("abc", 3), ("漢字", 4), ("👩🏽‍🚀!", 3), ("é", 1), ("🇪🇺", 2), ("\u202f\u2800\u202f", 2)]
)
def test_width_is_counted_in_letters(text, wide):
    assert width(text) == wide


@given(st.text(), st.text())
def test_more_text_is_never_narrower(one, other):
    assert width(one + other) >= max(0, width(one) - 1)
