"""People as silhouettes: single figures, rows of heads, raised hands, and the beams of light above them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from demo.canvas import Canvas, mix, turned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from demo.canvas import Colour, Point

Arm = tuple["Point", "Point"]

POSES: Final[dict[str, tuple[Arm, Arm]]] = {
    "stand": (((-1.45, -4.9), (-1.15, -3.6)), ((1.45, -4.9), (1.15, -3.6))),
    "cheer": (((-1.9, -6.9), (-2.0, -8.7)), ((1.9, -6.9), (2.0, -8.7))),
    "one": (((-1.6, -4.9), (-0.9, -4.1)), ((1.8, -7.0), (1.7, -8.8))),
    "other": (((-1.8, -7.0), (-1.7, -8.8)), ((1.6, -4.9), (0.9, -4.1))),
    "hug": (((-2.0, -6.0), (-3.0, -5.9)), ((2.0, -6.0), (3.0, -5.9))),
    "toast": (((-1.5, -4.9), (-1.2, -3.6)), ((2.0, -5.6), (2.7, -7.2))),
    "point": (((-1.6, -4.9), (-0.6, -4.6)), ((2.1, -6.5), (3.7, -7.1))),
    "talk": (((-1.9, -5.1), (-2.7, -6.0)), ((1.4, -4.9), (0.5, -6.1))),
    "wide": (((-2.2, -6.6), (-3.6, -7.6)), ((2.2, -6.6), (3.6, -7.6))),
}
"""Where elbow and hand are, left and right, in eighths of the height from the point between the feet."""


def figure(  # noqa: PLR0913  # as many as people have properties
    c: Canvas, x: float, y: float, height: float, fill: Colour, *, pose: str = "stand", hair: str = "short"
) -> None:
    """Stand a person on (x, y)."""
    u = height / 8

    def at(dx: float, dy: float) -> Point:
        return x + dx * u, y + dy * u

    stride = 0.95 if pose in {"wide", "cheer"} else 0.6
    for side in (-1, 1):
        c.line([at(side * 0.42, -3.9), at(side * stride * 0.8, -2.0), at(side * stride, -0.15)], fill, u * 0.78)
        c.disc(*at(side * (stride + 0.18), -0.12), u * 0.5, fill, u * 0.2)
    c.blob(
        [
            at(-0.95, -6.35),
            at(0, -6.6),
            at(0.95, -6.35),
            at(0.95, -5.2),
            at(0.75, -3.6),
            at(-0.75, -3.6),
            at(-0.95, -5),
        ],
        fill,
    )
    for side, arm in zip((-1, 1), POSES[pose], strict=True):
        c.line([at(side * 0.95, -6.1), at(*arm[0]), at(*arm[1])], fill, u * 0.5)
        c.disc(*at(*arm[1]), u * 0.32, fill)
    c.box(*at(-0.24, -6.9), u * 0.48, u * 0.7, fill)
    head(c, *at(0, -7.35), u * 0.62, fill, hair)


def head(c: Canvas, x: float, y: float, r: float, fill: Colour, hair: str) -> None:  # noqa: PLR0913, PLR0917
    """Draw a head with hair, from behind."""
    c.disc(x, y, r * 0.92, fill, r * 1.08)
    if hair == "bun":
        c.disc(x, y - r * 1.35, r * 0.46, fill)
    elif hair == "long":
        c.blob(
            [
                (x - r, y - r * 0.4),
                (x, y - r * 1.2),
                (x + r, y - r * 0.4),
                (x + r * 1.1, y + r * 1.6),
                (x - r, y + r * 1.6),
            ],
            fill,
        )
    elif hair == "curly":
        for k in range(11):
            angle = math.pi * (0.85 + 1.3 * k / 10)
            c.disc(x + r * math.cos(angle), y + r * 0.9 * math.sin(angle), r * 0.5, fill)
    elif hair == "cap":
        c.disc(x, y - r * 0.4, r * 1.04, fill, r * 0.88)
        c.box(x + r * 0.2, y - r * 0.55, r * 1.4, r * 0.24, fill, radius=r * 0.1)
    elif hair == "tail":
        c.blob([(x + r * 0.4, y - r), (x + r * 1.5, y - r * 0.9), (x + r * 1.7, y + r), (x + r * 1.1, y)], fill)


HAIR: Final = ("short", "short", "bun", "long", "curly", "cap", "tail")


def crowd(  # noqa: PLR0913  # as many as crowds have properties
    c: Canvas, y: float, r: float, fill: Colour, rim: Colour, *, hands: float = 0.4, phones: float = 0.0
) -> None:
    """Fill the width with people from behind: heads at about `y`, `r` large, with light on their edges."""
    x = -r
    while x < c.width + r:
        place = (x + c.dice.uniform(-0.3, 0.3) * r, y + c.dice.uniform(-0.7, 0.7) * r)
        hair, up = c.dice.choice(HAIR), c.dice.random() < hands
        phone = c.dice.random() < phones
        reach = (c.dice.uniform(-0.5, 0.7) * r, -c.dice.uniform(2.0, 3.6) * r)
        for paint, shift in ((rim, 0.0), (fill, r * 0.09)):
            _spectator(c, (place[0], place[1] + shift), r, paint, hair)
            if up:
                side = 1.7 if reach[0] > 0 else -1.7
                start, end = (
                    (place[0] + side * r, place[1] + r * 2.4),
                    (
                        place[0] + side * r + reach[0],
                        place[1] + reach[1] + shift,
                    ),
                )
                raised(c, start, end, r, paint, phone=phone)
        x += c.dice.uniform(2.3, 3.3) * r


def _spectator(c: Canvas, place: Point, r: float, fill: Colour, hair: str) -> None:
    x, y = place
    head(c, x, y, r, fill, hair)
    c.box(x - r * 0.4, y + r * 0.6, r * 0.8, r, fill)
    c.box(x - r * 2.1, y + r * 1.35, r * 4.2, c.height - y, fill, radius=r * 1.1)


def raised(c: Canvas, start: Point, end: Point, r: float, fill: Colour, *, phone: bool = False) -> None:  # noqa: PLR0913
    """Raise an arm from `start` to `end`, with an open hand or a telephone."""
    elbow = ((start[0] + end[0]) / 2 + r * 0.25, (start[1] + end[1]) / 2)
    c.line([start, elbow, end], fill, r * 0.72)
    x, y = end
    if phone:
        c.box(x - r * 0.75, y - r * 1.9, r * 1.5, r * 2.4, fill, radius=r * 0.2)
        c.box(x - r * 0.6, y - r * 1.7, r * 1.2, r * 1.9, "#9fc7ff", radius=r * 0.08)
        c.glow(x, y - r * 0.8, r * 2.6, "#6fa8ff", strength=0.35)
        return
    c.disc(x, y - r * 0.1, r * 0.44, fill, r * 0.52)
    for k, length in enumerate((0.85, 1.05, 1.0, 0.8)):
        tip = turned([(x, y - r * (0.2 + length))], (x, y), -24 + 16 * k)[0]
        c.line([(x + (k - 1.5) * r * 0.16, y - r * 0.2), tip], fill, r * 0.2)
    thumb = turned([(x, y - r * 0.95)], (x, y), 62)[0]
    c.line([(x, y), thumb], fill, r * 0.2)


def beams(c: Canvas, lamps: Sequence[tuple[float, float, float, float, Colour]], *, blur: float = 10) -> None:
    """Throw cones of light: from (x, y) to where it lands, `wide` there; each tuple is x, y, target x, wide, colour."""
    for x, y, target, wide, colour in lamps:
        with c.light(blur=blur, strength=0.8) as shine:
            shine.shape(
                [(x - 9, y), (x + 9, y), (target + wide, c.height * 0.98), (target - wide, c.height * 0.98)],
                mix(colour, "#ffffff", 0.25),
                mix("#000000", colour, 0.62),
                mix("#000000", colour, 0.3),
                mix("#000000", colour, 0.12),
                "#000000",
            )
        c.glow(x, y, 90, colour, strength=0.9)
        c.glow(x, y, 34, "#ffffff", strength=1.0, power=1.2)


def confetti(c: Canvas, count: int, colours: Sequence[Colour], *, bottom: float = 1.0, large: float = 20) -> None:
    """Throw paper into the air."""
    for _ in range(count):
        x, y = c.dice.uniform(0, c.width), c.height * bottom * c.dice.random()
        long, broad = c.dice.uniform(0.5, 1) * large, c.dice.uniform(0.2, 0.5) * large
        corners = [(x - long, y - broad), (x + long, y - broad), (x + long, y + broad), (x - long, y + broad)]
        paint = mix(c.dice.choice(list(colours)), c.dice.choice(("#ffffff", "#000000")), c.dice.uniform(0, 0.25))
        c.shape(turned(corners, (x, y), c.dice.uniform(0, 180)), paint)
