"""`kiosk fetch`: the sources alone, without any window, into the event file."""

from __future__ import annotations

import asyncio
import signal
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Final

from kiosk.app.gathering import describe, described_by
from kiosk.app.intake import Intake, Reach
from kiosk.domain.errors import UsageError
from kiosk.domain.model import Standing
from kiosk.runtime.clocks import SystemClock
from kiosk.runtime.counters import Counters
from kiosk.runtime.gate import CAPACITY, Gate
from kiosk.runtime.health import sentence
from kiosk.runtime.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from kiosk.domain.model import PostUri
    from kiosk.domain.scenes import Cue
    from kiosk.settings import Settings

    Say = Callable[[str], None]

SPOKEN: Final = 10.0
"""Seconds between two reports of how the sources are."""


class NoStage:
    """A stage without a wall: nothing is ever on it."""

    def show(self, cue: Cue) -> None:
        """Show nothing."""

    def pages(self, cue: Cue) -> int:  # noqa: ARG002  # a stage's shape
        """Have measured nothing."""
        return 0

    def withdraw(self, uris: Collection[PostUri]) -> None:
        """Have nothing to take away."""

    def slate(self, *, raised: bool) -> None:
        """Cover nothing."""

    def on_glass(self) -> tuple[PostUri, ...]:
        """No post has pixels."""
        return ()


async def fetch(settings: Settings, say: Say, *, duration: float | None = None) -> int:
    """Read every source into the event file until a signal comes, or for `duration` seconds; 0 when it ended well.

    Raises:
        KioskError: where the event file cannot be opened or there is nothing to read.

    """
    if not settings.source:
        raise UsageError("The event has no [[source]]; add one, `kiosk init` shows how.")
    counters, clock = Counters(), SystemClock()
    async with AsyncExitStack() as stack:
        ledger = await Ledger.open(settings.event_file, counters)
        stack.push_async_callback(ledger.close)
        await describe(ledger, described_by(settings, clock))
        gate = Gate(await ledger.read(lambda file: file.states(Standing.APPROVED, limit=CAPACITY, newest=True)))
        ledger.listen(gate.follow)
        reach = await stack.enter_async_context(Reach(settings))
        intake = Intake(reach, settings, ledger=ledger, gate=gate, stage=NoStage(), clock=clock, counters=counters)
        say(f"Reading into {settings.event_file}; Ctrl+C ends it.")
        await _until_told(intake, say, duration)
        await intake.supervisor.tally()
        _report(intake, say)
    return 0


async def _until_told(intake: Intake, say: Say, duration: float | None) -> None:
    ended, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    try:
        async with asyncio.TaskGroup() as tasks:
            working = [tasks.create_task(task()) for task in intake.tasks]
            working.append(tasks.create_task(_speak(intake, say)))
            try:
                async with asyncio.timeout(duration):
                    await ended.wait()
            except TimeoutError:
                pass
            for task in working:
                task.cancel()
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


async def _speak(intake: Intake, say: Say) -> None:
    while True:
        await asyncio.sleep(SPOKEN)
        _report(intake, say)


def _report(intake: Intake, say: Say) -> None:
    for health in intake.supervisor.health:
        say(sentence(health))
