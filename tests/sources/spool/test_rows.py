from __future__ import annotations

import os

import pytest

from kiosk.domain.model import Cursor
from kiosk.sources.spool.boxes import Place
from kiosk.sources.spool.rows import Kept, Row, recall


def kept_again(kept: Kept) -> Kept:
    return recall(Cursor("spool", kept.encode()))


@pytest.mark.parametrize("name", ["1", "new\nline", os.fsdecode(b"\xff\xe9"), "📸", 'a"b\\c'])
def test_every_name_is_kept(name):
    kept = Kept((Row(Place(name, 5, 1_795_000_000_123_456_789), "id-1", "0123456789abcdef"),), ("gone",))
    assert kept_again(kept) == kept


@pytest.mark.parametrize(
    ("name", "identity", "version"),
    [("../x", "1", "a"), ("", "1", "a"), (".x", "1", "a"), ("x", "../1", "a"), ("x", "1", "../a"), ("x", "1=", "a")],
)
def test_a_cursor_that_names_anything_else_counts_as_none(name, identity, version):
    assert kept_again(Kept((Row(Place(name, 1, 1), identity, version),))) == Kept()
    assert kept_again(Kept(withdrawn=("../1",))) == Kept()


def test_a_row_that_is_to_be_removed_has_no_version():
    row = Row(Place("x", 1, 1), "1", "ab")
    assert row.to_remove() == Row(Place("x", 1, 1), "1", "")
    assert kept_again(Kept((row.to_remove(),))).rows == (row.to_remove(),)
