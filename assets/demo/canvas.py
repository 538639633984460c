"""A canvas that is painted at twice its size, with light, blur and grain: what every picture of the demo stands on."""

from __future__ import annotations

import math
import random
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PIL import Image, ImageChops, ImageColor, ImageDraw, ImageFilter, ImageFont

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SCALE: Final = 2
"""Every shape is drawn this many times larger and reduced at the end, which smooths its edges."""

LANDSCAPE: Final = (1600, 1067)
PORTRAIT: Final = (1200, 1600)
SQUARE: Final = (1400, 1400)
PANORAMA: Final = (1600, 720)

_FONTS: Final = Path(__file__).resolve().parents[1] / "fonts"

Point = tuple[float, float]
Colour = str | tuple[int, ...]


def dice(seed: str | int) -> random.Random:
    """Make a source of chance that falls the same way every time."""
    return random.Random(seed)  # noqa: S311  # it paints pictures


def rgb(colour: Colour) -> tuple[int, ...]:
    """Read `#rrggbb`, `#rrggbbaa` or a tuple."""
    return ImageColor.getrgb(colour) if isinstance(colour, str) else colour


def fade(colour: Colour, alpha: float) -> tuple[int, ...]:
    """Give a colour an opacity between 0 and 1."""
    return (*rgb(colour)[:3], round(255 * alpha))


def mix(one: Colour, other: Colour, share: float) -> tuple[int, ...]:
    """Blend two colours; `share` is how much of the other, between 0 and 1."""
    return tuple(round(a + (b - a) * share) for a, b in zip(rgb(one)[:3], rgb(other)[:3], strict=True))


def ramp(stops: Sequence[Colour], size: tuple[int, int], *, across: bool = False) -> Image.Image:
    """Paint a smooth gradient through evenly spaced colours, downwards or `across`."""
    colours = [rgb(stop)[:3] for stop in stops]
    strip = Image.new("RGB", (1, 512))
    for y in range(512):
        place = y / 511 * (len(colours) - 1)
        index = min(int(place), len(colours) - 2) if len(colours) > 1 else 0
        nxt = colours[min(index + 1, len(colours) - 1)]
        strip.putpixel((0, y), mix(colours[index], nxt, place - index))
    turned = strip.transpose(Image.Transpose.ROTATE_90) if across else strip
    return turned.resize(size, Image.Resampling.BILINEAR)


@cache
def falloff(size: int, power: float) -> Image.Image:
    """Paint a soft round spot, white in the middle, as a mask."""
    spot = Image.radial_gradient("L").point([round(255 * max(0.0, 1 - v / 181) ** power) for v in range(256)])
    return spot.resize((size, size), Image.Resampling.BICUBIC)


def clouds(size: tuple[int, int], cell: float, seed: str | int, *, octaves: int = 4) -> Image.Image:
    """Paint soft noise as a mask: `cell` is the size of its largest features in pixels."""
    rolls = dice(seed)
    total = Image.new("L", size, 128)
    for octave in range(octaves):
        grid = [max(2, math.ceil(side / cell * 2**octave) + 1) for side in size]
        noise = Image.frombytes("L", (grid[0], grid[1]), rolls.randbytes(grid[0] * grid[1]))
        total = Image.blend(total, noise.resize(size, Image.Resampling.BICUBIC), 1 / (octave + 1.6))
    return total


def spline(points: Sequence[Point], *, closed: bool = True, steps: int = 14) -> list[Point]:
    """Lay a smooth curve (Catmull-Rom) through points."""
    count = len(points)
    curve: list[Point] = []
    for index in range(count if closed else count - 1):
        p = [
            points[(index + k) % count] if closed else points[min(max(index + k, 0), count - 1)] for k in (-1, 0, 1, 2)
        ]
        for step in range(steps):
            t = step / steps
            curve.append((_catmull(t, [q[0] for q in p]), _catmull(t, [q[1] for q in p])))
    return curve if closed else [*curve, points[-1]]


