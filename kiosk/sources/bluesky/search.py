"""Reads posts with a tag back by search, newest first, until what was read before is met again.

See https://docs.bsky.app/docs/api/app-bsky-feed-search-posts. Bluesky sorts posts by the earlier of the time that
their author claims and the time at which they were first seen; so does this.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import msgspec

from kiosk.domain.errors import Refused
from kiosk.domain.model import Cursor
from kiosk.sources.bluesky.records import FAULTS, same_tag
from kiosk.sources.bluesky.xrpc import no_answer
from kiosk.sources.source import Batch, Found

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from kiosk.sources.bluesky.known import Known
    from kiosk.sources.bluesky.records import Viewed

PAGE: Final = 100
"""Posts asked for at a time; the API's own limit."""

PAGES: Final = 10
"""Pages that one poll reads at most, over all tags."""

OVERLAP: Final = timedelta(minutes=5)
"""How much of what was read before is read again: the search's index is filled out of order."""

DEEPEST: Final = 50
"""Pages of one tag after which a search that ends early is suspected to have ended too early."""


class _Place(msgspec.Struct):
    """How far a tag is read: up to `newest`; while that goes on over several polls, up to `upto`, now at `page`."""

    newest: datetime | None = None
    upto: datetime | None = None
    page: str = ""
    pages: int = 0


class _Results(msgspec.Struct):
    posts: list[msgspec.Raw]
    cursor: str | None = None


_PLACES: Final = msgspec.json.Decoder(dict[str, _Place])
_RESULTS: Final = msgspec.json.Decoder(_Results)


class Search:
    """The searches of the source called `name`; `ask` puts a question to the server and returns the good answer."""

    def __init__(
        self, name: str, known: Known, ask: Callable[[Sequence[tuple[str, str]]], Awaitable[bytes]], *, deep: bool
    ) -> None:
        """Read nothing yet; only a `deep` search goes on to older pages: the public one is refused them."""
        self._name = name
        self._deep = deep
        self._known = known
        self._ask = ask

    async def read(self, tags: Sequence[str], cursor: Cursor | None) -> Batch:
        """Read each tag's newest page, and older ones where some were missed, oldest first.

        Raises:
            SourceError: where the server does not answer.

        """
        kept = _places(cursor)
        places = {tag: kept.get(tag, _Place()) for tag in tags}
        reading = _Reading(self._known)
        left = PAGES
        for tag, place in places.items():
            left -= await self._read_tag(tag, place, max(1, left), reading)
        return Batch(
            found=tuple(sorted(reading.found.values(), key=lambda item: item.post.created_at)),
            cursor=Cursor(self._name, msgspec.json.encode(places).decode()),
            bad=tuple(reading.bad),
            gone=tuple(reading.gone),
            gap=reading.gap,
            more=any(place.page for place in places.values()),
        )

    async def _read_tag(self, tag: str, place: _Place, most: int, reading: _Reading) -> int:
        """Read at most so many pages of a tag, and note in `place` how far that went; how many pages were read."""
        floor = place.newest - OVERLAP if place.newest else None
        for count in range(1, most + 1):
            results = await self._page(tag, place)
            seen = reading.add(results.posts, same_tag(tag), self._name)
            place.pages += 1
            place.upto = max(filter(None, (place.upto, *seen)), default=None)
            met = floor is None or (bool(seen) and min(seen) < floor)
            following = results.cursor if results.posts and self._deep else None
            if met or not following or following == place.page:
                if not met and (place.pages > DEEPEST or (results.cursor and not self._deep)):
                    reading.gap = f"{self._name} does not search back to where it was last read; posts may be missing."
                self._arrived(place)
                return count
            place.page = following
        return most

    async def _page(self, tag: str, place: _Place) -> _Results:
        question = [("q", f"#{tag}"), ("sort", "latest"), ("limit", str(PAGE))]
        try:
            answer = await self._ask([*question, *([("cursor", place.page)] if place.page else [])])
        except Refused:
            if not place.page:
                raise
            # Whatever is wrong with the place where it was left, begin anew.
            place.page, place.upto, place.pages = "", None, 0
            answer = await self._ask(question)
        try:
            return _RESULTS.decode(answer)
        except FAULTS as error:
            raise no_answer(self._name) from error

    def _arrived(self, place: _Place) -> None:
        place.newest = max(filter(None, (place.newest, place.upto)), default=None)
        place.upto, place.page, place.pages = None, "", 0


class _Reading:
    """What one poll has found so far."""

    def __init__(self, known: Known) -> None:
        self.found: dict[str, Found] = {}
        self.gone: dict[str, None] = {}
        self.bad: list[str] = []
        self.gap = ""
        self._known = known

    def add(self, posts: Sequence[msgspec.Raw], wanted: str, name: str) -> list[datetime]:
        """Read a page; when each post on it that can be read was made."""
        times: list[datetime] = []
        for raw in posts[:PAGE]:
            try:
                viewed = self._known.read(raw)
            except FAULTS as error:
                self.bad.append(f"{name} found a post that cannot be read: {str(error)[:200]}")
                continue
            times += self._add_one(viewed, wanted)
        return times

    def _add_one(self, viewed: Viewed, wanted: str) -> list[datetime]:
        if viewed.found is None:
            if viewed.lost:
                self.gone[viewed.uri] = None
            return []
        post = viewed.found.post
        if wanted in map(same_tag, post.tags):
            self.found[viewed.uri] = viewed.found
        return [post.created_at]


def _places(cursor: Cursor | None) -> dict[str, _Place]:
    """How far each tag was read; a cursor that cannot be read counts as none."""
    try:
        return _PLACES.decode(cursor.value) if cursor is not None else {}
    except FAULTS:
        return {}
