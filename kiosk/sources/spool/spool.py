"""The spool: a folder through which other programs hand posts over, one rename each.

Made for anybody who can make a folder; version 1 of it is:

    SPOOL/tmp/        where a producer fills a folder; anything may be here
    SPOOL/new/        what was handed over and is not on the event's file yet
    SPOOL/taken/      what is; leave it as it is, its photos are read from here
    SPOOL/bad/        what could not be read, each beside NAME.reason.txt
    SPOOL/withdrawn/  files whose names are ids: these posts are taken back

To hand over a post, make `SPOOL/tmp/NAME/` (any NAME, that does not begin with a dot), put the photos and then
`post.json` into it, and rename it to `SPOOL/new/NAME` in one step, `mv -T` or rename(2), on the same file system.
To edit a post, hand over a folder with the same `id`; of two, the one that was filled later (the folder's mtime)
counts. To take a post back, make an empty file `SPOOL/withdrawn/ID`, or hand over `{"version": 1, "withdraw": "ID"}`.
An id that was taken back cannot be used again. What was handed over belongs to the wall: do not change it.

`post.json` is one JSON object (RFC 8259) in UTF-8, at most 64 KB; keys that are not listed here are ignored:

    version     the number 1
    id          1 to 100 letters (A-Z, a-z), digits, dots, - or _, the first a letter or digit; yours for ever,
                so make it a UUID or begin it with the name of your program
    author      {"name": "Ada Lovelace", "handle": "ada"}; the handle may be left out. On the wall it becomes
                @ada@HOST, where the organiser chose HOST (table key `host`)
    text        plain text, at most 5,000 characters are shown; may be "" where there are photos
    created_at  RFC 3339 with a time zone, "2026-11-24T19:00:00Z"; without it, the folder's mtime
    tags        ["hall"], optional, with or without #
    language    BCP 47, "en", optional
    photos      [{"file": "1.jpg", "alt": "…", "focus": [0.5, 0.3]}], at most 8; `file` is a plain file in the same
                folder of at most 15 MB, JPEG, PNG, WebP, GIF, HEIC or AVIF; `alt` says what it shows, `focus` where
                its middle is, from [0, 0] at top left to [1, 1] at bottom right; both optional

A folder stays in `new/` until the post is safe in the event's file, so that neither program's end loses a post or
doubles one. A folder that is not whole is left alone for a minute after its last change, then moved to `bad/`.
"""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING, Annotated, ClassVar, Final

from msgspec import Meta

from kiosk.domain.errors import Refused, Unavailable
from kiosk.domain.model import Cursor
from kiosk.domain.text import one_line
from kiosk.settings import Fault, SourceTable
from kiosk.sources.disk import Disk, TooLarge, missing, place, read_inside
from kiosk.sources.source import Batch, Budget, Found, Recheck, picture_address
from kiosk.sources.spool.boxes import LARGEST_PHOTO, NEW, TAKEN, Boxes, Handed, NotYet, Place
from kiosk.sources.spool.rows import Kept, Row, recall
from kiosk.sources.spool.submission import post_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kiosk.domain.model import PostUri
    from kiosk.sources.source import Means

AT_ONCE: Final = 200
"""Submissions read in one poll; the next one goes on."""

SECONDS_AT_ONCE: Final = 8.0
_UNTIDY: Final = "{} cannot be tidied up ({}); let the wall write in its folders."


class SpoolTable(SourceTable, frozen=True, kw_only=True):
    """A folder through which other programs hand posts over."""

    needs_hashtags: ClassVar[bool] = False

    interval: Annotated[float, Meta(ge=5, le=3600, description="Seconds between two polls.")] = 5.0
    folder: Annotated[
        str, Meta(description="The folder; a relative path starts at this TOML file's.", examples=["spool"])
    ] = ""
    host: Annotated[
        str,
        Meta(description="What every handle ends in, so that none is another's; empty: handles are believed."),
    ] = "spool"

    def faults(self) -> Iterator[Fault]:
        """There must be a folder."""
        if not self.folder.strip() or "\0" in self.folder:
            yield Fault("folder", "it names no folder", "spool")


