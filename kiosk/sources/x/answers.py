"""What the X API answers beside posts: limits in three dialects, and every refusal as a sentence for the operator.

See https://docs.x.com/x-api/fundamentals/rate-limits and
https://docs.x.com/x-api/fundamentals/response-codes-and-errors.
"""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec.structs import replace

from kiosk.domain.errors import BadPayload, Misconfigured, Portal, Refused, SourceError, Unavailable
from kiosk.sources.headers import Allowance, allowance, retry_after
from kiosk.sources.x.pages import table_of
from kiosk.sources.x.shapes import FAULTS, Problem, each

if TYPE_CHECKING:
    from datetime import datetime

    import httpx

    from kiosk.sources.source import Budget

GONE: Final = frozenset({"resource-not-found", "not-authorized-for-resource"})
"""Kinds of problems that mean: deleted, suspended or made private."""

_PASSING: Final = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.REQUEST_TIMEOUT})
_DAILY: Final = ("x-app-limit-24hour", "x-user-limit-24hour")
_DAY: Final = 86_400.0
_UNENROLLED: Final = "client-not-enrolled"
_WRONG_TOKEN: Final = "unsupported-authentication"  # noqa: S105  # the name of a problem


def limits(response: httpx.Response, now: datetime) -> list[Allowance]:
    """Every limit that an answer tells of: the 15 minutes' (`x-rate-limit-*`) and the days' (epoch seconds all)."""
    said, headers = [allowance(response, now)], response.headers
    for name in _DAILY:
        left, limit, reset = (_count(headers.get(f"{name}-{part}", "")) for part in ("remaining", "limit", "reset"))
        said.append(Allowance(left, limit, None if reset is None else reset - now.timestamp()))
    return [each for each in said if each.left is not None]


def _count(said: str) -> int | None:
    return int(said) if said.isascii() and said.isdecimal() and len(said) <= 12 else None  # noqa: PLR2004  # epoch seconds


def note(budget: Budget, response: httpx.Response, now: datetime) -> float:
    """Write the tightest limit into a budget; seconds to leave before the next request so that none runs out."""
    told = limits(response, now)
    if not told:
        return 0.0
    tightest = min(told, key=lambda limit: limit.left or 0)
    reset = None if tightest.reset is None else max(0.0, min(_DAY, tightest.reset))
    budget.left, budget.limit = tightest.left, tightest.limit
    budget.resets = None if reset is None else now + timedelta(seconds=reset)
    return max((_pause(limit) for limit in told), default=0.0)


def _pause(limit: Allowance) -> float:
    if limit.reset is None or limit.reset <= 0 or limit.left is None:
        return 0.0
    return min(_DAY, limit.reset) / max(1, limit.left)


def refusal(response: httpx.Response, now: datetime) -> SourceError:
    """The error that an answer other than a good one stands for."""
    status = response.status_code
    if status == HTTPStatus.NETWORK_AUTHENTICATION_REQUIRED or response.is_redirect:
        return Portal(f"X sent status {status}; is this network's log-in page in the way?")
    if status < HTTPStatus.BAD_REQUEST:
        return BadPayload(f"X sent status {status} and no posts.")
    said = _said(response.content)
    problem = _problem(said)
    if status == HTTPStatus.PAYMENT_REQUIRED or problem.kind == "credits" or "CreditsDepleted" in problem.title:
        return Refused(f"X says that the account's credits are used up; top them up ({problem.words}).")
    if problem.kind == "usage-capped":
        return Refused(f"X says that the account's own cap on reading is reached ({problem.words}).")
    if status in _PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _later(response, problem, said, now)
    return _ours(status, problem, str(said.get("reason", "")))


def _ours(status: int, problem: Problem, reason: str) -> SourceError:
    """What only whoever wrote the event's file can mend."""
    if status == HTTPStatus.BAD_REQUEST:
        return Misconfigured(f"X does not accept the request: {problem.words.rstrip('.')}. Check `query`.")
    if status == HTTPStatus.UNAUTHORIZED:
        return Misconfigured("X does not know the token (401): put the app's bearer token into the token_file.")
    if reason == _UNENROLLED:
        return Misconfigured("X says that the token's app belongs to no project; attach it to one in X's console.")
    if problem.kind == _WRONG_TOKEN:
        return Misconfigured("X wants another kind of token (403): put the app's bearer token into the token_file.")
    return Refused(f"X refuses (status {status}): {problem.words}")


def _later(response: httpx.Response, problem: Problem, said: dict[str, Any], now: datetime) -> Unavailable:
    status, wish = response.status_code, retry_after(response, now)
    if status != HTTPStatus.TOO_MANY_REQUESTS:
        return Unavailable(f"X is in trouble (status {status}).", retry_after=wish)
    if "connection_issue" in said:
        return Unavailable(f"X allows no further stream for this app ({problem.words}).", retry_after=wish or 60.0)
    used = [limit.reset for limit in limits(response, now) if limit.left == 0 and limit.reset is not None]
    if used and "retry-after" not in response.headers:
        wish = max(1.0, min(_DAY, max(used)))
    return Unavailable("X asks for a pause (status 429).", retry_after=wish)


def _said(body: bytes) -> dict[str, Any]:
    try:
        return table_of(body)
    except SourceError:
        return {}


def _problem(said: dict[str, Any]) -> Problem:
    """What went wrong: the answer itself says it, or the first of its `errors` does (as in version 1.1)."""
    inside = each(said.get("errors"), Problem)
    try:
        whole = msgspec.convert(said, Problem)
    except FAULTS:
        whole = Problem()
    if inside and not whole.title and not whole.type:
        return inside[0]
    closer = next((problem.message or problem.detail for problem in inside), "")
    return replace(whole, detail=" ".join(filter(None, (whole.detail, closer))))


def sentence(problem: Problem) -> str:
    """Something that was asked for and is missing from an answer, for the operator."""
    return f"X left something out: {problem.words}"
