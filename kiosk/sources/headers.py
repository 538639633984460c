"""What a server says about when to come back, in all the dialects met; see pitfalls: none is always there."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import httpx

SHORTEST: Final = 1.0
LONGEST: Final = 15 * 60.0
"""Bounds in seconds of any wish that is honoured."""

_EPOCH: Final = 1_000_000_000
"""Numbers above this are seconds since 1970, numbers below are seconds from now."""


def clamped(seconds: float) -> float:
    """A wish within the bounds; what is no number becomes the shortest."""
    return max(SHORTEST, min(LONGEST, seconds)) if seconds == seconds else SHORTEST  # noqa: PLR0124  # NaN differs from itself


def retry_after(response: httpx.Response, now: datetime) -> float | None:
    """Seconds to wait by Retry-After (seconds or HTTP date, RFC 9110 10.2.3), else by the rate limit's reset."""
    wish = response.headers.get("retry-after", "").strip()
    seconds = _seconds(wish, now)
    return until_reset(response, now) if seconds is None else clamped(seconds)


def until_reset(response: httpx.Response, now: datetime) -> float | None:
    """Seconds until X-RateLimit-Reset (ISO time, epoch seconds, or seconds from now), None where it is not said."""
    seconds = _seconds(response.headers.get("x-ratelimit-reset", "").strip(), now)
    return None if seconds is None else clamped(seconds)


def pause_between(response: httpx.Response, now: datetime) -> float:
    """Seconds to leave before the next request so that what is left of the limit lasts until its reset; 0 for none."""
    remaining = response.headers.get("x-ratelimit-remaining", "")
    reset = until_reset(response, now)
    if reset is None or not remaining.isascii() or not remaining.isdecimal() or len(remaining) > 9:  # noqa: PLR2004  # no such limit
        return 0.0
    left = int(remaining)
    return reset if left == 0 else reset / left


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
