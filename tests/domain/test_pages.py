"""Pages of a long text, and its beginning where there is no room for more."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.graphemes import graphemes, width
from kiosk.domain.pages import MORE, excerpt, pages

SENTENCES = "One sentence stands here. Another follows it! Does a third one? Yes, and the fourth ends the text."
WORDS = st.text(st.sampled_from("ab漢字。、「」 .,!\n👩🏽‍🚀é\u202f\u2800"), max_size=120)
WRITTEN = st.one_of(
    st.text(max_size=120), WORDS, st.lists(st.sampled_from(SENTENCES.split()), max_size=40).map(" ".join)
)


def room(most: int):
    return lambda text: width(text) <= most


def bare(text: str) -> str:
    return "".join(text.split()).replace("\u200b", "")


@given(WRITTEN, st.integers(min_value=1, max_value=60))
def test_pages_hold_all_of_it_and_each_fits(text, most):
    cut = pages(text, room(most))
    assert bare("".join(cut)) == bare(text)
    assert all(page == page.strip() and page for page in cut) or len(cut) == 1
    assert all(width(page) <= most or len(graphemes(page)) == 1 for page in cut) or not text.strip()


@given(
    st.lists(
        st.sampled_from(["a", "漢", "é", "👩🏽‍🚀", "क्षि", "🇪🇺", "\u2066\u202f\u2800\u202f\u2069", " "]), max_size=60
    )
)
def test_no_character_is_torn(clusters):
    for page in pages("".join(clusters), room(5)):
        assert set(graphemes(page)) <= set(clusters)


@given(WRITTEN, st.integers(min_value=1, max_value=60))
def test_there_are_few_pages(text, most):
    cut = pages(text, room(most))
    assert len(cut) <= 1 + 2 * width(text) // most or most < 12


@pytest.mark.parametrize(("most", "ends"), [(60, ".!?"), (40, ".!?")])
def test_pages_turn_between_sentences(most, ends):
    cut = pages(SENTENCES, room(most))
    assert len(cut) > 1
    assert all(page[-1] in ends for page in cut)


def test_pages_turn_between_words_where_a_sentence_is_too_long():
    cut = pages("Where a sentence does not end for a long time a page turns between two of its words", room(30))
    assert all(len(page) <= 30 for page in cut)
    assert len(cut) == 3 or len(cut) == 4
    assert max(map(len, cut)) - min(map(len, cut)) < 14, "pages are even"


def test_an_endless_word_turns_between_letters():
    assert pages("x" * 95, room(30)) == ("x" * 30, "x" * 30, "x" * 30, "x" * 5)


def test_no_page_begins_with_a_mark_that_ends_a_line():
    text = "東京で朝ご飯を食べました、とても美味しかったです。また行きたいと思います「本当に」ね。" * 3
    cut = pages(text, room(50))
    assert not any(page[0] in "、。」" or page[-1] == "「" for page in cut)


def test_what_fits_is_left_alone():
    assert pages("  as it is ", room(99)) == ("  as it is ",)
    assert pages("", lambda _: False) == ("",)


@given(WRITTEN, st.integers(min_value=4, max_value=60))
def test_an_excerpt_begins_the_text_and_says_that_more_exists(text, most):
    short = excerpt(text, room(most))
    if width(text) <= most:
        assert short == text
    elif text.strip():
        assert short.endswith(MORE)
        assert text.strip().startswith(short.removesuffix(MORE).removesuffix("\u00a0"))
        assert width(short) <= most + 2


def test_an_excerpt_ends_with_a_sentence_or_a_word():
    assert excerpt(SENTENCES, room(50)) == "One sentence stands here. Another follows it!\u00a0…"
    assert excerpt("just some words without an end", room(20)) == "just some words…"
