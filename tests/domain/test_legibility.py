"""What can be read from the last row."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.legibility import COLUMN, FEWEST, SMALLEST, Hall, columns, figures, grown, narrowest, refusals
from kiosk.domain.scenes import SCENES

METRES = st.floats(0.5, 20)
SEATS = st.floats(1, 200)
ASPECTS = st.floats(0.4, 4)
HALLS = st.builds(Hall, METRES, SEATS, ASPECTS)


def test_a_capital_is_a_two_hundredth_of_the_distance_high():
    hall = Hall(3.0, 18.0)
    assert hall.least * 0.727 * 3.0 == pytest.approx(18.0 / 200)
    assert round(hall.least, 3) == 0.041
    assert round(hall.least * 1080) == 45


@pytest.mark.parametrize("hall", [Hall(), Hall(3.0), Hall(0.0, 18.0)])
def test_a_hall_that_nobody_measured_keeps_the_sizes_of_old(hall):
    assert hall.least == 0.0
    assert (figures(hall).least, figures(hall).columns) == (SMALLEST, 3)
    assert refusals(hall, tuple(SCENES)) == []
    assert narrowest(0.0) == COLUMN


@given(st.floats(SMALLEST, 0.3), st.floats(0.0, 0.3), st.floats(0.0, 0.3))
def test_no_size_is_below_the_least_and_their_order_stays(share, least, more):
    assert grown(share, least) >= max(share, least)
    assert grown(share, least + more) >= grown(share, least)
    assert grown(share + more, least) >= grown(share, least)


@given(HALLS, st.floats(1, 3))
def test_farther_away_letters_are_larger_and_columns_fewer(hall, farther):
    away = hall._replace(farthest_seat=hall.farthest_seat * farther)
    near, far = figures(hall), figures(away)
    assert far.least >= near.least
    assert far.columns <= near.columns
    assert far.posts >= 1
    assert far.reach * hall.screen_height >= away.farthest_seat - 0.01


@given(HALLS)
def test_a_column_that_was_narrowed_for_others_still_has_lines(hall):
    count = columns(hall.aspect, hall.least)
    assert count >= 1
    assert count == 1 or (hall.aspect - 0.022) / count >= narrowest(hall.least) - 1e-9


@given(HALLS)
def test_what_is_refused_can_be_read_from_the_seat_that_is_named(hall):
    for sentence in refusals(hall, tuple(SCENES)):
        metres = float(sentence.split("farther away than ")[1].split(" m")[0])
        assert metres < hall.farthest_seat
        if metres:
            assert refusals(hall._replace(farthest_seat=metres), tuple(SCENES)) == []


def test_a_refusal_says_what_to_change():
    (said,) = refusals(Hall(3.0, 40.0), ["scroll", "spotlight", "spotlight"])
    assert said == (
        "spotlight has room for 12 letters in a line at 9.2% of the screen, which the farthest seat needs; take it out "
        "of the playlist, seat nobody farther away than 30 m, or hang a larger screen"
    )
    assert len(refusals(Hall(2.0, 18.0, 9 / 16), ["scroll", "mosaic"])) == 1
    assert FEWEST == 16
