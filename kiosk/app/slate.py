"""The slate alone: what a venue sees while its event file cannot be opened. Needs no database and no network."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Final

from kiosk.domain.errors import ArchiveError
from kiosk.runtime.gate import Gate
from kiosk.runtime.ledger import Ledger
from kiosk.runtime.watchdog import Watchdog, notify
from kiosk.ui.bigwords import BigWords
from kiosk.ui.screens import Screens
from kiosk.ui.stage import WallStage

if TYPE_CHECKING:
    from kiosk.domain.events import EventDescribed
    from kiosk.domain.model import Sha256
    from kiosk.runtime.clocks import Clock
    from kiosk.runtime.counters import Counters
    from kiosk.settings import Settings
    from kiosk.ui.shell import Shell

RETRY: Final = 5.0
"""Seconds between two tries to open the event file."""


async def open_patiently(
    shell: Shell, settings: Settings, described: EventDescribed, clock: Clock, counters: Counters
) -> Ledger:
    """Open the event file. Under systemd the slate stands until it opens; at a terminal the error is the answer.

    Raises:
        ArchiveError: at a terminal, where the file is locked, damaged, foreign or newer.

    """
    try:
        return await Ledger.open(settings.event_file, counters)
    except ArchiveError as error:
        if "NOTIFY_SOCKET" not in os.environ:
            raise
        counters.count("The event file cannot be opened; the slate stands", error)
        notify(f"STATUS={error}")
    stage = _bare_stage(shell, clock, counters)
    stage.describe(described)
    stage.slate(raised=True)
    wall = shell.wall(stage, shifting=settings.wall.pixel_shift)
    screens = Screens(shell.application, name=settings.wall.screen, windowed=False, area=settings.wall.area)
    screens.show(wall, None)
    watchdog = Watchdog(ledger=None, last_frame=shell.last_frame, clock=clock, counters=counters)
    feeding = asyncio.ensure_future(watchdog.run())
    try:
        ledger = await _opened(settings, counters)
    finally:
        feeding.cancel()
        screens.close()
        shell.close_windows()
    notify("STATUS=The event file is open.")
    return ledger


async def _opened(settings: Settings, counters: Counters) -> Ledger:
    while True:
        await asyncio.sleep(RETRY)
        try:
            return await Ledger.open(settings.event_file, counters)
        except ArchiveError as error:
            counters.count("The event file cannot be opened; the slate stands", error)


def _bare_stage(shell: Shell, clock: Clock, counters: Counters) -> WallStage:
    async def nothing(_: Sha256, __: bool) -> None:  # noqa: FBT001  # the shelf hands it on
        return None

    return WallStage(
        gate=Gate(),
        draw=lambda _scene, _on_glass: None,
        shelf=shell.shelf(nothing),
        press=shell.press,
        cards=shell.cards,
        clock=clock,
        counters=counters,
        words=BigWords(),
    )
