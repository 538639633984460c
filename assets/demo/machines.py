"""What hums and glows: laptops, racks, screens, keys and the cat that sits on them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from demo.canvas import LANDSCAPE, PANORAMA, PORTRAIT, SQUARE, Canvas, fade, mix, ring, shrunk, turned

if TYPE_CHECKING:
    from PIL import Image

    from demo.canvas import Colour, Point

KEYS: Final = ("1234567890-=", "QWERTYUIOP[]", "ASDFGHJKL;'", "ZXCVBNM,./")


def sticker(c: Canvas, spot: Point, word: str, colours: tuple[Colour, Colour], *, turn: float = 0) -> None:
    """Stick a word in capitals onto something: white edge, colour, type."""
    wide, high = 60 + len(word) * 46, 124
    glass = Canvas((wide + 40, high + 40), "sticker/" + word)
    glass.box(0, 0, wide + 40, high + 40, "#ffffff", radius=34)
    glass.box(12, 12, wide + 16, high + 16, colours[0], radius=24)
    glass.text((wide + 40) / 2, (high + 40) / 2, word, 76, colours[1])
    mask = Canvas((wide + 40, high + 40), "mask")
    mask.box(0, 0, wide + 40, high + 40, "#ffffff", radius=34)
    _stick(c, glass, mask, spot, turn)


def _stick(c: Canvas, glass: Canvas, mask: Canvas, spot: Point, turn: float) -> None:
    x, y, wide, high = spot[0], spot[1], glass.width / 2, glass.height / 2
    frame = [(x - wide, y - high), (x + wide, y - high), (x + wide, y + high), (x - wide, y + high)]
    corners = turned(frame, spot, turn)
    with c.layer(blur=6, opacity=0.4) as shade:
        shade.shape([(a + 6, b + 9) for a, b in corners], "#000000")
    c.put(glass.image, corners, mask=mask.image.convert("L"))


def round_sticker(c: Canvas, spot: Point, radius: float, colours: tuple[Colour, Colour], kind: str) -> None:
    """Stick a round sign onto something: a cup, a star, a heart or a smile."""
    x, y = spot
    with c.layer(blur=6, opacity=0.4) as shade:
        shade.disc(x + 6, y + 9, radius, "#000000")
    c.disc(x, y, radius, "#ffffff")
    c.disc(x, y, radius * 0.9, colours[0])
    r, ink = radius * 0.55, colours[1]
    if kind == "cup":
        c.shape([(x - r * 0.6, y + r), (x + r * 0.6, y + r), (x + r * 0.42, y - r), (x - r * 0.42, y - r)], ink)
        c.box(x - r * 0.78, y + r * 0.84, r * 1.56, r * 0.26, "#ffffff", radius=r * 0.12)
    elif kind == "star":
        c.shape([turned([(x, y - (r * 1.2 if k % 2 == 0 else r * 0.52))], spot, k * 36)[0] for k in range(10)], ink)
    elif kind == "heart":
        c.disc(x - r * 0.48, y - r * 0.3, r * 0.55, ink)
        c.disc(x + r * 0.48, y - r * 0.3, r * 0.55, ink)
        c.shape([(x - r * 0.98, y - r * 0.08), (x + r * 0.98, y - r * 0.08), (x, y + r * 1.1)], ink)
    else:
        for side in (-1, 1):
            c.disc(x + side * r * 0.5, y - r * 0.4, r * 0.17, ink, r * 0.26)
        c.line(ring((x, y - r * 0.05), r * 0.8, r * 0.8, start=20, end=160), ink, r * 0.24)


def laptop_lid() -> Image.Image:
    """A laptop's lid that has been to every conference of the last years."""
    c = Canvas(LANDSCAPE, "laptop-lid")
    c.ground("#f2a33a", "#d9741f")
    with c.layer(blur=30, opacity=0.5) as shade:
        shade.box(150, 110, 1340, 920, "#4a1a00", radius=40)
    c.box(120, 70, 1360, 920, "#8f98a6", radius=44)
    c.box(124, 72, 1352, 912, "#b4bcc8", radius=42)
    with c.layer(opacity=0.35) as sheen:
        sheen.shape([(124, 90), (700, 72), (300, 984), (124, 984)], "#ffffff", "#b4bcc8")
    words = (
        (430, 200, "FLIP CUP", ("#e8283c", "#ffffff"), -8),
        (1060, 190, "HELLO", ("#2467ff", "#ffe14f"), 6),
        (360, 620, "BAY CITY", ("#12203f", "#4fe0c0"), 5),
        (1080, 850, "SHIP IT", ("#7a3fff", "#ffffff"), -5),
        (960, 560, "NO BUGS", ("#c8f05a", "#1a2a1a"), 12),
        (420, 860, "TWEETUP", ("#ff8f2a", "#2a0f00"), -4),
    )
    signs = (
        (760, 300, 120, ("#ffd34f", "#e8283c"), "cup"),
        (280, 410, 100, ("#ff4f8b", "#fff0f4"), "heart"),
        (1310, 420, 116, ("#ffd02a", "#2a1a00"), "smile"),
        (1350, 700, 92, ("#14b89a", "#ffffff"), "star"),
        (720, 740, 118, ("#0f2a4a", "#ffd34f"), "star"),
    )
    for x, y, radius, colours, kind in signs:
        round_sticker(c, (x, y), radius, colours, kind)
    for x, y, word, colours, turn in words:
        sticker(c, (x, y), word, colours, turn=turn)
    return c.finish(grain=0, vignette=0.12)


