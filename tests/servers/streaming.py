"""A small server of Mastodon's streams on loopback, by WebSocket and as server-sent events, like the real one's.

The frames are those of https://github.com/mastodon/mastodon/blob/main/streaming/index.js and of the recordings.
"""

from __future__ import annotations

import asyncio
import json
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs, urlsplit

from websockets.datastructures import Headers
from websockets.frames import Opcode
from websockets.server import ServerProtocol

if TYPE_CHECKING:
    from collections.abc import Callable

TOKEN = "user-token"  # noqa: S105  # a test's


@dataclass
class _Listener:
    """One connection: how it is written to, and which channels it hears."""

    writer: asyncio.StreamWriter
    send: Callable[[tuple[str, str], str, str], None]
    channels: set[tuple[str, str]] = field(default_factory=set)


class StreamServer:
    """Streams what `tell` says, from `with` to its end, in a thread of its own."""

    def __init__(self) -> None:
        self.websockets = True
        """Whether an upgrade is granted; proxies in front of real servers sometimes do not."""
        self.status = 0
        """What every stream is answered, where it is not 0."""
        self.page = False
        """Whether a log-in page answers in its place."""
        self.thump = 0.05
        """Seconds between two heartbeats of server-sent events; 0 for none."""
        self.deaf = False
        """Whether pings stay unanswered."""
        self.requests: list[tuple[str, dict[str, str]]] = []
        self._listeners: list[_Listener] = []
        self._tasks: set[asyncio.Task[Any]] = set()
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run)
        self._port = 0

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self._port}"

    @property
    def heard(self) -> set[tuple[str, str]]:
        """Every channel that somebody listens to."""
        return {channel for each in self._listeners for channel in each.channels}

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(5)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop)
        self._thread.join(5)
        self._loop.close()

    def tell(self, event: str, payload: Any, channel: tuple[str, str] = ("hashtag", "hall")) -> None:
        """Tell everybody who listens to a channel; a status goes as JSON in a string, as Mastodon sends it."""
        said = payload if isinstance(payload, str) else json.dumps(payload)
        self._loop.call_soon_threadsafe(self._tell, event, said, channel)

    def cut(self) -> None:
        """Break every connection off, without a word."""
        self._loop.call_soon_threadsafe(self._cut)

    def complain(self, error: str, status: int) -> None:
        """Say on every WebSocket that a subscription failed."""
        said = json.dumps({"error": error, "status": status})
        self._loop.call_soon_threadsafe(lambda: [each.send(("", ""), "", said) for each in self._listeners])

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._accept, "127.0.0.1", 0))
        self._port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        for task in self._tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*self._tasks, return_exceptions=True))

    def _stop(self) -> None:
        self._cut()
        self._loop.stop()

    def _cut(self) -> None:
        for each in self._listeners:
            each.writer.transport.abort()

    def _tell(self, event: str, payload: str, channel: tuple[str, str]) -> None:
        for each in self._listeners:
            if channel in each.channels:
                each.send(channel, event, payload)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        self._tasks.add(task)
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                await self._serve(reader, writer)
        finally:
            self._tasks.discard(task)
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = await reader.readuntil(b"\r\n\r\n")
        head = asked.decode("latin-1").split("\r\n")
        path = head[0].split(" ")[1]
        headers = Headers([tuple(line.split(": ", 1)) for line in head[1:] if line])
        self.requests.append((path, {name.lower(): value for name, value in headers.raw_items()}))
        upgrade = "Upgrade" in headers
        status = self.status or (0 if self._knows(headers) else 401) or (404 if upgrade and not self.websockets else 0)
        if self.page or status:
            body = b"<!DOCTYPE html><title>Welcome to the hotel</title>" if self.page else b'{"error": "no"}'
            kind = "text/html" if self.page else "application/json"
            start = f"HTTP/1.1 {200 if self.page else status} Said\r\nContent-Type: {kind}\r\n"
            writer.write(f"{start}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body)
            await writer.drain()
            writer.close()
            await writer.wait_closed()
        elif upgrade:
            await self._websocket(reader, writer, asked)
        else:
            await self._server_sent(reader, writer, path)

    def _knows(self, headers: Headers) -> bool:
        said = headers.get("Authorization", "").removeprefix("Bearer ") or headers.get("Sec-WebSocket-Protocol", "")
        return said == TOKEN

    async def _websocket(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, asked: bytes) -> None:
        protocol = ServerProtocol(subprotocols=[TOKEN])
        protocol.receive_data(asked)
        (request,) = protocol.events_received()
        protocol.send_response(protocol.accept(request))

        def send(channel: tuple[str, str], event: str, payload: str) -> None:
            frame = {"stream": list(channel), "event": event, "payload": payload}
            protocol.send_text((json.dumps(frame) if event else payload).encode())
            writer.write(b"".join(protocol.data_to_send()))

        listener = _Listener(writer, send)
        first = parse_qs(urlsplit(request.path).query)
        if "stream" in first:
            self._subscribe(listener, {"type": "subscribe", **{key: values[0] for key, values in first.items()}})
        writer.write(b"".join(protocol.data_to_send()))
        self._listeners.append(listener)
        try:
            while data := await reader.read(65536):
                protocol.receive_data(data)
                for event in protocol.events_received():
                    if getattr(event, "opcode", None) is Opcode.TEXT:
                        self._subscribe(listener, json.loads(event.data))
                answer = b"".join(protocol.data_to_send())
                if not self.deaf:
                    writer.write(answer)
                if protocol.close_expected():
                    break
        finally:
            self._listeners.remove(listener)

    def _subscribe(self, listener: _Listener, said: dict[str, str]) -> None:
        if said.get("type") == "subscribe":
            listener.channels.add(_channel(said["stream"], said))

    async def _server_sent(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str) -> None:
        name = urlsplit(path).path.rsplit("/", 1)[1]
        asked = {key: values[0] for key, values in parse_qs(urlsplit(path).query).items()}

        def chunk(text: str) -> None:
            data = text.encode()
            writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")

        def send(_: tuple[str, str], event: str, payload: str) -> None:
            chunk(f"event: {event}\n")
            chunk(f"data: {payload}\n\n")

        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        chunk(":)\n")
        listener = _Listener(writer, send, {_channel(name, asked)})
        self._listeners.append(listener)
        ended = asyncio.ensure_future(reader.read(1))
        try:
            while not ended.done():
                await asyncio.wait([ended], timeout=self.thump or 0.05)
                if self.thump:
                    chunk(":thump\n")
        finally:
            ended.cancel()
            self._listeners.remove(listener)


def _channel(name: str, asked: dict[str, str]) -> tuple[str, str]:
    """A channel as the server calls it: tags in their common form."""
    return (name, asked["tag"].lower()) if name == "hashtag" else (name, asked["list"])
