"""A live event: sources, pictures and re-checks around the house."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from kiosk.app.dressing import dressed
from kiosk.app.gathering import describe, described_by
from kiosk.app.house import House
from kiosk.app.intake import Intake, Reach
from kiosk.app.loop import in_qt
from kiosk.app.show import show
from kiosk.app.slate import open_patiently
from kiosk.runtime.clocks import SystemClock

if TYPE_CHECKING:
    from kiosk.app.show import Windows
    from kiosk.runtime.counters import Counters
    from kiosk.settings import Settings
    from kiosk.ui.shell import Shell


def run(settings: Settings, windows: Windows) -> int:
    """Show a live event until a signal comes or the desk is closed.

    Raises:
        SettingsError: where its theme is refused.

    """
    brand = asyncio.run(dressed(settings.wall.theme, settings.folder))

    async def play(shell: Shell, counters: Counters) -> None:
        async with AsyncExitStack() as stack:
            clock = SystemClock()
            described = described_by(settings, clock)
            ledger = await open_patiently(shell, settings, described, clock, counters)
            stack.push_async_callback(ledger.close)
            stack.callback(shell.close_windows)
            house = House(shell, ledger, clock, counters, settings)
            await describe(ledger, described)
            await house.furnish(described)
            reach = await stack.enter_async_context(Reach(settings))
            intake = Intake(
                reach, settings, ledger=ledger, gate=house.gate, stage=house.stage, clock=clock, counters=counters
            )
            house.health = lambda: intake.supervisor.health
            intake.supervisor.changed = house.announce
            await show(house, windows, intake.tasks, None)

    return in_qt(play, brand, settings.wall.renderer)
