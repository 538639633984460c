"""What both of Meta's APIs, Threads' and Instagram's, share: errors, usage, pages, and the way to ask.

See https://developers.facebook.com/docs/graph-api/guides/error-handling and
https://developers.facebook.com/docs/graph-api/overview/rate-limiting.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from kiosk.domain.errors import BadPayload, Misconfigured, Portal, Refused, Unavailable
from kiosk.domain.text import one_line
from kiosk.sources.headers import retry_after

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import httpx

    from kiosk.sources.source import Client

FAULTS: Final = (msgspec.DecodeError, UnicodeError, RecursionError, ValueError, OverflowError)
"""What reading a foreign item may raise."""

THROTTLED: Final = 300.0
"""Seconds to stay away where a limit is reached and nothing says for how long."""

MOST_PICTURES: Final = 16

_LONGEST_ADDRESS: Final = 4_000
"""Characters; Meta's addresses of pictures carry long signatures."""

_LIMITS: Final = frozenset({4, 17, 32, 341, 613, *range(80_000, 80_100)})
_PASSING: Final = frozenset({-1, 1, 2})
_TOKEN: Final = frozenset({102, 190})
_PERMISSION: Final = frozenset({3, 10, *range(200, 300)})
_MISSING_SUBCODE: Final = 33


class _Error(msgspec.Struct):
    message: str = ""
    code: int = 0
    error_subcode: int | None = None
    error_user_msg: str | None = None
    is_transient: bool | None = None


class _Failure(msgspec.Struct):
    error: _Error


class _Cursors(msgspec.Struct):
    after: str | None = None


class _Paging(msgspec.Struct):
    cursors: _Cursors | None = None
    next: str | None = None


class _Page(msgspec.Struct):
    data: list[msgspec.Raw]
    paging: _Paging | None = None


class GraphRefusedError(Refused):
    """The API's own error, with the code that says what it is about."""

    def __init__(self, message: str, code: int, subcode: int) -> None:
        """Keep `code` and `subcode` (0 for none) beside the sentence."""
        super().__init__(message)
        self.code = code
        self.subcode = subcode

    @property
    def missing(self) -> bool:
        """Whether the object asked for is not there, or not there for this app: the API does not tell which."""
        return (self.code, self.subcode) == (100, _MISSING_SUBCODE) or self.code == 24  # noqa: PLR2004  # the API's codes

    @property
    def parameter(self) -> bool:
        """Whether the API does not know something that was asked for, such as a field."""
        return self.code == 100 and not self.missing  # noqa: PLR2004  # the API's code


class Page(NamedTuple):
    """Items, each to be read on its own, and where the next page begins, "" for the last one."""

    items: list[msgspec.Raw]
    after: str


