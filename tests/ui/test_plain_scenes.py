"""Scenes that show no posts."""

from __future__ import annotations

import asyncio

import pytest

from kiosk.domain.scenes import Cue


@pytest.mark.parametrize("size", [(1920, 1080), (3840, 2160), (1080, 1920)], ids=str)
def test_the_test_pattern_reaches_every_edge_and_shows_every_colour(hall, play, frame, size):
    async def test() -> None:
        async with hall() as here:
            wall = await here.wall(size)
            here.stage.show(Cue("test-pattern", (), 60.0))
            for _ in range(200):
                picture = frame(wall)
                if picture.count((255, 255, 0)) > 1000 and picture.count((0, 0, 255)) > 1000:
                    break
                await asyncio.sleep(0.05)
            assert here.stage.property("scene") == "TestPattern"
            assert not here.stage.property("empty"), "the invitation does not lie on it"
            image = wall.grabWindow()
            corners = [(image.width() - 1, 0), (0, image.height() - 1), (image.width() - 1, image.height() - 1)]
            # Qt's software renderer does not paint the very last step of a fade, one part in 255.
            for _ in range(200):
                image = wall.grabWindow()
                if all(image.pixelColor(*corner).lightness() > 236 for corner in corners):
                    break
                await asyncio.sleep(0.05)
            else:
                pytest.fail("the frame does not reach the corners")
            for colour in ((255, 255, 0), (0, 255, 255), (0, 255, 0), (255, 0, 255), (255, 0, 0), (0, 0, 255)):
                assert picture.count(colour) > 1000

    play(test())
