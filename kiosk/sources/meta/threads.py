"""Posts with a topic tag from Threads, by its keyword search; *untried* against the real service.

See https://developers.facebook.com/docs/threads/keyword-search: 2,200 searches in 24 hours that found something, and
an app that Meta has not approved for `threads_keyword_search` finds only what its own user posted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import quote

import msgspec
from msgspec import Meta

from kiosk.domain.errors import BadPayload, SourceError, Unavailable
from kiosk.domain.model import Cursor
from kiosk.settings import Fault, SourceTable
from kiosk.sources.hashtags import carries, same_tag
from kiosk.sources.meta.graph import FAULTS, Graph, GraphRefusedError
from kiosk.sources.meta.threads_posts import FIELDS, PLAIN_FIELDS, read_thread
from kiosk.sources.meta.threads_quota import PACE, QUOTA, Quota
from kiosk.sources.source import Batch, Budget, Found, Recheck

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kiosk.domain.model import PostUri
    from kiosk.sources.source import Means

SERVER: Final = "https://graph.threads.net/v1.0"
PAGE: Final = 100
"""Posts asked for at a time; the API's own limit."""

MOST_PAGES: Final = 10
REMEMBERED: Final = 200
FAILURES: Final = 5
"""Posts in a row that cannot be asked about, after which the others are left for the next time."""

_WITNESSES: Final = 3


class ThreadsTable(SourceTable, frozen=True, kw_only=True):
    """Threads' topic tags; `token_file` holds a user's token with threads_basic and threads_keyword_search."""

    interval: Annotated[float, Meta(ge=5, le=3600, description="Seconds between two polls.")] = 60.0

    def faults(self) -> Iterator[Fault]:
        """It answers only to a token."""
        if not self.token_file:
            yield Fault("token_file", "Threads answers only to a user's token")


class _Memory(msgspec.Struct):
    """What the cursor keeps: each tag's newest ids, and how many searches counted in each hour since 1970."""

    known: dict[str, list[str]] = {}
    asked: dict[str, Annotated[int, Meta(ge=0, le=1_000_000)]] = {}


class _User(msgspec.Struct):
    username: str


