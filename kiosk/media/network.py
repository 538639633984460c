"""The way out: names are resolved here, and only an address that was judged, then connected, carries a byte."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, Final, cast

import httpcore

from kiosk.domain.errors import Refused
from kiosk.media.addresses import objection

if TYPE_CHECKING:
    from collections.abc import Iterable

    from httpcore import SOCKET_OPTION

ADDRESSES: Final = 4
"""How many of a name's addresses are tried."""

BLOCKED: Final = 20.0
"""Seconds that one wait on a dialled socket may take."""

NEXT_AFTER: Final = 2.0
"""Seconds after which an address that does not answer gives way to the name's next one."""


class GuardedNetwork(httpcore.AsyncNetworkBackend):
    """Connects to public addresses, and where allowed to the venue's; TLS starts only after the check."""

    def __init__(self, *, allow_private: bool = False) -> None:
        """Open loopback, RFC 1918 and unique local addresses too where `allow_private`."""
        self._allow_private = allow_private
        self._inner = cast("httpcore.AsyncNetworkBackend", httpcore.AnyIOBackend())  # its stub is bare without AnyIO

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # httpcore's interface
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first of the host's permitted addresses that answers.

        Raises:
            Refused: where every address of the host, or the one really connected, is forbidden.

        """
        addresses = await self._permitted(host, port, timeout)
        for address in addresses[:-1]:
            try:
                return await self._connect(address, host, port, NEXT_AFTER, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._connect(addresses[-1], host, port, timeout, local_address, socket_options)

    async def dial(self, host: str, port: int, seconds: float) -> socket.socket:
        """Connect a plain socket to the first permitted address that answers; it blocks, 20 seconds at a time.

        Raises:
            Refused: where every address of the host is forbidden.
            OSError: where none answers.

        """
        fault: OSError | None = None
        for address in await self._permitted(host, port, seconds):
            plug = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
            plug.setblocking(False)  # noqa: FBT003  # socket's own interface
            # asyncio does so for sockets of its own alone; without it each short question may wait 40 ms (RFC 896).
            plug.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            try:
                async with asyncio.timeout(seconds):
                    await asyncio.get_running_loop().sock_connect(plug, (address, port))
                self._judge(host, str(plug.getpeername()[0]))
            except OSError as error:  # also TimeoutError
                plug.close()
                fault = error
                continue
            except BaseException:
                plug.close()
                raise
            plug.settimeout(BLOCKED)
            return plug
        raise fault or OSError(f"{host} has no address")

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109  # httpcore's interface
        socket_options: Iterable[SOCKET_OPTION] | None = None,  # noqa: ARG002
    ) -> httpcore.AsyncNetworkStream:
        """Refuse: no link leads to a socket file."""
        raise Refused(f"{path} is a socket file; only web servers are fetched from.")

    async def sleep(self, seconds: float) -> None:
        """Wait, as httpcore does between its own retries."""
        await asyncio.sleep(seconds)

    async def _permitted(self, host: str, port: int, seconds: float | None) -> list[str]:
        try:
            async with asyncio.timeout(seconds):
                found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(f"The name {host} was not resolved in time.") from error
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(str(error)) from error
        addresses = list(dict.fromkeys(str(row[4][0]) for row in found))
        objections = {address: objection(address, allow_private=self._allow_private) for address in addresses}
        permitted = [address for address, against in objections.items() if not against]
        if not permitted:
            raise Refused(_sentence(host, objections))
        return permitted[:ADDRESSES]

    async def _connect(  # noqa: PLR0913, PLR0917  # httpcore's interface, and the name for the sentence
        self,
        address: str,
        host: str,
        port: int,
        seconds: float | None,
        local_address: str | None,
        socket_options: Iterable[SOCKET_OPTION] | None,
    ) -> httpcore.AsyncNetworkStream:
        stream = await self._inner.connect_tcp(address, port, seconds, local_address, socket_options)
        peer: tuple[str, int] | None = stream.get_extra_info("server_addr")
        try:
            self._judge(host, peer[0] if peer else "")
        except Refused:
            await stream.aclose()
            raise
        return stream

    def _judge(self, host: str, address: str) -> None:
        """Refuse the address that was really connected, where it is forbidden or not to be known."""
        against = objection(address, allow_private=self._allow_private) if address else "an unknown address"
        if against:
            raise Refused(_sentence(host, {address or "?": against}))


def _sentence(host: str, objections: dict[str, str]) -> str:
    address, against = next(iter(objections.items()), ("nothing", "no address"))
    return (
        f"{host} leads to {address}, {against}, and was not contacted. "
        "For a server inside the venue set allow_private_addresses = true in its [[source]]."
    )
