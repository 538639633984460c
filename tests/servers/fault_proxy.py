"""A proxy on loopback between a source and its real server, which does to the bytes what bad networks do."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
import time
from dataclasses import dataclass, field
from typing import Final, Self
from urllib.parse import urlsplit

PORTAL: Final = b"<!doctype html><html><title>Welcome to Hotel Wi-Fi</title><form>Please log in</form></html>"


def answer(status: str, body: bytes = b"", *headers: str) -> bytes:
    """A whole HTTP answer that ends its connection."""
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers, "", ""]
    return "\r\n".join(head).encode() + body


@dataclass
class Fault:
    """What happens to the next connections: nothing where every field is at its default.

    `refuse` closes them at once, `reset` ends them with a TCP reset after `after` bytes of the answer, `truncate` with
    a plain end; `stall` lets nothing through after `after` bytes; `trickle` is bytes a second; `says` is sent to every
    request in the server's place; `packed` may lie about a body's length.
    """

    refuse: bool = False
    reset: bool = False
    truncate: bool = False
    stall: bool = False
    after: int = 0
    trickle: float = 0.0
    says: bytes = b""


@dataclass
class FaultProxy:
    """Forwards to `upstream` (an http URL) from `with` to its end, in a thread of its own; `fault` may change."""

    upstream: str
    fault: Fault = field(default_factory=Fault)
    met: list[float] = field(default_factory=list)
    """When each connection came, in monotonic seconds."""
    asked: int = 0
    """Bytes that clients sent."""

    def __post_init__(self) -> None:
        parts = urlsplit(self.upstream)
        self._target = (parts.hostname or "127.0.0.1", parts.port or 80)
        self._started = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._open: set[asyncio.Task[None]] = set()
        self.url = ""

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._started.wait(5)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(5)

    def cut(self) -> None:
        """End every open connection now."""

        def end() -> None:
            for task in self._open:
                task.cancel()

        self._loop.call_soon_threadsafe(end)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        server = await asyncio.start_server(self._meet, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self._started.set()
        await self._stop.wait()
        server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.met.append(time.monotonic())
        task = asyncio.ensure_future(self._talk(reader, writer))
        self._open.add(task)
        task.add_done_callback(self._open.discard)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        fault = self.fault
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            if fault.refuse:
                return await self._end(writer, reset=True)
            if fault.says:
                while head := await reader.readuntil(b"\r\n\r\n"):
                    self.asked += len(head)
                    await self._send(writer, fault.says, fault)
                    if b"Connection: close" in fault.says:
                        return await self._end(writer, reset=False)
            there, back = await asyncio.open_connection(*self._target)
            up = asyncio.ensure_future(self._forward(reader, back))
            try:
                await self._answer(there, writer, fault)
            finally:
                up.cancel()
                back.close()
        await self._end(writer, reset=fault.reset)
        return None

    async def _forward(self, reader: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while chunk := await reader.read(65_536):
                self.asked += len(chunk)
                back.write(chunk)
                await back.drain()
        with contextlib.suppress(OSError):
            back.write_eof()  # also of a client that was reset

    async def _answer(self, there: asyncio.StreamReader, writer: asyncio.StreamWriter, fault: Fault) -> None:
        passed = 0
        limited = fault.reset or fault.truncate or fault.stall
        while chunk := await there.read(65_536):
            part = chunk[: max(0, fault.after - passed)] if limited else chunk
            passed += len(part)
            await self._send(writer, part, fault)
            if limited and passed >= fault.after:
                if fault.stall:
                    await asyncio.Event().wait()
                return

    async def _send(self, writer: asyncio.StreamWriter, part: bytes, fault: Fault) -> None:
        if not fault.trickle:
            writer.write(part)
            return await writer.drain()
        for byte in part:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(1 / fault.trickle)
        return None

    async def _end(self, writer: asyncio.StreamWriter, *, reset: bool) -> None:
        if reset:
            plug = writer.get_extra_info("socket")
            if plug is not None:
                plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