def server_rack() -> Image.Image:
    """The rack that carries the evening, every lamp awake."""
    c = Canvas(PORTRAIT, "server-rack")
    c.ground("#04101f", "#0a2440", "#061426")
    for x, wide in ((-60, 330), (330, 540), (930, 330)):
        c.box(x, 60, wide, 1600, "#02070f", radius=14)
        c.box(x + 14, 76, wide - 28, 1600, "#0c1a2c", radius=8)
        for row in range(20):
            _unit(c, x + 26, 92 + row * 77, wide - 52)
    for x in (300, 900):
        c.glow(x, 700, 520, "#1f8fff", strength=0.35)
    for k, paint in enumerate(("#ffb02e", "#2fd0ff", "#ff4f8b", "#4fe08a")):
        start, end = (450 + k * 70, 350 + k * 154), (800 - k * 30, 1010 + k * 77)
        sag = [(start[0] + (end[0] - start[0]) * t / 20, start[1] + (end[1] - start[1]) * t / 20) for t in range(21)]
        hang = [(x + 130 * math.sin(math.pi * t / 20), y) for t, (x, y) in enumerate(sag)]
        c.line([(x + 6, y + 10) for x, y in hang], "#01050a", 16)
        c.line(hang, paint, 14)
    return shrunk(c.finish(grain=0, vignette=0.4), 0.9)


