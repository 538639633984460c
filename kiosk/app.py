"""The composition root: builds the rooms, owns the loop, the start order and its mirror, the stop order."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import tempfile
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

os.environ.setdefault("QT_API", "pyside6")  # qasync reads it while it is imported

import msgspec
import qasync

from kiosk.domain.errors import ArchiveError, UsageError
from kiosk.domain.events import EventDescribed
from kiosk.domain.model import Standing
from kiosk.domain.moderation import Mode, Rules
from kiosk.domain.playlist import next_for_spotlight
from kiosk.domain.scenes import SCENES, Cue
from kiosk.media.client import PICTURE, GuardedClient
from kiosk.media.decode import PhotoDecoder
from kiosk.media.pictures import Pictures
from kiosk.media.throttle import Throttle
from kiosk.runtime.attachments import Attachments
from kiosk.runtime.clocks import ReplayClock, StillClock, SystemClock
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
from kiosk.runtime.supervisor import SourceHealth, Supervisor, Watched
from kiosk.runtime.watchdog import Watchdog
from kiosk.settings import EventTable, Settings, assets_folder
from kiosk.sources import make_source
from kiosk.ui.desk import DeskView
from kiosk.ui.screens import Screens
from kiosk.ui.shell import Shell, choose_platform
from kiosk.ui.stage import WallStage

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from PySide6.QtQuick import QQuickWindow

    from kiosk.runtime.clocks import Clock

    Task = Callable[[], Coroutine[Any, Any, None]]

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

SETTLED: Final = 1.5
"""Seconds after which every transition has ended."""

DEMO_START: Final = 120.0
"""Seconds into the demo event at which it opens: the hall is already full."""

DEMO_DURATION: Final = 20.0
"""Seconds after which the demo ends by itself where there is no display."""


class Windows(NamedTuple):
    """Which windows to open, and how."""

    wall: bool = True
    desk: bool = True
    windowed: bool = False


class House:
    """The rooms that a live event, a replay, the demo and a snapshot share, wired; `furnish` fills them."""

    def __init__(self, shell: Shell, ledger: Ledger, clock: Clock, counters: Counters, settings: Settings) -> None:
        """Wire the rooms around a ledger that is open. Panic is read first, so that no frame precedes it."""
        self.shell, self.ledger, self.clock, self.counters = shell, ledger, clock, counters
        self.settings = settings
        self.panic = Panic(latch_of(settings.event_file))
        self.gate = Gate()
        self.modes = Modes(Mode(settings.moderation.mode), clock)
        self.health: Callable[[], list[SourceHealth]] = list
        self.shelf = shell.shelf(lambda sha256, thumbnail: ledger.read(lambda f: f.photo(sha256, thumbnail=thumbnail)))
        rotation = Rotation(self.gate)
        self.stage = WallStage(
            gate=self.gate,
            draw=lambda on_glass: rotation.draw("scroll", on_glass),
            shelf=self.shelf,
            press=shell.press,
            cards=shell.cards,
            clock=clock,
            counters=counters,
        )
        self.director = Director(
            stage=self.stage,
            gate=self.gate,
            rotation=rotation,
            ledger=ledger,
            panic=self.panic,
            clock=clock,
            counters=counters,
            playlist=[SCENES[name] for name in settings.wall.playlist],
        )
        self.commands = Desk(
            ledger=ledger,
            gate=self.gate,
            stage=self.stage,
            panic=self.panic,
            clock=clock,
            counters=counters,
            by=settings.moderation.moderator,
        )

    async def furnish(self, described: EventDescribed) -> None:
        """Open the gate to what was approved before, newest first in memory, and name the gathering."""
        approved = await self.ledger.read(lambda f: f.states(Standing.APPROVED, limit=CAPACITY, newest=True))
        self.gate.open_to(reversed(approved))
        self.stage.describe(described)

    def desk(self) -> DeskView:
        """Make what the moderator's window shows."""
        return DeskView(
            desk=self.commands,
            ledger=self.ledger,
            gate=self.gate,
            stage=self.stage,
            panic=self.panic,
            modes=self.modes,
            counters=self.counters,
            clock=self.clock,
            health=lambda: self.health(),  # noqa: PLW0108  # the sources come later and replace it
            shelf=self.shelf,
            press=self.shell.press,
            cards=self.shell.cards,
            title=self.settings.event.name,
            timezone=self.settings.event.timezone,
        )


