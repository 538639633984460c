from __future__ import annotations

import pytest
from factories import EVENING, waiting
from fakes import FakeClock

from kiosk.ui.deskpost import DeskPost
from kiosk.ui.mark import UNREAD, Mark
from kiosk.ui.rows import PostRows


@pytest.fixture
def marked(shell):
    """A mark, its rows with four posts, and its clock."""
    rows, clock = PostRows(lambda _: ""), FakeClock()
    rows.fill(DeskPost(waiting(number), EVENING) for number in range(4))
    return Mark(rows, clock), rows, clock


def name(mark: Mark) -> str:
    return mark.post.uri[-1] if mark.post else ""


def test_it_stays_within_its_list(marked):
    mark, rows, _ = marked
    for row, expected in ((2, "2"), (99, "3"), (-5, "0")):
        mark.put(row)
        assert name(mark) == expected
    rows.fill(())
    assert not mark.follow()
    assert name(mark) == ""


def test_it_follows_its_post_and_not_its_row(marked):
    mark, rows, _ = marked
    mark.put(2)
    rows.remove(0)
    assert mark.follow()
    assert (name(mark), mark.row) == ("2", 1)


def test_where_its_post_has_left_another_is_marked_and_that_is_said(marked):
    mark, rows, _ = marked
    mark.put(3)
    rows.remove(3)
    assert not mark.follow()
    assert name(mark) == "2"


@pytest.mark.parametrize(("to", "expected"), [(3, "3"), (0, "0")])
def test_a_post_kept_for_the_eye_leaves_with_the_mark(marked, to, expected):
    mark, rows, _ = marked
    mark.put(1)
    rows.replace(1, DeskPost(waiting(1), EVENING, gone="deleted at its origin"))
    mark.put(to)
    assert name(mark) == expected
    assert len(rows) == 3


def test_what_changed_by_itself_is_unread_for_a_while_and_moving_there_is_reading(marked):
    mark, _, clock = marked
    assert mark.read
    mark.startle()
    clock.tick(UNREAD - 0.1)
    assert not mark.read
    clock.tick(0.2)
    assert mark.read
    mark.startle()
    mark.put(1)
    assert mark.read
