from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import pytest
import zstandard
from websockets.asyncio.server import ServerConnection, serve

from kiosk.domain.errors import BadPayload, Portal, Refused, Unavailable
from kiosk.media import channel as module
from kiosk.media.client import GuardedClient

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Talk = Callable[[ServerConnection], Awaitable[None]]

DICTIONARY = b"the hall is full of people who post pictures and words " * 8


def spoken(talk: Talk, say: str = "", *, answer: Any = None, **rest: Any) -> list[str | bytes]:
    """What a real server's `talk` brings through the program's client, until it ends."""
    got: list[str | bytes] = []

    async def scene() -> None:
        async with (
            serve(talk, "127.0.0.1", 0, process_request=answer) as server,
            aclosing(GuardedClient(allow_private=True)) as client,
        ):
            port = server.sockets[0].getsockname()[1]
            async with client.websocket(f"ws://127.0.0.1:{port}/x?tag=hall", **rest) as channel:
                if say:
                    await channel.send(say)
                async with aclosing(channel.messages()) as messages:
                    async for message in messages:
                        got.append(message)  # noqa: PERF401  # what came before a fault counts

    asyncio.run(scene())
    return got


def test_messages_go_both_ways_until_the_server_closes():
    async def talk(peer: ServerConnection) -> None:
        await peer.send(str(peer.request.path) if peer.request else "")
        await peer.send((str(await peer.recv())).upper())
        await peer.send(b"\x00\x01")

    assert spoken(talk, "subscribe") == ["/x?tag=hall", "SUBSCRIBE", b"\x00\x01"]


def test_headers_go_along_and_say_who_asks():
    async def talk(peer: ServerConnection) -> None:
        assert peer.request is not None
        await peer.send(peer.request.headers["Authorization"] + " " + peer.request.headers["User-Agent"])

    assert str(spoken(talk, headers={"Authorization": "Bearer x"})[0]).startswith("Bearer x TweetupWall/")


def test_silence_is_unavailable():
    async def talk(_: ServerConnection) -> None:
        await asyncio.sleep(5)

    with pytest.raises(Unavailable, match=r"silent for 0\.2 seconds"):
        spoken(talk, silence=0.2)


def test_a_server_that_answers_no_pings_is_unavailable_even_where_messages_may_be_rare(monkeypatch):
    monkeypatch.setattr(module, "PING", 0.1)
    monkeypatch.setattr(module, "PONG", 0.2)

    async def talk(peer: ServerConnection) -> None:
        peer.transport.pause_reading()
        await asyncio.sleep(3)
        peer.transport.abort()

    with pytest.raises(Unavailable, match=r"silent for 0\.3"):
        spoken(talk, silence=0)


def test_a_server_that_answers_pings_may_be_silent_where_that_is_agreed(monkeypatch):
    monkeypatch.setattr(module, "PING", 0.1)
    monkeypatch.setattr(module, "PONG", 0.2)

    async def talk(peer: ServerConnection) -> None:
        await asyncio.sleep(0.8)
        await peer.send("at last")

    assert spoken(talk, silence=0) == ["at last"]


def test_a_server_that_breaks_off_is_unavailable():
    async def talk(peer: ServerConnection) -> None:
        await peer.send("a")
        peer.transport.abort()

    with pytest.raises(Unavailable, match="broke off"):
        spoken(talk)


@pytest.mark.parametrize("size", [999_000, 1_001_000])
def test_a_message_has_a_limit_also_when_it_comes_deflated(size):
    async def talk(peer: ServerConnection) -> None:
        await peer.send("x" * size)
        await peer.recv()

    if size < module.LONGEST:
        with pytest.raises(Unavailable, match="silent"):
            spoken(talk, silence=0.3)
    else:
        with pytest.raises(Unavailable, match="broke off"):
            spoken(talk, silence=3)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, Refused),
        (403, Refused),
        (404, Refused),
        (410, Refused),
        (302, Portal),
        (200, Portal),
        (511, Portal),
        (429, Unavailable),
        (503, Unavailable),
    ],
)
def test_a_status_instead_of_a_stream_is_a_sentence(status, kind):
    def answer(peer: ServerConnection, _: object) -> object:
        response = peer.respond(status, "no")
        response.headers["Location"] = "https://portal.example/"
        response.headers["Retry-After"] = "17"
        return response

    with pytest.raises(kind, match=f"status {status}") as fault:
        spoken(lambda _: asyncio.sleep(0), answer=answer)
    if isinstance(fault.value, Unavailable):
        assert fault.value.retry_after == 17


def test_what_speaks_no_websocket_is_unavailable(serving):
    async def answer(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH\r\n")
        writer.close()

    async def scene() -> None:
        async with (
            aclosing(GuardedClient(allow_private=True)) as client,
            serving(answer) as base,
            client.websocket(base.replace("http", "ws")),
        ):
            pass

    with pytest.raises(Unavailable, match="does not speak WebSocket"):
        asyncio.run(scene())


def test_private_addresses_and_plain_sockets_are_refused_before_a_byte_is_sent(serving):
    heads: list[bytes] = []

    async def answer(head: bytes, _: asyncio.StreamWriter) -> None:
        heads.append(head)

    async def scene(scheme: str) -> None:
        async with (
            aclosing(GuardedClient()) as client,
            serving(answer) as base,
            client.websocket(base.replace("http", scheme)),
        ):
            pass

    for scheme, words in (("ws", "plain ws"), ("wss", "this machine itself")):
        with pytest.raises(Refused, match=words):
            asyncio.run(scene(scheme))
    assert heads == []


def test_messages_packed_with_a_dictionary_come_unpacked():
    packer = zstandard.ZstdCompressor(dict_data=zstandard.ZstdCompressionDict(DICTIONARY))

    async def talk(peer: ServerConnection) -> None:
        await peer.send(packer.compress(b'{"kind":"commit"}'))
        await peer.send("plain text stays")

    assert spoken(talk, dictionary=DICTIONARY) == [b'{"kind":"commit"}', "plain text stays"]


def test_a_packed_bomb_or_nonsense_is_a_bad_payload():
    bomb = zstandard.ZstdCompressor(dict_data=zstandard.ZstdCompressionDict(DICTIONARY)).compress(bytes(50_000_000))
    for message in (bomb, b"\xff" * 40):

        async def talk(peer: ServerConnection, message: bytes = message) -> None:
            await peer.send(message)
            await peer.recv()

        with pytest.raises(BadPayload):
            spoken(talk, dictionary=DICTIONARY, silence=3)
