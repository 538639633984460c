"""The days around the evening: bay, hills, sky."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from demo.canvas import LANDSCAPE, PANORAMA, PORTRAIT, SQUARE, Canvas, clouds, fade, mix, ring, shrunk, turned
from demo.city import stars, towers

if TYPE_CHECKING:
    from PIL import Image

    from demo.canvas import Colour, Point


def ridge(  # as many as hills have properties
    c: Canvas, y: float, high: float, wide: float, phase: float, *stops: Colour
) -> None:
    """Roll a line of hills across the picture."""
    edge = [
        (x, y - high * (0.6 * math.sin(x / wide + phase) + 0.3 * math.sin(x / wide * 2.3 + phase * 2)))
        for x in range(-20, c.width + 40, 12)
    ]
    c.shape([*edge, (c.width + 40, c.height), (-20, c.height)], *stops)


def cloud(c: Canvas, x: float, y: float, size: float, *stops: Colour) -> None:
    """Let a flat-bottomed cloud float."""
    puffs = ((-0.9, 0.32), (-0.45, 0.52), (0.1, 0.66), (0.6, 0.46), (1.0, 0.28))
    for dx, r in puffs:
        c.shape(ring((x + dx * size, y), r * size, r * size * 0.9, start=180, end=360), *stops)


def sunset_bay() -> Image.Image:
    """Sails on the bay in the last light."""
    c = Canvas(PANORAMA, "sunset-bay")
    c.ground("#1d2a6e", "#6e3f9a", "#e05a7a", "#ffa05c", "#ffd98a", "#ffd98a", "#ffd98a")
    c.glow(1120, 400, 620, "#fff0b0", strength=0.8)
    c.disc(1120, 392, 92, "#fff8dc")
    for x, y, size in ((260, 190, 150), (760, 130, 100), (1420, 210, 130)):
        cloud(c, x, y, size, "#ff9f8a", "#b0558a")
    ridge(c, 400, 60, 210, 0.4, "#9a4a86")
    ridge(c, 420, 40, 120, 2.1, "#5f2f72")
    c.mirror(432, ripple=5, strength=0.75, tint="#2a1a5e")
    with c.light(blur=1.5) as path:
        for _ in range(240):
            depth = path.dice.random() ** 1.3
            x, y = path.dice.gauss(1120, 22 + depth * 130), 436 + depth * 280
            path.box(x, y, 12 + depth * 40, 1.4 + depth * 3.2, "#b08a50")
    for x, y, size in ((330, 560, 250), (690, 490, 120), (900, 470, 74), (1420, 500, 110)):
        _boat(c, x, y, size)
    return c.finish(grain=0.5, vignette=0.2)


def _boat(c: Canvas, x: float, y: float, size: float) -> None:
    c.shape([(x + 4, y - size), (x + 4, y - size * 0.1), (x + size * 0.46, y - size * 0.1)], "#fff4e0", "#ffb98a")
    c.shape([(x - 5, y - size * 0.9), (x - 5, y - size * 0.1), (x - size * 0.34, y - size * 0.1)], "#ff6a5c", "#c93a5f")
    c.line([(x, y - size * 1.04), (x, y)], "#3a1538", max(3, size * 0.02))
    hull = [(x - size * 0.44, y - size * 0.05), (x + size * 0.52, y - size * 0.05), (x + size * 0.36, y + size * 0.12)]
    c.shape([*hull, (x - size * 0.3, y + size * 0.12)], "#2a1038")
    with c.layer(blur=4, opacity=0.4) as shade:
        shade.disc(x, y + size * 0.2, size * 0.4, "#1a0a30", size * 0.05)


def balloons_sky() -> Image.Image:
    """Hot-air balloons over the hills at seven in the morning."""
    c = Canvas(PORTRAIT, "hot-air-balloons")
    c.ground("#2f8fe0", "#7ac4f0", "#cfeaf0", "#ffe9c8", "#ffd0a0")
    c.glow(980, 1150, 700, "#fff4c8", strength=0.8)
    for x, y, size in ((180, 300, 170), (1020, 560, 190), (330, 1000, 150), (860, 170, 110)):
        cloud(c, x, y, size, "#ffffff", "#d8eef8")
    ridge(c, 1330, 70, 230, 1.2, "#8fc0c8", "#b8d8c8")
    ridge(c, 1410, 60, 170, 3.2, "#4f9a94", "#6fb09a")
    air = (
        (930, 880, 90, ("#7a3fff", "#b79cff")),
        (230, 790, 120, ("#14b89a", "#fff4d8")),
        (790, 360, 74, ("#ff8f2a", "#ffe14f")),
        (560, 640, 250, ("#e8283c", "#ffd34f")),
        (1080, 1150, 54, ("#2467ff", "#ffffff")),
    )
    for x, y, radius, colours in air:
        _balloon(c, x, y, radius, colours)
    ridge(c, 1510, 50, 140, 5.0, "#1f5f5f", "#2f7a68")
    return c.finish(grain=0, vignette=0.08)


def _balloon(c: Canvas, x: float, y: float, r: float, colours: tuple[Colour, Colour]) -> None:
    for side in (-1, 1):
        c.line([(x + side * r * 0.3, y + r * 1.1), (x + side * r * 0.16, y + r * 1.62)], "#5a3a20", max(2, r * 0.02))

    def edge(turn: float) -> list[Point]:
        top = [(x + turn * r * math.sin(math.radians(a)), y - r * math.cos(math.radians(a))) for a in range(0, 100, 5)]
        return [*top, (x + turn * r * 0.3, y + r * 1.14)]

    count = 9
    for k in range(count):
        one, two = (math.sin(math.pi * (e / count - 0.5)) for e in (k, k + 1))
        shade = max(0.0, (k - 3) / count) * 0.55
        c.shape([*edge(one), *reversed(edge(two))], mix(colours[k % 2], "#2a0f4a", shade))
    c.box(x - r * 0.3, y + r * 1.1, r * 0.6, r * 0.09, mix(colours[0], "#000000", 0.3), radius=r * 0.03)
    c.box(x - r * 0.19, y + r * 1.56, r * 0.38, r * 0.3, "#8a5a2f", radius=r * 0.05)
    c.box(x - r * 0.22, y + r * 1.54, r * 0.44, r * 0.08, "#5a3418", radius=r * 0.03)


def night_sky() -> Image.Image:
    """Stars above a tent, far from the town's lamps."""
    c = Canvas(PORTRAIT, "night-sky")
    c.ground("#050820", "#0f1a52", "#2f2f8a", "#6a4aa8", "#c9708f")
    band = clouds((240, 320), 90, "milky").point([max(0, min(255, round((v - 120) * 4))) for v in range(256)])
    path = Canvas((240, 320), "band")
    with path.light(blur=22) as river:
        river.line([(250, -20), (150, 120), (110, 210), (-10, 330)], "#b0b0b0", 60)
    mask = path.image.convert("L").resize((240, 320))
    mask.paste(0, mask=band.point([round(v * 0.55) for v in range(256)]))
    c.veil(mask, "#b7a8ff")
    stars(c, 1250, 620)
    for _ in range(12):
        x, y = c.dice.uniform(40, 1160), c.dice.uniform(40, 900)
        c.glow(x, y, 26, "#cfd8ff", strength=1.0)
        c.disc(x, y, 3, "#ffffff")
    with c.layer(opacity=0.9) as trail:
        trail.shape([(880, 250), (885, 257), (560, 470)], "#ffffff")
    ridge(c, 1290, 80, 190, 0.8, "#3a2a6e")
    ridge(c, 1390, 60, 260, 2.2, "#221a4a")
    for k in range(16):
        _pine(c, 30 + k * 78 + c.dice.uniform(-26, 26), 1520, c.dice.uniform(150, 330), "#120f30")
    c.box(0, 1480, 1200, 120, "#0b0a22")
    c.glow(600, 1420, 340, "#ffb04f", strength=0.8)
    c.shape([(600, 1290), (790, 1500), (410, 1500)], "#ffcf7a", "#ff8f3a")
    c.shape([(600, 1290), (640, 1500), (560, 1500)], "#a8481a", "#5a1f10")
    c.line([(590, 1280), (600, 1292), (612, 1280)], "#0b0a22", 6)
    return c.finish(grain=0.3, vignette=0.2)


