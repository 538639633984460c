"""Which post of a list the keys act on: the mark follows the post, never the row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from kiosk.domain.model import PostUri
    from kiosk.runtime.clocks import Clock
    from kiosk.ui.deskpost import DeskPost
    from kiosk.ui.rows import PostRows

UNREAD: Final = 2.0
"""Seconds for which nobody can have read what came under the hand by itself."""


class Mark:
    """One mark in one list, on row 0 at first."""

    def __init__(self, rows: PostRows, clock: Clock) -> None:
        """Mark the first post of `rows` as soon as there is one."""
        self._rows = rows
        self._clock = clock
        self._startled_at = float("-inf")
        self._uri: PostUri | None = None
        self.row = 0

    @property
    def post(self) -> DeskPost | None:
        """The marked post, None in an empty list."""
        return self._rows.at(self.row)

    @property
    def read(self) -> bool:
        """Whether the marked post has been there long enough to have been read."""
        return self._clock.monotonic() - self._startled_at >= UNREAD

    def startle(self) -> None:
        """What is marked has changed by itself, under the moderator's hand."""
        self._startled_at = self._clock.monotonic()

    def put(self, row: int) -> None:
        """Mark that row, or the nearest there is. A post that was kept only for the eye leaves with the mark."""
        left, row = self.post, self._within(row)
        if left is not None and left.gone and row != self.row:
            self._rows.remove(self.row)
            row -= row > self.row
        self._startled_at = float("-inf")
        self._take(row)

    def follow(self) -> bool:
        """Find the post again after its list changed; whether it is still marked, False where another is now."""
        row = -1 if self._uri is None else self._rows.row_of(self._uri)
        self._take(row if row >= 0 else self._within(self.row))
        return row >= 0

    def _take(self, row: int) -> None:
        self.row = row
        self._uri = self.post.uri if self.post else None

    def _within(self, row: int) -> int:
        return max(0, min(row, len(self._rows) - 1))
