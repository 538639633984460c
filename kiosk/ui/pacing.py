"""The pacing meter: how many frames were painted while something moved, how many came late, the longest gap.

A late frame is one of the screen's refreshes that passed without the picture that was due. Memory is constant.
"""

from __future__ import annotations

from typing import Final, NamedTuple

LATE: Final = 1.5
"""A gap of more than so many beats has let a refresh pass without its picture."""

EVEN: Final = 1e-9


class Pacing(NamedTuple):
    """What was counted: `longest` and `seconds`, the time in motion, are in seconds."""

    frames: int = 0
    late: int = 0
    longest: float = 0.0
    seconds: float = 0.0

    def after(self, gap: float, late: int) -> Pacing:
        """Count one frame more, which came `gap` seconds after the one before."""
        return Pacing(self.frames + 1, self.late + late, max(self.longest, gap), self.seconds + gap)

    @property
    def words(self) -> str:
        """One line for the desk."""
        if not self.frames:
            return "nothing has moved yet"
        late = "none late" if not self.late else f"{self.late:,} late"
        return f"{self.frames / self.seconds:.1f} frames a second, {late}, longest gap {1000 * self.longest:.0f} ms"


class Meter:
    """Counts frames between `begin` and `end`; the pauses between two motions count for nothing."""

    def __init__(self) -> None:
        """Start with nothing counted, and nothing moving."""
        self._period = 0.0
        self._last: float | None = None
        self._counted = Pacing()

    def begin(self, period: float) -> None:
        """Something moves now, and shall be painted every `period` seconds."""
        if abs(period - self._period) > EVEN:
            self._period, self._last = period, None

    def end(self) -> None:
        """Nothing moves any more."""
        self._period, self._last = 0.0, None

    def frame(self, now: float) -> None:
        """A frame was painted at `now`, in monotonic seconds."""
        if not self._period:
            return
        if self._last is not None:
            gap = now - self._last
            late = round(gap / self._period) - 1 if gap > LATE * self._period else 0
            self._counted = self._counted.after(gap, late)
        self._last = now

    @property
    def counted(self) -> Pacing:
        """What was counted since the last `take`."""
        return self._counted

    def take(self) -> Pacing:
        """Hand out what was counted, and begin anew."""
        counted, self._counted = self._counted, Pacing()
        return counted
