"""Answers as no sane server sends them: mangled ones, and ones without an end."""

from __future__ import annotations

import asyncio
import zlib
from contextlib import aclosing, asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from mangling import mangled

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from random import Random

_JUNK = [None, True, -1, 10**30, 1e308, [], {}, [[]], [None], "", "\ud800", "\0", "https://[", "<p>" * 99, "x" * 5000]
_HOW = ["replace", "remove", "nest", "repeat", "swap"]
_STATUS = [200] * 12 + [201, 204, 304, 400, 401, 404, 500]
OFTEN = 0.4
"""How often an answer is mangled, so that what is asked for after a sound one is reached too."""


def mangle(content: bytes, chance: Random) -> bytes:
    """Bytes flipped, values swapped for other types, a tail cut off."""
    if chance.random() < 0.6:
        with suppress(ValueError, RecursionError):
            value = httpx.Response(200, content=content).json()
            changes = [
                (chance.choice(_HOW), chance.getrandbits(30), chance.choice(_JUNK)) for _ in range(chance.randint(1, 4))
            ]
            return mangled(value, changes, [])
    body = bytearray(content or b"?")
    for _ in range(chance.randint(1, 4)):
        body[chance.randrange(len(body))] = chance.randrange(256)
    return bytes(body[: chance.randint(0, len(body))] if chance.random() < 0.4 else body)


class Mangling:
    """Stands between a source and its client; sound answers are kept in `seen`, so that each is fetched once."""

    def __init__(self, client: Any, chance: Random, seen: dict[str, httpx.Response]) -> None:
        self._client = client
        self._chance = chance
        self._seen = seen

    async def get(self, url: str, **more: Any) -> httpx.Response:
        return await self._asked(f"{url} {more.get('params')}", self._client.get, url, more)

    async def post(self, url: str, **more: Any) -> httpx.Response:
        return await self._asked(f"POST {url}", self._client.post, url, more)

    async def _asked(self, key: str, ask: Any, url: str, more: dict[str, Any]) -> httpx.Response:
        if key not in self._seen:
            self._seen[key] = await ask(url, **more)
        sound, chance = self._seen[key], self._chance
        if chance.random() > OFTEN:
            return sound
        body, status = mangle(sound.content, chance), chance.choice(_STATUS)
        return httpx.Response(status, headers=sound.headers, content=body, request=sound.request)

    @asynccontextmanager
    async def websocket(self, *given: Any, **more: Any) -> AsyncGenerator[_MangledChannel]:
        async with self._client.websocket(*given, **more) as channel:
            yield _MangledChannel(channel, self._chance)


class _MangledChannel:
    def __init__(self, channel: Any, chance: Random) -> None:
        self._channel = channel
        self._chance = chance

    async def send(self, message: str) -> None:
        await self._channel.send(message)

    async def messages(self) -> AsyncGenerator[str | bytes]:
        async with aclosing(self._channel.messages()) as messages:
            async for message in messages:
                if self._chance.random() > OFTEN / 2:
                    yield message
                    continue
                yield mangle(message.encode() if isinstance(message, str) else message, self._chance)
                if "EOSE" in str(message):
                    return  # an answer without an end would only be waited for


@asynccontextmanager
async def endless(*, packed: bool) -> AsyncGenerator[str]:
    """A server that answers everything with JSON that never ends, or with a few bytes that unpack to no end."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            encoding = b"Content-Encoding: gzip\r\n" if packed else b""
            head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
            writer.write(head + encoding + b"\r\n")
            packer = zlib.compressobj(wbits=31) if packed else None
            piece = b'{"a": [' + b" " * 1_000_000
            for _ in range(2_000):
                part = packer.compress(piece) + packer.flush(zlib.Z_SYNC_FLUSH) if packer else piece
                writer.write(b"%x\r\n%s\r\n" % (len(part), part))
                await writer.drain()
                await asyncio.sleep(0)  # what is small never fills a buffer
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


def rest_peak() -> None:
    """Forget the highest memory use so far."""
    Path("/proc/self/clear_refs").write_text("5", "ascii")


def peak() -> int:
    """The highest resident memory since then, in bytes."""
    return _status("VmHWM:")


def resident() -> int:
    return _status("VmRSS:")


def _status(name: str) -> int:
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return 1024 * int(next(line for line in lines if line.startswith(name)).split()[1])
