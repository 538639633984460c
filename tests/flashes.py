"""Counts flashes in frames of a wall by the general flash criteria of WCAG 2.2, success criterion 2.3.1."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from kiosk.domain.contrast import luminance, written

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from PIL import Image

COLUMNS: Final = 24
ROWS: Final = 15
CHANGE: Final = 0.1
"""The least change of relative luminance that counts."""

BRIGHT: Final = 0.8
"""Between two pictures that are both brighter than this nothing counts."""

FIELD: Final = (COLUMNS // 3, ROWS // 3)
"""Cells of ten degrees of sight: 341 × 256 of 1024 × 768 pixels."""

SHARE: Final = 0.25
"""The part of the field that has to flash."""

Grid = tuple[float, ...]


def grid(image: Image.Image) -> Grid:
    """The relative luminance of each cell of a frame."""
    small = image.convert("RGB").resize((COLUMNS, ROWS)).tobytes()
    return tuple(luminance(written((small[at], small[at + 1], small[at + 2]))) for at in range(0, len(small), 3))


def flashes(frames: Sequence[tuple[float, Grid]]) -> int:
    """The most flashes within one second that at least a quarter of any field of sight goes through.

    `frames` are moments in seconds with their grids. A flash is a pair of opposing changes, so a cross-fade is half of
    one. Cells count by themselves even where they do not flash at once, which is stricter than the rule.
    """
    changes = [list(_changes([(at, cells[cell]) for at, cells in frames])) for cell in range(COLUMNS * ROWS)]
    most = 0
    for begin in sorted({at for cell in changes for at in cell}):
        counts = [sum(begin <= at < begin + 1 for at in cell) // 2 for cell in changes]
        most = max(most, *map(_seen, _fields(counts)))
    return most


def _changes(light: Sequence[tuple[float, float]]) -> Iterator[float]:
    """When a cell has become lighter or darker by enough since its last extreme, each time the other way."""
    low = high = light[0][1]
    rising: bool | None = None
    for at, value in light:
        low, high = (min(low, value), high) if rising is not True else (low, max(high, value))
        if rising is None:
            high = max(high, value)
        if rising is not True and value - low >= CHANGE and low < BRIGHT:
            rising, high = True, value
            yield at
        elif rising is not False and high - value >= CHANGE and value < BRIGHT:
            rising, low = False, value
            yield at


def _fields(counts: Sequence[int]) -> Iterator[list[int]]:
    width, height = FIELD
    for top in range(ROWS - height + 1):
        for left in range(COLUMNS - width + 1):
            yield [counts[(top + row) * COLUMNS + left + column] for row in range(height) for column in range(width)]


def _seen(field: list[int]) -> int:
    return sorted(field, reverse=True)[math.ceil(len(field) * SHARE) - 1]
