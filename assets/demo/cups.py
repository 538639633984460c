"""Flip cup: the cups, how they stand, fly and fall, and the table they fall on."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from demo.canvas import LANDSCAPE, PANORAMA, PORTRAIT, SQUARE, Canvas, fade, mix, ring, shrunk, turned
from demo.city import bokeh
from demo.crowd import beams, confetti

if TYPE_CHECKING:
    from PIL import Image

    from demo.canvas import Colour, Point

RED: Final = "#e8283c"
BLUE: Final = "#2467ff"
SLICES: Final = 40


def cup(  # noqa: PLR0913  # as many as cups have properties
    c: Canvas, x: float, y: float, size: float, colour: Colour, *, turn: float = 0, over: bool = False
) -> None:
    """Stand a party cup on (x, y), tilted about its middle by `turn` degrees; `over`: upside down."""
    top, low = (0.26, 0.37) if over else (0.37, 0.26)
    squash = 0.26

    def at(dx: float, dy: float) -> Point:
        return turned([(x + dx * size, y + (dy - 1) * size)], (x, y - size / 2), turn)[0]

    def wall(angle: float, height: float) -> Point:
        radius = top + (low - top) * height
        return at(radius * math.cos(angle), height + radius * squash * math.sin(angle))

    for k in range(SLICES):
        one, two = math.pi * k / SLICES, math.pi * (k + 1.2) / SLICES
        light = max(0.0, math.cos(one - math.radians(128))) ** 2
        paint = mix(mix(colour, "#12001a", 0.48), mix(colour, "#ffffff", 0.18), 0.22 + 0.78 * light)
        c.shape([wall(one, 0), wall(two, 0), wall(two, 1), wall(one, 1)], paint)
    for height in (0.3, 0.38, 0.72):
        band = [wall(math.pi * k / 24, height) for k in range(25)]
        c.line(band, fade(mix(colour, "#12001a", 0.5), 0.6), size * 0.016)
    shine = [wall(math.radians(a), h) for a, h in ((112, 0.08), (124, 0.08), (124, 0.92), (112, 0.92))]
    c.shape(shine, mix(colour, "#ffffff", 0.42))
    whole = [2 * math.pi * k / 48 for k in range(48)]
    if over:
        c.shape([at(top * math.cos(a), top * squash * math.sin(a)) for a in whole], mix(colour, "#ffffff", 0.2))
        c.shape(
            [at(top * 0.8 * math.cos(a), top * 0.8 * squash * math.sin(a)) for a in whole], mix(colour, "#12001a", 0.12)
        )
        c.line([wall(math.pi * k / 24, 0.985) for k in range(25)], "#fff4ec", size * 0.05)
        return
    for radius, paint in ((1.05, "#fff7f0"), (0.95, mix(colour, "#ffffff", 0.75)), (0.93, "#d8c9c4")):
        c.shape([at(top * radius * math.cos(a), top * radius * squash * math.sin(a)) for a in whole], paint)
    c.shape(
        [at(top * 0.82 * math.cos(a), top * 0.82 * squash * math.sin(a) + 0.03) for a in whole], "#f2a93b", "#ffd36b"
    )


def shadow(c: Canvas, x: float, y: float, size: float, *, depth: float = 0.5) -> None:
    """Lay the shadow of something `size` wide on the table."""
    with c.layer(blur=size * 0.07, opacity=depth) as shade:
        shade.disc(x + size * 0.16, y, size * 0.6, "#0a0010", size * 0.15)


def tabletop(c: Canvas, horizon: float, near: Colour, far: Colour) -> None:
    """Lay a wooden table from the horizon to the front."""
    c.shape([(0, horizon), (c.width, horizon), (c.width, c.height), (0, c.height)], far, near)
    middle = c.width / 2
    for k in range(-9, 10):
        c.line([(middle + k * 90, horizon), (middle + k * 330, c.height)], fade("#2a0f06", 0.35), 4)
    for _ in range(70):
        y = horizon + (c.height - horizon) * c.dice.random()
        x, long = c.dice.uniform(-100, c.width), c.dice.uniform(60, 320)
        c.line([(x, y), (x + long, y + c.dice.uniform(-2, 2))], fade("#2a0f06", 0.12), 2)
    c.box(0, horizon, c.width, 5, fade("#ffffff", 0.35))


def two_rows() -> Image.Image:
    """Red against blue along the long table, before the start."""
    c = Canvas(LANDSCAPE, "two-rows")
    c.ground("#1a0a2e", "#4a1a4f", "#a8453f", "#e89a4f")
    bokeh(c, 36, ("#ffd08a", "#ff8f5a", "#ff4f8b", "#8b6bff"), low=24, high=84)
    tabletop(c, 520, "#6e3418", "#d9853f")
    c.glow(800, 540, 700, "#ffd08a", strength=0.45)
    for row in range(6):
        near = (row / 5) ** 1.3
        y, size, spread = 570 + 440 * near, 90 + 220 * near, 150 + 330 * near
        for side, colour in ((-1, BLUE), (1, RED)):
            shadow(c, 800 + side * spread, y, size)
            cup(c, 800 + side * spread, y, size, colour)
    return c.finish(grain=0.6)


def flying_cup() -> Image.Image:
    """The flip, from the edge of the table to the landing, as a strobe sees it."""
    c = Canvas(LANDSCAPE, "flying-cup")
    c.ground("#12126b", "#3a2bd9", "#7a4fff", "#ff6fa8")
    with c.light(blur=50) as sun:
        sun.disc(800, 560, 380, "#a03fa0")
    c.box(0, 905, 1600, 162, "#1a0d4a")
    c.box(0, 905, 1600, 14, "#ff9fd0")
    path = [(250 + k * 11.0, 800 - 560 * math.sin(math.pi * k / 100) ** 0.9) for k in range(101)]
    for k in range(0, 100, 3):
        c.line([path[k], path[min(k + 1, 100)]], fade("#ffffff", 0.55), 5)
    for step, (k, opacity) in enumerate(((0, 0.45), (18, 0.55), (36, 0.68), (54, 0.8), (74, 0.92))):
        x, y = path[k]
        with c.layer(opacity=opacity) as ghost:
            cup(ghost, x, y + 130, 250, RED, turn=step * 42 - 6)
    shadow(c, 1350, 936, 250)
    cup(c, 1350, 936, 270, RED, over=True)
    for k in range(9):
        angle = 200 + k * 17.5
        burst = turned([(1350 + 230, 815), (1350 + 285, 815)], (1350, 815), angle)
        c.line(burst, "#ffe34f", 11)
    return c.finish(grain=0, vignette=0.2)


def cup_tower() -> Image.Image:
    """A tower of cups that should not stand."""
    c = Canvas(PORTRAIT, "cup-tower")
    c.ground("#0fb5a5", "#3fd8b8", "#b8f2cf", "#ffe9a8")
    with c.light(blur=3, strength=0.35) as rays:
        for k in range(18):
            rays.shape(turned([(600, 760), (520, -900), (680, -900)], (600, 760), k * 20), "#ffffff")
    c.box(0, 1430, 1200, 170, "#0a5f6a")
    c.box(0, 1430, 1200, 12, "#e8fff0")
    colours = (RED, "#ff8f2a", "#ffd02a", "#ff4f9f", BLUE)
    for row in range(5):
        count = 5 - row
        for k in range(count):
            x, y = 600 + (k - (count - 1) / 2) * 208, 1475 - row * 236
            if row == 0:
                shadow(c, x, y, 250)
            cup(c, x + c.dice.uniform(-4, 4), y, 258, colours[row], over=True, turn=c.dice.uniform(-2, 2))
    return c.finish(grain=0, vignette=0.1)


def cups_above() -> Image.Image:
    """Cups from above in a pattern: eight in red, one in blue."""
    c = Canvas(SQUARE, "cups-above")
    c.ground("#ffb52e", "#ff8a1f")
    for row in range(3):
        for k in range(3):
            _from_above(c, 233 + k * 467, 233 + row * 467, BLUE if (row, k) == (1, 1) else RED)
    return shrunk(c.finish(grain=0, vignette=0.1), 0.82)


def _from_above(c: Canvas, x: float, y: float, colour: Colour) -> None:
    with c.layer(blur=16, opacity=0.45) as shade:
        shade.disc(x + 30, y + 40, 188, "#8a3000")
    for radius, paint in ((194, "#fff7f0"), (180, mix(colour, "#000000", 0.1)), (154, mix(colour, "#000000", 0.34))):
        c.disc(x, y, radius, paint)
    c.disc(x, y, 138, "#f2a02b")
    c.disc(x - 5, y - 8, 128, "#ffc552")
    for _ in range(9):
        angle, far = c.dice.uniform(0, 6.3), 105 * c.dice.random() ** 0.5
        c.disc(x + far * math.cos(angle), y + far * math.sin(angle), c.dice.uniform(6, 17), "#fff0c0")
    c.line(ring((x, y), 167, 167, start=10, end=70), mix(colour, "#ffffff", 0.5), 10)


def champion_cup() -> Image.Image:
    """The golden cup of the winners, with confetti."""
    c = Canvas(PORTRAIT, "champion-cup")
    c.ground("#2a0f6e", "#6e1fb0", "#d92f8f", "#ff7a4f")
    c.glow(600, 760, 800, "#ffd34f", strength=0.6)
    beams(c, [(100, -10, 500, 220, "#ffd34f"), (1100, -10, 700, 220, "#ff7ad0")], blur=22)
    confetti(c, 150, ("#ffd34f", "#4fd8ff", "#ff4f8b", "#52e6a5", "#ffffff"), large=24)
    c.shape([(280, 1330), (920, 1330), (980, 1600), (220, 1600)], "#3a1470", "#1a0638")
    c.box(260, 1310, 680, 44, "#5a24a0", radius=10)
    c.text(600, 1480, "1", 170, "#ffd34f")
    shadow(c, 600, 1322, 560)
    for side in (-1, 1):
        handle = ring((600 + side * 258, 900), 128, 170, start=0, end=360)
        c.line(handle, "#b8741a", 50)
        c.line(handle, "#ffd45c", 30)
    cup(c, 600, 1280, 820, "#f2a81f")
    star = [turned([(600, 900 - (150 if k % 2 == 0 else 64))], (600, 900), k * 36)[0] for k in range(10)]
    c.shape(star, "#fff8d8", "#ffe38a")
    return c.finish(grain=0.6, vignette=0.25)


def after_match() -> Image.Image:
    """The table afterwards: everything has fallen, one cup stands."""
    c = Canvas(PANORAMA, "after-match")
    c.ground("#0b2a3a", "#1a5a66", "#3f9a8f")
    bokeh(c, 30, ("#7affd0", "#ffe8a0", "#4fd8ff"), low=18, high=60)
    tabletop(c, 330, "#1c4a4f", "#4fb09f")
    for x, y, wide in ((520, 560, 90), (960, 610, 130), (1120, 540, 70)):
        c.disc(x, y, wide, fade("#0a2f38", 0.55), wide * 0.16)
    fallen = ((180, 500, 84, RED), (420, 620, 96, "#ff8f2a"), (560, 470, -88, RED), (1040, 480, 78, "#ff8f2a"))
    more = ((1210, 650, -95, RED), (1450, 520, 92, RED), (310, 410, -80, "#ff8f2a"), (1330, 420, 86, RED))
    for x, y, turn, colour in sorted((*fallen, *more), key=lambda spot: spot[1]):
        size = 90 + (y - 330) * 0.36
        shadow(c, x, y, size * 1.1)
        cup(c, x, y + size * 0.12, size, colour, turn=turn)
    shadow(c, 790, 640, 330, depth=0.7)
    c.glow(790, 480, 420, "#ffe8a0", strength=0.5)
    cup(c, 790, 640, 360, "#ffd02a", over=True)
    return c.finish(grain=0.6)
