"""What stood about: shoes, plants, balloons, games, and the wall with everybody's face."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from demo.canvas import LANDSCAPE, PANORAMA, PORTRAIT, SQUARE, Canvas, fade, mix, ring, shrunk, spline, turned
from demo.city import bokeh
from demo.crowd import confetti
from demo.faces import LOOKS, portrait

if TYPE_CHECKING:
    from PIL import Image

    from demo.canvas import Colour, Point

FESTIVE: Final = ("#ff4f6e", "#ffc22e", "#2467ff", "#14b89a", "#8b5cff", "#ff8f2a")


def sneakers() -> Image.Image:
    """New shoes for the final."""
    c = Canvas(LANDSCAPE, "sneakers")
    c.ground("#b8f06a", "#7ae0a8")
    c.disc(800, 520, 430, fade("#ffffff", 0.35))
    c.shape([(0, 850), (1600, 850), (1600, 1067), (0, 1067)], "#12805f", "#0d6a50")
    _shoe(c, (150, -110), ("#ffd02a", "#ff8f2a"))
    _shoe(c, (0, 0), ("#ff4f6e", "#2467ff"))
    return c.finish(grain=0, vignette=0.06)


def _shoe(c: Canvas, shift: Point, colours: tuple[Colour, Colour]) -> None:
    def at(*points: Point) -> list[Point]:
        return [(x + shift[0], y + shift[1]) for x, y in points]

    with c.layer(blur=18, opacity=0.4) as shade:
        shade.disc(740 + shift[0], 940 + shift[1], 560, "#04301f", 34)
    c.shape(
        spline(at((270, 850), (250, 700), (300, 500), (480, 480), (600, 560), (840, 660), (1180, 720), (1250, 850))),
        colours[0],
    )
    c.blob(at((258, 840), (256, 700), (300, 510), (400, 500), (440, 700), (420, 850)), colours[1])
    c.blob(at((960, 850), (980, 740), (1080, 700), (1200, 740), (1250, 850)), "#fff8ec")
    c.line(spline(at((470, 810), (640, 770), (800, 690), (900, 690)), closed=False), "#ffffff", 46)
    c.blob(at((470, 500), (560, 430), (640, 560), (860, 650), (820, 690), (580, 610)), mix(colours[0], "#000000", 0.22))
    for k in range(5):
        x, y = 560 + k * 68, 560 + k * 30
        c.line(at((x - 6, y + 40), (x + 64, y - 22)), "#ffffff", 19)
        c.disc(*at((x - 8, y + 42))[0], 12, "#20303a")
    c.box(*at((228, 836))[0], 1050, 84, "#ffffff", radius=38)
    c.box(*at((236, 892))[0], 1034, 34, colours[1], radius=16)
    for k in range(16):
        c.box(*at((270 + k * 62, 896))[0], 20, 26, mix(colours[1], "#000000", 0.25), radius=5)


def plants() -> Image.Image:
    """The quiet corner, with plants."""
    c = Canvas(PORTRAIT, "plants")
    c.ground("#ffd9c2", "#ffc0a8")
    c.disc(600, 640, 450, "#ff9a7a")
    c.shape([(0, 1330), (1200, 1330), (1200, 1600), (0, 1600)], "#8a4a5a", "#6a3448")
    with c.layer(blur=16, opacity=0.4) as shade:
        shade.disc(600, 1462, 420, "#2a0f1a", 30)
    for k in range(9):
        turn = (k - 4) * 19.0
        _monstera(c, (600, 1080), 520 - abs(k - 4) * 26 + (k % 2) * 120, turn, k)
    c.shape([(400, 1060), (800, 1060), (748, 1460), (452, 1460)], "#2467ff", "#163fb0")
    c.box(376, 1020, 448, 92, "#3a7aff", radius=16)
    for k in range(5):
        zig = [(402 + k * 86 + dx, 1250 + dy) for dx, dy in ((0, 40), (43, -40), (86, 40))]
        c.line([(max(424, min(776, x)), y) for x, y in zig], "#ffd34f", 16)
    _cactus(c, 190, 1470)
    _cactus(c, 1030, 1480)
    return shrunk(c.finish(grain=0, vignette=0.06), 0.9)


def _monstera(c: Canvas, root: Point, long: float, turn: float, kind: int) -> None:
    x, y = root
    paint = ("#0f7a5a", "#1f9a6a", "#0a5f4a")[kind % 3]
    tip = (x, y - long)
    c.line(turned([root, tip], root, turn), mix(paint, "#000000", 0.25), 14)
    leaf = [(x, y - long - 250), (x + 110, y - long - 130), (x + 120, y - long + 10), (x, y - long + 70)]
    leaf += [(x - 120, y - long + 10), (x - 110, y - long - 130)]
    c.blob(turned(leaf, root, turn), paint)
    c.line(turned([(x, y - long + 60), (x, y - long - 220)], root, turn), mix(paint, "#ffffff", 0.35), 7)
    for k in range(4):
        for side in (-1, 1):
            rib = [(x, y - long + 30 - k * 54), (x + side * (92 - k * 12), y - long - 30 - k * 54)]
            c.line(turned(rib, root, turn), mix(paint, "#ffffff", 0.25), 5)


def _cactus(c: Canvas, x: float, y: float) -> None:
    c.blob([(x - 74, y - 130), (x - 84, y - 250), (x, y - 340), (x + 84, y - 250), (x + 74, y - 130)], "#3fb86a")
    for k in range(-2, 3):
        c.line([(x + k * 30, y - 150), (x + k * 30, y - 290 + abs(k) * 26)], "#2a9a55", 7)
    c.disc(x, y - 340, 30, "#ff4f8b")
    c.disc(x, y - 340, 12, "#ffe14f")
    c.shape([(x - 100, y - 150), (x + 100, y - 150), (x + 78, y), (x - 78, y)], "#fff4e0", "#f0d8b8")


def party_balloons() -> Image.Image:
    """Balloons under the ceiling."""
    c = Canvas(PORTRAIT, "party-balloons")
    c.ground("#2a1f8a", "#6a3fd0", "#d96fd0", "#ffb0a0")
    confetti(c, 90, ("#ffe14f", "#ffffff", "#4fe0c0", "#ff8fb0"), large=17)
    spots = ((260, 420, 190), (900, 330, 180), (600, 250, 170), (420, 690, 200), (800, 640, 205), (1010, 800, 160))
    for k, (x, y, r) in enumerate((*spots, (180, 850, 150))):
        tie = [(x, y + r * 1.2), (x * 0.6 + 240, 1150), (600, 1640)]
        c.line(spline(tie, closed=False), fade("#ffffff", 0.7), 4)
        paint = FESTIVE[k % 6]
        c.shape(
            [(x, y + r * 1.12), (x + r * 0.14, y + r * 1.32), (x - r * 0.14, y + r * 1.32)], mix(paint, "#000000", 0.25)
        )
        c.blob(_skin(x, y, r), mix(paint, "#1a0040", 0.22))
        c.blob(_skin(x - r * 0.05, y - r * 0.05, r * 0.93), paint)
        with c.layer(blur=5, opacity=0.7) as shine:
            shine.shape(
                turned(ring((x - r * 0.4, y - r * 0.5), r * 0.14, r * 0.3), (x - r * 0.4, y - r * 0.5), 30), "#ffffff"
            )
    return c.finish(grain=0, vignette=0.1)


def _skin(x: float, y: float, r: float) -> list[Point]:
    angles = [math.radians(k * 30) for k in range(12)]
    return [(x + r * math.cos(a), y + r * math.sin(a) * (1.2 if math.sin(a) > 0 else 1.08)) for a in angles]


def tram() -> Image.Image:
    """The tram climbs the steepest street in town."""
    c = Canvas(SQUARE, "tram")
    c.ground("#5fb8f0", "#b8e4f4", "#ffe8c8")
    c.disc(1050, 330, 130, "#fff4c0")
    paints = ("#ff9f7a", "#ffd98a", "#8fd0c0", "#e88aa8", "#a8a0e8")
    for side in (-1, 1):
        for k in range(5):
            near = k / 4
            wide, high = 130 + 110 * near, 330 + 430 * near
            x, y = 700 + side * (230 + 480 * near), 700 + 330 * near
            _house(c, (x - wide, y - high), (wide * 2, 1500), paints[(k * 2 + (side > 0)) % 5])
    c.shape([(590, 620), (810, 620), (1480, 1400), (-80, 1400)], "#6a6f8a", "#4a4f68")
    for side in (-1, 1):
        c.line([(700 + side * 52, 620), (700 + side * 300, 1400)], "#c8d0e0", 12)
        c.line([(700 + side * 110, 620), (700 + side * 780, 1400)], "#d8d0c8", 20)
    with c.layer(blur=16, opacity=0.5) as shade:
        shade.disc(700, 1180, 330, "#10142a", 40)
    _car(c)
    return c.finish(grain=0, vignette=0.08)


def _house(c: Canvas, corner: Point, size: Point, paint: Colour) -> None:
    x, y = corner
    c.box(x, y, size[0], size[1], paint)
    c.box(x - 10, y - 16, size[0] + 20, 26, "#fff8ec")
    for row in range(6):
        for k in range(2):
            left, top = x + size[0] * (0.17 + 0.42 * k), y + 56 + row * size[0] * 0.55
            c.box(left - 5, top - 5, size[0] * 0.24 + 10, size[0] * 0.36 + 10, "#fff8ec")
            c.box(left, top, size[0] * 0.24, size[0] * 0.36, "#3a5a8a")


def _car(c: Canvas) -> None:
    c.box(430, 520, 540, 60, "#8a1f2a", radius=28)
    c.box(470, 486, 460, 50, "#b02a35", radius=22)
    c.box(450, 570, 500, 330, "#fff0d0")
    for k in range(3):
        c.box(478 + k * 154, 606, 136, 230, "#20384a", radius=12)
        c.shape([(490 + k * 154, 620), (560 + k * 154, 620), (500 + k * 154, 820), (490 + k * 154, 820)], "#3f6a8a")
    c.box(420, 870, 560, 240, "#b02a35", radius=24)
    c.box(420, 870, 560, 24, "#ffd34f")
    c.box(420, 1066, 560, 20, "#ffd34f")
    c.disc(700, 984, 76, "#ffd34f")
    c.disc(700, 984, 60, "#fff8e0")
    c.glow(700, 984, 170, "#fff0b0", strength=0.7)
    c.text(520, 984, "26", 84, "#ffe8a8")
    c.text(880, 984, "26", 84, "#ffe8a8")
    c.box(400, 1106, 600, 36, "#2a2038", radius=14)
    for x in (530, 870):
        c.disc(x, 1150, 46, "#2a2038")
        c.disc(x, 1150, 18, "#8a90a8")
    c.box(560, 498, 280, 44, "#fff0d0", radius=8)
    c.text(700, 521, "HILL & BAY", 34, "#8a1f2a")


def arcade() -> Image.Image:
    """The arcade machine in the corner: the record stands at 999."""
    c = Canvas(PORTRAIT, "arcade")
    c.ground("#12062e", "#3a0f5f", "#7a1f6a")
    bokeh(c, 24, ("#ff4f8b", "#4fd8ff", "#ffd34f"), low=24, high=90)
    c.glow(600, 760, 760, "#4fd8ff", strength=0.4)
    c.shape(
        [
            (230, 110),
            (970, 110),
            (1000, 330),
            (960, 1040),
            (1060, 1160),
            (1040, 1600),
            (160, 1600),
            (140, 1160),
            (240, 1040),
            (200, 330),
        ],
        "#2a35d9",
        "#141a7a",
    )
    c.box(240, 140, 720, 170, "#ff3f7a", radius=20)
    c.box(256, 156, 688, 138, "#ffe14f", radius=14)
    c.text(600, 228, "SUPER FLIP", 108, "#d91f5f")
    c.box(276, 350, 648, 610, "#06081a", radius=40)
    c.box(310, 384, 580, 542, "#0a1f4a", radius=26)
    _pixels(c)
    c.shape([(240, 1030), (960, 1030), (1060, 1180), (140, 1180)], "#3a48ff", "#2a35d9")
    c.line([(360, 1110), (340, 1010)], "#c8ced6", 20)
    c.disc(338, 1000, 46, "#e8283c")
    c.disc(324, 984, 13, "#ffb0b8")
    for k, paint in enumerate(("#ffe14f", "#4fe08a", "#ff4f8b")):
        c.disc(620 + k * 126, 1106 - (k % 2) * 22, 50, mix(paint, "#000000", 0.4), 30)
        c.disc(620 + k * 126, 1094 - (k % 2) * 22, 50, paint, 30)
    c.box(400, 1270, 400, 240, "#0d1157", radius=20)
    for k in range(2):
        c.box(440 + k * 180, 1310, 140, 160, "#e8283c", radius=14)
        c.box(500 + k * 180, 1350, 20, 76, "#2a0a10", radius=8)
    return c.finish(grain=0, vignette=0.25)


SPRITE: Final = (".WWWWWWW.", "WYYYYYYYW", "RWWWWWWWR", "RPRRRRRRR", ".PRRRRRR.", ".RWWWWWR.", ".PRRRRRR.", "..RRRRR..")
INKS: Final = {"R": "#ff4f5e", "W": "#ffffff", "Y": "#ffc22e", "P": "#ffb0b8"}


def _pixels(c: Canvas) -> None:
    c.text(600, 440, "HI 999", 60, "#ffffff")
    for row, line in enumerate(SPRITE):
        for k, cell in enumerate(line):
            if cell != ".":
                c.box(456 + k * 32, 530 + row * 32, 32, 32, INKS[cell])
    for k in range(29):
        c.box(310 + k * 20, 850, 20, 20, "#4fe08a" if k % 2 else "#2fb86a")
    c.box(310, 870, 580, 40, "#8a5a2f")
    for x, y in ((360, 560), (800, 540), (390, 700), (830, 690), (440, 490), (770, 770)):
        c.box(x, y, 14, 14, "#ffe14f")
    c.glow(600, 640, 420, "#4fa8ff", strength=0.25)


def vinyl() -> Image.Image:
    """The record that ran all evening."""
    c = Canvas(SQUARE, "vinyl")
    c.ground("#ff6a4f", "#ff4f7a")
    with c.layer(blur=26, opacity=0.5) as shade:
        shade.disc(690, 740, 560, "#5a0020")
    c.disc(650, 700, 560, "#14101c")
    for k in range(24):
        c.line(ring((650, 700), 540 - k * 14, 540 - k * 14), "#221c2e" if k % 4 else "#372f48", 3)
    for turn in (-40, 140):
        with c.layer(blur=26, opacity=0.42) as shine:
            shine.shape([(650, 700), *ring((650, 700), 552, 552, start=turn - 11, end=turn + 11)], "#ffffff")
    c.disc(650, 700, 196, "#ffd34f")
    c.disc(650, 700, 176, "#14b89a")
    c.text(650, 620, "SIDE A", 50, "#fff8e0")
    c.text(650, 784, "Flip It", 62, "#fff8e0")
    c.disc(650, 700, 22, "#ff5a6a")
    with c.layer(blur=12, opacity=0.5) as shade:
        shade.line([(1260, 250), (1240, 780), (1040, 960)], "#3a0010", 34)
    c.disc(1240, 220, 120, "#c8ced6")
    c.disc(1240, 220, 90, "#eef2f6")
    c.line([(1240, 220), (1226, 760), (1030, 930)], "#eef2f6", 30)
    c.line(turned([(1000, 930), (1070, 930)], (1030, 930), -40), "#20202c", 60)
    c.disc(1240, 220, 44, "#8f98a6")
    return shrunk(c.finish(grain=0, vignette=0.1), 0.9)


def guest_wall() -> Image.Image:
    """Everybody's face, pinned to one wall."""
    c = Canvas(PANORAMA, "guest-wall")
    c.ground("#1f2a6e", "#3a2a9a", across=True)
    for k in range(10):
        x, y = 176 + (k % 5) * 312, 196 + (k // 5) * 328
        with c.layer(blur=12, opacity=0.5) as shade:
            shade.disc(x + 10, y + 16, 140, "#05082a")
        c.disc(x, y, 146, "#ffffff")
        picture = portrait(LOOKS[(k * 7 + 1) % len(LOOKS)], f"wall{k}").image
        hole = Canvas((256, 256), "hole")
        hole.disc(128, 128, 127, "#ffffff")
        frame = [(x - 134, y - 134), (x + 134, y - 134), (x + 134, y + 134), (x - 134, y + 134)]
        c.put(picture, frame, mask=hole.image.convert("L"))
    return shrunk(c.finish(grain=0, vignette=0.08), 0.9)


def sticky_notes() -> Image.Image:
    """Wishes for next year on coloured notes."""
    c = Canvas(SQUARE, "sticky-notes")
    c.ground("#f2ede4", "#e4dccf")
    words = (
        "more\ncups!",
        "longer\nparty",
        "same\ntime\n2027",
        "karaoke",
        "thank\nyou",
        "tacos\nagain",
        "new\nfriends",
        "♥",
        "bigger\ntable",
    )
    paints = ("#ffe14f", "#ff8fb0", "#7ae0c8", "#8fc8ff", "#ffb05c", "#c8a8ff", "#a8e87a", "#ff6f7a", "#ffe14f")
    for k, (word, paint) in enumerate(zip(words, paints, strict=True)):
        x, y = 250 + (k % 3) * 450 + c.dice.uniform(-14, 14), 250 + (k // 3) * 450 + c.dice.uniform(-14, 14)
        turn = c.dice.uniform(-7, 7)
        frame = [(x - 195, y - 195), (x + 195, y - 195), (x + 195, y + 195), (x - 195, y + 195)]
        corners = turned(frame, (x, y), turn)
        with c.layer(blur=14, opacity=0.35) as shade:
            shade.shape([(a + 8, b + 20) for a, b in corners], "#4a3a20")
        note = Canvas((390, 390), word)
        note.ground(mix(paint, "#000000", 0.05), paint, paint, mix(paint, "#ffffff", 0.2))
        lines = word.split("\n")
        for row, line in enumerate(lines):
            if line == "♥":
                for side in (-1, 1):
                    note.disc(195 + side * 58, 160, 66, "#ffffff")
                note.shape([(76, 184), (314, 184), (195, 318)], "#ffffff")
            else:
                note.text(195, 195 + (row - (len(lines) - 1) / 2) * 92, line, 84, "#2a2440", weight="SemiBold")
        c.put(note.image, corners)
    return shrunk(c.finish(grain=0, vignette=0.05), 0.9)