def _catmull(t: float, p: Sequence[float]) -> float:
    return 0.5 * (
        2 * p[1]
        + (p[2] - p[0]) * t
        + (2 * p[0] - 5 * p[1] + 4 * p[2] - p[3]) * t * t
        + (3 * p[1] - p[0] - 3 * p[2] + p[3]) * t**3
    )


def turned(points: Sequence[Point], centre: Point, degrees: float) -> list[Point]:
    """Turn points clockwise around a centre."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    moved = [(x - centre[0], y - centre[1]) for x, y in points]
    return [(centre[0] + x * cos - y * sin, centre[1] + x * sin + y * cos) for x, y in moved]


def ring(  # noqa: PLR0913  # as many as an arc has properties
    centre: Point, rx: float, ry: float, *, start: float = 0, end: float = 360, steps: int = 72
) -> list[Point]:
    """Points on an ellipse, clockwise from the right, in degrees."""
    angles = [math.radians(start + (end - start) * step / steps) for step in range(steps + 1)]
    return [(centre[0] + rx * math.cos(angle), centre[1] + ry * math.sin(angle)) for angle in angles]


@cache
def font(size: int, weight: str = "ExtraBold") -> ImageFont.FreeTypeFont:
    """Load the program's own typeface."""
    return ImageFont.truetype(_FONTS / f"InterDisplay-{weight}.otf", size, layout_engine=ImageFont.Layout.BASIC)


