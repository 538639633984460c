"""What a watched folder's source knows: which photo stands at which path; kept in its cursor."""

from __future__ import annotations

import base64
import os
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from kiosk.sources.folder.listing import Stamp, stem_of

if TYPE_CHECKING:
    from kiosk.domain.model import Cursor

MOST: Final = 20_000
"""Photos known at a time: with names of 30 letters a cursor of 2.4 MB, written when something changes."""


class Entry(NamedTuple):
    """A photo at a path: the SHA-256 of its bytes in hex, and the ending, size and time of its words' file, if any."""

    stamp: Stamp
    sha256: str
    words: str = ""

    def beside(self, path: str) -> str:
        """The path of the file with its words, where it stands at `path`."""
        return stem_of(path) + self.words.split(" ")[0]


class Known(msgspec.Struct):
    """Every path with its photo, and the folder they were found in (device and number, 0 for none yet)."""

    files: dict[str, Entry] = {}
    identity: tuple[int, int] = (0, 0)

    def copy(self) -> Known:
        """One that can change without this one."""
        return Known(dict(self.files), self.identity)

    def where(self) -> dict[str, list[str]]:
        """The paths of each photo; equal files are one photo. The first path is the one whose words count."""
        found: dict[str, list[str]] = {}
        for path, entry in self.files.items():
            found.setdefault(entry.sha256, []).append(path)
        for paths in found.values():
            if len(paths) > 1:
                paths.sort(key=lambda path: (not self.files[path].words, path))
        return found

    def words(self) -> dict[str, str]:
        """Which words count for each photo."""
        return {sha256: self.files[paths[0]].words for sha256, paths in self.where().items()}

    def encode(self) -> str:
        """As a cursor's value; names are bytes to the system and stand as Latin-1."""
        rows = [
            (os.fsencode(path).decode("latin-1"), *entry.stamp, _short(entry.sha256), entry.words)
            for path, entry in self.files.items()
        ]
        return msgspec.json.encode({"in": self.identity, "files": rows}).decode()


class _Kept(msgspec.Struct, rename={"identity": "in"}):
    identity: tuple[int, int]
    files: list[tuple[str, int, int, str, str]]


_FAULTS: Final = (msgspec.DecodeError, UnicodeError, RecursionError, ValueError, OverflowError)


def recall(cursor: Cursor | None) -> Known:
    """What a cursor keeps; nothing where there is none or it cannot be read."""
    if cursor is None:
        return Known({})
    try:
        kept = msgspec.json.decode(cursor.value, type=_Kept)
        files = {_path(row[0]): Entry(Stamp(row[1], row[2]), _long(row[3]), row[4]) for row in kept.files}
        return Known(files, kept.identity)
    except _FAULTS:
        return Known({})


def _path(name: str) -> str:
    return os.fsdecode(name.encode("latin-1"))


def _short(sha256: str) -> str:
    return base64.b64encode(bytes.fromhex(sha256)).decode().rstrip("=")


def _long(short: str) -> str:
    written = base64.b64decode(f"{short}=", validate=True)
    if len(written) != 32:  # noqa: PLR2004  # bytes of a SHA-256
        raise ValueError("no SHA-256")
    return written.hex()
