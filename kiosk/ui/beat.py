"""The beat that moves the wall: one tick a refresh of the screen, a scene's stride with each, and how well it is kept.

Qt's own animation timer ticks every 16 ms whatever the screen does, so that a picture that moves a pixel a tick is
ahead of a 60 Hz screen twice a second. This one keeps to the screen's period; with OpenGL the screen itself gives the
beat.
"""

from __future__ import annotations

import time
from typing import Final, NamedTuple

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtQml import QmlElement, QmlSingleton

from kiosk.ui.pacing import Meter
from kiosk.ui.qt import Property
from kiosk.ui.renderer import SOFTWARE, Renderer

QML_IMPORT_NAME = "Kiosk"
QML_IMPORT_MAJOR_VERSION = 1

SLOWEST, FASTEST, USUAL = 20.0, 240.0, 60.0
"""Refreshes a second of a screen that can be believed, and of one that cannot."""

TOLD: Final = 5.0
"""Seconds between two looks of the desk at the meter."""


class Stride(NamedTuple):
    """So many pixels every so many refreshes; one of the two is 1, so that every step is like the last."""

    pixels: int
    periods: int


def stride(speed: float, refresh: float) -> Stride:
    """The even stride nearest to `speed` pixels a second, by ratio, on a screen of that many refreshes a second.

    A speed between two even ones would hold some pictures for longer than others, which the eye sees as a tremble.
    """
    exact = max(speed, 0.1) / refresh
    choices = [Stride(max(1, int(exact)) + more, 1) for more in (0, 1)]
    choices += [Stride(1, max(1, int(1 / exact)) + more) for more in (0, 1)]
    return min(choices, key=lambda each: max(each.pixels / each.periods / exact, exact * each.periods / each.pixels))


@QmlElement
@QmlSingleton
class Beat(QObject):
    """Ticks while a scene moves, tells scenes their stride, and holds the meter. One for all windows."""

    tick = Signal(int)
    paceChanged = Signal()
    told = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        """Stand still, for a screen of 60 Hz."""
        super().__init__(parent)
        self.meter = Meter()
        self._renderer = SOFTWARE
        self._refresh = USUAL
        self._speed, self._seconds, self._least = 0.0, 20.0, 0.0
        self._moving: set[str] = set()
        self._drifting: dict[str, int] = {}
        self._began, self._count = 0.0, 0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._due)
        self._last_told = 0.0

    def draw_with(self, renderer: Renderer) -> None:
        """Know what draws: with OpenGL the screen gives the beat."""
        self._renderer = renderer
        self.paceChanged.emit()

    def follow(self, refresh: float) -> None:
        """Keep to a screen of so many refreshes a second."""
        self._refresh = refresh if SLOWEST <= refresh <= FASTEST else USUAL
        self._began, self._count = time.monotonic(), 0
        self.paceChanged.emit()

    def pace(self, speed: float, seconds: float, least: float = 0.0) -> None:
        """Move so many pixels a second, or, where that is 0, one screen in so many seconds; never
        one in fewer than `least`.
        """
        self._speed, self._seconds, self._least = speed, seconds, least
        self.paceChanged.emit()

    def painted(self, now: float) -> None:
        """The wall painted a frame at `now`, in monotonic seconds."""
        self.meter.frame(now)
        if now - self._last_told > TOLD:
            self._last_told = now
            self.told.emit()

    @Slot(str, bool)
    def moves(self, scene: str, moving: bool) -> None:  # noqa: FBT001  # QML hands it on
        """A scene wants the beat, or no longer."""
        before = bool(self._moving)
        (self._moving.add if moving else self._moving.discard)(scene)
        if self._moving and not before and not self._renderer.opengl:
            self._began, self._count = time.monotonic(), 0
            self._timer.start(0)
        elif not self._moving:
            self._timer.stop()

    @Slot(str, int)
    def drifts(self, scene: str, periods: int) -> None:
        """A scene changes its picture every so many refreshes from now on; 0: it stands, or gathers speed."""
        self._drifting[scene] = periods
        due = min((each for each in self._drifting.values() if each), default=0)
        if due:
            self.meter.begin(due / self._refresh)
        else:
            self.meter.end()

    @Slot(int, result=int)
    def pixels(self, height: int) -> int:
        """By how many pixels a picture goes on a screen of that height, every `periods` refreshes."""
        return self._stride(height).pixels

    @Slot(int, result=int)
    def periods(self, height: int) -> int:
        """Every how many refreshes it does."""
        return self._stride(height).periods

    def _stride(self, height: int) -> Stride:
        wanted = self._speed or height / self._seconds
        return stride(min(wanted, height / self._least) if self._least else wanted, self._refresh)

    def _due(self) -> None:
        """Tick for the refreshes that have passed, so that the picture follows time, and wait for the next."""
        now = time.monotonic()
        count = round((now - self._began) * self._refresh)
        passed, self._count = count - self._count, max(count, self._count)
        if passed > 0:
            self.tick.emit(passed)
        due = self._began + (self._count + 1) / self._refresh
        self._timer.start(max(0, round((due - time.monotonic()) * 1000)))

    @Property(float, notify=paceChanged)
    def refresh(self) -> float:
        """Refreshes of the screen a second."""
        return self._refresh

    @Property(bool, notify=paceChanged)
    def synced(self) -> bool:
        """Whether the screen itself gives the beat."""
        return self._renderer.opengl

    @Property(str, notify=told)
    def words(self) -> str:
        """How the wall moves, in one line for the desk."""
        return self.meter.counted.words

    @Property(str, notify=paceChanged)
    def drawn(self) -> str:
        """What draws, and why."""
        return self.drawer

    @property
    def drawer(self) -> str:
        """What draws, and why, for Python."""
        return self._renderer.words
