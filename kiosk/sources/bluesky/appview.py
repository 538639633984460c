"""Bluesky's AppView, asked through the account's own server where there is one, else publicly.

See https://docs.bsky.app/docs/advanced-guides/api-directory: the server of an account passes such questions on; the
public address answers without an account, from a cache, and searches for nobody.
"""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from time import monotonic
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import msgspec

from kiosk.domain.errors import SourceError
from kiosk.sources.bluesky.records import FAULTS
from kiosk.sources.bluesky.xrpc import body, complaint, no_answer
from kiosk.sources.headers import note_limits

if TYPE_CHECKING:
    from collections.abc import Sequence

    import httpx

    from kiosk.sources.bluesky.session import Session
    from kiosk.sources.source import Budget, Client

REST: Final = 60.0
"""Seconds for which the account's server is left alone after it failed, where the public AppView answers as well."""

_GET_POSTS: Final = "/xrpc/app.bsky.feed.getPosts"
_GET_PROFILE: Final = "/xrpc/app.bsky.actor.getProfile"
_SEARCH_POSTS: Final = "/xrpc/app.bsky.feed.searchPosts"


class _Posts(msgspec.Struct):
    posts: list[msgspec.Raw]


class _Addressed(msgspec.Struct):
    uri: str


_POSTS: Final = msgspec.json.Decoder(_Posts)
_ADDRESSED: Final = msgspec.json.Decoder(_Addressed)


class AppView:
    """Questions to one AppView; `budget` is kept true to the server of the account, or to the public one."""

    def __init__(self, address: str, session: Session | None, client: Client, budget: Budget) -> None:
        """Ask at `address` without an account, through `session` where there is one."""
        self._address = address.rstrip("/")
        self._who = urlsplit(address).netloc
        self._session = session
        self._client = client
        self._budget = budget
        self._rests_until = 0.0

    @property
    def has_account(self) -> bool:
        """Whether there is an account to ask with."""
        return self._session is not None

    async def search(self, question: Sequence[tuple[str, str]]) -> bytes:
        """Put a question to searchPosts, as the account where there is one.

        Raises:
            SourceError: where it is not answered.

        """
        if self._session is None:
            return body(await self._publicly(_SEARCH_POSTS, question), self._who)
        response = await self._session.get(_SEARCH_POSTS, question)
        note_limits(self._budget, response, datetime.now(UTC))
        return body(response, self._session.server)

    async def posts(self, uris: Sequence[str]) -> dict[str, bytes]:
        """The views of at most 25 posts by address; those that are deleted, taken down or unknown are not among them.

        Raises:
            SourceError: where nobody answers.

        """
        question = [("uris", uri) for uri in uris]
        if self._session is not None and monotonic() >= self._rests_until:
            try:
                response = await self._session.get(_GET_POSTS, question)
                note_limits(self._budget, response, datetime.now(UTC))
                return self._read(body(response, self._session.server), uris)
            except SourceError:
                self._rests_until = monotonic() + REST
        return self._read(body(await self._publicly(_GET_POSTS, question), self._who), uris)

    async def check(self, did: str) -> None:
        """Let the AppView show that it is in order, by what it says of an account: known, closed or never heard of.

        Raises:
            SourceError: where it does not, which says nothing about any post.

        """
        response = await self._publicly(_GET_PROFILE, [("actor", did)])
        if response.status_code == HTTPStatus.BAD_REQUEST and complaint(response).error:
            return
        try:
            msgspec.json.decode(body(response, self._who), type=dict[str, msgspec.Raw])
        except FAULTS as error:
            raise no_answer(self._who) from error

    async def _publicly(self, path: str, question: Sequence[tuple[str, str]]) -> httpx.Response:
        response = await self._client.get(self._address + path, params=question, headers={"Accept": "application/json"})
        if self._session is None:
            note_limits(self._budget, response, datetime.now(UTC))
        return response

    def _read(self, answer: bytes, uris: Sequence[str]) -> dict[str, bytes]:
        try:
            posts = _POSTS.decode(answer).posts
        except FAULTS as error:
            raise no_answer(self._who) from error
        views: dict[str, bytes] = {}
        for raw in posts[: len(uris)]:
            try:
                views[_ADDRESSED.decode(raw).uri] = bytes(raw)
            except FAULTS:
                continue
        return {uri: views[uri] for uri in uris if uri in views}
