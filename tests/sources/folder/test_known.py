from __future__ import annotations

import hashlib
import os

import pytest

from kiosk.domain.model import Cursor
from kiosk.sources.folder.known import Entry, Known, recall
from kiosk.sources.folder.listing import Stamp


def sha(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()


def entry(number: int, words: str = "") -> Entry:
    return Entry(Stamp(number + 1, 1_795_000_000_123_456_789), sha(number), words)


@pytest.mark.parametrize("path", ["a.jpg", "in/ü.jpg", "new\nline.jpg", os.fsdecode(b"\xff\xe9.jpg"), 'a"b\\.jpg'])
def test_every_path_is_kept(path):
    known = Known({path: entry(1, ".txt 5 6")}, (5, 6))
    assert recall(Cursor("folder", known.encode())) == known


@pytest.mark.parametrize("value", ["", "x", "[]", "{}", '{"in": [1, 2], "files": [["a", 1, 2, "AAAA", ""]]}'])
def test_what_cannot_be_read_is_nothing(value):
    assert recall(Cursor("folder", value)) == Known({}) == recall(None)


def test_the_path_whose_words_count_comes_first():
    known = Known({"a": entry(1), "c": entry(1, ".txt 1 2"), "b": entry(1, ".txt 1 3"), "d": entry(2)})
    assert known.where() == {sha(1): ["b", "c", "a"], sha(2): ["d"]}
    assert known.words() == {sha(1): ".txt 1 3", sha(2): ""}
    assert known.files["b"].beside("in/b.jpg") == "in/b.txt"


def test_a_copy_changes_alone():
    known = Known({"a": entry(1)})
    other = known.copy()
    del other.files["a"]
    assert known.files


def test_twenty_thousand_photos_fit_in_two_and_a_half_megabytes():
    known = Known(
        {f"DCIM/day {number % 9}/IMG_{number:05d}.JPG": entry(number, ".txt 120 1") for number in range(20_000)}
    )
    assert len(known.encode()) < 2_500_000
