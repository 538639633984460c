"""How large a text can be, and its pages."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtGui import QFont

from kiosk.ui.fit import BROKEN, STEP, Fit, _scale
from kiosk.ui.setting import height_of, whole_words
from kiosk.ui.words import HELD

FIT = Fit()


def font(pixels: int = 40) -> QFont:
    made = QFont("Inter Display")
    made.setPixelSize(pixels)
    return made


def test_sizes_grow_in_steps():
    sizes = _scale(20, 200)
    assert (sizes[0], sizes[-1]) == (20, 200)
    assert all(1.0 < b / a <= STEP + 0.05 for a, b in pairwise(sizes))
    assert _scale(30, 30) == _scale(30, 10) == [30]


@pytest.mark.parametrize("text", ["Hi", "Good morning!", "Coffee is on the second floor, next to the red sofa." * 3])
def test_a_text_is_as_large_as_it_fits(shell, text):
    size = FIT.size([text], font(), 20, 300, 800, 400, 1.1)
    assert height_of(text, font(size), 800, 1.1) <= 400
    assert whole_words(text, font(size), 800)
    larger = font(round(size * STEP) + 1)
    assert size >= 295 or height_of(text, larger, 800, 1.1) > 400 or not whole_words(text, larger, 800)


def test_fewer_words_are_larger(shell):
    sizes = [FIT.size(["word " * count], font(), 20, 300, 800, 400, 1.1) for count in (1, 5, 20, 60)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] > 3 * sizes[-1]


def test_an_endless_word_is_broken_at_a_modest_size(shell):
    assert 20 <= FIT.size(["x" * 60], font(), 20, 300, 400, 400, 1.1) <= 20 * BROKEN


def test_pages_of_a_text_have_one_size(shell):
    pages = FIT.pages("One more sentence of the same length. " * 40, font(), 30, 500, 300, 1.1)
    assert len(pages) > 2
    size = FIT.size(pages, font(), 30, 300, 500, 300, 1.1)
    assert all(height_of(page, font(size), 500, 1.1) <= 300 for page in pages)


def test_a_box_that_is_not_laid_out_yet_costs_nothing(shell):
    assert FIT.pages("word " * 500, font(), 30, 0, 300, 1.1) == ["word " * 500]
    assert FIT.size(["word " * 500], font(), 30, 300, 500, -20, 1.1) == 30
    assert FIT.excerpt("word " * 500, font(), 0, 3) == "word " * 500


def test_an_excerpt_keeps_to_its_lines(shell):
    assert FIT.excerpt("Only this.", font(), 400, 3) == "Only this."
    short = FIT.excerpt("A sentence here. " * 40, font(), 400, 3)
    assert short.endswith("here.\u00a0…")


def test_emojis_are_counted_across_pages():
    assert [FIT.held([f"a{HELD}", HELD * 2, "b"], before) for before in range(4)] == [0, 1, 3, 3]
    assert FIT.runs("a\nא") == ["a", "א"]
