from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import time
from typing import TYPE_CHECKING

import pytest
from recordings import SHARED

from kiosk.domain.errors import BadPayload, Portal
from kiosk.media.feeds import LARGEST, MEMORY, SECONDS, FeedParser

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

FEED = b"<rss version='2.0'><channel><title>Blog</title><item><guid>tag:1</guid><title>x</title></item></channel></rss>"
RECORDED = sorted(path for path in (SHARED / "feeds").rglob("*.*") if path.suffix in {".xml", ".json"})


def _run(scene: Callable[[FeedParser], Awaitable[None]], **how: float) -> None:
    async def whole() -> None:
        parser = FeedParser(**how)
        try:
            await scene(parser)
        finally:
            await parser.close()
        assert not _workers()

    asyncio.run(whole())


def _workers() -> list[int]:
    return [child.pid for child in multiprocessing.active_children() if child.pid]


def test_a_feed_is_parsed_in_a_process_of_its_own():
    async def scene(parser: FeedParser) -> None:
        assert not _workers(), "nothing starts before the first feed"
        feed = await parser.parse(FEED, "application/rss+xml")
        assert (feed.title, [entry.id for entry in feed.entries]) == ("Blog", ["tag:1"])
        assert len(_workers()) == 1

    _run(scene)


@pytest.mark.skipif(not RECORDED, reason="needs the recorded feeds, which are not part of the project")
def test_every_recorded_feed_is_parsed_within_the_limits():
    async def scene(parser: FeedParser) -> None:
        for path in RECORDED:
            await parser.parse(path.read_bytes(), "text/xml")

    _run(scene)


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        (b"<!doctype html><link rel=alternate type=application/rss+xml href=/feed>", BadPayload, "names /feed as its"),
        (b"<!doctype html><title>Sign in</title>", Portal, "log-in page"),
        (b"<html><title>Blog</title></html>", BadPayload, "names none"),
        (b"nothing", BadPayload, "neither RSS, Atom nor JSON Feed"),
        (b"", BadPayload, "cannot be read"),
        (b"x" * (LARGEST + 1), BadPayload, "larger than 2 MB"),
    ],
)
def test_what_is_no_feed_is_refused_in_a_sentence(body, kind, said):
    async def scene(parser: FeedParser) -> None:
        with pytest.raises(BadPayload, match=said) as caught:
            await parser.parse(body, "text/html")
        assert type(caught.value) is kind

    _run(scene)


def _large(count: int, html: str) -> bytes:
    items = (f"<item><guid>tag:{n}</guid><description><![CDATA[{html}]]></description></item>" for n in range(count))
    return f"<rss version='2.0'><channel>{''.join(items)}</channel></rss>".encode()


def test_the_largest_feed_fits_the_memory_and_the_time():
    async def scene(parser: FeedParser) -> None:
        body = _large(200, "<p>word &amp; word</p>" * 440)
        assert LARGEST * 0.95 < len(body) <= LARGEST
        begun = time.monotonic()
        assert len((await parser.parse(body, "")).entries) == 200
        assert time.monotonic() - begun < SECONDS

    _run(scene)


@pytest.mark.parametrize(
    "body", [_large(25, "<div>" * 15_000), b"<rss version='2.0'>" + b"<x>" * 400_000], ids=["a", "b"]
)
def test_a_hostile_feed_is_refused_and_the_next_one_works(body):
    async def scene(parser: FeedParser) -> None:
        with pytest.raises(BadPayload, match=r"longer than 1 seconds|more memory"):
            await parser.parse(body, "")
        assert (await parser.parse(FEED, "")).title == "Blog"

    _run(scene, seconds=1.0)


def test_a_feed_that_needs_too_much_memory_is_refused_and_the_next_one_works():
    async def scene(parser: FeedParser) -> None:
        with pytest.raises(BadPayload, match="more memory than is allowed"):
            await parser.parse(b"<rss version='2.0'><channel>" + b"<item><title>a &nbsp; <b" * 80_000, "")
        assert (await parser.parse(FEED, "")).title == "Blog"

    assert MEMORY > 70_000_000
    _run(scene, memory=70_000_000, seconds=30.0)


def test_a_worker_killed_while_idle_costs_no_feed():
    async def scene(parser: FeedParser) -> None:
        await parser.parse(FEED, "")
        os.kill(_workers()[0], signal.SIGKILL)
        await asyncio.sleep(0.3)
        assert (await parser.parse(FEED, "")).title == "Blog"

    _run(scene)
