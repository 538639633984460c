"""What every stream promises beside the polls of its source: see test_contract.py for those."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections import Counter
from contextlib import aclosing, asynccontextmanager, suppress
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from contract.hostile import peak, resident, rest_peak
from contract.lives import LIVES, MangledLines
from contract.network import numbers
from contract.networks import NETWORKS
from factories import MET, at
from fakes import FakeClock
from servers.fault_proxy import PORTAL, Fault, answer

from kiosk.domain.errors import SourceError, Unavailable
from kiosk.domain.events import PostEdited, PostReceived, decode, encode
from kiosk.domain.moderation import Rules
from kiosk.runtime.counters import Counters
from kiosk.runtime.ingest import Ingest
from kiosk.runtime.ledger import Ledger
from kiosk.sources import SOURCES
from kiosk.sources.source import Streaming, stream_cursor

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator

    from contract.lives import Live

    from kiosk.sources.source import Batch, Source

each_stream = pytest.mark.parametrize("name", LIVES)
DOWN = Fault(refuse=True)


@pytest.fixture
def on(name, tmp_path):
    """Run a scenario on a network that streams."""

    def run(scenario: Callable[[Live], Awaitable[Any]], seconds: float = 60) -> Any:
        async def whole() -> Any:
            async with LIVES[name](tmp_path / "network", None) as network, asyncio.timeout(seconds):
                return await scenario(network)

        return asyncio.run(whole())

    return run


def skip_where_there_is_none(name: str, what: str) -> None:
    reason = LIVES[name].cannot_stream.get(what)
    if reason:
        pytest.skip(f"{name}: {reason}")


def streaming(source: Source, cursor: Any = None) -> Any:
    assert isinstance(source, Streaming)
    return aclosing(source.stream(cursor))


async def until(batches: AsyncGenerator[Batch], wanted: Callable[[Batch], Any]) -> Batch:
    async for batch in batches:
        if wanted(batch):
            return batch
    raise AssertionError("the stream ended")


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_every_source_that_streams_has_a_stream_to_be_tried_on(tmp_path):
    async def streams(kind: str) -> bool:
        kinds = {network.kind: network for network in LIVES.values()}
        network = kinds.get(kind, NETWORKS[kind])
        options = SOURCES[kind].options
        given = {**network.options, **({"stream": True} if "stream" in options.__struct_fields__ else {})}
        source = SOURCES[kind].make(options(kind=kind, **_places(kind), **given), _no_means(tmp_path))
        return isinstance(source, Streaming)

    assert {kind for kind in SOURCES if asyncio.run(streams(kind))} == {network.kind for network in LIVES.values()}


def _places(kind: str) -> dict[str, str]:
    return {"mail": {"server": "imaps://localhost"}, "folder": {"folder": "x"}, "spool": {"folder": "x"}}.get(kind, {})


def _no_means(folder: Any) -> Any:
    from means import means  # noqa: PLC0415

    return means(None, folder=folder)


@each_stream
def test_the_first_batch_says_that_the_stream_stands_and_needs_no_post(on):
    async def scenario(network: Live) -> None:
        async with streaming(network.source()) as batches:
            assert (await anext(batches)).found == ()

    on(scenario)


@each_stream
def test_a_post_is_told_under_the_names_that_polls_give_it(on):
    async def scenario(network: Live) -> None:
        async with streaming(network.source()) as batches:
            await anext(batches)
            await network.heard()
            await network.post(1)
            told = await until(batches, lambda batch: batch.found)
        polled = await network.source().poll(None)
        assert numbers(told) == numbers(polled) == [1]
        assert [(each.post.uri, each.local_id) for each in told.found] == [
            (each.post.uri, each.local_id) for each in polled.found
        ]
        assert told.cursor is None or told.cursor.source == stream_cursor(network.source().name, "").source

    on(scenario)


@each_stream
def test_what_is_taken_back_is_told_by_the_id_that_it_was_met_under(name, on):
    skip_where_there_is_none(name, "delete")

    async def scenario(network: Live) -> None:
        async with streaming(network.source()) as batches:
            await anext(batches)
            await network.heard()
            await network.post(1)
            told = await until(batches, lambda batch: batch.found)
            await network.post(2)
            await until(batches, lambda batch: batch.found)
            await network.take_back(1)
            batch = await until(batches, lambda batch: batch.gone)
            assert set(batch.gone) == {told.found[0].local_id}

    on(scenario)


@each_stream
def test_what_cannot_be_read_loses_only_itself_and_is_said(on):
    async def scenario(network: Live) -> None:
        async with streaming(network.source()) as batches:
            await anext(batches)
            await network.heard()
            await network.garble()
            await network.post(1)
            bad, found = [], []
            while not (bad and found):
                batch = await anext(batches)
                bad += batch.bad
                found += numbers(batch)
            assert found == [1]
            assert len(bad) == 1
            assert len(bad[0]) > 20

    on(scenario)


class Wall:
    """A real event file behind a source that is polled and streamed, as the keeper does both."""

    def __init__(self, ledger: Ledger, source: Source) -> None:
        self.source, self.ledger = source, ledger
        self.stands = asyncio.Event()
        self.gone: set[str] = set()
        self._ingest = Ingest(ledger, Rules(), FakeClock())

    async def poll(self) -> None:
        await self._take(await self.source.poll(await self._cursor(self.source.name)))

    async def follow(self) -> None:
        """Take what is streamed, until the stream ends."""
        self.stands.clear()
        cursor = await self._cursor(stream_cursor(self.source.name, "").source)
        with suppress(SourceError):
            async with streaming(self.source, cursor) as batches:
                async for batch in batches:
                    self.stands.set()
                    await self._take(batch)

    async def _cursor(self, name: str) -> Any:
        return await self.ledger.read(lambda file: file.cursor(name))

    async def _take(self, batch: Batch) -> None:
        self.gone |= set(batch.gone)
        await self._ingest.take(self.source.name, batch)

    async def count(self, kind: Any) -> Counter[str]:
        entries = await self.ledger.read(lambda file: file.journal())
        return Counter(entry.event.post.uri for entry in entries if isinstance(entry.event, kind))


@each_stream
def test_a_stream_that_is_cut_again_and_again_loses_nothing_and_doubles_nothing(on, tmp_path):
    async def scenario(network: Live) -> None:
        chance, last = Random(7), 0
        ledger = await Ledger.open(tmp_path / "event.wall", Counters())
        wall = Wall(ledger, network.source())
        for _ in range(8):
            following = asyncio.ensure_future(wall.follow())
            await wall.stands.wait()
            await wall.poll()
            await network.post(last := last + 1)
            await asyncio.sleep(chance.uniform(0, 0.04))
            await network.cut(DOWN)
            await network.post(last := last + 1)
            await following
            await network.mend()
        following = asyncio.ensure_future(wall.follow())
        await wall.stands.wait()
        await wall.poll()
        await asyncio.sleep(0.1)
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following
        assert list((await wall.count(PostReceived)).values()) == [1] * last
        assert (await wall.count(PostEdited), wall.gone) == (Counter(), set())
        await ledger.close()

    on(scenario)


@each_stream
def test_a_stream_may_be_left_at_any_moment_and_leaves_nothing_behind(on):
    async def scenario(network: Live) -> None:
        source = network.source()
        tasks, open_before = asyncio.all_tasks(), descriptors()
        for steps in range(1, 45):
            async with streaming(source) as batches:
                asking = asyncio.ensure_future(anext(batches))
                for step in range(steps):
                    await asyncio.sleep(0 if step < 20 else 0.0005)
                asking.cancel()
                with suppress(asyncio.CancelledError, SourceError):
                    await asking
        async with streaming(source) as batches:
            await anext(batches)
            await network.post(1)
        await source.poll(None)
        await network._client.aclose()
        async with asyncio.timeout(8):
            while asyncio.all_tasks() - tasks or descriptors() > open_before:
                await asyncio.sleep(0.01)

    on(scenario)


@each_stream
def test_a_wish_for_a_pause_is_honoured_by_streams_to_the_second(on):
    async def scenario(network: Live) -> None:
        source = network.source()
        for _ in range(3):  # some try another way after the first
            await network.limit_stream(120)
            with pytest.raises(Unavailable) as caught:
                async with streaming(source) as batches:
                    await anext(batches)
            assert caught.value.retry_after == pytest.approx(120, abs=1)

    on(scenario)


@each_stream
@pytest.mark.parametrize("status", ["200 OK", "302 Found", "511 Network Authentication Required"])
def test_a_log_in_page_in_the_place_of_a_stream_is_no_post_and_no_deletion(on, status):
    async def scenario(network: Live) -> None:
        await network.cut(Fault(says=answer(status, PORTAL, "Content-Type: text/html")))
        told: list[Batch] = []
        for _ in range(3):
            with pytest.raises(SourceError):  # noqa: PT012  # it may come anywhere in the stream
                async with streaming(network.source()) as batches:
                    async for batch in batches:
                        told.append(batch)  # noqa: PERF401  # what came before a fault counts
        assert all((batch.found, batch.gone, batch.cursor) == ((), (), None) for batch in told)

    on(scenario)


@each_stream
@pytest.mark.parametrize("times", [200, pytest.param(10_000, marks=[pytest.mark.campaign, pytest.mark.timeout(1_200)])])
def test_mangled_messages_end_in_source_errors_or_in_sound_posts(on, times):
    async def scenario(network: Live) -> None:
        await network.post(1)
        told = seed = 0
        while told < times:
            seed += 1
            lines: list[MangledLines] = []

            chance = Random(seed)

            def between(client: Any, chance: Random = chance, kept: list[MangledLines] = lines) -> MangledLines:
                kept.append(MangledLines(client, chance, 50))
                return kept[0]

            source = network.source(between)
            with suppress(SourceError):
                async with streaming(source, stream_cursor(source.name, network.past())) as batches:
                    telling = asyncio.ensure_future(_tell(network))
                    try:
                        async for batch in batches:
                            _sound(batch)
                    finally:
                        telling.cancel()
            told += lines[0].told
        assert told >= times

    async def _tell(network: Live) -> None:
        await network.heard()
        for _ in range(20):
            await network.tell(1)
            await asyncio.sleep(0.01)

    on(scenario)


def _sound(batch: Batch) -> None:
    assert all(isinstance(each, str) for each in (*batch.bad, *batch.gone, *batch.gone_under, batch.gap, batch.note))
    for item in batch.found:
        received = PostReceived(at=at(0), post=item.post, sighting=MET)
        assert decode(encode(received)) == received


@asynccontextmanager
async def pouring(
    pieces: Callable[[], Iterator[bytes]], frame: Callable[[bytes], bytes], *, webs: bool
) -> AsyncGenerator[str]:
    """A server whose streams say these pieces; `frame` makes of each what goes over a WebSocket."""

    talks: set[asyncio.Task[None]] = set()

    def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.add(asyncio.ensure_future(talk(reader, writer)))

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            if b"/rules" in head:  # X's
                rules = json.dumps({"data": [{"id": "1", "value": "(#hall) -is:retweet", "tag": "tweetup-wall"}]})
                writer.write(answer("200 OK", rules.encode(), "Content-Type: application/json"))
            elif b"Upgrade: websocket" in head and not webs:
                writer.write(answer("404 Not Found"))
            else:
                writer.write(_accepted(head) if webs else _BEGUN[b"streaming" in head])
                for piece in pieces():
                    writer.write(frame(piece) if webs else b"%x\r\n%s\r\n" % (len(piece), piece))
                    await writer.drain()
                    await asyncio.sleep(0)
        writer.close()

    server = await asyncio.start_server(meet, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for each in talks:
            each.cancel()
        await asyncio.gather(*talks, return_exceptions=True)


_START = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: "
_BEGUN = {True: _START + b"text/event-stream\r\n\r\n", False: _START + b"application/json\r\n\r\n"}


def _accepted(head: bytes) -> bytes:
    """See RFC 6455, 4.2.2."""
    lines = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:] if line)
    key = next(value for name, value in lines.items() if name.lower() == "sec-websocket-key")
    signed = hashlib.sha1(f"{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11".encode()).digest()  # noqa: S324
    start = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade"
    return f"{start}\r\nSec-WebSocket-Accept: {base64.b64encode(signed).decode()}\r\n\r\n".encode()


def _whole(piece: bytes) -> bytes:
    return b"\x81\x7f" + len(piece).to_bytes(8, "big") + piece


def _never_whole(piece: bytes) -> bytes:
    """A text message that goes on; the first piece is told from the others by its beginning."""
    return (b"\x01" if piece.startswith(b"!") else b"\x00") + b"\x7f" + len(piece).to_bytes(8, "big") + piece


@each_stream
def test_a_message_without_an_end_takes_no_memory(name, on):
    skip_where_there_is_none(name, "flood")

    def pieces() -> Iterator[bytes]:
        yield b"!" + b"a" * 60_000
        for _ in range(5_000):
            yield b"a" * 60_000

    async def scenario(network: Live) -> None:
        await network.source().poll(None)
        async with pouring(pieces, _never_whole, webs=network.webs) as address:
            rest_peak()
            before = resident()
            with pytest.raises(SourceError):  # noqa: PT012  # it may come anywhere in the stream
                async with streaming(network.flooded(address)) as batches:
                    async for batch in batches:
                        assert batch.found == ()
            assert peak() - before < 30_000_000

    on(scenario)


@each_stream
def test_a_server_that_tells_more_than_can_be_taken_has_to_wait(name, on):
    skip_where_there_is_none(name, "flood")

    async def scenario(network: Live) -> None:
        await network.source().poll(None)
        met: list[int] = []

        async def slowly(source: Source) -> None:
            with suppress(SourceError):
                async with streaming(source) as batches:
                    async for batch in batches:
                        met.append(len(batch.found))
                        await asyncio.sleep(0.2)

        async with pouring(network.flood_messages, _whole, webs=network.webs) as address:
            rest_peak()
            before = resident()
            reading = asyncio.ensure_future(slowly(network.flooded(address)))
            await asyncio.sleep(2)
            rise = peak() - before
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
            assert rise < 60_000_000, "of 2,000 messages with 800 MB between them"
            assert sum(met) or name == "nostr", "what is whole is read all the while"

    on(scenario)
