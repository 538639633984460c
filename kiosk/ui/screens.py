"""Which window stands on which output, kept so when outputs come and go; no window manager is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRect, Qt, QTimer

from kiosk.domain.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QGuiApplication, QScreen
    from PySide6.QtQuick import QQuickWindow

WALL: Final = (1920, 1080)
"""The wall's size in pixels where it has no output of its own."""

WATCH: Final = 2000
"""Milliseconds between two looks whether the wall still stands where it belongs."""

AWAY: Final = 64
"""Pixels beside the outputs at which a window stands that has none."""


def choose(screens: list[QScreen], name: str) -> QScreen:
    """The output named, or the last one where none is.

    Raises:
        UsageError: where there is no such output.

    """
    if not name:
        return screens[-1]
    for screen in screens:
        if screen.name() == name:
            return screen
    names = ", ".join(screen.name() for screen in screens)
    raise UsageError(f"There is no output “{name}”; this machine has: {names}. See [wall] screen.")


def side_by_side(area: QRect) -> tuple[QRect, QRect]:
    """Room for wall and desk on one output: the wall at its own size where that leaves enough for the desk."""
    width, height = WALL
    if area.width() < width + 900 or area.height() < height:
        width = area.width() * 3 // 5
        height = width * 9 // 16
    wall = QRect(area.x(), area.y(), width, height)
    return wall, QRect(area.x() + width, area.y(), area.width() - width, area.height())


def within(output: QRect, area: Sequence[int]) -> QRect:
    """The part of an output that is seen: `area` is x, y, width and height from its corner, () for all of it."""
    if not area:
        return output
    x, y, width, height = area
    return QRect(output.x() + x, output.y() + y, width, height)


class Screens:
    """Places the windows, and places them again whenever an output changes, or something else moved them.

    Once wall and desk have an output each, neither ever comes to the other's: the hall must not see what waits. A
    window whose output is gone stands beside the others, where nobody sees it, and goes on painting.
    """

    def __init__(self, application: QGuiApplication, *, name: str, windowed: bool, area: Sequence[int] = ()) -> None:
        """Put the wall on the output called `name` ("" for the last), or side by side with the desk."""
        self._application = application
        self._name = name
        self._area = area
        self._windowed = windowed
        self._wall: QQuickWindow | None = None
        self._desk: QQuickWindow | None = None
        self._homes: dict[str, str] = {}
        application.screenAdded.connect(self._added)
        application.screenRemoved.connect(self._changed)
        application.primaryScreenChanged.connect(self._changed)
        for screen in application.screens():
            screen.geometryChanged.connect(self._changed)
        self._watch = QTimer()
        self._watch.setInterval(WATCH)
        self._watch.timeout.connect(self._look)

    def show(self, wall: QQuickWindow | None, desk: QQuickWindow | None) -> None:
        """Place and show the windows; an output named wrongly is said before anything is shown.

        Raises:
            UsageError: where there is no such output.

        """
        choose(self._application.screens(), self._name)
        self._wall, self._desk = wall, desk
        if wall is not None and not self._windowed:
            wall.setFlags(Qt.WindowType.Window | Qt.WindowType.FramelessWindowHint)
        self._place()
        for window in (wall, desk):
            if window is not None:
                window.show()
        self._place()
        self._watch.start()

    def close(self) -> None:
        """Leave the windows alone from now on."""
        self._watch.stop()
        self._wall = self._desk = None

    def _added(self, screen: QScreen) -> None:
        screen.geometryChanged.connect(self._changed)
        self._place()

    def _changed(self, _: object) -> None:
        self._place()

    def _look(self) -> None:
        """Put the wall back where something that sends no signal moved it."""
        screens = self._application.screens()
        if self._wall is not None and screens and not self._windowed:
            _, wall, _, _ = self._places(screens)
            if self._wall.geometry() != wall:
                self._place()

    def _place(self) -> None:
        screens = self._application.screens()
        if not screens:
            return
        on_wall, wall, on_desk, desk = self._places(screens)
        if self._wall is not None:
            self._wall.setScreen(on_wall)
            self._wall.setGeometry(wall)
        if self._desk is not None:
            if not self._windowed and on_desk is not on_wall:
                self._desk.setScreen(on_desk)
            self._desk.setGeometry(desk)

    def _places(self, screens: list[QScreen]) -> tuple[QScreen, QRect, QScreen, QRect]:
        """Where the wall belongs and where the desk does, each with its output."""
        mine = self._mine(screens)
        if self._windowed or self._desk is None or (len(screens) == 1 and not self._homes):
            both = side_by_side(mine.geometry())
            alone = self._desk is None and not self._windowed
            wall = within(mine.geometry(), self._area) if alone else both[0]
            return mine, wall, mine, both[1]
        others = [screen for screen in screens if screen is not mine]
        if others:
            theirs = next((screen for screen in others if screen.name() == self._homes.get("desk")), others[0])
            self._homes = {"wall": mine.name(), "desk": theirs.name()}
            return mine, within(mine.geometry(), self._area), theirs, theirs.availableGeometry()
        away = mine.geometry().translated(mine.geometry().width() + AWAY, 0)
        if mine.name() == self._homes["desk"]:
            return mine, away, mine, mine.availableGeometry()
        return mine, within(mine.geometry(), self._area), mine, away

    def _mine(self, screens: list[QScreen]) -> QScreen:
        """The wall's output: the one named, or the last that is not the desk's."""
        named = next((screen for screen in screens if screen.name() == self._name), None)
        if named is not None:
            return named
        free = [screen for screen in screens if screen.name() != self._homes.get("desk")]
        return (free or screens)[-1]
