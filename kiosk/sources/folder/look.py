"""What a look at a watched folder means for what was known of it; the long loops, which run in a thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from kiosk.sources.folder.listing import Listing, Stamp, look, stem_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from kiosk.sources.folder.known import Known


class Look(NamedTuple):
    """A folder now against what was known: photos that are new or changed, whose words changed, and that are missing.

    `beside` is the file with a photo's words, "" for none, by the paths of `fresh` and `retold`; `stamps` are those
    of all these files.
    """

    listing: Listing
    fresh: dict[str, Stamp]
    retold: list[str]
    missing: set[str]
    beside: dict[str, str]
    stamps: dict[str, Stamp]

    def words(self, path: str) -> str:
        """What tells the words beside a photo from others: the ending, size and time of their file, "" for none."""
        return _token(self.listing, path)

    def steady(self, paths: Iterable[str]) -> str:
        """The first path whose photo and words are as they were known, "" where there is none."""
        changed = {*self.fresh, *self.retold}
        return next((path for path in paths if path in self.listing.photos and path not in changed), "")


def compare(folder: Path, known: Known, *, subfolders: bool) -> Look:
    """List a folder and compare.

    Raises:
        OSError: it cannot be listed.

    """
    listing = look(folder, subfolders=subfolders)
    fresh: dict[str, Stamp] = {}
    retold: list[str] = []
    for path, stamp in listing.photos.items():
        entry = known.files.get(path)
        if entry is None or entry.stamp != stamp:
            fresh[path] = stamp
        elif entry.words != _token(listing, path):
            retold.append(path)
    missing = {path for path in known.files if path not in listing.photos and listing.covers(path)}
    stamps = dict(fresh)
    beside: dict[str, str] = {}
    for path in (*fresh, *retold):
        near = listing.beside.get(stem_of(path))
        beside[path] = near[0] if near else ""
        if near:
            stamps[near[0]] = near[1]
    return Look(listing, fresh, retold, missing, beside, stamps)


def _token(listing: Listing, path: str) -> str:
    stem = stem_of(path)
    near = listing.beside.get(stem)
    return f"{near[0].removeprefix(stem)} {near[1].size} {near[1].changed}" if near else ""


class Outcome(NamedTuple):
    """Photos that stand, that are missed, that were replaced where they stood, and that have new words or are new."""

    there: set[str]
    missed: set[str]
    replaced: set[str]
    told: list[tuple[str, str]]


def follow(before: Known, after: Known, missing: Iterable[str], expected: Iterable[int]) -> Outcome:
    """What became of each photo; a missing path of one that also stands elsewhere is forgotten in `after`.

    Photos of a size that is still `expected` to arrive are not missed: they may have been renamed. `told` has each
    photo with the path whose words count.
    """
    gone = set(missing)
    there = {entry.sha256 for path, entry in after.files.items() if path not in gone}
    missed: set[str] = set()
    sizes = set(expected)
    for path in gone:
        entry = after.files[path]
        if entry.sha256 in there:
            del after.files[path]
        elif entry.stamp.size not in sizes:
            missed.add(entry.sha256)
    left = {entry.sha256 for entry in after.files.values()}
    replaced = {entry.sha256 for entry in before.files.values() if entry.stamp.size not in sizes} - left
    was = before.words()
    told = [
        (sha256, paths[0])
        for sha256, paths in after.where().items()
        if sha256 in there and was.get(sha256) != after.files[paths[0]].words
    ]
    return Outcome(there, missed, replaced, told)
