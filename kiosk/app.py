"""The composition root: builds the rooms, owns the loop, the start order and its mirror, the stop order."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

os.environ.setdefault("QT_API", "pyside6")  # qasync reads it while it is imported

import qasync

from kiosk.domain.events import EventDescribed
from kiosk.domain.model import PostState, Standing
from kiosk.domain.moderation import Mode, Rules
from kiosk.domain.scenes import SCENES
from kiosk.media.client import PICTURE, GuardedClient, Throttle
from kiosk.media.decode import PhotoDecoder
from kiosk.media.pictures import Pictures
from kiosk.runtime.attachments import Attachments
from kiosk.runtime.clocks import Clock, ReplayClock, SystemClock
from kiosk.runtime.counters import Counters
from kiosk.runtime.desk import Desk
from kiosk.runtime.director import Director, Rotation
from kiosk.runtime.gate import CAPACITY, Gate
from kiosk.runtime.ingest import Ingest
from kiosk.runtime.ledger import Ledger
from kiosk.runtime.modes import Modes, TrustedPass
from kiosk.runtime.panic import Panic
from kiosk.runtime.recheck import Recheck
from kiosk.runtime.replay import Replay, offset
from kiosk.runtime.stage import Stage
from kiosk.runtime.supervisor import Supervisor
from kiosk.runtime.watchdog import Watchdog
from kiosk.settings import EventTable, Settings, assets_folder
from kiosk.sources import make_source
from kiosk.ui.shell import Shell

DEMO_START: Final = 150.0
"""Seconds into the demo event at which it opens: the hall is already full."""

DEMO_DURATION: Final = 20.0
"""Seconds after which the demo ends by itself where there is no display."""


class Windows(NamedTuple):
    """Which windows to open, and how."""

    wall: bool = True
    desk: bool = True
    windowed: bool = False


class House(NamedTuple):
    """The rooms that a live event, a replay and the demo share, ready to run."""

    shell: Shell
    ledger: Ledger
    clock: Clock
    counters: Counters
    panic: Panic
    gate: Gate
    stage: Stage
    desk: Desk
    modes: Modes
    supervisor: Supervisor
    tasks: list[Coroutine[Any, Any, None]]


def run(settings: Settings, windows: Windows) -> int:
    """Show a live event until its windows are closed or a signal comes."""

    async def play(shell: Shell) -> None:
        async with _house(shell, settings, SystemClock(), settings.event_file, windows) as house:
            async with _live(house, settings):
                await _until_the_end(house, None)

    return _in_qt(play, windows)


def latch_of(event_file: Path) -> Path:
    """Where panic is latched: beside the event file, so that it belongs to the event and not to the program."""
    return event_file.with_name(event_file.name + ".panic")
