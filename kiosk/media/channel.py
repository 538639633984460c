"""WebSockets over a connection that was judged first: pings, a cap on each message, bounded silence."""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

import websockets
import zstandard
from websockets.asyncio.client import connect

from kiosk.domain.errors import BadPayload, Portal, Refused, Unavailable
from kiosk.media.asking import USER_AGENT
from kiosk.media.lines import silent
from kiosk.media.troubles import told, unconnected

if TYPE_CHECKING:
    import socket
    import ssl
    from collections.abc import AsyncGenerator, Mapping, Sequence

    import httpx
    from websockets.asyncio.client import ClientConnection

LONGEST: Final = 1_000_000
"""Bytes of one message, unpacked."""

PING: Final = 20.0
PONG: Final = 25.0
"""Seconds between pings, and until a pong must have come: together the heartbeat's deadline of 45."""

OPENING: Final = 20.0
CLOSING: Final = 1.0

_REFUSALS: Final = frozenset({401, 403, 404, 410})
_QUIET: Final = logging.getLogger("kiosk.websocket")
_QUIET.setLevel(logging.CRITICAL)  # what goes wrong is raised


class OpenChannel:
    """An open WebSocket; see `sources.source.Channel`."""

    def __init__(self, connection: ClientConnection, host: str, silence: float, dictionary: bytes | None) -> None:
        """Speak with `host`; `silence` in seconds is the longest pause between messages, 0 for any."""
        self._connection = connection
        self._host = host
        self._silence = silence
        held = zstandard.ZstdCompressionDict(dictionary) if dictionary else None
        self._unpacker = zstandard.ZstdDecompressor(dict_data=held, max_window_size=1 << 23) if held else None

    async def send(self, message: str) -> None:
        """Send one text message.

        Raises:
            Unavailable: where the connection has ended.

        """
        try:
            with told(self._host, OPENING):
                async with asyncio.timeout(OPENING):
                    await self._connection.send(message)
        except websockets.ConnectionClosed as error:
            raise self._ended(error) from error

    async def messages(self) -> AsyncGenerator[str | bytes]:
        """Each message until the server closes in good order.

        Raises:
            Unavailable: after too long a silence, or where the server breaks off.
            BadPayload: for a packed message that cannot be unpacked.

        """
        while True:
            try:
                async with asyncio.timeout(self._silence or None):
                    message = await self._connection.recv()
            except TimeoutError as error:
                raise silent(self._host, self._silence) from error
            except websockets.ConnectionClosedOK:
                return
            except websockets.ConnectionClosed as error:
                raise self._ended(error) from error
            yield self._unpacked(message)

    def _unpacked(self, message: str | bytes) -> str | bytes:
        if self._unpacker is None or isinstance(message, str):
            return message
        try:
            with self._unpacker.stream_reader(message) as reader:
                unpacked = reader.read(LONGEST + 1)
        except zstandard.ZstdError as error:
            raise BadPayload(f"{self._host} packed a message in another way than agreed ({error}).") from error
        if len(unpacked) > LONGEST:
            raise BadPayload(f"{self._host} sent a message of more than {LONGEST / 1_000_000:g} MB.")
        return unpacked

    def _ended(self, error: websockets.ConnectionClosed) -> Unavailable:
        if error.sent is not None and error.rcvd is None and "keepalive" in error.sent.reason:
            return silent(self._host, PING + PONG)
        said = error.rcvd.reason if error.rcvd is not None else ""
        return Unavailable(f"{self._host} broke off ({said or 'without a word'}).")


class _Straight(connect):
    """A connection attempt that follows no redirect: another address would not have been judged."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


@asynccontextmanager
async def opened(  # noqa: PLR0913  # what a WebSocket takes
    url: httpx.URL,
    *,
    plug: socket.socket,
    trust: ssl.SSLContext | None,
    headers: Mapping[str, str],
    subprotocols: Sequence[str],
    silence: float,
    dictionary: bytes | None,
) -> AsyncGenerator[OpenChannel]:
    """Shake hands over the connected socket `plug` and speak until the block ends; redirects are not followed.

    Raises:
        Refused: where the server answers that it will not.
        Unavailable: for anything that may pass.

    """
    try:
        connection = await _Straight(
            str(url),
            sock=plug,
            ssl=trust if url.scheme == "wss" else None,
            proxy=None,
            additional_headers=dict(headers),
            user_agent_header=USER_AGENT,
            subprotocols=[websockets.Subprotocol(name) for name in subprotocols] or None,
            max_size=LONGEST,
            max_queue=4,  # each may have LONGEST bytes
            open_timeout=OPENING,
            ping_interval=PING,
            ping_timeout=PONG,
            close_timeout=CLOSING,
            logger=_QUIET,
        )
    except websockets.InvalidStatus as error:
        raise _answered(url.host, error) from error
    except (websockets.WebSocketException, ValueError) as error:
        raise Unavailable(f"{url.host} does not speak WebSocket here ({error}).") from error
    except TimeoutError as error:
        raise Unavailable(f"{url.host} does not answer.") from error
    except (OSError, EOFError) as error:
        raise unconnected(url.host, error) from error
    try:
        yield OpenChannel(connection, url.host, silence, dictionary)
    finally:
        await connection.close()


def _answered(host: str, error: websockets.InvalidStatus) -> Refused | Unavailable | Portal:
    status = error.response.status_code
    if status in _REFUSALS:
        return Refused(f"{host} does not stream to us (status {status}).")
    if status < 400 or status == 511:  # noqa: PLR2004  # no error, or RFC 6585: a log-in page is in the way
        return Portal(f"{host} answered status {status} instead of a stream; is this network's log-in page in the way?")
    wish = error.response.headers.get("Retry-After", "")
    return Unavailable(
        f"{host} does not stream now (status {status}).", retry_after=float(wish) if wish.isdecimal() else None
    )
