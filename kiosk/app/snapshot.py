"""One picture of a saved event, off-screen, the same every time."""

from __future__ import annotations

import asyncio
import os
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from kiosk.app.dressing import dressed
from kiosk.app.house import House
from kiosk.app.loop import in_qt
from kiosk.domain.airtime import Airtime, Fairness, next_posts
from kiosk.domain.errors import UsageError
from kiosk.domain.events import EventDescribed
from kiosk.domain.reading import has_photo
from kiosk.domain.scenes import SCENES, Cue
from kiosk.runtime.clocks import StillClock
from kiosk.runtime.ledger import Ledger
from kiosk.settings import EventTable, Settings

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from PySide6.QtQuick import QQuickWindow

    from kiosk.domain.model import PostUri
    from kiosk.domain.scenes import Scene
    from kiosk.runtime.counters import Counters
    from kiosk.ui.shell import Shell

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

SETTLED: Final = 0.4
"""Seconds after which what was shown is drawn; the windows pose, so that no transition takes any time."""


def snapshot(path: Path, scene: str, *, size: tuple[int, int], output: Path, theme: str) -> int:
    """Draw one scene, the slate or the desk of a saved event into a picture; the same picture every time.

    Raises:
        KioskError: where the recording cannot be read, the theme is refused or the picture not be written.

    """
    brand = asyncio.run(dressed(theme))
    os.environ["QT_QPA_PLATFORM"] = "offscreen"

    async def play(shell: Shell, counters: Counters) -> None:
        async with opened(shell, counters, path) as house:
            window = await _window(house, scene, size)
            await posed(house, scene)
            if not window.grabWindow().save(str(output)):
                raise UsageError(f"The picture {output} could not be written.")

    return in_qt(play, brand, "software")


def _chosen(house: House, scene: Scene) -> tuple[PostUri, ...]:
    """The posts that a scene would begin the evening with."""
    posts = [state for state in house.gate.open_posts() if has_photo(state) or not scene.photos]
    return tuple(state.uri for state in next_posts(scene, posts, Airtime(), Fairness(), 0.0)) if scene.slots else ()


@asynccontextmanager
async def opened(shell: Shell, counters: Counters, path: Path) -> AsyncGenerator[House]:
    """Furnish a house from a recording, at the moment at which it ends; nothing in it moves.

    Raises:
        ArchiveError: where it cannot be read.

    """
    async with AsyncExitStack() as stack:
        ledger = await Ledger.open_recording(path, counters)
        stack.push_async_callback(ledger.close)
        described = await ledger.read(lambda f: f.described()) or EventDescribed(at=EPOCH, name=path.stem)
        last = await ledger.read(lambda f: f.last())
        clock = StillClock(last.event.at if last else EPOCH)
        named = EventTable(name=described.name, file=path.name, timezone=described.timezone)
        house = House(shell, ledger, clock, counters, Settings(event=named, folder=path.parent))
        stack.callback(shell.close_windows)
        await house.furnish(described)
        yield house


async def _window(house: House, scene: str, size: tuple[int, int]) -> QQuickWindow:
    house.shell.pose()
    if scene == "desk":
        view = house.desk()
        window = house.shell.window("Desk", {"view": view})
        await view.load()
    else:
        window = house.shell.wall(house.stage, moving=False)
    window.setGeometry(0, 0, *size)
    window.show()
    house.stage.resize(*size)
    return window


async def posed(house: House, scene: str) -> None:
    """Show a scene, or the slate, and wait until everything that belongs on it has arrived and stands still."""
    if scene == "slate":
        house.stage.slate(raised=True)
    else:
        layout = SCENES.get(scene, SCENES["scroll"])
        house.stage.show(Cue(layout.name, _chosen(house, layout), 1.0))
    await house.stage.ready()
    await asyncio.sleep(SETTLED)
