"""Questions about where posts were met: by a source's ids, on other networks too, and how many came and were shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from kiosk.domain.echo import NEAR, is_echo, words_key
from kiosk.domain.model import PostState, PostUri

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from kiosk.domain.model import Post, State

    Rows = Callable[[str, Sequence[str | float]], list[tuple[object, ...]]]

LIKE: Final = 20
"""Posts of the same words that are looked at."""

AT_ONCE: Final = 100
"""Posts that one question to the file asks for."""


def by_hundreds(uris: Iterable[PostUri]) -> Iterator[tuple[list[PostUri], str]]:
    """Addresses to be asked for together, a hundred at a time, each time with SQL's marks for them."""
    every = list(uris)
    for start in range(0, len(every), AT_ONCE):
        some = every[start : start + AT_ONCE]
        yield some, ",".join("?" * len(some))


class Tally(NamedTuple):
    """How many posts a source brought, and how many of them were on the wall."""

    seen: int = 0
    shown: int = 0


class Whereabouts:
    """Reads what `Projection` wrote."""

    def __init__(self, rows: Rows, state: Callable[[PostUri], State | None]) -> None:
        """Ask through `rows`; `state` reads what is known of a post."""
        self._rows = rows
        self._state = state

    def sighted(self, source: str, ids: Iterable[str]) -> dict[str, PostUri]:
        """The posts that a source knows by these ids; unknown ids are left out."""
        found: dict[str, PostUri] = {}
        for identity in ids:
            rows = self._rows("SELECT uri FROM sightings WHERE source = ? AND local_id = ?", (source, identity))
            if rows:
                found[identity] = PostUri(str(rows[0][0]))
        return found

    def sighted_under(self, source: str, beginning: str) -> list[PostUri]:
        """The posts whose ids at a source begin so."""
        rows = self._rows(
            "SELECT uri FROM sightings WHERE source = ? AND local_id >= ? AND local_id < ?",
            (source, beginning, beginning + "\U0010ffff"),
        )
        return [PostUri(str(uri)) for (uri,) in rows]

    def echoed(self, uri: PostUri) -> PostUri | None:
        """The post that stands for this copy of it, None where it stands for itself."""
        rows = self._rows("SELECT of FROM echoes WHERE uri = ?", (uri,))
        return PostUri(str(rows[0][0])) if rows else None

    def echoes(self, uris: Iterable[PostUri]) -> dict[PostUri, PostUri]:
        """The posts that stand for copies among these, by the copy."""
        found: dict[PostUri, PostUri] = {}
        for some, marks in by_hundreds(uris):
            rows = self._rows(f"SELECT uri, of FROM echoes WHERE uri IN ({marks})", some)  # noqa: S608  # the marks are ours
            found |= {PostUri(str(uri)): PostUri(str(of)) for uri, of in rows}
        return found

    def original(self, post: Post) -> PostState | None:
        """The post that `post` is another copy of, if one is known; the oldest of several."""
        key = words_key(post)
        if not key:
            return None
        made, near = post.created_at.timestamp(), NEAR.total_seconds()
        rows = self._rows(
            "SELECT uri FROM wordings WHERE key = ? AND made BETWEEN ? AND ? ORDER BY made LIMIT ?",
            (key, made - near, made + near, LIKE),
        )
        for (uri,) in rows:
            state = self._state(PostUri(str(uri)))
            if isinstance(state, PostState) and is_echo(post, state.post):
                return state
        return None

    def shown(self, uris: Iterable[PostUri]) -> set[PostUri]:
        """Which of these posts the wall has shown at any time."""
        found: set[PostUri] = set()
        for some, marks in by_hundreds(uris):
            rows = self._rows(f"SELECT uri FROM shown WHERE uri IN ({marks})", some)  # noqa: S608  # the marks are ours
            found |= {PostUri(str(uri)) for (uri,) in rows}
        return found

    def tallies(self) -> dict[str, Tally]:
        """By source: how many posts were met there, and how many of those the wall has shown."""
        rows = self._rows(
            "SELECT source, count(*), count(shown.uri) FROM sightings LEFT JOIN shown USING(uri) GROUP BY source", ()
        )
        return {str(source): Tally(int(str(seen)), int(str(shown))) for source, seen, shown in rows}
