"""Exponential backoff with full jitter; see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

FIRST: Final = 1.0
LONGEST: Final = 60.0
GOOD_FOR: Final = 60.0
"""Seconds without a failure after which the next failure counts as the first."""


class Backoff:
    """How long to wait after each failure in a row, in seconds."""

    def __init__(self, uniform: Callable[[float, float], float] = random.uniform) -> None:
        """Draw the jitter from `uniform`."""
        self._uniform = uniform
        self._failures = 0
        self._good_since: float | None = None

    def after_failure(self) -> float:
        """Seconds until the next try: anything up to a bound that doubles from 1 to 60."""
        self._good_since = None
        self._failures = min(self._failures + 1, 16)
        return max(FIRST, self._uniform(0.0, min(LONGEST, FIRST * 2.0**self._failures)))

    def after_success(self, now: float) -> None:
        """Forget the failures once a minute, by monotonic `now`, went well."""
        if self._good_since is None:
            self._good_since = now
        elif now - self._good_since >= GOOD_FOR:
            self._failures = 0
