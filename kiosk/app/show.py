"""A show: the windows are opened, every task runs until the end, and the slate is left behind."""

from __future__ import annotations

import asyncio
import gc
from typing import TYPE_CHECKING, Final, NamedTuple

from kiosk.app.loop import until
from kiosk.runtime.modes import TrustedPass
from kiosk.runtime.pacenotes import PaceNotes
from kiosk.runtime.watchdog import Watchdog
from kiosk.ui.awake import Awake
from kiosk.ui.screens import WALL, Screens

if TYPE_CHECKING:
    from kiosk.app.house import House
    from kiosk.app.loop import Task

DESK: Final = (1600, 900)
"""The desk's size in pixels in the picture of it that is left behind where there is no display."""


class Windows(NamedTuple):
    """Which windows to open, and how."""

    wall: bool = True
    desk: bool = True
    windowed: bool = False


async def show(
    house: House,
    windows: Windows,
    work: list[Task],
    duration: float | None,
    *,
    pictures: bool = False,
) -> None:
    """Open the windows, run every task until the end, and leave the slate behind."""
    ended = asyncio.Event()
    view = house.desk() if windows.desk else None
    wall = house.shell.wall(house.stage, shifting=house.settings.wall.pixel_shift) if windows.wall else None
    desk = house.shell.window("Desk", {"view": view}) if view else None
    if desk is not None:

        def closed(visible: bool) -> None:  # noqa: FBT001  # Qt's signal hands it on
            if not visible:
                ended.set()

        desk.visibleChanged.connect(closed)
    table = house.settings.wall
    screens = Screens(house.shell.application, name=table.screen, windowed=windows.windowed, area=table.area)
    screens.show(wall, desk)
    if pictures and wall is not None and desk is not None:
        screens.close()
        wall.setGeometry(0, 0, *WALL)
        desk.setGeometry(0, 0, *DESK)
    if view is not None:
        await view.load()
    tasks = [*work, house.director.run, TrustedPass(house.ledger, house.modes, house.clock, house.counters).run]
    beat = house.shell.beat
    notes = PaceNotes(house.ledger, beat.meter.take, house.clock, house.counters, beat.drawer)
    if wall is not None:
        tasks.append(notes.run)
        watchdog = Watchdog(
            ledger=house.ledger, last_frame=house.shell.last_frame, clock=house.clock, counters=house.counters
        )
        tasks.append(watchdog.run)
    gc.collect()
    gc.freeze()  # what was made so far lives until the end; no pause should walk it
    with Awake(house.counters, on_screen=wall is not None and not pictures):
        await until(ended, tasks, duration)
    screens.close()
    await notes.note()
    if pictures and wall is not None and desk is not None:
        wall.grabWindow().save("wall.png")
        desk.grabWindow().save("desk.png")
    house.stage.slate(raised=True)
