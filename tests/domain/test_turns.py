from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.airtime import Fairness
from kiosk.domain.turns import Turn, open_at, playlist


def test_turns_of_one_weight_stand_in_their_order_and_fairness_goes_along():
    turns = [Turn("scroll"), Turn("spotlight"), Turn("spotlight", dwell=20.0)]
    made = playlist(turns, Fairness(cooling=9.0))
    assert made.round == tuple(turns)
    assert made.fairness.cooling == 9.0


@given(st.lists(st.integers(1, 9), min_size=1, max_size=5))
def test_a_turn_comes_as_often_as_it_weighs_and_evenly(weights):
    turns = [Turn("clock", dwell=float(index + 1), weight=weight) for index, weight in enumerate(weights)]
    walk = playlist(turns).round
    assert Counter(turn.dwell for turn in walk) == {turn.dwell: turn.weight for turn in turns}
    for turn in turns:
        places = [place for place, each in enumerate(walk * 2) if each is turn]
        apart = [after - before for before, after in pairwise(places)]
        assert max(apart) <= 2 * len(walk) / turn.weight, "nobody waits twice as long as they should"


@pytest.mark.parametrize(
    ("between", "minute", "is_open"),
    [
        (None, 0, True),
        ((60, 120), 59, False),
        ((60, 120), 60, True),
        ((60, 120), 119, True),
        ((60, 120), 120, False),
        ((1320, 120), 1320, True),
        ((1320, 120), 0, True),
        ((1320, 120), 120, False),
        ((1320, 120), 700, False),
        ((60, 60), 700, True),
    ],
)
def test_two_times_of_day_go_over_midnight(between, minute, is_open):
    assert open_at(between, minute) is is_open
