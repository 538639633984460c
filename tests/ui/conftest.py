"""What the tests of this room share: one Qt shell for the session, houses in it, and ears for Qt's warnings."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import msgspec
import pytest

os.environ.setdefault("QT_API", "pyside6")  # qasync reads it while it is imported

import qasync
from factories import MET, at, photo_of, photo_stored, post, received
from PIL import Image, ImageChops
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QImage, QKeyEvent, QMouseEvent

from kiosk.app.house import House
from kiosk.domain.events import Approved, EventDescribed, PostDeleted, PostEdited
from kiosk.domain.model import PostState
from kiosk.domain.moderation import content_hash
from kiosk.runtime.clocks import StillClock
from kiosk.runtime.counters import Counters
from kiosk.runtime.ledger import Ledger
from kiosk.settings import EventTable, ModerationTable, Settings, assets_folder
from kiosk.ui.complaints import MARK
from kiosk.ui.shell import Shell, choose_platform

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Coroutine, Iterator
    from pathlib import Path
    from typing import Any

    from PySide6.QtQuick import QQuickItem, QQuickWindow

    from kiosk.archive.event_file import StoredPhoto
    from kiosk.domain.model import Sha256, Standing
    from kiosk.ui.desk import DeskView
    from kiosk.ui.stream import Stream

    Colour = tuple[int, int, int]

SIZE = (960, 540)


@pytest.fixture(autouse=True)
def qt_does_not_complain(capfd) -> Iterator[None]:
    """Fail a test during which Qt warned, or Python's error vanished into one of Qt's calls."""
    yield
    application = QGuiApplication.instance()
    if application is not None:
        application.processEvents()
    said = capfd.readouterr().err
    sys.stderr.write(said)
    faults = [line for line in said.splitlines() if MARK in line or line.startswith(("Traceback", "Error calling"))]
    assert not faults, said


@pytest.fixture(scope="session")
def shell() -> Iterator[Shell]:
    """The one shell of this process, hearing its own complaints no more: pytest redirects the same stream."""
    choose_platform()
    made = Shell(Counters(), assets_folder() / "fonts")
    made.close()
    yield made
    made.close_windows()


@pytest.fixture(scope="session")
def runner(shell) -> Iterator[asyncio.Runner]:
    """The one loop of this process: one that is collected on another thread takes Qt's timers with it, and crashes."""
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(shell.application)) as made:
        yield made


