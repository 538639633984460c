from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.contrast import BODY, QUIET, between, blend, luminance, passing, ratio, rgb, veil, written

CHANNEL = st.integers(0, 255)
COLOUR = st.builds(written, st.tuples(CHANNEL, CHANNEL, CHANNEL))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#777777", "#ffffff", 4.48),  # the well-known grey that just fails
        ("#767676", "#ffffff", 4.54),  # and the one that just passes
        ("#ff0000", "#ffffff", 4.0),
        ("#0000ff", "#ffffff", 8.59),
        ("#123456", "#123456", 1.0),
    ],
)
def test_contrast_is_what_wcag_says(one, other, expected):
    assert ratio(one, other) == pytest.approx(expected, abs=0.006)
    assert ratio(other, one) == ratio(one, other)


@pytest.mark.parametrize(
    "colour", ["", "red", "#fff", "#12345g", "#1234567", "1234567", "#12_456", "#\u0661\u0662\u0663456"]
)
def test_what_is_no_colour_is_said(colour):
    with pytest.raises(ValueError, match="is no colour"):
        rgb(colour)


@given(COLOUR, COLOUR)
def test_contrast_lies_between_none_and_black_on_white(one, other):
    assert 1 <= ratio(one, other) <= 21.0000001
    assert 0 <= luminance(one) <= 1
    assert written(rgb(one)) == one


@given(COLOUR, COLOUR, st.sampled_from([QUIET, BODY]))
def test_the_ink_that_is_proposed_passes_and_is_the_same_where_it_passed_before(ink, paper, least):
    found = passing(ink, paper, least)
    if found:
        assert ratio(found, paper) >= least
    else:
        assert max(ratio("#000000", paper), ratio("#ffffff", paper)) < least
    if ratio(ink, paper) >= least:
        assert found == ink


@given(st.lists(COLOUR, min_size=1, max_size=12))
def test_a_veiled_picture_leaves_every_ink_its_contrast_and_no_thinner_veil_would(shown):
    stage, inks = "#0a0f1f", [("#f8f5ee", BODY), ("#ff8552", QUIET)]
    share = veil(stage, shown, inks)
    assert all(ratio(ink, blend(stage, colour, share)) >= least for colour in shown for ink, least in inks)
    thinner = share - 0.01
    assert share == 0 or any(
        ratio(ink, blend(stage, colour, thinner)) < least for colour in shown for ink, least in inks
    )


@given(st.lists(COLOUR, max_size=5))
def test_a_gradient_passes_through_its_own_colours(colours):
    way = list(between(colours))
    assert set(colours) <= set(way)
    assert len(way) == (16 * (len(colours) - 1) + 1 if colours else 0)


@given(COLOUR, COLOUR)
def test_a_blend_begins_at_one_colour_and_ends_at_the_other(over, under):
    assert (blend(over, under, 0), blend(over, under, 1)) == (under, over)
