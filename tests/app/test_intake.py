from __future__ import annotations

import asyncio
import gc
from typing import TYPE_CHECKING, Any

import pytest
from factories import jpeg
from fakes import FakeStage
from servers.tag_server import TagServer

from kiosk.app.intake import Intake, Reach, vault_of
from kiosk.domain.errors import Refused, SettingsError
from kiosk.domain.model import Photo, PostState, PostUri
from kiosk.runtime.clocks import SystemClock
from kiosk.runtime.counters import Counters
from kiosk.runtime.gate import Gate
from kiosk.runtime.ledger import Ledger
from kiosk.settings import EventTable, Settings
from kiosk.sources.folder.folder import FolderTable
from kiosk.sources.mastodon.mastodon import MastodonTable

if TYPE_CHECKING:
    from pathlib import Path


def event(folder: Path, *sources: Any) -> Settings:
    return Settings(event=EventTable(hashtags=("hall",)), source=sources, folder=folder)


def test_two_tables_that_read_the_same_place_are_a_wrong_setting(tmp_path):
    async def scenario() -> None:
        table = MastodonTable(server="https://example.social")
        async with Reach(event(tmp_path, table, MastodonTable(server="https://example.social/"))) as reach:
            with pytest.raises(SettingsError, match=r"read the same place, example\.social"):
                reach.sources()

    asyncio.run(scenario())


def test_a_source_may_reach_into_the_venue_only_where_its_own_table_allows_it(tmp_path):
    async def scenario(server: TagServer) -> None:
        other = MastodonTable(server="https://example.social", allow_private_addresses=True)
        async with Reach(event(tmp_path, other)) as reach:
            with pytest.raises(Refused):
                await reach.source(MastodonTable(server=server.url)).poll(None)
            await reach.source(MastodonTable(server=server.url, allow_private_addresses=True)).poll(None)

    with TagServer() as server:
        asyncio.run(scenario(server))
    gc.collect()


def test_sessions_are_kept_beside_the_event_file_and_not_in_it(tmp_path):
    settings = event(tmp_path)
    assert vault_of(settings.event_file) == tmp_path / "event.wall.sessions"


async def _photo_in(ledger: Ledger) -> Photo:
    while True:
        for entry in await ledger.read(lambda file: file.journal()):
            uri = getattr(getattr(entry.event, "post", None), "uri", None)
            state = await ledger.read(lambda file, uri=uri: file.state(PostUri(uri or "")))
            photo = next(iter(state.photos.values()), None) if isinstance(state, PostState) else None
            if isinstance(photo, Photo):
                return photo
        await asyncio.sleep(0.05)


def test_posts_and_their_pictures_arrive_from_the_web_and_from_a_folder(tmp_path):
    """The rooms as the program joins them, a real file system, the real decode worker, a real event file."""
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.jpg").write_bytes(jpeg((80, 60)))

    async def scenario(server: TagServer) -> None:
        settings = event(
            tmp_path,
            MastodonTable(server=server.url, allow_private_addresses=True, interval=5),
            FolderTable(kind="folder", folder="photos"),
        )
        counters = Counters()
        ledger = await Ledger.open(settings.event_file, counters)
        async with Reach(settings) as reach:
            intake = Intake(
                reach,
                settings,
                ledger=ledger,
                gate=Gate(),
                stage=FakeStage(),
                clock=SystemClock(),
                counters=counters,
            )
            tasks = [asyncio.ensure_future(task()) for task in intake.tasks]
            async with asyncio.timeout(40):
                photo = await _photo_in(ledger)
                while {health.seen for health in intake.supervisor.health} != {1}:  # no event for it
                    await asyncio.sleep(0.05)
            assert (photo.width, photo.height) == (80, 60)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        await ledger.close()

    with TagServer() as server:
        server.add(1)
        asyncio.run(scenario(server))
    gc.collect()
