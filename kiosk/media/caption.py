"""What a picture says of itself: IPTC first, as editors fill it in, then EXIF, as cameras do.

Runs inside the sandboxed process and, like it, imports nothing of the program. See the IPTC-NAA Information
Interchange Model 4.2 (iptc.org/std/IIM/4.2) and CIPA DC-008 (EXIF 2.32).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from PIL import Image

Said = tuple[str, str, str, str]
"""Author, text, credit and time taken; "" for each that is missing."""

LONGEST: Final = 5_000
"""Characters of one text."""

_MOST_FIELDS: Final = 500
_IIM: Final = 0x0404
"""Photoshop's name for the block that holds IPTC fields."""

_BYLINE, _TEXT, _CREDIT, _RIGHTS, _DATE, _TIME = 80, 120, 110, 116, 55, 60
"""Fields of IIM's record 2."""

_ARTIST, _DESCRIPTION, _COPYRIGHT = 0x013B, 0x010E, 0x8298
_EXIF, _TAKEN, _OFFSET = 0x8769, 0x9003, 0x9011

_STAMPED: Final = re.compile(r"(\d{4})[:-]?(\d\d)[:-]?(\d\d)")
_CLOCK: Final = re.compile(r"(\d\d):?(\d\d):?(\d\d)")
_ZONE: Final = re.compile(r"([+-]\d\d):?(\d\d)$")
_BY_CAMERA: Final = re.compile(
    r"(?:olympus|sony|minolta|konica minolta|samsung)? ?(?:digital camera|dsc|camera pictures)"
    r"|samsung|dcim\S*|default|cof|dav|fbt|hdr|oznor|ptr|rhdr|sdr|screenshot|untitled",
    re.IGNORECASE,
)
"""What cameras and phones write as a description of every picture."""


def said_in(image: Image.Image) -> Said:
    """Read what an opened picture says of itself; its pixels are not loaded, where it was taken is not read."""
    fields, exif = _iptc(image), image.getexif()
    author = fields.get(_BYLINE, "") or _exif_text(exif.get(_ARTIST))
    text = fields.get(_TEXT, "") or _exif_text(exif.get(_DESCRIPTION))
    rights = fields.get(_RIGHTS, "") or _exif_text(exif.get(_COPYRIGHT))
    details = exif.get_ifd(_EXIF)
    taken, clock = _exif_text(details.get(_TAKEN)), fields.get(_TIME, "")
    return (
        author,
        "" if _BY_CAMERA.fullmatch(text) else text,
        fields.get(_CREDIT, "") or rights,
        _moment(taken[:10], taken[10:], _exif_text(details.get(_OFFSET)))
        or _moment(fields.get(_DATE, ""), clock, clock),
    )


def _iptc(image: Image.Image) -> dict[int, str]:
    """The first of each field of record 2, as text; nothing where there is no such block."""
    blocks = image.info.get("photoshop")
    block: Any = blocks.get(_IIM) if isinstance(blocks, dict) else None  # pyright: ignore[reportUnknownVariableType]
    found: dict[int, str] = {}
    if not isinstance(block, bytes):
        return found
    utf8 = b"\x1c\x01\x5a\x00\x03\x1b%G" in block
    at = 0
    for _ in range(_MOST_FIELDS):
        length = int.from_bytes(block[at + 3 : at + 5], "big")
        if block[at : at + 1] != b"\x1c" or at + 5 + length > len(block) or length >= 1 << 15:
            break
        if block[at + 1] == 2:  # noqa: PLR2004  # the record of what editors fill in
            found.setdefault(block[at + 2], _decoded(block[at + 5 : at + 5 + length], utf8=utf8))
        at += 5 + length
    return found


def _decoded(written: bytes, *, utf8: bool) -> str:
    """Bytes as text: UTF-8 where they say so or happen to be, else what Windows wrote at the time."""
    written = written[: LONGEST * 4]
    try:
        text = written.decode("utf-8", "replace" if utf8 else "strict")
    except UnicodeDecodeError:
        text = written.decode("cp1252", "replace")
    return text.replace("\0", "").strip()[:LONGEST]


def _exif_text(value: object) -> str:
    """A text of EXIF's: ASCII by the standard and UTF-8 in fact, which Pillow reads as Latin-1."""
    if isinstance(value, str):
        try:
            value = value[: LONGEST * 4].encode("latin-1")
        except UnicodeEncodeError:
            return str(value).replace("\0", "").strip()[:LONGEST]
    return _decoded(value, utf8=False) if isinstance(value, bytes) else ""


def _moment(day: str, clock: str, zone: str) -> str:
    """An ISO 8601 time of a day, a time and what has an offset at its end; "" where there is no whole day."""
    date, time = _STAMPED.match(day), _CLOCK.match(clock.strip())
    if date is None or date[1] == "0000":
        return ""
    offset = _ZONE.search(zone)
    behind = f"{offset[1]}:{offset[2]}" if offset and time else ""
    return "-".join(date.groups()) + (f"T{':'.join(time.groups())}{behind}" if time else "")
