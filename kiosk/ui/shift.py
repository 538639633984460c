"""Pixel shift: moves the wall's whole picture by a pixel now and then, so that nothing burns into the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, QTimer

from kiosk.domain.orbit import place

if TYPE_CHECKING:
    from PySide6.QtQuick import QQuickWindow

EVERY: Final = 40_000
"""Milliseconds between two steps of one pixel: three steps in two minutes."""

SHARE: Final = 360
"""The screen's height by how far the picture goes to each side."""


class PixelShift:
    """Walks a window's picture over a small square; the picture is larger by its reach on every side, so that no
    edge is uncovered.
    """

    def __init__(self, window: QQuickWindow, *, every: int = EVERY) -> None:
        """Move `window`, the wall, by one pixel every so many milliseconds, from now on."""
        self._window = window
        self._step = 0
        self._reach = 0
        self._timer = QTimer(window)
        self._timer.timeout.connect(self.step)
        self._timer.start(every)

    def fit(self, height: int) -> int:
        """Go as far as suits a screen of that height; how far that is, to each side, in pixels."""
        self._reach = max(1, round(height / SHARE))
        self._window.setProperty("reach", self._reach)
        self._move()
        return self._reach

    def step(self) -> None:
        """Move by one pixel."""
        self._step += 1
        self._move()

    def _move(self) -> None:
        self._window.setProperty("shift", QPoint(*place(self._step, self._reach)))
