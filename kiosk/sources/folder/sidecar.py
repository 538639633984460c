"""The words beside a photo: `NAME.txt`, or `NAME.json` with text, author, handle, alt, credit, tags."""

from __future__ import annotations

from typing import Final

import msgspec

LARGEST: Final = 64 * 1024
"""Bytes of such a file."""

_FAULTS: Final = (msgspec.DecodeError, UnicodeError, RecursionError, ValueError, OverflowError)
_MARKS: Final = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


class Words(msgspec.Struct, frozen=True):
    """What somebody wrote about a photo, as they wrote it."""

    text: str = ""
    author: str = ""
    handle: str = ""
    alt: str = ""
    credit: str = ""
    tags: tuple[str, ...] = ()


def read_words(path: str, written: bytes) -> Words:
    """Read what stands in the file at `path`; its ending says in which form.

    Raises:
        ValueError: with what is wrong, where it is JSON of another shape.

    """
    if not path.casefold().endswith(".json"):
        return Words(text=decoded(written))
    try:
        return msgspec.json.decode(decoded(written), type=Words)
    except _FAULTS as error:
        raise ValueError(f"{error}"[:200]) from error


def decoded(written: bytes) -> str:
    """Text of any editor: a byte order mark says how, else UTF-8, else Latin-1."""
    encoding = next((name for mark, name in _MARKS.items() if written.startswith(mark)), "utf-8")
    try:
        return written.decode(encoding)
    except UnicodeDecodeError:
        return written.decode("latin-1")
