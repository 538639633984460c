"""Conversations and sources on relays of loopback, as the tests of Nostr need them."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from means import means
from servers.small_relay import SmallRelay
from servers.tag_server import real_client

from kiosk.sources.nostr.nostr import Nostr, NostrTable
from kiosk.sources.nostr.pool import Pool

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from kiosk.sources.nostr.relay import Conversation


def nostr(client: Any, urls: Sequence[str], hashtags: Sequence[str] = ("#hall",)) -> Nostr:
    return Nostr(NostrTable(relays=tuple(urls), allow_private_addresses=True), means(client, hashtags))


def on_relays(scenario: Callable[..., Awaitable[Any]], count: int = 1, hashtags: Sequence[str] = ("#hall",)) -> Any:
    """Run a scenario with a source and the small relays that it reads."""

    async def whole() -> Any:
        async with aclosing(real_client()) as client:
            relays = [SmallRelay() for _ in range(count)]
            for relay in relays:
                await relay.start()
            try:
                return await scenario(nostr(client, [relay.url for relay in relays], hashtags), *relays)
            finally:
                for relay in relays:
                    await relay.stop()

    return asyncio.run(whole())


def in_talk(scenario: Callable[[Conversation, SmallRelay], Awaitable[Any]], relay: SmallRelay | None = None) -> Any:
    """Run a scenario with one open conversation."""

    async def whole() -> Any:
        async with (
            aclosing(real_client()) as client,
            relay or SmallRelay() as running,
            Pool([running.url], client).conversation(running.url) as talk,
        ):
            return await scenario(talk, running)

    return asyncio.run(whole())
