"""The faces and marks that the guests chose for themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from demo.canvas import Canvas, fade, mix, ring, turned

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL import Image

SIDE: Final = 256
SKINS: Final = ("#ffd9bd", "#8d5a3a", "#f0bd96", "#5f3a28", "#d99e72", "#b97a50", "#fbe0cc", "#74482f")


class Look(NamedTuple):
    """How one guest looks."""

    ground: str
    shirt: str
    skin: int
    locks: str
    hair: str
    extra: str = ""


LOOKS: Final = (
    Look("#ffb52e", "#2b3bd9", 0, "#5a2a1a", "bob"),
    Look("#2467ff", "#ffd34f", 1, "#17100e", "afro", "glasses"),
    Look("#ff5a7a", "#1d2440", 2, "#2a1a12", "short", "beard"),
    Look("#14b89a", "#ffffff", 3, "#120c0a", "bun", "earrings"),
    Look("#8b5cff", "#ff8f4f", 4, "#f2c14f", "long"),
    Look("#0f2a4a", "#ff4f6e", 0, "#e8542a", "curls", "glasses"),
    Look("#ff8f2a", "#12805f", 5, "#17100e", "bald", "beard"),
    Look("#4fc8ff", "#5a1f8a", 6, "#b8b8c4", "short", "glasses"),
    Look("#ff4fa3", "#ffe14f", 7, "#1a0f2a", "long", "earrings"),
    Look("#1f9a5a", "#f4efe4", 2, "#3a6bff", "mohawk"),
    Look("#ffd34f", "#d92f5f", 1, "#120c0a", "cap"),
    Look("#5a2ad9", "#4fe0c0", 4, "#4a2a18", "bun", "glasses"),
    Look("#e8412f", "#20262f", 6, "#ffd98a", "bob", "headphones"),
    Look("#0aa5b8", "#ff9a3d", 3, "#0f0a08", "curls", "beard"),
    Look("#c8f05a", "#2b2b6e", 5, "#2a1410", "veil"),
    Look("#ff7a5c", "#0f5f6a", 0, "#8a4a2a", "short", "moustache"),
    Look("#24304f", "#ff5ac8", 2, "#ff5ac8", "bob", "glasses"),
    Look("#7ae0a8", "#7a3fff", 7, "#120c0a", "afro", "headphones"),
)


def portrait(look: Look, seed: str) -> Canvas:
    """Draw a guest: shoulders, head, hair."""
    c = Canvas((SIDE, SIDE), seed)
    c.ground(mix(look.ground, "#ffffff", 0.14), look.ground)
    c.disc(128, 128, 112, fade("#ffffff", 0.16))
    skin = SKINS[look.skin]
    _behind(c, look)
    c.blob([(22, 290), (40, 222), (92, 204), (164, 204), (216, 222), (234, 290)], look.shirt)
    c.box(104, 168, 48, 54, mix(skin, "#5a1a10", 0.22), radius=22)
    c.disc(128, 214, 27, mix(skin, "#5a1a10", 0.1), 17)
    for x in (73, 183):
        c.disc(x, 134, 13, mix(skin, "#5a1a10", 0.14), 17)
    c.blob([(128, 66), (170, 80), (180, 124), (168, 168), (128, 194), (88, 168), (76, 124), (86, 80)], skin)
    _features(c, look, skin)
    _hair(c, look)
    _extras(c, look)
    return c


def _behind(c: Canvas, look: Look) -> None:
    if look.hair == "long":
        c.blob([(128, 40), (196, 78), (206, 160), (210, 236), (128, 244), (46, 236), (50, 160), (60, 78)], look.locks)
    elif look.hair == "bob":
        c.blob([(128, 44), (194, 78), (204, 160), (188, 196), (128, 186), (68, 196), (52, 160), (62, 78)], look.locks)
    elif look.hair == "afro":
        c.disc(128, 104, 92, look.locks, 84)
    elif look.hair == "bun":
        c.disc(128, 36, 30, look.locks)
    elif look.hair == "veil":
        c.blob([(128, 26), (202, 70), (208, 170), (228, 262), (28, 262), (48, 170), (54, 70)], "#ff4f7a")


def _features(c: Canvas, look: Look, skin: str) -> None:
    dark = mix(skin, "#3a0f0a", 0.75)
    if look.extra == "beard":
        c.blob(
            [(77, 130), (92, 150), (128, 148), (164, 150), (179, 130), (172, 180), (128, 208), (84, 180)], look.locks
        )
    for x in (103, 153):
        c.disc(x, 126, 11, "#ffffff", 10)
        c.disc(x + 1, 127, 6.5, "#1a0f14")
        c.disc(x + 3, 124, 2.2, "#ffffff")
        c.line(ring((x, 116), 15, 8, start=200, end=340), mix(look.locks, "#2a1410", 0.4), 5)
        c.disc(x + (x - 128) * 0.5, 149, 12, fade("#ff5a5a", 0.25), 8)
    c.line([(128, 126), (123, 148), (131, 150)], mix(skin, "#5a1a10", 0.38), 4)
    smile = ring((128, 160), 22, 16, start=0, end=180)
    c.shape(smile, "#7a1a24" if look.extra != "beard" else "#ffffff")
    c.shape([(108, 160), (148, 160), (145, 167), (111, 167)], "#ffffff")
    if look.extra == "moustache":
        c.blob([(128, 152), (160, 148), (172, 160), (140, 163), (128, 160), (116, 163), (84, 160), (96, 148)], dark)


def _hair(c: Canvas, look: Look) -> None:
    ink = look.locks
    if look.hair in {"short", "bun"}:
        c.blob([(74, 118), (70, 76), (100, 48), (156, 46), (186, 76), (182, 118), (170, 90), (124, 84), (88, 94)], ink)
    elif look.hair in {"bob", "long"}:
        c.blob([(66, 140), (66, 78), (110, 46), (160, 50), (192, 84), (192, 142), (172, 98), (138, 80), (92, 100)], ink)
    elif look.hair == "afro":
        c.blob([(76, 118), (72, 78), (128, 56), (184, 78), (180, 118), (164, 90), (128, 84), (92, 90)], ink)
    elif look.hair == "curls":
        for k in range(9):
            spot = turned([(128 - 62, 122)], (128, 122), k * 22.5 + (4 if k % 2 else 0))[0]
            c.disc(*spot, 25, ink)
        c.disc(128, 62, 44, ink, 24)
    elif look.hair == "mohawk":
        for k in range(5):
            spike = [(96 + k * 13, 84), (90 + k * 19 - 14 + 7, 12 + abs(k - 2) * 9), (112 + k * 13, 84)]
            c.shape(spike, mix(ink, "#ffffff", k * 0.09))
    elif look.hair == "cap":
        c.shape(ring((128, 98), 66, 62, start=180, end=360), "#e8283c", "#b81a30")
        c.blob([(60, 98), (128, 84), (216, 98), (226, 110), (128, 104)], "#8a1024")
        c.disc(128, 38, 8, "#ffffff")
    elif look.hair == "veil":
        c.blob(
            [(70, 150), (66, 90), (100, 52), (156, 52), (190, 90), (186, 150), (178, 104), (128, 72), (78, 104)],
            "#ff7a9c",
        )


def _extras(c: Canvas, look: Look) -> None:
    if look.extra == "glasses":
        for x in (101, 155):
            c.disc(x, 127, 24, fade("#ffffff", 0.22))
            c.line(ring((x, 127), 23, 23), "#1a1420", 6)
        c.line([(122, 124), (134, 124)], "#1a1420", 6)
    elif look.extra == "earrings":
        for x in (70, 186):
            c.line(ring((x, 164), 10, 12), "#ffd34f", 5)
    elif look.extra == "headphones":
        c.line(ring((128, 116), 74, 78, start=180, end=360), "#20202c", 13)
        for x in (54, 202):
            c.box(x - 16, 104, 32, 60, "#20202c", radius=14)
            c.box(x - 8 if x > SIDE / 2 else x - 2, 112, 10, 44, look.shirt, radius=5)


def _mark(ground: str, seed: str) -> Canvas:
    c = Canvas((SIDE, SIDE), seed)
    c.ground(mix(ground, "#ffffff", 0.1), mix(ground, "#000000", 0.08))
    return c


def _letter(ground: str, ink: str, word: str) -> Canvas:
    c = _mark(ground, word)
    c.disc(256, 256, 170, mix(ground, "#000000", 0.16))
    c.text(128, 130, word, 168 if len(word) == 1 else 118, ink)
    return c


def _suns() -> Canvas:
    c = _mark("#ff7a3d", "suns")
    for k, paint in enumerate(("#ffd34f", "#ff4f7a", "#5a1f8a")):
        c.shape(ring((128, 118 + k * 56), 92, 92, start=180, end=360), paint)
    c.box(0, 230, 256, 26, "#5a1f8a")
    return c


def _robot() -> Canvas:
    c = _mark("#24d0b0", "robot")
    c.line([(128, 40), (128, 78)], "#12303a", 9)
    c.disc(128, 36, 13, "#ff4f6e")
    c.box(52, 72, 152, 128, "#12303a", radius=34)
    for x in (97, 159):
        c.disc(x, 124, 21, "#eafff8")
        c.disc(x + 3, 126, 9, "#12303a")
    c.box(92, 162, 72, 14, "#ff4f6e", radius=7)
    return c


def _cat() -> Canvas:
    c = _mark("#3a2bb0", "cat")
    c.blob([(64, 60), (104, 92), (152, 92), (192, 60), (204, 150), (128, 222), (52, 150)], "#ffb02e")
    for x in (96, 160):
        c.disc(x, 140, 15, "#d8ff6a", 19)
        c.disc(x, 140, 6, "#1a0f2a", 17)
    c.shape([(118, 172), (138, 172), (128, 184)], "#d92f5f")
    for side in (-1, 1):
        for k in range(2):
            c.line([(128 + side * 26, 180 + k * 8), (128 + side * 92, 170 + k * 22)], "#fff4e0", 4)
    return c


def _waves() -> Canvas:
    c = _mark("#bfe8ff", "waves")
    c.disc(176, 84, 42, "#ff5a4f")
    for k, paint in enumerate(("#4fa8ff", "#2467ff", "#14308a")):
        top = [(x, 142 + k * 38 + (18 if ((x // 32) + k) % 2 else -14)) for x in range(-32, 320, 32)]
        c.blob([*top, (400, 400), (-120, 400)], paint)
    return c


def _cactus() -> Canvas:
    c = _mark("#ff9fb8", "cactus")
    for path in ([(128, 70), (128, 190)], [(128, 160), (76, 160), (76, 112)], [(128, 140), (180, 140), (180, 96)]):
        c.line(path, "#12805f", 40)
    c.shape([(70, 186), (186, 186), (172, 244), (84, 244)], "#ff6a2d", "#d9481a")
    c.disc(128, 52, 15, "#ffe14f")
    return c


def _mountain() -> Canvas:
    c = _mark("#1b2a5f", "mountain")
    c.disc(86, 82, 34, "#ffe8b0")
    c.shape([(10, 230), (150, 70), (290, 230)], "#ff6f91")
    c.shape([(110, 116), (150, 70), (190, 116), (168, 126), (150, 108), (130, 128)], "#ffffff")
    c.shape([(-60, 256), (70, 140), (200, 256)], "#7a3fb0")
    return c


def _quilt() -> Canvas:
    c = _mark("#f6efe0", "quilt")
    paints = ("#ff4f5e", "#2467ff", "#ffc22e", "#12a07a")
    for k in range(4):
        x, y = (k % 2) * 128, (k // 2) * 128
        c.box(x, y, 128, 128, paints[k])
        corner = (128 + (128 if k % 2 else -128), 128 + (128 if k > 1 else -128))
        c.shape([corner, *ring(corner, 116, 116, start=(0, 90, 270, 180)[k], end=(90, 180, 360, 270)[k])], "#f6efe0")
        c.disc(corner[0] + (-36 if k % 2 else 36), corner[1] + (-36 if k > 1 else 36), 22, paints[3 - k])
    return c


MARKS: Final[tuple[Callable[[], Canvas], ...]] = (
    lambda: _letter("#e8283c", "#fff4e6", "K"),
    _cat,
    _suns,
    lambda: _letter("#c8f05a", "#1a2a1a", "mo"),
    _robot,
    _waves,
    lambda: _letter("#12203f", "#4fe0c0", "R"),
    _cactus,
    lambda: _letter("#7a3fff", "#ffe14f", "J!"),
    _mountain,
    _quilt,
    lambda: _letter("#ffd0dc", "#d92f5f", "&"),
)

PEOPLE: Final = len(LOOKS) + len(MARKS)


def avatar(index: int) -> Image.Image:
    """Draw the picture of guest `index`: of five, three show a face and two a mark."""
    index %= PEOPLE
    turn, place = divmod(index, 5)
    if place in {1, 4}:
        return MARKS[turn * 2 + (place == 4)]().finish(grain=0, vignette=0)  # noqa: PLR2004  # of five
    number = turn * 3 + (0, 0, 1, 2)[place]
    return portrait(LOOKS[number], f"face{number}").finish(grain=0, vignette=0)
