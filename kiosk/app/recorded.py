"""A saved event played again, the bundled one included: the same house on the recording's clock, without a network."""

from __future__ import annotations

import asyncio
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kiosk.app.dressing import dressed
from kiosk.app.house import House
from kiosk.app.loop import in_qt
from kiosk.app.show import show
from kiosk.domain.errors import ArchiveError
from kiosk.domain.events import EventDescribed
from kiosk.runtime.clocks import ReplayClock, SystemClock
from kiosk.runtime.ledger import Ledger
from kiosk.runtime.replay import Replay, offset
from kiosk.settings import EventTable, Settings, assets_folder
from kiosk.ui.shell import choose_platform

if TYPE_CHECKING:
    from kiosk.app.loop import Task
    from kiosk.app.show import Windows
    from kiosk.runtime.counters import Counters
    from kiosk.ui.shell import Shell

DEMO_START: Final = 120.0
"""Seconds into the demo event at which it opens: the hall is already full."""

DEMO_DURATION: Final = 20.0
"""Seconds after which the demo ends by itself where there is no display."""


def replay(path: Path, windows: Windows, *, speed: float, start: float, theme: str = "night") -> int:
    """Play a saved event again, from `start` seconds on, `speed` times as fast.

    Raises:
        SettingsError: where the theme is refused.

    """
    brand = asyncio.run(dressed(theme))

    async def play(shell: Shell, counters: Counters) -> None:
        async with AsyncExitStack() as stack:
            await _play_recording(stack, shell, counters, path, windows, speed=speed, start=start, duration=None)

    return in_qt(play, brand)


def demo(windows: Windows, duration: float | None, *, theme: str = "night") -> int:
    """Play the bundled event; without a display off-screen, in words, into two pictures, and to an end.

    Raises:
        SettingsError: where the theme is refused.

    """
    brand = asyncio.run(dressed(theme))
    path = assets_folder() / "demo.wall"
    on_screen = choose_platform()
    if not on_screen:
        duration = duration or DEMO_DURATION
        print(f"No display: the demo runs off-screen for {duration:g} s and writes wall.png and desk.png here.")  # noqa: T201  # the command line speaks to its user

    async def play(shell: Shell, counters: Counters) -> None:
        async with AsyncExitStack() as stack:
            await _play_recording(
                stack,
                shell,
                counters,
                path,
                windows,
                speed=1.0,
                start=DEMO_START,
                duration=duration,
                spoken=not on_screen,
            )

    return in_qt(play, brand)


async def _play_recording(  # noqa: PLR0913  # what the commands differ in
    stack: AsyncExitStack,
    shell: Shell,
    counters: Counters,
    path: Path,
    windows: Windows,
    *,
    speed: float,
    start: float,
    duration: float | None,
    spoken: bool = False,
) -> None:
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="kiosk-replay-"))
    clock = ReplayClock(SystemClock().now(), speed)
    scratch = Settings(event=EventTable(file="replay.wall"), folder=Path(folder))
    ledger = await Ledger.open(scratch.event_file, counters)
    stack.push_async_callback(ledger.close)
    recording = await Replay.open(ledger, path, counters)
    stack.push_async_callback(recording.close)
    begins = await recording.starts()
    if begins is None:
        raise ArchiveError(f"{path} holds no event to play.")
    clock.restart(offset(begins, start))
    await recording.skip_to(clock.now())
    described = await ledger.read(lambda f: f.described()) or EventDescribed(at=begins, name=path.stem)
    named = EventTable(name=described.name, file="replay.wall", timezone=described.timezone)
    house = House(shell, ledger, clock, counters, Settings(event=named, folder=Path(folder)))
    stack.callback(shell.close_windows)
    await house.furnish(described)
    work: list[Task] = [lambda: recording.run(clock)]
    if spoken:
        work.append(lambda: _speak(house))
    await show(house, windows, work, duration, pictures=spoken)


async def _speak(house: House) -> None:
    """Say in words what goes on air, each post once."""
    said: set[str] = set()
    while True:
        for uri in house.stage.on_glass():
            state = house.gate.state(uri)
            if uri not in said and state is not None:
                said.add(uri)
                words = " ".join(state.post.text.split())
                print(f"on air  {state.post.author.name} {state.post.author.handle}: {words}", flush=True)  # noqa: T201  # the demo speaks where there is no display
        await asyncio.sleep(0.5)