@pytest.fixture
def play(runner) -> Callable[[Coroutine[Any, Any, None]], None]:
    """Run a coroutine on Qt's loop to its end, as the program does, and leave nothing behind."""

    async def whole(work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        finally:
            await ended(asyncio.all_tasks() - {asyncio.current_task()})

    return lambda work: runner.run(whole(work))


class Picture:
    """One frame of a window, as the projector gets it."""

    def __init__(self, frame: QImage) -> None:
        plain = frame.convertToFormat(QImage.Format.Format_RGB888)
        size = (plain.width(), plain.height())
        self.image = Image.frombuffer("RGB", size, bytes(plain.constBits()), "raw", "RGB", plain.bytesPerLine(), 1)

    def count(self, colour: Colour, *, tolerance: int = 24) -> int:
        """How many pixels are within `tolerance` of `colour` in each channel."""
        away = ImageChops.difference(self.image, Image.new("RGB", self.image.size, colour))
        masks = [band.point([255 * (step <= tolerance) for step in range(256)]) for band in away.split()]
        return ImageChops.darker(ImageChops.darker(masks[0], masks[1]), masks[2]).histogram()[255]

    @property
    def colours(self) -> int:
        """How many different colours there are, at most 4096 of them."""
        return len(self.image.getcolors(1 << 24) or ())


class Hall:
    """A house with its windows: what is posted and approved here goes the way that it goes in the program."""

    def __init__(self, house: House, shell: Shell) -> None:
        self.house, self.shell = house, shell
        self.stage, self.gate, self.ledger, self.counters = house.stage, house.gate, house.ledger, house.counters
        self.faults_expected = False
        self._seconds = 0.0

    def later(self) -> float:
        """The next second of the evening."""
        self._seconds += 1
        return self._seconds

    async def receive(
        self, name: str | int = 1, *photos: StoredPhoto, drawn: dict[str, StoredPhoto] | None = None, **changes: Any
    ) -> PostState:
        """A post arrives from a source, with photos and other pictures, by address, that are here; it waits."""
        others = drawn or {}
        attachments = tuple(photo_of(f"https://example.social/media/{name}-{each}") for each in range(len(photos)))
        arriving = post(name, **({"attachments": attachments} | changes))
        events = [received(arriving, self.later())]
        events += [
            photo_stored(arriving.uri, item.url, photo, self.later())
            for item, photo in zip(attachments, photos, strict=True)
        ]
        events += [photo_stored(arriving.uri, url, photo, self.later()) for url, photo in others.items()]
        await self.ledger.commit(*events, photos=(*photos, *others.values()))
        return await self.state(arriving.uri)

    async def approve(self, state: PostState) -> PostState:
        """A moderator elsewhere approves exactly this."""
        await self.ledger.commit(
            Approved(at=at(self.later()), uri=state.uri, by="somebody", content=content_hash(state))
        )
        return await self.state(state.uri)

    async def approved(self, name: str | int = 1, *photos: StoredPhoto, **changes: Any) -> PostState:
        """A post arrives and is approved."""
        return await self.approve(await self.receive(name, *photos, **changes))

    async def edit(self, state: PostState, **changes: Any) -> None:
        """The author edits a post."""
        edited = msgspec.structs.replace(state.post, **changes)
        await self.ledger.commit(PostEdited(at=at(self.later()), post=edited, sighting=MET))

    async def delete(self, state: PostState) -> None:
        """The author deletes a post."""
        await self.ledger.commit(PostDeleted(at=at(self.later()), uri=state.uri))

    async def state(self, uri: str) -> PostState:
        """How the event file holds a post now."""
        state = await self.ledger.read(lambda file: file.state(uri))
        assert isinstance(state, PostState)
        return state

    async def wall(self, size: tuple[int, int] = SIZE, *, moving: bool = False) -> QQuickWindow:
        """The wall's window, shown and ready for keys; it stands still unless told to move."""
        window = self.shell.wall(self.stage, moving=moving)
        window.resize(*size)
        window.show()
        self.stage.resize(*size)
        await self.focus(window)
        return window

    async def desk(self, size: tuple[int, int] = (1280, 860)) -> tuple[DeskView, QQuickWindow]:
        """The moderator's window, shown and loaded."""
        view = self.house.desk()
        window = self.shell.window("Desk", {"view": view})
        window.resize(*size)
        window.show()
        await self.focus(window)
        await view.load()
        await settle(view)
        return view, window

    async def focus(self, window: QQuickWindow) -> None:
        """Give a window the keyboard, and wait until it was painted."""
        window.requestActivate()
        for _ in range(400):
            if window.isActive() and window.isExposed():
                break
            await asyncio.sleep(0.005)
        window.grabWindow()

    @asynccontextmanager
    async def held_back(self) -> AsyncIterator[None]:
        """Hold every photo's bytes back until the end of the block, as a slow disk would."""
        shelf, go = self.house.shelf, asyncio.Event()
        load = shelf._load

        async def slow(sha256: Sha256, thumbnail: bool) -> bytes | None:  # the shelf's shape
            await go.wait()
            return await load(sha256, thumbnail)

        shelf._load = slow
        yield
        go.set()
        shelf._load = load
        await self.stage.ready()

    @property
    def stream(self) -> Stream:
        """The Scroll scene's cards."""
        return self.stage._streams["scroll"]

    async def filled(self) -> None:
        """Fill the strip and wait until every card is on it."""
        self.stage.fill()
        await self.stage.ready()


async def ended(tasks: Collection[asyncio.Task[Any]]) -> None:
    """Give up what is still being done."""
    for task in tuple(tasks):
        task.cancel()
    await asyncio.gather(*tuple(tasks), return_exceptions=True)


async def settle(view: DeskView) -> None:
    """Wait until the desk has done what it was asked."""
    await view._errands.finished()
    await asyncio.sleep(0)


def settings(folder: Path, mode: str = "review") -> Settings:
    """An event of that folder, named as nothing else is."""
    return Settings(
        event=EventTable(name="An evening", file="evening.wall"),
        moderation=ModerationTable(mode=mode, moderator="desk"),
        folder=folder,
    )


@pytest.fixture
def hall(shell, tmp_path) -> Callable[..., Any]:
    """Open a house with an event file of its own: `async with hall() as house`."""

    @asynccontextmanager
    async def opened(*, mode: str = "review", clock: Any = None) -> AsyncIterator[Hall]:
        counters = Counters()
        drawn = shell._counters.total
        ledger = await Ledger.open(tmp_path / "evening.wall", counters)
        house = House(shell, ledger, clock or StillClock(at(3600)), counters, settings(tmp_path, mode))
        try:
            await house.furnish(EventDescribed(at=at(0), name="An evening", hashtags=("evening",), join="Post away"))
            made = Hall(house, shell)
            yield made
        finally:
            await ended(house.stage._errands.running)
            shell.close_windows()
            shell.cards._cards.clear()
            await ledger.close()
        assert made.faults_expected or counters.lines() == [], "a fault was survived that the test did not speak of"
        assert shell._counters.total == drawn, shell._counters.lines()

    return opened


@pytest.fixture
def on_stage(hall, play):
    """Run a test with a house and its wall."""

    def run(test: Callable[..., Awaitable[None]], **options: object) -> None:
        async def whole() -> None:
            async with hall(**options) as here:
                await test(here, await here.wall())

        play(whole())

    return run


class AtDesk:
    """A moderator at work: both windows, the posts that waited at first, and a hand on the keyboard."""

    def __init__(self, here: Hall, states: list[PostState], wall: QQuickWindow, press_key: Callable[..., None]) -> None:
        self.here, self.states, self.wall = here, states, wall
        self.view: DeskView
        self.window: QQuickWindow
        self._press_key = press_key

    async def sit_down(self) -> None:
        self.view, self.window = await self.here.desk()

    async def settled(self) -> None:
        """Wait until the desk has done what it was asked."""
        await self.view._errands.finished()

    async def press(self, key: Qt.Key, **how: Any) -> None:
        """Press a key on the desk and wait until it is done."""
        self._press_key(self.window, key, **how)
        await self.settled()

    def selected(self) -> str:
        """Which post keys act on."""
        return self.view._current().uri

    async def standing(self, number: int) -> Standing:
        """Where one of the first posts stands now."""
        return (await self.here.state(self.states[number].uri)).standing

    def button(self, words: str) -> QQuickItem:
        """The desk's button with these words."""
        return next(
            item
            for item in items(self.window.contentItem())
            if item.metaObject().indexOfProperty("letter") >= 0 and item.property("words") == words
        )


@pytest.fixture
def at_desk(hall, play, press_key):
    """Run a test at a desk with both windows open and, unless told otherwise, three posts waiting."""

    def run(test: Callable[[AtDesk], Awaitable[None]], *, posts: int = 3, **options: Any) -> None:
        async def whole() -> None:
            async with hall(**options) as here:
                states = [await here.receive(number) for number in range(posts)]
                desk = AtDesk(here, states, await here.wall(), press_key)
                await desk.sit_down()
                await test(desk)

        play(whole())

    return run


@pytest.fixture
def frame() -> Callable[[QQuickWindow], Picture]:
    """The very next frame of a window."""
    return lambda window: Picture(window.grabWindow())


@pytest.fixture
def press_key() -> Callable[..., None]:
    """Press and release a key on a window, as the platform would deliver it."""

    def press(
        window: QQuickWindow,
        key: Qt.Key,
        modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
        *,
        repeated: bool = False,
    ) -> None:
        text = chr(key).lower() if key < 0x80 else ""
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QGuiApplication.sendEvent(window, QKeyEvent(kind, key, modifiers, text, repeated))

    return press


@pytest.fixture
def click() -> Callable[[QQuickWindow, QQuickItem], None]:
    """Click the middle of a window's item with the left button."""

    def clicked(window: QQuickWindow, item: QQuickItem) -> None:
        place = item.mapToScene(QPointF(item.width() / 2, item.height() / 2))
        left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        for kind, held in ((QEvent.Type.MouseButtonPress, left), (QEvent.Type.MouseButtonRelease, none)):
            event = QMouseEvent(kind, place, window.mapToGlobal(place), left, held, Qt.KeyboardModifier.NoModifier)
            QGuiApplication.sendEvent(window, event)

    return clicked


def items(root: QQuickItem) -> Iterator[QQuickItem]:
    """An item and everything below it that is drawn."""
    yield root
    for child in root.childItems():
        if child.isVisible():
            yield from items(child)


@pytest.fixture
def drawn_items() -> Callable[[QQuickItem], list[QQuickItem]]:
    """Every visible item below one, itself included."""
    return lambda root: list(items(root))
