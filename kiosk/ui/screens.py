"""Which window stands on which output, kept so when outputs come and go; no window manager is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRect, Qt

from kiosk.domain.errors import UsageError

if TYPE_CHECKING:
    from PySide6.QtGui import QGuiApplication, QScreen
    from PySide6.QtQuick import QQuickWindow

WALL: Final = (1920, 1080)
"""The wall's size in pixels where it has no output of its own."""


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


class Screens:
    """Places the windows, and places them again whenever an output changes."""

    def __init__(self, application: QGuiApplication, *, name: str, windowed: bool) -> None:
        """Put the wall on the output called `name` ("" for the last), or side by side with the desk."""
        self._application = application
        self._name = name
        self._windowed = windowed
        self._wall: QQuickWindow | None = None
        self._desk: QQuickWindow | None = None
        application.screenAdded.connect(self._added)
        application.screenRemoved.connect(self._changed)
        application.primaryScreenChanged.connect(self._changed)
        for screen in application.screens():
            screen.geometryChanged.connect(self._changed)

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

    def _added(self, screen: QScreen) -> None:
        screen.geometryChanged.connect(self._changed)
        self._place()

    def _changed(self, _: object) -> None:
        self._place()

    def _place(self) -> None:
        screens = self._application.screens()
        if not screens:
            return
        mine = next((screen for screen in screens if screen.name() == self._name), screens[-1])
        if self._windowed or (len(screens) == 1 and self._desk is not None):
            wall, desk = side_by_side(mine.geometry())
        else:
            wall = mine.geometry()
            desk = next((screen for screen in screens if screen is not mine), mine).availableGeometry()
        if self._wall is not None:
            self._wall.setScreen(mine)
            self._wall.setGeometry(wall)
        if self._desk is not None:
            self._desk.setGeometry(desk)
