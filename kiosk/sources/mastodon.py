"""Posts with a hashtag from any server that speaks the Mastodon API, read politely and without gaps.

Ids are opaque and not in order of arrival, so the newest page is always read whole and folded by uri; only when it
holds nothing that was known before, older pages follow. See https://docs.joinmastodon.org/methods/timelines/#tag.
"""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Final, Literal
from urllib.parse import quote

import msgspec
from msgspec import Meta

from kiosk.domain.errors import BadPayload, Refused, SourceError, Unavailable
from kiosk.domain.model import Cursor
from kiosk.settings import Fault, SourceTable
from kiosk.sources.headers import pause_between, retry_after
from kiosk.sources.source import Batch, Budget, Found, Recheck
from kiosk.sources.statuses import carries, read_page, read_status, same_tag

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import httpx

    from kiosk.domain.model import PostUri
    from kiosk.sources.source import Means

PAGE: Final = 40
"""Statuses asked for at a time; the API's own limit."""

MOST_PAGES: Final = 100
"""Pages read back at most after an outage: 4,000 posts, twenty minutes at 200 a minute and tag."""

REMEMBERED: Final = 200
"""Ids of a tag's newest posts kept in the cursor, to know where the last read ended."""

CHECKED_AT_ONCE: Final = 20

FAILURES: Final = 5
"""Posts in a row that cannot be asked about, after which the others are left for the next time."""

_MEMBERS_ONLY: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
_GONE: Final = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_PASSING: Final = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.REQUEST_TIMEOUT})


class MastodonTable(SourceTable, frozen=True, kw_only=True):
    """A server that speaks the Mastodon API: Mastodon, snac, GoToSocial, Takahē and others."""

    server: Annotated[str, Meta(description="Its address.", examples=["https://mastodon.social"])] = ""

    def faults(self) -> Iterator[Fault]:
        """Its server must be one."""
        return self.server_faults("server")


