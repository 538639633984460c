from __future__ import annotations

import pytest

from kiosk.domain.turns import Turn
from kiosk.settings import TurnTable


def test_a_table_says_a_turn():
    assert TurnTable(scene="scroll").turn == Turn("scroll")
    table = TurnTable(scene="spotlight", dwell=9.0, weight=3, posts=4, photos=2, between=("0:00", "23:59"))
    assert table.turn == Turn("spotlight", 9.0, 3, 4, 2, (0, 23 * 60 + 59))
    assert list(table.faults()) == []


@pytest.mark.parametrize(
    ("table", "key", "hint"),
    [
        (TurnTable(), "scene", "spotlight"),
        (TurnTable(scene="spotlihgt"), "scene", "spotlight"),
        (TurnTable(scene="qqq"), "scene", ""),
        (TurnTable(scene="scroll", between=("18:00",)), "between", None),
        (TurnTable(scene="scroll", between=("18:00", "19:00", "20:00")), "between", None),
        (TurnTable(scene="scroll", between=("18:00", "19:60")), "between", None),
        (TurnTable(scene="scroll", between=("18:00", "nine")), "between", None),
    ],
)
def test_a_fault_names_its_key_and_what_would_be_right(table, key, hint):
    (fault,) = table.faults()
    assert fault.key == key
    assert hint is None or fault.hint == hint
