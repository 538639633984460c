"""What the hall talks about: the terms of the last hour among the posts that the gate holds now."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from kiosk.domain.terms import Said, folded_word, terms

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from kiosk.domain.model import PostState
    from kiosk.domain.terms import Term
    from kiosk.runtime.clocks import Clock
    from kiosk.runtime.gate import Gate

SPAN: Final = timedelta(hours=1)
"""How long a post counts from when it was posted, or from when it came where its network says it will be posted."""


FRESH: Final = 30.0
"""Seconds for which a count of the same posts holds: 600 of them take 16 ms, and the desk asks with every change."""


class Talk:
    """Counts exactly the posts that the gate holds when it is asked: one that it has shut out is never counted."""

    def __init__(self, gate: Gate, clock: Clock, stops: Collection[str] = frozenset()) -> None:
        """Leave out `stops`, folded words that say nothing by themselves."""
        self._gate, self._clock = gate, clock
        self._stops = frozenset(stops)
        self._tags: frozenset[str] = frozenset()
        self._counted: tuple[Term, ...] = ()
        self._of: tuple[PostState, ...] | None = None
        self._until = -math.inf

    def about(self, hashtags: Iterable[str]) -> None:
        """Know the event's own hashtags: everybody writes them."""
        self._tags = frozenset(map(folded_word, hashtags))
        self._of = None

    def terms(self) -> tuple[Term, ...]:
        """The terms of the last hour, most people first; counted anew for other posts, and after a while."""
        posts, now = self._gate.open_posts(), self._clock.monotonic()
        if posts != self._of or now >= self._until:
            since = self._clock.now() - SPAN
            recent = (state for state in posts if min(state.post.created_at, state.received_at) >= since)
            said = (Said(state.post.author.handle, state.post.text) for state in recent)
            self._counted = terms(said, self._stops | self._tags)
            self._of, self._until = posts, now + FRESH
        return self._counted

    def count(self) -> int:
        """How many terms there are."""
        return len(self.terms())