def _pine(c: Canvas, x: float, y: float, high: float, fill: Colour) -> None:
    for k in range(4):
        top, wide = y - high + k * high * 0.2, high * (0.13 + 0.075 * k)
        c.shape([(x, top), (x + wide, top + high * 0.36), (x - wide, top + high * 0.36)], fill)
    c.box(x - high * 0.03, y - high * 0.15, high * 0.06, high * 0.2, fill)


def fireworks() -> Image.Image:
    """Fireworks above the bay, after the final."""
    c = Canvas(LANDSCAPE, "fireworks")
    c.ground("#03041a", "#0d1045", "#2a1a6a", "#5a2a7a")
    stars(c, 500, 120)
    shots = (
        (460, 300, 290, "#ff4f8b", "#ffd0e0"),
        (1010, 230, 230, "#ffc23f", "#fff4c0"),
        (1330, 430, 190, "#4fd8ff", "#e0faff"),
        (760, 520, 150, "#8aff7a", "#f0ffe0"),
        (180, 520, 130, "#a88bff", "#ece0ff"),
    )
    for x, y, radius, colour, core in shots:
        _burst(c, (x, y), radius, colour, core)
    towers(c, 800, 240, "#0b0a2a", 0.35)
    c.mirror(802, ripple=5, strength=0.75)
    return shrunk(c.finish(grain=0, vignette=0.2), 0.9)


