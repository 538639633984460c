from __future__ import annotations

import asyncio

import pytest
from servers.drop import photo, put

from kiosk.domain.captions import Caption
from kiosk.sources.disk import Disk
from kiosk.sources.folder import reading as folder_reading
from kiosk.sources.folder.known import Known
from kiosk.sources.folder.look import compare
from kiosk.sources.folder.reading import PhotoReader, Survey, read_photo


@pytest.fixture
def described():
    return []


@pytest.fixture
def reader(tmp_path, described):
    async def describe(picture: bytes) -> Caption:
        described.append(picture)
        return Caption(author="Ada")

    return PhotoReader("folder x", tmp_path, Disk("folder x"), describe)


def survey(reader: PhotoReader, folder, known: Known) -> Survey:
    return asyncio.run(reader.survey(known, compare(folder, known, subfolders=True)))


def test_a_survey_takes_no_more_than_its_share(reader, tmp_path, monkeypatch):
    monkeypatch.setattr(folder_reading, "AT_ONCE", 3)
    for number in range(8):
        put(tmp_path / f"{number}.jpg", photo(number), age=1_000 - number)
    known, shares = Known({}), []
    more = True
    while more:
        known, bad, more = survey(reader, tmp_path, known)
        assert not bad
        shares.append(sorted(known.files))
    assert [len(share) for share in shares] == [3, 6, 8]
    assert shares[0] == ["0.jpg", "1.jpg", "2.jpg"], "the oldest first"


def test_a_survey_ends_in_time(reader, tmp_path):
    for number in range(8):
        put(tmp_path / f"{number}.jpg", photo(number))
    ticks = iter(range(0, 1_000, 3))
    reader.now = lambda: float(next(ticks))
    found = survey(reader, tmp_path, Known({}))
    assert 0 < len(found.known.files) < 8
    assert found.more


def test_no_more_photos_are_known_than_the_cursor_holds(reader, tmp_path, monkeypatch):
    monkeypatch.setattr(folder_reading, "MOST", 2)
    for number in range(4):
        put(tmp_path / f"{number}.jpg", photo(number))
    found = survey(reader, tmp_path, Known({}))
    assert (len(found.known.files), found.more) == (2, False)


def test_a_photo_is_described_once_and_equal_ones_together(reader, tmp_path, described):
    put(tmp_path / "a.jpg", photo(1))
    put(tmp_path / "b.jpg", photo(1))
    known = survey(reader, tmp_path, Known({})).known
    bad: list[str] = []
    for path in ("a.jpg", "b.jpg"):
        assert asyncio.run(reader.words(known, path, bad))[1].author == "Ada"
    assert described == [photo(1)]
    assert read_photo(tmp_path, "a.jpg")[1] == known.files["b.jpg"].sha256


def test_what_cannot_be_read_does_not_hold_up_what_can(reader, tmp_path, monkeypatch):
    monkeypatch.setattr(folder_reading, "AT_ONCE", 3)
    monkeypatch.setattr(folder_reading, "LARGEST", 5_000)
    for number in range(3):
        put(tmp_path / f"large {number}.jpg", photo(number) + b"x" * 9_000, age=9_000)
    put(tmp_path / "small.jpg", photo(9))
    known = Known({})
    for _ in range(2):
        known, _, _ = survey(reader, tmp_path, known)
    assert list(known.files) == ["small.jpg"]


def test_many_new_words_are_told_in_shares(reader, tmp_path, monkeypatch):
    monkeypatch.setattr(folder_reading, "RETOLD_AT_ONCE", 2)
    for number in range(5):
        put(tmp_path / f"{number}.jpg", photo(number))
    known = survey(reader, tmp_path, Known({})).known
    for number in range(5):
        put(tmp_path / f"{number}.txt", "x")
    told: list[int] = []
    more = True
    while more:
        known, _, more = survey(reader, tmp_path, known)
        told.append(sum(bool(entry.words) for entry in known.files.values()))
    assert told == [2, 4, 5]
