from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from kiosk.domain.feeds import MOST_PICTURES, FeedEntry, PageHint, ParsedFeed, page_hint, pictures_in, pictures_of


def test_a_feed_survives_being_written_down():
    entry = FeedEntry("tag:1", published=datetime(2026, 11, 23, tzinfo=UTC), pictures=(("https://e.example/a", "alt"),))
    feed = ParsedFeed("Blog", entries=(entry,), bad=("x",))
    assert msgspec.json.decode(msgspec.json.encode(feed), type=ParsedFeed) == feed


def test_pictures_are_found_without_smileys_and_counting_pixels():
    html = (
        '<p><img src="/a.jpg" alt="A cat"><img src="s.png" class="wp-smiley"><img src="t.gif" width="1" height="1">'
        '<img alt="none"><img src=""><img src=b.jpg>'
    )
    assert pictures_in(html) == [("/a.jpg", "A cat"), ("b.jpg", "")]


def test_pictures_are_whole_once_each_and_few():
    found = [("/a.jpg", ""), ("https://e.example/a.jpg", " A  cat "), ("", "x"), ("b.jpg", "")]
    assert pictures_of(found, "https://e.example/posts/1") == (
        ("https://e.example/a.jpg", "A cat"),
        ("https://e.example/posts/b.jpg", ""),
    )
    assert len(pictures_of([(f"/{number}", "") for number in range(50)], "https://e.example/")) == MOST_PICTURES


@pytest.mark.parametrize(
    ("html", "hint"),
    [
        ('<link rel="alternate" type="application/rss+xml" href="/feed">', PageHint("/feed")),
        ('<link rel="home ALTERNATE" type="Application/Atom+XML" href="a">', PageHint("a")),
        ('<link rel="alternate" type="text/html" hreflang="de" href="/de">', PageHint()),
        ("<form><input type=password></form>", PageHint(log_in=True)),
        ("<title>Hotel Wi-Fi</title>", PageHint(log_in=True)),
        ("<title>Blog in winter</title>", PageHint()),
        ("", PageHint()),
    ],
)
def test_a_page_tells_where_its_feed_stands_or_that_it_wants_a_log_in(html, hint):
    assert page_hint(html) == hint