class Canvas:
    """A picture being painted; places and sizes are in pixels of the finished picture."""

    def __init__(self, size: tuple[int, int], seed: str, image: Image.Image | None = None) -> None:
        """Begin black, with chance of its own."""
        self.width, self.height = size
        self.seed = seed
        self.dice = dice(seed)
        self.image = image or Image.new("RGB", (size[0] * SCALE, size[1] * SCALE))

    @property
    def pen(self) -> ImageDraw.ImageDraw:
        """What draws shapes; translucent colours blend on the picture and replace on a layer."""
        return ImageDraw.Draw(self.image, "RGBA" if self.image.mode == "RGB" else None)

    def ground(self, *stops: Colour, across: bool = False) -> None:
        """Fill everything with a gradient."""
        self.image.paste(ramp(stops, self.image.size, across=across))

    def shape(self, points: Sequence[Point], fill: Colour, *stops: Colour) -> None:
        """Fill a polygon with a colour, or with a gradient downwards through several."""
        scaled = [(x * SCALE, y * SCALE) for x, y in points]
        if not stops:
            self.pen.polygon(scaled, fill=rgb(fill))
            return
        left, top = (math.floor(min(p[axis] for p in scaled)) for axis in (0, 1))
        size = tuple(math.ceil(max(p[axis] for p in scaled)) - (left, top)[axis] + 1 for axis in (0, 1))
        mask = Image.new("L", (size[0], size[1]))
        ImageDraw.Draw(mask).polygon([(x - left, y - top) for x, y in scaled], fill=255)
        paint = ramp((fill, *stops), mask.size)
        self.image.paste(paint if self.image.mode == "RGB" else paint.convert("RGBA"), (left, top), mask)

    def blob(self, points: Sequence[Point], fill: Colour, *stops: Colour) -> None:
        """Fill the smooth shape through points."""
        self.shape(spline(points), fill, *stops)

    def box(  # noqa: PLR0913  # as many as a box has properties
        self, x: float, y: float, width: float, height: float, fill: Colour, *, radius: float = 0
    ) -> None:
        """Fill a rectangle, with rounded corners where wanted."""
        corners = (x * SCALE, y * SCALE, (x + width) * SCALE - 1, (y + height) * SCALE - 1)
        self.pen.rounded_rectangle(corners, radius * SCALE, fill=rgb(fill))

    def disc(self, x: float, y: float, rx: float, fill: Colour, ry: float | None = None) -> None:
        """Fill a circle, or an ellipse."""
        ry = rx if ry is None else ry
        self.pen.ellipse(((x - rx) * SCALE, (y - ry) * SCALE, (x + rx) * SCALE, (y + ry) * SCALE), fill=rgb(fill))

    def line(self, points: Sequence[Point], fill: Colour, width: float) -> None:
        """Draw a line with round joints and ends."""
        scaled = [(x * SCALE, y * SCALE) for x, y in points]
        self.pen.line(scaled, fill=rgb(fill), width=max(1, round(width * SCALE)), joint="curve")
        if width * SCALE > 4 and len(rgb(fill)) == 3:  # noqa: PLR2004  # thin or translucent ends need no cap
            for x, y in (points[0], points[-1]):
                self.disc(x, y, width / 2 - 0.4, fill)

    def text(  # noqa: PLR0913  # as many as type has properties
        self,
        x: float,
        y: float,
        words: str,
        size: float,
        fill: Colour,
        *,
        anchor: str = "mm",
        weight: str = "ExtraBold",
    ) -> None:
        """Set a line of type; `anchor` as Pillow names it."""
        face = font(round(size * SCALE), weight)
        self.pen.text((x * SCALE, y * SCALE), words, font=face, fill=rgb(fill), anchor=anchor)

    def glow(  # noqa: PLR0913  # as many as light has properties
        self, x: float, y: float, radius: float, colour: Colour, *, strength: float = 1.0, power: float = 2.0
    ) -> None:
        """Add round light."""
        side = max(2, round(2 * radius * SCALE))
        coarse = falloff(min(side, 512), power)
        mask = coarse.resize((side, side), Image.Resampling.BICUBIC) if side != coarse.width else coarse
        lit = [mask.point([round(v * part / 255 * strength) for v in range(256)]) for part in rgb(colour)[:3]]
        left, top = round((x - radius) * SCALE), round((y - radius) * SCALE)
        area = (max(0, left), max(0, top), min(self.image.width, left + side), min(self.image.height, top + side))
        if area[0] >= area[2] or area[1] >= area[3]:
            return
        light = Image.merge("RGB", lit).crop((area[0] - left, area[1] - top, area[2] - left, area[3] - top))
        self.image.paste(ImageChops.screen(self.image.crop(area), light), area[:2])

    @contextmanager
    def layer(self, *, blur: float = 0, opacity: float = 1.0) -> Iterator[Canvas]:
        """Paint on glass above the picture: blurred and made translucent as a whole."""
        above = Canvas((self.width, self.height), self.seed + "/layer", Image.new("RGBA", self.image.size))
        above.dice = self.dice
        yield above
        painted = _blurred(above.image.convert("RGBa"), blur * SCALE).convert("RGBA") if blur else above.image
        mask = painted.getchannel("A")
        if opacity < 1:
            mask = mask.point([round(v * opacity) for v in range(256)])
        self.image.paste(painted if self.image.mode == "RGBA" else painted.convert("RGB"), mask=mask)

    @contextmanager
    def light(self, *, blur: float = 0, strength: float = 1.0) -> Iterator[Canvas]:
        """Paint light: what is drawn here is added to the picture, blurred as a whole."""
        above = Canvas((self.width, self.height), self.seed + "/light")
        above.dice = self.dice
        yield above
        painted = _blurred(above.image, blur * SCALE) if blur else above.image
        if strength != 1:
            painted = painted.point([min(255, round(v * strength)) for v in range(256)] * 3)
        self.image = ImageChops.screen(self.image, painted)

    def neon(self, paths: Sequence[Sequence[Point]], colour: Colour, width: float) -> None:
        """Bend glowing tubes along paths."""
        for blur, share in ((width * 6, 1.1), (width * 1.6, 0.9)):
            with self.light(blur=blur, strength=share) as tube:
                for path in paths:
                    tube.line(path, colour, width * 2)
        for path in paths:
            self.line(path, mix(colour, "#ffffff", 0.72), width)

    def veil(self, mask: Image.Image, colour: Colour) -> None:
        """Lay a colour over the picture where the mask is white."""
        self.image.paste(Image.new("RGB", self.image.size, rgb(colour)[:3]), mask=mask.resize(self.image.size))

    def put(self, picture: Image.Image, corners: Sequence[Point], *, mask: Image.Image | None = None) -> None:
        """Lay a picture onto four corners (from top left, clockwise), in perspective."""
        scaled = [(x * SCALE, y * SCALE) for x, y in corners]
        source = [(0, 0), (picture.width, 0), (picture.width, picture.height), (0, picture.height)]
        matrix = _perspective(scaled, source)
        whole = mask or Image.new("L", picture.size, 255)
        how = {"method": Image.Transform.PERSPECTIVE, "data": matrix, "resample": Image.Resampling.BICUBIC}
        self.image.paste(picture.transform(self.image.size, **how), mask=whole.transform(self.image.size, **how))

    def mirror(self, horizon: float, *, ripple: float = 6, strength: float = 0.6, tint: Colour = "#06122a") -> None:
        """Reflect what stands above the horizon in rippled water below it."""
        top, height = round(horizon * SCALE), self.image.height - round(horizon * SCALE)
        above = self.image.crop((0, max(0, top - height), self.image.width, top)).transpose(
            Image.Transpose.FLIP_TOP_BOTTOM
        )
        above = above.resize((above.width, height)).filter(ImageFilter.GaussianBlur(2 * SCALE))
        water = Image.new("RGB", above.size)
        step = 3
        for y in range(0, height, step):
            depth = y / max(1, height)
            sway = ripple * SCALE * (0.25 + depth * 2) * math.sin(y / (7 + 40 * depth) + self.dice.uniform(-0.5, 0.5))
            water.paste(
                ImageChops.offset(above.crop((0, y, above.width, min(y + step, height))), round(sway), 0), (0, y)
            )
        self.image.paste(Image.blend(Image.new("RGB", water.size, rgb(tint)[:3]), water, strength), (0, top))

    def finish(self, *, grain: float = 5, vignette: float = 0.35) -> Image.Image:
        """Reduce to the finished size, darken the corners and add film grain."""
        small = self.image.reduce(SCALE)
        if vignette:
            dark = falloff(512, 0.9).point(
                [round(255 * min(1, (1 - vignette) + v / 255 * vignette * 2.2)) for v in range(256)]
            )
            small = ImageChops.multiply(
                small, Image.merge("RGB", [dark.resize(small.size, Image.Resampling.BICUBIC)] * 3)
            )
        if grain:
            noise = Image.frombytes("L", small.size, dice(self.seed + "/grain").randbytes(small.width * small.height))
            soft = noise.filter(ImageFilter.GaussianBlur(0.7)).point(
                [round((v - 128) * grain / 30 + 128) for v in range(256)]
            )
            small = ImageChops.add(small, Image.merge("RGB", [soft] * 3), 1, -128)
        return small


