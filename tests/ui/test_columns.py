from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.legibility import COLUMN
from kiosk.ui.columns import Columns, Placed

HEIGHTS = st.lists(st.integers(40, 2000), max_size=40)
SIZES = st.sampled_from([(1920, 1080), (3840, 2160), (1080, 1920), (1280, 720), (640, 480), (320, 1080)])


def strip(size: tuple[int, int] = (1920, 1080)) -> Columns:
    return Columns(size[0], round(size[1] * 0.9), size[1])


def by_column(cards: list[Placed]) -> dict[int, list[Placed]]:
    found: dict[int, list[Placed]] = {}
    for card in sorted(cards, key=lambda card: card.top):
        found.setdefault(card.left, []).append(card)
    return found


def fits(columns: Columns, cards: list[Placed], width: int) -> None:
    """Every card inside the view, none on another, the gap between them exactly the gap."""
    for column in by_column(cards).values():
        assert all(card.left >= columns.gap for card in column)
        assert all(card.left + card.width <= width - columns.gap for card in column)
        assert all(below.top == above.bottom + columns.gap for above, below in pairwise(column))
    step = columns.card_width + columns.gap
    assert all((right - left) % step == 0 for left, right in pairwise(sorted(by_column(cards))))


@given(SIZES, HEIGHTS)
def test_cards_never_overlap_and_stand_one_gap_apart(size, heights):
    columns = strip(size)
    fits(columns, [columns.join(str(index), height) for index, height in enumerate(heights)], size[0])


@given(HEIGHTS)
def test_a_new_card_joins_the_shortest_column(heights):
    columns = strip()
    for index, height in enumerate(heights):
        shortest = columns.shortest
        assert columns.join(str(index), height).top == shortest
        assert columns.shortest >= shortest


@given(SIZES)
def test_a_column_is_wide_enough_to_be_read_from_afar(size):
    columns = strip(size)
    assert columns.card_width >= min(size[0] - 2 * columns.gap, int(size[1] * COLUMN * 0.9))


def test_a_far_seat_makes_columns_fewer():
    strips = [Columns(1920, 967, 1080, least=least) for least in (0.0, 0.03, 0.041, 0.06)]
    assert [len({columns.join(str(index), 100).left for index in range(9)}) for columns in strips] == [3, 3, 2, 1]


def test_a_full_hd_wall_has_three_columns_and_an_upright_one_has_one():
    columns = strip()
    assert len({columns.join(str(index), 100).left for index in range(9)}) == 3
    upright = strip((1080, 1920))
    assert len({upright.join(str(index), 100).left for index in range(9)}) == 1


@given(HEIGHTS.filter(bool), st.data())
def test_cards_below_one_that_leaves_close_the_hole(heights, data):
    columns = strip()
    cards = {str(index): columns.join(str(index), height) for index, height in enumerate(heights)}
    key = data.draw(st.sampled_from(sorted(cards)))
    gone = cards.pop(key)
    moved = {card.key: card for card in columns.leave(key)}
    assert set(moved) == {card.key for card in cards.values() if card.left == gone.left and card.top > gone.top}
    cards |= moved
    fits(columns, list(cards.values()), 1920)
    assert columns.join("new", 50).top >= columns.gap
    assert columns.leave(key) == [], "a card leaves once"


def test_a_card_that_was_never_there_leaves_nothing_behind():
    columns = strip()
    columns.join("1", 100)
    assert columns.leave("2") == []
    assert columns.shortest == columns.gap


@given(HEIGHTS, st.integers(0, 8000))
def test_only_cards_wholly_above_the_view_are_forgotten(heights, offset):
    columns = strip()
    cards = {str(index): columns.join(str(index), height) for index, height in enumerate(heights)}
    assert set(columns.pass_above(offset)) == {key for key, card in cards.items() if card.bottom < offset}
    assert columns.pass_above(offset) == []


@given(HEIGHTS, st.integers(0, 8000))
def test_a_new_origin_moves_every_card_alike_and_the_next_one_with_them(heights, by):
    columns = strip()
    before = {str(index): columns.join(str(index), height) for index, height in enumerate(heights)}
    shortest = columns.shortest
    after = {card.key: card for card in columns.rebase(by)}
    assert {key: card.top + by for key, card in after.items()} == {key: card.top for key, card in before.items()}
    assert columns.shortest == shortest - by


def test_a_cleared_strip_begins_where_it_is_told():
    columns = strip()
    columns.join("1", 500)
    columns.clear(1000)
    assert columns.shortest == 1000 + columns.gap
    assert columns.leave("1") == []


@given(st.lists(st.integers(80, 1400), min_size=1, max_size=120), st.integers(1, 6))
def test_no_column_is_shorter_than_another_by_more_than_the_tallest_card(heights, wanted):
    columns = Columns(1920, 967, 1080, wanted)
    for number, height in enumerate(heights):
        columns.join(str(number), height)
    assert max(columns._ends) - min(columns._ends) <= max(heights) + columns.gap


@pytest.mark.parametrize(
    ("width", "height", "wanted", "count"),
    [
        (1920, 1080, 0, 3),
        (1080, 1920, 0, 1),
        (3840, 1080, 0, 6),
        (7680, 1080, 0, 6),
        (640, 480, 0, 2),
        (1920, 1080, 5, 5),
    ],
)
def test_one_to_six_columns_by_the_shape_of_the_screen_or_as_many_as_were_asked_for(width, height, wanted, count):
    assert len(Columns(width, round(height * 0.9), height, wanted)._lefts) == count
