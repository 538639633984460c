"""The projection: what the journal's events come to, kept beside it in the same transaction and rebuilt from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from kiosk.domain.echo import words_key
from kiosk.domain.events import (
    Change,
    CueShown,
    EchoLost,
    Event,
    Pinned,
    PostEchoed,
    PostEdited,
    PostEvent,
    PostReceived,
    PostSighted,
    Unpinned,
    encode,
    uri_of,
)
from kiosk.domain.fold import fold
from kiosk.domain.model import PostState, Tombstone
from kiosk.domain.moderation import showable

if TYPE_CHECKING:
    from collections.abc import Callable

    import apsw

    from kiosk.domain.model import PostUri, Sighting, State

TABLES: Final = ("posts", "search", "search_rows", "sightings", "wordings", "echoes", "shown", "pin")
"""Everything that `Projection` writes."""


class Projection:
    """Follows events into the tables; to be used within a transaction, on the event file's thread."""

    def __init__(self, connection: apsw.Connection, state: Callable[[PostUri], State | None]) -> None:
        """Write through `connection`; `state` reads what is known of a post."""
        self._db = connection
        self._state = state

    def follow(self, event: Event) -> Change:
        """Fold one event in and tell what it did to its post."""
        if isinstance(event, CueShown):
            for uri in event.uris:
                self._db.execute("INSERT OR IGNORE INTO shown VALUES(?)", (uri,))
        elif isinstance(event, Pinned | Unpinned):
            self._pin(event)
        uri = uri_of(event)
        if uri is None or not isinstance(event, PostEvent):
            return Change(event)
        before = self._state(uri)
        after = fold(before, event)
        self._meet(event)
        if after is not None and after is not before:
            self._save(after)
            if not isinstance(before, PostState) or not isinstance(after, PostState) or before.post != after.post:
                self._index(after)
        if isinstance(before, PostState) and before.approved and not showable(after):
            self._db.execute("DELETE FROM pin WHERE uri = ?", (uri,))  # as `domain.pin` says
        return Change(event, before, after)

    def clear(self) -> None:
        """Forget everything, before it is folded anew."""
        for table in TABLES:
            self._db.execute(f"DELETE FROM {table}")  # noqa: S608  # the name is ours

    def _pin(self, event: Pinned | Unpinned) -> None:
        """Remember the one pin there is."""
        self._db.execute("DELETE FROM pin")
        if isinstance(event, Pinned):
            self._db.execute("INSERT INTO pin VALUES(?, ?)", (event.uri, encode(event).decode()))

    def _meet(self, event: PostEvent) -> None:
        """Remember where a post, or its copy, was met."""
        if isinstance(event, PostReceived | PostEdited | PostSighted):
            self._sight(event.sighting, event.post.uri if not isinstance(event, PostSighted) else event.uri)
        elif isinstance(event, PostEchoed):
            self._sight(event.echo.sighting, event.echo.uri)
            self._db.execute("INSERT OR REPLACE INTO echoes VALUES(?, ?)", (event.echo.uri, event.uri))
        elif isinstance(event, EchoLost):
            self._db.execute("DELETE FROM echoes WHERE uri = ? AND of = ?", (event.echo, event.uri))

    def _sight(self, sighting: Sighting, uri: PostUri) -> None:
        self._db.execute("INSERT OR REPLACE INTO sightings VALUES(?, ?, ?)", (sighting.source, sighting.local_id, uri))

    def _save(self, state: State) -> None:
        living = isinstance(state, PostState)
        self._db.execute(
            "INSERT OR REPLACE INTO posts VALUES(?, ?, ?, ?, ?)",
            (
                state.uri,
                state.standing if living else None,
                state.received_at.timestamp() if living else None,
                state.decided_at.timestamp() if living and state.decided_at else None,
                msgspec.json.encode(state).decode(),
            ),
        )

    def _index(self, state: State) -> None:
        for row in list(self._db.execute("DELETE FROM search_rows WHERE uri = ? RETURNING id", (state.uri,))):
            self._db.execute("DELETE FROM search WHERE rowid = ?", (int(str(row[0])),))
        self._db.execute("DELETE FROM wordings WHERE uri = ?", (state.uri,))
        if isinstance(state, Tombstone):
            # Copies of a deleted post stand for themselves again, should they be met.
            self._db.execute("DELETE FROM echoes WHERE of = ?", (state.uri,))
            return
        post = state.post
        quoted = (post.quote.author.name, post.quote.text) if post.quote else ()
        alts = (item.alt for item in post.attachments)
        words = "\n".join((post.text, post.author.name, post.author.handle, *alts, *quoted, *post.poll))
        self._db.execute("INSERT INTO search(uri, words) VALUES(?, ?)", (state.uri, words))
        self._db.execute("INSERT INTO search_rows VALUES(?, ?)", (state.uri, self._db.last_insert_rowid()))
        if key := words_key(post):
            self._db.execute("INSERT INTO wordings VALUES(?, ?, ?)", (key, post.created_at.timestamp(), state.uri))
