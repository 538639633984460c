"""Where the cards of a scene with slots lie: pure arithmetic in whole pixels."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from kiosk.ui.columns import Columns, Placed

if TYPE_CHECKING:
    from collections.abc import Callable

PAN: Final = 0.08
"""How much larger than the stage a picture is that moves across it, as a share."""

SEAM_SHARE: Final = 0.006
"""The seam between photos, as a share of the screen's height."""

TILE_SHARE: Final = 0.2
"""A photo tile's least height, as a share of the screen's height, before the grid shows fewer photos instead."""

TILE_ASPECT: Final = 4 / 3
"""A photo tile's width by its height that the grid aims at."""

CAPTION_SHARE: Final = (0.62, 0.9)
"""A caption's width as a share of the stage's: on a broad one and on an upright one."""

MARGIN_SHARE: Final = 0.05
"""How far a caption stays away from the stage's edges, as a share of its shorter side."""


class View(NamedTuple):
    """The part of the screen that a scene has, in pixels, and the screen's height that sizes are shares of; text is at
    least the share `least` of it.
    """

    width: int
    height: int
    screen_height: int
    least: float = 0.0


class Layout(Protocol):
    """Places cards one after another; `part` tells which of the scene's cards for a post it is."""

    def room(self, part: int) -> tuple[int, int]:
        """How wide and high the next card is made; 0: as it likes."""
        ...

    def place(self, key: str, part: int, size: tuple[int, int]) -> Placed | None:
        """Place a card of that size; None where there is no room left."""
        ...

    def settled(self, cards: list[Placed]) -> list[Placed]:
        """Balance the page once it is full."""
        ...


class Whole:
    """One card that is the stage."""

    def __init__(self, view: View, posts: int) -> None:  # noqa: ARG002  # a layout's shape
        """Lay out that view."""
        self._view = view

    def room(self, part: int) -> tuple[int, int]:  # noqa: ARG002
        """The whole stage."""
        return self._view.width, self._view.height

    def place(self, key: str, part: int, size: tuple[int, int]) -> Placed | None:  # noqa: ARG002
        """Fill the stage."""
        return Placed(key, 0, 0, *size)

    def settled(self, cards: list[Placed]) -> list[Placed]:
        """Leave it so."""
        return cards


class Plate(Whole):
    """A picture a little larger than the stage, and a caption in its lower corner."""

    def room(self, part: int) -> tuple[int, int]:
        """The picture's size, or the caption's width."""
        view = self._view
        if part == 0:
            return round(view.width * (1 + PAN)), round(view.height * (1 + PAN))
        return round(view.width * CAPTION_SHARE[view.height > view.width]), 0

    def place(self, key: str, part: int, size: tuple[int, int]) -> Placed | None:
        """Begin the picture in the stage's corner and end the caption above its lower edge."""
        if part == 0:
            return Placed(key, 0, 0, *size)
        margin = round(min(self._view.width, self._view.height) * MARGIN_SHARE)
        return Placed(key, margin, self._view.height - margin - size[1], *size)


class Page:
    """Cards in columns until the page is full."""

    def __init__(self, view: View, posts: int) -> None:  # noqa: ARG002  # a layout's shape
        """Lay out that view."""
        self._columns = Columns(view.width, view.height, view.screen_height, least=view.least)
        self._placed = False

    def room(self, part: int) -> tuple[int, int]:  # noqa: ARG002
        """A column's width."""
        return self._columns.card_width, 0

    def place(self, key: str, part: int, size: tuple[int, int]) -> Placed | None:  # noqa: ARG002
        """Put the card under the shortest column where it fits; the very first one always does."""
        columns = self._columns
        if self._placed and columns.shortest + size[1] + columns.gap > columns.height:
            return None
        self._placed = True
        return columns.join(key, size[1])

    def settled(self, cards: list[Placed]) -> list[Placed]:
        """Share what is left of each column's height among its gaps, and centre what stands alone."""
        settled: list[Placed] = []
        for left in dict.fromkeys(card.left for card in cards):
            column = [card for card in cards if card.left == left]
            spare = self._columns.height - self._columns.gap - column[-1].bottom
            share = max(0, spare) / (len(column) + 1)
            settled += [card._replace(top=card.top + round(share * (row + 1))) for row, card in enumerate(column)]
        return settled


class Grid:
    """Photos as tiles without a gap in the picture: 4 × 3 to 8 × 5 on a broad screen."""

    def __init__(self, view: View, posts: int) -> None:
        """Lay out that view for so many posts."""
        self._view = view
        self._seam = max(2, round(view.screen_height * SEAM_SHARE))
        self._across, self._down = _grid(view, posts)
        self._next = 0

    def _edges(self, index: int, count: int, length: int) -> tuple[int, int]:
        start = round(index * (length + self._seam) / count)
        return start, round((index + 1) * (length + self._seam) / count) - self._seam - start

    def room(self, part: int) -> tuple[int, int]:  # noqa: ARG002
        """The next tile's size."""
        place = self._place()
        return place.width, place.height

    def _place(self, key: str = "") -> Placed:
        down, across = divmod(min(self._next, self._across * self._down - 1), self._across)
        left, width = self._edges(across, self._across, self._view.width)
        top, height = self._edges(down, self._down, self._view.height)
        return Placed(key, left, top, width, height)

    def place(self, key: str, part: int, size: tuple[int, int]) -> Placed | None:  # noqa: ARG002
        """Fill the next tile."""
        if self._next >= self._across * self._down:
            return None
        placed = self._place(key)
        self._next += 1
        return placed

    def settled(self, cards: list[Placed]) -> list[Placed]:
        """Leave it so."""
        return cards


def _grid(view: View, posts: int) -> tuple[int, int]:
    """Columns and rows: whole rows only, as many of the photos as there are good tiles for."""
    most = (8, 5) if view.width >= view.height else (4, 8)

    def worth(grid: tuple[int, int]) -> float:
        across, down = grid
        shape = abs(math.log(view.width / across / (view.height / down) / TILE_ASPECT))
        size = max(0.0, math.log(TILE_SHARE * view.screen_height / (view.height / down)))
        return across * down / max(1, posts) - shape - size

    grids = [(across, down) for across in range(1, most[0] + 1) for down in range(1, most[1] + 1)]
    return max((grid for grid in grids if grid[0] * grid[1] <= max(1, posts)), key=worth)


LAYOUTS: Final[dict[str, Callable[[View, int], Layout]]] = {
    "spotlight": Whole,
    "masonry": Page,
    "mosaic": Grid,
    "photos": Plate,
}
"""The layout of each scene that has slots."""
