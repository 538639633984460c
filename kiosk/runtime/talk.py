"""What the hall talks about: the terms of the last hour among the posts that the gate holds now."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from kiosk.domain.terms import Said, folded_word, terms

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from kiosk.domain.terms import Term
    from kiosk.runtime.clocks import Clock
    from kiosk.runtime.gate import Gate

SPAN: Final = timedelta(hours=1)
"""How long a post counts from when it was posted, or from when it came where its network says it will be posted."""


class Talk:
    """Counts anew whenever it is asked, so that a post the gate has shut out is never counted."""

    def __init__(self, gate: Gate, clock: Clock, stops: Collection[str] = frozenset()) -> None:
        """Leave out `stops`, folded words that say nothing by themselves."""
        self._gate, self._clock = gate, clock
        self._stops = frozenset(stops)
        self._tags: frozenset[str] = frozenset()

    def about(self, hashtags: Iterable[str]) -> None:
        """Know the event's own hashtags: everybody writes them."""
        self._tags = frozenset(map(folded_word, hashtags))

    def terms(self) -> tuple[Term, ...]:
        """The terms of the last hour, most people first."""
        since = self._clock.now() - SPAN
        said = (
            Said(state.post.author.handle, state.post.text)
            for state in self._gate.open_posts()
            if min(state.post.created_at, state.received_at) >= since
        )
        return terms(said, self._stops | self._tags)

    def count(self) -> int:
        """How many terms there are."""
        return len(self.terms())
