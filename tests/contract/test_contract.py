from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from contract.hostile import peak, resident, rest_peak
from contract.network import numbers
from contract.networks import NETWORKS
from factories import MET, at
from fakes import FakeClock
from servers.fault_proxy import PORTAL
from servers.small_relay import SmallRelay
from websockets.asyncio.server import Server, ServerConnection

from kiosk.domain.errors import BadPayload, Refused, SourceError, Unavailable
from kiosk.domain.events import PostEdited, PostReceived, decode, encode
from kiosk.domain.model import Cursor
from kiosk.domain.moderation import Rules
from kiosk.media.feeds import FeedParser
from kiosk.runtime.counters import Counters
from kiosk.runtime.ingest import Ingest
from kiosk.runtime.ledger import Ledger
from kiosk.sources import SOURCES
from kiosk.sources.folder import folder as folder_module
from kiosk.sources.source import Recheck
from kiosk.sources.telegram import telegram

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from contract.network import Network

    from kiosk.sources.source import Batch, Source

each_network = pytest.mark.parametrize("kind", SOURCES)


@pytest.fixture(scope="module")
def loop():
    """One loop and one feed worker serve all networks."""
    with asyncio.Runner() as runner:
        parser = FeedParser(seconds=30.0)
        yield runner, parser
        runner.run(parser.close())


@pytest.fixture
def on(kind, loop, tmp_path, monkeypatch):
    """Run a scenario on a network that three posts stand in."""
    monkeypatch.setattr(folder_module, "GRACE", 0.005)
    monkeypatch.setattr(telegram, "PATIENCE", 0)
    runner, parser = loop

    def run(scenario: Callable[[Network], Awaitable[Any]], posts: int = 3) -> Any:
        async def whole() -> Any:
            async with NETWORKS[kind](tmp_path / "network", parser.parse) as network:
                for number in range(1, posts + 1):
                    network.add(number)
                return await scenario(network)

        return runner.run(whole())

    return run


class Wall:
    """What a source's batches make of a real event file."""

    def __init__(self, ledger: Ledger, source: Source) -> None:
        self.source = source
        self.ledger = ledger
        self.received: Counter[str] = Counter()
        self.edited: Counter[str] = Counter()
        self._ingest = Ingest(ledger, Rules(), FakeClock())

    async def read(self) -> Batch:
        """Poll and commit, as the program does."""
        batch = await self.source.poll(await self.ledger.read(lambda file: file.cursor(self.source.name)))
        await self._ingest.take(self.source.name, batch)
        entries = await self.ledger.read(lambda file: file.journal())
        for counted, kind in ((self.received, PostReceived), (self.edited, PostEdited)):
            counted.clear()
            counted.update(entry.event.post.uri for entry in entries if isinstance(entry.event, kind))
        return batch


def skip_where_there_is_none(kind: str, what: str) -> None:
    reason = NETWORKS[kind].cannot.get(what)
    if reason:
        pytest.skip(f"{kind}: {reason}")


def names(batch: Batch | Recheck) -> dict[int, tuple[str, str]]:
    return dict(zip(numbers(batch), [(item.post.uri, item.local_id) for item in batch.found], strict=True))


def asked(batch: Batch) -> dict[str, Any]:
    return {item.local_id: item.post.uri for item in batch.found}


def of_the_source(task: asyncio.Task[Any]) -> bool:
    """Whether a task is not our own relay's, which may wait for the rest of a handshake for ten seconds."""
    coroutine: Any = task.get_coro()
    whose = coroutine.cr_frame.f_locals.get("self") if coroutine.cr_frame else None
    return not isinstance(whose, Server | ServerConnection | SmallRelay)


async def cancelled(source: Source, steps: int) -> None:
    """Begin to poll, and stop so many steps of the loop later; beyond the first, a step waits for the wire."""
    task = asyncio.ensure_future(source.poll(None))
    for step in range(steps):
        await asyncio.sleep(0 if step < 12 else 0.0005)
    task.cancel()
    with suppress(asyncio.CancelledError, SourceError):
        await task


