"""XRPC, the AT Protocol's way of asking: what an answer means; see https://atproto.com/specs/xrpc."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import msgspec

from kiosk.domain.errors import BadPayload, Portal, Refused, SourceError, Unavailable
from kiosk.domain.text import one_line
from kiosk.sources.headers import retry_after

if TYPE_CHECKING:
    import httpx

_EXPIRED: Final = frozenset({"ExpiredToken", "InvalidToken", "AuthMissing"})
_PASSING: Final = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.REQUEST_TIMEOUT})
_MEMBERS_ONLY: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})


class Complaint(msgspec.Struct):
    """The body of an answer that is an error: its `error` is a name that programs may rely on."""

    error: str = ""
    message: str = ""


def complaint(response: httpx.Response) -> Complaint:
    """What a server complains of; empty where the answer is no XRPC error."""
    if response.status_code < HTTPStatus.BAD_REQUEST:
        return Complaint()
    try:
        return msgspec.json.decode(response.content, type=Complaint)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return Complaint()


def expired(response: httpx.Response) -> bool:
    """Whether a server takes our token for too old: status 400 or 401 with one of the names for it."""
    status = response.status_code
    return status in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED} and complaint(response).error in _EXPIRED


def body(response: httpx.Response, who: str) -> bytes:
    """The body of a good answer.

    Raises:
        Portal: where a log-in page stands in the server's place.
        Unavailable: where the server may answer later, with its wish.
        Refused: where it will not.

    """
    if response.status_code != HTTPStatus.OK:
        raise trouble(response, who)
    if response.content.lstrip()[:1] == b"<":
        raise _portal(who)
    return response.content


def trouble(response: httpx.Response, who: str) -> SourceError:
    """The error that an answer other than 200 stands for."""
    status, said = response.status_code, complaint(response)
    words = one_line(said.message or said.error, limit=200)
    if status in _PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        if status == HTTPStatus.NETWORK_AUTHENTICATION_REQUIRED:
            return _portal(who)
        what = "asks for a pause" if status == HTTPStatus.TOO_MANY_REQUESTS else "is in trouble"
        return Unavailable(f"{who} {what} (status {status}).", retry_after=retry_after(response, datetime.now(UTC)))
    if status < HTTPStatus.BAD_REQUEST:
        return _portal(who)
    if status in _MEMBERS_ONLY:
        return Refused(f"{who} refuses (status {status}{_quoted(words)}): it wants an app password that is good.")
    if status in {HTTPStatus.NOT_FOUND, HTTPStatus.NOT_IMPLEMENTED} and not said.error:
        return Refused(f"{who} does not speak the AT Protocol here (status {status}); check its address.")
    return Refused(f"{who} refuses (status {status}{_quoted(words)}).")


def _quoted(words: str) -> str:
    return f", “{words}”" if words else ""


def _portal(who: str) -> Portal:
    return Portal(f"{who} answered with a web page instead of posts; is this network's log-in page in the way?")


def no_answer(who: str) -> BadPayload:
    """The error for a good status with a body that is not what was promised."""
    return BadPayload(f"{who} answered with something that the AT Protocol does not know.")
