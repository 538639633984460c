"""What runs inside the sandboxed process: foreign bytes become pixels and leave as JPEG of our own making.

Imports nothing of the program but `caption`, and no Qt; everything it needs is loaded before the limits close in.
"""

from __future__ import annotations

import functools
import io
import struct
import warnings
import zlib
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

import pi_heif
from PIL import AvifImagePlugin, Image, ImageCms, JpegImagePlugin, UnidentifiedImageError

from kiosk.media.caption import said_in
from kiosk.media.confinement import confine as give_up

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiosk.media.caption import Said

BOX: Final = (2560, 2560)
THUMBNAIL: Final = (480, 480)
QUALITY: Final = 88
PIXELS: Final = 24_000_000
SIDE: Final = 12_000
STILL: Final = (3840, 3840)
SAMPLE: Final = (64, 36)
"""Columns and rows of the grid of colours."""
BACKDROP: Final = (240, 240, 240)
"""What shows through a picture's transparent parts."""

FAULTS: Final = (
    OSError,
    ValueError,
    IndexError,
    KeyError,
    TypeError,
    AttributeError,
    SyntaxError,
    OverflowError,
    RuntimeError,
    EOFError,
    struct.error,
    zlib.error,
    ImageCms.PyCMSError,
)
"""Everything that Pillow was seen to raise on damaged files, besides its bomb errors and MemoryError."""