def test_every_kind_of_source_has_a_network_to_be_tried_on():
    assert NETWORKS.keys() == SOURCES.keys()


@each_network
def test_a_post_has_the_same_names_at_every_read_and_after_a_restart(on):
    async def scenario(network: Network) -> None:
        source = network.source()
        first = await source.poll(None)
        assert numbers(first) == [1, 2, 3]
        again = names(await source.poll(None))
        restarted = names(await network.source().poll(None))
        assert names(first) == again == restarted
        assert len({uri for uri, _ in again.values()}) == 3
        assert (await network.source().poll(None)).bad == ()

    on(scenario)


@each_network
def test_reading_again_from_the_same_place_is_no_news(on, tmp_path):
    async def scenario(network: Network) -> None:
        ledger = await Ledger.open(tmp_path / "event.wall", Counters())
        wall = Wall(ledger, network.source())
        await wall.read()
        assert list(wall.received.values()) == [1, 1, 1]
        for source in (wall.source, wall.source, network.source()):
            wall.source = source
            await wall.read()
            assert (list(wall.received.values()), wall.edited) == ([1, 1, 1], Counter())
        await ledger.close()

    on(scenario)


@each_network
def test_a_malformed_item_loses_only_itself_and_is_said(on):
    async def scenario(network: Network) -> None:
        network.malform()
        batch = await network.source().poll(None)
        assert sorted(numbers(batch)) == [1, 2, 3]
        assert len(batch.bad) == 1
        assert len(batch.bad[0]) > 20

    on(scenario)


@each_network
def test_a_wish_for_a_pause_is_honoured_to_the_second(kind, on):
    skip_where_there_is_none(kind, "limit")

    async def scenario(network: Network) -> None:
        source = network.source()
        await network.limit(120)
        with pytest.raises(Unavailable) as caught:
            await source.poll(None)
        assert caught.value.retry_after == pytest.approx(120, abs=1)

    on(scenario)


@each_network
def test_asking_about_nothing_costs_nothing_and_says_nothing(on):
    async def scenario(network: Network) -> None:
        source = network.source()
        await network.down()
        assert await source.recheck({}) == Recheck()
        await network.up()

    on(scenario)


@each_network
@pytest.mark.parametrize("value", ["", "nonsense", "[1]", "\0", "{", '{"hall": null}', "9" * 40, "\ud800", "null"])
def test_a_cursor_that_is_nonsense_is_no_fault(on, value):
    async def scenario(network: Network) -> None:
        source = network.source()
        assert numbers(await source.poll(Cursor(source.name, value))) == [1, 2, 3]

    on(scenario)


@each_network
def test_a_read_may_be_cancelled_at_any_moment_and_the_next_one_is_whole(on):
    async def scenario(network: Network) -> None:
        warm = network.source()
        await warm.poll(None)
        before = asyncio.all_tasks()
        for steps in range(1, 26):
            source = network.source()
            for each in (source, warm):
                await cancelled(each, steps)
            assert numbers(await source.poll(None)) == [1, 2, 3]
        assert numbers(await warm.poll(None)) == [1, 2, 3]
        async with asyncio.timeout(2):
            while any(map(of_the_source, asyncio.all_tasks() - before)):  # what it began, ends
                await asyncio.sleep(0.01)

    on(scenario)


@each_network
def test_what_came_while_the_network_was_down_is_neither_lost_nor_doubled(on, tmp_path):
    async def scenario(network: Network) -> None:
        ledger = await Ledger.open(tmp_path / "event.wall", Counters())
        wall = Wall(ledger, network.source())
        await wall.read()
        await network.down()
        for number in (4, 5):
            with pytest.raises(SourceError):
                await wall.read()
            network.add(number)
        await network.up()
        batch = await wall.read()
        await wall.read()
        assert (list(wall.received.values()), wall.edited) == ([1] * 5, Counter())
        assert batch.gone == ()
        await ledger.close()

    on(scenario)