def _burst(c: Canvas, centre: Point, radius: float, colour: Colour, core: Colour) -> None:
    c.glow(*centre, radius * 1.5, colour, strength=0.45)
    c.line([(centre[0], 800), (centre[0] + 8, centre[1])], fade(colour, 0.16), 4)
    with c.light(blur=1) as sparks:
        for circle, count in ((1.0, 34), (0.66, 22), (0.36, 12)):
            for k in range(count):
                angle = 2 * math.pi * (k + c.dice.uniform(-0.25, 0.25)) / count
                far = radius * circle * c.dice.uniform(0.9, 1.06)
                trail = []
                for step in range(9):
                    t = 0.35 + 0.65 * step / 8
                    drop = radius * 0.2 * t * t
                    trail.append((centre[0] + far * t * math.cos(angle), centre[1] + far * t * math.sin(angle) + drop))
                for step in range(8):
                    paint = mix("#000000", mix(colour, core, step / 8), 0.25 + step * 0.09)
                    sparks.line(trail[step : step + 2], paint, 1.6 + step * 0.4)
                sparks.disc(*trail[-1], 5.5, core)


def lighthouse() -> Image.Image:
    """The lighthouse at the end of the pier."""
    c = Canvas(SQUARE, "lighthouse")
    c.ground("#0b1440", "#1f3f8a", "#3f7fc0", "#ffb08a", "#ffd9a8")
    stars(c, 600, 160)
    for target in ([(700, 380), (-200, 180), (-200, 470)], [(700, 380), (1600, 160), (1600, 460)]):
        with c.light(blur=16, strength=0.6) as ray:
            ray.shape(target, "#ffe8a0")
    ridge(c, 1060, 50, 260, 1.0, "#3f4f8a", "#2a3a6e")
    c.shape([(0, 1110), (1400, 1110), (1400, 1400), (0, 1400)], "#1f5a9a", "#0b2a5a")
    for k in range(44):
        y = 1130 + 260 * c.dice.random() ** 1.2
        c.box(
            c.dice.uniform(-40, 1400),
            y,
            40 + (y - 1100) * 0.5,
            4,
            fade("#ffd9a8" if k % 3 else "#ffffff", 0.35),
            radius=2,
        )
    c.blob([(330, 1240), (430, 1080), (600, 1030), (800, 1040), (960, 1090), (1090, 1240), (700, 1290)], "#241a3a")
    c.shape([(606, 470), (794, 470), (850, 1080), (550, 1080)], "#fff4e6")
    for k in range(3):
        top, low = 570 + k * 180, 660 + k * 180
        wide = [94 + 56 * (y - 470) / 610 for y in (top, low)]
        c.shape([(700 - wide[0], top), (700 + wide[0], top), (700 + wide[1], low), (700 - wide[1], low)], "#e8283c")
    c.shape([(760, 470), (794, 470), (850, 1080), (790, 1080)], fade("#1a0a3a", 0.28))
    c.box(580, 450, 240, 26, "#241a3a", radius=8)
    c.box(628, 320, 144, 132, "#ffe8a0")
    for x in (628, 694, 762):
        c.box(x, 320, 10, 132, "#241a3a")
    c.shape([(600, 324), (800, 324), (700, 226)], "#e8283c", "#a81a30")
    c.glow(700, 386, 300, "#fff0b0", strength=1.0)
    return c.finish(grain=0, vignette=0.15)


def paper_planes() -> Image.Image:
    """Paper planes through paper clouds."""
    c = Canvas(LANDSCAPE, "paper-planes")
    c.ground("#3f6bff", "#6fa8ff", "#c8e4ff")
    for x, y, size in ((200, 330, 190), (1300, 240, 240), (760, 700, 210), (1480, 860, 220), (120, 940, 260)):
        with c.layer(blur=18, opacity=0.25) as shade:
            cloud(shade, x + 16, y + 24, size, "#0a1f7a")
        cloud(c, x, y, size, "#ffffff", "#e8f2ff")
    fleet = ((980, 420, 320, "#ffd34f", -18), (420, 560, 210, "#ff4f6e", -10), (1240, 800, 170, "#4fe0c0", -26))
    for x, y, size, paint, turn in fleet:
        dots = [(x - size * 0.9 - k * 34, y + size * 0.42 + 40 * math.sin(k * 0.5) + k * 9) for k in range(14)]
        for dot in dots[2:]:
            c.disc(*dot, 5, fade("#ffffff", 0.85))
        _plane(c, (x, y), size, paint, turn)
    return c.finish(grain=0, vignette=0.06)


def _plane(c: Canvas, spot: Point, size: float, paint: Colour, turn: float) -> None:
    x, y = spot
    nose, tail = (x + size, y), (x - size * 0.8, y)
    parts = (
        ([nose, (x - size * 0.9, y - size * 0.62), (x - size * 0.5, y - size * 0.06)], mix(paint, "#ffffff", 0.25)),
        ([nose, (x - size * 0.5, y - size * 0.06), (x - size * 0.36, y + size * 0.42)], mix(paint, "#1a0a4a", 0.4)),
        ([nose, (x - size * 0.2, y + size * 0.1), (tail[0], y + size * 0.44)], paint),
    )
    for points, fill in parts:
        c.shape(turned(points, spot, turn), fill)
