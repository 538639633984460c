"""The bench's own eyes: what counts as a missed refresh, and how far a column moved."""

from __future__ import annotations

from collections import Counter

from bench.sampler import Watched, moved
from hypothesis import given
from hypothesis import strategies as st


def column(begin: int, height: int = 400) -> bytes:
    """Pixels of a long strip, each unlike its neighbours, from `begin` on."""
    return b"".join((number * 2654435761 % 2**32).to_bytes(4, "little") for number in range(begin, begin + height))


@given(st.integers(0, 5000), st.integers(1, 63))
def test_a_column_that_moved_is_measured_in_pixels(begin, step):
    assert moved(column(begin), column(begin + step)) == step


def test_what_comes_new_at_the_bottom_does_not_matter_and_another_picture_is_no_motion():
    fresh = column(2)[: -4 * 4] + b"\xff" * 16
    assert moved(column(0), fresh) == 2
    assert moved(column(0), column(9000)) == -1


def test_a_refresh_without_a_new_picture_is_missed():
    even = [number / 60 for number in range(60)]
    assert Watched(even, Counter(), 0.001, 1.0).missed == 0
    gap = [*even[:10], *even[13:]]
    watched = Watched(gap, Counter(), 0.001, 1.0)
    assert watched.missed == 3
    assert abs(watched.longest - 4 / 60) < 1e-9
