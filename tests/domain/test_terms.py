from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.terms import LONGEST, PEOPLE, Said, Term, folded_word, terms, words_of

SAID = st.lists(
    st.builds(Said, st.sampled_from(["@a@x", "@b@x", "@c@x", "@A@x"]), st.text("ab #@:.日本あ\u0301", max_size=30)),
    max_size=12,
)


def test_a_word_counts_by_different_people_and_stands_as_most_of_them_spell_it():
    said = [Said("@a", "Sushi sushi"), Said("@b", "SUSHI!"), Said("@c", "Sushi, please"), Said("@d", "bread")]
    assert terms(said) == (Term("Sushi", 3),)


def test_one_person_who_says_it_a_thousand_times_is_one_person():
    assert terms([Said("@a", "buy")] * 1000) == ()
    assert terms([Said("@a", "buy " * 1000), Said("@b", "buy")]) == (Term("buy", 2),)


@pytest.mark.parametrize(
    "text",
    ["@somebody@example.social", "https://example.com/bread", ":blobcat:", "2024", "a", "x" * (LONGEST + 1)],
)
def test_addresses_handles_shortcodes_and_bare_numbers_are_no_words(text):
    assert terms([Said("@a", text), Said("@b", text)]) == ()


def test_a_hashtag_and_its_word_are_one_and_what_is_ignored_never_counts():
    said = [Said("@a", "#Bread"), Said("@b", "bread"), Said("@a", "#HangSpace"), Said("@b", "hangspace")]
    assert [term.people for term in terms(said, {folded_word("#hangspace")})] == [2]


def test_a_short_run_of_han_is_a_word_and_a_sentence_is_none():
    assert [key for key, _ in words_of("東京 大家好我来自大厅的第三排")] == ["東京"]


@given(said=SAID, order=st.randoms(use_true_random=False))
def test_the_order_in_which_people_spoke_does_not_matter(said, order):
    mixed = list(said)
    order.shuffle(mixed)
    assert terms(said) == terms(mixed)


@given(said=SAID)
def test_every_term_was_written_by_so_many_people(said):
    for text, people in terms(said):
        wrote = {
            each.author.casefold() for each in said if folded_word(text) in {key for key, _ in words_of(each.text)}
        }
        assert len(wrote) == people >= PEOPLE
        assert any(text in each.text for each in said), "nothing is drawn that nobody wrote"
