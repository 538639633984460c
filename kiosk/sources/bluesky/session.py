"""A session at a Bluesky server: made with an app password, kept over restarts, refreshed when it is too old.

See https://atproto.com/specs/xrpc#authentication; logins are limited to 30 in five minutes and 300 a day,
https://docs.bsky.app/docs/advanced-guides/rate-limits.
"""

from __future__ import annotations

import asyncio
import re
import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import msgspec

from kiosk.domain.errors import Misconfigured, SourceError, Unavailable
from kiosk.domain.text import one_line
from kiosk.sources.bluesky.xrpc import complaint, expired, no_answer, trouble

if TYPE_CHECKING:
    from collections.abc import Sequence

    import httpx

    from kiosk.sources.source import Means

LOGINS: Final = 3
"""Logins in an hour at most, restarts included."""

_HOUR: Final = 3600.0
_TOKEN: Final = re.compile(r"[A-Za-z0-9._~+/=-]{1,8000}")


class _Tokens(msgspec.Struct, frozen=True):
    """What createSession and refreshSession answer, as far as it is kept."""

    access: str = msgspec.field(name="accessJwt")
    refresh: str = msgspec.field(name="refreshJwt")


class _Kept(msgspec.Struct):
    tokens: _Tokens | None = None
    logins: list[float] = []


class Session:
    """One account at one server; asks nothing before something is asked of it."""

    def __init__(self, server: str, identifier: str, means: Means) -> None:
        """Log in at `server` as `identifier` (a handle or a DID) with the app password in the token file."""
        self._server = server.rstrip("/")
        self.server = urlsplit(server).netloc
        self._identifier = identifier.strip().lstrip("@")
        self._password = means.token
        self._client = means.client
        self._vault = means.vault
        self._name = f"bluesky {self._server} {self._identifier}"
        self._kept = self._remembered()
        self._turn = asyncio.Lock()
        self._refusal: SourceError | None = None

    async def get(self, path: str, params: Sequence[tuple[str, str]]) -> httpx.Response:
        """Ask as the account, with a new token where the server takes the old one for too old.

        Raises:
            SourceError: where there is no session to be had.

        """
        tokens = self._kept.tokens or await self._renewed(None)
        response = await self._ask(path, params, tokens)
        if expired(response):
            response = await self._ask(path, params, await self._renewed(tokens))
        return response

    async def _ask(self, path: str, params: Sequence[tuple[str, str]], tokens: _Tokens) -> httpx.Response:
        return await self._client.get(self._server + path, params=params, headers=_bearer(tokens.access))

    async def _renewed(self, stale: _Tokens | None) -> _Tokens:
        """New tokens in place of `stale` ones, or those that somebody else has got meanwhile."""
        async with self._turn:
            if self._kept.tokens is not None and self._kept.tokens != stale:
                return self._kept.tokens
            tokens = None if stale is None else await self._refreshed(stale)
            if tokens is None:
                tokens = await self._logged_in()
            self._keep(tokens)
            return tokens

    async def _refreshed(self, stale: _Tokens) -> _Tokens | None:
        """Tokens in exchange for the refresh token; None where the server does not take it any more."""
        path = "/xrpc/com.atproto.server.refreshSession"
        response = await self._client.post(self._server + path, headers=_bearer(stale.refresh))
        if response.status_code == HTTPStatus.OK:
            return self._read(response)
        if expired(response) or response.status_code == HTTPStatus.UNAUTHORIZED:
            return None
        raise trouble(response, self.server)

    async def _logged_in(self) -> _Tokens:
        self._count_login()
        response = await self._client.post(
            f"{self._server}/xrpc/com.atproto.server.createSession",
            json={"identifier": self._identifier, "password": self._password},
        )
        if response.status_code == HTTPStatus.OK:
            self._refusal = None
            return self._read(response)
        if response.status_code in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            words = one_line(complaint(response).message, limit=200)
            self._refusal = Misconfigured(
                f"{self.server} does not let {self._identifier} in (“{words}”): check `identifier`, and put a new app "
                "password (Settings, Privacy and security, App passwords) into the token file."
            )
            raise self._refusal
        raise trouble(response, self.server)

    def _count_login(self) -> None:
        """Count a login that is about to be tried; a few an hour are all that are."""
        now = time.time()
        recent = [each for each in self._kept.logins if 0 <= now - each < _HOUR]
        if len(recent) >= LOGINS:
            if self._refusal is not None:
                raise self._refusal
            wish = _HOUR - (now - min(recent))
            raise Unavailable(
                f"{self.server} was asked for a session {LOGINS} times within the hour; no more before the next.",
                retry_after=wish,
            )
        self._kept.logins = [*recent, now]
        self._put()

    def _read(self, response: httpx.Response) -> _Tokens:
        try:
            tokens = msgspec.json.decode(response.content, type=_Tokens)
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            raise no_answer(self.server) from error
        if not _TOKEN.fullmatch(tokens.access) or not _TOKEN.fullmatch(tokens.refresh):
            raise no_answer(self.server)
        return tokens

    def _keep(self, tokens: _Tokens) -> None:
        self._kept.tokens = tokens
        self._put()

    def _put(self) -> None:
        self._vault.put(self._name, msgspec.json.encode(self._kept).decode())

    def _remembered(self) -> _Kept:
        try:
            return msgspec.json.decode(self._vault.get(self._name) or "{}", type=_Kept)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            return _Kept()


def _bearer(token: str) -> dict[str, str]:
    return {"Accept": "application/json", "Authorization": f"Bearer {token}"}
