"""Whether posts still stand at a server of the Mastodon API, told with every doubt that its answers leave."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import quote

from kiosk.domain.errors import BadPayload, Refused, SourceError, Unavailable
from kiosk.sources.mastodon.api import GONE, MEMBERS_ONLY
from kiosk.sources.mastodon.statuses import read_page, read_status
from kiosk.sources.source import Found, Recheck

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kiosk.domain.model import PostUri
    from kiosk.sources.mastodon.api import Api

CHECKED_AT_ONCE: Final = 20

FAILURES: Final = 5
"""Posts in a row that cannot be asked about, after which the others are left for the next time."""


class Asking:
    """Asks one server about posts by its own ids for them."""

    def __init__(self, api: Api) -> None:
        """Ask through `api`."""
        self._api = api
        self._many = True

    async def about(self, posts: Mapping[str, PostUri], sign_of_life: str) -> Recheck:
        """Ask for these posts; one that the server, or else its origin, does not know any more is gone.

        `sign_of_life` is the path of a timeline: a server that cannot show it is not believed.

        Raises:
            SourceError: where the server does not answer for them, which says nothing about the posts.

        """
        ids = list(posts)
        found: dict[str, Found] = {}
        for start in range(0, len(ids), CHECKED_AT_ONCE):
            found |= await self._ask_many(ids[start : start + CHECKED_AT_ONCE])
        gone, bad = await self._ask_each([identity for identity in ids if identity not in found], posts, found)
        if gone:
            gone, doubts = await self._confirm(gone, posts, found, sign_of_life)
            bad += doubts
        return Recheck(tuple(found.values()), tuple(gone), tuple(bad))

    async def _ask_many(self, ids: Sequence[str]) -> dict[str, Found]:
        """Those of them that one request brings (Mastodon 4.3); none where the server does not know how."""
        if not self._many or len(ids) == 1:
            return {}
        try:
            response = await self._api.get("/api/v1/statuses", [("id[]", identity) for identity in ids])
            found = read_page(response.content, self._api.name)[0]
        except (Refused, BadPayload):
            self._many = False
            return {}
        return {item.local_id: item for item in found if item.local_id in ids}

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
        self, ids: Sequence[str], posts: Mapping[str, PostUri], found: dict[str, Found], sign_of_life: str
    ) -> tuple[list[str], list[str]]:
        """Ask again once the server has shown that it is in order: one in trouble may answer 404 to everything."""
        try:
            response = await self._api.get(sign_of_life, [("limit", "1")])
            read_page(response.content, self._api.name)
        except SourceError as error:
            return [], [str(error)]
        return await self._ask_each(ids, posts, found)

    async def _ask_one(self, identity: str, uri: PostUri) -> Found | Literal["still"] | None:
        """The post, None where it is gone, "still" where all that can be learned is that it stands."""
        response = await self._api.ask(f"/api/v1/statuses/{quote(identity, safe='')}")
        if response.status_code in GONE:
            return None
        if response.status_code in MEMBERS_ONLY:
            return await self._ask_origin(uri)
        self._api.accept(response)
        return read_status(response.content, self._api.name)

    async def _ask_origin(self, uri: PostUri) -> Literal["still"] | None:
        """Servers that show tags to everybody and single posts to members only still answer other servers.

        See https://www.w3.org/TR/activitypub/#retrieving-objects. Edits come with the polls' newest page.
        """
        client = self._api.client
        response = await client.get(uri, headers={"Accept": "application/activity+json"})
        if response.status_code == HTTPStatus.NOT_FOUND:
            # A server in trouble may answer 404 to everything; one in order describes itself.
            # See https://nodeinfo.diaspora.software/protocol.html.
            itself = await client.get(str(response.url.join("/.well-known/nodeinfo")))
            if itself.status_code != HTTPStatus.OK:
                raise Unavailable(f"{response.url.host} knows neither a post (status 404) nor itself.")
        if response.status_code in GONE:
            return None
        self._api.accept(response, response.url.host)
        return "still"
