from __future__ import annotations

import asyncio

from factories import stored

from kiosk.runtime.counters import Counters
from kiosk.ui.errands import Errands
from kiosk.ui.photos import PhotoShelf
from kiosk.ui.thumbnails import Thumbnails


def test_a_thumbnail_is_fetched_once_and_its_arrival_told(shell):
    picture, asked, arrived = stored(), [], []

    async def test() -> None:
        async def load(sha256: str, thumbnail: bool) -> bytes:
            asked.append((sha256, thumbnail))
            await asyncio.sleep(0.01)
            return picture.thumbnail

        errands = Errands(Counters(), "It failed")
        thumbnails = Thumbnails(PhotoShelf(load, Counters()), errands, arrived.append)
        sha256 = picture.photo.sha256
        assert [thumbnails.address(sha256) for _ in range(3)] == ["", "", ""]
        await errands.finished()
        assert thumbnails.address(sha256) == f"image://photo/{sha256}/thumb"
        assert asked == [(sha256, True)]
        assert arrived == [sha256]

    asyncio.run(test())


def test_one_that_cannot_be_had_may_be_asked_for_again(shell):
    asked = []

    async def test() -> None:
        async def load(sha256: str, _: bool) -> None:
            asked.append(sha256)

        errands = Errands(Counters(), "It failed")
        thumbnails = Thumbnails(PhotoShelf(load, Counters()), errands, lambda _: None)
        for _ in range(2):
            assert thumbnails.address(stored().photo.sha256) == ""
            await errands.finished()
        assert len(asked) == 2

    asyncio.run(test())
