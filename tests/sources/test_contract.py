"""What every source in SOURCES promises: all of it in form, and in deed against a server of its network's STANDS."""

from __future__ import annotations

import asyncio
import inspect
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

import msgspec
import pytest
from means import means
from servers.stands import STANDS, Stand
from servers.tag_server import real_client

from kiosk.domain.errors import SourceError, Unavailable
from kiosk.domain.model import Cursor
from kiosk.sources import SOURCES, make_source
from kiosk.sources.source import Batch, Budget, Picturing, Recheck, Source, Streaming

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from kiosk.settings import SourceTable

each_network = pytest.mark.parametrize("kind", SOURCES)
each_stand = pytest.mark.parametrize("kind", STANDS)


@pytest.fixture
def stand(kind):
    with STANDS[kind]() as running:
        yield running


def on(stand: Stand, scenario: Callable[[Source], Awaitable[Any]], seconds: float = 5.0) -> Any:
    async def whole() -> Any:
        async with aclosing(real_client(seconds)) as client:
            return await scenario(stand.source(client))

    return asyncio.run(whole())


class NoClient:
    """A client that nothing is asked of."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"making a source asks nothing, and {name} was asked for")


def table_of(kind: str, tmp_path: Any) -> SourceTable:
    """A table as its examples fill it; a folder is one that is there."""
    options = SOURCES[kind].options
    hints = get_type_hints(options, include_extras=True)
    values: dict[str, Any] = {"kind": kind}
    for field in msgspec.structs.fields(options):
        examples = get_args(hints[field.name])[1].examples
        if field.name != "kind" and field.default in {"", ()} and examples:
            values[field.name] = str(tmp_path) if field.name == "folder" else examples[0]
    return options(**values)


@each_network
def test_making_a_source_asks_nothing_and_gives_what_is_promised(kind, tmp_path):
    source = make_source(table_of(kind, tmp_path), means(NoClient(), token="token", folder=tmp_path))  # noqa: S106  # none
    assert source.name
    assert isinstance(source.budget, Budget)
    promised = [(Source, "poll"), (Source, "recheck")]
    promised += [(Streaming, "stream")] if isinstance(source, Streaming) else []
    promised += [(Picturing, "picture")] if isinstance(source, Picturing) else []
    for protocol, name in promised:
        own, asked = getattr(source, name), getattr(protocol, name)
        assert inspect.iscoroutinefunction(own) or inspect.isasyncgenfunction(own) or name == "stream"
        assert list(inspect.signature(own).parameters) == list(inspect.signature(asked).parameters)[1:]


@each_network
def test_a_source_has_the_same_name_at_every_start(kind, tmp_path):
    table = table_of(kind, tmp_path)
    names = {make_source(table, means(NoClient(), token="t", folder=tmp_path)).name for _ in range(3)}  # noqa: S106  # none
    assert len(names) == 1


@each_network
def test_every_option_has_a_sentence(kind):
    options = SOURCES[kind].options
    assert (options.__doc__ or "").split("\n\n")[0].rstrip().endswith(".")
    hints = get_type_hints(options, include_extras=True)
    for field in msgspec.structs.fields(options):
        assert get_args(hints[field.name])[1].description.endswith((".", ".)")), field.name


def test_every_stand_is_a_networks():
    assert STANDS.keys() <= SOURCES.keys()


@each_stand
def test_nothing_posted_is_nothing_found_and_no_fault(stand):
    batch = on(stand, lambda source: source.poll(None))
    assert isinstance(batch, Batch)
    assert (batch.found, batch.bad, batch.gap, batch.more) == ((), (), "", False)


@each_stand
def test_posts_come_oldest_first_once_each_and_with_a_cursor_of_the_sources_own(stand):
    for number in (3, 1, 2):
        stand.add(number)

    async def scenario(source: Source) -> None:
        batch = await source.poll(None)
        assert [item.post.uri for item in batch.found] == [stand.uri(number) for number in (1, 2, 3)]
        assert [item.local_id for item in batch.found] == [stand.local_id(number) for number in (1, 2, 3)]
        assert batch.cursor is not None
        assert batch.cursor.source == source.name
        assert batch.wait >= 0

    on(stand, scenario)


@each_stand
def test_the_same_cursor_again_finds_nothing_that_was_not_known(stand):
    stand.add(1)

    async def scenario(source: Source) -> None:
        first = await source.poll(None)
        again = await source.poll(first.cursor)
        assert {item.post for item in again.found} <= {item.post for item in first.found}
        assert (await source.poll(first.cursor)).cursor == again.cursor

    on(stand, scenario)


@each_stand
def test_a_cursor_serves_a_new_source_after_a_restart(stand):
    stand.add(1)
    cursor = on(stand, lambda source: source.poll(None)).cursor
    for number in range(2, 130):
        stand.add(number)

    async def scenario(source: Source) -> set[str]:
        batch = await source.poll(Cursor(cursor.source, str(cursor.value)))
        uris = {item.post.uri for item in batch.found}
        while batch.more:
            batch = await source.poll(batch.cursor)
            uris |= {item.post.uri for item in batch.found}
        return uris

    assert on(stand, scenario) >= {stand.uri(number) for number in range(2, 130)}


@each_stand
@pytest.mark.parametrize("value", ["", "nonsense", "[1]", "\0", '{"hall": null}', "\ud800", "9" * 400, "[" * 9999])
def test_a_foreign_cursor_is_no_fault(stand, value):
    stand.add(1)
    assert len(on(stand, lambda source: source.poll(Cursor(source.name, value))).found) == 1


@each_stand
def test_one_malformed_item_loses_only_itself_and_says_so(stand):
    for number in (1, 2, 3):
        stand.add(number)
    stand.spoil(2)
    batch = on(stand, lambda source: source.poll(None))
    assert [item.post.uri for item in batch.found] == [stand.uri(1), stand.uri(3)]
    assert len(batch.bad) == 1


@each_stand
def test_a_recheck_tells_of_each_post_it_was_asked_about_and_of_no_other(stand):
    for number in range(1, 5):
        stand.add(number)
    asked = {stand.local_id(number): stand.uri(number) for number in (1, 2, 3)}
    stand.delete(2)
    stand.edit(3, "Edited #hall")
    answer = on(stand, lambda source: source.recheck(asked))
    assert isinstance(answer, Recheck)
    assert set(answer.gone) == {stand.local_id(2)}
    assert {item.local_id: item.post.uri for item in answer.found} == {
        stand.local_id(number): stand.uri(number) for number in (1, 3)
    }
    assert "Edited" in next(item.post.text for item in answer.found if item.local_id == stand.local_id(3))


@each_stand
def test_to_ask_about_nothing_costs_nothing(stand):
    assert on(stand, lambda source: source.recheck({})) == Recheck()
    assert stand.asked == 0


STATUSES = [200, 202, 206, 300, 301, 307, 400, 401, 403, 404, 408, 410, 418, 422, 429, 451, 500, 502, 503, 504, 511]


@each_stand
@pytest.mark.parametrize("status", STATUSES)
def test_whatever_a_server_answers_only_source_errors_come_of_it_and_no_post_is_lost(stand, status):
    stand.add(1)
    stand.add(2)
    asked = {stand.local_id(number): stand.uri(number) for number in (1, 2)}
    stand.answer(status)
    with pytest.raises(SourceError):
        on(stand, lambda source: source.poll(None))
    try:
        answer = on(stand, lambda source: source.recheck(asked))
    except SourceError:
        return
    assert answer.gone == ()


@each_stand
@pytest.mark.parametrize("seconds", [1, 7, 899])
def test_a_rate_limits_answer_is_carried_to_the_second(stand, seconds):
    stand.answer(429, {"Retry-After": str(seconds)})
    with pytest.raises(Unavailable) as caught:
        on(stand, lambda source: source.poll(None))
    assert caught.value.retry_after == seconds


@each_stand
@pytest.mark.parametrize("seconds", [0.0, 0.01, 0.2])
def test_a_source_that_is_cancelled_stops_at_once_and_can_be_asked_again(stand, seconds):
    stand.add(1)
    stand.delay(20)

    async def scenario(source: Source) -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(seconds):
                await source.poll(None)
        stand.delay(0)
        assert len((await source.poll(None)).found) == 1

    on(stand, scenario, seconds=20)
