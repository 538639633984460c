"""A watched folder into which a camera uploads over the real OpenSSH server, from the wire to the event file."""

from __future__ import annotations

import asyncio
import io
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from fakes import FakeClock
from PIL import Image
from servers.drop import means
from servers.sftp import SSHD, Sftp

from kiosk.domain.model import PostState, Standing
from kiosk.domain.moderation import Rules
from kiosk.media.decode import PhotoDecoder
from kiosk.runtime.counters import Counters
from kiosk.runtime.ingest import Ingest
from kiosk.runtime.ledger import Ledger
from kiosk.sources.folder import arrival as folder_arrival
from kiosk.sources.folder import vanish as folder_vanish
from kiosk.sources.folder.folder import Folder, FolderTable
from kiosk.sources.source import picture_reference

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from kiosk.sources.source import Batch

pytestmark = pytest.mark.skipif(not SSHD, reason="needs Debian's openssh-server")

PACE = 0.5
"""Seconds between two polls here; the rules of a poll each 5 s are shortened with it."""


@pytest.fixture(autouse=True)
def _brisk(monkeypatch):
    monkeypatch.setattr(folder_arrival, "SETTLE", 0.4)
    monkeypatch.setattr(folder_arrival, "OLD", 1.0)
    monkeypatch.setattr(folder_vanish, "GRACE", 0.4)


class Wall:
    """A watched folder's source with the sandbox, read into an event file as the program does."""

    def __init__(self, root: Path, decoder: PhotoDecoder, ledger: Ledger) -> None:
        (root / "drop").mkdir()
        self.source = Folder(FolderTable(kind="folder", folder="drop"), means(root, decoder.caption))
        self.decoder = decoder
        self.ledger = ledger
        self.ingest = Ingest(ledger, Rules(), FakeClock())

    async def poll(self) -> Batch:
        batch = await self.source.poll(await self.ledger.read(lambda file: file.cursor(self.source.name)))
        await self.ingest.take(self.source.name, batch)
        assert batch.bad == ()
        return batch

    async def posts(self) -> list[PostState]:
        return await self.ledger.read(lambda file: file.states(Standing.PENDING, limit=100))

    async def until(self, wanted: int, seconds: float = 30.0) -> list[PostState]:
        deadline = time.monotonic() + seconds
        while True:
            await self.poll()
            posts = await self.posts()
            if len(posts) == wanted:
                return posts
            assert time.monotonic() < deadline, f"{len(posts)} posts instead of {wanted}"
            await asyncio.sleep(PACE)

    async def photo(self, state: PostState) -> tuple[int, int]:
        reference = picture_reference(state.post.attachments[0].url)
        assert reference is not None
        stored = await self.decoder.decode(await self.source.picture(reference[1]))
        return stored.photo.width, stored.photo.height


@asynccontextmanager
async def wall(root: Path) -> AsyncIterator[Wall]:
    decoder = PhotoDecoder()
    ledger = await Ledger.open(root / "event.wall", Counters())
    try:
        yield Wall(root, decoder, ledger)
    finally:
        await ledger.close()
        await decoder.close()


@pytest.fixture
def camera(tmp_path):
    """A server for the folder `drop`, and a card of two photos that say who took them."""
    card = tmp_path / "card"
    card.mkdir()
    for number, author in enumerate(("Ada", "Zoë"), 1):
        exif = Image.Exif()
        exif[0x013B] = author.encode()
        sink = io.BytesIO()
        Image.effect_noise((400, 300), 90 + number).convert("RGB").save(sink, "JPEG", quality=90, exif=exif)
        (card / f"IMG_{number}.JPG").write_bytes(sink.getvalue())
    with Sftp(tmp_path / "sshd") as server:
        yield server


def test_a_photo_is_seen_edited_by_its_words_and_deleted(camera, tmp_path):
    card, drop = tmp_path / "card", tmp_path / "drop"

    async def scenario() -> None:
        async with wall(tmp_path) as room:
            await asyncio.to_thread(camera.run, f"put -p {card}/IMG_1.JPG {drop}/")
            (state,) = await room.until(1)
            assert (state.post.author.name, state.post.text) == ("Ada", "")
            assert await room.photo(state) == (400, 300)

            (card / "IMG_1.txt").write_text("The first talk")
            await asyncio.to_thread(camera.run, f"put {card}/IMG_1.txt {drop}/")
            deadline = time.monotonic() + 30
            while (await room.posts())[0].post.text != "The first talk":
                assert time.monotonic() < deadline
                await room.poll()
                await asyncio.sleep(PACE)

            await asyncio.to_thread(camera.run, f"mkdir {drop}/day1", f"rename {drop}/IMG_1.JPG {drop}/day1/A.JPG")
            await asyncio.to_thread(camera.run, f"rename {drop}/IMG_1.txt {drop}/day1/A.txt")
            for _ in range(4):
                assert (await room.poll()).gone == ()
                await asyncio.sleep(PACE)
            assert len(await room.posts()) == 1

            await asyncio.to_thread(camera.run, f"rm {drop}/day1/A.JPG")
            assert await room.until(0) == []

    asyncio.run(scenario())


@pytest.mark.parametrize("renamed", [True, False])
def test_a_slow_upload_is_seen_whole_or_not_at_all(camera, tmp_path, renamed):
    card, drop = tmp_path / "card", tmp_path / "drop"
    target = f"{drop}/IMG_2.JPG.filepart" if renamed else f"{drop}/IMG_2.JPG"
    commands = [f"put {card}/IMG_2.JPG {target}", *([f"rename {target} {drop}/IMG_2.JPG"] if renamed else [])]

    async def scenario() -> None:
        async with wall(tmp_path) as room:
            client = camera.begin(commands, "-l", "200", "-B", "2000", "-R", "1")  # kbit/s: some three seconds
            looks = 0
            while client.poll() is None:
                await room.poll()
                assert await room.posts() == [] or client.poll() is not None
                looks += any(path.stat().st_size for path in drop.iterdir())
                await asyncio.sleep(PACE / 2)
            assert client.returncode == 0
            assert looks > 3, "the upload was watched while it went on"
            (state,) = await room.until(1)
            assert state.post.author.name == "Zoë"
            assert await room.photo(state) == (400, 300)

    asyncio.run(scenario())


def test_an_upload_that_breaks_off_and_is_resumed_is_one_post(camera, tmp_path):
    card, drop = tmp_path / "card", tmp_path / "drop"
    whole = (card / "IMG_1.JPG").read_bytes()
    (card / "half.JPG").write_bytes(whole[: len(whole) // 2])

    async def scenario() -> None:
        async with wall(tmp_path) as room:
            await asyncio.to_thread(camera.run, f"put {card}/half.JPG {drop}/IMG_1.JPG")
            for _ in range(6):
                await room.poll()
                await asyncio.sleep(PACE)
            assert await room.posts() == [], "half a photo is none"
            await asyncio.to_thread(camera.run, f"reput {card}/IMG_1.JPG {drop}/IMG_1.JPG")
            (state,) = await room.until(1)
            assert await room.photo(state) == (400, 300)

    asyncio.run(scenario())
