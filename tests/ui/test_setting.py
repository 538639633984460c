"""Text measured as QML's Text sets it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QFont

from kiosk.ui.setting import height_of, laid_out, lines_of, runs, whole_words

ENGLISH, HEBREW, ARABIC = "Hello hall", "שלום לכולם", "مرحبا"


def font(pixels: int = 40) -> QFont:
    made = QFont("Inter Display")
    made.setPixelSize(pixels)
    return made


@given(st.text(st.sampled_from("ab\n אب1\u2068\u2069"), max_size=40))
def test_runs_are_the_text(text):
    assert "\n".join(runs(text)) == text


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (ENGLISH, 1),
        (f"{ENGLISH}\n{ENGLISH}", 1),
        (f"{HEBREW}\n\n{ARABIC}", 1),
        (f"{HEBREW}\n{ENGLISH}", 2),
        (f"{ENGLISH}\n\n{HEBREW}\n{ENGLISH}", 3),
        (f"1.\n{HEBREW}", 1),
        (f"{HEBREW}\n2.\n🎉", 1),
        (f"\u2068{ENGLISH}\u2069 {HEBREW}\n{HEBREW}", 1),
        ("", 1),
    ],
)
def test_paragraphs_that_run_the_same_way_stay_together(text, count):
    assert len(runs(text)) == count


def test_height_counts_lines_of_every_run(shell):
    one = height_of(ENGLISH, font(), 900, 1.0)
    assert height_of(f"{ENGLISH}\n{ENGLISH}", font(), 900, 1.0) == pytest.approx(2 * one)
    assert height_of(f"{ENGLISH}\n{ENGLISH}", font(), 900, 1.5) == pytest.approx(3 * one)
    assert lines_of(f"{ENGLISH}\n{HEBREW}\n{ENGLISH}", font(), 900) == 3


def test_a_word_that_is_too_long_is_found(shell):
    assert whole_words("several short words", font(), 300)
    assert not whole_words("Donaudampfschifffahrtsgesellschaft", font(), 300)


@pytest.mark.parametrize("mark", "、。」）！？ー々ょ")
def test_no_line_begins_with_a_mark_that_may_not_begin_one(shell, mark):
    """Kinsoku (JIS X 4051), as Qt's line breaking has it."""
    text = f"東京{mark}" * 30
    for width in range(100, 400, 7):
        layout = laid_out(text, font(), width)
        begins = [text[layout.lineAt(number).textStart()] for number in range(layout.lineCount())]
        assert mark not in begins
