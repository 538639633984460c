from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.text import MAX_HTML, MAX_LINES, clean, folded, one_line, plain_from_html

ZWNJ, ZWJ, EMOJI = "\u200c", "\u200d", "\ufe0f"
NASTY = (
    "\u0000\u0007\u001b\u007f\u0085\u009b"  # C0, C1
    "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # bidi
    "\u00ad\u200b\u2060\u2061\u2063\ufeff\u180e\u034f\u115f\u1160\u17b4\u3164\uffa0\ufffc\ufff9\ufffb"  # no ink
    "\ufdd0\uffff\ufffe\U0001fffe\U0010ffff\ue000\U000f0000\u2065\ufff0\U000e0080\U000e0fff\ud800\udfff"  # no one
)
JOINERS = ZWNJ + ZWJ + EMOJI + "\ufe0e\ufe00\U000e0100\u180b" + "\U000e0001\U000e0061\U000e007f"
MIXTURE = st.lists(
    st.one_of(
        st.characters(),
        st.sampled_from(NASTY),
        st.sampled_from(JOINERS),
        st.sampled_from("ab1#\n\t \u2800\u0301\u0308\u0e47\u1037\u20e3نे葛ကᠠ👩🏽❤🏴\U0001fae8\u1100\u1161<\u0338"),
        st.sampled_from(
            ["🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f", "1\ufe0f\u20e3", "👩\u200d💻"]
        ),
    )
).map("".join)
EMOJI_SEQUENCES = {
    "keycap": f"1{EMOJI}\u20e3",
    "keycap hash": f"#{EMOJI}\u20e3",
    "heart": f"❤{EMOJI}",
    "copyright as emoji": f"©{EMOJI}",
    "information": f"ℹ{EMOJI}",
    "text style": "☎\ufe0e",
    "flag of two letters": "🇩🇪",
    "rainbow flag": f"🏳{EMOJI}{ZWJ}🌈",
    "pirate flag": f"🏴{ZWJ}☠{EMOJI}",
    "Scotland": "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "England": "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "Wales": "🏴\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f",
    "family": f"👨{ZWJ}👩{ZWJ}👧{ZWJ}👦",
    "skin tone and profession": f"👩🏽{ZWJ}💻",
    "mended heart": f"❤{EMOJI}{ZWJ}🩹",
    "runner to the right": f"🏃🏽{ZWJ}♀{EMOJI}{ZWJ}➡{EMOJI}",
    "shaking head (arrow)": f"🙂{ZWJ}↔{EMOJI}",
    "Unicode 15": "\U0001fae8",
    "Unicode 16": "\U0001fadf",
    "Unicode 17": "\U0001f6d8",
    "newer in a sequence": f"\U0001fae8{ZWJ}\U0001fadf",
    "riyal sign of Unicode 17": "\u20c1",
}
WRITING = {
    "Arabic": "مرحبا بالعالم ۝",
    "Hebrew with points": "שָׁלוֹם",
    "Persian with non-joiners": f"می{ZWNJ}خواهم",
    "Urdu, hamza before a non-joiner": f"شعله\u0654{ZWNJ}ها",
    "Hijri year": f"١٤٤٥ ه{ZWJ}",
    "Sinhala conjunct": f"ශ\u0dca{ZWJ}රී",
    "Malayalam chillu": f"ന\u0d4d{ZWJ}",
    "Thai": "น้ำท่วมที่นี่",
    "Burmese, four marks on a letter": "ညှို့",
    "Tibetan": "བསྒྲུབས",
    "Vietnamese": "Tiếng Việt",
    "Chinese": "你好,世界",
    "a name with an ideographic variant": "葛\U000e0100城",
    "Hangul": "안녕하세요",
    "Japanese": "こんにちは〜",
    "an ideograph newer than Unicode 14": "\U000323af\U0002ebf0",
    "Mongolian": "ᠠ\u180b",
    "mathematics": "x² ≩\ufe00 ∑",
}


