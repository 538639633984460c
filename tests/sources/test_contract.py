"""What every source in SOURCES promises, tried against a real server of its network."""

from __future__ import annotations

import asyncio
import inspect
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import pytest
from servers.tag_server import TagServer, Trouble, real_client

from kiosk.domain.errors import SourceError
from kiosk.domain.model import Cursor, PostUri
from kiosk.settings import SourceTable
from kiosk.sources import SOURCES, make_source
from kiosk.sources.source import Batch, Recheck, Source

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

SERVERS = {"mastodon": TagServer}
"""A server for each network; it offers add, edit, statuses, troubles, always, requests and url."""

each_source = pytest.mark.parametrize("kind", SOURCES)


@pytest.fixture
def server(kind):
    with SERVERS[kind]() as running:
        yield running


def on(server: TagServer, kind: str, scenario: Callable[[Source], Awaitable[Any]], seconds: float = 5.0) -> Any:
    async def whole() -> Any:
        table = SourceTable(kind=kind, server=server.url, allow_private_addresses=True)
        async with aclosing(real_client(seconds)) as client:
            return await scenario(make_source(table, ["#hall"], "", client))

    return asyncio.run(whole())


def uri(server: TagServer, number: int) -> PostUri:
    return PostUri(server.statuses[number]["uri"])


def test_every_network_has_a_server_to_be_tried_against():
    assert SERVERS.keys() == SOURCES.keys()


@each_source
def test_a_source_has_a_name_and_the_promised_questions(kind, server):
    async def scenario(source: Source) -> None:
        assert source.name
        for question in ("poll", "recheck"):
            own, promised = getattr(source, question), getattr(Source, question)
            assert inspect.iscoroutinefunction(own)
            assert list(inspect.signature(own).parameters) == list(inspect.signature(promised).parameters)[1:]

    on(server, kind, scenario)
    assert server.requests == [], "making a source asks nothing"


@each_source
def test_nothing_posted_is_nothing_found_and_no_fault(kind, server):
    batch = on(server, kind, lambda source: source.poll(None))
    assert isinstance(batch, Batch)
    assert (batch.found, batch.bad, batch.gap, batch.more) == ((), (), "", False)


@each_source
def test_posts_come_oldest_first_once_each_and_with_a_cursor_of_the_sources_own(kind, server):
    for number in (3, 1, 2):
        server.add(number)

    async def scenario(source: Source) -> None:
        batch = await source.poll(None)
        assert [item.post.uri for item in batch.found] == [uri(server, number) for number in (1, 2, 3)]
        assert len({item.local_id for item in batch.found}) == 3
        assert batch.cursor is not None
        assert batch.cursor.source == source.name
        assert batch.wait >= 0

    on(server, kind, scenario)


@each_source
def test_a_cursor_serves_a_new_source_after_a_restart(kind, server):
    server.add(1)
    cursor = on(server, kind, lambda source: source.poll(None)).cursor
    for number in range(2, 130):
        server.add(number)
    batch = on(server, kind, lambda source: source.poll(Cursor(cursor.source, str(cursor.value))))
    assert {item.post.uri for item in batch.found} >= {uri(server, number) for number in range(2, 130)}


@each_source
@pytest.mark.parametrize("value", ["", "nonsense", "[1]", "\0", '{"hall": null}'])
def test_a_foreign_cursor_is_no_fault(kind, server, value):
    server.add(1)
    assert len(on(server, kind, lambda source: source.poll(Cursor(source.name, value))).found) == 1


@each_source
def test_a_recheck_tells_of_each_post_it_was_asked_about_and_of_no_other(kind, server):
    for number in range(1, 5):
        server.add(number)
    asked = {str(number): uri(server, number) for number in (1, 2, 3)}
    del server.statuses[2]
    server.edit(3, "Edited #hall")
    answer = on(server, kind, lambda source: source.recheck(asked))
    assert isinstance(answer, Recheck)
    assert set(answer.gone) == {"2"}
    assert {item.local_id: item.post.uri for item in answer.found} == {"1": asked["1"], "3": asked["3"]}
    assert "Edited" in next(item.post.text for item in answer.found if item.local_id == "3")


@each_source
def test_to_ask_about_nothing_costs_nothing(kind, server):
    assert on(server, kind, lambda source: source.recheck({})) == Recheck()
    assert server.requests == []


STATUSES = [200, 202, 206, 300, 301, 307, 400, 401, 403, 404, 408, 410, 418, 422, 429, 451, 500, 502, 503, 504, 511]
TROUBLES = [Trouble(status, b"?") for status in STATUSES]


@each_source
@pytest.mark.parametrize("trouble", TROUBLES, ids=[str(each.status) for each in TROUBLES])
def test_whatever_a_server_answers_only_source_errors_come_of_it_and_no_post_is_lost(kind, server, trouble):
    server.add(1)
    server.add(2)
    asked = {str(number): uri(server, number) for number in (1, 2)}
    server.always = {"/": trouble}
    with pytest.raises(SourceError):
        on(server, kind, lambda source: source.poll(None))
    try:
        answer = on(server, kind, lambda source: source.recheck(asked))
    except SourceError:
        return
    assert answer.gone == ()


@each_source
def test_a_source_that_is_cancelled_stops_at_once_and_can_be_asked_again(kind, server):
    server.add(1)
    server.troubles = [Trouble(delay=20)]

    async def scenario(source: Source) -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await source.poll(None)
        assert len((await source.poll(None)).found) == 1

    on(server, kind, scenario, seconds=20)