class Spool:
    """One spool. A poll first follows up what the cursor proves to be durable, then reads what is new."""

    def __init__(self, table: SpoolTable, means: Means) -> None:
        """Touch nothing yet."""
        self.name = f"spool {table.folder}"
        self.budget = Budget()
        self._spool, self._host = table.folder, one_line(table.host).lstrip("@")
        self._folder = place(means, table.folder)
        self._boxes = Boxes(self._folder)
        self._disk = Disk(self.name)
        self._rows: dict[Place, Row] = {}
        self._stuck: set[Place] = set()
        self._opened = False

    async def poll(self, cursor: Cursor | None) -> Batch:
        """Move what is durable to `taken/`, and read what was handed over since, in the order of its writing.

        Raises:
            Misconfigured: there is no such folder, or it may not be written.
            Unavailable: it cannot be read now.

        """
        try:
            return await self._disk.run(self._poll, recall(cursor))
        except OSError as error:
            raise missing(self.name, self._folder, error, was_there=self._opened) from error

    async def recheck(self, posts: Mapping[str, PostUri]) -> Recheck:
        """Tell which posts were taken back; a folder that is missing says nothing.

        Raises:
            SourceError: the spool cannot be read.

        """
        if not posts:
            return Recheck()
        try:
            return await self._disk.run(self._recheck, frozenset(posts))
        except OSError as error:
            raise missing(self.name, self._folder, error, was_there=self._opened) from error

    async def picture(self, reference: str) -> bytes:
        """Return a photo; `reference` is the submission's id, a slash, and the SHA-256 of the photo in hex.

        Raises:
            Unavailable: the submission is not there now.
            Refused: no submission has such a photo.

        """
        try:
            photo = await self._disk.run(self._picture, reference)
        except OSError as error:
            raise Unavailable(f"{self.name} cannot be read ({error.strerror}).", retry_after=5.0) from error
        if photo is None:
            raise Refused(f"{self.name} does not have the photo any more.")
        return photo

    def _poll(self, kept: Kept) -> Batch:
        self._boxes.open()
        self._opened = True
        rows, note = self._settle(kept)
        withdrawn = self._boxes.withdrawn()
        gone, bad, found, more = set(withdrawn), list[str](), dict[str, Found](), False
        begun, covered = time.monotonic(), {row.place for row in rows}
        fresh = [at for at in self._boxes.new() if at not in covered and at not in self._stuck]
        for number, at in enumerate(fresh):
            if number >= AT_ONCE or time.monotonic() - begun > SECONDS_AT_ONCE:
                more = True
                break
            handed = self._read(at, bad)
            if handed is not None:
                identity = handed.given.withdraw or handed.given.id
                rows = [row.to_remove() if row.id == identity else row for row in rows]
                rows.append(Row(at, identity, "" if handed.given.withdraw else handed.version))
                if handed.given.withdraw:
                    gone.add(identity)
                else:
                    found[identity] = self._found(handed)
        left = tuple(row.to_remove() if row.id in gone else row for row in rows)
        after = Kept(left, tuple(sorted(gone)))
        self._rows = {row.place: row for row in left}
        standing = [item for identity, item in found.items() if identity not in gone]
        return Batch(
            found=tuple(sorted(standing, key=lambda item: item.post.created_at)),
            cursor=None if after == kept else Cursor(self.name, after.encode()),
            bad=tuple(bad),
            more=more,
            gone=tuple(sorted(gone)),
            note=note,
        )

    def _settle(self, kept: Kept) -> tuple[list[Row], str]:
        """Follow up what is durable; what cannot be moved yet stays covered, and is said."""
        rows: list[Row] = []
        note = ""
        taken = self._boxes.taken() if kept.rows else {}  # one look for all of them, however many there are
        for row in kept.rows:
            try:
                if row.version:
                    self._boxes.take(row.place, row.id, row.version, taken.get(row.id, ()))
                else:
                    self._boxes.discard(row.place)
            except OSError as error:
                rows.append(row)
                note = _UNTIDY.format(self.name, error.strerror)
        for identity in kept.withdrawn:
            try:
                self._boxes.forget(identity)
            except OSError as error:
                note = _UNTIDY.format(self.name, error.strerror)
        return rows, note

    def _read(self, at: Place, bad: list[str]) -> Handed | None:
        try:
            return self._boxes.read(f"{NEW}/{at.name}")
        except (NotYet, OSError):
            return None
        except ValueError as error:
            bad.append(f"{one_line(at.name)} in {self.name} was moved to bad/: {error}")
            try:
                self._boxes.reject(at, str(error))
            except OSError:
                self._stuck.add(at)
            return None

    def _found(self, handed: Handed) -> Found:
        given = handed.given
        addresses = tuple(picture_address(self.name, f"{given.id}/{sha256}") for sha256 in handed.photos)
        post = post_of(given, addresses, spool=self._spool, host=self._host, written=handed.written)
        return Found(post, given.id)

    def _recheck(self, ids: frozenset[str]) -> Recheck:
        self._boxes.open()
        gone = ids.intersection(self._boxes.withdrawn())
        found: dict[str, Found] = {}
        for inside in self._standing(ids, unread=True):
            try:
                handed = self._boxes.read(inside)
            except (NotYet, OSError, ValueError):
                continue
            if handed.given.withdraw in ids:
                gone |= {handed.given.withdraw}
            if handed.given.id in ids:
                found[handed.given.id] = self._found(handed)
        left = sorted(ids - gone - found.keys())
        return Recheck(
            tuple(item for identity, item in found.items() if identity not in gone),
            tuple(sorted(gone)),
            tuple(f"{self.name} does not hold {one_line(each)} any more, which nobody took back." for each in left),
        )

    def _standing(self, ids: frozenset[str], *, unread: bool) -> Iterator[str]:
        """Where these submissions may be, the newest last: in `taken/`, or not moved there yet, or even `unread`."""
        for identity in ids:
            for name in self._boxes.versions(identity):
                yield f"{TAKEN}/{name}"
        for at in self._boxes.new()[:AT_ONCE]:
            row = self._rows.get(at)
            if row.id in ids if row else unread:
                yield f"{NEW}/{at.name}"

    def _picture(self, reference: str) -> bytes | None:
        identity, _, sha256 = reference.partition("/")
        for inside in self._standing(frozenset({identity}), unread=False):
            try:
                handed = self._boxes.read(inside)
                if handed.given.id == identity and sha256 in handed.photos:
                    file = handed.given.photos[handed.photos.index(sha256)].file
                    photo = read_inside(self._folder, f"{inside}/{file}", LARGEST_PHOTO)
                    if hashlib.sha256(photo).hexdigest() == sha256:
                        return photo
            except (NotYet, OSError, ValueError, TooLarge):
                continue
        return None
