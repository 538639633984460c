from __future__ import annotations

import random
import warnings
from datetime import UTC, datetime

import pytest
from recordings import SHARED

from kiosk.domain.feeds import PageHint, ParsedFeed
from kiosk.media.feed_worker import ENTRIES, read

RECORDED = sorted(path for path in (SHARED / "feeds").rglob("*.*") if path.suffix in {".xml", ".json"})
needs_feeds = pytest.mark.skipif(not RECORDED, reason="needs the recorded feeds, which are not part of the project")


@pytest.fixture(autouse=True)
def _quiet():
    """The worker itself is quiet too: feedparser warns of its own future."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def rss(items: str, channel: str = "") -> ParsedFeed:
    body = f"<rss version='2.0' xmlns:media='http://search.yahoo.com/mrss/'><channel>{channel}{items}</channel></rss>"
    feed = read(body.encode(), "application/rss+xml")
    assert isinstance(feed, ParsedFeed), feed
    return feed


def item(inside: str) -> str:
    return f"<item><guid>tag:1</guid>{inside}</item>"


@needs_feeds
@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_every_recorded_feed_is_read(path):
    assert isinstance(read(path.read_bytes(), "application/xml"), ParsedFeed)


@needs_feeds
def test_ten_thousand_damaged_feeds_are_read_or_refused_in_a_sentence():
    chance = random.Random(3)
    bodies = [path.read_bytes() for path in RECORDED]
    for number in range(10_000):
        body = bytearray(bodies[number % len(bodies)])
        for _ in range(chance.randint(1, 8)):
            at = chance.randrange(len(body) or 1)
            match chance.randrange(4):
                case 0:
                    body[at : at + 1] = bytes([chance.randrange(256)])
                case 1:
                    del body[at : at + chance.randint(1, 40)]
                case 2:
                    body[at:at] = body[: chance.randint(1, 60)]
                case _:
                    body[at:at] = chance.choice([b"<![CDATA[", b"&#x0;", b"]]>", b"<item>", b"\xff\xfe", b'"', b"{}"])
        outcome = read(bytes(body), chance.choice(["", "text/xml", "text/plain; charset=utf-16", "x"]))
        assert not isinstance(outcome, str) or outcome.endswith(".")


def test_an_rss_item_is_read_whole():
    (entry,) = rss(
        item(
            "<link>https://e.example/1</link><title>A &amp; B</title><description>&lt;p>One&lt;/p>&lt;p>Two "
            "&lt;img src='/a.jpg' alt='A cat'>&lt;/p></description><pubDate>Mon, 23 Nov 2026 18:00:00 +0100</pubDate>"
            "<category>hall</category><media:content medium='image' url='https://e.example/b.jpg'/>"
        )
    ).entries
    assert (entry.id, entry.link, entry.title, entry.text) == ("tag:1", "https://e.example/1", "A & B", "One\n\nTwo")
    assert entry.published == datetime(2026, 11, 23, 17, tzinfo=UTC)
    assert (entry.updated, entry.dated, entry.tags) == (None, True, ("hall",))
    assert entry.pictures == (("https://e.example/b.jpg", ""), ("https://e.example/a.jpg", "A cat"))


def test_an_address_of_mail_is_not_shown_as_a_name():
    (entry,) = rss(item("<author>ada@e.example</author>")).entries
    assert entry.author == ""
    (entry,) = rss(item("<author>ada@e.example (Ada Lovelace)</author>")).entries
    assert entry.author == "Ada Lovelace"


def test_the_feeds_own_date_stands_in_for_an_entry_without_one():
    feed = rss(item(""), "<lastBuildDate>Mon, 23 Nov 2026 18:00:00 GMT</lastBuildDate><ttl>30</ttl>")
    assert (feed.entries[0].published, feed.entries[0].dated) == (datetime(2026, 11, 23, 18, tzinfo=UTC), False)
    assert feed.ttl == 1800


def test_an_entry_without_id_and_link_loses_only_itself():
    feed = rss("<item><title>x</title></item>" + item(""))
    assert [entry.id for entry in feed.entries] == ["tag:1"]
    assert len(feed.bad) == 1


def test_a_thumbnail_counts_where_there_is_no_picture():
    (entry,) = rss(item("<media:thumbnail url='https://e.example/t.jpg'/>")).entries
    assert entry.pictures == (("https://e.example/t.jpg", ""),)


def test_of_too_many_entries_the_newest_stay_in_their_order():
    items = [
        f"<item><guid>tag:{n}</guid><pubDate>Mon, 23 Nov 2026 {n // 60:02}:{n % 60:02}:00 GMT</pubDate></item>"
        for n in range(ENTRIES + 50)
    ]
    feed = rss("".join(items))
    assert [entry.id for entry in feed.entries] == [f"tag:{n}" for n in range(50, ENTRIES + 50)]


def test_a_broken_feed_is_read_as_far_as_it_goes():
    feed = rss(item("<title>a &nbsp; b</title>") + "<item>")
    assert feed.entries[0].title == "a b"


@pytest.mark.parametrize("encoding", ["iso-8859-1", "windows-1252", "utf-16", "koi8-r"])
def test_the_encoding_that_the_document_declares_counts(encoding):
    word = "Привет" if encoding == "koi8-r" else "Grüße"
    body = (
        f"<?xml version='1.0' encoding='{encoding}'?><rss version='2.0'><channel><title>{word}</title></channel></rss>"
    )
    feed = read(body.encode(encoding), "text/xml")
    assert isinstance(feed, ParsedFeed)
    assert feed.title == word


@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf", b"\n<!-- x -->", b"<?xml version='1.0'?>\n"])
def test_a_web_page_is_told_from_a_feed(before):
    page = before + b"<!DOCTYPE html><link rel=alternate type=application/rss+xml href=/feed>"
    assert read(page, "text/html") == PageHint("/feed")


def test_an_entity_that_grows_without_end_does_not():
    entities = "".join(f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(9))
    kind = f"<!DOCTYPE l [<!ENTITY a 'aaaaaaaaaa'>{entities}]>"
    outcome = read(f"{kind}<rss version='2.0'><channel><title>&j;</title></channel></rss>".encode(), "text/xml")
    assert isinstance(outcome, ParsedFeed)
    assert len(outcome.title) < 300


def test_a_file_of_this_machine_is_not_read():
    kind = "<!DOCTYPE x [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"
    outcome = read(f"{kind}<rss version='2.0'><channel><title>&x;</title></channel></rss>".encode(), "text/xml")
    assert "root" not in str(outcome)
