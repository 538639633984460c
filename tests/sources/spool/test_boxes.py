from __future__ import annotations

import json
import os
import time

import pytest
from servers.drop import photo

from kiosk.sources.spool.boxes import Boxes, NotYet


@pytest.fixture
def boxes(tmp_path):
    made = Boxes(tmp_path)
    made.open()
    return made


def handed(boxes: Boxes, name: str, text: str = "Hello", age: float = 100.0) -> None:
    folder = boxes.folder / "new" / name
    folder.mkdir()
    (folder / "1.jpg").write_bytes(photo(1))
    given = {"version": 1, "id": "1", "author": {"name": "Ada"}, "text": text, "photos": [{"file": "1.jpg"}]}
    (folder / "post.json").write_text(json.dumps(given))
    moment = time.time() - age
    os.utime(folder, (moment, moment))


def test_what_is_new_comes_in_the_order_of_its_writing(boxes):
    for name, age in (("a", 5), ("b", 50), ("c", 500)):
        handed(boxes, name, age=age)
    assert [place.name for place in boxes.new()] == ["c", "b", "a"]


def test_a_version_is_made_of_every_byte(boxes):
    for name in ("a", "b", "c"):
        handed(boxes, name, "Hello" if name != "c" else "Other")
    (boxes.folder / "new" / "b" / "1.jpg").write_bytes(photo(2))
    versions = {boxes.read(f"new/{name}").version for name in ("a", "b", "c")}
    assert len(versions) == 3


def test_taking_twice_takes_once_and_leaves_one_version(boxes):
    handed(boxes, "a")
    (place,) = boxes.new()
    for _ in range(2):
        boxes.take(place, "1", "first")
        assert boxes.versions("1") == ["1=first"]
    handed(boxes, "b", "Edited")
    (place,) = boxes.new()
    for _ in range(2):
        boxes.take(place, "1", "second")
        assert boxes.versions("1") == ["1=second"]
    assert boxes.versions("11") == []


def test_another_folder_of_the_same_name_is_left_alone(boxes):
    handed(boxes, "a")
    (place,) = boxes.new()
    boxes.take(place, "1", "first")
    handed(boxes, "a", "Edited", age=1)
    boxes.take(place, "1", "first")
    boxes.discard(place)
    assert [each.name for each in boxes.new()] == ["a"]


def test_what_is_young_and_broken_is_waited_for(boxes):
    for name, age in (("young", 1), ("old", 100)):
        handed(boxes, name, age=age)
        (boxes.folder / "new" / name / "1.jpg").unlink()
        moment = time.time() - age
        os.utime(boxes.folder / "new" / name, (moment, moment))
    with pytest.raises(NotYet):
        boxes.read("new/young")
    with pytest.raises(ValueError, match="lacks a photo"):
        boxes.read("new/old")


def test_what_was_thrown_out_by_a_program_that_was_killed_is_cleared_away(boxes):
    (boxes.folder / "tmp" / ".gone-1").mkdir()
    (boxes.folder / "tmp" / ".gone-1" / "post.json").touch()
    (boxes.folder / "tmp" / ".gone-2").touch()
    (boxes.folder / "tmp" / "a producer's").mkdir()
    boxes.open()
    assert [path.name for path in (boxes.folder / "tmp").iterdir()] == ["a producer's"]


def test_a_submission_is_read_once(boxes, monkeypatch):
    handed(boxes, "a")
    first = boxes.read("new/a")
    monkeypatch.setattr(boxes, "_read", None)
    assert boxes.read("new/a") is first
    (place,) = boxes.new()
    boxes.take(place, "1", first.version)
    assert boxes.read(f"taken/1={first.version}") is first


def test_only_ids_are_taken_back(boxes):
    for name in ("1", "a.b-c_d", ".x", "ü", "a b"):
        (boxes.folder / "withdrawn" / name).touch()
    assert boxes.withdrawn() == ["1", "a.b-c_d"]


def test_a_spool_that_is_not_there_is_an_error_and_is_not_made(tmp_path):
    with pytest.raises(FileNotFoundError):
        Boxes(tmp_path / "nowhere").open()
    assert not (tmp_path / "nowhere").exists()
