"""Where time comes from: the machine, or a recording that plays at its own speed."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """UTC for what is written down, monotonic seconds for durations."""

    def now(self) -> datetime:
        """The time it is, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that never go back, from an unstated origin."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The machine's time in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """The machine's monotonic seconds."""
        return time.monotonic()


class ReplayClock:
    """A recording's time: starts at `start` (UTC) and runs `speed` times as fast as the machine's."""

    def __init__(self, start: datetime, speed: float = 1.0, base: Clock | None = None) -> None:
        """Start now, as `base` tells it."""
        self._start = start
        self._speed = speed
        self._base: Clock = base or SystemClock()
        self._origin = self._base.monotonic()

    def now(self) -> datetime:
        """The recording's time in UTC."""
        return self._start + timedelta(seconds=(self._base.monotonic() - self._origin) * self._speed)

    def monotonic(self) -> float:
        """Seconds of the machine: what is shown dwells as long as people need, at any speed."""
        return self._base.monotonic()

    def restart(self, start: datetime) -> None:
        """Begin anew at `start`, now."""
        self._start = start
        self._origin = self._base.monotonic()

    def until(self, moment: datetime) -> float:
        """Seconds of the machine until the recording reaches `moment`; 0 if it has passed."""
        return max(0.0, (moment - self.now()).total_seconds() / self._speed)


class StillClock:
    """Stands still, so that what is drawn by it is the same every time; durations go on."""

    def __init__(self, moment: datetime) -> None:
        """Stand at `moment` (UTC)."""
        self._moment = moment

    def now(self) -> datetime:
        """Always the same moment, in UTC."""
        return self._moment

    def monotonic(self) -> float:
        """The machine's monotonic seconds."""
        return time.monotonic()
