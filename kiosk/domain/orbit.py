"""Where the whole picture stands against burn-in: a walk over a small square, pixel by pixel, each place alike."""

from __future__ import annotations


def place(step: int, reach: int) -> tuple[int, int]:
    """The offset in pixels after so many steps, each coordinate within ±`reach`; each step moves by one pixel.

    The walk goes along one row and back along the next, and from the last place the same way back, so that every place
    is met equally often and no edge of a letter stays.
    """
    side = 2 * reach + 1
    places = side * side
    if places == 1:
        return 0, 0
    middle = places // 2  # the walk begins where nothing is moved
    at = (step + middle) % (2 * places - 2)
    if at >= places:
        at = 2 * places - 2 - at
    row, along = divmod(at, side)
    column = along if row % 2 == 0 else side - 1 - along
    return column - reach, row - reach
