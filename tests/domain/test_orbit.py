from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.orbit import place

REACH = st.integers(0, 12)


@given(st.integers(0, 10_000_000), REACH)
def test_each_step_is_one_pixel_one_way_and_stays_within_reach(step, reach):
    (across, down), (across_next, down_next) = place(step, reach), place(step + 1, reach)
    assert abs(across_next - across) + abs(down_next - down) == (1 if reach else 0)
    assert max(abs(across), abs(down)) <= reach


@given(REACH)
def test_it_begins_where_nothing_is_moved_and_meets_every_place_alike(reach):
    assert place(0, reach) == (0, 0)
    places = (2 * reach + 1) ** 2
    met = Counter(place(step, reach) for step in range(max(1, 2 * places - 2)))
    assert len(met) == places
    assert max(met.values()) <= 2
