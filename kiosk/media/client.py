"""The guarded HTTP client: every request the program makes passes its deadline, its caps and its address check."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Final, cast

import certifi
import httpcore
import httpx
import msgspec

from kiosk import __version__
from kiosk.domain.errors import Refused, Unavailable
from kiosk.media.body import read_body, too_large
from kiosk.media.network import GuardedNetwork
from kiosk.media.throttle import Throttle

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence

USER_AGENT: Final = f"TweetupWall/{__version__}"
REDIRECTS: Final = 5
_REDIRECTING: Final = frozenset({301, 302, 303, 307, 308})
_BROKEN: Final = (httpcore.NetworkError, httpcore.ProtocolError)


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
    if operating_system:
        trust.load_default_certs()
    return trust


class GuardedClient:
    """Fetches with GET only; keeps no cookies, heeds no proxy variables and follows redirects by hand.

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

    async def get(
        self,
        url: str,
        *,
        params: Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Fetch `url` and read its body; a status code is no error here, `response.url` is where it ended.

        Raises:
            Unavailable: for anything that may pass.
            Refused: for what may not: a forbidden address, a bad certificate, too large an answer.

        """
        request = self._request(url, params, headers or {})
        left = self._limits.seconds
        for _ in range(REDIRECTS + 1):
            self._check(request.url)
            async with self._throttle.turn(request.url.host):
                begun = asyncio.get_running_loop().time()
                response = await self._within(request, left)
                left -= asyncio.get_running_loop().time() - begun
            if response.status_code not in _REDIRECTING or "location" not in response.headers:
                return response
            request = self._redirected(request, response.headers["location"])
        raise Refused(f"{httpx.URL(url).host} redirects more than {REDIRECTS} times.")

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

    def _request(self, url: str, params: Sequence[tuple[str, str]], headers: Mapping[str, str]) -> httpx.Request:
        own = {
            "User-Agent": USER_AGENT,
            "Accept": "*/*",
            "Accept-Encoding": "gzip" if self._limits.packed else "identity",
        }
        try:
            merged = httpx.URL(url).copy_merge_params(list(params)) if params else httpx.URL(url)
            return httpx.Request("GET", merged, headers={**own, **headers})
        except (httpx.InvalidURL, UnicodeError, ValueError) as error:
            raise Refused(f"“{url[:200]}” is not a web address ({error}).") from error

    def _check(self, url: httpx.URL) -> None:
        if url.scheme == "http" and not self._allow_private:
            raise Refused(f"{url.host} is asked for over plain http; only https is fetched.")
        if url.scheme not in {"http", "https"} or not url.host:
            raise Refused(f"“{str(url)[:200]}” is not a web address.")
        if url.userinfo:
            raise Refused(f"The address at {url.host} carries a password; use a token_file.")

    def _redirected(self, request: httpx.Request, location: str) -> httpx.Request:
        try:
            url = request.url.join(location)
        except (httpx.InvalidURL, UnicodeError, ValueError) as error:
            raise Refused(f"{request.url.host} redirects to something that is no web address.") from error
        same = (url.scheme, url.host, url.port) == (request.url.scheme, request.url.host, request.url.port)
        kept = {
            name: value
            for name, value in request.headers.items()
            if name != "host" and (same or name != "authorization")
        }
        return self._request(str(url), (), kept)

    async def _within(self, request: httpx.Request, seconds: float) -> httpx.Response:
        host = request.url.host
        try:
            async with asyncio.timeout(max(0.0, seconds)):
                return await self._send(request)
        except TimeoutError as error:
            raise Unavailable(f"{host} did not finish its answer within {self._limits.seconds:g} seconds.") from error
        except httpcore.PoolTimeout as error:
            stuck, self._kept = self._kept, self._pool(idle=4)
            await stuck.aclose()
            raise Unavailable(f"The connections to {host} were stuck and are made anew.") from error
        except httpcore.TimeoutException as error:
            raise Unavailable(f"{host} does not answer.") from error
        except httpcore.LocalProtocolError as error:
            raise Refused(f"The request to {host} cannot be sent ({error}); check its token_file.") from error
        except httpcore.ConnectError as error:
            raise _unconnected(host, error) from error
        except (*_BROKEN, httpcore.UnsupportedProtocol) as error:
            raise Unavailable(f"{host} broke off ({error}).") from error

    async def _send(self, request: httpx.Request) -> httpx.Response:
        reused = True

        async def trace(event: str, _: Mapping[str, Any]) -> None:  # httpcore awaits it
            nonlocal reused
            reused = reused and event != "connection.connect_tcp.started"

        try:
            return await self._exchange(self._kept, request, {"trace": trace})
        except _BROKEN:
            if not reused:
                raise
        # Some servers (snac is one) reset connections they had promised to keep.
        return await self._exchange(self._fresh, request, {})

    async def _exchange(
        self, pool: httpcore.AsyncConnectionPool, request: httpx.Request, extensions: dict[str, Any]
    ) -> httpx.Response:
        url, cap = request.url, self._limits.largest
        waits = {"connect": 10.0, "read": self._limits.seconds, "write": 10.0, "pool": 5.0}
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        async with pool.stream(
            "GET", target, headers=request.headers.raw, extensions={"timeout": waits, **extensions}
        ) as answer:
            headers = httpx.Headers(answer.headers)
            if answer.status not in _REDIRECTING and _declared(headers) > cap:
                raise too_large(url.host, cap)
            async with aclosing(cast("AsyncGenerator[bytes]", answer.aiter_stream())) as chunks:
                body = await read_body(chunks, headers.get("content-encoding", ""), cap, url.host)
        kept = [(name, value) for name, value in headers.raw if name.lower() not in _SPENT]
        return httpx.Response(answer.status, headers=kept, content=body, request=request)


_SPENT: Final = frozenset({b"content-encoding", b"content-length", b"transfer-encoding"})


def _declared(headers: httpx.Headers) -> int:
    length = headers.get("content-length", "")
    return int(length) if length.isdecimal() and len(length) < 20 else 0  # noqa: PLR2004  # 2**64 has 20 digits


def _unconnected(host: str, error: BaseException) -> Refused | Unavailable:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Refused(
                f"The certificate of {host} is not good ({cause.verify_message}); check this machine's clock, "
                "or ask whoever runs that server."
            )
        cause = cause.__cause__ or cause.__context__
    return Unavailable(f"{host} cannot be reached ({error}).")
