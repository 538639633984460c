"""A picture of our own making as pixels, and halved again and again, while the windows' thread goes on.

Qt's own reader holds the interpreter's lock while it decodes, 50 ms for a wall-sized photo, and the windows stand
still. Pillow lets go of it.
"""

from __future__ import annotations

import io
from typing import NamedTuple

from PIL import Image


class Level(NamedTuple):
    """Rows from the top without padding; each pixel is blue, green, red and 255, one byte each."""

    width: int
    height: int
    pixels: bytes


def levels(encoded: bytes, *, longest: int, smallest: int) -> list[Level]:
    """Decode a JPEG of ours, no side longer than `longest` pixels, and halve it until it is `smallest` wide or less.

    Empty for bytes that are damaged.
    """
    try:
        with Image.open(io.BytesIO(encoded), formats=("JPEG",)) as image:
            image.draft("RGB", (longest, longest))
            picture = image.convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return []
    if max(picture.size) > longest:
        picture.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    made = [_level(picture)]
    while picture.width > smallest:
        picture = picture.reduce(2)
        made.append(_level(picture))
    return made


def _level(picture: Image.Image) -> Level:
    return Level(picture.width, picture.height, picture.convert("RGBA").tobytes("raw", "BGRA"))