def latch_of(event_file: Path) -> Path:
    """Where panic is latched: beside the event file, so that it belongs to the event."""
    return event_file.with_name(event_file.name + ".panic")


def run(settings: Settings, windows: Windows) -> int:
    """Show a live event until a signal comes or the desk is closed."""

    async def play(shell: Shell, counters: Counters) -> None:
        async with AsyncExitStack() as stack:
            house = await _house(stack, shell, settings, SystemClock(), counters)
            described = _described(settings, house.clock)
            known = await house.ledger.read(lambda f: f.described())
            if known is None or msgspec.structs.replace(known, at=described.at) != described:
                await house.ledger.commit(described)
            await house.furnish(described)
            work = await _sources(stack, house)
            await _show(house, windows, work, None)

    return _in_qt(play, settings.wall.theme)


def _described(settings: Settings, clock: Clock) -> EventDescribed:
    event = settings.event
    tags = tuple(tag.lstrip("#") for tag in event.hashtags)
    join = event.join or (f"Post with #{tags[0]}" if tags else "")
    return EventDescribed(at=clock.now(), name=event.name, hashtags=tags, join=join, timezone=event.timezone)


async def _house(stack: AsyncExitStack, shell: Shell, settings: Settings, clock: Clock, counters: Counters) -> House:
    ledger = await Ledger.open(settings.event_file, counters)
    stack.push_async_callback(ledger.close)
    stack.callback(shell.close_windows)
    return House(shell, ledger, clock, counters, settings)


async def _sources(stack: AsyncExitStack, house: House) -> list[Task]:
    """Everything that brings posts and pictures from the network; closed in the mirror order."""
    settings, throttle = house.settings, Throttle()
    lists = settings.moderation
    rules = Rules(lists.blocked_words, lists.blocked_authors, lists.trusted_authors)
    ingest = Ingest(house.ledger, rules, house.clock)
    watched: list[Watched] = []
    for table in settings.source:
        client = GuardedClient(allow_private=table.allow_private_addresses, throttle=throttle)
        stack.push_async_callback(client.aclose)
        source = make_source(table, settings.event.hashtags, settings.token(table), client)
        watched.append(Watched(source, table.interval))
    private = any(table.allow_private_addresses for table in settings.source)
    pictures = GuardedClient(PICTURE, allow_private=private, throttle=throttle)
    stack.push_async_callback(pictures.aclose)
    decoder = PhotoDecoder()
    stack.push_async_callback(decoder.close)
    supervisor = Supervisor(
        watched=watched, ingest=ingest, ledger=house.ledger, clock=house.clock, counters=house.counters
    )
    house.health = lambda: supervisor.health
    supervisor.changed = lambda: house.counters.changed()
    recheck = Recheck(
        sources={each.source.name: each.source for each in watched},
        gate=house.gate,
        stage=house.stage,
        ingest=ingest,
        ledger=house.ledger,
        counters=house.counters,
    )
    attachments = Attachments(
        ledger=house.ledger,
        pictures=Pictures(pictures),
        decoder=decoder,
        clock=house.clock,
        counters=house.counters,
    )
    return [supervisor.run, recheck.run, attachments.run]


def replay(path: Path, windows: Windows, *, speed: float, start: float, theme: str = "night") -> int:
    """Play a saved event again, from `start` seconds on, `speed` times as fast."""

    async def play(shell: Shell, counters: Counters) -> None:
        async with AsyncExitStack() as stack:
            await _play_recording(stack, shell, counters, path, windows, speed=speed, start=start, duration=None)

    return _in_qt(play, theme)


def demo(windows: Windows, duration: float | None) -> int:
    """Play the bundled event; without a display off-screen, in words, into two pictures, and to an end."""
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

    return _in_qt(play, "night")


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
    recording = await Replay.open(ledger, path)
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
    await _show(house, windows, work, duration, pictures=spoken)


