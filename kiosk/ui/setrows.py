"""Words in justified rows, the largest first: pure arithmetic over measured widths."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FEWEST, MOST = 1, 24
"""Words on one wall: more would be a list."""

SPACE: Final = 0.34
"""Between two words of a row, as a share of their size."""

LINE: Final = 1.16
"""A row's height, as a share of its words' size."""

BASELINE: Final = 0.92
"""Where a row's words stand, as a share of their size below its upper edge."""

_LOOSEST: Final = 0.45
"""How much room may be shared out above each row, as a share of its words' size."""

_STEPS: Final = (0.62, 0.7, 0.78, 0.86, 0.94)
"""From one row's size to the next one's, as the search tries them."""


class Width(NamedTuple):
    """How wide a word is: `share` times its size, and `fixed` pixels for what stands beside it."""

    share: float
    fixed: float


class Spot(NamedTuple):
    """One word's place: its left edge and baseline, how wide it may be and its size, in whole pixels."""

    left: int
    baseline: int
    width: int
    size: int


class _Row(NamedTuple):
    words: Sequence[Width]
    size: float

    @property
    def width(self) -> float:
        return sum(_wide(word, self.size) for word in self.words) + SPACE * self.size * (len(self.words) - 1)


def _wide(word: Width, size: float) -> float:
    return word.share * size + word.fixed


def in_rows(words: Sequence[Width], box: tuple[int, int], limits: tuple[int, int]) -> list[Spot]:
    """Place as many words as look good into a box of pixels, sizes from `limits[1]` down to `limits[0]` by rank.

    A word that is too wide even at the smallest size has the whole row, and is as wide as the box.
    """
    least, most = limits
    wanted = words[:MOST]
    if not wanted or min(box) < least:
        return []
    sizes = [least + (most - least) * step / 14 for step in range(15)]
    tries = [_rows(wanted, box, (least, first), step) for first in sizes for step in _STEPS]
    return _placed(max(tries, key=lambda rows: _worth(rows, box)), box)


def _rows(words: Sequence[Width], box: tuple[int, int], limits: tuple[float, float], step: float) -> list[_Row]:
    """Fill row after row, each `step` times as large as the last or larger, while there is room."""
    least, target = limits
    rows: list[_Row] = []
    size, used, first = target * 1.25, 0.0, 0
    while first < len(words):
        count = 1
        while first + count < len(words) and _fitting(words[first : first + count + 1], box[0]) >= target:
            count += 1
        row = words[first : first + count]
        size = max(least, min(size, _fitting(row, box[0])))
        used += size * LINE
        if used > box[1] and rows:
            break
        rows.append(_Row(row, min(size, box[1] / LINE)))
        first += count
        target = max(least, size * step)
    return rows


def _fitting(row: Sequence[Width], width: int) -> float:
    """The size at which a row is as wide as the box."""
    return (width - sum(word.fixed for word in row)) / (sum(word.share for word in row) + SPACE * (len(row) - 1))


def _worth(rows: Sequence[_Row], box: tuple[int, int]) -> float:
    """How good rows look: the box filled, rows as wide as it, many words, and the first one loud."""
    filled = sum(row.size for row in rows) * LINE / box[1]
    ragged = sum(max(0.0, 1 - row.width / box[0]) for row in rows)
    loud = rows[0].size / max(1.0, rows[-1].size)
    return filled + 0.02 * sum(len(row.words) for row in rows) - 0.6 * ragged + 0.05 * min(4.0, loud)


def _placed(rows: Sequence[_Row], box: tuple[int, int]) -> list[Spot]:
    spare = max(0.0, box[1] - sum(row.size for row in rows) * LINE)
    share = min(_LOOSEST, spare / sum(row.size for row in rows))
    top = (spare - share * sum(row.size for row in rows[1:])) / 2
    spots: list[Spot] = []
    for number, row in enumerate(rows):
        top += share * row.size if number else 0
        spots += _across(row, box[0], round(top + BASELINE * row.size))
        top += row.size * LINE
    return spots


def _across(row: _Row, width: int, baseline: int) -> Iterator[Spot]:
    """Share out what a row leaves free, unless it is far too short for that."""
    size = int(row.size)
    free = width - row.width
    gap = SPACE * row.size
    if len(row.words) > 1 and free < gap * (len(row.words) - 1) * 2:
        gap += free / (len(row.words) - 1)
    left = 0.0
    for word in row.words:
        wide = min(_wide(word, size), width) if len(row.words) == 1 else _wide(word, size)
        yield Spot(round(left), baseline, math.ceil(wide - word.fixed) + size // 20, size)
        left += _wide(word, row.size) + gap
