"""Scroll as it moves: whole pixels, even steps, and none forgotten however long the windows' thread was held."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import pytest

from kiosk.domain.scenes import Cue

if TYPE_CHECKING:
    from PySide6.QtQuick import QQuickItem


def scroll_of(item: QQuickItem) -> QQuickItem | None:
    """The scene that has a stride."""
    if item.metaObject().indexOfProperty("periods") >= 0:
        return item
    return next((found for child in item.childItems() if (found := scroll_of(child))), None)


@pytest.mark.parametrize(("speed", "pixels", "periods"), [(60.0, 1, 1), (120.0, 2, 1), (21.0, 1, 3)])
def test_the_place_follows_time_in_even_steps(hall, play, speed, pixels, periods):
    async def scenario() -> None:
        async with hall() as here:
            beat = here.shell.beat
            beat.follow(60.0)
            beat.pace(speed, 20.0)
            for number in range(24):
                await here.approved(number, text="word " * 90)
            window = await here.wall(moving=True)
            here.stage.show(Cue("scroll", (), 1.0))
            await here.stage.ready()
            scroll = scroll_of(window.contentItem())
            end = time.monotonic() + 10
            while not scroll.property("drift") and time.monotonic() < end:
                await asyncio.sleep(0.05)
            assert scroll.property("drift") == periods
            seen: list[tuple[int, int]] = [(0, scroll.property("offset"))]
            beat.tick.connect(lambda passed: seen.append((seen[-1][0] + passed, scroll.property("offset"))))
            await asyncio.sleep(0.3)
            time.sleep(0.2)  # noqa: ASYNC251  # the windows' thread is held
            await asyncio.sleep(0.3)
            beat.tick.disconnect()
            assert len(seen) > 10
            begin = seen[0][1]
            for ticks, offset in seen:
                assert abs((offset - begin) - ticks * pixels / periods) < 1, seen
            beat.pace(0.0, 20.0)

    play(scenario())
