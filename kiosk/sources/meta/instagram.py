"""Posts with a hashtag from Instagram, by its Graph API; *untried* against the real service.

The API tells neither who posted nor anything older than a day, and shows no single post of others. It lets an account
search for 30 hashtags in seven days. See
https://developers.facebook.com/docs/instagram-platform/instagram-api-with-facebook-login/hashtag-search.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, Final

import msgspec
from msgspec import Meta

from kiosk.domain.errors import BadPayload, Misconfigured
from kiosk.domain.model import Cursor
from kiosk.settings import Fault, SourceTable
from kiosk.sources.meta.graph import FAULTS, Graph, GraphRefusedError
from kiosk.sources.meta.instagram_media import FIELDS, read_media
from kiosk.sources.source import Batch, Budget, Found, Recheck

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kiosk.domain.model import PostUri
    from kiosk.sources.source import Means

SERVER: Final = "https://graph.facebook.com/v25.0"
PAGE: Final = 50
"""Media asked for at a time; the API's own limit."""

MOST_PAGES: Final = 10
MOST_TAGS: Final = 30
REMEMBERED: Final = 200
FRESH: Final = 120.0
"""Seconds that one reading of everything answers rechecks for: asking more often would use up the allowance."""

_PAUSES: Final = ((95, 900.0), (80, 300.0))
"""From how many hundredths of the allowance on how many seconds are left before the next poll."""

_NOTE: Final = "Instagram tells neither who posted nor anything older than a day: look a post up before approving it."
_GAP: Final = f"Instagram had more than {MOST_PAGES * PAGE} new posts with #{{tag}}; some of them were not read."
_UNKNOWN: Final = (
    "Instagram no longer lists {uri} under the event's tags: it is older than a day, or deleted, or private. "
    "Which of these cannot be asked."
)


class InstagramTable(SourceTable, frozen=True, kw_only=True):
    """Instagram's hashtags; `token_file` holds a token with instagram_basic of an app with Public Content Access."""

    user: Annotated[
        str,
        Meta(
            description="The id, in digits, of the professional account that searches.", examples=["17841405309211844"]
        ),
    ] = ""
    interval: Annotated[float, Meta(ge=5, le=3600, description="Seconds between two polls.")] = 90.0

    def faults(self) -> Iterator[Fault]:
        """It needs an account and its token."""
        if not self.user.isascii() or not self.user.isdecimal():
            yield Fault("user", "it needs the id, in digits, of an Instagram professional account")
        if not self.token_file:
            yield Fault("token_file", "Instagram answers only to a token")


class _Memory(msgspec.Struct):
    """What the cursor keeps: each tag's id, which never changes, and its newest posts' ids."""

    ids: dict[str, str] = {}
    known: dict[str, list[str]] = {}


class _Hashtag(msgspec.Struct):
    id: str | int


