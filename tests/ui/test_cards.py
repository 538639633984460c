from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QAbstractItemModel, QModelIndex
from PySide6.QtTest import QAbstractItemModelTester

from kiosk.ui.cards import ROLES, CardStrip
from kiosk.ui.columns import Placed

if TYPE_CHECKING:
    from collections.abc import Iterator


def card(key: str, top: int = 0) -> Placed:
    return Placed(key, 10, top, 300, 200)


@pytest.fixture
def strip(shell) -> Iterator[CardStrip]:
    """A strip of three cards, watched by Qt's own referee for models, whose objections are warnings."""
    made = CardStrip()
    referee = QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Warning)
    for number in range(3):
        made.add(card(str(number), number * 210))
    yield made
    del referee


def read(model: QAbstractItemModel, row: int) -> dict[str, object]:
    names = {role: bytes(name.data()).decode() for role, name in model.roleNames().items()}
    return {name: model.data(model.index(row, 0), role) for role, name in names.items()}


def test_a_card_is_read_by_the_names_that_qml_uses(strip):
    assert read(strip, 1) == {"key": "1", "across": 10, "down": 210, "breadth": 300, "extent": 200}
    assert tuple(read(strip, 0)) == ROLES


def test_nothing_is_read_outside_the_list_or_under_another_role(strip):
    assert strip.data(QModelIndex(), 257) is None
    assert strip.data(strip.index(0), 0) is None
    assert strip.rowCount(strip.index(0)) == 0


def test_a_card_that_leaves_takes_only_its_own_row_away(strip):
    gone: list[tuple[int, int]] = []
    strip.rowsRemoved.connect(lambda _, first, last: gone.append((first, last)))
    strip.remove("1")
    strip.remove("1")
    assert gone == [(1, 1)]
    assert [read(strip, row)["key"] for row in range(len(strip))] == ["0", "2"]


def test_cards_move_in_place_and_only_the_moved_ones_are_told(strip):
    told: list[int] = []
    strip.dataChanged.connect(lambda first, last: told.extend(range(first.row(), last.row() + 1)))
    strip.move([card("2", 5), card("unknown", 6)])
    assert told == [2]
    assert [read(strip, row)["down"] for row in range(3)] == [0, 210, 5]


def test_a_cleared_strip_is_empty(strip):
    strip.fill(())
    assert strip.rowCount() == len(strip) == 0
