"""The town on foot: streets, rain, rails, signs and the way home."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from demo.canvas import LANDSCAPE, PORTRAIT, SQUARE, Canvas, fade, mix, ramp, ring, shrunk, spline, turned
from demo.city import LAMPS, bokeh, towers
from demo.crowd import figure

if TYPE_CHECKING:
    from PIL import Image

    from demo.canvas import Colour, Point

NEON: Final = ("#ff3fa0", "#2fd8ff", "#ffb52e", "#9a5cff", "#3dffa0")


def bokeh_street() -> Image.Image:
    """The street out of focus, two people under one umbrella in focus."""
    c = Canvas(PORTRAIT, "bokeh-street")
    c.ground("#0a0824", "#2a1250", "#6a1f5f", "#2a1040", "#0c0620")
    for k in range(6):
        wide = 250 - k * 34
        for x in (k * 92 - 60, 1200 - k * 92 - wide + 60):
            c.box(x, 120 + k * 95, wide, 1400, mix("#0d0826", "#6a2a6f", k / 6))
    c.glow(600, 900, 640, "#ff8f5a", strength=0.7)
    bokeh(c, 70, (*LAMPS, "#ff4f8b", "#4fd8ff"), low=18, high=84)
    with c.light(blur=18) as wet:
        for _ in range(26):
            x = wet.dice.uniform(60, 1140)
            paint = mix("#000000", wet.dice.choice((*LAMPS, "#ff4f8b", "#4fd8ff")), 0.5)
            wet.box(x, 1290 + wet.dice.uniform(0, 80), wet.dice.uniform(14, 44), wet.dice.uniform(90, 300), paint)
    for paint, shift in (("#ffb88a", -5), ("#08041a", 0)):
        figure(c, 530 + shift, 1420 + shift, 500, paint, hair="long")
        figure(c, 668 + shift, 1420 + shift, 540, paint, pose="stand")
        top = ring((600 + shift, 940 + shift), 300, 210, start=180, end=360)
        scallops = [p for k in range(5) for p in ring((840 - k * 120, 940), 60, 34, start=0, end=-180, steps=8)]
        c.shape([*top, *[(x + shift, y + shift) for x, y in scallops]], paint)
        c.line([(600 + shift, 720 + shift), (600 + shift, 1180 + shift)], paint, 12)
    return c.finish(grain=0.4)


def rain_window() -> Image.Image:
    """Rain on the window of the room upstairs."""
    c = Canvas(LANDSCAPE, "rain-window")
    c.ground("#0b1a3a", "#1f3f6a", "#3f5f8a", "#8a6a7a", "#3a2f4a")
    with c.layer(blur=12) as far:
        far.shape([(0, 1067), (0, 600), (1600, 560), (1600, 1067)], "#1a2240")
        towers(far, 980, 560, "#141a38", 0.3)
    bokeh(c, 60, (*LAMPS, "#ff5a5a", "#7ac8ff"), low=22, high=74, top=380)
    for _ in range(230):
        r = 3 + 19 * c.dice.random() ** 3
        _drop(c, c.dice.uniform(0, 1600), c.dice.uniform(0, 1067), r)
    for _ in range(17):
        x, y, long = c.dice.uniform(40, 1560), c.dice.uniform(-60, 500), c.dice.uniform(150, 480)
        path = spline([(x + c.dice.uniform(-9, 9), y + long * k / 5) for k in range(6)], closed=False)
        c.line(path, fade("#dcecff", 0.2), 9)
        c.line([(px - 2, py) for px, py in path], fade("#ffffff", 0.22), 3)
        _drop(c, path[-1][0], path[-1][1], c.dice.uniform(15, 22))
    c.box(0, 0, 1600, 26, "#0a0c1a")
    c.box(0, 1030, 1600, 40, "#0a0c1a")
    c.box(1040, 0, 26, 1067, "#0a0c1a")
    c.box(1040, 0, 4, 1067, "#3f4a6a")
    return c.finish(grain=0.3)


def _drop(c: Canvas, x: float, y: float, r: float) -> None:
    c.disc(x, y + r * 0.12, r, fade("#050a1c", 0.5), r * 1.16)
    c.disc(x, y + r * 0.34, r * 0.74, fade("#ffd9a8", 0.5), r * 0.72)
    c.disc(x, y + r * 0.1, r * 0.8, fade("#4f6f9a", 0.55), r * 0.82)
    c.disc(x - r * 0.34, y - r * 0.42, max(1.0, r * 0.2), "#ffffff")


def city_map() -> Image.Image:
    """A map of the town: hall, bar, ferry, best tacos."""
    c = Canvas(SQUARE, "city-map")
    c.ground("#f6eeda")
    for k in range(-3, 22):
        for row in range(-2, 20):
            x, y = k * 112 - row * 18, row * 92 + k * 8
            paint = c.dice.choice(("#efe2c4", "#efe2c4", "#f2d9b8", "#e8dcc8", "#cfe3b4"))
            c.shape([(x, y), (x + 96, y + 7), (x + 80, y + 83), (x - 16, y + 76)], paint)
    c.blob([(-200, 700), (90, 780), (260, 960), (300, 1160), (520, 1300), (560, 1700), (-300, 1700)], "#7ecbe8")
    c.blob([(-200, 760), (60, 840), (210, 1000), (250, 1190), (460, 1340), (500, 1700), (-300, 1700)], "#5fb4dc")
    c.blob([(880, 90), (1160, 60), (1240, 260), (1100, 380), (860, 320)], "#9fd08a")
    for _ in range(26):
        x, y = c.dice.uniform(900, 1190), c.dice.uniform(110, 320)
        c.disc(x, y, 17, "#6fb062")
    for path, wide in (
        ([(-40, 250), (500, 420), (900, 640), (1450, 730)], 40),
        ([(980, -40), (820, 620), (640, 1440)], 34),
    ):
        road = spline(path, closed=False)
        c.line(road, "#e8a94a", wide + 10)
        c.line(road, "#ffd77a", wide)
    c.line([(60, 1040), (-40, 1130)], "#ffffff", 8)
    trail = spline([(470, 520), (700, 620), (760, 860), (960, 960), (1130, 860)], closed=False, steps=10)
    for k in range(0, len(trail) - 1, 2):
        c.line(trail[k : k + 2], "#e8283c", 13)
    for x, y, size, paint in ((1130, 850, 150, "#e8283c"), (470, 510, 110, "#2467ff"), (980, 250, 88, "#12805f")):
        _pin(c, x, y, size, paint)
    _pin(c, 700, 1130, 88, "#7a3fff")
    _pin(c, 220, 900, 80, "#ff8f2a")
    c.box(1012, 884, 236, 84, "#ffffff", radius=20)
    c.text(1130, 927, "HALL 3", 54, "#c81a30")
    return shrunk(c.finish(grain=0, vignette=0.06), 0.9)


def _pin(c: Canvas, x: float, y: float, size: float, paint: Colour) -> None:
    with c.layer(blur=7, opacity=0.35) as shade:
        shade.disc(x, y + 4, size * 0.36, "#2a1a00", size * 0.12)
    c.shape([(x - size * 0.4, y - size * 0.94), (x + size * 0.4, y - size * 0.94), (x, y)], paint)
    c.disc(x, y - size * 1.1, size * 0.5, paint)
    c.disc(x, y - size * 1.1, size * 0.21, "#ffffff")
    c.line(
        ring((x, y - size * 1.1), size * 0.4, size * 0.4, start=190, end=260), mix(paint, "#ffffff", 0.5), size * 0.06
    )


def subway() -> Image.Image:
    """The train arrives at the platform."""
    c = Canvas(LANDSCAPE, "subway")
    c.ground("#1a2a3a", "#0d1722")
    centre = (800.0, 420.0)
    for x, y, near in ((-200, 1067, "#26384a"), (1800, 1067, "#26384a")):
        c.shape([centre, (x, -200), (x, y)], near, "#141f2c")
    c.shape([centre, (-300, -10), (1900, -10)], "#16222e")
    c.shape([centre, (-500, 1067), (2100, 1067)], "#3a4654", "#2a3440")
    for k in range(11):
        depth = (k / 10) ** 2.2
        for side in (-1, 1):
            x, y = 800 + side * (120 + depth * 760), 400 - depth * 420
            c.box(x - 4 - depth * 40, y, 8 + depth * 80, 5 + depth * 26, "#eaf6ff", radius=4)
            c.glow(x, y, 60 + depth * 240, "#8fd0ff", strength=0.4)
    c.shape([(560, 640), (1040, 640), (1400, 1067), (200, 1067)], "#0a1018", "#05080c")
    for side in (-1, 1):
        c.line([(800 + side * 130, 640), (800 + side * 380, 1067)], "#9aa8b8", 12)
    _train(c)
    for side in (-1, 1):
        edge = [(800 + side * 262, 640), (800 + side * 290, 640), (800 + side * 720, 1067), (800 + side * 640, 1067)]
        c.shape(edge, "#ffd34f")
    for x, high in ((215, 420), (330, 360), (1420, 440)):
        figure(c, x, 1010, high, "#060b12", hair="bun" if high < LANDSCAPE[1] * 0.38 else "short")
    c.box(640, 40, 320, 84, "#0d1722", radius=12)
    c.disc(694, 82, 28, "#e8283c")
    c.text(694, 83, "F", 36, "#ffffff")
    c.text(830, 83, "Bay City", 40, "#ffffff", weight="SemiBold")
    return c.finish(grain=0.3)


def _train(c: Canvas) -> None:
    c.glow(800, 560, 560, "#ffe8b0", strength=0.5)
    c.blob(
        [(545, 800), (530, 480), (560, 290), (800, 235), (1040, 290), (1070, 480), (1055, 800), (800, 830)], "#c8ced6"
    )
    c.box(560, 300, 480, 240, "#101c28", radius=50)
    c.shape([(600, 310), (760, 310), (650, 530), (580, 530)], fade("#8fd0ff", 0.25))
    c.box(548, 580, 504, 90, "#e8283c")
    c.text(800, 626, "FINAL  9 PM", 52, "#fff4e6")
    c.box(690, 255, 220, 40, "#101c28", radius=12)
    c.text(800, 276, "HALL 3", 30, "#ffc23f")
    for x in (620, 980):
        c.disc(x, 728, 34, "#ffffff")
        c.glow(x, 728, 210, "#fff0c0", strength=1.0)


def bicycle() -> Image.Image:
    """Somebody's bicycle at a very orange wall."""
    c = Canvas(LANDSCAPE, "bicycle")
    c.ground("#ff9a4f", "#ff7a3d")
    for row in range(12):
        for k in range(-1, 13):
            x, y = k * 140 + (row % 2) * 70, row * 66
            if c.dice.randrange(4) == 0:
                c.box(x, y, 132, 58, fade("#a83a10", 0.14), radius=5)
    c.box(1120, 90, 340, 420, "#12606a", radius=170)
    c.box(1120, 300, 340, 260, "#12606a")
    c.box(1145, 116, 290, 430, "#ffd98a", radius=145)
    c.box(1145, 330, 290, 230, "#ffd98a")
    c.box(1283, 116, 14, 444, "#12606a")
    c.box(1145, 326, 290, 14, "#12606a")
    c.box(1090, 552, 400, 34, "#fff0dc", radius=6)
    c.shape([(0, 850), (1600, 850), (1600, 1067), (0, 1067)], "#5a3a5f", "#3f2648")
    c.box(0, 842, 1600, 16, "#fff0dc")
    with c.layer(blur=9, opacity=0.4) as shade:
        shade.disc(700, 956, 560, "#1a0a20", 24)
    for x in (400, 960):
        _wheel(c, x, 740)
    frame, paint = {"a": (400, 740), "b": (560, 480), "c": (660, 740), "d": (870, 500), "e": (960, 740)}, "#0fb5a5"
    for one, two in ("ab", "ac", "bc", "bd", "cd"):
        c.line([frame[one], frame[two]], paint, 20)
    c.line([(540, 430), (560, 480)], "#20303a", 16)
    c.line([(850, 420), (870, 500), (960, 740)], paint, 18)
    c.blob([(450, 420), (560, 398), (640, 418), (560, 438), (470, 448)], "#20303a")
    c.line(spline([(850, 420), (880, 380), (950, 370), (970, 410)], closed=False), "#20303a", 16)
    c.disc(660, 740, 46, "#20303a")
    c.line([(610, 800), (710, 680)], "#e8eef0", 13)
    for x, y in ((610, 800), (710, 680)):
        c.box(x - 36, y - 8, 72, 17, "#20303a", radius=8)
    c.shape([(880, 470), (1110, 470), (1080, 610), (910, 610)], "#8a4a1f", "#6a3414")
    for k in range(7):
        c.disc(905 + k * 30, 452 - (k % 3) * 22, 34, ("#ff4f8b", "#ffe14f", "#ffffff")[k % 3])
        c.disc(905 + k * 30, 452 - (k % 3) * 22, 12, "#ffb52e")
    return c.finish(grain=0, vignette=0.1)