class Instagram:
    """The event's hashtags on Instagram, searched by one professional account."""

    def __init__(self, table: InstagramTable, means: Means, server: str = SERVER) -> None:
        """Ask at `server`, which is Meta's own."""
        self.name = f"Instagram {table.user}"
        self.budget = Budget()
        """In hundredths of the app's allowance: the API tells no number of requests."""
        self._user = table.user
        self._graph = Graph(means.client, server, means.token, "Instagram")
        self._tags = list(dict.fromkeys(tag.strip().lstrip("#＃") for tag in means.hashtags))
        self._ids: dict[str, str] = {}
        self._latest: dict[str, Found] = {}
        self._read_at = float("-inf")

    async def poll(self, cursor: Cursor | None) -> Batch:
        """Read what was posted with each tag within a day, as far back as something was known, oldest first.

        Raises:
            Unavailable: the allowance is used up, or Meta is in trouble.
            Refused: Meta will not answer this app.
            Misconfigured: the token is no longer good, or there are more than 30 tags.
            BadPayload: Meta answered with something else.

        """
        if len(self._tags) > MOST_TAGS:
            raise Misconfigured(f"Instagram lets an account search for {MOST_TAGS} hashtags in a week; name fewer.")
        memory = _memory(cursor)
        self._ids = memory.ids | self._ids
        found: dict[str, Found] = {}
        bad: list[str] = []
        unknown: list[str] = []
        gap = ""
        for tag in self._tags:
            if not await self._find(tag):
                unknown.append(tag)
                continue
            known = memory.known.get(tag, [])
            items, ids, sentences, whole = await self._media(self._ids[tag], frozenset(known))
            found |= items
            bad += sentences
            gap = gap or ("" if whole else _GAP.format(tag=tag))
            memory.known[tag] = list(dict.fromkeys([*ids, *known]))[:REMEMBERED]
        memory.ids = {tag: self._ids[tag] for tag in self._tags if tag in self._ids}
        nothing = f" It knows no post with {', '.join(f'#{tag}' for tag in unknown)} yet." if unknown else ""
        return Batch(
            found=tuple(sorted(found.values(), key=lambda item: item.post.created_at)),
            cursor=Cursor(self.name, msgspec.json.encode(memory).decode()),
            bad=tuple(bad),
            gap=gap,
            wait=self._pause(),
            note=_NOTE + nothing,
        )

    async def _find(self, tag: str) -> bool:
        """Learn a tag's id; a tag that nobody has used yet has none."""
        if tag in self._ids:
            return True
        try:
            page = await self._graph.page("ig_hashtag_search", [("user_id", self._user), ("q", tag)])
        except GraphRefusedError as error:
            if error.missing:
                return False
            raise
        if not page.items:
            return False
        try:
            identity = str(msgspec.json.decode(page.items[0], type=_Hashtag).id)
        except FAULTS as error:
            raise BadPayload("Instagram answered with something that is no hashtag.") from error
        if not identity.isascii() or not identity.isdecimal():
            raise BadPayload("Instagram answered with a hashtag without an id.")
        self._ids[tag] = identity
        return True

    async def _media(
        self, hashtag: str, known: frozenset[str], *, everything: bool = False
    ) -> tuple[dict[str, Found], list[str], list[str], bool]:
        """Read pages until one holds something known (they are not in order, and all have the same cursor).

        The tag may stand in the author's first comment, which is not told; so the API's word counts.

        Posts, every id met, a sentence for each bad item, and whether nothing was missed.
        """
        found: dict[str, Found] = {}
        ids: list[str] = []
        bad: list[str] = []
        after = ""
        for _ in range(MOST_PAGES):
            asked = [("user_id", self._user), ("fields", FIELDS), ("limit", str(PAGE))]
            asked += [("after", after)] if after else []
            items, after = await self._graph.page(f"{hashtag}/recent_media", asked)
            page, sentences = _read(items)
            bad += sentences
            fresh = [item.local_id for item in page if item.local_id not in found]
            ids += fresh
            found |= {item.local_id: item for item in page}
            caught_up = not everything and (not known or not known.isdisjoint(fresh))
            if not after or not fresh or caught_up:
                return found, ids, bad, True
        return found, ids, bad, False

    def _pause(self) -> float:
        """Write down how much of the allowance is used; seconds that should pass before more of it is."""
        used = self._graph.used
        self.budget.limit = None if used is None else 100
        self.budget.left = None if used is None else max(0, 100 - used)
        self.budget.resets = self._graph.rest_until
        return next((seconds for hundredths, seconds in _PAUSES if used is not None and used >= hundredths), 0.0)

    async def recheck(self, posts: Mapping[str, PostUri]) -> Recheck:
        """Say which posts Instagram still lists; of others nothing can be learned, so that none is ever gone.

        Raises:
            SourceError: where Instagram does not answer.

        """
        if not posts:
            return Recheck()
        if time.monotonic() - self._read_at > FRESH:
            await self._read_again()
        found = tuple(self._latest[identity] for identity in posts if identity in self._latest)
        bad = tuple(_UNKNOWN.format(uri=uri) for identity, uri in posts.items() if identity not in self._latest)
        return Recheck(found, (), bad)

    async def _read_again(self) -> None:
        latest: dict[str, Found] = {}
        for tag in self._tags[:MOST_TAGS]:
            if await self._find(tag):
                latest |= (await self._media(self._ids[tag], frozenset(), everything=True))[0]
        self._latest, self._read_at = latest, time.monotonic()
        self._pause()


def _read(items: Sequence[msgspec.Raw]) -> tuple[list[Found], list[str]]:
    found: list[Found] = []
    bad: list[str] = []
    for item in items:
        try:
            found.append(read_media(item))
        except FAULTS as error:
            bad.append(f"Instagram sent an item that cannot be read: {str(error)[:200]}")
    return found, bad


def _memory(cursor: Cursor | None) -> _Memory:
    """What a cursor keeps; one that cannot be read counts as none."""
    if cursor is None:
        return _Memory()
    try:
        return msgspec.json.decode(cursor.value, type=_Memory)
    except FAULTS:
        return _Memory()
