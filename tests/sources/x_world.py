"""What the tests of the X source share: a source on a loopback server, through the real client."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from servers.tag_server import real_client
from servers.x_server import TOKEN

from kiosk.sources.source import Means
from kiosk.sources.x.stream import x_source
from kiosk.sources.x.x import XTable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from servers.x_server import XServer


class NoVault:
    """Nothing is kept."""

    def get(self, _: str) -> str:
        return ""

    def put(self, _: str, __: str) -> None:
        raise AssertionError


async def unused(*_: Any) -> Any:
    raise AssertionError


def on(
    server: XServer,
    scenario: Callable[[Any], Awaitable[Any]],
    *,
    token: str = TOKEN,
    hashtags: tuple[str, ...] = ("#hall",),
    seconds: float = 10.0,
    **options: Any,
) -> Any:
    """Run a scenario on a source that reads the server."""

    async def whole() -> Any:
        table = XTable(kind="x", server=server.url, token_file="x", allow_private_addresses=True, **options)  # noqa: S106  # a file's name
        async with aclosing(real_client(seconds)) as client:
            return await scenario(x_source(table, Means(client, hashtags, token, Path(), NoVault(), unused, unused)))

    return asyncio.run(whole())