def _unit(c: Canvas, x: float, y: float, wide: float) -> None:
    c.box(x, y, wide, 66, "#1b2d44", radius=5)
    c.box(x, y, wide, 3, "#3f5f85")
    for k in range(int((wide - 150) // 26)):
        c.box(x + 130 + k * 26, y + 14, 16, 38, "#0a1524", radius=4)
    for k in range(3):
        paint = c.dice.choice(("#3dff9a", "#3dff9a", "#2fb8ff", "#ffb02e", "#0f2a3f"))
        spot = (x + 28 + k * 32, y + 34)
        c.disc(*spot, 8, paint)
        if paint != "#0f2a3f":
            c.glow(*spot, 52, paint, strength=0.9)


def terminal() -> Image.Image:
    """An old green screen with the tournament's score."""
    c = Canvas(LANDSCAPE, "terminal")
    c.ground("#2a211c", "#120d0a")
    c.box(150, 60, 1300, 950, "#cdbf9f", radius=80)
    c.box(150, 60, 1300, 930, "#e8dcc0", radius=80)
    c.box(250, 140, 1100, 730, "#6f6550", radius=90)
    c.box(268, 158, 1064, 694, "#02120a", radius=80)
    c.glow(800, 500, 620, "#0f7a3f", strength=0.7)
    lines = (
        "> flipcup --round final",
        "  RED    ########....  8",
        "  BLUE   #########...  9",
        "  next: table 3",
        "> _",
    )
    with c.light(blur=14, strength=0.9) as haze:
        _type(haze, lines)
    _type(c, lines)
    for y in range(160, 850, 8):
        c.box(268, y, 1064, 3, fade("#000000", 0.22))
    with c.layer(opacity=0.08) as sheen:
        sheen.shape([(300, 170), (700, 160), (420, 850), (300, 850)], "#ffffff")
    c.disc(1290, 930, 15, "#ff4f3a")
    c.glow(1290, 930, 70, "#ff4f3a", strength=0.6)
    for k in range(9):
        c.box(300 + k * 26, 912, 12, 38, "#a89a7c", radius=6)
    return c.finish(grain=0, vignette=0.25)


def _type(c: Canvas, lines: tuple[str, ...]) -> None:
    for row, line in enumerate(lines):
        for k, letter in enumerate(line):
            spot = (345 + k * 37.5, 255 + row * 122)
            if letter in "#.":
                c.box(spot[0] - 15, spot[1] - 28, 30, 56, "#4dff9a" if letter == "#" else "#0f4a2a")
            else:
                c.text(*spot, letter, 60, "#5dffa5", weight="SemiBold")


def keyboard() -> Image.Image:
    """Keys from above, one of them for the winner."""
    c = Canvas(PANORAMA, "keyboard")
    c.ground("#7a3fff", "#3a1fb0")
    with c.layer(blur=26, opacity=0.5) as shade:
        shade.box(60, 60, 1500, 640, "#0a0430", radius=50)
    c.box(40, 30, 1520, 650, "#1d1640", radius=48)
    c.box(40, 30, 1520, 640, "#2c2260", radius=48)
    for row, keys in enumerate(KEYS):
        start = 84 + (0, 44, 70, 120)[row]
        for k, letter in enumerate(keys):
            bright = {"F": "#ff4f6e", "L": "#ff4f6e", "I": "#ff4f6e", "P": "#ff4f6e", "C": "#ffd34f", "U": "#ffd34f"}
            _key(c, (start + k * 118, 62 + row * 118), 106, letter, bright.get(letter, "#f2ecff"))
    _key(c, (420, 534), 640, "", "#4fe0c0")
    for x in (84, 252, 1090, 1260, 1430):
        _key(c, (x, 534), 100 if x > PANORAMA[1] * 1.9 else 150, "", "#a894f0")
    return shrunk(c.finish(grain=0, vignette=0.15), 0.9)


def _key(c: Canvas, spot: Point, wide: float, letter: str, paint: Colour) -> None:
    x, y = spot
    c.box(x, y + 6, wide, 106, mix(paint, "#1a0a4a", 0.6), radius=16)
    c.box(x, y, wide, 100, mix(paint, "#1a0a4a", 0.16), radius=16)
    c.box(x + 9, y + 5, wide - 18, 82, paint, radius=12)
    if letter:
        c.text(x + wide / 2, y + 45, letter, 46, mix(paint, "#1a0a4a", 0.85), weight="SemiBold")


def circuit() -> Image.Image:
    """A board whose traces look like a town at night."""
    c = Canvas(SQUARE, "circuit")
    c.ground("#04362f", "#0a5a4a", "#04362f")
    for k in range(17):
        for side in range(4):
            offset = -208 + k * 26
            out = c.dice.uniform(330, 900)
            bend = offset * c.dice.uniform(1.5, 2.3)
            path = [
                (700 + offset, 470),
                (700 + offset, 400),
                (700 + bend, 400 - abs(bend - offset)),
                (700 + bend, 700 - out),
            ]
            trace = turned(path, (700, 700), side * 90)
            paint = c.dice.choice(("#1fbf8f", "#1fbf8f", "#ffd34f"))
            c.line(trace, paint, 7)
            c.disc(*trace[-1], 14, paint)
            c.disc(*trace[-1], 6, "#04362f")
            if paint == "#ffd34f":
                c.glow(*trace[-1], 70, "#ffd34f", strength=0.8)
    with c.layer(blur=30, opacity=0.6) as shade:
        shade.box(480, 490, 460, 470, "#000000", radius=20)
    for k in range(17):
        for side in range(4):
            pin = turned([(700 - 208 + k * 26, 486), (700 - 208 + k * 26, 454)], (700, 700), side * 90)
            c.line(pin, "#ffe9a8", 12)
    c.box(470, 470, 460, 460, "#0b1418", radius=22)
    c.box(486, 486, 428, 428, "#18262c", radius=16)
    c.glow(700, 700, 300, "#2fe0b0", strength=0.4)
    c.text(700, 680, "FC-26", 112, "#e8fff6")
    c.text(700, 775, "FLIP PROCESSOR", 34, "#5fd8b4", weight="SemiBold")
    c.disc(530, 530, 15, "#2fe0b0")
    return shrunk(c.finish(grain=0, vignette=0.3), 0.88)


def cat() -> Image.Image:
    """The house cat has taken over the keyboard."""
    c = Canvas(SQUARE, "cat-keyboard")
    c.ground("#ffd9a0", "#ffb27a", "#ff8f7a")
    c.disc(700, 560, 520, fade("#fff4d8", 0.55))
    c.box(0, 1060, 1400, 340, "#5a2f6e")
    c.box(0, 1060, 1400, 12, "#8f5aa8")
    fur, dark, pale = "#39324f", "#241f38", "#fff2e2"
    c.line(ring((1010, 900), 260, 230, start=-70, end=90), fur, 76)
    c.blob([(420, 1120), (400, 860), (520, 640), (880, 640), (1000, 860), (980, 1120), (700, 1170)], fur)
    c.blob([(590, 1120), (580, 860), (700, 760), (820, 860), (810, 1120)], pale)
    for side in (-1, 1):
        ear = [(700 + side * 110, 330), (700 + side * 265, 150), (700 + side * 300, 440)]
        c.shape(ear, fur)
        c.shape([(700 + side * 165, 330), (700 + side * 245, 225), (700 + side * 262, 390)], "#ff9fa8")
    c.blob([(400, 500), (480, 330), (700, 280), (920, 330), (1000, 500), (920, 680), (700, 740), (480, 680)], fur)
    c.blob([(560, 640), (700, 520), (840, 640), (700, 735)], pale)
    for side in (-1, 1):
        x = 700 + side * 150
        c.disc(x, 490, 78, "#e8ff6a", 84)
        c.disc(x, 492, 34, "#12101c", 74)
        c.disc(x - 16, 458, 17, "#ffffff")
        for k in range(3):
            c.line([(700 + side * 120, 620 + k * 18), (700 + side * 400, 570 + k * 56)], pale, 6)
        c.line(ring((700 + side * 36, 620), 36, 36, start=0, end=180), dark, 10)
    c.shape([(664, 574), (736, 574), (700, 614)], "#ff7a8a")
    _board(c)
    for side in (-1, 1):
        c.blob(
            [(700 + side * 150 + x, y) for x, y in ((-86, 1130), (-78, 1000), (78, 1000), (86, 1130), (0, 1160))], pale
        )
        for k in (-1, 1):
            c.line([(700 + side * 150 + k * 28, 1105), (700 + side * 150 + k * 28, 1140)], "#c8a890", 7)
    return c.finish(grain=0, vignette=0.08)


def _board(c: Canvas) -> None:
    c.shape([(180, 1080), (1220, 1080), (1340, 1350), (60, 1350)], "#dfe6f0", "#aeb8c8")
    c.shape([(60, 1350), (1340, 1350), (1340, 1376), (60, 1376)], "#7f8aa0")
    for row in range(4):
        y, spread = 1100 + row * 61, 1 + row * 0.066
        for k in range(13):
            x = 700 + (k - 6.5) * 76 * spread
            c.box(x, y, 66 * spread, 46 + row * 2, "#8a96ac", radius=9)
            c.box(x, y, 66 * spread, 40 + row * 2, "#ffffff", radius=9)
