"""What was printed, written and pinned up: posters, badges, the bracket, the board."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from demo.canvas import LANDSCAPE, PORTRAIT, SQUARE, Canvas, clouds, fade, mix, ramp, ring, shrunk, spline, turned
from demo.city import bokeh, suspension
from demo.cups import cup

if TYPE_CHECKING:
    from PIL import Image

    from demo.canvas import Colour, Point


def burst(c: Canvas, centre: Point, far: float, count: int, colours: tuple[Colour, Colour]) -> None:
    """Let rays of two colours leave a point."""
    for k in range(count * 2):
        wedge = ring(centre, far, far, start=k * 180 / count, end=(k + 1) * 180 / count, steps=2)
        c.shape([centre, *wedge], colours[k % 2])


def poster() -> Image.Image:
    """The poster of the tournament."""
    c = Canvas(PORTRAIT, "poster")
    burst(c, (600, 880), 1400, 18, ("#ffd34f", "#ffc02a"))
    c.disc(600, 880, 410, "#ff5a3d")
    c.disc(600, 880, 372, "#ff7a4f")
    with c.layer(opacity=0.25) as motion:
        for k in range(4):
            cup(motion, 600 - 250 + k * 40, 1100 - k * 30, 430, "#ffffff", turn=-70 + k * 16)
    cup(c, 610, 1130, 540, "#2467ff", turn=28)
    c.text(600, 190, "FLIP", 330, "#1a1f5a")
    c.text(600, 1400, "CUP", 330, "#1a1f5a")
    c.box(0, 1530, 1200, 70, "#1a1f5a")
    c.text(600, 1566, "TONIGHT  ·  HALL 3  ·  9 PM", 44, "#ffd34f", weight="SemiBold")
    c.box(0, 0, 1200, 26, "#1a1f5a")
    star = [turned([(985, 640 - (135 if k % 2 == 0 else 108))], (985, 640), k * 15)[0] for k in range(24)]
    c.shape(star, "#e8283c")
    c.text(985, 616, "FREE", 56, "#ffffff")
    c.text(985, 672, "ENTRY", 50, "#ffffff")
    return c.finish(grain=0, vignette=0.06)


def bracket() -> Image.Image:
    """The bracket: sixteen began, one is left."""
    c = Canvas(LANDSCAPE, "bracket")
    c.ground("#12165a", "#2a1f8a", "#5a2aa8")
    c.glow(800, 480, 560, "#ff4f8b", strength=0.45)
    c.text(800, 96, "THE BRACKET", 104, "#ffffff")
    sides = (
        (1, ("Fog Horns", "Pier 9", "Null Sips", "Cable Cars")),
        (-1, ("Last Call", "Root Beer", "Sea Lions", "404 Cups")),
    )
    for side, names in sides:
        paint = "#4fd8ff" if side > 0 else "#ffb52e"
        edge = 70 if side > 0 else 1530
        for k, name in enumerate(names):
            y = 270 + k * 210
            _team(c, (edge, y), side, name, won=k in {1, 2}, paint=paint)
            c.line(
                [
                    (edge + side * 330, y),
                    (edge + side * 390, y),
                    (edge + side * 390, y + (105 if k % 2 == 0 else -105)),
                ],
                paint,
                7,
            )
        for k in range(2):
            y = 375 + k * 420
            c.line(
                [(edge + side * 390, y), (edge + side * 490, y), (edge + side * 490, y + (210 if k == 0 else -210))],
                paint,
                7,
            )
        c.line([(edge + side * 490, 585), (edge + side * 560, 585)], "#ffffff" if side > 0 else paint, 9)
    c.disc(800, 585, 170, "#ff4f8b")
    c.disc(800, 585, 150, "#ffd34f")
    cup(c, 800, 685, 200, "#e8283c", over=True)
    c.text(800, 850, "FINAL", 86, "#ffffff")
    c.text(800, 926, "9 PM · TABLE 1", 40, "#ffd34f", weight="SemiBold")
    return c.finish(grain=0, vignette=0.15)


def _team(c: Canvas, spot: Point, side: int, name: str, *, won: bool, paint: Colour) -> None:  # noqa: PLR0913
    x = spot[0] if side > 0 else spot[0] - 330
    c.box(x, spot[1] - 48, 330, 96, paint if won else mix("#2a1f8a", "#ffffff", 0.12), radius=20)
    c.text(x + 165, spot[1] + 1, name, 48, "#12165a" if won else "#c8c4ff", weight="ExtraBold" if won else "SemiBold")


def retro_badge() -> Image.Image:
    """The badge of the house, as on an old trunk."""
    c = Canvas(SQUARE, "retro-badge")
    c.ground("#143a4a", "#0d2a38")
    with c.layer(blur=26, opacity=0.6) as shade:
        shade.disc(716, 728, 560, "#000000")
    teeth = [turned([(700, 700 - (572 if k % 2 == 0 else 548))], (700, 700), k * 3)[0] for k in range(120)]
    c.shape(teeth, "#f4e4c0")
    for radius, paint in ((520, "#d9482f"), (500, "#f4e4c0"), (486, "#143a4a")):
        c.disc(700, 700, radius, paint)
    scene = Canvas(SQUARE, "badge-scene")
    scene.ground("#f2b04f", "#f2b04f", "#f7d48a", "#f7d48a")
    burst(scene, (700, 760), 900, 20, ("#f2b04f", "#f7c46a"))
    scene.disc(700, 760, 190, "#d9482f")
    suspension(scene, 740, (480, 920), 300, "#143a4a", thick=15)
    scene.box(0, 800, 1400, 500, "#1f7a80")
    for k in range(5):
        wave = [(x, 840 + k * 44 + 9 * math.sin(x / 30 + k * 2)) for x in range(200, 1210, 10)]
        scene.line(wave, "#f4e4c0", 7)
    hole = Canvas(SQUARE, "hole")
    hole.disc(700, 700, 380, "#ffffff")
    c.image.paste(scene.image, mask=hole.image.convert("L"))
    c.line(ring((700, 700), 386, 386), "#f4e4c0", 14)
    _around(c, "BAY CITY TWEETUP", 436, -90, 8.6)
    _around(c, "FLIP CUP OPEN", 436, 90, -8.8)
    for angle in (176, 4):
        spot = turned([(1136, 700)], (700, 700), angle)[0]
        c.shape(
            [turned([(spot[0], spot[1] - (30 if k % 2 == 0 else 13))], spot, k * 36)[0] for k in range(10)], "#d9482f"
        )
    return shrunk(c.finish(grain=0, vignette=0.2), 0.88)


def _around(c: Canvas, words: str, radius: float, middle: float, step: float) -> None:
    for k, letter in enumerate(words):
        angle = middle + (k - (len(words) - 1) / 2) * step
        spot = turned([(700 + radius, 700)], (700, 700), angle)[0]
        glass = Canvas((90, 90), "letter")
        glass.text(45, 45, letter, 66, "#ffffff")
        mask = glass.image.convert("L")
        frame = [(spot[0] + dx, spot[1] + dy) for dx, dy in ((-45, -45), (45, -45), (45, 45), (-45, 45))]
        ink = ramp(("#f4e4c0",), mask.size)
        c.put(ink, turned(frame, spot, angle + (90 if step > 0 else -90)), mask=mask)


def name_tag() -> Image.Image:
    """Hello, somebody wrote, and then drew a cup instead of a name."""
    c = Canvas(LANDSCAPE, "name-tag")
    c.ground("#2f3f5f", "#1f2a44")
    for k in range(-30, 60):
        c.line([(k * 34, 0), (k * 34 - 380, 1067)], fade("#ffffff", 0.035), 8)
        c.line([(k * 34 - 380, 0), (k * 34, 1067)], fade("#000000", 0.06), 8)
    tag = Canvas((1200, 760), "tag")
    tag.ground("#e8283c", "#d01f36")
    tag.text(600, 116, "HELLO", 150, "#ffffff")
    tag.text(600, 216, "I CAME FOR THE", 56, "#ffffff", weight="SemiBold")
    tag.box(34, 270, 1132, 400, "#fffaf0", radius=16)
    ink = "#1a2a7a"
    for path in (
        [(188, 330), (238, 600), (358, 600), (408, 330), (188, 330)],
        ring((298, 332), 110, 24),
        spline([(500, 500), (560, 380), (680, 350), (760, 450)], closed=False),
        [(710, 440), (762, 456), (790, 400)],
        [(850, 600), (892, 340), (972, 340), (1020, 602), (850, 600)],
    ):
        tag.line(path, ink, 17)
    mask = Canvas((1200, 760), "mask")
    mask.box(0, 0, 1200, 760, "#ffffff", radius=60)
    frame = [(200, 153), (1400, 153), (1400, 913), (200, 913)]
    corners = turned(frame, (800, 533), -6)
    with c.layer(blur=16, opacity=0.5) as shade:
        shade.shape([(x + 12, y + 20) for x, y in corners], "#000000")
    c.put(tag.image, corners, mask=mask.image.convert("L"))
    return c.finish(grain=0, vignette=0.25)


def lanyards() -> Image.Image:
    """Three badges on their ribbons."""
    c = Canvas(PORTRAIT, "lanyards")
    c.ground("#ffb0a0", "#ff8f8a", "#ff7a8a")
    c.glow(600, 600, 800, "#ffe8c8", strength=0.5)
    cards = ((275, 320, "#2467ff", "SPEAKER", -5), (925, 400, "#12805f", "CREW", 4), (600, 930, "#1a1f5a", "GUEST", -2))
    for x, y, paint, word, turn in cards:
        _card(c, (x, y), paint, word, turn)
    return c.finish(grain=0, vignette=0.1)


def _card(c: Canvas, spot: Point, paint: Colour, word: str, turn: float) -> None:
    x, y = spot
    for side in (-1, 1):
        ribbon = [(x + side * 150 - 26, -40), (x + side * 150 + 26, -40), (x + 20, y - 60), (x - 20, y - 60)]
        c.shape(ribbon, mix(paint, "#000000", 0.12 if side > 0 else 0.0))
    card = Canvas((440, 600), "card/" + word)
    card.ground("#fffaf0")
    card.box(0, 0, 440, 190, paint)
    card.disc(330, 0, 150, fade("#ffffff", 0.14))
    card.disc(90, 190, 100, fade("#ffffff", 0.12))
    card.text(220, 110, "TWEETUP", 68, "#ffffff")
    card.disc(220, 312, 78, mix(paint, "#ffffff", 0.72))
    cup(card, 220, 372, 124, paint, over=True)
    card.text(220, 462, word, 70, mix(paint, "#000000", 0.3))
    for k in range(26):
        card.box(60 + k * 12.4, 516, 4 + (k * 7) % 6, 48, "#2a2a3a")
    mask = Canvas((440, 600), "mask")
    mask.box(0, 0, 440, 600, "#ffffff", radius=34)
    corners = turned([(x - 220, y), (x + 220, y), (x + 220, y + 600), (x - 220, y + 600)], spot, turn)
    with c.layer(blur=18, opacity=0.4) as shade:
        shade.shape([(a + 16, b + 26) for a, b in corners], "#5a0f2a")
    c.put(card.image, corners, mask=mask.image.convert("L"))
    c.box(x - 34, y - 84, 68, 78, "#c8ced6", radius=14)
    c.box(x - 20, y - 30, 40, 64, "#8f98a6", radius=12)


def whiteboard() -> Image.Image:
    """How a perfect flip works, as explained on the whiteboard."""
    c = Canvas(LANDSCAPE, "whiteboard")
    c.ground("#7a8fa8", "#5f7490")
    with c.layer(blur=24, opacity=0.5) as shade:
        shade.box(80, 80, 1480, 900, "#101c2c")
    c.box(60, 50, 1480, 900, "#c8d0d8", radius=18)
    c.box(86, 76, 1428, 848, "#fdfefe", radius=6)
    c.veil(clouds((200, 134), 60, "wiped").point([max(0, min(40, (v - 110))) for v in range(256)]), "#a8c4e8")
    blue, red, green = "#2450c8", "#e0303f", "#158a5a"
    c.text(134, 166, "THE PERFECT FLIP", 92, blue, anchor="lm")
    c.line(spline([(134, 232), (520, 222), (930, 236)], closed=False), red, 9)
    for x, turn in ((260, 0), (560, 62), (860, 128), (1160, 180)):
        outline = [(x - 66, 560), (x - 90, 380), (x + 90, 380), (x + 66, 560), (x - 66, 560)]
        lift = 0 if turn in {0, 180} else 60
        c.line([(a, b - lift) for a, b in turned(outline, (x, 470), turn)], blue, 9)
    for x in (410, 710, 1010):
        c.line(spline([(x - 66, 380), (x, 330), (x + 66, 380)], closed=False), red, 8)
        c.line([(x + 30, 376), (x + 70, 384), (x + 74, 342)], red, 8)
    c.line([(120, 574), (1300, 574)], "#2a2f3a", 9)
    for k, word in enumerate(("drink", "edge", "tap", "land!")):
        c.text(260 + k * 300, 626, f"{k + 1}. {word}", 50, green, weight="SemiBold")
    c.line([(1180, 880), (1180, 690)], "#2a2f3a", 7)
    c.line([(1180, 880), (1460, 880)], "#2a2f3a", 7)
    c.line(spline([(1190, 870), (1270, 850), (1340, 760), (1440, 700)], closed=False), red, 10)
    c.text(640, 790, "angle × nerve = glory", 82, red, weight="SemiBold")
    c.line(ring((640, 790), 480, 72), blue, 7)
    c.box(560, 936, 480, 26, "#8f98a6", radius=8)
    for k, paint in enumerate((blue, red, green)):
        c.box(620 + k * 130, 918, 96, 22, paint, radius=10)
    return c.finish(grain=0, vignette=0.05)


def polaroids() -> Image.Image:
    """Three instant photos on the wall, with pegs."""
    c = Canvas(LANDSCAPE, "polaroids")
    c.ground("#2a1f3f", "#45305f")
    c.glow(800, 200, 900, "#ffcf8a", strength=0.4)
    bokeh(c, 14, ("#ffd08a", "#ff9f8a"), low=20, high=60)
    c.line(spline([(-20, 190), (400, 250), (800, 262), (1200, 250), (1620, 190)], closed=False), "#e8dcc8", 5)
    for k, (x, turn) in enumerate(((285, -5), (800, 2), (1315, 5))):
        _polaroid(c, (x, 252), turn, k)
    return c.finish(grain=0, vignette=0.2)


def _polaroid(c: Canvas, spot: Point, turn: float, kind: int) -> None:
    shot = Canvas((420, 520), f"polaroid{kind}")
    shot.ground("#fbf6ec", "#f0e8d8")
    view = Canvas((360, 360), f"view{kind}")
    view.ground(*(("#3a1f8a", "#ff5f8a", "#ffc46a"), ("#0f8fa8", "#8ae8d0"), ("#ff8f3a", "#ffd98a"))[kind])
    if kind == 0:
        view.disc(180, 230, 80, "#fff0b8")
        suspension(view, 230, (90, 270), 130, "#2a0f3a", thick=6)
        view.box(0, 260, 360, 100, "#6a2a7a")
    elif kind == 1:
        cup(view, 180, 320, 250, "#e8283c", over=True)
    else:
        view.disc(180, 210, 120, "#ffe14f")
        for side in (-1, 1):
            view.disc(180 + side * 44, 180, 14, "#2a1a00", 20)
        view.line(ring((180, 215), 66, 60, start=15, end=165), "#2a1a00", 14)
    shot.image.paste(view.image, (60, 60))
    shot.text(210, 466, ("the bay", "9 in a row!", "us, later")[kind], 48, "#3a2a4a", weight="Medium")
    x, y = spot
    corners = turned([(x - 246, y), (x + 246, y), (x + 246, y + 610), (x - 246, y + 610)], spot, turn)
    with c.layer(blur=14, opacity=0.5) as shade:
        shade.shape([(a + 14, b + 22) for a, b in corners], "#05000f")
    c.put(shot.image, corners)
    c.box(x - 13, y - 42, 26, 92, "#d9a05a", radius=8)
    c.box(x - 13, y - 2, 26, 7, "#8a5a20")
