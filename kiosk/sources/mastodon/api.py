"""One server that speaks the Mastodon API: asked with its token, its limits noted, its refusals put into sentences."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from kiosk.domain.errors import Portal, Refused, Unavailable
from kiosk.sources.headers import note_limits, retry_after

if TYPE_CHECKING:
    from collections.abc import Sequence

    import httpx

    from kiosk.sources.source import Budget, Client

GONE: Final = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
MEMBERS_ONLY: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
_PASSING: Final = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.REQUEST_TIMEOUT})


class Api:
    """What a source asks its server through; `name` is the server's as people know it."""

    def __init__(self, server: str, token: str, client: Client, budget: Budget) -> None:
        """Speak to the address `server`; each answer's limits are written into `budget`."""
        self.address = server.rstrip("/")
        self.name = self.address.removeprefix("https://")
        self.token = token
        self.client = client
        self._budget = budget
        self.headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})

    async def ask(self, path: str, params: Sequence[tuple[str, str]] = ()) -> httpx.Response:
        """Ask and return the answer, whatever its status."""
        response = await self.client.get(self.address + path, params=params, headers=self.headers)
        note_limits(self._budget, response, datetime.now(UTC))
        return response

    async def get(self, path: str, params: Sequence[tuple[str, str]] = ()) -> httpx.Response:
        """Ask and let only 200 pass; see `accept`."""
        response = await self.ask(path, params)
        self.accept(response)
        return response

    def accept(self, response: httpx.Response, who: str = "") -> None:
        """Let only 200 pass; `who` answered, where it was not this server.

        Raises:
            Unavailable: it may answer later, and when, where it said so.
            Refused: it will not.
            Portal: something else answered in its place.

        """
        status, who = response.status_code, who or self.name
        if status == HTTPStatus.OK:
            return
        if status == HTTPStatus.NETWORK_AUTHENTICATION_REQUIRED or status < HTTPStatus.BAD_REQUEST:
            raise Portal(f"{who} sent status {status}; is this network's log-in page in the way?")
        if status in _PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            wish = retry_after(response, datetime.now(UTC))
            what = "asks for a pause" if status == HTTPStatus.TOO_MANY_REQUESTS else "is in trouble"
            raise Unavailable(f"{who} {what} (status {status}).", retry_after=wish)
        raise Refused(self._refusal(response, who))

    def _refusal(self, response: httpx.Response, who: str) -> str:
        """What the server means, and what to do; Mastodon before 4.3 says 422 where it wants a token."""
        status = response.status_code
        if status == HTTPStatus.UNAUTHORIZED or b"authenticated" in response.content[:1000]:
            if self.token:
                return (
                    f"{who} does not accept the token in token_file; `kiosk login mastodon {self.address}` makes "
                    "another."
                )
            return (
                f"{who} shows this only to its members: `kiosk login mastodon {self.address}` makes a token for "
                "token_file."
            )
        if status == HTTPStatus.FORBIDDEN:
            return f"{who} refuses (403): its token may not read this, or it keeps programs out."
        if status in GONE or status == HTTPStatus.UNPROCESSABLE_ENTITY:
            return f"{who} has no Mastodon API at this address (status {status}); check `server`."
        return f"{who} refuses (status {status})."
