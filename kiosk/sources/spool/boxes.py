"""The folders of a spool on the disk: every step is one rename, so that a program killed between two loses nothing."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import time
from collections import OrderedDict
from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple

from kiosk.sources.disk import TooLarge, read_inside
from kiosk.sources.spool.submission import ID, LARGEST, Submission, read_submission

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

NEW, TAKEN, BAD, WITHDRAWN, TMP = "new", "taken", "bad", "withdrawn", "tmp"
LARGEST_PHOTO: Final = 15_000_000
"""Bytes of one photo, as of one from the web."""

PATIENCE: Final = 60.0
"""Seconds that a folder without a whole document is left alone: some programs do not rename."""

_REMEMBERED: Final = 2_000
"""Submissions that are not read again to answer for them: what was handed over does not change."""

_LONGEST: Final = 200
"""Bytes of a name in bad/, so that an ending fits behind it."""


class Place(NamedTuple):
    """A folder in `new/`: its name, and what tells it from another that takes its place (number, last change in ns)."""

    name: str
    inode: int
    changed: int


class Handed(NamedTuple):
    """A submission that was read whole: the SHA-256 of each photo, and a version made of all of its bytes."""

    given: Submission
    photos: tuple[str, ...]
    version: str
    written: float


class NotYet(Exception):  # it is no error: the producer is still at work
    """A folder that is still being filled."""


class Boxes:
    """Blocking file work on a spool; call it in a thread."""

    def __init__(self, folder: Path) -> None:
        """Touch nothing yet."""
        self.folder = folder
        self._read_before: OrderedDict[tuple[int, int], Handed] = OrderedDict()

    def open(self) -> None:
        """Make the folders that are missing, and clear away what was thrown out before.

        Raises:
            OSError: the spool itself is not there, or nothing may be made in it.

        """
        self.folder.stat()
        for box in (NEW, TAKEN, BAD, WITHDRAWN, TMP):
            (self.folder / box).mkdir(exist_ok=True)
        for path in (self.folder / TMP).glob(".gone-*"):
            _remove(path)

    def new(self) -> list[Place]:
        """What was handed over, in the order in which it was written."""
        places: list[Place] = []
        with os.scandir(self.folder / NEW) as entries:
            for entry in entries:
                with suppress(FileNotFoundError):
                    found = entry.stat(follow_symlinks=False)
                    places.append(Place(entry.name, found.st_ino, found.st_mtime_ns))
        return sorted((place for place in places if not place.name.startswith(".")), key=lambda at: (at[2], at[0]))

    def stands(self, place: Place) -> bool:
        """Whether this very folder is still in `new/`."""
        try:
            found = (self.folder / NEW / place.name).lstat()
        except FileNotFoundError:
            return False
        return (found.st_ino, found.st_mtime_ns) == (place.inode, place.changed)

    def read(self, inside: str) -> Handed:
        """Read the submission in a folder of the spool, `new/NAME` or `taken/NAME`, once.

        Raises:
            NotYet: it is still being filled.
            ValueError: it is none; with a sentence for whoever wrote it.
            OSError: it left meanwhile.

        """
        found = (self.folder / inside).lstat()
        if not stat.S_ISDIR(found.st_mode):
            raise ValueError("It is no folder.")
        known = self._read_before.get((found.st_ino, found.st_mtime_ns))
        if known is not None:
            return known
        try:
            handed = self._read(inside, found.st_mtime)
        except FileNotFoundError as error:
            self._wait(found.st_mtime, error)
            raise ValueError("It has no post.json, or lacks a photo that its post.json names.") from error
        except TooLarge as error:
            raise ValueError(
                f"A photo has more than {LARGEST_PHOTO // 1_000_000} MB, or post.json more than {LARGEST // 1024} KB."
            ) from error
        except ValueError as error:
            self._wait(found.st_mtime, error)
            raise
        except OSError as error:
            self._wait(found.st_mtime, error)
            raise ValueError(f"It cannot be read: {error.strerror or error}.") from error
        self._read_before[found.st_ino, found.st_mtime_ns] = handed
        while len(self._read_before) > _REMEMBERED:
            self._read_before.popitem(last=False)
        return handed

    def _wait(self, written: float, error: Exception) -> None:
        if 0 <= time.time() - written < PATIENCE:
            raise NotYet from error

    def _read(self, inside: str, written: float) -> Handed:
        document = read_inside(self.folder, f"{inside}/post.json", LARGEST)
        given = read_submission(document)
        photos = tuple(
            hashlib.sha256(read_inside(self.folder, f"{inside}/{photo.file}", LARGEST_PHOTO)).hexdigest()
            for photo in given.photos
        )
        version = hashlib.sha256(document + "".join(photos).encode()).hexdigest()[:16]
        return Handed(given, photos, version, written)

    def versions(self, identity: str) -> list[str]:
        """The folders of a submission in `taken/`; one, but for a moment while an edit takes its place."""
        with os.scandir(self.folder / TAKEN) as entries:
            return [entry.name for entry in entries if entry.name.startswith(f"{identity}=")]

    def taken(self) -> dict[str, list[str]]:
        """The folders of all submissions in `taken/`, by id."""
        found: dict[str, list[str]] = {}
        with os.scandir(self.folder / TAKEN) as entries:
            for entry in entries:
                found.setdefault(entry.name.partition("=")[0], []).append(entry.name)
        return found

    def take(self, place: Place, identity: str, version: str, earlier: Sequence[str] | None = None) -> None:
        """Move a submission to `taken/`, where it replaces `earlier` versions of it; doing it twice does it once."""
        kept = f"{identity}={version}"
        if self.stands(place):
            try:
                (self.folder / NEW / place.name).rename(self.folder / TAKEN / kept)
            except OSError:
                if not (self.folder / TAKEN / kept).is_dir():
                    raise
                self.discard(place)  # the same was handed over twice
        if (self.folder / TAKEN / kept).is_dir():
            for name in self.versions(identity) if earlier is None else earlier:
                if name != kept:
                    self._throw_out(f"{TAKEN}/{name}")

    def discard(self, place: Place) -> None:
        """Remove a folder from `new/`."""
        if self.stands(place):
            self._throw_out(f"{NEW}/{place.name}")

    def withdrawn(self) -> list[str]:
        """Ids that a file in `withdrawn/` names; other names there mean nothing."""
        return sorted(path.name for path in (self.folder / WITHDRAWN).iterdir() if ID.fullmatch(path.name))

    def forget(self, identity: str) -> None:
        """Remove a submission that was withdrawn, and the file that says so last."""
        for name in self.versions(identity):
            self._throw_out(f"{TAKEN}/{name}")
        self._throw_out(f"{WITHDRAWN}/{identity}")

    def reject(self, place: Place, reason: str) -> None:
        """Move a folder from `new/` to `bad/`, beside a file that says why, which is written first."""
        wanted = os.fsdecode(os.fsencode(place.name)[:_LONGEST])
        target, number = wanted, 1
        while os.path.lexists(self.folder / BAD / target):
            number += 1
            target = f"{wanted}.{number}"
        (self.folder / BAD / f"{target}.reason.txt").write_text(f"{reason}\n", "utf-8", "replace")
        (self.folder / NEW / place.name).rename(self.folder / BAD / target)

    def _throw_out(self, inside: str) -> None:
        """Rename first: half a folder must never look like a whole one."""
        away = self.folder / TMP / f".gone-{time.time_ns()}"
        with suppress(FileNotFoundError):
            (self.folder / inside).rename(away)
        _remove(away)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
