"""Whether words can be read on a colour: luminance and contrast as WCAG 2.2 defines them, and what would pass."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

BODY: Final = 7.0
"""The least contrast of words that must be read: WCAG 2.2, success criterion 1.4.6."""

QUIET: Final = 4.5
"""The least contrast of names, times and large words: success criteria 1.4.3 and, for large ones, 1.4.6."""

WASH: Final = 0.09
"""How much of its ink a card is washed with where a quoted post or a link lies on it."""

STEPS: Final = 100
"""Into how many steps a way between two colours is divided."""

RGB = tuple[int, int, int]
"""Red, green and blue, 0 to 255 each."""


def rgb(colour: str) -> RGB:
    """The channels of a colour written `#rrggbb`.

    Raises:
        ValueError: where it is written otherwise.

    """
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        raise ValueError(f"“{colour}” is no colour; write #rrggbb")
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def written(channels: RGB) -> str:
    """A colour as it is written in a theme: `#rrggbb`."""
    return "#{:02x}{:02x}{:02x}".format(*channels)


def luminance(colour: str) -> float:
    """The relative luminance of an sRGB colour, 0 (black) to 1 (white), by WCAG 2.2's definition."""
    red, green, blue = (_linear(channel / 255) for channel in rgb(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: str, other: str) -> float:
    """The contrast of two colours, 1 (none) to 21 (black on white)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def blend(over: str, under: str, share: float) -> str:
    """The colour that `share` (0 to 1) of `over` on `under` makes, mixed as a screen does: in sRGB."""
    red, green, blue = (
        round(above * share + below * (1 - share)) for above, below in zip(rgb(over), rgb(under), strict=True)
    )
    return written((red, green, blue))


def between(colours: Iterable[str]) -> Iterator[str]:
    """Colours on the way from each to the next, in steps no eye tells apart much: what a gradient may show."""
    way = list(colours)
    yield from way[:1]
    for one, other in pairwise(way):
        yield from (blend(other, one, step / 16) for step in range(1, 17))


def passing(ink: str, paper: str, least: float) -> str:
    """The ink nearest to `ink`, made lighter or darker, that has `least` contrast on `paper`; "" where none has."""
    for step in range(STEPS + 1):
        for end in ("#ffffff", "#000000"):
            tried = blend(end, ink, step / STEPS)
            if ratio(tried, paper) >= least:
                return tried
    return ""


def veil(stage: str, shown: Iterable[str], inks: Iterable[tuple[str, float]]) -> float:
    """How much of the stage's colour must lie over colours `shown`, so that each of the inks keeps its contrast.

    `inks` are colours with their least contrast, which the stage's own colour gives them. Returns a share, 0 to 1.
    """
    wanted, needed = list(inks), 0
    for colour in set(shown):
        while needed < STEPS and not _readable(blend(stage, colour, needed / STEPS), wanted):
            needed += 1
    return needed / STEPS


def _readable(paper: str, inks: Iterable[tuple[str, float]]) -> bool:
    return all(ratio(ink, paper) >= least for ink, least in inks)


def _linear(channel: float) -> float:
    """WCAG 2.2's inverse of sRGB's transfer curve."""
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4  # noqa: PLR2004