def shrunk(picture: Image.Image, share: float) -> Image.Image:
    """Make a finished picture smaller: one full of edges would weigh too much."""
    size = round(picture.width * share), round(picture.height * share)
    return picture.resize(size, Image.Resampling.LANCZOS)


def _blurred(image: Image.Image, radius: float) -> Image.Image:
    """Blur; a wide blur works on a smaller copy, which nobody can tell."""
    factor = max(1, int(radius / 4))
    if factor == 1:
        return image.filter(ImageFilter.GaussianBlur(radius))
    small = image.reduce(factor).filter(ImageFilter.GaussianBlur(radius / factor))
    return small.resize(image.size, Image.Resampling.BICUBIC)


def _perspective(quad: Sequence[Point], source: Sequence[Point]) -> list[float]:
    """Solve for the eight numbers that lead from places in the picture to places in the source."""
    rows: list[list[float]] = []
    for (x, y), (u, v) in zip(quad, source, strict=True):
        rows.extend(([x, y, 1, 0, 0, 0, -u * x, -u * y, u], [0, 0, 0, x, y, 1, -v * x, -v * y, v]))
    for column in range(8):
        pivot = max(range(column, 8), key=lambda row: abs(rows[row][column]))
        rows[column], rows[pivot] = rows[pivot], rows[column]
        rows[column] = [value / rows[column][column] for value in rows[column]]
        for row in range(8):
            if row != column:
                share = rows[row][column]
                rows[row] = [a - share * b for a, b in zip(rows[row], rows[column], strict=True)]
    return [row[8] for row in rows]