class Graph:
    """One of Meta's APIs, spoken to with one token; keeps in mind how much of its allowance is used."""

    def __init__(self, client: Client, address: str, token: str, who: str) -> None:
        """Ask at `address` (with its version, without a slash at the end); `who` is named in sentences."""
        self._client = client
        self._address = address
        self._token = token
        self._who = who
        self.used: int | None = None
        """Hundredths of the allowance that are used, as last said; None where it was not said."""
        self.rest_until: datetime | None = None
        """When the API promised to answer again."""

    async def get(self, path: str, params: Sequence[tuple[str, str]]) -> bytes:
        """Ask, and return the body of a good answer.

        Raises:
            Unavailable: a limit is reached, or the API is in trouble.
            Misconfigured: the token is missing or no longer good.
            GraphRefusedError: the API refuses this, with its code.
            Portal: something else answered.
            BadPayload: the answer is nothing that the API sends.

        """
        if not self._token:
            raise Misconfigured(f"{self._who} answers only to a token: name a token_file for it.")
        query = [*params, ("access_token", self._token)]
        response = await self._client.get(
            f"{self._address}/{path}", params=query, headers={"Accept": "application/json"}
        )
        self._note_usage(response.headers)
        if response.status_code != HTTPStatus.OK or response.content[:12].lstrip().startswith(b'{"error"'):
            self._refuse(response)
        if response.content.lstrip()[:1] == b"<":
            raise Portal(f"A web page answered in {self._who}'s place; is this network's log-in page in the way?")
        return response.content

    async def page(self, path: str, params: Sequence[tuple[str, str]]) -> Page:
        """Ask for a list; the address of the next page holds the token, so only its cursor is taken."""
        body = await self.get(path, params)
        try:
            page = msgspec.json.decode(body, type=_Page)
        except FAULTS as error:
            raise BadPayload(f"{self._who} answered with something that is no list of posts.") from error
        paging = page.paging
        after = paging.cursors.after if paging and paging.next and paging.cursors else None
        return Page(page.data, after or "")

    def _note_usage(self, headers: httpx.Headers) -> None:
        now = datetime.now(UTC)
        self.used, rest = usage(headers)
        self.rest_until = now + timedelta(minutes=rest) if rest else None

    def _refuse(self, response: httpx.Response) -> None:
        """Raise what an error means; its code goes before the status, which is not always fitting."""
        try:
            error = msgspec.json.decode(response.content, type=_Failure).error
        except FAULTS:
            self._refuse_status(response)
            return
        said = self._sentence(error.error_user_msg or error.message)
        if error.code in _LIMITS or response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            raise Unavailable(f"{self._who} asks for a pause ({said}).", retry_after=self._pause(response))
        if error.code in _TOKEN:
            raise Misconfigured(
                f"{self._who} does not take the token any more ({said}); put a new one into token_file."
            )
        if error.is_transient or error.code in _PASSING:
            raise Unavailable(
                f"{self._who} is in trouble ({said}).", retry_after=retry_after(response, datetime.now(UTC))
            )
        if error.code in _PERMISSION:
            said = f"{said}; the app's permissions have to change"
        raise GraphRefusedError(f"{self._who} refuses ({said}).", error.code, error.error_subcode or 0)

    def _refuse_status(self, response: httpx.Response) -> None:
        status = response.status_code
        if response.content.lstrip()[:1] == b"<" and status < HTTPStatus.INTERNAL_SERVER_ERROR:
            raise Portal(f"A web page answered in {self._who}'s place (status {status}); is a log-in page in the way?")
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            raise Unavailable(f"{self._who} asks for a pause (status 429).", retry_after=self._pause(response))
        if status == HTTPStatus.REQUEST_TIMEOUT or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            wish = retry_after(response, datetime.now(UTC))
            raise Unavailable(f"{self._who} is in trouble (status {status}).", retry_after=wish)
        if status < HTTPStatus.BAD_REQUEST:
            raise BadPayload(f"{self._who} answered with something that it never sends (status {status}).")
        raise Refused(f"{self._who} refuses (status {status}).")

    def _pause(self, response: httpx.Response) -> float:
        now = datetime.now(UTC)
        if self.rest_until is not None:
            return (self.rest_until - now).total_seconds()
        return retry_after(response, now) or THROTTLED

    def _sentence(self, said: str) -> str:
        """What the API says, on one line and without the token, which it may repeat."""
        return one_line(said.replace(self._token, "…"), limit=200).rstrip(".") or "without a reason"


def usage(headers: Mapping[str, str]) -> tuple[int | None, int]:
    """How much of the allowance is used, in hundredths, and for how many minutes the API will not answer, 0 for none.

    `X-App-Usage` holds one set of figures, `X-Business-Use-Case-Usage` a list of them for each business.
    """
    figures: list[dict[str, Any]] = []
    for name in ("x-app-usage", "x-business-use-case-usage"):
        try:
            said: Any = msgspec.json.decode(headers.get(name, ""))
        except FAULTS:
            continue
        if isinstance(said, dict):
            lists = [value for value in said.values() if isinstance(value, list)]  # pyright: ignore[reportUnknownVariableType]
            figures += [said, *(each for value in lists for each in value if isinstance(each, dict))]  # pyright: ignore[reportUnknownVariableType]
    used = [_figure(each, name) for each in figures for name in ("call_count", "total_time", "total_cputime")]
    known = [value for value in used if value is not None]
    rests = [_figure(each, "estimated_time_to_regain_access") or 0 for each in figures]
    return (max(known) if known else None), min(max(rests, default=0), 24 * 60)


def _figure(figures: dict[str, Any], name: str) -> int | None:
    value = figures.get(name)
    return int(value) if isinstance(value, int | float) and 0 <= value <= 100_000 else None  # noqa: PLR2004  # more is nonsense


def moment(said: str) -> datetime:
    """A time such as `2026-11-23T18:00:00+0000`, in UTC.

    Raises:
        ValueError: where it is none, or has no zone.

    """
    read = datetime.fromisoformat(said)
    if read.tzinfo is None:
        raise ValueError("its time has no zone")
    return read.astimezone(UTC)


def address(url: str | None) -> str:
    """A web address of sane length, "" for anything else."""
    return url if url and len(url) <= _LONGEST_ADDRESS and url.startswith(("https://", "http://")) else ""