@each_network
def test_an_edit_is_seen(kind, on):
    skip_where_there_is_none(kind, "edit")

    async def scenario(network: Network) -> None:
        source = network.source()
        first = await source.poll(None)
        network.edit(2)
        batch = await source.poll(first.cursor)
        answer = await source.recheck(asked(first))
        edited = [item for item in (*batch.found, *answer.found) if "Edited" in item.post.text]
        assert {item.post.uri for item in edited} == {names(first)[2][0]}
        assert (batch.gone, answer.gone) == ((), ())

    on(scenario)


@each_network
def test_a_deletion_is_seen_and_nothing_else_goes_with_it(kind, on):
    skip_where_there_is_none(kind, "delete")

    async def scenario(network: Network) -> None:
        source = network.source()
        first = await source.poll(None)
        network.delete(2)
        gone: set[str] = set()
        cursor = first.cursor
        for _ in range(2):
            batch = await source.poll(cursor)
            cursor = batch.cursor or cursor
            gone |= {*batch.gone, *(await source.recheck(asked(first))).gone}
            await network.rest(source)
        assert gone == {names(first)[2][1]}

    on(scenario)


@each_network
def test_an_outage_takes_nothing_away(on):
    async def scenario(network: Network) -> None:
        source = network.source()
        first = await source.poll(None)
        await network.down()
        with suppress(SourceError):
            assert (await source.recheck(asked(first))).gone == ()
        await network.up()
        assert (await source.recheck(asked(first))).gone == ()

    on(scenario)


@each_network
@pytest.mark.parametrize("status", ["200 OK", "403 Forbidden", "404 Not Found", "511 Network Authentication Required"])
def test_a_log_in_page_is_no_post_and_no_deletion(kind, on, status):
    skip_where_there_is_none(kind, "say")

    async def scenario(network: Network) -> None:
        source = network.source()
        first = await source.poll(None)
        await network.say(status, PORTAL, "Content-Type: text/html")
        for question in (lambda: source.poll(first.cursor), lambda: source.poll(None)):
            with pytest.raises((Unavailable, Refused, BadPayload)):
                await question()
        with suppress(SourceError):
            answer = await source.recheck(asked(first))
            assert answer.gone == ()

    on(scenario)


@each_network
@pytest.mark.parametrize("times", [200, pytest.param(10_000, marks=[pytest.mark.campaign, pytest.mark.timeout(1_200)])])
def test_mangled_answers_end_in_source_errors_or_in_sound_posts(on, times):
    async def scenario(network: Network) -> None:
        posts = asked(await network.source().poll(None))
        reads = 0
        for seed in range(times):
            source = network.source(network.wreck(Random(seed)))
            found: list[Any] = []
            with suppress(SourceError):
                batch = await source.poll(None)
                reads += 1
                found += batch.found
                assert all(isinstance(each, str) for each in (*batch.bad, *batch.gone, batch.gap, batch.note))
            with suppress(SourceError):
                found += (await source.recheck(posts)).found
            for item in found:
                received = PostReceived(at=at(0), post=item.post, sighting=MET)
                assert decode(encode(received)) == received
        assert reads > 0, "some answers are mended, so that what comes behind them is tried too"

    on(scenario)


@each_network
@pytest.mark.parametrize("packed", [False, True], ids=["endless", "packed"])
def test_answers_without_an_end_take_no_memory(kind, on, packed):
    if packed:
        skip_where_there_is_none(kind, "packed")

    async def scenario(network: Network) -> None:
        await network.source().poll(None)
        async with network.flood(packed=packed) as source:
            rest_peak()
            before = resident()
            with suppress(SourceError):
                batch = await source.poll(None)
                assert kind in {"folder", "spool"}, "nothing else has an answer to this"
                assert set(numbers(batch)) <= {1, 2, 3, 4}
            assert peak() - before < 30_000_000

    on(scenario)
