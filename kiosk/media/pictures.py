"""Fetching one picture: the guarded client with a picture's limits, and status codes as sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from kiosk.domain.errors import Refused, Unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx

_ACCEPT: Final = "image/jpeg,image/webp,image/png,image/avif,image/heic,image/gif;q=0.5"
_OK: Final = 200
_PASSING: Final = frozenset({408, 425, 429})
_SERVER_FAULT: Final = 500
_LONGEST_WISH: Final = 3600.0


class Fetching(Protocol):
    """The part of the guarded client that is needed here."""

    async def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> httpx.Response:
        """Fetch; see `media.client.GuardedClient.get`."""
        ...


class Pictures:
    """Fetches pictures into memory, never to the disk."""

    def __init__(self, client: Fetching) -> None:
        """Fetch with `client`, made with `media.client.PICTURE`."""
        self._client = client

    async def picture(self, url: str) -> bytes:
        """Return the bytes behind `url`, as they came.

        Raises:
            Unavailable: where a later try may succeed.
            Refused: where it will not.

        """
        answer = await self._client.get(url, headers={"Accept": _ACCEPT})
        status, host = answer.status_code, answer.request.url.host
        if status == _OK and answer.content:
            return answer.content
        if status in _PASSING or status >= _SERVER_FAULT:
            wish = answer.headers.get("retry-after", "")
            seconds = min(float(wish), _LONGEST_WISH) if wish.isdecimal() else None
            raise Unavailable(f"{host} could not give the picture now (status {status}).", retry_after=seconds)
        if status == _OK:
            raise Refused(f"{host} sent an empty picture.")
        raise Refused(f"{host} does not give the picture (status {status}).")
