"""A saved event: one SQLite file with journal, folded posts, search index, cursors and photos; one thread uses it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final, Self, TypeVar

import apsw
import msgspec

from kiosk.archive import schema
from kiosk.archive.projection import Projection
from kiosk.archive.whereabouts import Whereabouts, by_hundreds
from kiosk.domain.errors import ArchiveError
from kiosk.domain.events import (
    Change,
    Event,
    EventDescribed,
    Pinned,
    decode,
    encode,
    uri_of,
)
from kiosk.domain.model import Cursor, Photo, PostState, PostUri, Sha256, Standing, State
from kiosk.domain.text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from pathlib import Path

T = TypeVar("T")

_STATES: Final = msgspec.json.Decoder(State)
_SHORT: Final = 3
"""Characters that a trigram index needs; shorter words are looked for row by row."""


class StoredPhoto(msgspec.Struct, frozen=True):
    """A photo with its bytes, both JPEG of our own making; `photo.sha256` is the hash of `wall`."""

    photo: Photo
    wall: bytes
    thumbnail: bytes


class Entry(msgspec.Struct, frozen=True):
    """One line of the journal."""

    seq: int
    event: Event


def sqlite_version() -> str:
    """The SQLite that event files are written with."""
    return apsw.sqlite_lib_version()


class EventFile:
    """Use it on the thread that opened it, and on no other."""

    def __init__(self, path: Path, connection: apsw.Connection) -> None:
        """Take over a connection; `open` and `open_recording` make one."""
        self._path = path
        self._db = connection
        self._thread = threading.get_ident()
        self._projection = Projection(connection, self.state)
        self.whereabouts = Whereabouts(self._rows, self.state)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the event file of a running event, making it where there is none.

        Raises:
            ArchiveError: where it is open elsewhere, damaged, foreign or newer.

        """
        file = cls(path, schema.open_writable(path))
        if schema.outdated(file._db):
            file.rebuild()
        return file

    @classmethod
    def open_recording(cls, path: Path) -> Self:
        """Open a saved event that is never written to.

        Raises:
            ArchiveError: where it is absent, open elsewhere, damaged, foreign or newer.

        """
        return cls(path, schema.open_readable(path))

    def append(
        self, events: Sequence[Event], *, cursor: Cursor | None = None, photos: Sequence[StoredPhoto] = ()
    ) -> tuple[Change, ...]:
        """Journal and fold events in one transaction, with the cursor and the photo bytes that belong to them.

        Raises:
            ArchiveError: where nothing of it was written.

        """
        changes: tuple[Change, ...] = ()
        try:
            with self._connection() as db:
                for photo in photos:
                    db.execute(
                        "INSERT OR IGNORE INTO photos VALUES(?, ?, ?, ?, ?)",
                        (photo.photo.sha256, photo.photo.width, photo.photo.height, photo.wall, photo.thumbnail),
                    )
                changes = tuple(self._append(event) for event in events)
                if cursor is not None:
                    db.execute("INSERT OR REPLACE INTO cursors VALUES(?, ?)", (cursor.source, cursor.value))
        except apsw.Error as error:
            raise schema.explain(self._path, error) from error
        return changes

    def _append(self, event: Event) -> Change:
        uri = uri_of(event)
        self._db.execute(
            "INSERT INTO journal(at, uri, event) VALUES(?, ?, ?)",
            (event.at.isoformat(), uri, encode(event).decode()),
        )
        return self._projection.follow(event)

    def state(self, uri: PostUri) -> State | None:
        """What is known of one post."""
        rows = self._rows("SELECT state FROM posts WHERE uri = ?", (uri,))
        return self._read(_STATES.decode, rows[0][0]) if rows else None

    def known(self, uris: Collection[PostUri]) -> dict[PostUri, State]:
        """What is known of several posts; those never met are left out."""
        found: dict[PostUri, State] = {}
        for some, marks in by_hundreds(uris):
            rows = self._rows(f"SELECT uri, state FROM posts WHERE uri IN ({marks})", some)  # noqa: S608  # the marks are ours
            found |= {PostUri(str(uri)): self._read(_STATES.decode, state) for uri, state in rows}
        return found

    def states(self, standing: Standing, *, limit: int, newest: bool = False) -> list[PostState]:
        """At most `limit` posts of one standing: by decision where approved, by arrival otherwise; oldest first."""
        column = "decided_at" if standing is Standing.APPROVED else "received_at"
        order = "DESC" if newest else "ASC"
        rows = self._rows(
            f"SELECT state FROM posts WHERE standing = ? ORDER BY {column} {order}, uri {order} LIMIT ?",  # noqa: S608  # both words are ours
            (standing, limit),
        )
        return [state for (text,) in rows if isinstance(state := self._read(_STATES.decode, text), PostState)]

    def counts(self) -> dict[Standing, int]:
        """How many posts there are of each standing."""
        rows = self._rows("SELECT standing, count(*) FROM posts WHERE standing IS NOT NULL GROUP BY standing")
        found = {str(standing): int(str(number)) for standing, number in rows}
        return {standing: found.get(standing, 0) for standing in Standing}

    def cursor(self, source: str) -> Cursor | None:
        """How far a source has been read."""
        rows = self._rows("SELECT value FROM cursors WHERE source = ?", (source,))
        return Cursor(source, str(rows[0][0])) if rows else None

    def photo(self, sha256: Sha256, *, thumbnail: bool = False) -> bytes | None:
        """A photo's JPEG bytes in one of its two sizes."""
        column = "thumbnail" if thumbnail else "wall"
        rows = self._rows(f"SELECT {column} FROM photos WHERE sha256 = ?", (sha256,))  # noqa: S608  # both words are ours
        found = rows[0][0] if rows else None
        return found if isinstance(found, bytes) else None

    def has_photo(self, sha256: Sha256) -> bool:
        """Whether a photo's bytes are here."""
        return bool(self._rows("SELECT 1 FROM photos WHERE sha256 = ?", (sha256,)))

    def journal(
        self, after: int = 0, limit: int = 1000, *, damaged: Callable[[int, ArchiveError], object] | None = None
    ) -> list[Entry]:
        """At most `limit` journal lines behind number `after`, in their order; none means that there are no more.

        A line that cannot be read is told to `damaged`, with its number, and left out.

        Raises:
            ArchiveError: where a line cannot be read and nobody wants to be told.

        """
        entries: list[Entry] = []
        while not entries:
            rows = self._rows("SELECT seq, event FROM journal WHERE seq > ? ORDER BY seq LIMIT ?", (after, limit))
            for seq, text in rows:
                after = int(str(seq))
                try:
                    entries.append(Entry(after, decode(str(text))))
                except (msgspec.DecodeError, UnicodeError) as error:
                    told = ArchiveError(f"{self._path}: the journal holds a line that cannot be read ({error}).")
                    if damaged is None:
                        raise told from error
                    damaged(after, told)
            if not rows:
                break
        return entries

    def last(self) -> Entry | None:
        """The journal's newest line."""
        rows = self._rows("SELECT seq, event FROM journal ORDER BY seq DESC LIMIT 1")
        return Entry(int(str(rows[0][0])), self._read(decode, rows[0][1])) if rows else None

    def described(self) -> EventDescribed | None:
        """The newest description of the gathering."""
        rows = self._rows(
            'SELECT event FROM journal WHERE uri IS NULL AND event LIKE \'{"event":"event-described"%\' '
            "ORDER BY seq DESC LIMIT 1"
        )
        event = self._read(decode, rows[0][0]) if rows else None
        return event if isinstance(event, EventDescribed) else None

    def pinned(self) -> Pinned | None:
        """What is pinned to the wall; nothing in a recording that older code wrote."""
        rows = [] if schema.outdated(self._connection()) else self._rows("SELECT event FROM pin")
        event = self._read(decode, rows[0][0]) if rows else None
        return event if isinstance(event, Pinned) else None

    def shown(self, uris: Collection[PostUri]) -> set[PostUri]:
        """Which of these posts the wall has shown at any time; none in a recording that older code wrote."""
        return set() if schema.outdated(self._connection()) else self.whereabouts.shown(uris)

    def search(self, words: str, limit: int) -> list[PostState]:
        """Posts that hold every one of these words somewhere, newest arrivals first."""
        wanted = one_line(words).split()
        if not wanted:
            return []
        clauses = ["words MATCH ?"] if any(len(word) >= _SHORT for word in wanted) else []
        bindings = [" ".join('"' + w.replace('"', '""') + '"' for w in wanted if len(w) >= _SHORT)] if clauses else []
        for word in wanted:
            if len(word) < _SHORT:
                clauses.append("instr(casefold(words), casefold(?))")
                bindings.append(word)
        rows = self._rows(
            f"SELECT state FROM search JOIN posts USING(uri) WHERE {' AND '.join(clauses)} "  # noqa: S608  # the clauses are ours
            "ORDER BY received_at DESC LIMIT ?",
            (*bindings, limit),
        )
        return [state for (text,) in rows if isinstance(state := self._read(_STATES.decode, text), PostState)]

    def rebuild(self) -> None:
        """Fold the whole journal anew; a projection made by older code becomes this code's."""
        try:
            with self._connection() as db:
                self._projection.clear()
                for entry in self._all():
                    self._projection.follow(entry.event)
                db.pragma("user_version", schema.VERSION)
        except apsw.Error as error:
            raise schema.explain(self._path, error) from error

    def _all(self) -> Iterator[Entry]:
        after = 0
        while entries := self.journal(after):
            yield from entries
            after = entries[-1].seq

    def close(self) -> None:
        """Fold the log into the file and close it."""
        schema.close(self._connection())

    def _read(self, reader: Callable[[str], T], text: object) -> T:
        try:
            return reader(str(text))
        except (msgspec.DecodeError, UnicodeError) as error:
            raise ArchiveError(f"{self._path} holds a line that cannot be read ({error}).") from error

    def _rows(self, query: str, bindings: Sequence[str | float] = ()) -> list[tuple[object, ...]]:
        try:
            return list[tuple[object, ...]](self._connection().execute(query, bindings))
        except apsw.Error as error:
            raise schema.explain(self._path, error) from error

    def _connection(self) -> apsw.Connection:
        if threading.get_ident() != self._thread:
            raise AssertionError("an event file is used on the thread that opened it")
        return self._db
