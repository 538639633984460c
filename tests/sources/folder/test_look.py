from __future__ import annotations

from servers.drop import photo, put

from kiosk.sources.folder.known import Entry, Known
from kiosk.sources.folder.listing import Stamp
from kiosk.sources.folder.look import compare, follow


def known_of(folder) -> Known:
    look = compare(folder, Known({}), subfolders=True)
    return Known({path: Entry(stamp, f"{path:0>64}", look.words(path)) for path, stamp in look.fresh.items()})


def test_what_is_as_it_was_is_neither_new_nor_missing(tmp_path):
    put(tmp_path / "a.jpg", photo(1))
    put(tmp_path / "a.txt", "x")
    known = known_of(tmp_path)
    look = compare(tmp_path, known, subfolders=True)
    assert (look.fresh, look.retold, look.missing, look.stamps) == ({}, [], set(), {})
    assert look.steady(["b.jpg", "a.jpg"]) == "a.jpg"


def test_new_changed_retold_and_missing_are_told_apart(tmp_path):
    for name in ("a.jpg", "b.jpg", "c.jpg", "d.jpg"):
        put(tmp_path / name, photo(1))
    known = known_of(tmp_path)
    put(tmp_path / "a.txt", "x")
    put(tmp_path / "b.jpg", photo(2), age=9)
    (tmp_path / "c.jpg").unlink()
    put(tmp_path / "e.jpg", photo(3))
    put(tmp_path / "e.JSON", "{}")
    look = compare(tmp_path, known, subfolders=True)
    assert (set(look.fresh), look.retold, look.missing) == ({"b.jpg", "e.jpg"}, ["a.jpg"], {"c.jpg"})
    assert look.beside == {"a.jpg": "a.txt", "b.jpg": "", "e.jpg": "e.JSON"}
    assert set(look.stamps) == {"b.jpg", "e.jpg", "a.txt", "e.JSON"}
    assert look.steady(["a.jpg", "b.jpg", "c.jpg"]) == ""


def entry(sha256: str, size: int = 1, words: str = "") -> Entry:
    return Entry(Stamp(size, 1), sha256, words)


def test_a_missing_copy_is_forgotten_and_a_missing_photo_is_missed():
    before = Known({"a": entry("1"), "copy": entry("1"), "b": entry("2")})
    after = before.copy()
    outcome = follow(before, after, {"copy", "b"}, ())
    assert set(after.files) == {"a", "b"}
    assert (outcome.there, outcome.missed, outcome.replaced, outcome.told) == ({"1"}, {"2"}, set(), [])


def test_a_photo_that_may_have_been_renamed_is_not_missed():
    before = Known({"a": entry("1", size=500)})
    assert follow(before, before.copy(), {"a"}, {500}).missed == set()
    assert follow(before, before.copy(), {"a"}, {501}).missed == {"1"}


def test_a_photo_in_anothers_place_replaces_it():
    before, after = Known({"a": entry("1")}), Known({"a": entry("2")})
    outcome = follow(before, after, (), ())
    assert (outcome.replaced, outcome.told) == ({"1"}, [("2", "a")])


def test_photos_that_changed_places_are_still_there():
    before, after = Known({"a": entry("1"), "b": entry("2")}), Known({"a": entry("2"), "b": entry("1")})
    outcome = follow(before, after, (), ())
    assert (outcome.replaced, outcome.missed, outcome.told) == (set(), set(), [])


def test_new_words_are_told_once_for_all_copies():
    before = Known({"a": entry("1"), "b": entry("1")})
    after = Known({"a": entry("1"), "b": entry("1", words=".txt 1 1")})
    assert follow(before, after, (), ()).told == [("1", "b")]
