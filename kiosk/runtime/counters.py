"""Faults that were survived: each kind is counted, and the desk shows the count with its last words."""

from __future__ import annotations

import logging
from collections import Counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

log: Final = logging.getLogger("kiosk")


class Counters:
    """Counts by sentence; safe to call from any thread because each call is one dictionary update."""

    def __init__(self) -> None:
        """Start with nothing counted."""
        self._counts: Counter[str] = Counter()
        self._last: dict[str, str] = {}
        self.changed: Callable[[], None] = lambda: None

    def count(self, what: str, error: BaseException | str = "") -> None:
        """Count one fault, `what` in plain words, and write it to the log."""
        self._counts[what] += 1
        self._last[what] = str(error)
        if self._counts[what] & (self._counts[what] - 1):
            self.changed()
            return  # the log gets the 1st, 2nd, 4th, 8th … of a kind
        log.warning("%s: %s", what, error, exc_info=error if isinstance(error, BaseException) else None)
        self.changed()

    @property
    def total(self) -> int:
        """How many faults were survived since the start."""
        return sum(self._counts.values())

    def lines(self) -> list[str]:
        """One sentence per kind, most frequent first."""
        return [f"{what} ({times}×): {self._last[what]}".rstrip(": ") for what, times in self._counts.most_common()]
