from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

import httpcore
import pytest

from kiosk.domain.errors import Refused
from kiosk.media.network import GuardedNetwork

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


async def _silent(_: bytes, __: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


def _port(base: str) -> int:
    return int(base.rpartition(":")[2])


def _lie(answers: list[tuple[str, ...]]) -> Callable[..., Awaitable[list[object]]]:
    """A resolver that gives another answer each time, as a rebinding name server does."""

    async def getaddrinfo(*_: object, **__: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in answers.pop(0)]

    return getaddrinfo


def test_the_address_really_connected_is_judged(serving):
    heads: list[bytes] = []

    async def answer(head: bytes, _: asyncio.StreamWriter) -> None:
        heads.append(head)

    class Elsewhere(httpcore.AsyncNetworkBackend):
        """Connects to loopback whatever it is asked for, as a redirecting firewall does."""

        async def connect_tcp(self, *asked: object) -> httpcore.AsyncNetworkStream:
            return await httpcore.AnyIOBackend().connect_tcp("127.0.0.1", asked[1])

    async def scene() -> None:
        network = GuardedNetwork()
        network._inner = Elsewhere()
        async with serving(answer) as base:
            with pytest.raises(Refused, match=r"127\.0\.0\.1, this machine itself"):
                await network.connect_tcp("1.1.1.1", _port(base), 2.0)
            async with httpcore.AsyncConnectionPool(network_backend=network) as pool:
                with pytest.raises(Refused):
                    await pool.request("GET", f"http://1.1.1.1:{_port(base)}/")

    asyncio.run(scene())
    assert not heads


def test_forbidden_answers_among_good_ones_are_never_tried(monkeypatch, serving):
    async def scene() -> None:
        loop = asyncio.get_running_loop()
        monkeypatch.setattr(loop, "getaddrinfo", _lie([("169.254.169.254", "127.0.0.1"), ("169.254.169.254",)]))
        network = GuardedNetwork(allow_private=True)
        async with serving(_silent) as base:
            stream = await network.connect_tcp("rebinding.example", _port(base), 2.0)
            assert stream.get_extra_info("server_addr")[0] == "127.0.0.1"
            await stream.aclose()
            with pytest.raises(Refused, match="link-local"):
                await network.connect_tcp("rebinding.example", _port(base), 2.0)

    asyncio.run(scene())


def test_the_next_address_is_tried_where_one_refuses(monkeypatch, serving):
    async def scene() -> None:
        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", _lie([("127.0.0.9", "127.0.0.1")]))
        async with serving(_silent) as base:
            stream = await GuardedNetwork(allow_private=True).connect_tcp("two.example", _port(base), 2.0)
            assert stream.get_extra_info("server_addr")[0] == "127.0.0.1"
            await stream.aclose()

    asyncio.run(scene())


def test_a_resolver_that_never_answers_runs_into_the_deadline(monkeypatch):
    async def scene() -> None:
        async def silent(*_: object, **__: object) -> None:
            await asyncio.sleep(60)

        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", silent)
        with pytest.raises(httpcore.ConnectTimeout):
            await GuardedNetwork().connect_tcp("slow.example", 443, 0.1)

    asyncio.run(scene())


def test_socket_files_are_refused():
    with pytest.raises(Refused, match="socket file"):
        asyncio.run(GuardedNetwork(allow_private=True).connect_unix_socket("/run/x.sock"))
