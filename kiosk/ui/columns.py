"""The endless strip behind the Scroll scene: which card lies where; pure arithmetic in whole pixels."""

from __future__ import annotations

from typing import Final, NamedTuple

from kiosk.domain.legibility import GAP, narrowest

GAP_SHARE: Final = GAP
"""The gap between cards, as a share of the screen's height."""

MOST: Final = 6
"""Columns beyond which nobody would follow."""


class Placed(NamedTuple):
    """One card on the strip; `top` is measured from where the strip began."""

    key: str
    left: int
    top: int
    width: int
    height: int

    @property
    def bottom(self) -> int:
        """Where it ends."""
        return self.top + self.height


class Columns:
    """Cards in columns; a new one joins the shortest."""

    def __init__(  # a view, and what was asked of it
        self, width: int, height: int, screen_height: int, wanted: int = 0, least: float = 0.0
    ) -> None:
        """Lay out a view of that size in pixels, in `wanted` columns, or as many as its shape has room for.

        Where text is at least the share `least` of the screen's height, there are never more than have room.
        """
        self.height = height
        self.gap = max(8, round(screen_height * GAP_SHARE))
        room = min(MOST, max(1, int((width - self.gap) / (screen_height * narrowest(least)))))
        count = wanted if wanted and not least else min(wanted or MOST, room)
        self.card_width = (width - self.gap * (count + 1)) // count
        spare = width - count * self.card_width - (count + 1) * self.gap
        self._lefts = [spare // 2 + self.gap + index * (self.card_width + self.gap) for index in range(count)]
        self._columns: list[list[Placed]] = [[] for _ in range(count)]
        self._ends = [self.gap] * count

    @property
    def shortest(self) -> int:
        """Where the next card would begin, and how far the strip may move before a hole is seen."""
        return min(self._ends)

    def join(self, key: str, height: int) -> Placed:
        """Put a card of that height under the shortest column."""
        index = self._ends.index(self.shortest)
        card = Placed(key, self._lefts[index], self._ends[index], self.card_width, height)
        self._columns[index].append(card)
        self._ends[index] = card.bottom + self.gap
        return card

    def leave(self, key: str) -> list[Placed]:
        """Take a card away; the cards below it that moved up, as they lie now."""
        for index, column in enumerate(self._columns):
            for place, card in enumerate(column):
                if card.key == key:
                    lift = card.height + self.gap
                    moved = [below._replace(top=below.top - lift) for below in column[place + 1 :]]
                    column[place:] = moved
                    self._ends[index] -= lift
                    return moved
        return []

    def pass_above(self, offset: int) -> list[str]:
        """Forget the cards that lie wholly above `offset`; their keys."""
        gone: list[str] = []
        for column in self._columns:
            while column and column[0].bottom < offset:
                gone.append(column.pop(0).key)
        return gone

    def rebase(self, by: int) -> list[Placed]:
        """Measure from `by` pixels further down; every card as it lies now."""
        self._ends = [end - by for end in self._ends]
        self._columns = [[card._replace(top=card.top - by) for card in column] for column in self._columns]
        return [card for column in self._columns for card in column]

    def clear(self, offset: int) -> None:
        """Begin anew at `offset`, with no card."""
        self._columns = [[] for _ in self._columns]
        self._ends = [offset + self.gap] * len(self._ends)
