"""What reading X costs: every resource of an answer once a UTC day, counted against a cap that is never passed.

See https://docs.x.com/x-api/getting-started/pricing: posts, accounts and media that an answer holds are paid for, those
that it merely includes too; the same one again on the same UTC day is free ("a soft guarantee").
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from kiosk.domain.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kiosk.sources.source import Budget

REMEMBERED: Final = 4_000
"""Resources known to be paid for today; one that is forgotten is counted again, which errs on the safe side."""

PICTURES: Final = 4
REFERENCES: Final = 2
"""What a post may bring with it at most: four pictures, and the posts it quotes and replies to, with their authors."""


class Prices(NamedTuple):
    """What one of each costs, in US dollars."""

    post: float
    author: float
    media: float

    @property
    def worst(self) -> float:
        """The most that reading one post can cost."""
        return (1 + REFERENCES) * (self.post + self.author) + PICTURES * self.media

    def of(self, resource: str) -> float:
        """The price of a resource, whose name begins with its kind: p, u or m; polls (l) have none."""
        return {"p": self.post, "u": self.author, "m": self.media}.get(resource[:1], 0.0)


class Spent(msgspec.Struct, frozen=True):
    """What was spent on one UTC day, and for what, newest last."""

    day: str = ""
    dollars: float = 0.0
    resources: tuple[str, ...] = ()


class Spending:
    """Counts for one source; the desk sees it in the source's budget."""

    def __init__(self, prices: Prices, cap: float, budget: Budget) -> None:
        """Spend at most `cap` US dollars a UTC day."""
        self._prices = prices
        self._cap = cap
        self._budget = budget
        self._day = ""
        self._before = 0.0
        self._restored: set[str] = set()
        self._resources: dict[str, None] = {}
        budget.spent, budget.cap, budget.currency = 0.0, cap, "USD"

    @property
    def dollars(self) -> float:
        """What was spent today."""
        return self._budget.spent or 0.0

    def written(self) -> Spent:
        """All of it, to be kept beside the cursor."""
        return Spent(self._day, round(self.dollars, 6), tuple(self._resources)[-REMEMBERED:])

    def restore(self, spent: Spent, now: datetime, kept_by: str = "poll") -> None:
        """Go on after a restart from what was kept beside a cursor; only the first call for each cursor counts."""
        self._turn(now)
        if kept_by in self._restored:
            return
        self._restored.add(kept_by)
        if spent.day == self._day:
            here = self.dollars - self._before - sum(map(self._prices.of, self._resources.keys() & spent.resources))
            self._before = max(self._before, spent.dollars)
            self._budget.spent = self._before + max(0.0, here)
            self._resources = dict.fromkeys([*spent.resources[-REMEMBERED:], *self._resources])

    def paid(self, resource: str, now: datetime) -> bool:
        """Whether a resource was paid for today already."""
        self._turn(now)
        return resource in self._resources

    def affordable(self, posts: int, now: datetime) -> int:
        """How many of so many posts may be read so that the cap holds whatever they bring with them."""
        self._turn(now)
        room = self._cap - self.dollars
        worst = self._prices.worst
        return posts if worst <= 0 else max(0, min(posts, int((room + 1e-9) / worst)))

    def count(self, resources: Iterable[str], now: datetime) -> None:
        """Count what an answer held."""
        self._turn(now)
        for resource in resources:
            if resource not in self._resources:
                self._budget.spent = self.dollars + self._prices.of(resource)
            self._resources.pop(resource, None)
            self._resources[resource] = None
        while len(self._resources) > REMEMBERED:
            del self._resources[next(iter(self._resources))]

    def exhausted(self, name: str, now: datetime) -> Unavailable:
        """The error for a request that is not made because it might pass the cap."""
        midnight = datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), time(), UTC)
        return Unavailable(self.words(name), retry_after=max(1.0, (midnight - now).total_seconds()))

    def words(self, name: str) -> str:
        """Say what was spent, until when nothing more is read, and which key allows more."""
        return (
            f"{name} is read no more today: ${self.dollars:.2f} of ${self._cap:.2f} are spent, and one more request "
            "might pass that. It goes on at 00:00 UTC, or once `daily_cap` is raised."
        )

    def _turn(self, now: datetime) -> None:
        day = now.astimezone(UTC).date().isoformat()
        if day != self._day:
            self._day, self._budget.spent, self._before, self._resources = day, 0.0, 0.0, {}