async def _speak(house: House) -> None:
    """Say in words what goes on air, each post once."""
    said: set[str] = set()
    while True:
        for uri in house.stage.on_glass():
            state = house.gate.state(uri)
            if uri not in said and state is not None:
                said.add(uri)
                print(
                    f"on air  {state.post.author.name} {state.post.author.handle}: {' '.join(state.post.text.split())}"
                )  # what the demo shows where there is no display
        await asyncio.sleep(0.5)


async def _show(
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
    wall = house.shell.wall(house.stage) if windows.wall else None
    desk = house.shell.window("Desk", {"view": view}) if view else None
    if desk is not None:
        desk.visibleChanged.connect(lambda visible: None if visible else ended.set())
    Screens(house.shell.application, name=house.settings.wall.screen, windowed=windows.windowed).show(wall, desk)
    if view is not None:
        await view.load()
    tasks = [*work, house.director.run, TrustedPass(house.ledger, house.modes, house.clock, house.counters).run]
    if wall is not None:
        watchdog = Watchdog(
            ledger=house.ledger, last_frame=house.shell.last_frame, clock=house.clock, counters=house.counters
        )
        tasks.append(watchdog.run)
    gc.collect()
    gc.freeze()  # what was made so far lives until the end; no pause should walk it
    await _until(ended, tasks, duration)
    if pictures and wall is not None and desk is not None:
        wall.grabWindow().save("wall.png")
        desk.grabWindow().save("desk.png")
    house.stage.slate(raised=True)


async def _until(ended: asyncio.Event, tasks: list[Task], duration: float | None) -> None:
    """Run tasks until `ended`, a signal, the time is up, or one of them fails; its error is raised then."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)

    def finished(task: asyncio.Task[None]) -> None:
        if not task.cancelled() and task.exception() is not None:
            ended.set()

    running = [asyncio.ensure_future(task()) for task in tasks]
    for task in running:
        task.add_done_callback(finished)
    with suppress(TimeoutError):
        async with asyncio.timeout(duration):
            await ended.wait()
    for task in running:
        task.cancel()
    for result in await asyncio.gather(*running, return_exceptions=True):
        if isinstance(result, Exception):
            raise result


def snapshot(path: Path, scene: str, *, size: tuple[int, int], output: Path, theme: str) -> int:
    """Draw one scene, the slate or the desk of a saved event into a picture; the same picture every time.

    Raises:
        KioskError: where the recording cannot be read or the picture not be written.

    """
    os.environ["QT_QPA_PLATFORM"] = "offscreen"

    async def play(shell: Shell, counters: Counters) -> None:
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
            window = await _posed(house, scene, size)
            if not window.grabWindow().save(str(output), "PNG"):
                raise UsageError(f"The picture {output} could not be written.")

    return _in_qt(play, theme)


async def _posed(house: House, scene: str, size: tuple[int, int]) -> QQuickWindow:
    """A window of that size, with everything that belongs on it arrived and standing still."""
    if scene == "desk":
        view = house.desk()
        window = house.shell.window("Desk", {"view": view})
        await view.load()
    else:
        window = house.shell.wall(house.stage, moving=False)
    window.setGeometry(0, 0, *size)
    window.show()
    house.stage.resize(*size)
    if scene == "slate":
        house.stage.slate(raised=True)
    elif scene == "spotlight":
        state = next_for_spotlight(house.gate.open_posts(), {}, ())
        house.stage.show(Cue(scene, (state.uri,) if state else (), 1.0))
    else:
        house.stage.show(Cue("scroll", (), 1.0))
    await house.stage.ready()
    await asyncio.sleep(SETTLED)
    return window


def _in_qt(play: Callable[[Shell, Counters], Coroutine[Any, Any, None]], theme: str) -> int:
    """Run `play` on Qt's loop with a shell of its own; 0 when it ends, its error otherwise."""
    choose_platform()
    counters = Counters()
    shell = Shell(counters, assets_folder() / "fonts", look=theme)
    try:
        with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(shell.application)) as runner:
            runner.run(play(shell, counters))
    finally:
        shell.close()
    return 0
