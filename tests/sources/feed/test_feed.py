from __future__ import annotations

import asyncio
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from servers.feed_server import KINDS, FeedServer
from servers.loopback import Asked
from servers.tag_server import Trouble, real_client

from kiosk.domain.errors import BadPayload, Misconfigured, Portal, Refused, SourceError, Unavailable
from kiosk.domain.model import Cursor, PostUri
from kiosk.media.feeds import LARGEST, FeedParser
from kiosk.sources.feed import feed as feeds
from kiosk.sources.feed.feed import Feed, FeedTable
from kiosk.sources.source import Batch, Means, Recheck

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from kiosk.domain.feeds import ParsedFeed

PAGE = b"<!doctype html><title>Blog</title>%s"
LINK = b"<link rel=alternate type=application/rss+xml href=https://e.example/feed.xml>"


class _NoVault:
    def get(self, _: str) -> str:
        return ""

    def put(self, _: str, __: str) -> None:
        raise AssertionError


@pytest.fixture
def server():
    with FeedServer() as running:
        yield running


@pytest.fixture(scope="module")
def loop():
    """One worker serves all tests of this file."""
    with asyncio.Runner() as runner:
        parser = FeedParser(seconds=30.0)
        yield runner, parser
        runner.run(parser.close())


@pytest.fixture
def on(server, loop):
    """Run a scenario on a feed that is read from a real server through the real client and the real sandbox."""
    runner, parser = loop

    def run(scenario: Callable[[Feed], Awaitable[Any]], *, path: str = "/rss", token: str = "", **options: Any) -> Any:
        async def caption(_: bytes) -> Any:
            raise AssertionError

        async def parse(body: bytes, kind: str) -> ParsedFeed:
            return await parser.parse(body, kind)

        async def whole() -> Any:
            table = FeedTable(kind="feed", address=server.url + path, allow_private_addresses=True, **options)
            async with aclosing(real_client()) as client:
                return await scenario(Feed(table, Means(client, ("#Hall",), token, Path(), _NoVault(), parse, caption)))

        return runner.run(whole())

    return run


def uris(batch: Batch | Recheck) -> list[int]:
    return [int(item.post.uri.rsplit("/", 1)[1]) for item in batch.found]


def asked(batch: Batch) -> dict[str, PostUri]:
    return {item.local_id: item.post.uri for item in batch.found}


@pytest.mark.parametrize("kind", KINDS)
def test_a_feed_of_each_kind_is_read_oldest_first(kind, server, on):
    for number in (3, 1, 2):
        server.add(number, picture=f"{server.url}/{number}.jpg")
    batch = on(lambda feed: feed.poll(None), path=f"/{kind}")
    assert uris(batch) == [1, 2, 3]
    post = batch.found[0].post
    assert (post.text, post.author.name, post.tags) == ("Post 1 for #hall", "Ada", ("hall",))
    assert post.author.handle == f"127.0.0.1/{post.author.name}"
    assert [item.url for item in post.attachments] == [f"{server.url}/1.jpg"]
    assert (batch.bad, batch.more, batch.gap, batch.wait) == ((), False, "", 0.0)


@pytest.mark.parametrize("validates", [{"etag"}, {"last-modified"}, {"etag", "last-modified"}])
def test_a_feed_that_did_not_change_is_not_sent_again(validates, server, on):
    server.validates = validates
    server.add(1)
    first = on(lambda feed: feed.poll(None))
    again = on(lambda feed: feed.poll(Cursor(first.cursor.source, first.cursor.value)))
    assert (again.found, again.cursor) == ((), first.cursor)
    server.add(2)
    assert uris(on(lambda feed: feed.poll(again.cursor))) == [1, 2]


def test_a_feed_without_validators_is_read_whole_each_time(server, on):
    server.validates = set()
    server.add(1)
    first = on(lambda feed: feed.poll(None))
    assert on(lambda feed: feed.poll(first.cursor)).found == first.found


@pytest.mark.parametrize("value", ["", "nonsense", "[1]", "\0", '{"etag": 3}'])
def test_a_foreign_cursor_is_no_fault(value, server, on):
    server.add(1)
    assert uris(on(lambda feed: feed.poll(Cursor(feed.name, value)))) == [1]


def test_all_entries_belong_unless_only_tagged_ones_are_wanted(server, on):
    server.add(1)
    server.add(2, "Nothing", tag="else")
    server.add(3, "In words: #HALL", tag="else")
    batch = on(lambda feed: feed.poll(None))
    assert uris(batch) == [1, 2, 3]
    tagged = on(lambda feed: feed.poll(batch.cursor), only_tagged=True)
    assert uris(tagged) == [1, 3], "what was asked before the option changed does not count"