_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""Orientation as EXIF 2.32, tag 0x0112, numbers it, and what sets it upright."""

_BRANDS: Final = {
    b"avif": "AVIF",
    b"avis": "AVIF",
    b"heic": "HEIF",
    b"heix": "HEIF",
    b"heim": "HEIF",
    b"heis": "HEIF",
    b"mif1": "HEIF",
}

Encoded = tuple[bytes, bytes, int, int]
"""Wall JPEG, thumbnail JPEG, width and height of the wall size in pixels."""

Kept = tuple[bytes, int, int, tuple[tuple[int, int, int], ...]]
"""PNG, width and height in pixels, and a coarse grid of its colours."""

Made = TypeVar("Made")


class _Unfit(Exception):
    """A picture that is refused, with the sentence that says why."""


def confine(memory: int) -> None:
    """Load every decoder, then give up what decoding does not need: new files and sockets, more memory.

    `memory` is the largest address space in bytes. Runs once in each new worker. New threads stay possible,
    because libheif decodes in one; where they are forbidden every HEIF photo ends the worker.
    """
    pi_heif.register_heif_opener(thumbnails=False)
    pi_heif.options.DECODE_THREADS = 1
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    Image.MAX_IMAGE_PIXELS = PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.init()
    for kind in {"JPEG", "PNG", "WEBP", "AVIF", "GIF"} & Image.SAVE.keys():
        _rehearse(kind)
    give_up(memory)


def _rehearse(kind: str) -> None:
    """Decode a small picture of one format, so that Python has loaded what the format needs."""
    buffer = io.BytesIO()
    Image.new("RGB", (32, 24), BACKDROP).save(buffer, kind, icc_profile=_srgb().tobytes())
    encode(buffer.getvalue())
    still(buffer.getvalue())
    caption(buffer.getvalue())


def encode(picture: bytes) -> Encoded | str:
    """Decode a picture and encode it anew in both sizes, or say in one sentence why not."""
    return _judged(_encoded, picture)


def still(picture: bytes) -> Kept | str:
    """Decode a picture and encode it anew with its transparency, or say in one sentence why not."""
    return _judged(_kept, picture)


def caption(picture: bytes) -> Said | str:
    """Read what a picture says of itself, or say in one sentence why it is none."""
    return _judged(_said, picture)


def _judged(work: Callable[[bytes], Made], picture: bytes) -> Made | str:
    try:
        return work(picture)
    except _Unfit as unfit:
        return str(unfit)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return f"The picture has more than {PIXELS // 1_000_000} million pixels."
    except MemoryError:
        return "The picture needs more memory than is allowed for one."
    except UnidentifiedImageError:
        return "The picture is damaged: its beginning makes no sense."
    except FAULTS as fault:
        return f"The picture is damaged: {str(fault)[:120] or type(fault).__name__}."


def _said(picture: bytes) -> Said:
    with Image.open(io.BytesIO(picture), formats=(_format(picture),)) as image:
        try:
            return said_in(image)
        except FAULTS:
            return "", "", "", ""  # a broken label says nothing about the pixels


def _encoded(picture: bytes) -> Encoded:
    with Image.open(io.BytesIO(picture), formats=(_format(picture),)) as image:
        _measure(image)
        small = _flat(image)
        profile = image.info.get("icc_profile")
        turn = _TURNS.get(_orientation(image))
    # The box is square, so turning after scaling gives the same picture as before it, for a tenth of the memory.
    # Bicubic differs from Lanczos by a tenth of the energy that our JPEG loses anyway, for four fifths of its time.
    small.thumbnail(BOX, Image.Resampling.BICUBIC, reducing_gap=1.0)
    small = _in_srgb(small, profile)
    if turn is not None:
        small = small.transpose(turn)
    wall = Image.new("RGB", small.size)
    wall.paste(small)  # pixels only: comments, GPS tags and profiles stay behind
    thumbnail = wall.copy()
    thumbnail.thumbnail(THUMBNAIL, Image.Resampling.LANCZOS, reducing_gap=1.5)
    return _jpeg(wall), _jpeg(thumbnail), wall.width, wall.height


def _kept(picture: bytes) -> Kept:
    with Image.open(io.BytesIO(picture), formats=(_format(picture),)) as image:
        _measure(image)
        image.load()
        _measure(image)
        profile, turn = image.info.get("icc_profile"), _TURNS.get(_orientation(image))
        clear = image.convert("RGBA") if image.has_transparency_data else None
        flat = image.convert("RGB") if clear else _flat(image)
    kept = _in_srgb(flat, profile)
    if clear:
        kept.putalpha(clear.getchannel("A"))
    kept.thumbnail(STILL, Image.Resampling.LANCZOS, reducing_gap=2.0)
    if turn is not None:
        kept = kept.transpose(turn)
    pixels = Image.new(kept.mode, kept.size)
    pixels.paste(kept)  # pixels only, as above
    buffer = io.BytesIO()
    pixels.save(buffer, "PNG", compress_level=1)
    grid = pixels.convert("RGB").resize(SAMPLE, Image.Resampling.BOX).tobytes()
    sample = tuple((grid[at], grid[at + 1], grid[at + 2]) for at in range(0, len(grid), 3))
    return buffer.getvalue(), pixels.width, pixels.height, sample


def _format(picture: bytes) -> str:
    if picture.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if picture.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if picture.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if picture[:4] == b"RIFF" and picture[8:12] == b"WEBP":
        return "WEBP"
    if picture[4:8] == b"ftyp":
        box = picture[8 : min(int.from_bytes(picture[:4], "big"), 256)]
        brands = [box[at : at + 4] for at in range(0, len(box), 4)]
        for brand, name in _BRANDS.items():
            if brand in brands:
                return name
    raise _Unfit("The picture is neither JPEG, PNG, WebP, GIF, AVIF nor HEIF.")


def _measure(image: Image.Image) -> None:
    if image.width * image.height > PIXELS:
        millions = image.width * image.height / 1_000_000
        raise _Unfit(f"The picture has {millions:.0f} million pixels; {PIXELS // 1_000_000} million are the most.")
    if max(image.size) > SIDE:
        raise _Unfit(f"The picture is {max(image.size)} pixels long; {SIDE} are the most.")


def _flat(image: Image.Image) -> Image.Image:
    """Load the picture as L, RGB or CMYK without transparency; JPEG is scaled while it is decoded."""
    if isinstance(image, JpegImagePlugin.JpegImageFile):
        image.draft(None, _fitted(image.size))
    image.load()
    _measure(image)
    if image.has_transparency_data:
        clear = image.convert("RGBA")
        flat = Image.new("RGB", image.size, BACKDROP)
        flat.paste(clear, mask=clear.getchannel("A"))
        return flat
    if image.mode.startswith("I"):
        return image.point(lambda value: value / 256).convert("L")
    return image if image.mode in {"L", "RGB", "CMYK"} else image.convert("RGB")


def _fitted(size: tuple[int, int]) -> tuple[int, int]:
    """The size within `BOX` of a picture of that size, in pixels; `draft` takes a box as what has to be covered."""
    share = min(1.0, BOX[0] / max(size))
    return max(1, round(size[0] * share)), max(1, round(size[1] * share))


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(0x0112, 1))
    except FAULTS:
        return 1


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            turned = ImageCms.profileToProfile(image, source, _srgb(), outputMode="RGB")
        except FAULTS:
            turned = None  # a broken profile says nothing about the pixels
        if turned is not None:
            return turned
    return image.convert("RGB")


@functools.cache
def _srgb() -> ImageCms.ImageCmsProfile:
    create = cast("Callable[[str], Any]", ImageCms.createProfile)  # its stub is bare
    return ImageCms.ImageCmsProfile(create("sRGB"))


def _jpeg(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=QUALITY)
    return buffer.getvalue()
