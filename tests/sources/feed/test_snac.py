"""A feed of the real server snac2: what ada writes there arrives, changes and goes."""

from __future__ import annotations

import asyncio
import shutil
import time
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from servers.snac import Snac
from servers.tag_server import real_client
from sources.x_world import NoVault, unused

from kiosk.media.feeds import FeedParser
from kiosk.sources.feed.feed import Feed, FeedTable
from kiosk.sources.source import Means

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

pytestmark = pytest.mark.skipif(not shutil.which("snac"), reason="needs the snac server")


@pytest.fixture
def snac(tmp_path):
    with Snac(tmp_path / "snac") as running:
        yield running


def on(snac: Snac, path: str, scenario: Callable[[Feed], Awaitable[Any]]) -> None:
    async def whole() -> None:
        table = FeedTable(kind="feed", address=snac.url + path, allow_private_addresses=True)
        parser = FeedParser()
        try:
            async with aclosing(real_client()) as client:
                means = Means(client, ("hall",), "", Path(), NoVault(), parser.parse, unused)
                await scenario(Feed(table, means))
        finally:
            await parser.close()

    asyncio.run(whole())


def test_what_is_written_changed_and_deleted_is_followed(snac):
    notes = [snac.note(f"Words number {number} #hall") for number in range(2)]
    _until_another_second()
    middle = snac.note("Short lived #hall")
    _until_another_second()
    last = snac.note("The last #hall")

    async def scenario(feed: Feed) -> None:
        batch = await feed.poll(None)
        shown = {item.post.uri: item.post.text for item in batch.found}
        assert shown == {
            notes[0].uri: "Words number 0 #hall",
            notes[1].uri: "Words number 1 #hall",
            middle.uri: "Short lived #hall",
            last.uri: "The last #hall",
        }
        asked = {item.local_id: item.post.uri for item in batch.found}
        snac.delete(middle)
        snac.edit(last, "The very last #hall")
        feed._held = None  # as half a minute later
        answer = await feed.recheck(asked)
        assert [asked[identity] for identity in answer.gone] == [middle.uri]
        assert {item.post.uri: item.post.text for item in answer.found}[last.uri] == "The very last #hall"
        assert answer.bad == ()

    on(snac, "/ada.rss", scenario)


def _until_another_second() -> None:
    """Dates in RSS have no smaller parts."""
    time.sleep(1.1)


def test_her_page_answers_with_her_feed_because_we_say_what_we_accept(snac):
    note = snac.note("Words #hall")

    async def scenario(feed: Feed) -> None:
        assert [item.post.uri for item in (await feed.poll(None)).found] == [note.uri]

    on(snac, "/ada", scenario)
