"""What the contract asks of a network on loopback: posts that come, change and go, and every kind of bad answer."""

from __future__ import annotations

import asyncio
import math
import re
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, ClassVar, Self

from contract.hostile import Mangling, endless
from means import means
from servers.drop import silent
from servers.fault_proxy import Fault, FaultProxy, answer
from servers.tag_server import real_client

from kiosk.sources import SOURCES

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping
    from pathlib import Path
    from random import Random

    from kiosk.sources.source import Batch, Recheck, Source

MOMENT = 0.03
"""Seconds in which a change at the network has come about."""

_TOO_MANY = "429 Too Many Requests"


class Network:
    """One network from `async with` to its end; posts are known by their numbers, which stand in their words."""

    kind: ClassVar[str]
    cannot: ClassVar[Mapping[str, str]] = {}
    """What this network does not have, each with the reason: edit, delete, limit, say, packed."""

    options: ClassVar[Mapping[str, Any]] = {}
    token: ClassVar[str] = ""

    def __init__(self, folder: Path, parse: Any) -> None:
        self.folder = folder
        self._parse = parse
        self._client: Any = None
        self._seen: dict[str, Any] = {}

    async def __aenter__(self) -> Self:
        self._client = real_client()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    def source(self, wrap: Any = lambda client: client, at: str = "") -> Source:
        """A new instance; `wrap` may stand between it and its client, `at` is another server's address."""
        given = means(
            wrap(self._client), ["hall"], self.token, folder=self.folder, parse_feed=self._parse, caption=silent
        )
        options, more = self.made(at)
        table = SOURCES[self.kind].options(
            **{"kind": self.kind, "allow_private_addresses": True, **self.options, **options}
        )
        return SOURCES[self.kind].make(table, given, *more)

    def made(self, at: str) -> tuple[dict[str, Any], tuple[Any, ...]]:
        """The table's own keys, and what else its maker takes."""
        raise NotImplementedError

    def add(self, number: int) -> None:
        """A new post."""
        raise NotImplementedError

    def edit(self, number: int) -> None:
        """Its words become other ones, with “Edited” in them."""
        raise NotImplementedError

    def delete(self, number: int) -> None:
        """Its author takes it back."""
        raise NotImplementedError

    def malform(self) -> None:
        """An item that cannot be read comes among the others."""
        raise NotImplementedError

    async def down(self) -> None:
        """It cannot be reached."""
        raise NotImplementedError

    async def up(self) -> None:
        """It is there again."""
        raise NotImplementedError

    async def say(self, status: str, body: bytes, *headers: str) -> None:
        """Answer everything so."""
        raise NotImplementedError

    async def limit(self, seconds: int) -> None:
        """Answer everything with this network's wish for a pause."""
        raise NotImplementedError

    def wreck(self, chance: Random) -> Any:
        """Mangle what a source is told from now on; what stands between it and its client then."""
        seen = self._seen
        return lambda client: Mangling(client, chance, seen)

    @asynccontextmanager
    async def flood(self, *, packed: bool) -> AsyncGenerator[Source]:
        """A source that is told something without an end."""
        async with endless(packed=packed) as address:
            yield self.source(at=address)

    async def rest(self, source: Source) -> None:
        """Let so much time pass for a source as a deletion takes to be believed."""


class Web(Network):
    """A network that speaks HTTP, behind a proxy that can do everything to it."""

    server: Any

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        self.server = self.serve()
        self.server.__enter__()
        self.proxy = FaultProxy(self.server.url.replace("ws:", "http:"))
        self.proxy.__enter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await super().__aexit__()
        self.proxy.__exit__()
        self.server.__exit__()

    def serve(self) -> Any:
        """Its server, not yet begun."""
        raise NotImplementedError

    def made(self, at: str) -> tuple[dict[str, Any], tuple[Any, ...]]:
        return {"server": at or self.proxy.url}, ()

    async def down(self) -> None:
        await self._meet(Fault(refuse=True))

    async def up(self) -> None:
        await self._meet(Fault())

    async def say(self, status: str, body: bytes, *headers: str) -> None:
        await self._meet(Fault(says=answer(status, body, *headers)))

    async def limit(self, seconds: int) -> None:
        await self.say(_TOO_MANY, *self.wish(seconds))

    def wish(self, seconds: int) -> tuple[bytes, str]:
        """The body and the header by which a pause is asked for."""
        return b"{}", f"Retry-After: {seconds}"

    async def _meet(self, fault: Fault) -> None:
        self.proxy.fault = fault
        self.proxy.cut()
        await asyncio.sleep(MOMENT)


def epoch(seconds: int) -> int:
    """Seconds since 1970, so many from now."""
    return math.ceil(time.time()) + seconds


def numbers(answer: Batch | Recheck) -> list[int]:
    """Which posts these are, in their order."""
    return [int(re.search(r"\d+", item.post.text)[0]) for item in answer.found]  # type: ignore[index]
