"""A live event: sources, pictures and re-checks around the house."""

from __future__ import annotations

import asyncio
import gc
from contextlib import AsyncExitStack, suppress
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Final

from kiosk.app.dressing import dressed
from kiosk.app.gathering import describe, described_by
from kiosk.app.house import House
from kiosk.app.loop import in_qt, together
from kiosk.app.show import show
from kiosk.app.slate import open_patiently
from kiosk.runtime.clocks import SystemClock

if TYPE_CHECKING:
    from kiosk.app.show import Windows
    from kiosk.runtime.counters import Counters
    from kiosk.settings import Settings
    from kiosk.ui.shell import Shell

PATIENCE: Final = 2.0
"""Seconds that the wall's first cards may take before posts are brought in all the same."""


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
            await show(house, windows, [partial(_take_in, house)], None)

    return in_qt(play, brand, settings.wall.renderer)


async def _take_in(house: House) -> None:
    """Bring posts in, once the wall stands: what was saved is on the glass before the network's rooms are even loaded.

    Raises:
        SettingsError: where a source cannot be made as its table says.

    """
    with suppress(TimeoutError):
        await asyncio.wait_for(house.stage.ready(), PATIENCE)
    await asyncio.to_thread(import_module, "kiosk.app.intake")
    from kiosk.app.intake import Intake, Reach  # noqa: PLC0415  # just loaded, beside the wall's first frames

    async with Reach(house.settings) as reach:
        intake = Intake(
            reach,
            house.settings,
            ledger=house.ledger,
            gate=house.gate,
            stage=house.stage,
            clock=house.clock,
            counters=house.counters,
        )
        house.health = lambda: intake.supervisor.health
        intake.supervisor.changed = house.announce
        gc.freeze()  # as in `show`: none of this is ever garbage
        await together(intake.tasks)