def _wheel(c: Canvas, x: float, y: float) -> None:
    for k in range(18):
        angle = math.radians(k * 20 + 4)
        c.line([(x, y), (x + 190 * math.cos(angle), y + 190 * math.sin(angle))], fade("#ffffff", 0.8), 3)
    c.line(ring((x, y), 200, 200), "#20303a", 22)
    c.line(ring((x, y), 184, 184), "#e8eef0", 7)
    c.disc(x, y, 20, "#20303a")


def wall(c: Canvas, one: Colour, two: Colour) -> None:
    """Lay a brick wall in the dark."""
    c.image.paste(ramp((one, two), c.image.size))
    for row in range(c.height // 62 + 1):
        for k in range(-1, c.width // 150 + 1):
            x, y = k * 150 + (row % 2) * 75, row * 62
            c.box(
                x + 3,
                y + 3,
                143,
                55,
                mix(mix(one, two, row * 62 / c.height), "#ffffff", c.dice.uniform(0.01, 0.06)),
                radius=4,
            )


def neon_flip() -> Image.Image:
    """The sign above the bar: one cup, one arrow."""
    c = Canvas(SQUARE, "neon-flip")
    wall(c, "#1a1030", "#0d0a22")
    cup = [(520, 900), (450, 480), (950, 480), (880, 900), (520, 900)]
    c.glow(700, 700, 720, "#ff3fa0", strength=0.4)
    c.neon([cup, ring((700, 480), 250, 54)], "#ff3fa0", 11)
    c.neon([[(480, 640), (920, 640)], [(496, 740), (904, 740)]], "#ffb52e", 8)
    arc = ring((700, 640), 520, 480, start=205, end=325)
    tip = arc[-1]
    c.neon([arc, [(tip[0] - 92, tip[1] - 16), tip, (tip[0] + 14, tip[1] - 96)]], "#2fd8ff", 12)
    c.neon([*_letters("FLIP", 240, 1010, 200), *_letters("IT!", 884, 1010, 200)], "#3dffa0", 11)
    return shrunk(c.finish(grain=0, vignette=0.35), 0.92)


STROKES: Final[dict[str, tuple[tuple[Point, ...], ...]]] = {
    "F": (((0, 1), (0, 0), (0.62, 0)), ((0, 0.48), (0.5, 0.48))),
    "L": (((0, 0), (0, 1), (0.6, 1)),),
    "I": (((0.1, 0), (0.1, 1)),),
    "P": (((0, 1), (0, 0), (0.45, 0), (0.64, 0.14), (0.64, 0.38), (0.45, 0.52), (0, 0.52)),),
    "!": (((0.1, 0), (0.1, 0.66)), ((0.1, 0.95), (0.1, 1))),
    "T": (((0, 0), (0.7, 0)), ((0.35, 0), (0.35, 1))),
    "O": (tuple(ring((0.34, 0.5), 0.34, 0.5, steps=30)),),
    "E": (((0.6, 0), (0, 0), (0, 1), (0.6, 1)), ((0, 0.48), (0.5, 0.48))),
    "N": (((0, 1), (0, 0), (0.64, 1), (0.64, 0)),),
    "W": (((0, 0), (0.2, 1), (0.42, 0.3), (0.64, 1), (0.84, 0)),),
    "U": (((0, 0), (0, 0.7), (0.1, 0.92), (0.32, 1), (0.54, 0.92), (0.64, 0.7), (0.64, 0)),),
}


def _letters(word: str, left: float, top: float, size: float) -> list[list[Point]]:
    paths, x = [], left
    for letter in word:
        strokes = STROKES[letter]
        paths += [[(x + a * size, top + b * size) for a, b in stroke] for stroke in strokes]
        x += (max(a for stroke in strokes for a, _ in stroke) + 0.24) * size
    return paths


def neon_tweetup() -> Image.Image:
    """The sign at the door, seen from across the street."""
    c = Canvas(LANDSCAPE, "neon-tweetup")
    wall(c, "#0f1f3a", "#0a1226")
    c.glow(800, 480, 800, "#2fd8ff", strength=0.35)
    c.neon(_letters("TWEETUP", 245, 410, 180), "#2fd8ff", 11)
    c.neon(_letters("OPEN", 649, 690, 92), "#ffb52e", 7)
    frame = [*ring((1400, 260), 90, 90, start=270, end=360), *ring((1400, 830), 90, 90, start=0, end=90)]
    frame += [*ring((200, 830), 90, 90, start=90, end=180), *ring((200, 260), 90, 90, start=180, end=270)]
    c.neon([[*frame, frame[0]]], "#ff3fa0", 10)
    star = [turned([(800, 270 - (74 if k % 2 == 0 else 30))], (800, 270), k * 36)[0] for k in range(11)]
    c.neon([star], "#ffe14f", 7)
    c.shape([(0, 960), (1600, 960), (1600, 1067), (0, 1067)], "#0a0e1c", "#04060e")
    c.glow(800, 1010, 700, "#ff3fa0", strength=0.3)
    return shrunk(c.finish(grain=0, vignette=0.35), 0.92)
