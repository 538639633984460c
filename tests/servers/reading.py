"""Reads a server through the real client, as the tests of the Mastodon source do."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from means import means
from servers.tag_server import TagServer, real_client

from kiosk.domain.model import Cursor, PostUri
from kiosk.sources.mastodon.mastodon import Mastodon, MastodonTable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from kiosk.sources.source import Batch, Recheck


def with_source(
    address: str,
    scenario: Callable[[Mastodon], Awaitable[Any]],
    *,
    tags=("hall",),
    token="",
    seconds=10.0,
    **options: Any,
) -> Any:
    """Run a scenario on a source that reads a real server through the real client; `options` are the table's."""

    async def whole() -> Any:
        async with aclosing(real_client(seconds)) as client:
            table = MastodonTable(server=address, allow_private_addresses=True, **options)
            return await scenario(Mastodon(table, means(client, tags, token)))

    return asyncio.run(whole())


def poll(server: TagServer, cursor: Cursor | None = None, **options: Any) -> Batch:
    return with_source(server.url, lambda source: source.poll(cursor), **options)


def poll_on(server: TagServer, cursor: Cursor | None = None, **options: Any) -> list[Batch]:
    """Poll for as long as the source says that there is more."""

    async def scenario(source: Mastodon) -> list[Batch]:
        batches = [await source.poll(cursor)]
        while batches[-1].more:
            batches.append(await source.poll(batches[-1].cursor))
        return batches

    return with_source(server.url, scenario, **options)


def recheck(server: TagServer, *numbers: int, **options: Any) -> Recheck:
    posts = {str(number): PostUri(f"{server.url}/users/ada/statuses/{number}") for number in numbers}
    return with_source(server.url, lambda source: source.recheck(posts), **options)


def ids(*batches: Batch | Recheck) -> list[int]:
    return [int(item.local_id) for batch in batches for item in batch.found]
