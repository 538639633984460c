"""What was eaten and drunk, mostly from above."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from demo.canvas import LANDSCAPE, PORTRAIT, SQUARE, Canvas, fade, mix, ring, shrunk, spline, turned
from demo.city import bokeh

if TYPE_CHECKING:
    from PIL import Image

    from demo.canvas import Colour, Point

ICING: Final = ("#ff8fc4", "#8fe3d0", "#ffd27a", "#b79cff", "#ff9a8a", "#8fc8ff")


def wobble(c: Canvas, centre: Point, radius: float, rough: float, *, points: int = 14) -> list[Point]:
    """A round outline by hand."""
    spots = []
    for k in range(points):
        far, angle = radius * (1 + c.dice.uniform(-rough, rough)), 2 * math.pi * k / points
        spots.append((centre[0] + far * math.cos(angle), centre[1] + far * math.sin(angle)))
    return spots


def _under(c: Canvas, x: float, y: float, radius: float, *, depth: float = 0.45) -> None:
    with c.layer(blur=22, opacity=depth) as shade:
        shade.disc(x + 24, y + 36, radius, "#1a0800")


def coffee() -> Image.Image:
    """A coffee from above, a leaf poured into its milk."""
    c = Canvas(SQUARE, "coffee")
    c.ground("#1f7a78", "#145a5e")
    _under(c, 690, 720, 520)
    for radius, paint in ((520, "#f6efe4"), (500, "#e8dcc8"), (380, "#dccbb2"), (366, "#efe4d2")):
        c.disc(690, 720, radius, paint)
    _under(c, 690, 720, 345, depth=0.4)
    c.line([(960, 560), (1150, 450)], "#e0d3bf", 92)
    c.line([(960, 545), (1140, 438)], "#fbf6ec", 74)
    for radius, paint in ((348, "#fffaf0"), (318, "#d9c6a8"), (306, "#5a2d12"), (294, "#8a4a1e")):
        c.disc(690, 720, radius, paint)
    c.glow(690, 700, 290, "#b06a2a", strength=0.45)
    for k in range(7):
        y, wide = 560 + k * 50, (70, 120, 160, 178, 168, 132, 80)[k]
        leaf = [(690 - wide, y - 34), (690, y + 40), (690 + wide, y - 34), (690, y + 12)]
        c.blob(leaf, "#f8e6c4")
    c.shape([(682, 530), (698, 530), (694, 960), (686, 960)], "#8a4a1e")
    c.line(ring((690, 720), 330, 330, start=200, end=250), "#ffffff", 10)
    _spoon(c)
    return c.finish(grain=0, vignette=0.12)


def _spoon(c: Canvas) -> None:
    with c.layer(blur=10, opacity=0.45) as shade:
        shade.line([(270, 1150), (620, 1240)], "#0a2020", 30)
        shade.disc(250, 1140, 90, "#0a2020", 56)
    c.line([(300, 1128), (700, 1216)], "#c4ccd0", 22)
    c.line([(300, 1124), (700, 1210)], "#eef2f4", 8)
    c.shape(turned(ring((232, 1112), 98, 58), (232, 1112), 12), "#dfe5e8", "#aab4ba")
    c.shape(turned(ring((232, 1116), 78, 42), (232, 1116), 12), "#9aa6ad", "#e6ecef")


def pizza() -> Image.Image:
    """A pizza, one slice short already."""
    c = Canvas(SQUARE, "pizza")
    c.ground("#2a2f3a", "#171a22")
    _under(c, 700, 700, 600, depth=0.7)
    c.disc(700, 700, 610, "#b9794a")
    c.disc(700, 700, 596, "#d29b66")
    c.blob(wobble(c, (700, 700), 548, 0.015, points=26), "#e0a04a")
    c.blob(wobble(c, (700, 700), 536, 0.02, points=26), "#f0b95c")
    c.blob(wobble(c, (700, 700), 478, 0.02, points=22), "#c9341f")
    c.blob(wobble(c, (700, 700), 462, 0.035, points=24), "#ffce5c")
    for _ in range(30):
        spot = _within(c, 420)
        c.blob(wobble(c, spot, c.dice.uniform(20, 56), 0.2, points=8), mix("#ffe9a0", "#f2a53a", c.dice.random()))
    ringed = [turned([(700 + far, 700)], (700, 700), angle)[0] for far, angle in _spread()]
    for x, y in ringed:
        _under(c, x - 12, y - 18, 72, depth=0.25)
        c.disc(x, y, 76, "#a3221c")
        c.disc(x, y, 69, "#d8402e")
        for _ in range(7):
            dx, dy = c.dice.uniform(-40, 40), c.dice.uniform(-40, 40)
            c.disc(x + dx, y + dy, c.dice.uniform(5, 11), c.dice.choice(("#f0705a", "#b52a20")))
    for _ in range(11):
        _basil(c, _within(c, 430), c.dice.uniform(0, 360))
    for k in range(4):
        cut = turned([(700 - 560, 700), (700 + 560, 700)], (700, 700), k * 45 + 8)
        c.line(cut, fade("#7a2f10", 0.7), 8)
    gap = [(708, 697), *ring((706, 697), 588, 588, start=-37, end=8)]
    c.shape(gap, "#c08a58", "#b27c4c")
    return c.finish(grain=0, vignette=0.15)


def _within(c: Canvas, most: float) -> Point:
    far, angle = most * c.dice.random() ** 0.5, c.dice.uniform(0, 2 * math.pi)
    return 700 + far * math.cos(angle), 700 + far * math.sin(angle)


def _spread() -> list[tuple[float, float]]:
    return [(150, 20), (150, 140), (150, 260), *((350, 30 + k * 45.0) for k in range(7))]


def _basil(c: Canvas, spot: Point, turn: float) -> None:
    x, y = spot
    leaf = [(x - 56, y), (x - 10, y - 28), (x + 56, y), (x - 10, y + 28)]
    c.blob(turned(leaf, spot, turn), "#2f8f3f")
    c.line(turned([(x - 48, y), (x + 44, y)], spot, turn), "#8fd06a", 4)


def tacos() -> Image.Image:
    """Three tacos in a row."""
    c = Canvas(LANDSCAPE, "tacos")
    c.ground("#ff5a7a", "#ff7a5c")
    with c.light(strength=0.13) as rays:
        for k in range(24):
            rays.shape(
                turned([(800, 760), (680, -900), (920, -900)], (800, 760), k * 15), "#ffffff" if k % 2 else "#000000"
            )
    c.shape([(0, 800), (1600, 800), (1600, 1067), (0, 1067)], "#20b8a0", "#149080")
    c.box(0, 800, 1600, 10, "#7af0d8")
    with c.layer(blur=16, opacity=0.4) as shade:
        shade.disc(800, 888, 740, "#06403a", 60)
    c.disc(800, 868, 720, "#fff6e6", 66)
    c.disc(800, 858, 660, "#f0e2c8", 50)
    for x in (400, 1200, 800):
        _taco(c, x, 850)
    _lime(c, 1400, 850)
    return c.finish(grain=0, vignette=0.1)


def _taco(c: Canvas, x: float, y: float) -> None:
    back = ring((x + 26, y), 268, 340, start=180, end=360)
    c.shape(back, "#c98424", "#b06a1a")
    for k in range(15):
        angle = math.radians(195 + k * 10.7)
        far = 300 + c.dice.uniform(-6, 26)
        spot = (x + 14 + far * 0.8 * math.cos(angle), y + far * 1.06 * math.sin(angle))
        c.blob(wobble(c, spot, 46, 0.25, points=9), c.dice.choice(("#4fb83f", "#7ed957", "#2f9a3a", "#7ed957")))
    for k in range(8):
        angle = math.radians(208 + k * 18)
        spot = (x + 8 + 246 * math.cos(angle), y + 306 * math.sin(angle))
        c.disc(*spot, 30, c.dice.choice(("#e8352a", "#fff3d8", "#8a4620", "#e8352a", "#a8326e")))
    c.shape(ring((x, y), 268, 296, start=180, end=360), "#ffd76a", "#f5ac35")
    c.line(ring((x, y), 262, 290, start=184, end=356), "#ffe9a0", 7)
    for _ in range(26):
        angle, far = math.radians(c.dice.uniform(195, 345)), c.dice.uniform(0.15, 0.88)
        spot = (x + 262 * far * math.cos(angle), y + 286 * far * math.sin(angle))
        c.disc(*spot, c.dice.uniform(4, 13), c.dice.choice(("#e0952a", "#fff0b8", "#eeb040")), c.dice.uniform(3, 8))


def _lime(c: Canvas, x: float, y: float) -> None:
    c.shape(ring((x, y), 120, 120, start=0, end=180), "#2f9a3a", "#1f7a30")
    c.disc(x, y, 120, "#4fc04a", 46)
    c.disc(x, y, 106, "#eaffc0", 39)
    for k in range(8):
        wedge = [(x, y), *ring((x, y), 96, 34, start=k * 45 + 4, end=k * 45 + 41, steps=8)]
        c.shape(wedge, "#a8e04a")


def cupcakes() -> Image.Image:
    """A grid of cupcakes, no two alike."""
    c = Canvas(SQUARE, "cupcakes")
    c.ground("#fff1e0", "#ffdcd0")
    for row in range(3):
        for k in range(3):
            _cupcake(c, 250 + k * 450, 250 + row * 450, ICING[(row * 3 + k * 2) % 6])
    return shrunk(c.finish(grain=0, vignette=0.06), 0.82)


def _cupcake(c: Canvas, x: float, y: float, icing: Colour) -> None:
    with c.layer(blur=20, opacity=0.3) as shade:
        shade.disc(x + 20, y + 34, 184, "#8a3a20")
    star = [turned([(x, y - (204 if k % 2 else 180))], (x, y), k * 9)[0] for k in range(40)]
    c.shape(star, mix(icing, "#4a1040", 0.62))
    for layer, (radius, count) in enumerate(((142, 10), (106, 8), (66, 6))):
        paint = mix(icing, "#ffffff", layer * 0.22)
        dark = mix(icing, "#7a2a5a", 0.28 - layer * 0.05)
        for k in range(count):
            spot = turned([(x, y - radius * 0.72)], (x, y), k * 360 / count + layer * 17)[0]
            c.disc(spot[0] + 4, spot[1] + 7, radius * 0.42 + 12, dark)
            c.disc(*spot, radius * 0.42 + 10, paint)
        c.disc(x, y, radius * 0.7, paint)
    for _ in range(18):
        far, angle = 110 * c.dice.random() ** 0.6, c.dice.uniform(0, 360)
        spot = turned([(x, y - far)], (x, y), angle)[0]
        stick = turned([(spot[0] - 13, spot[1]), (spot[0] + 13, spot[1])], spot, c.dice.uniform(0, 180))
        c.line(stick, c.dice.choice(("#ff3f6e", "#2b9dff", "#ffb300", "#1fae7a", "#7a3fff")), 8)
    c.disc(x, y, 34, "#c4122f")
    c.disc(x - 10, y - 12, 10, "#ffb0b8")


def drinks() -> Image.Image:
    """Three long drinks at the bar."""
    c = Canvas(PORTRAIT, "drinks")
    c.ground("#1a0d3a", "#4a1a6e", "#a8327a", "#ff7a5c")
    bokeh(c, 44, ("#ffd08a", "#ff6fa8", "#8b6bff", "#ffe3b0"), low=26, high=110)
    c.shape([(0, 1330), (1200, 1330), (1200, 1600), (0, 1600)], "#5a1f4a", "#240a2e")
    c.box(0, 1330, 1200, 8, "#ff9f8a")
    recipes = (("#ff3f5a", "#ffb02a"), ("#22d8b0", "#c8ff6a"), ("#ff5ac8", "#7a5aff"))
    for x, high, (one, two) in zip((250, 600, 950), (620, 720, 580), recipes, strict=True):
        c.glow(x, 1380, 250, one, strength=0.6)
        _glass(c, x, 1420, high, (two, one))
    return c.finish(grain=0.5)


def _glass(c: Canvas, x: float, y: float, high: float, drink: tuple[Colour, Colour]) -> None:
    wide, top = 128, y - high
    c.line([(x + 20, y - 60), (x + 96, top - 150)], "#ffffff", 18)
    c.line([(x + 20, y - 60), (x + 96, top - 150)], "#ff4f6e", 10)
    c.shape([(x - wide, top + 90), (x + wide, top + 90), (x + wide * 0.8, y - 22), (x - wide * 0.8, y - 22)], *drink)
    for k in range(5):
        spot = (x - 58 + (k % 2) * 100 + c.dice.uniform(-12, 12), top + 150 + k * 72)
        cube = [(spot[0] - 44, spot[1] - 44), (spot[0] + 44, spot[1] - 44), (spot[0] + 44, spot[1] + 44)]
        cube.append((spot[0] - 44, spot[1] + 44))
        cube = turned(cube, spot, c.dice.uniform(0, 80))
        c.shape(cube, fade("#ffffff", 0.26))
        c.line([*cube, cube[0]], fade("#ffffff", 0.6), 4)
    c.disc(x, top + 90, wide, mix(drink[0], "#ffffff", 0.35), 24)
    c.shape(
        [(x - wide - 8, top), (x + wide + 8, top), (x + wide * 0.84, y), (x - wide * 0.84, y)], fade("#ffffff", 0.13)
    )
    c.line([(x - wide + 16, top + 40), (x - wide * 0.72, y - 60)], fade("#ffffff", 0.75), 12)
    c.line(ring((x, top), wide + 8, 25), "#ffffff", 4)
    c.disc(x - wide - 4, top + 4, 74, "#ff9a1f")
    c.disc(x - wide - 4, top + 4, 64, "#fff0c0")
    for k in range(8):
        spot = (x - wide - 4, top + 4)
        c.shape([spot, *ring(spot, 58, 58, start=k * 45 + 4, end=k * 45 + 41, steps=8)], "#ffb83f")


def doughnuts() -> Image.Image:
    """Doughnuts on blue, the last box of the evening."""
    c = Canvas(LANDSCAPE, "doughnuts")
    c.ground("#3f6bff", "#2548d9")
    for row in range(3):
        for k in range(4):
            x, y = 130 + k * 440 + (row % 2) * 190, 160 + row * 370
            _doughnut(c, x, y, ICING[(row * 2 + k) % 6])
    return shrunk(c.finish(grain=0, vignette=0.1), 0.82)


def _doughnut(c: Canvas, x: float, y: float, icing: Colour) -> None:
    with c.layer(blur=18, opacity=0.4) as shade:
        _annulus(shade, (x + 20, y + 28), (64, 162), "#04103f")
    _annulus(c, (x, y), (58, 166), "#c98646")
    _annulus(c, (x, y), (66, 158), "#e5ab6c")
    edge = wobble(c, (x, y), 150, 0.035, points=16)
    c.shape([*spline(edge), edge[0], *reversed(ring((x, y), 73, 73))], icing)
    c.line(ring((x, y), 124, 124, start=190, end=290), mix(icing, "#ffffff", 0.6), 12)
    for _ in range(24):
        spot = turned([(x, y - c.dice.uniform(86, 138))], (x, y), c.dice.uniform(0, 360))[0]
        stick = turned([(spot[0] - 10, spot[1]), (spot[0] + 10, spot[1])], spot, c.dice.uniform(0, 180))
        c.line(stick, c.dice.choice(("#ffffff", "#ff3f6e", "#5a2a1a", "#ffe14f", "#14b89a")), 9)


def _annulus(c: Canvas, centre: Point, radii: tuple[float, float], fill: Colour) -> None:
    c.shape([*ring(centre, radii[1], radii[1]), *reversed(ring(centre, radii[0], radii[0]))], fill)
