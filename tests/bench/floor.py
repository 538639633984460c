"""The floor: a raster window that does nothing but scroll and blit; `floor.py WIDTH HEIGHT PIXELS_A_SECOND`."""

from __future__ import annotations

import random
import sys
import time

from PySide6.QtCore import QRect, Qt, QTimer
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter, QPaintEvent, QRasterWindow

BEAT = 1 / 60


class Strip(QRasterWindow):
    """Two pictures of the screen's size, one below the other, for ever."""

    def __init__(self, width: int, height: int, speed: float) -> None:
        super().__init__()
        self._height, self._speed, self._began = height, speed, time.monotonic()
        self._count = 0
        chance = random.Random(1)
        self._picture = QImage(width, height, QImage.Format.Format_RGB32)
        self._picture.fill(QColor("#0a0f1f"))
        painter = QPainter(self._picture)
        for _ in range(4000):
            size = chance.randint(4, 120)
            place = QRect(chance.randint(0, width), chance.randint(0, height - size), chance.randint(20, 400), size)
            painter.fillRect(place, QColor.fromHsv(chance.randint(0, 359), 160, 200))
        painter.end()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._due)
        self._timer.start(0)
        self.setFlags(Qt.WindowType.FramelessWindowHint)
        self.setGeometry(0, 0, width, height)
        self.show()

    def _due(self) -> None:
        self._count = round((time.monotonic() - self._began) / BEAT)
        self.update()
        due = self._began + (self._count + 1) * BEAT
        self._timer.start(max(0, round((due - time.monotonic()) * 1000)))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802  # Qt's name
        offset = int(self._count * BEAT * self._speed + 1e-6) % self._height
        painter = QPainter(self)
        painter.drawImage(0, -offset, self._picture)
        painter.drawImage(0, self._height - offset, self._picture)
        painter.end()


def main() -> int:
    width, height, speed = (int(each) for each in sys.argv[1:4])
    application = QGuiApplication(["floor"])
    window = Strip(width, height, speed)
    code = application.exec()
    del window
    return code


if __name__ == "__main__":
    sys.exit(main())
