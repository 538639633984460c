"""The guarded HTTP client: every request the program makes passes its deadline, its caps and its address check."""

from __future__ import annotations

import asyncio
import ssl
import sys
from contextlib import AsyncExitStack, aclosing, asynccontextmanager, nullcontext
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import urlencode

import certifi
import httpcore
import httpx
import msgspec

from kiosk.domain.errors import Refused, Unavailable
from kiosk.media import asking
from kiosk.media.body import read_body, too_large
from kiosk.media.channel import opened
from kiosk.media.lines import LineAnswer
from kiosk.media.network import GuardedNetwork
from kiosk.media.throttle import Throttle
from kiosk.media.troubles import BROKEN, told

if TYPE_CHECKING:
    import socket
    from collections.abc import AsyncGenerator, Mapping, Sequence
    from contextlib import AbstractAsyncContextManager

    from kiosk.media.channel import OpenChannel

UNHURRIED: Final = 600.0
"""Seconds that one wait for bytes may take; the deadline on the whole request is always shorter."""

REDIRECTS: Final = 5
if find_spec("sniffio") is None:
    # httpcore tries to import it four times a request, and each time Python searches every folder it knows: 1 ms.
    sys.modules["sniffio"] = None  # type: ignore[assignment]  # Python's own mark for what cannot be imported

_REDIRECTING: Final = frozenset({301, 302, 303, 307, 308})


class Limits(msgspec.Struct, frozen=True):
    """What one request may take: seconds over all its redirects, bytes once unpacked, and whether packing is asked."""

    seconds: float
    largest: int
    packed: bool


API: Final = Limits(seconds=20, largest=5_000_000, packed=True)
PICTURE: Final = Limits(seconds=30, largest=15_000_000, packed=False)


def venue_trust(*, operating_system: bool = False) -> ssl.SSLContext:
    """Which certificates are believed: certifi's bundle, and the operating system's too where asked."""
    trust = ssl.create_default_context(cafile=certifi.where())
    trust.hostname_checks_common_name = False  # RFC 9525, 6.3: only alternative names count
    if operating_system:
        trust.load_default_certs()
    return trust


