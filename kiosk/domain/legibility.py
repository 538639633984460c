"""How large letters must be to be read from the farthest seat, and what that leaves room for.

The rule is DISCAS (ANSI/AVIXA V202.01:2016, basic decision making): what has to be read is at least 1/200 of the
farthest viewer's distance high, 17 minutes of arc; ISO 9241-303 asks for 16 at least and measures capitals, as here.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

from kiosk.domain.reading import ARRIVING, NARROW_SPEED

if TYPE_CHECKING:
    from collections.abc import Sequence

ACUITY: Final = 200
"""How many times its own height away a capital may be read (DISCAS, acuity factor of basic decision making)."""

CAPITAL: Final = 0.727
"""A capital's height in Inter Display, as a share of the font's size."""

SMALLEST: Final = 0.0225
"""The smallest text of a wall whose hall nobody has measured, as a share of the screen's height (Theme.scrollSmall)."""

BODY: Final = (0.0245, 0.033)
"""A long post's and an ordinary post's size then (Theme.bodyShare)."""

COLUMN: Final = 0.55
"""The narrowest column then, as a share of the screen's height."""

GAP: Final = 0.022
MARGIN: Final = 0.028
"""Between cards, and within them around their words, as shares of the screen's height."""

HEADER: Final = 0.105
LETTER: Final = 0.53
"""An ordinary letter's width, as a share of the font's size."""

LINE: Final = 1.36
"""From one line to the next, as a share of the font's size."""

EMS: Final = 14
"""How many font sizes wide a column's lines are at least where its letters had to grow: 26 letters."""

FEWEST: Final = 16
"""Letters that a line has at least; with fewer, every other word is broken."""

ORDINARY: Final = 120
"""Letters of an ordinary post at an event."""

WIDE: Final = 16 / 9


class Hall(NamedTuple):
    """A screen and who looks at it: metres, 0 where nobody has measured; `aspect` is its width by its height;
    `wanted` columns were asked for, 0 for as many as have room.
    """

    screen_height: float = 0.0
    farthest_seat: float = 0.0
    aspect: float = WIDE
    wanted: int = 0

    @property
    def least(self) -> float:
        """The smallest size of text as a share of the screen's height, 0.0 where nobody has measured."""
        if self.screen_height <= 0 or self.farthest_seat <= 0:
            return 0.0
        return self.farthest_seat / (ACUITY * self.screen_height) / CAPITAL


class Figures(NamedTuple):
    """What a hall's wall comes to: the smallest size as a share of the screen's height, columns, letters in their
    lines, ordinary posts on a screen, seconds to read one, and how many screen heights away the smallest is read.
    """

    least: float
    columns: int
    letters: int
    posts: int
    seconds: float
    reach: float


def grown(share: float, least: float, smallest: float = SMALLEST) -> float:
    """What a size becomes where the smallest has to be `least`: never less, and larger ones grow by less than it."""
    return max(share, least * math.sqrt(share / smallest))


def narrowest(least: float) -> float:
    """The narrowest column as a share of the screen's height, so that its lines hold enough letters."""
    return max(COLUMN, 2 * MARGIN + EMS * grown(BODY[0], least)) if least > SMALLEST else COLUMN


def columns(width: float, least: float) -> int:
    """How many columns a wall has that is `width` times the screen's height wide."""
    return max(1, int((width - GAP) / narrowest(least)))


def figures(hall: Hall) -> Figures:
    """Say what the wall comes to in a hall."""
    least = max(SMALLEST, hall.least)
    room = columns(hall.aspect, least)
    count = hall.wanted if hall.wanted and not hall.least else min(hall.wanted or room, room)
    inner = (hall.aspect - GAP * (count + 1)) / count - 2 * MARGIN
    body = grown(BODY[1], least)
    letters = max(1, int(inner / (body * LETTER)))
    author = LINE * (grown(0.026, least) + least)
    card = math.ceil(ORDINARY / letters) * body * LINE + author + 2.7 * MARGIN + GAP
    posts = max(1, round(count * (1 - HEADER) / card))
    seconds = ARRIVING + ORDINARY / NARROW_SPEED
    return Figures(least, count, letters, posts, seconds, least * CAPITAL * ACUITY)


def refusals(hall: Hall, scenes: Sequence[str]) -> list[str]:
    """What cannot be read from the farthest seat, a sentence each that says what to change; none where all can."""
    if hall.least <= SMALLEST:
        return []
    narrow = {scene: lines for scene in dict.fromkeys(scenes) if (lines := _letters(scene, hall)) < FEWEST}
    most = _farthest(hall, scenes) if narrow else 0.0
    return [
        f"{scene} has room for {letters} letters in a line at {hall.least:.1%} of the screen, which the farthest seat "
        f"needs; take it out of the playlist, seat nobody farther away than {most:.0f} m, or hang a larger screen"
        for scene, letters in narrow.items()
    ]


def _letters(scene: str, hall: Hall) -> int:
    """How many letters a line of a scene has at its smallest size, with one column."""
    size, inner = _line(scene, hall)
    return max(0, int(inner / (size * LETTER)))


def _line(scene: str, hall: Hall) -> tuple[float, float]:
    """The size of a scene's text and the width of its lines, as shares of the screen's height."""
    upright = hall.aspect < 1
    if scene in {"scroll", "masonry"}:
        return grown(BODY[0], hall.least), hall.aspect - 2 * GAP - 2 * MARGIN
    if scene == "spotlight":
        beside = hall.aspect if upright else hall.aspect * 0.4
        return max(0.03 if upright else 0.0405, hall.least), beside - 0.11 * min(1.0, hall.aspect)
    if scene == "photos":
        return max(0.0405, hall.least), hall.aspect * (0.9 if upright else 0.62) - 0.063
    return 1e-9, hall.aspect


def _farthest(hall: Hall, scenes: Sequence[str]) -> float:
    """The farthest seat in whole metres at which all of these scenes can be read."""
    metres = math.floor(hall.farthest_seat)
    while metres > 0 and any(_letters(scene, hall._replace(farthest_seat=float(metres))) < FEWEST for scene in scenes):
        metres -= 1
    return float(metres)
