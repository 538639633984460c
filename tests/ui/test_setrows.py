from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from kiosk.ui.setrows import MOST, Width, in_rows

WORDS = st.lists(st.builds(Width, st.floats(0.5, 12), st.floats(0, 60)), max_size=40)


@given(words=WORDS, width=st.integers(300, 4000), height=st.integers(200, 2200))
def test_words_lie_in_their_box_in_order_and_never_one_on_another(words, width, height):
    least = height // 20
    spots = in_rows(words, (width, height), (least, height // 3))
    assert len(spots) <= min(MOST, len(words))
    for spot, word in zip(spots, words, strict=False):
        assert spot.left >= 0
        assert spot.size > 0
        if word.share * least + word.fixed <= width:
            assert spot.left + spot.width <= width + spot.size // 10 + 2
    for one, next_one in itertools.pairwise(spots):
        assert next_one.baseline >= one.baseline
        if next_one.baseline == one.baseline:
            assert next_one.left >= one.left + one.width - one.size // 10 - 2


def test_the_word_of_most_people_is_the_largest():
    sizes = [spot.size for spot in in_rows([Width(2.5, 20)] * 14, (1800, 800), (45, 300))]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] > 45


def test_without_words_there_is_nothing_to_place():
    assert in_rows([], (1800, 800), (45, 300)) == []
