"""How a source is, as the desk's panel says it: a shape, a rank, a state, figures, and words where they are needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from kiosk.runtime.health import State

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from kiosk.runtime.health import SourceHealth

WELL: Final = 0
RESTING: Final = 1
WAITING: Final = 2
BROKEN: Final = 3

_MARKS: Final = {
    State.STARTING: ("○", RESTING),
    State.LIVE: ("●", WELL),
    State.POLLING: ("◐", WELL),
    State.WAITING: ("▲", WAITING),
    State.PORTAL: ("▲", WAITING),
    State.TROUBLED: ("▲", WAITING),
    State.REFUSED: ("■", BROKEN),
    State.MISCONFIGURED: ("■", BROKEN),
    State.DEAD: ("■", BROKEN),
}
"""A state's shape, and how much it wants of the operator: nothing, nothing yet, patience, or a hand."""


class Told(NamedTuple):
    """What the panel says of one source."""

    mark: str
    rank: int
    state: str
    facts: str
    words: str


def told(health: SourceHealth, zone: ZoneInfo) -> Told:
    """Say how a source is; times are the venue's."""

    def at(moment: datetime) -> str:
        return moment.astimezone(zone).strftime("%H:%M:%S")

    mark, rank = _MARKS[health.state]
    silent = rank >= WAITING and not health.seen
    parts = [] if silent else [f"{health.seen:,} seen", f"{health.shown:,} shown"]
    parts += [f"{health.bad:,} unreadable"] if health.bad else []
    parts += _figures(health)
    parts += [f"last answer {at(health.last_success)}"] if health.last_success and rank >= WAITING else []
    state = str(health.state)
    if health.until and rank >= WAITING:
        state += f" until {at(health.until)}" if health.state is State.WAITING else f", again at {at(health.until)}"
    return Told(mark, rank, state, " · ".join(parts), "\n".join(health.words()))


def _figures(health: SourceHealth) -> list[str]:
    """What a source may still ask, what it has spent, and how far it is behind: short, for a narrow panel."""
    parts: list[str] = []
    if health.spent is not None:
        cap = f" of {_money(health.cap, health.currency)}".replace(".00", "") if health.cap is not None else ""
        parts.append(f"{_money(health.spent, health.currency)}{cap}")
    if health.lag is not None:
        parts.append(f"{health.lag:.0f} s late")
    if health.left is not None:
        parts.append(f"{health.left}/{health.limit} left" if health.limit else f"{health.left} left")
    return parts


def _money(amount: float, currency: str) -> str:
    sign = {"USD": "$", "EUR": "€"}.get(currency, currency)
    return f"{sign}{amount:.2f}" if len(sign) == 1 else f"{amount:.2f} {currency}".rstrip()
