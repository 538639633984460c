"""What stands in a watched folder now: its photos and the files beside them, none of them opened."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

PHOTOS: Final = frozenset({".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif", ".avif", ".gif"})
BESIDE: Final = frozenset({".txt", ".json"})

MOST_ENTRIES: Final = 100_000
"""Entries looked at in one go, of whatever kind."""

DEEPEST: Final = 16
"""Folders inside folders that are entered."""

_NOT_OURS: Final = frozenset({"@eadir", "@recycle", "#recycle", "#snapshot", "$recycle.bin", "lost+found", "__macosx"})
"""What file servers, sync clients and archivers keep among people's files, besides names that start with a dot."""

_TEMPORARY: Final = (".part", ".partial", ".tmp", ".temp", ".crdownload", ".filepart", ".download", ".!sync", "~")


class Stamp(NamedTuple):
    """What tells that a file has changed: its size in bytes and the time of its last change in ns since 1970."""

    size: int
    changed: int


class Listing(NamedTuple):
    """Paths relative to the folder, as Python decodes names that are not UTF-8 (surrogateescape).

    `beside` is by path without its ending: the file that tells of the photo, JSON before text. `identity` tells the
    folder from another that stands at its place. Below `unread` (each ending in /) nothing is known.
    """

    photos: dict[str, Stamp]
    beside: dict[str, tuple[str, Stamp]]
    identity: tuple[int, int]
    unread: tuple[str, ...] = ()
    full: bool = False

    def covers(self, path: str) -> bool:
        """Whether a file that is not listed is therefore not there."""
        return not self.full and not path.startswith(self.unread)


def look(folder: Path, *, subfolders: bool) -> Listing:
    """List a folder, which may itself be a link; links inside it are not followed, empty files are not there.

    Raises:
        OSError: the folder itself cannot be listed.

    """
    itself = folder.stat()
    photos: dict[str, Stamp] = {}
    beside: dict[str, tuple[str, Stamp]] = {}
    unread: list[str] = []
    waiting, left = [""], MOST_ENTRIES
    while waiting and left > 0:
        inside = waiting.pop()
        try:
            with os.scandir(folder / inside) as entries:
                for entry in entries:
                    left -= 1
                    if left < 0:
                        break
                    if inner := _sort_in(entry, inside, photos, beside):
                        waiting.append(inner)
        except FileNotFoundError:
            if not inside:
                raise
        except OSError:
            if not inside:
                raise
            unread.append(inside)
        if not subfolders:
            break
    return Listing(photos, beside, (itself.st_dev, itself.st_ino), (*unread, *waiting), full=left <= 0)


def _sort_in(
    entry: os.DirEntry[str], inside: str, photos: dict[str, Stamp], beside: dict[str, tuple[str, Stamp]]
) -> str:
    """Put an entry where it belongs; a folder to look into is returned, ending in /."""
    name = entry.name
    folded = name.casefold()
    if name.startswith((".", "~")) or folded in _NOT_OURS or folded.endswith(_TEMPORARY):
        return ""
    stem, ending = os.path.splitext(inside + name)  # noqa: PTH122  # ten thousand names are split in each look
    ending = ending.casefold()
    if ending not in PHOTOS and ending not in BESIDE:
        deep = inside.count("/") >= DEEPEST
        return f"{inside}{name}/" if not deep and entry.is_dir(follow_symlinks=False) else ""
    try:
        found = entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return ""  # it left meanwhile
    if stat.S_ISDIR(found.st_mode):
        return f"{inside}{name}/" if inside.count("/") < DEEPEST else ""
    if not stat.S_ISREG(found.st_mode) or not found.st_size:
        return ""
    stamp = Stamp(found.st_size, found.st_mtime_ns)
    if ending in PHOTOS:
        photos[inside + name] = stamp
    elif stem not in beside or ending == ".json":
        beside[stem] = (inside + name, stamp)
    return ""


def stem_of(path: str) -> str:
    """A path without its ending, by which a photo and the file beside it find one another."""
    return os.path.splitext(path)[0]  # noqa: PTH122  # as above, so that both always agree
