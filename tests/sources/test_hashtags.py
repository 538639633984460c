from __future__ import annotations

import pytest
from factories import post
from hypothesis import given
from hypothesis import strategies as st

from kiosk.sources.hashtags import carries, same_tag, tag_set, tags_of

HALL = frozenset({same_tag("#Hall")})

SAME = {
    "case, accents and width": ["#Café", "#cafe", "＃ＣＡＦＥ", "CAFÉ", "cafe\u0301", " #cAfE "],
    "Polish": ["Łódź", "lodz", "LODZ"],
    "Turkish dotted and dotless i": ["İstanbul", "ISTANBUL", "ıstanbul", "istanbul"],
    "Scandinavian": ["København", "kobenhavn"],
    "Icelandic eth": ["Garður", "gardur"],
    "marks that no letter was made for": ["x\u0302yz", "xyz"],
    "a virama, which servers drop": ["हिन्दी", "हिनदी"],
    "half-width kana": ["ﾃｽﾄ", "テスト"],
    "signs that are none of a tag's": ["py-con!", "pycon"],
    "variation selectors": ["hall\ufe0f", "hall"],
}
OTHER = {
    "sharp s, which is no accent": ("straße", "strasse"),
    "ligatures": ("æsir", "aesir"),
    "letters beyond the Latin that servers fold": ("tiếng", "tieng"),
    "vowels of Hindi": ("दिन", "दीन"),
    "Thai tones": ("ขาว", "ข่าว"),
    "separators": ("py_con", "pycon"),
    "a longer tag": ("halls", "hall"),
}


@pytest.mark.parametrize("tags", SAME.values(), ids=SAME)
def test_tags_that_a_server_holds_for_one_are_one(tags):
    assert len({same_tag(tag) for tag in tags}) == 1


@pytest.mark.parametrize(("one", "other"), OTHER.values(), ids=OTHER)
def test_tags_that_a_server_keeps_apart_are_two(one, other):
    assert same_tag(one) != same_tag(other)


def test_a_final_sigma_is_none_to_servers():
    """Ruby lowers each letter by itself: https://docs.ruby-lang.org/en/3.4/case_mapping_rdoc.html."""
    assert same_tag("ΑΘΗΝΑΣ") == "αθηνασ"


@pytest.mark.parametrize("tag", ["", "#", "＃#", "🎉", "#!?", " "])
def test_what_holds_nothing_is_no_tag(tag):
    assert same_tag(tag) == ""
    assert tag_set([tag, "hall"]).some == HALL


@given(st.text(max_size=40))
def test_a_tag_made_comparable_twice_changes_no_more(tag):
    assert same_tag(same_tag(tag)) == same_tag(tag)


@pytest.mark.parametrize(
    "text",
    [
        "#hall",
        "#HALL at the start",
        "in the #Hall.",
        "\uff03hall",
        "at\n#hall\nagain",
        "#halls and #hall",
        "\uff03\uff28all!",
        "#hall🎉",
        "(#hall)",
        "“#hall”…",
        "#häll",
        "#hall。",
    ],
)
def test_a_tag_is_found_in_the_words_where_a_server_lists_none(text):
    assert carries(post(text=text), HALL)


@pytest.mark.parametrize(
    "text", ["hall", "#halls", "#hall_2", "#hal", "", "# hall", "#hall2", "example.org/#hall", "a#hall", "#hall\u0e01"]
)
def test_other_words_and_longer_tags_do_not_count(text):
    assert not carries(post(text=text), HALL)


def test_listed_tags_count_however_they_are_written():
    assert carries(post(text="", tags=("other", "ＨＡＬＬ")), HALL)
    assert not carries(post(text="", tags=("halls",)), HALL)


def test_a_tag_with_vowel_marks_is_read_whole():
    assert tags_of(post(text="नमस्ते #हिन्दी!", tags=())) == {same_tag("हिन्दी")}


def test_a_set_wants_one_of_some_each_of_every_and_none_of_none():
    wanted = tag_set(["#hall", "stage"], ["day1", "Talk"], ["#nowall"])
    both = ("day1", "TALK")
    assert wanted.takes(post(text="", tags=("hall", *both)))
    assert wanted.takes(post(text="#talk #day1", tags=("Stage",)))
    assert not wanted.takes(post(text="", tags=("hall", "day1")))
    assert not wanted.takes(post(text="", tags=both))
    assert not wanted.takes(post(text="but #NoWall", tags=("hall", *both)))


def test_an_invited_post_needs_no_tag_and_may_still_be_kept_out():
    wanted = tag_set(["hall"], ["day1"], ["nowall"])
    assert wanted.takes(post(text="Good morning"), invited=True)
    assert not wanted.takes(post(text="Good morning #nowall"), invited=True)