def test_only_tagged_without_hashtags_is_said(server, loop):
    async def unused(*_: Any) -> Any:
        raise AssertionError

    async def whole() -> None:
        table = FeedTable(kind="feed", address=f"{server.url}/rss", only_tagged=True, allow_private_addresses=True)
        async with aclosing(real_client()) as client:
            with pytest.raises(Misconfigured, match="no `hashtags`"):
                await Feed(table, Means(client, (), "", Path(), _NoVault(), unused, unused)).poll(None)

    loop[0].run(whole())


def test_an_edit_is_found_by_poll_and_by_recheck(server, on):
    server.add(1)

    async def scenario(feed: Feed) -> None:
        batch = await feed.poll(None)
        server.edit(1, "Better words #hall")
        answer = await Feed.recheck(_forgetful(feed), asked(batch))
        (item,) = answer.found
        assert (item.post.text, item.local_id) == ("Better words #hall", batch.found[0].local_id)
        assert item.post.edited_at is not None
        (again,) = (await feed.poll(batch.cursor)).found
        assert again == item

    on(scenario)


def _forgetful(feed: Feed) -> Feed:
    """The feed, as it is when half a minute has gone by."""
    if feed._held is not None:
        feed._held = feed._held._replace(at=float("-inf"))
    return feed


def test_an_entry_that_vanished_from_among_others_is_gone(server, on):
    for number in range(1, 5):
        server.add(number)

    async def scenario(feed: Feed) -> None:
        batch = await feed.poll(None)
        server.delete(3)
        answer = await _forgetful(feed).recheck(asked(batch))
        assert answer.gone == (batch.found[2].local_id,)
        assert uris(answer) == [1, 2, 4]
        assert answer.bad == ()

    on(scenario)


def test_an_entry_that_grew_too_old_for_the_feed_stays(server, on):
    for number in range(1, 5):
        server.add(number)

    async def scenario(feed: Feed) -> None:
        batch = await feed.poll(None)
        server.size = 3
        server.add(5)
        answer = await _forgetful(feed).recheck(asked(batch))
        assert (answer.gone, uris(answer)) == ((), [3, 4])
        assert ["too old" in sentence for sentence in answer.bad] == [True, True]

    on(scenario)


def test_an_empty_feed_says_nothing_of_its_entries(server, on):
    server.add(1)
    server.add(2)
    batch = on(lambda feed: feed.poll(None))
    server.delete(1)
    server.delete(2)
    answer = on(lambda feed: feed.recheck(asked(batch)))
    assert (answer.gone, answer.found, len(answer.bad)) == ((), (), 2)


def test_an_old_copy_from_a_cache_deletes_nothing(server, on):
    server.add(1)
    stale = server.answer(Asked("GET", "/rss", {})).body
    server.add(2)
    batch = on(lambda feed: feed.poll(None))
    server.troubles = [Trouble(200, stale, {"Content-Type": "application/rss+xml"})]
    answer = on(lambda feed: feed.recheck(asked(batch)))
    assert (uris(answer), answer.gone) == ([1, 2], ())
    assert server.asked[-1].headers["cache-control"] == "no-cache"


def test_rechecks_close_together_share_one_reading_and_later_ones_ask_whether_it_changed(server, on):
    server.add(1)

    async def scenario(feed: Feed) -> None:
        batch = await feed.poll(None)
        for _ in range(3):
            await feed.recheck(asked(batch))
        assert len(server.asked) == 1
        assert uris(await _forgetful(feed).recheck(asked(batch))) == [1]
        assert len(server.asked) == 2
        assert server.asked[1].headers["if-none-match"]

    on(scenario)


def test_a_recheck_after_a_restart_reads_the_feed(server, on):
    server.add(1)
    batch = on(lambda feed: feed.poll(None))
    assert uris(on(lambda feed: feed.recheck(asked(batch)))) == [1]


def test_to_ask_about_nothing_costs_nothing(server, on):
    assert on(lambda feed: feed.recheck({})) == Recheck()
    assert server.asked == []


@pytest.mark.parametrize(
    ("headers", "ttl", "wait"),
    [
        ({}, 0, 0.0),
        ({"Cache-Control": "public, max-age=300"}, 0, 300.0),
        ({"Cache-Control": "max-age=300", "Age": "100"}, 0, 200.0),
        ({"Cache-Control": "s-maxage=300, no-cache"}, 0, 0.0),
        ({"Cache-Control": "max-age=60"}, 5, 300.0),
        ({"Cache-Control": "max-age=99999"}, 0, 900.0),
    ],
)
def test_what_the_server_and_the_feed_wish_is_honoured(headers, ttl, wait, server, on):
    server.add(1)
    server.headers, server.ttl = headers, ttl

    async def scenario(feed: Feed) -> None:
        batch = await feed.poll(None)
        assert batch.wait == wait
        assert (await feed.poll(batch.cursor)).wait == wait

    on(scenario)


