"""The evening indoors: stage, crowd, dance floor and the people who won."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from demo.canvas import LANDSCAPE, PANORAMA, PORTRAIT, SQUARE, Canvas, fade, mix, ring, spline, turned
from demo.city import bokeh
from demo.crowd import beams, confetti, crowd, figure, raised

if TYPE_CHECKING:
    from PIL import Image

PARTY: Final = ("#ff4f8b", "#ffd34f", "#4fd8ff", "#8b6bff", "#52e6a5", "#ff8f4f")


def stage_beams() -> Image.Image:
    """The opening: one person on stage, all lamps on."""
    c = Canvas(LANDSCAPE, "stage-beams")
    c.ground("#0a0620", "#1d0d47", "#4a1670", "#2a0d4d", "#0a0418")
    c.glow(800, 560, 760, "#b13bff", strength=0.6)
    with c.light(blur=1.5) as screen:
        for k, colour in enumerate(("#ff3f9d", "#ff7a5c", "#ffc45c")):
            screen.line(ring((800, 470), 300 - k * 62, 300 - k * 62), mix("#000000", colour, 0.9), 12)
    c.glow(800, 470, 360, "#ff5ca8", strength=0.55)
    c.box(0, 0, 1600, 62, "#07030f")
    lamps = [(150 + k * 186.0, 74.0, 800 + (k - 3.5) * 320, 130.0, PARTY[k % 4]) for k in range(8)]
    beams(c, lamps)
    for k in range(30):
        c.line([(k * 56 - 20, 12), (k * 56 + 8, 52), (k * 56 + 36, 12)], "#2a2140", 4)
    c.shape([(140, 812), (1460, 812), (1600, 900), (0, 900)], "#5b2a80", "#1b0a33")
    c.box(0, 898, 1600, 20, "#ff5ca8")
    c.glow(800, 906, 900, "#ff5ca8", strength=0.3)
    figure(c, 800, 850, 330, "#0b0416", pose="wide")
    crowd(c, 940, 30, "#150828", "#a04bd0", hands=0.35)
    crowd(c, 1010, 46, "#060210", "#5d2a8c", hands=0.5, phones=0.25)
    return c.finish(grain=0.4)


def crowd_hands() -> Image.Image:
    """The front row, every hand up, light from the stage."""
    c = Canvas(PORTRAIT, "crowd-hands")
    c.ground("#ff6a3d", "#ff3f6e", "#b3206f", "#4a0f5a", "#14041f")
    c.glow(600, 300, 900, "#ffd27a", strength=0.95)
    c.glow(600, 260, 300, "#ffffff", strength=0.8)
    confetti(c, 110, ("#ffe08a", "#ffffff", "#ff9fc0", "#ffb35c"), bottom=0.62, large=13)
    crowd(c, 960, 40, "#8c1a5f", "#ff8f6a", hands=0.8)
    crowd(c, 1150, 62, "#4d0f4a", "#e8446f", hands=0.8)
    crowd(c, 1400, 92, "#1d0524", "#8c1f66", hands=0.6)
    return c.finish(grain=0.4, vignette=0.25)


def disc_jockey() -> Image.Image:
    """The DJ behind two turntables, sound drawn in light."""
    c = Canvas(LANDSCAPE, "dj")
    c.ground("#04121f", "#06304a", "#0b5f78", "#072c3f", "#03101a")
    c.glow(800, 470, 700, "#19e3c8", strength=0.5)
    with c.light(blur=2) as bars:
        for k in range(40):
            high = 60 + 260 * abs(math.sin(k * 0.55) * math.cos(k * 0.21)) + bars.dice.uniform(0, 50)
            paint = mix("#17f0c0", "#ff4fd0", k / 39)
            for step in range(int(high // 22)):
                bars.box(18 + k * 39.4, 610 - step * 22, 28, 15, mix("#000000", paint, 0.75 - step * 0.025), radius=3)
    beams(c, [(340, 0, 250, 170, "#19e3c8"), (1260, 0, 1350, 170, "#ff4fd0")], blur=14)
    figure(c, 800, 1010, 720, "#02090f", pose="point", hair="cap")
    for side in (-1, 1):
        c.box(800 + side * 62 - 18, 310, 36, 66, "#ff4fd0", radius=16)
    c.line(ring((800, 340), 66, 74, start=180, end=360), "#ff4fd0", 12)
    _decks(c)
    return c.finish(grain=0.4)


def _decks(c: Canvas) -> None:
    c.shape([(150, 770), (1450, 770), (1600, 1067), (0, 1067)], "#11293a", "#050d16")
    c.box(150, 762, 1300, 12, "#2fe8cf", radius=6)
    for x in (460, 1140):
        c.disc(x, 892, 232, "#02060a", 100)
        for k in range(7):
            c.line(ring((x, 886), 212 - k * 20, 91 - k * 8.6), mix("#0b1a24", "#3b6f86", k % 2), 2)
        c.disc(x, 886, 66, "#ff4fd0" if x > LANDSCAPE[0] / 2 else "#2fe8cf", 28)
        c.disc(x, 886, 9, "#02060a", 4)
    c.box(700, 806, 200, 236, "#0a1a26", radius=16)
    for k in range(4):
        c.box(730 + k * 42, 830, 8, 130, "#02060a", radius=4)
        c.box(720 + k * 42, 850 + (k * 37) % 84, 28, 18, ("#2fe8cf", "#ffd34f", "#ff4fd0", "#ffffff")[k], radius=5)
        c.disc(734 + k * 42, 1002, 13, "#264f66")


def dance_floor() -> Image.Image:
    """The floor of lit tiles, and those who stayed until the end."""
    c = Canvas(LANDSCAPE, "dance-floor")
    c.ground("#0d0424", "#2a0b57", "#571a8a", "#2a0b57")
    beams(c, [(300 + k * 250.0, -10.0, 150 + k * 320.0, 110.0, PARTY[k]) for k in range(5)], blur=16)
    for row in range(6):
        near, far = 640 + 427 * (row / 6) ** 1.25, 640 + 427 * ((row + 1) / 6) ** 1.25
        for k in range(-8, 8):
            paint = mix(c.dice.choice(PARTY), "#1a0638", c.dice.choice((0.0, 0.2, 0.7)))
            spread = [0.42 + 0.58 * (y - 640) / 427 for y in (near, far)]
            x = [800 + (k + e) * 230 * spread[r] for r, e in ((0, 0.03), (0, 0.97), (1, 0.97), (1, 0.03))]
            c.shape([(x[0], near + 2), (x[1], near + 2), (x[2], far - 3), (x[3], far - 3)], paint)
    c.glow(800, 760, 800, "#ff7ad0", strength=0.3)
    dancers = ((230, 890, "other", "curly"), (480, 800, "cheer", "short"), (760, 930, "wide", "long"))
    more = ((1030, 810, "one", "bun"), (1300, 900, "cheer", "tail"), (1500, 800, "point", "cap"))
    for x, y, pose, hair in (*dancers, *more):
        with c.layer(blur=7, opacity=0.55) as shade:
            shade.disc(x, y, 90, "#0d0424", 18)
        figure(c, x - 5, y - 3, y * 0.56, "#ff9fe0", pose=pose, hair=hair)
        figure(c, x, y, y * 0.56, "#120328", pose=pose, hair=hair)
    return c.finish(grain=0.4)


def disco_ball() -> Image.Image:
    """The mirror ball, its tiles catching every lamp in the hall."""
    c = Canvas(SQUARE, "disco-ball")
    c.ground("#1a0533", "#5a0f6e", "#c2257f", "#ff6a5c")
    bokeh(c, 34, PARTY, low=30, high=110)
    c.line([(700, -10), (700, 260)], "#1a0533", 8)
    c.glow(700, 700, 700, "#ff9fe0", strength=0.55)
    radius = 440
    c.disc(700, 700, radius + 4, "#240a3d")
    for row in range(-11, 12):
        low, high = (math.radians(row * 7.8 + e) for e in (-3.5, 3.5))
        if abs(row) * 7.8 + 3.5 > 90:  # noqa: PLR2004  # the poles
            continue
        count = max(5, round(46 * math.cos((low + high) / 2)))
        for k in range(-count // 4, count // 4 + 1):
            left, right = (max(-90.0, min(90.0, (k + e) * 360 / count)) for e in (0.06, 0.94))
            _tile(c, radius, (math.radians(left), math.radians(right)), (low, high))
    for x, y in ((520, 500), (850, 430), (930, 800), (610, 930), (400, 760)):
        _sparkle(c, x, y, c.dice.uniform(70, 150))
    return c.finish(grain=0.4)


def _tile(c: Canvas, radius: float, turn: tuple[float, float], rise: tuple[float, float]) -> None:
    spots = [(turn[0], rise[0]), (turn[1], rise[0]), (turn[1], rise[1]), (turn[0], rise[1])]
    corners = [(700 + radius * math.sin(a) * math.cos(b), 700 + radius * math.sin(b)) for a, b in spots]
    facing = max(0.0, math.cos(turn[0] + 0.5) * math.cos(rise[0] + 0.6))
    base = mix("#2b0f52", "#ffd0f0", facing**1.5 * 0.8)
    spark = c.dice.random() ** 3
    c.shape(corners, mix(base, c.dice.choice((*PARTY, "#ffffff", "#ffffff")), spark * 0.85))


def _sparkle(c: Canvas, x: float, y: float, size: float) -> None:
    c.glow(x, y, size * 1.3, "#ffffff", strength=0.7)
    for angle in (0, 90):
        star = [(x - size, y), (x, y - size * 0.05), (x + size, y), (x, y + size * 0.05)]
        c.shape(turned(star, (x, y), angle), "#ffffff")


def big_slide() -> Image.Image:
    """A talk on a very wide screen: one number, one line."""
    c = Canvas(PANORAMA, "slide")
    c.ground("#0b1030", "#141a4a", "#080a20")
    c.glow(800, 300, 900, "#3f6bff", strength=0.5)
    c.box(190, 60, 1220, 470, "#f6f1e6", radius=6)
    c.box(190, 60, 400, 470, "#ff5a4f", radius=6)
    c.text(390, 265, "42", 240, "#fff4e6")
    c.text(390, 420, "teams", 54, "#fff4e6", weight="SemiBold")
    c.text(640, 150, "One table.", 66, "#1a1f4a", anchor="lm")
    c.text(640, 232, "One flip at a time.", 66, "#1a1f4a", anchor="lm")
    for k, high in enumerate((60, 96, 84, 140, 120, 176, 210)):
        paint = "#ff5a4f" if k == 6 else mix("#3f6bff", "#f6f1e6", 0.55 - k * 0.07)  # noqa: PLR2004  # the last bar
        c.box(640 + k * 104, 500 - high, 78, high, paint, radius=8)
    c.glow(800, 560, 800, "#8fa8ff", strength=0.25)
    figure(c, 1500, 640, 330, "#04061a", pose="other", hair="bun")
    crowd(c, 624, 26, "#0a0d2b", "#4f63c9", hands=0.05)
    crowd(c, 684, 36, "#04061a", "#2f3f94", hands=0.08, phones=0.6)
    return c.finish(grain=0.4)


def friends() -> Image.Image:
    """Five friends on the roof before a low sun."""
    c = Canvas(LANDSCAPE, "friends")
    c.ground("#3a1a6e", "#a0308a", "#ff5f6d", "#ffae5c", "#ffe08a")
    c.glow(800, 720, 800, "#fff0b0", strength=0.8)
    c.disc(800, 700, 250, "#fff6d0")
    for y, tone, step in ((760, "#e0655f", 90), (800, "#b03a66", 64), (840, "#7a2462", 50)):
        x = -20.0
        while x < c.width:
            wide = c.dice.uniform(0.7, 1.5) * step
            c.box(x, y - c.dice.uniform(10, 110), wide, 400, tone)
            x += wide
    crew = ((470, 500, "other", "curly"), (620, 470, "hug", "short"), (790, 500, "cheer", "bun"))
    more = ((960, 480, "hug", "long"), (1130, 515, "toast", "cap"))
    for x, high, pose, hair in (*crew, *more):
        figure(c, x, 1000, high * 1.1, "#260a35", pose=pose, hair=hair)
    c.shape([(1294, 420), (1350, 420), (1341, 500), (1303, 500)], "#260a35")
    c.box(0, 985, 1600, 90, "#1a0628")
    with c.light(blur=3) as lamps:
        for k in range(17):
            x, y = k * 100, 130 + 70 * math.sin(math.pi * (k % 4) / 4 + 0.2)
            lamps.disc(x, y, 15, "#ffd98a")
    c.line(
        spline([(k * 100, 116 + 70 * math.sin(math.pi * (k % 4) / 4 + 0.2)) for k in range(17)], closed=False),
        "#3a0f45",
        3,
    )
    return c.finish(grain=0.4, vignette=0.25)


def toast_hands() -> Image.Image:
    """Hands meeting over the table with cups of every colour."""
    c = Canvas(SQUARE, "hands-in")
    c.ground("#ffc94f", "#ff9a3d", across=True)
    c.glow(700, 700, 800, "#fff0a8", strength=0.7)
    skins = ("#f2c19c", "#8a5636", "#d99a6c", "#5e3a26", "#ffd9b8", "#b3764a", "#e8b088", "#714626")
    sleeves = ("#2b59ff", "#ff3f6e", "#1fae7a", "#8b4fff", "#12203f", "#ff6a2d", "#0fa5c9", "#d92f8f")
    for k in range(8):
        angle = k * 45 + 8
        arm = [(700, 700 - 230), (700, -260)]
        start, end = turned(arm, (700, 700), angle)
        with c.layer(blur=16, opacity=0.35) as shade:
            shade.line([(start[0] + 14, start[1] + 26), (end[0] + 14, end[1] + 26)], "#a04000", 120)
        c.line([start, end], skins[k], 104)
        cuff = turned([(700, 340), (700, -300)], (700, 700), angle)
        c.line(cuff, sleeves[k], 150)
        c.line(turned([(632, 268), (768, 268)], (700, 700), angle), mix(sleeves[k], "#ffffff", 0.4), 16)
        fist = turned([(700, 492)], (700, 700), angle)[0]
        c.disc(*fist, 82, skins[k])
        for finger in range(4):
            spot = turned([(646 + finger * 36, 430)], (700, 700), angle)[0]
            c.disc(*spot, 27, skins[k])
            c.line(ring(spot, 26, 26, start=angle + 200, end=angle + 340), mix(skins[k], "#5a2a10", 0.35), 3)
    with c.light(blur=5) as burst:
        for k in range(24):
            ray = turned([(694, 640), (706, 640), (703, 560), (697, 560)], (700, 700), k * 15)
            burst.shape(ray, "#a08030")
    c.disc(700, 700, 60, "#fff6c8")
    return c.finish(grain=0.4, vignette=0.08)


def microphone() -> Image.Image:
    """The microphone, waiting for the next speaker."""
    c = Canvas(PORTRAIT, "microphone")
    c.ground("#06201f", "#0f4a45", "#1f7a66", "#0b2f2d")
    bokeh(c, 40, ("#ffcf70", "#7affd0", "#ff8f6a", "#ffe8b0"), low=30, high=120)
    c.glow(380, 420, 700, "#ffe0a0", strength=0.5)
    body = turned([(520, 640), (680, 640), (656, 1700), (544, 1700)], (600, 640), -16)
    c.shape(body, "#2b3138", "#0a0d10")
    shine = turned([(548, 700), (566, 700), (572, 1700), (560, 1700)], (600, 640), -16)
    c.shape(shine, "#8a96a0", "#2b3138")
    c.disc(600, 470, 232, "#15191d")
    for row in range(-9, 10):
        for k in range(-9, 10):
            x, y = k * 25 + (row % 2) * 12.5, row * 23.0
            far = math.hypot(x, y) / 222
            if far < 1:
                bend = 1 - 0.14 * far * far
                light = max(0.0, 1 - math.hypot(x + 80, y + 90) / 330)
                c.disc(600 + x * bend, 470 + y * bend, 9.5, mix("#3a4249", "#ffe9c4", light**1.3))
    c.shape(turned([(366, 500), (834, 500), (822, 560), (378, 560)], (600, 470), -16), "#c9d2d8", "#5b666e")
    c.shape(turned([(470, 600), (730, 600), (690, 690), (510, 690)], (600, 470), -16), "#4b555d", "#1a1f24")
    c.line(ring((600, 470), 226, 226, start=190, end=262), fade("#ffffff", 0.5), 5)
    return c.finish(grain=0.4)


def lone_hand() -> Image.Image:
    """One hand high above a sea of light."""
    c = Canvas(SQUARE, "lone-hand")
    c.ground("#04203a", "#0a5a8a", "#22b8c9", "#0a3a5e")
    bokeh(c, 46, ("#7af0ff", "#4fa0ff", "#ffffff", "#8b6bff"), low=20, high=80)
    beams(c, [(200, -10, 500, 200, "#4fd8ff"), (1200, -10, 900, 200, "#8b6bff")], blur=18)
    crowd(c, 1220, 60, "#06243a", "#2fa0c4", hands=0.3)
    for paint, shift in (("#7af0ff", -7), ("#031422", 0)):
        raised(c, (860, 1500), (740 + shift, 690 + shift), 150, paint)
    return c.finish(grain=0.4)
