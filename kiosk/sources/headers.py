"""What a server says about when to come back and how much may still be asked, in all the dialects met.

None of it is always there. Retry-After is RFC 9110 10.2.3; `X-RateLimit-*` is Mastodon's (ISO time) and GitHub's
(epoch seconds); `RateLimit-*` is Bluesky's (epoch seconds) and the IETF draft's (seconds from now); `RateLimit` and
`RateLimit-Policy` are the draft's newer form, draft-ietf-httpapi-ratelimit-headers; `x-rate-limit-*` is X's.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    import httpx

    from kiosk.sources.source import Budget

SHORTEST: Final = 1.0
LONGEST: Final = 15 * 60.0
"""Bounds in seconds of any wish that is honoured."""

_EPOCH: Final = 1_000_000_000
"""Numbers above this are seconds since 1970, numbers below are seconds from now."""

_DIALECTS: Final = ("x-ratelimit", "ratelimit", "x-rate-limit")
_COUNT: Final = re.compile(r"\s*([0-9]{1,9})(?![0-9.])")
_LEFT: Final = re.compile(r"(?:^|[;,\s])(?:r|remaining)\s*=\s*([0-9]{1,9})(?![0-9.])")
_RESET: Final = re.compile(r"(?:^|[;,\s])(?:t|reset)\s*=\s*([0-9]{1,12})(?![0-9.])")
_QUOTA: Final = re.compile(r"(?:^|[;,\s])(?:q|limit)\s*=\s*([0-9]{1,9})(?![0-9.])")


class Allowance(NamedTuple):
    """What may still be asked: requests left of `limit` until `reset` seconds from now; None is unknown."""

    left: int | None = None
    limit: int | None = None
    reset: float | None = None


def clamped(seconds: float) -> float:
    """A wish within the bounds; what is no number becomes the shortest."""
    return max(SHORTEST, min(LONGEST, seconds)) if seconds == seconds else SHORTEST  # noqa: PLR0124  # NaN differs from itself


def retry_after(response: httpx.Response, now: datetime) -> float | None:
    """Seconds to wait by Retry-After (seconds or HTTP date), else by the rate limit's reset; None where neither is."""
    seconds = _seconds(response.headers.get("retry-after", "").strip(), now)
    return until_reset(response, now) if seconds is None else clamped(seconds)


def until_reset(response: httpx.Response, now: datetime) -> float | None:
    """Seconds until the rate limit's reset, within the bounds; None where it is not said."""
    reset = allowance(response, now).reset
    return None if reset is None else clamped(reset)


def pause_between(response: httpx.Response, now: datetime) -> float:
    """Seconds to leave before the next request so that what is left of the limit lasts until its reset; 0 for none."""
    left, _, reset = allowance(response, now)
    if reset is None or left is None:
        return 0.0
    return clamped(reset) if left == 0 else clamped(reset) / left


def note_limits(budget: Budget, response: httpx.Response, now: datetime) -> None:
    """Write into a budget what an answer says of its limit; an answer that says nothing changes nothing."""
    left, limit, reset = allowance(response, now)
    if left is None and limit is None:
        return
    budget.left, budget.limit = left, limit
    budget.resets = None if reset is None else now + timedelta(seconds=max(0.0, min(reset, _FARTHEST)))


_FARTHEST: Final = 31 * 86_400.0
"""Seconds to the farthest reset that is believed: there are limits by the month."""


def allowance(response: httpx.Response, now: datetime) -> Allowance:
    """Read the rate limit in whatever dialect the answer has it; a figure that cannot be read counts as unsaid."""
    headers = response.headers
    for dialect in _DIALECTS:
        left = _count(_COUNT, headers.get(f"{dialect}-remaining", ""))
        reset = _seconds(headers.get(f"{dialect}-reset", "").strip(), now)
        if left is not None or reset is not None:
            return Allowance(left, _count(_COUNT, headers.get(f"{dialect}-limit", "")), reset)
    said = headers.get("ratelimit", "")
    reset = _RESET.search(said)
    limit = _count(_QUOTA, said)
    if limit is None:
        limit = _count(_QUOTA, headers.get("ratelimit-policy", ""))
    return Allowance(_count(_LEFT, said), limit if said else None, _seconds(reset[1], now) if reset else None)


def _count(pattern: re.Pattern[str], said: str) -> int | None:
    """The number that a figure begins with: the draft lets policies follow it (`100, 100;w=60`)."""
    match = pattern.match(said) if pattern is _COUNT else pattern.search(said)
    return int(match[1]) if match else None


def _seconds(wish: str, now: datetime) -> float | None:
    if not wish:
        return None
    try:
        number = float(wish)
    except ValueError:
        moment = _moment(wish)
        return None if moment is None else (moment - now).total_seconds()
    return number - now.timestamp() if number > _EPOCH else number


def _moment(wish: str) -> datetime | None:
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(wish)
        except (ValueError, TypeError, OverflowError):
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None
