"""How a source is: its state in one word, its figures, and what an operator must know, in sentences."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003  # msgspec reads the annotation at run time
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import msgspec

from kiosk.domain.errors import Misconfigured, Portal, Refused, Unavailable

if TYPE_CHECKING:
    from kiosk.sources.source import Budget

QUIET_AFTER: Final = 10
"""Minutes without a post after which that is said: an empty list is not health."""

DEAD_AFTER: Final = 3
"""Refusals in a row after which a source counts as dead."""


class State(StrEnum):
    """What a source does now; the values are the words at the desk."""

    STARTING = "starting"
    LIVE = "live"
    POLLING = "polling"
    WAITING = "waiting"
    PORTAL = "captive portal"
    REFUSED = "refused"
    MISCONFIGURED = "misconfigured"
    DEAD = "dead"
    TROUBLED = "in trouble"


WELL: Final = frozenset({State.STARTING, State.LIVE, State.POLLING})
"""States that want nothing of the operator."""


class SourceHealth(msgspec.Struct):
    """What the desk says of one source; times in UTC, `lag` in seconds, money in `currency`.

    `until` is when a source that failed is asked again; `seen` and `shown` count posts; `left` of `limit` requests
    remain until `resets`; `quiet_minutes` is how long nothing came, 0 where that need not be said.
    """

    name: str
    kind: str = ""
    state: State = State.STARTING
    until: datetime | None = None
    last_success: datetime | None = None
    last_error: str = ""
    next_poll: datetime | None = None
    seen: int = 0
    shown: int = 0
    bad: int = 0
    gap: str = ""
    note: str = ""
    left: int | None = None
    limit: int | None = None
    resets: datetime | None = None
    spent: float | None = None
    cap: float | None = None
    currency: str = ""
    lag: float | None = None
    quiet_minutes: int = 0
    streaming: bool = False
    stream_note: str = ""
    refusals: int = 0

    def well(self, now: datetime) -> None:
        """A read succeeded."""
        self.state = State.LIVE if self.streaming else State.POLLING
        self.until, self.last_error, self.refusals = None, "", 0
        self.last_success = now

    def failed(self, error: BaseException, until: datetime) -> None:
        """A read failed with this error; the next one is at `until`."""
        self.refusals = self.refusals + 1 if isinstance(error, Refused) else 0
        self.state = self._state_after(error)
        self.until = until
        self.last_error = str(error) or "It did not finish in time."

    def _state_after(self, error: BaseException) -> State:
        match error:
            case Misconfigured():
                return State.MISCONFIGURED
            case Refused():
                return State.DEAD if self.refusals >= DEAD_AFTER else State.REFUSED
            case Portal():
                return State.PORTAL
            case Unavailable() if error.retry_after:
                return State.WAITING
            case _:
                return State.TROUBLED

    def stream_stands(self, *, stands: bool) -> None:
        """The stream has connected, or has ended."""
        self.streaming = stands
        if self.state in {State.LIVE, State.POLLING}:
            self.state = State.LIVE if stands else State.POLLING

    def charge(self, budget: Budget) -> None:
        """Copy what the source knows of its limits."""
        self.left, self.limit, self.resets = budget.left, budget.limit, budget.resets
        self.spent, self.cap, self.currency = budget.spent, budget.cap, budget.currency

    def words(self) -> list[str]:
        """What an operator must know, most pressing first; nothing where all is well."""
        quiet = f"0 posts for {self.quiet_minutes} minutes." if self.quiet_minutes else ""
        return [word for word in (self.last_error, self.gap, self.note, self.stream_note, quiet) if word]


def quiet_minutes(since: datetime, now: datetime) -> int:
    """Whole minutes since the last post, 0 while they are too few to be said."""
    minutes = int((now - since).total_seconds() // 60)
    return minutes if minutes >= QUIET_AFTER else 0


def figures(health: SourceHealth) -> list[str]:
    """What a source may still ask and has spent, and how far it is behind; each a few words."""
    parts: list[str] = []
    if health.left is not None:
        parts.append(f"{health.left} requests left" + (f" of {health.limit}" if health.limit else ""))
    if health.spent is not None:
        cap = f" of {health.cap:.2f}" if health.cap is not None else ""
        parts.append(f"{health.spent:.2f}{cap} {health.currency} spent")
    if health.lag is not None:
        parts.append(f"{health.lag:.0f} s behind")
    return parts


def sentence(health: SourceHealth) -> str:
    """A source's figures in one line, and its words below, as `kiosk fetch` prints them."""
    parts = [str(health.state), f"{health.seen} posts seen", f"{health.shown} shown", *figures(health)]
    return f"{health.name}: " + " · ".join(parts) + "".join(f"\n    {word}" for word in health.words())