class Mastodon:
    """One server and the event's tags; several servers are several of these, folded by uri behind them."""

    Options = MastodonTable

    def __init__(self, table: MastodonTable, means: Means) -> None:
        """Read the event's hashtags (any of them) from a server, with a token where the server wants one."""
        server, hashtags, token, client = table.server, means.hashtags, means.token, means.client
        self.name = server.rstrip("/").removeprefix("https://")
        self.budget = Budget()
        self._server = server.rstrip("/")
        self._tags = [tag.strip().lstrip("#") for tag in hashtags]
        self._wanted = frozenset(map(same_tag, hashtags))
        self._headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        self._client = client
        self._many = True

    async def poll(self, cursor: Cursor | None) -> Batch:
        """Read each tag's newest page, and older ones where something was missed, oldest first.

        Raises:
            Unavailable: the server may answer later.
            Refused: it will not.
            BadPayload: it answered with something else.

        """
        known = _known(cursor)
        batches = [await self._read_tag(tag, set(known.get(tag, []))) for tag in self._tags]
        seen = {tag: ids for tag, (_, ids) in zip(self._tags, batches, strict=True)}
        remembered = {tag: list(dict.fromkeys([*ids, *known.get(tag, [])]))[:REMEMBERED] for tag, ids in seen.items()}
        found = {item.post.uri: item for batch, _ in batches for item in batch.found}
        return Batch(
            found=tuple(sorted(found.values(), key=lambda item: item.post.created_at)),
            cursor=Cursor(self.name, msgspec.json.encode(remembered).decode()),
            bad=tuple(sentence for batch, _ in batches for sentence in batch.bad),
            gap=next((batch.gap for batch, _ in batches if batch.gap), ""),
            wait=max((batch.wait for batch, _ in batches), default=0.0),
        )

    async def _read_tag(self, tag: str, known: set[str]) -> tuple[Batch, list[str]]:
        found: list[Found] = []
        bad: list[str] = []
        ids: list[str] = []
        wait = 0.0
        before = ""
        for _ in range(MOST_PAGES):
            page = [("limit", str(PAGE)), *([("max_id", before)] if before else [])]
            response = await self._get(self._timeline(tag), page)
            items, faults, met = read_page(response.content, self.name)
            fresh = [identity for identity in met if identity not in ids]
            found += [item for item in items if carries(item.post, self._wanted)]
            bad += faults
            ids += fresh
            wait = max(wait, pause_between(response, datetime.now(UTC)))
            if not known or known.intersection(met) or not fresh:
                return Batch(found=tuple(found), bad=tuple(bad), wait=wait), ids
            before = met[-1]
        gap = f"{self.name} had more than {MOST_PAGES * PAGE} new posts with #{tag}; the oldest of them were not read."
        return Batch(found=tuple(found), bad=tuple(bad), wait=wait, gap=gap), ids

    async def recheck(self, posts: Mapping[str, PostUri]) -> Recheck:
        """Ask for these posts again; one that the server, or else its origin, does not know any more is gone.

        Raises:
            SourceError: where the server does not answer for them, which says nothing about the posts.

        """
        ids = list(posts)
        found: dict[str, Found] = {}
        for start in range(0, len(ids), CHECKED_AT_ONCE):
            found |= await self._ask_many(ids[start : start + CHECKED_AT_ONCE])
        gone, bad = await self._ask_each([identity for identity in ids if identity not in found], posts, found)
        if gone:
            gone, doubts = await self._confirm(gone, posts, found)
            bad += doubts
        return Recheck(tuple(found.values()), tuple(gone), tuple(bad))

    async def _ask_many(self, ids: Sequence[str]) -> dict[str, Found]:
        """Those of them that one request brings (Mastodon 4.3); none where the server does not know how."""
        if not self._many or len(ids) == 1:
            return {}
        try:
            response = await self._get("/api/v1/statuses", [("id[]", identity) for identity in ids])
            return {item.local_id: item for item in read_page(response.content, self.name)[0] if item.local_id in ids}
        except (Refused, BadPayload):
            self._many = False
            return {}

    async def _ask_each(
        self, ids: Sequence[str], posts: Mapping[str, PostUri], found: dict[str, Found]
    ) -> tuple[list[str], list[str]]:
        """Ask one by one, adding to `found`: ids that seem gone, and a sentence for each that nobody answers for."""
        gone: list[str] = []
        bad: list[str] = []
        failures = 0
        for identity in ids:
            try:
                item = await self._ask_one(identity, posts[identity])
            except SourceError as error:
                bad.append(str(error))
                failures += 1
                if failures == FAILURES or (isinstance(error, Unavailable) and error.retry_after):
                    break
                continue
            failures = 0
            if item is None:
                gone.append(identity)
            elif isinstance(item, Found):
                found[identity] = item
        return gone, bad

    async def _confirm(
        self, ids: Sequence[str], posts: Mapping[str, PostUri], found: dict[str, Found]
    ) -> tuple[list[str], list[str]]:
        """Ask again once the server has shown that it is in order: one in trouble may answer 404 to everything."""
        try:
            response = await self._get(self._timeline(next(iter(self._tags), "")), [("limit", "1")])
            read_page(response.content, self.name)
        except SourceError as error:
            return [], [str(error)]
        return await self._ask_each(ids, posts, found)

    async def _ask_one(self, identity: str, uri: PostUri) -> Found | Literal["still"] | None:
        """The post, None where it is gone, "still" where all that can be learned is that it stands."""
        response = await self._ask(f"/api/v1/statuses/{quote(identity, safe='')}", ())
        if response.status_code in _GONE:
            return None
        if response.status_code in _MEMBERS_ONLY:
            return await self._ask_origin(uri)
        self._accept(response)
        return read_status(response.content, self.name)

    async def _ask_origin(self, uri: PostUri) -> Literal["still"] | None:
        """Servers that show tags to everybody and single posts to members only still answer other servers.

        See https://www.w3.org/TR/activitypub/#retrieving-objects. Edits come with the polls' newest page.
        """
        response = await self._client.get(uri, headers={"Accept": "application/activity+json"})
        if response.status_code == HTTPStatus.NOT_FOUND:
            # A server in trouble may answer 404 to everything; one in order describes itself.
            # See https://nodeinfo.diaspora.software/protocol.html.
            itself = await self._client.get(str(response.url.join("/.well-known/nodeinfo")))
            if itself.status_code != HTTPStatus.OK:
                raise Unavailable(f"{response.url.host} knows neither a post (status 404) nor itself.")
        if response.status_code in _GONE:
            return None
        self._accept(response, response.url.host)
        return "still"

    async def _get(self, path: str, params: Sequence[tuple[str, str]]) -> httpx.Response:
        response = await self._ask(path, params)
        self._accept(response)
        return response

    async def _ask(self, path: str, params: Sequence[tuple[str, str]]) -> httpx.Response:
        return await self._client.get(self._server + path, params=params, headers=self._headers)

    def _timeline(self, tag: str) -> str:
        return f"/api/v1/timelines/tag/{quote(tag, safe='')}"

    def _accept(self, response: httpx.Response, who: str = "") -> None:
        """Let only 200 pass; `who` answered, where it was not this server."""
        status, who = response.status_code, who or self.name
        if status == HTTPStatus.OK:
            return
        if status == HTTPStatus.UNAUTHORIZED:
            raise Refused(f"{who} shows this only to its members: name a token_file for it.")
        if status == HTTPStatus.FORBIDDEN:
            raise Refused(f"{who} refuses (403): its token may not read this, or it keeps programs out.")
        if status in _GONE or status == HTTPStatus.UNPROCESSABLE_ENTITY:
            raise Refused(f"{who} has no Mastodon API at this address (status {status}); check `server`.")
        if status == HTTPStatus.NETWORK_AUTHENTICATION_REQUIRED or status < HTTPStatus.BAD_REQUEST:
            raise BadPayload(f"{who} sent status {status}; is this network's log-in page in the way?")
        if status in _PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            wish = retry_after(response, datetime.now(UTC))
            what = "asks for a pause" if status == HTTPStatus.TOO_MANY_REQUESTS else "is in trouble"
            raise Unavailable(f"{who} {what} (status {status}).", retry_after=wish)
        raise Refused(f"{who} refuses (status {status}).")


def _known(cursor: Cursor | None) -> dict[str, list[str]]:
    """The newest ids of each tag; a cursor that cannot be read counts as none."""
    if cursor is None:
        return {}
    try:
        return msgspec.json.decode(cursor.value, type=dict[str, list[str]])
    except (msgspec.DecodeError, UnicodeError):
        return {}
