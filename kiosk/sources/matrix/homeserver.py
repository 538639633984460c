"""A Matrix homeserver as a client meets it: where it is, its token, its errors in plain sentences, its media.

See https://spec.matrix.org/v1.11/client-server-api/: `standard-error-response`, `server-discovery`, `rate-limiting`
and `content-repository`.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import quote

import msgspec

from kiosk.domain.errors import BadPayload, Misconfigured, Portal, Refused, Unavailable
from kiosk.domain.text import one_line
from kiosk.sources.headers import clamped, retry_after
from kiosk.sources.matrix.events import FAULTS, mxc_parts

if TYPE_CHECKING:
    from collections.abc import Sequence

    import httpx

    from kiosk.sources.source import Client

T = TypeVar("T")

LARGEST_ANSWER: Final = 12_000_000
"""Bytes of a page: a hundred events of at most 65 KB, with their edits and members."""

LARGEST_PICTURE: Final = 15_000_000
_PICTURE_SECONDS: Final = 30.0
_ACCEPT: Final = "image/jpeg,image/webp,image/png,image/avif,image/heic,image/gif;q=0.5"
_UNKNOWN_CALL: Final = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED})
_PASSING: Final = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.REQUEST_TIMEOUT})


class _Trouble(msgspec.Struct, frozen=True):
    errcode: str = ""
    error: str = ""
    retry_after_ms: float | None = None


class _Itself(msgspec.Struct, frozen=True):
    base_url: str


class _WellKnown(msgspec.Struct, frozen=True):
    homeserver: _Itself = msgspec.field(name="m.homeserver")


_TROUBLE: Final = msgspec.json.Decoder(_Trouble)
_WELL_KNOWN: Final = msgspec.json.Decoder(_WellKnown)


class Homeserver:
    """Asks a homeserver with one access token; `name` is how it is called in sentences."""

    def __init__(self, server: str, token: str, client: Client, name: str) -> None:
        """Ask nothing yet; `server` is an address, or the domain that names one in its well-known file."""
        self._server = server.rstrip("/")
        self._token = token
        self._client = client
        self._name = name
        self._base = self._guess = ""

    async def get(
        self, path: str, params: Sequence[tuple[str, str]] = (), *, seconds: float | None = None
    ) -> httpx.Response:
        """Ask for something below /_matrix/client; whatever the status is.

        Raises:
            Unavailable, Refused: where no answer came.

        """
        url = f"{await self._address()}/_matrix/client{path}"
        return await self._client.get(
            url, params=params, headers=self._headers(), seconds=seconds, largest=LARGEST_ANSWER
        )

    async def post(self, path: str, body: Any) -> httpx.Response:
        """Send something below /_matrix/client; whatever the status is."""
        url = f"{await self._address()}/_matrix/client{path}"
        return await self._client.post(url, json=body, headers=self._headers())

    async def picture(self, mxc: str) -> bytes:
        """Fetch media with the token (Matrix 1.11), or without it where the server is older than that.

        Raises:
            Unavailable: where a later try may succeed.
            Refused: where it will not.

        """
        parts = mxc_parts(mxc)
        if parts is None:
            raise Refused(f"“{one_line(mxc)}” is no picture of a homeserver.")
        place = "/".join(quote(part, safe=":") for part in parts)
        address = await self._address()
        response = await self._media(f"{address}/_matrix/client/v1/media/download/{place}", self._headers())
        if response.status_code in _UNKNOWN_CALL and errcode(response) in {"M_UNRECOGNIZED", ""}:
            response = await self._media(f"{address}/_matrix/media/v3/download/{place}", {})
        try:
            self.accept(response)
        except BadPayload as error:  # a log-in page in the way: it goes away
            raise Unavailable(str(error)) from error
        if response.headers.get("content-type", "").startswith("text/html"):
            raise Unavailable(f"{self._name} sent a web page instead of a picture.")
        if not response.content:
            raise Refused(f"{self._name} sent an empty picture.")
        return response.content

    async def _media(self, url: str, headers: dict[str, str]) -> httpx.Response:
        return await self._client.get(
            url, headers=headers | {"Accept": _ACCEPT}, seconds=_PICTURE_SECONDS, largest=LARGEST_PICTURE
        )

    def accept(self, response: httpx.Response) -> None:
        """Let only 200 pass, and say of anything else what is to be done.

        Raises:
            Misconfigured: a token that is not valid (any more).
            Refused: what will not be answered; what the server says of it is in the sentence.
            Unavailable: what may be answered later, with the server's wish.
            Portal: what no homeserver sends.

        """
        status, page = response.status_code, response.content.lstrip()[:1] == b"<"
        if status in _PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            self._pause(response)
        if status == HTTPStatus.OK and not page:
            self._base = self._guess
            return
        if status < HTTPStatus.BAD_REQUEST and (page or status != HTTPStatus.OK):
            raise Portal(
                f"{self._name} answered with a web page (status {status}); is this network's log-in page in the way?"
            )
        trouble = _trouble(response)
        if status == HTTPStatus.UNAUTHORIZED:
            raise Misconfigured(
                f"{self._name} does not know this access token (any more): log in again as the wall's account and put "
                "the new token into the token_file."
            )
        if trouble.errcode in {"", "M_UNRECOGNIZED"}:
            raise Refused(f"{self._name} is no Matrix homeserver (status {status}); check `server`.")
        said = one_line(trouble.error, limit=200)
        raise Refused(f"{self._name} refuses ({trouble.errcode[:40]}: {said}).")

    def decoded(self, response: httpx.Response, kind: type[T]) -> T:
        """The body of an answer that was accepted.

        Raises:
            BadPayload: where it is something else.

        """
        try:
            try:
                return msgspec.json.decode(response.content, type=kind)
            except msgspec.DecodeError:
                # Python's reader forgives half a surrogate pair, so that one event does not take its page with it.
                whole = json.dumps(json.loads(response.content), ensure_ascii=False)
                return msgspec.json.decode(whole.encode("utf-8", "replace"), type=kind)
        except FAULTS as error:
            raise BadPayload(f"{self._name} answered with something that is no part of a room.") from error

    def _pause(self, response: httpx.Response) -> None:
        status = response.status_code
        if status == HTTPStatus.NETWORK_AUTHENTICATION_REQUIRED:
            raise Portal(f"{self._name} is not reached: this network wants a log-in first (status 511).")
        wish = retry_after(response, datetime.now(UTC))
        milliseconds = _trouble(response).retry_after_ms
        if wish is None and milliseconds is not None:
            wish = clamped(milliseconds / 1000)
        what = "asks for a pause" if status == HTTPStatus.TOO_MANY_REQUESTS else "is in trouble"
        raise Unavailable(f"{self._name} {what} (status {status}).", retry_after=wish)

    def _headers(self) -> dict[str, str]:
        if not self._token:
            raise Misconfigured(
                f"{self._name} wants an access token: log in as an account made for the wall, and name a token_file "
                "that holds its token."
            )
        return {"Authorization": f"Bearer {self._token}", "Accept": "application/json"}

    async def _address(self) -> str:
        """Where the homeserver is: what its domain says in its well-known file, else its domain itself.

        It is asked until an answer was accepted: a log-in page of this network must not settle it.
        """
        if self._base:
            return self._base
        self._headers()  # without a token nothing is asked
        response = await self._client.get(f"{self._server}/.well-known/matrix/client")
        self._guess = _delegated(response) or self._server
        return self._guess


def errcode(response: httpx.Response) -> str:
    """The error's name in an answer, such as M_NOT_FOUND; "" where it has none."""
    return _trouble(response).errcode


def _trouble(response: httpx.Response) -> _Trouble:
    try:
        return _TROUBLE.decode(response.content)
    except FAULTS:
        return _Trouble()


def _delegated(response: httpx.Response) -> str:
    if response.status_code != HTTPStatus.OK:
        return ""
    try:
        base = _WELL_KNOWN.decode(response.content).homeserver.base_url
    except FAULTS:
        return ""
    return base.rstrip("/") if base.startswith(("https://", "http://")) else ""
