"""What a source leaves behind that is stopped in the middle of a question: nothing, and least of all a socket."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from contract.network import numbers
from contract.networks import NETWORKS

from kiosk.domain.errors import SourceError
from kiosk.media.feeds import FeedParser
from kiosk.sources import SOURCES
from kiosk.sources.folder import folder as folder_module
from kiosk.sources.telegram import telegram

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from kiosk.sources.source import Source

TIMES = 40
_FOLDER = Path("/proc/self/fd")


def descriptors() -> int:
    return len(list(_FOLDER.iterdir()))


async def stopped(question: Coroutine[Any, Any, Any], chance: Random) -> None:
    """Ask, and stop some steps of the loop, or up to 20 ms, later."""
    asking = asyncio.ensure_future(question)
    for _ in range(chance.randint(0, 30)):
        await asyncio.sleep(0)
    if chance.random() < 0.7:
        await asyncio.sleep(chance.uniform(0, 0.02))
    asking.cancel()
    with suppress(asyncio.CancelledError, SourceError):
        await asking


@pytest.mark.parametrize("kind", SOURCES)
def test_questions_that_are_stopped_at_any_moment_leave_no_task_and_no_socket_behind(kind, tmp_path, monkeypatch):
    monkeypatch.setattr(folder_module, "GRACE", 0.005)
    monkeypatch.setattr(telegram, "PATIENCE", 0)

    async def stop_all(source: Source, posts: dict[str, Any]) -> None:
        chance = Random(5)
        for number in range(TIMES):
            await stopped(source.recheck(posts) if number % 3 == 0 else source.poll(None), chance)

    async def whole(parser: FeedParser) -> None:
        async with NETWORKS[kind](tmp_path / "network", parser.parse) as network:
            for number in (1, 2, 3):
                network.add(number)
            await asyncio.to_thread(int)  # a thread of the loop's own is no leaving
            if kind == "feed":
                await parser.parse(b'{"version": "https://jsonfeed.org/version/1.1", "items": []}', "")
            tasks, before = asyncio.all_tasks(), descriptors()
            source = network.source()
            first = await source.poll(None)
            await stop_all(source, {item.local_id: item.post.uri for item in first.found})
            assert numbers(await source.poll(None)) == [1, 2, 3]
            await network._client.aclose()
            async with asyncio.timeout(12):  # websockets' own server waits ten seconds for half a handshake
                while asyncio.all_tasks() - tasks or descriptors() > before:
                    await asyncio.sleep(0.01)

    async def run() -> None:
        parser = FeedParser(seconds=30.0)
        try:
            await whole(parser)
        finally:
            await parser.close()

    asyncio.run(run())
