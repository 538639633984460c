"""Watches one column of a display from outside: when it changed, by how many pixels it moved, and how well we kept up.

The X server tells of every damage (DAMAGE extension); the column is then read and compared with the one before.
"""

from __future__ import annotations

import select
import time
from collections import Counter
from typing import NamedTuple

from Xlib import X
from Xlib.display import Display
from Xlib.ext import damage

HERTZ = 60.0
WHOLE, PART = 0.002, 0.012
"""Seconds in which a program usually, and at most, sends the rest of a picture whose first part was damaged."""


class Watched(NamedTuple):
    """`times` are seconds at which the column changed, `moves` counts pixels moved, `reading` is the slowest look."""

    times: list[float]
    moves: Counter[int]
    reading: float
    seconds: float

    @property
    def gaps(self) -> list[float]:
        return [after - before for before, after in zip(self.times, self.times[1:], strict=False)]

    @property
    def missed(self) -> int:
        """Refreshes of 60 Hz that passed without the picture that was due."""
        return sum(round(gap * HERTZ) - 1 for gap in self.gaps if gap * HERTZ > 1.5)

    @property
    def longest(self) -> float:
        return max(self.gaps, default=self.seconds)

    @property
    def rate(self) -> float:
        """Different pictures a second."""
        return len(self.times) / self.seconds


class Sampler:
    """One column of a display."""

    def __init__(self, display: str, x: int, top: int, height: int) -> None:
        self._display = Display(display)
        self._root = self._display.screen().root
        self._area = (x, top, 1, height)
        self._display.damage_query_version()
        self._damage = self._root.damage_create(damage.DamageReportNonEmpty)
        self._display.sync()

    def column(self) -> bytes:
        return self._root.get_image(*self._area, X.ZPixmap, 0xFFFFFFFF).data

    def colours(self) -> int:
        """How many different pixels the column holds."""
        data = self.column()
        return len({data[each : each + 4] for each in range(0, len(data), 4)})

    def watch(self, seconds: float) -> Watched:
        """Watch for so long."""
        times: list[float] = []
        moves: Counter[int] = Counter()
        slowest, last = 0.0, self.column()
        end = time.monotonic() + seconds
        while (now := time.monotonic()) < end:
            if not self._display.pending_events():
                select.select([self._display.fileno()], [], [], min(0.1, end - now))
                if not self._display.pending_events():
                    continue
            while self._display.pending_events():
                self._display.next_event()
            seen = time.monotonic()
            time.sleep(WHOLE)
            self._display.damage_subtract(self._damage, X.NONE, X.NONE)
            began = time.monotonic()
            column = self.column()
            slowest = max(slowest, time.monotonic() - began)
            if column == last:
                continue
            step = moved(last, column)
            while step < 0 and time.monotonic() - seen < PART:  # a part of the picture is there, the rest is coming
                time.sleep(0.001)
                column = self.column()
                step = moved(last, column)
            times.append(seen)
            moves[step] += 1
            last = column
        return Watched(times, moves, slowest, seconds)

    def close(self) -> None:
        self._display.close()


def moved(before: bytes, after: bytes, most: int = 64) -> int:
    """By how many pixels the column moved up; -1 where it did something else."""
    for step in range(1, most):
        if before[step * 4 :] == after[: -step * 4]:
            return step
    margin = most * 4 * 4  # new content may have come at the bottom
    inside = before[: len(before) - margin]
    return next((step for step in range(1, most) if inside[step * 4 :] == after[: len(inside) - step * 4]), -1)
