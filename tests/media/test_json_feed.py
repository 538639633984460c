from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from kiosk.domain.feeds import FeedEntry
from kiosk.media.json_feed import read_json

VERSION = "https://jsonfeed.org/version/1.1"


def _entries(*items: Any, **feed: Any) -> tuple[FeedEntry, ...]:
    return read_json(json.dumps({"version": VERSION, "items": items, **feed}).encode()).entries


def test_an_item_is_read_whole():
    item = {
        "id": "https://e.example/1",
        "url": "https://e.example/1",
        "title": "A title",
        "content_html": "<p>Words <b>bold</b></p><img src='/a.jpg' alt='A cat'>",
        "date_published": "2026-11-23T18:00:00+01:00",
        "date_modified": "2026-11-23T18:30:00Z",
        "authors": [{"name": "Ada"}],
        "tags": ["hall"],
        "attachments": [{"url": "b.png", "mime_type": "image/png"}, {"url": "c.mp3", "mime_type": "audio/mpeg"}],
        "language": "en",
    }
    assert _entries(item) == (
        FeedEntry(
            id="https://e.example/1",
            link="https://e.example/1",
            title="A title",
            text="Words bold",
            author="Ada",
            published=datetime(2026, 11, 23, 17, 0, tzinfo=UTC),
            updated=datetime(2026, 11, 23, 18, 30, tzinfo=UTC),
            tags=("hall",),
            pictures=(("https://e.example/b.png", ""), ("https://e.example/a.jpg", "A cat")),
            language="en",
        ),
    )


def test_the_feed_speaks_for_an_item_that_does_not():
    (entry,) = _entries({"id": 7, "content_text": "x"}, author={"name": "Version one"}, language="de")
    assert (entry.id, entry.author, entry.language, entry.published) == ("7", "Version one", "de", None)


def test_values_of_the_wrong_kind_lose_only_themselves():
    (entry,) = _entries({"id": "1", "content_html": ["x"], "title": 5, "tags": "a", "authors": {}, "attachments": [3]})
    assert entry == FeedEntry(id="1")


def test_an_item_that_is_none_loses_only_itself():
    feed = read_json(json.dumps({"version": VERSION, "items": [1, {}, {"id": "x" * 3000}, {"id": "1"}]}).encode())
    assert [entry.id for entry in feed.entries] == ["1"]
    assert len(feed.bad) == 3


def test_a_time_without_a_zone_is_none():
    (entry,) = _entries({"id": "1", "date_published": "2026-11-23T18:00:00", "date_modified": "yesterday"})
    assert (entry.published, entry.updated) == (None, None)


@pytest.mark.parametrize("body", [b"[]", b"{}", b"1", b"{", b"\xff", b'{"version": "1"}'])
def test_other_json_is_no_feed(body):
    with pytest.raises(ValueError):  # noqa: PT011  # the caller says it in a sentence
        read_json(body)