class GuardedClient:
    """Keeps no cookies, heeds no proxy variables and follows redirects by hand.

    It speaks to httpcore's pool directly: httpx's own client would add cookies and environment on top, and
    offers no place for the address check.
    """

    def __init__(
        self,
        limits: Limits = API,
        *,
        allow_private: bool = False,
        throttle: Throttle | None = None,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        """Share one `throttle` among all clients of the program; plain http needs `allow_private`."""
        self._limits = limits
        self._allow_private = allow_private
        self._throttle = throttle or Throttle()
        self._network = GuardedNetwork(allow_private=allow_private)
        self._trust = trust or venue_trust()
        self._kept = self._pool(idle=4)
        self._fresh = self._pool(idle=0)

    async def get(  # a request, and what it may take
        self,
        url: str,
        *,
        params: Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        seconds: float | None = None,
        largest: int | None = None,
    ) -> httpx.Response:
        """Fetch `url` and read its body; a status code is no error here, `response.url` is where it ended.

        Raises:
            Unavailable: for anything that may pass.
            Refused: for what may not: a forbidden address, a bad certificate, too large an answer.

        """
        packed, cap = self._limits.packed, largest or self._limits.largest
        request = asking.request("GET", url, params=params, headers=headers, packed=packed)
        left = seconds or self._limits.seconds
        for _ in range(REDIRECTS + 1):
            asking.check(request.url, allow_plain=self._allow_private)
            # An answer that may take longer than usual is waited for beside the host's turns, not in one of them.
            patient = seconds is not None and seconds > self._limits.seconds
            async with nullcontext() if patient else self._throttle.turn(request.url.host):
                begun = asyncio.get_running_loop().time()
                response = await self._within(request, left, cap)
                left -= asyncio.get_running_loop().time() - begun
            if response.status_code not in _REDIRECTING or "location" not in response.headers:
                return response
            request = asking.redirected(request, response.headers["location"], packed=packed)
        raise Refused(f"{httpx.URL(url).host} redirects more than {REDIRECTS} times.")

    async def post(  # a request, and what it carries
        self,
        url: str,
        *,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        method: str = "POST",
    ) -> httpx.Response:
        """Send JSON, a form or nothing, once, and read the answer; redirects are answers.

        Raises:
            Unavailable: for anything that may pass; whether the server acted is then not known.
            Refused: for what may not.

        """
        content, kind = b"", {}
        if json is not None:
            content, kind = msgspec.json.encode(json), {"Content-Type": "application/json"}
        elif form is not None:
            content, kind = urlencode(form).encode(), {"Content-Type": "application/x-www-form-urlencoded"}
        request = asking.request(
            method, url, headers={**kind, **(headers or {})}, content=content, packed=self._limits.packed
        )
        asking.check(request.url, allow_plain=self._allow_private)
        async with self._throttle.turn(request.url.host):
            return await self._within(request, self._limits.seconds, self._limits.largest)

    @asynccontextmanager
    async def open(
        self,
        url: str,
        *,
        params: Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        silence: float = 45.0,
    ) -> AsyncGenerator[LineAnswer]:
        """Fetch an answer without an end, to be read line by line; redirects are answers.

        Raises:
            Unavailable: for anything that may pass.
            Refused: for what may not.

        """
        request = asking.request("GET", url, params=params, headers=headers, packed=False)
        asking.check(request.url, allow_plain=self._allow_private)
        host = request.url.host
        async with AsyncExitStack() as stack:
            # An endless answer holds its host's turn only until it begins.
            async with self._throttle.turn(host):
                with told(host, self._limits.seconds):
                    async with asyncio.timeout(self._limits.seconds):
                        answer = await stack.enter_async_context(self._answer(self._fresh, request, silence, {}))
            yield LineAnswer(answer, host, silence)

    @asynccontextmanager
    async def websocket(  # what a WebSocket takes
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        silence: float = 45.0,
        dictionary: bytes | None = None,
        subprotocols: Sequence[str] = (),
    ) -> AsyncGenerator[OpenChannel]:
        """Open a WebSocket with pings; `silence` 0 lets pongs alone prove life, so that messages may be rare.

        Raises:
            Unavailable: for anything that may pass.
            Refused: for what may not.

        """
        address = asking.request("GET", url).url
        asking.check(address, allow_plain=self._allow_private)
        port = address.port or (443 if address.scheme == "wss" else 80)
        async with AsyncExitStack() as stack:
            async with self._throttle.turn(address.host):
                plug = await self.dial(address.host, port)
                plug.setblocking(False)  # noqa: FBT003  # socket's own interface
                talk = opened(
                    address,
                    plug=plug,
                    trust=self._trust,
                    headers=headers or {},
                    subprotocols=subprotocols,
                    silence=silence,
                    dictionary=dictionary,
                )
                channel = await stack.enter_async_context(talk)
            yield channel

    async def dial(self, host: str, port: int) -> socket.socket:
        """Connect plain TCP to a permitted address of `host`; the socket blocks, with 20 seconds for each wait.

        Raises:
            Unavailable: where it does not answer.
            Refused: where its address is forbidden.

        """
        with told(host, self._limits.seconds):
            return await self._network.dial(host, port, 10.0)

    async def aclose(self) -> None:
        """Close every connection."""
        await self._kept.aclose()
        await self._fresh.aclose()

    def _pool(self, *, idle: int) -> httpcore.AsyncConnectionPool:
        return httpcore.AsyncConnectionPool(
            ssl_context=self._trust,
            max_connections=None,  # the throttle counts; a pool that queues loses places (httpcore issue 1093)
            max_keepalive_connections=idle,
            keepalive_expiry=30.0,
            network_backend=self._network,
        )

    async def _within(self, request: httpx.Request, seconds: float, cap: int) -> httpx.Response:
        with told(request.url.host, max(seconds, self._limits.seconds)):
            try:
                async with asyncio.timeout(max(0.0, seconds)):
                    return await self._send(request, cap)
            except httpcore.PoolTimeout as error:
                stuck, self._kept = self._kept, self._pool(idle=4)
                await stuck.aclose()
                raise Unavailable(f"The connections to {request.url.host} were stuck and are made anew.") from error

    async def _send(self, request: httpx.Request, cap: int) -> httpx.Response:
        if request.method != "GET":
            return await self._exchange(self._fresh, request, {}, cap)
        reused = True

        async def trace(event: str, _: Mapping[str, Any]) -> None:  # httpcore awaits it
            nonlocal reused
            reused = reused and event != "connection.connect_tcp.started"

        try:
            return await self._exchange(self._kept, request, {"trace": trace}, cap)
        except BROKEN:
            if not reused:
                raise
        # Some servers (snac is one) reset connections they had promised to keep.
        return await self._exchange(self._fresh, request, {}, cap)

    async def _exchange(
        self, pool: httpcore.AsyncConnectionPool, request: httpx.Request, extensions: dict[str, Any], cap: int
    ) -> httpx.Response:
        host = request.url.host
        async with self._answer(pool, request, UNHURRIED, extensions) as answer:
            headers = httpx.Headers(answer.headers)
            if answer.status not in _REDIRECTING and _declared(headers) > cap:
                raise too_large(host, cap)
            async with aclosing(cast("AsyncGenerator[bytes]", answer.aiter_stream())) as chunks:
                body = await read_body(chunks, headers.get("content-encoding", ""), cap, host)
        kept = [(name, value) for name, value in headers.raw if name.lower() not in _SPENT]
        return httpx.Response(answer.status, headers=kept, content=body, request=request)

    def _answer(
        self, pool: httpcore.AsyncConnectionPool, request: httpx.Request, read: float, extensions: dict[str, Any]
    ) -> AbstractAsyncContextManager[httpcore.Response]:
        url = request.url
        waits = {"connect": 10.0, "read": read, "write": 10.0, "pool": 5.0}
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        return pool.stream(
            request.method,
            target,
            headers=request.headers.raw,
            content=request.content or None,
            extensions={"timeout": waits, **extensions},
        )


_SPENT: Final = frozenset({b"content-encoding", b"content-length", b"transfer-encoding"})


def _declared(headers: httpx.Headers) -> int:
    length = headers.get("content-length", "")
    return int(length) if length.isdecimal() and len(length) < 20 else 0  # noqa: PLR2004  # 2**64 has 20 digits
