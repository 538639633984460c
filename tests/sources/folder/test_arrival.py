from __future__ import annotations

import io

import pytest
from factories import jpeg
from PIL import Image

from kiosk.sources.folder.arrival import Arrivals, whole
from kiosk.sources.folder.listing import Stamp

NOW = 1_795_000_000.0


def stamp(size: int = 100, age: float = 0.0) -> Stamp:
    return Stamp(size, int((NOW - age) * 1e9))


def test_an_old_file_has_settled_at_the_first_look():
    assert Arrivals().settled({"a": stamp(age=6), "b": stamp(age=1)}, now=0, today=NOW).keys() == {"a"}


def test_a_young_file_settles_when_two_looks_agree():
    arrivals = Arrivals()
    assert not arrivals.settled({"a": stamp()}, now=0, today=NOW)
    assert not arrivals.settled({"a": stamp()}, now=2, today=NOW + 2)
    assert not arrivals.settled({"a": stamp(size=200)}, now=5, today=NOW + 4)
    assert arrivals.settled({"a": stamp(size=200)}, now=9.5, today=NOW + 4) == {"a": 4.5}


def test_a_clock_that_is_ahead_or_behind_does_not_hold_a_file_back():
    arrivals = Arrivals()
    ahead = {"a": stamp(age=-86_400)}
    assert not arrivals.settled(ahead, now=0, today=NOW)
    assert arrivals.settled(ahead, now=5, today=NOW + 5).keys() == {"a"}


def test_what_is_not_asked_about_any_more_is_forgotten():
    arrivals = Arrivals()
    for number in range(10):
        arrivals.settled({str(number): stamp()}, now=number, today=NOW)
    assert len(arrivals._seen) == 1


def saved(kind: str) -> bytes:
    sink = io.BytesIO()
    Image.effect_noise((64, 48), 90).convert("RGB").save(sink, kind)
    return sink.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "AVIF"])
def test_a_photo_that_lacks_its_end_is_not_whole(kind):
    photo = saved(kind)
    assert whole(photo)
    for part in (0.3, 0.6, 0.9):
        assert not whole(photo[: int(len(photo) * part)])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_room_that_was_kept_for_a_photo_is_none(kind):
    photo = saved(kind)
    torn = photo[: len(photo) // 2]
    padded = torn + bytes(len(photo) - len(torn))
    assert not whole(padded) or kind == "WEBP"  # its end looks like any other


def test_a_padded_photo_is_whole_and_so_is_what_no_rule_is_known_for():
    assert whole(jpeg() + bytes(100))
    assert whole(b"something else")
    assert not whole(b"\0\0\0\x18ftypheic" + b"\0\0\0\x01" * 4)