@pytest.mark.parametrize("sequence", EMOJI_SEQUENCES.values(), ids=EMOJI_SEQUENCES)
def test_emoji_stay_whole(sequence):
    assert clean(sequence) == sequence
    assert clean(f"a {sequence} b {sequence}") == f"a {sequence} b {sequence}"
    assert one_line(sequence) == sequence


@pytest.mark.parametrize("writing", WRITING.values(), ids=WRITING)
def test_every_writing_stays_whole(writing):
    assert clean(writing) == unicodedata.normalize("NFC", writing)
    assert len(clean(writing)) == len(unicodedata.normalize("NFC", writing))


@pytest.mark.parametrize("char", NASTY, ids=ascii)
def test_a_character_that_draws_nothing_or_turns_text_round_goes(char):
    assert clean(f"pay{char}pal") in {"paypal", "pay\npal"}
    assert clean(f"{char}") == ""


@pytest.mark.parametrize("char", JOINERS, ids=ascii)
def test_joiners_selectors_and_tags_cannot_hide_in_latin_text(char):
    assert clean(f"@ad{char}a{char}") == "@ada"
    assert clean(f"{char}") == ""
    assert clean(f"a {char} b") == "a b"
    assert clean(f"12{char}3") == "123"


def test_joiners_come_one_at_a_time():
    assert clean(f"می{ZWNJ * 9}خواهم") == f"می{ZWNJ}خواهم"
    assert clean(f"👩{ZWJ * 5}💻") == f"👩{ZWJ}💻"
    assert clean(f"❤{EMOJI * 200}") == f"❤{EMOJI}"
    assert clean(f"👩{ZWJ}") == "👩"


def test_tags_say_nothing_but_the_three_flags():
    hidden = "".join(chr(0xE0000 + ord(char)) for char in "kill")
    assert clean(f"Hello{hidden} hall") == "Hello hall"
    assert clean(f"🏴{hidden}\U000e007f") == "🏴"
    assert clean(f"👩{hidden}\U000e007f") == "👩"
    assert clean("🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074") == "🏴"


def test_marks_do_not_pile_up():
    assert clean("z" + "\u0335" * 40 + "algo") == "z" + "\u0335" * 3 + "algo"
    assert clean("ก" + "\u0e47" * 40) == "ก" + "\u0e47" * 3
    assert clean("กุ" + "\u0e49\u0e47" * 20).count("\u0e49") <= 3


@pytest.mark.parametrize("gap", [ZWJ, ZWNJ, EMOJI, "\ufe00", "\u200b", "\u034f", "\U000e0041"], ids=ascii)
def test_marks_do_not_pile_up_behind_something_invisible(gap):
    for base, mark in (("z", "\u0335"), ("ن", "\u0651"), ("ก", "\u0e47")):
        assert clean(base + (mark * 3 + gap) * 20).count(mark) <= 3, (base, mark)


def test_a_tabulator_parts_words_and_long_gaps_shrink():
    assert clean("one\ttwo\u00a0\u3000  three\u2800four") == "one two three four"


def test_lines_keep_their_breaks_but_not_in_any_number():
    assert clean("a\r\nb\rc\u2028d\u2029e\x0bf\x85g") == "a\nb\nc\nd\ne\nf\ng"
    assert clean("a\n\n\n\n\nb") == "a\n\nb"
    assert clean("a\n \n\u200b\n \nb") == "a\n\nb"
    assert clean("\n".join("line" for _ in range(200))).count("\n") == MAX_LINES - 1


def test_a_cut_leaves_no_half_emoji_with_invisible_ends():
    assert clean(f"abc👩{ZWJ}💻", limit=5) == "abc👩"
    assert clean("ab🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f", limit=5) == "ab🏴"
    assert clean(f"abcd1{EMOJI}\u20e3", limit=6) == "abcd1"


