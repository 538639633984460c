from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kiosk.domain.feeds import FeedEntry, ParsedFeed
from kiosk.domain.model import Attachment, Author, Kind
from kiosk.sources.feed.entries import Place, found

AT = datetime(2026, 11, 23, 18, tzinfo=UTC)
PLACE = Place("https://blog.example/feed", "https://cdn.example/feed", ("https://",))
FEED = ParsedFeed(title="Ada’s blog", link="https://blog.example/", image="https://blog.example/ada.png")


def made(place: Place = PLACE, feed: ParsedFeed = FEED, **said: Any):
    return found(FeedEntry(**{"id": "tag:1", "text": "Words", "published": AT, **said}), feed, place)


def test_an_entry_becomes_a_post():
    item = made(link="/1", tags=("hall", ""), language="en", pictures=(("/a.jpg", "A cat"), ("http://e/b.jpg", "")))
    post = item.post
    assert (post.uri, post.text, post.created_at, post.edited_at) == ("tag:1", "Words", AT, None)
    assert (post.url, post.tags, post.language) == ("https://cdn.example/1", ("hall",), "en")
    assert post.author == Author("blog.example", "Ada’s blog", "https://blog.example/ada.png")
    assert post.attachments == (Attachment(Kind.PHOTO, "https://cdn.example/a.jpg", "A cat"),)
    assert item.local_id == "2026-11-23T18:00:00 tag:1"


@pytest.mark.parametrize(
    ("identity", "uri"),
    [
        ("https://e.example/1", "https://e.example/1"),
        ("urn:uuid:1", "urn:uuid:1"),
        ("TAG:e.example,2026:1", "TAG:e.example,2026:1"),
        ("42", "feed:blog.example/42"),
        ("javascript:alert(1)", "feed:blog.example/javascript:alert(1)"),
        ("at://did:plc:x/1", "feed:blog.example/at://did:plc:x/1"),
        ("$event:matrix.example", "feed:blog.example/$event:matrix.example"),
    ],
)
def test_an_id_that_is_not_global_is_made_so_and_none_can_pass_for_another_networks(identity, uri):
    assert made(id=identity).post.uri == uri


def test_a_feed_without_a_link_gives_its_own_host_to_ids():
    assert made(id="42", feed=ParsedFeed()).post.uri == "feed:blog.example/42"


@pytest.mark.parametrize(
    ("title", "text", "shown"),
    [
        ("Title", "Words", "Title\n\nWords"),
        ("", "Words", "Words"),
        ("Title", "", "Title"),
        ("Some words that…", "Some words  that go on", "Some words that go on"),
        ("Some words that...", "some words that go on", "some words that go on"),
    ],
)
def test_a_title_is_said_once(title, text, shown):
    assert made(title=title, text=text).post.text == shown


def test_an_author_is_named_behind_the_host_that_the_organiser_chose():
    author = made(author="Eve", link="https://trusted.example/").post.author
    assert (author.handle, author.name) == ("blog.example/Eve", "Eve")


def test_an_update_is_an_edit_only_where_it_came_later():
    assert made(updated=AT).post.edited_at is None
    assert made(updated=AT + timedelta(hours=1)).post.edited_at == AT + timedelta(hours=1)
    assert made(updated=AT + timedelta(hours=1), dated=False).post.edited_at is None


def test_an_entry_without_a_date_takes_the_feeds_and_has_no_date_in_its_id():
    item = made(dated=False)
    assert (item.post.created_at, item.local_id) == (AT, "tag:1")
    item = made(place=PLACE._replace(modified=AT), published=None)
    assert (item.post.created_at, item.local_id) == (AT, "tag:1")


@pytest.mark.parametrize("said", [{"published": None}, {"text": ""}], ids=["undated", "empty"])
def test_what_cannot_be_shown_is_refused(said):
    with pytest.raises(ValueError, match=r"neither"):
        made(**said)


def test_a_web_address_is_whole_sane_and_of_a_good_kind():
    assert PLACE.web_address("a") == "https://cdn.example/a"
    for bad in ("", " ", "http://e/", "javascript:x", "https://e/" + "x" * 3000, "https://[", "ftp://e"):
        assert PLACE.web_address(bad) == ""
    assert PLACE._replace(schemes=("https://", "http://")).web_address("http://e/") == "http://e/"


def test_a_web_address_that_could_not_be_written_down_is_none():
    for link in ("https://blog.example/\ud800", "/\udfff.jpg"):
        assert not PLACE.web_address(link)
    assert PLACE.web_address("https://blog.example/größe/👩‍💻.jpg").endswith("👩‍💻.jpg")
