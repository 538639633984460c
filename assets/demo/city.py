"""The city outside: skylines, the bridge, the bay, streets at night."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from PIL import ImageChops

from demo.canvas import LANDSCAPE, PORTRAIT, Canvas, clouds, fade, mix, ramp

if TYPE_CHECKING:
    from PIL import Image

    from demo.canvas import Colour, Point

PEAKED: Final = 2
"""Of nine towers, how many end in a point."""

LAMPS: Final = ("#ffd08a", "#ffb35c", "#ffe3b0", "#ff8f5a", "#9fd8ff")


def stars(c: Canvas, below: float, count: int) -> None:
    """Scatter stars over the upper part of the sky."""
    for _ in range(count):
        y = below * c.dice.random() ** 1.6
        c.disc(
            c.dice.uniform(0, c.width), y, c.dice.choice((0.6, 0.8, 1.3)), fade("#ffffff", c.dice.uniform(0.25, 0.95))
        )


def towers(c: Canvas, base: float, tallest: float, fill: Colour, lit: float) -> None:
    """Build a row of towers standing on `base`; `lit` is the share of windows with light."""
    x = -30.0
    while x < c.width:
        width = c.dice.uniform(46, 120)
        middle = 1 - abs((x + width / 2) / c.width - 0.55) * 1.3
        height = tallest * max(0.16, middle) * c.dice.uniform(0.45, 1)
        c.box(x, base - height, width, height + 4, fill)
        if c.dice.randrange(9) < PEAKED:
            c.shape(
                [
                    (x + width * 0.3, base - height),
                    (x + width / 2, base - height * 1.22),
                    (x + width * 0.7, base - height),
                ],
                fill,
            )
        _windows(c, (x, base - height), (width, height), lit)
        x += width + c.dice.choice((-8, -3, 2, 10))


def _windows(c: Canvas, corner: Point, size: Point, lit: float) -> None:
    step_x, step_y = c.dice.choice(((9, 13), (11, 11), (8, 17)))
    colour = c.dice.choice(LAMPS)
    for column in range(int((size[0] - 10) / step_x)):
        for row in range(int((size[1] - 12) / step_y)):
            if c.dice.random() < lit:
                x, y = corner[0] + 7 + column * step_x, corner[1] + 10 + row * step_y
                c.box(x, y, step_x * 0.5, step_y * 0.5, fade(colour, c.dice.uniform(0.35, 1)))


def bokeh(  # noqa: PLR0913  # as many as lamps have properties
    c: Canvas, count: int, colours: tuple[str, ...], *, low: float = 20, high: float = 90, top: float = 0
) -> None:
    """Hang large soft discs of light before everything, as a wide lens sees lamps."""
    with c.light(blur=3) as lamps:
        for _ in range(count):
            x, y, r = c.dice.uniform(0, c.width), c.dice.uniform(top, c.height), c.dice.uniform(low, high)
            colour = mix("#000000", c.dice.choice(colours), c.dice.uniform(0.2, 0.6))
            lamps.disc(x, y, r, mix("#000000", colour, 1.0))
            lamps.disc(x, y, r * 0.93, mix("#000000", colour, 0.72))


def suspension(  # noqa: PLR0913  # as many as bridges have properties
    c: Canvas, deck: float, posts: tuple[float, float], rise: float, fill: Colour, *, thick: float = 9
) -> None:
    """Span a suspension bridge across the picture: deck, two towers, cables and hangers."""
    left, right = posts
    span = right - left
    for x in posts:
        for offset in (-thick * 1.5, thick * 1.5):
            c.shape(
                [
                    (x + offset - thick * 0.8, deck + rise * 0.55),
                    (x + offset - thick * 0.55, deck - rise),
                    (x + offset + thick * 0.55, deck - rise),
                    (x + offset + thick * 0.8, deck + rise * 0.55),
                ],
                fill,
            )
        for level in (0.98, 0.72, 0.45, 0.18, -0.2):
            c.box(x - thick * 2.1, deck - rise * level, thick * 4.2, thick * 1.1, fill)
    c.box(-5, deck, c.width + 10, thick, fill)

    def cable(x: float) -> float:
        if left <= x <= right:
            t = (x - left) / span * 2 - 1
            return deck - thick - (rise - thick * 2) * t * t
        near = left if x < left else right
        t = min(1.0, abs(x - near) / (span * 0.62))
        return deck - rise * (1 - t) ** 1.35

    c.line([(x, cable(x)) for x in range(-10, c.width + 20, 6)], fill, thick * 0.42)
    for x in range(0, c.width, 22):
        c.line([(x, cable(x)), (x, deck)], fill, thick * 0.11)


def skyline_night() -> Image.Image:
    """The towers downtown, seen over black water under a big moon."""
    c = Canvas(LANDSCAPE, "skyline")
    c.ground("#050a22", "#14205a", "#473a8a", "#b2547f", "#ff9a5c", "#20143a")
    stars(c, 420, 240)
    c.glow(1220, 250, 420, "#7c8cff", strength=0.55)
    c.disc(1220, 250, 82, "#fff3d8")
    c.veil(_spots(c, 1220, 250), "#d9c7b4")
    towers(c, 700, 330, "#2b2563", 0.1)
    c.glow(800, 700, 900, "#ff8f5a", strength=0.25)
    towers(c, 705, 480, "#161443", 0.36)
    towers(c, 712, 250, "#0a0a26", 0.5)
    c.mirror(712, strength=0.62)
    bokeh(c, 16, LAMPS, low=18, high=64, top=780)
    return c.finish(grain=0.4)


def _spots(c: Canvas, x: float, y: float) -> Image.Image:
    sea = Canvas((c.width, c.height), "moon")
    for dx, dy, r in ((-22, -18, 21), (18, 12, 26), (-10, 32, 13), (34, -30, 11)):
        sea.disc(x + dx, y + dy, r, "#707070")
    return sea.image.convert("L").resize((c.width, c.height))


def bridge_sunset() -> Image.Image:
    """The bridge before a low sun, its path of light on the water."""
    c = Canvas(LANDSCAPE, "bridge-sunset")
    c.ground("#2a1a5e", "#7a2f86", "#e0526d", "#ff8f4f", "#ffd27a", "#ffd27a")
    c.glow(930, 640, 760, "#ffcf70", strength=0.8)
    c.disc(930, 640, 120, "#fff2c4")
    for y, tone in ((610, "#c65a78"), (645, "#93406f"), (672, "#5f2c60")):
        ridge = [(x, y - 55 * abs(math.sin(x / 260 + y)) - 22 * math.sin(x / 97 + y)) for x in range(-20, 1640, 20)]
        c.shape([*ridge, (1640, 760), (-20, 760)], tone)
    c.mirror(690, ripple=9, strength=0.78, tint="#3a1550")
    with c.light(blur=2) as path:
        for _ in range(420):
            depth = path.dice.random() ** 1.4
            x, y = path.dice.gauss(930, 30 + depth * 170), 694 + depth * 370
            path.box(x, y, 14 + depth * 46, 1.5 + depth * 3.6, mix("#000000", "#ffca7a", 0.75))
    suspension(c, 560, (380, 1340), 430, "#2a0f2e", thick=13)
    return c.finish(grain=0.4, vignette=0.28)


def bridge_fog() -> Image.Image:
    """Two red towers above the fog, early or late: nobody could say."""
    c = Canvas(PORTRAIT, "bridge-fog")
    c.ground("#183a5c", "#3f7f9a", "#9cc9c8", "#f2dcbf", "#f6c9a0")
    c.glow(880, 860, 800, "#ffe6bd", strength=0.6)
    for deck, posts, rise, tone, thick in (
        (1010, (700, 1020), 300, "#a85b4e", 6),
        (980, (330, 1500), 640, "#c1392b", 17),
    ):
        suspension(c, deck, posts, rise, tone, thick=thick)
        for part in range(3):
            _fog(c, f"fog{deck}{part}", 640 + part * 110, mix("#f4ead8", "#c9dcdf", part * 0.4))
        haze(c, "#f3e8d6", "#000000", "#000000", "#000000", "#202020", "#e8e8e8", "#ffffff")
    return c.finish(grain=0.4, vignette=0.12)


def _fog(c: Canvas, seed: str, top: float, colour: Colour) -> None:
    bank = clouds((300, 400), 120, seed).point([max(0, min(255, round((v - 95) * 3.1))) for v in range(256)])
    share = top / c.height
    deep = ramp(["#000000"] * round(share * 10) + ["#8a8a8a", "#ffffff", "#ffffff"], (300, 400)).convert("L")
    c.veil(ImageChops.multiply(bank, deep).resize(c.image.size), colour)


def haze(c: Canvas, colour: Colour, *stops: Colour) -> None:
    """Lay mist over the picture: `stops` tell from top to bottom how thick it is, from black to white."""
    c.veil(ramp(stops, (64, 512)).convert("L"), colour)