def test_a_pause_that_is_asked_for_is_kept_by_rechecks_too(server, on):
    server.add(1)
    server.troubles = [Trouble(429, b"", {"Retry-After": "120"})]

    async def scenario(feed: Feed) -> None:
        with pytest.raises(Unavailable) as caught:
            await feed.poll(None)
        assert caught.value.retry_after == 120
        with pytest.raises(Unavailable, match="pause") as caught:
            await feed.recheck({"x": PostUri("x")})
        assert 100 < (caught.value.retry_after or 0) <= 120
        assert len(server.asked) == 1

    on(scenario)


@pytest.mark.parametrize(
    ("trouble", "kind", "said"),
    [
        (Trouble(200, PAGE % LINK, {"Content-Type": "text/html"}), BadPayload, "names https://e.example/feed.xml"),
        (Trouble(200, PAGE % b"", {"Content-Type": "text/html"}), BadPayload, "no feed"),
        (Trouble(200, PAGE % b"<input type=password>", {"Content-Type": "text/html"}), Portal, "log in"),
        (Trouble(200, b"?"), BadPayload, "neither RSS"),
        (Trouble(304, b""), BadPayload, "304"),
        (Trouble(401, b""), Refused, "token_file"),
        (Trouble(404, b""), Refused, "`address`"),
        (Trouble(410, b""), Refused, "`address`"),
        (Trouble(418, b""), Refused, "418"),
        (Trouble(500, b""), Unavailable, "in trouble"),
        (Trouble(511, b""), Portal, "log-in"),
    ],
)
def test_what_is_no_feed_is_said(trouble, kind, said, server, on):
    server.add(1)
    server.always = {"/": trouble}
    with pytest.raises(SourceError, match=said) as caught:
        on(lambda feed: feed.poll(None))
    assert type(caught.value) is kind
    assert str(caught.value).startswith("127.0.0.1:")
    with pytest.raises(SourceError):
        on(lambda feed: feed.recheck({"2026-11-23T18:00:00 x": PostUri("x")}))


def test_a_page_from_elsewhere_is_a_portal(server, on):
    other = server.url.replace("127.0.0.1", "localhost")
    server.always = {"/rss": Trouble(302, b"", {"Location": f"{other}/hotel"})}
    server.troubles = [Trouble(200, PAGE % LINK, {"Content-Type": "text/html"})]
    with pytest.raises(Portal, match="came from localhost"):
        on(lambda feed: feed.poll(None))


def test_one_entry_that_cannot_be_shown_loses_only_itself(server, on):
    server.validates = {"etag"}
    server.add(1)
    server.add(2, published=None)
    server.add(3, "")
    batch = on(lambda feed: feed.poll(None))
    assert uris(batch) == [1]
    assert len(batch.bad) == 2


def test_a_feed_that_is_too_large_is_refused(server, on):
    server.add(1, "x" * 2_000_001)
    with pytest.raises(Refused, match="2 MB"):
        on(lambda feed: feed.poll(None))


def test_a_token_is_sent_to_the_feed(server, on):
    server.add(1)
    on(lambda feed: feed.poll(None), token="secret")  # noqa: S106  # a test's own
    assert server.asked[0].headers["authorization"] == "Bearer secret"


def test_a_reading_that_is_cancelled_can_be_done_again(server, on):
    server.add(1)
    server.troubles = [Trouble(delay=20)]

    async def scenario(feed: Feed) -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await feed.poll(None)
        assert uris(await feed.poll(None)) == [1]

    on(scenario)


def test_names_tell_feeds_apart_and_hide_what_stands_behind_the_question_mark(server, on):
    async def name(feed: Feed) -> str:
        return feed.name

    first, second, plain = (on(name, path=path) for path in ("/rss?key=secret", "/rss?key=other", "/rss"))
    assert len({first, second, plain}) == 3
    assert "secret" not in first
    assert plain == server.url.removeprefix("http://") + "/rss"


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("", "address"),
        ("blog.example", "address"),
        ("ftp://blog.example/", "address"),
        ("https://ada:secret@blog.example/", "address"),
        ("http://blog.example/feed", "address"),
        ("https://blog.example/a b", "address"),
        ("https://blog.example/feed?x=1", None),
    ],
)
def test_a_wrong_address_is_a_fault(address, key):
    faults = list(FeedTable(kind="feed", address=address).faults())
    assert [fault.key for fault in faults] == ([key] if key else [])
    if key:
        assert not list(FeedTable(address="http://10.0.0.1/f", allow_private_addresses=True).faults())


def test_the_cap_is_the_parsers_own():
    assert feeds.LARGEST == LARGEST
