"""How many searches an account has made on Threads in a day: the API limits them and tells no count.

See https://developers.facebook.com/docs/threads/keyword-search: 2,200 within a rolling 24 hours, over all apps of the
account; searches that find nothing do not count.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kiosk.sources.source import Budget

QUOTA: Final = 2_200
PACE: Final = 86_400 / QUOTA
"""Seconds between two searches that the quota lasts for."""

_HOUR: Final = 3_600
_DAY: Final = 24
"""Whole hours after the one a search was made in, until it surely counts no more."""


class Quota:
    """Searches by the hour they were made in, counted since 1970; what is a day old is forgotten."""

    def __init__(self, budget: Budget, clock: Callable[[], float] = time.time) -> None:
        """Write what is left into `budget`; `clock` gives seconds since 1970."""
        self._budget = budget
        self._clock = clock
        self._made: dict[int, int] = {}
        self._write()

    @property
    def left(self) -> int:
        """How many searches may still be made."""
        self._write()
        return max(0, QUOTA - sum(self._made.values()))

    @property
    def until_more(self) -> float:
        """Seconds until some of the searches count no more; 0 where none counts."""
        return max(0.0, self._resets() - self._clock()) if self._made else 0.0

    def count(self) -> None:
        """Count a search that found something."""
        hour = int(self._clock()) // _HOUR
        self._made[hour] = self._made.get(hour, 0) + 1
        self._write()

    def kept(self) -> dict[str, int]:
        """What must survive a restart."""
        return {str(hour): count for hour, count in self._made.items()}

    def take_up(self, kept: Mapping[str, int]) -> None:
        """Go on from what was kept, where more was counted then than is known now."""
        for said, count in kept.items():
            hour = int(said) if said.isascii() and said.isdecimal() and len(said) < 10 else 0  # noqa: PLR2004  # until the year 100000
            self._made[hour] = max(count, self._made.get(hour, 0))
        self._write()

    def _resets(self) -> float:
        return (min(self._made) + _DAY + 1) * float(_HOUR)

    def _write(self) -> None:
        now = int(self._clock()) // _HOUR
        self._made = {hour: count for hour, count in self._made.items() if now - _DAY <= hour <= now}
        self._budget.limit = QUOTA
        self._budget.left = max(0, QUOTA - sum(self._made.values()))
        self._budget.resets = datetime.fromtimestamp(self._resets(), UTC) if self._made else None