class Threads:
    """The event's tags on Threads, searched with one user's token."""

    def __init__(self, table: ThreadsTable, means: Means, server: str = SERVER) -> None:
        """Ask at `server`, which is Threads' own."""
        del table  # its token is among the means
        self.name = "Threads"
        self.budget = Budget()
        self._quota = Quota(self.budget)
        self._graph = Graph(means.client, server, means.token, self.name)
        self._tags = [tag.strip().lstrip("#＃") for tag in means.hashtags]
        self._wanted = frozenset(map(same_tag, means.hashtags))
        self._fields = FIELDS
        self._me = ""
        self._others = False
        self._witnesses: list[str] = []

    async def poll(self, cursor: Cursor | None) -> Batch:
        """Search each tag's newest posts, and older ones where something was missed, oldest first.

        Raises:
            Unavailable: the quota is used up, or Threads is in trouble.
            Refused: it will not answer this app.
            Misconfigured: the token is missing or no longer good.
            BadPayload: it answered with something else.

        """
        memory = _memory(cursor)
        self._quota.take_up(memory.asked)
        me = await self._whoami()
        found: dict[str, Found] = {}
        bad: list[str] = []
        gap = ""
        for tag in self._tags:
            known = memory.known.get(tag, [])
            items, ids, sentences, missed = await self._search(tag, frozenset(known))
            found |= {item.local_id: item for item in items}
            bad += sentences
            gap = gap or missed
            memory.known[tag] = list(dict.fromkeys([*ids, *known]))[:REMEMBERED]
        self._look(list(found.values()), me)
        memory.asked = self._quota.kept()
        return Batch(
            found=tuple(sorted(found.values(), key=lambda item: item.post.created_at)),
            cursor=Cursor(self.name, msgspec.json.encode(memory).decode()),
            bad=tuple(bad),
            gap=gap,
            wait=PACE * len(self._tags),
            note=self._note(me, found=bool(found)),
        )

    async def _search(self, tag: str, known: frozenset[str]) -> tuple[list[Found], list[str], list[str], str]:
        """Posts, every id met, a sentence for each bad item, and one where older posts were not read."""
        found: list[Found] = []
        ids: list[str] = []
        met: set[str] = set()
        bad: list[str] = []
        until = ""
        for _ in range(MOST_PAGES):
            items = await self._ask(tag, until)
            page, sentences = _read(items)
            bad += sentences
            fresh = [item for item in page if item.local_id not in met]
            met.update(item.local_id for item in fresh)
            ids += [item.local_id for item in fresh]
            found += [item for item in fresh if self._belongs(item)]
            if not known or not fresh or len(items) < PAGE or known.intersection(item.local_id for item in page):
                return found, ids, bad, ""
            # A second more, since a page may end between two posts of the same one.
            until = str(int(min(item.post.created_at for item in page).timestamp()) + 1)
        gap = f"Threads had more than {MOST_PAGES * PAGE:,} new posts with #{tag}; the oldest of them were not read."
        return found, ids, bad, gap

    async def _ask(self, tag: str, until: str) -> list[msgspec.Raw]:
        if not self._quota.left:
            said = f"Threads answers {QUOTA:,} searches in 24 hours, and that many were made."
            raise Unavailable(said, retry_after=self._quota.until_more)
        asked = [("q", tag), ("search_type", "RECENT"), ("search_mode", "TAG"), ("limit", str(PAGE))]
        asked += [("until", until)] if until else []
        try:
            items = (await self._graph.page("keyword_search", [*asked, ("fields", self._fields)])).items
        except GraphRefusedError as error:
            if not error.parameter or self._fields == PLAIN_FIELDS:
                raise
            self._fields = PLAIN_FIELDS
            return await self._ask(tag, until)
        if items:
            self._quota.count()
        return items

    def _belongs(self, item: Found) -> bool:
        """Whether a post has one of the tags; a post that names no topic was found by it all the same."""
        return not item.post.tags or carries(item.post, self._wanted)

    async def _whoami(self) -> str:
        if not self._me:
            body = await self._graph.get("me", [("fields", "username")])
            try:
                self._me = msgspec.json.decode(body, type=_User).username
            except FAULTS as error:
                raise BadPayload("Threads does not say whose token this is.") from error
        return self._me

    def _look(self, found: Sequence[Found], me: str) -> None:
        """Keep in mind whether others' posts are shown to us, and some that were."""
        others = [item.local_id for item in found if item.post.author.name != me]
        if others or not self._others:
            self._witnesses = (others or [item.local_id for item in found])[-_WITNESSES:] or self._witnesses
        self._others = self._others or bool(others)

    def _note(self, me: str, *, found: bool) -> str:
        if self._others:
            return ""
        if found:
            return (
                f"Threads shows only posts of @{me}, whose token this is: nobody else has posted, "
                "or Meta has not approved the app for threads_keyword_search."
            )
        return (
            f"Threads finds nothing with the event's tags; an app that Meta has not approved for "
            f"threads_keyword_search finds only what @{me} posted."
        )

    async def recheck(self, posts: Mapping[str, PostUri]) -> Recheck:
        """Ask for these posts, one by one; one that is not there is gone where others' posts are shown to us.

        Raises:
            SourceError: where Threads does not even say whose token this is.

        """
        if not posts:
            return Recheck()
        me = await self._whoami()
        found: list[Found] = []
        missing: list[str] = []
        bad: list[str] = []
        failures = 0
        for identity in posts:
            try:
                item = await self._media(identity)
            except SourceError as error:
                bad.append(str(error))
                failures += 1
                if failures == FAILURES or (isinstance(error, Unavailable) and error.retry_after):
                    break
                continue
            failures = 0
            if item is None:
                missing.append(identity)
            else:
                found.append(item)
        if missing and not await self._sees(found, missing, me):
            bad += ["Threads shows no single posts to this app, so that deletions cannot be seen."] * len(missing)
            missing = []
        return Recheck(tuple(found), tuple(missing), tuple(bad))

    async def _media(self, identity: str) -> Found | None:
        """One post; None where there is none, or none for this app."""
        path = quote(identity, safe="")
        try:
            body = await self._graph.get(path, [("fields", self._fields)])
        except GraphRefusedError as error:
            if error.missing:
                return None
            if not error.parameter or self._fields == PLAIN_FIELDS:
                raise
            self._fields = PLAIN_FIELDS
            return await self._media(identity)
        try:
            item = read_thread(body)
        except FAULTS as error:
            raise BadPayload(f"Threads sent a post that cannot be read: {str(error)[:200]}") from error
        if item is None or item.local_id != identity:
            raise BadPayload("Threads sent something else than the post asked for.")
        return item

    async def _sees(self, found: Sequence[Found], missing: Sequence[str], me: str) -> bool:
        """Whether single posts, of others where we know any, are shown to us: then one that is missing is gone."""
        if any(item.post.author.name != me or not self._others for item in found):
            return True
        for witness in self._witnesses:
            if witness in missing:
                continue
            try:
                if await self._media(witness) is not None:
                    return True
            except SourceError:
                continue
        return False


def _read(items: Sequence[msgspec.Raw]) -> tuple[list[Found], list[str]]:
    found: list[Found] = []
    bad: list[str] = []
    for item in items:
        try:
            post = read_thread(item)
        except FAULTS as error:
            bad.append(f"Threads sent an item that cannot be read: {str(error)[:200]}")
            continue
        if post is not None:
            found.append(post)
    return found, bad


def _memory(cursor: Cursor | None) -> _Memory:
    """What a cursor keeps; one that cannot be read counts as none."""
    if cursor is None:
        return _Memory()
    try:
        return msgspec.json.decode(cursor.value, type=_Memory)
    except FAULTS:
        return _Memory()