def _drawn_nothing(char: str) -> bool:
    kind = unicodedata.category(char)
    joiner = (
        char in JOINERS
        or 0xFE00 <= ord(char) <= 0xFE0F
        or 0xE0000 <= ord(char) <= 0xE01EF
        or char in "\u180c\u180d\u180f"
    )
    visible = "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2"
    return char != "\n" and not joiner and char not in visible and kind in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


@given(MIXTURE)
def test_whatever_comes_in_nothing_forbidden_comes_out(text):
    out = clean(text)
    assert not [char for char in out if _drawn_nothing(char)]
    assert not set(out) & set(NASTY)
    assert out == out.strip()
    assert "\n\n\n" not in out
    assert out.count("\n") < MAX_LINES
    assert unicodedata.is_normalized("NFC", out)
    out.encode("utf-8")


@given(MIXTURE)
def test_cleaning_twice_changes_nothing_more(text):
    assert clean(clean(text)) == clean(text)


@given(MIXTURE, st.integers(1, 30))
def test_nothing_is_longer_than_its_limit(text, limit):
    out = clean(text, limit=limit)
    assert len(out) <= limit
    assert clean(out, limit=limit) == out


@given(MIXTURE)
def test_no_two_invisible_characters_follow_each_other_but_in_a_flag_or_an_emoji_sequence(text):
    out = clean(text)
    for flag in ("gbsct", "gbeng", "gbwls"):
        out = out.replace("🏴" + "".join(chr(0xE0000 + ord(char)) for char in flag) + "\U000e007f", "F")
    out = out.replace(EMOJI + ZWJ, "J")
    hidden = [char in JOINERS or 0xE0000 <= ord(char) <= 0xE01EF for char in out]
    assert not any(one and other for one, other in pairwise(hidden))


@given(MIXTURE)
def test_a_name_stands_on_one_line_without_edges(text):
    out = one_line(text)
    assert "\n" not in out
    assert "  " not in out
    assert out == out.strip()
    assert len(out) <= 80


def test_html_becomes_paragraphs_and_lines():
    assert plain_from_html("<p>Hello<br>hall</p><p>again &amp; again</p>") == "Hello\nhall\n\nagain & again"
    assert plain_from_html("<ul><li>one</li><li>two</li></ul>") == "one\n\ntwo"


def test_markup_scripts_and_quotes_leave_no_trace():
    html = "<p class='quote-inline'>RE: https://x</p><p>a<script>alert(1)</script><style>p{}</style><b>b</b></p>"
    assert plain_from_html(html) == "ab"
    assert plain_from_html("1 &lt;b&gt; 2") == "1 <b> 2"
    assert plain_from_html("") == ""


def test_a_link_reads_as_its_server_shortened_it():
    html = (
        '<a href="https://example.social/a/long/path"><span class="invisible">https://</span>'
        '<span class="ellipsis">example.social/a</span><span class="invisible">/long/path</span></a>'
    )
    assert plain_from_html(html) == "example.social/a…"


def test_endless_html_is_cut():
    assert "deep" not in plain_from_html("<div>" * 200_000 + "deep")
    assert len(plain_from_html("x" * (MAX_HTML * 2))) <= 5_000


@given(st.text())
def test_any_html_becomes_clean_text(html):
    out = plain_from_html(html)
    assert clean(out) == out


def test_folding_undoes_case_marks_width_and_digits_for_letters():
    assert folded("Ｆr3é  StÜff!") == ("free stuff", "freestuff")
    assert folded("b@$1c") == ("basic", "basic")
    assert folded("straße") == folded("STRASSE")
    assert folded(f"b{ZWJ}a\u00add") == ("bad", "bad")


@given(st.text())
def test_folding_is_steady(text):
    spaced, squeezed = folded(text)
    assert spaced.replace(" ", "") == squeezed
    assert folded(text.upper().lower()) == folded(text.upper())
