from __future__ import annotations

import asyncio
import json
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import pytest
from servers.tag_server import Trouble
from servers.x_server import XServer
from sources.x_world import on

from kiosk.domain.errors import Misconfigured, Refused, SourceError, Unavailable
from kiosk.sources.source import HEARTBEAT
from kiosk.sources.x.stream import TAG, StreamingX

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from kiosk.sources.source import Batch

QUERY = "(#hall) -is:retweet"


@pytest.fixture
def server():
    with XServer() as running:
        yield running


def streaming(
    server: XServer, scenario: Callable[[StreamingX, Any], Awaitable[Any]], cursor: Any = None, **options: Any
) -> Any:
    async def whole(source: StreamingX) -> Any:
        async with asyncio.timeout(20), aclosing(source.stream(cursor)) as batches:
            return await scenario(source, batches)

    return on(server, whole, stream=True, **options)


async def first(_: StreamingX, batches: Any) -> Batch:
    return await anext(batches)


def test_a_post_is_heard_as_it_is_written(server):
    server.add(1)

    async def scenario(source: StreamingX, batches: Any) -> None:
        standing = await anext(batches)
        assert (standing.found, standing.note) == ((), "")
        server.tell(1)
        batch = await anext(batches)
        assert [item.post.uri for item in batch.found] == [server.uri(1)]
        assert batch.cursor.source == "x.com (stream)"
        assert source.budget.spent == pytest.approx(0.015) == pytest.approx(server.bill)
        server.edit(1, "Better words")
        server.tell(1)
        (item,) = (await anext(batches)).found
        assert (item.post.uri, item.post.text) == (server.uri(1), "Better words")

    streaming(server, scenario)


def test_blank_lines_are_life_and_silence_is_death(server):
    assert HEARTBEAT == 45.0
    server.keepalive = 0.01

    async def scenario(_: StreamingX, batches: Any) -> None:
        await anext(batches)
        waiting = asyncio.ensure_future(anext(batches))
        await asyncio.sleep(0.3)
        assert not waiting.done()
        server.add(1)
        server.tell(1)
        assert (await waiting).found

    streaming(server, scenario)


def test_our_rule_is_made_once_and_a_stale_one_replaced(server):
    for _ in range(2):
        streaming(server, first)
    assert [(rule["value"], rule["tag"]) for rule in server.rules.values()] == [(QUERY, TAG)]
    streaming(server, first, query="#other")
    assert [rule["value"] for rule in server.rules.values()] == ["(#other) -is:retweet"]


def test_rules_of_others_stay_and_are_told_of_and_their_posts_are_not_shown(server):
    server.rules["5"] = {"id": "5", "value": "cats", "tag": "mine"}
    server.add(1)

    async def scenario(source: StreamingX, batches: Any) -> None:
        assert "1 other stream rule" in (await anext(batches)).note
        mine = server.rules.pop(next(key for key, rule in server.rules.items() if rule["tag"] == TAG))
        server.tell(1)
        server.rules[mine["id"]] = mine
        server.tell(1)
        assert [len((await anext(batches)).found) for _ in range(2)] == [0, 1]
        assert source.budget.spent == pytest.approx(server.bill)

    streaming(server, scenario)
    assert "5" in server.rules


def test_a_rule_that_x_does_not_take_is_said(server):
    with pytest.raises(Misconfigured, match="rule"):
        streaming(server, first, query="bad:operator")


def test_an_end_is_said_and_a_line_that_cannot_be_read_loses_only_itself(server):
    end = {"errors": [{"title": "operational-disconnect", "detail": "Disconnected upstream."}]}

    async def scenario(_: StreamingX, batches: Any) -> None:
        await anext(batches)
        server.live.put(b"{nonsense\r\n")
        assert len((await anext(batches)).bad) == 1
        server.live.put(json.dumps(end).encode() + b"\r\n")
        with pytest.raises(Unavailable, match=r"Disconnected upstream\."):
            await anext(batches)

    streaming(server, scenario)


def test_a_stream_that_simply_ends_ends(server):
    async def scenario(_: StreamingX, batches: Any) -> None:
        await anext(batches)
        server.live.put(None)
        with pytest.raises(StopAsyncIteration):
            await anext(batches)

    streaming(server, scenario)


@pytest.mark.parametrize("path", ["/2/tweets/search/stream/rules", "/2/tweets/search/stream?"])
@pytest.mark.parametrize(
    ("status", "kind"), [(401, Misconfigured), (403, Refused), (429, Unavailable), (503, Unavailable)]
)
def test_every_refusal_is_said(path, status, kind, server):
    server.always = {path: Trouble(status, b'{"title": "x"}', {"Retry-After": "9"})}
    with pytest.raises(SourceError) as caught:
        streaming(server, first)
    assert type(caught.value) is kind
    assert getattr(caught.value, "retry_after", 9) == 9


async def _all_of(batches: Any, heard: list[Batch]) -> None:
    async for batch in batches:
        heard.append(batch)  # noqa: PERF401  # it ends in an error


def test_at_the_cap_the_stream_is_left_before_it_is_passed(server):
    for number in range(1, 60):
        server.users[f"a{number}"] = {"id": f"a{number}", "username": f"a{number}"}
        server.add(number, author_id=f"a{number}")
    heard: list[Batch] = []

    async def scenario(source: StreamingX, batches: Any) -> None:
        await anext(batches)
        server.tell(*range(1, 60))
        with pytest.raises(Unavailable, match="daily_cap"):
            await _all_of(batches, heard)
        assert 0.7 - source._spending._prices.worst < source.budget.spent <= 0.7

    streaming(server, scenario, daily_cap=0.7)
    with pytest.raises(Unavailable, match="daily_cap"):
        streaming(server, first, cursor=heard[-1].cursor, daily_cap=0.7)
    asked = len(server.asked)
    with pytest.raises(Unavailable, match="daily_cap"):
        streaming(server, first, cursor=heard[-1].cursor, daily_cap=0.7)
    assert len(server.asked) == asked, "nothing is asked at the cap"
