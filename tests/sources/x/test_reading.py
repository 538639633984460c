from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from kiosk.domain.model import Cursor
from kiosk.sources.x.pages import read_page
from kiosk.sources.x.reading import OVERLAP, Read, identity_at, start_from
from kiosk.sources.x.shapes import moment_of
from kiosk.sources.x.spending import Spent

NOW = datetime(2026, 11, 23, 18, tzinfo=UTC)


def page(newest: str, following: str = ""):
    return read_page(json.dumps({"data": [{"id": newest}] if newest else [], "meta": {"next_token": following}}))


def cursor(**said: object) -> Cursor:
    return Cursor("x.com", json.dumps(said))


def test_an_id_and_its_moment_are_each_others_inverse():
    assert moment_of(identity_at(NOW)) == NOW


def test_reading_begins_a_minute_before_the_newest_post():
    read = Read(since=identity_at(NOW))
    assert moment_of(read.asks_since) == NOW - OVERLAP
    assert Read().asks_since == ""


def test_without_a_cursor_one_page_is_enough():
    assert Read().after(page("5", "more"), NOW) == Read(since="5")
    assert Read().after(page("", ""), NOW) == Read(since=identity_at(NOW))


def test_a_backlog_is_read_to_its_end_before_the_newest_counts():
    read = Read(since="100")
    read = read.after(page("900", "two"), NOW)
    assert read == Read("100", "two", "900")
    read = read.after(page("500", "three"), NOW)
    assert read == Read("100", "three", "900")
    assert read.after(page("200"), NOW) == Read(since="900")
    assert Read(since="100").after(page(""), NOW) == Read(since="100")


def test_what_lies_beyond_the_window_is_a_gap_once():
    start = start_from(
        cursor(since=identity_at(NOW - timedelta(days=9)), spent={"day": "2026-11-23", "dollars": 2}), NOW
    )
    assert "14 Nov 18:00 to 16 Nov 19:01 UTC was missed" in start.gap
    assert start.read.spent == Spent("2026-11-23", 2.0)
    assert moment_of(start.read.asks_since) > NOW - timedelta(days=7)
    kept = cursor(since=start.read.since, next="two", newest="9")
    assert start_from(kept, NOW + timedelta(minutes=20)).gap == ""
    assert start_from(kept, NOW + timedelta(minutes=20)).read.next == "two"


def test_a_cursor_that_cannot_be_read_is_none():
    for value in ("", "x", "[]", '{"since": "x"}', '{"newest": "-1"}', '{"spent": 3}'):
        assert start_from(Cursor("x.com", value), NOW).read == Read()
    assert start_from(None, NOW).read == Read()
