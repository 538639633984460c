"""Posts that Jetstream told of and that wait for the AppView: nothing is shown before its labels are known."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kiosk.sources.bluesky.jetstream import Told

AT_ONCE: Final = 25
"""Posts in one question, getPosts' own limit: https://docs.bsky.app/docs/api/app-bsky-feed-get-posts."""

GATHER: Final = 1.0
"""Seconds that a post waits for others to be asked about with it; the AppView needs about as long to know it."""

PATIENCE: Final = 120.0
"""Seconds after which a post that the AppView does not know is given up."""

LINGER: Final = 30.0
"""Seconds for which it is asked whether it shows an edit by now."""

MOST: Final = 500
"""Posts that wait at most; where more come, the oldest are given up, and said to be."""


class _Candidate(msgspec.Struct):
    told: Told
    met: float
    due: float
    tries: int = 0


class Candidates:
    """What waits, oldest first; `now` is monotonic time in seconds everywhere."""

    def __init__(self) -> None:
        """Nothing waits yet."""
        self._waiting: OrderedDict[str, _Candidate] = OrderedDict()

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def fresh(self) -> int:
        """How many were never asked about."""
        return sum(held.tries == 0 for held in self._waiting.values())

    def add(self, told: Told, now: float) -> int:
        """Let a post wait, with its newest record; how many were given up for want of room."""
        held = self._waiting.get(told.written)
        if held is None:
            self._waiting[told.written] = _Candidate(told, now, now + GATHER)
        else:
            # Its place, and with it the cursor, stays that of the first time it was told of.
            held.told = told._replace(time=held.told.time)
            held.met, held.due, held.tries = now, now + GATHER, 0
        lost = max(0, len(self._waiting) - MOST)
        for _ in range(lost):
            self._waiting.popitem(last=False)
        return lost

    def forget(self, uri: str) -> None:
        """A post was deleted."""
        self._waiting.pop(uri, None)

    def forget_all_of(self, did: str) -> None:
        """An account was closed."""
        for uri in [uri for uri in self._waiting if uri.startswith(f"at://{did}/")]:
            del self._waiting[uri]

    def due(self, now: float) -> list[str]:
        """Addresses to be asked about now, none before it is time."""
        first = min((held.due for held in self._waiting.values()), default=now + GATHER)
        if first > now and self.fresh < AT_ONCE:
            return []
        ripe = [uri for uri, held in self._waiting.items() if held.due <= now or held.tries == 0]
        return ripe[:AT_ONCE]

    def pause(self, now: float) -> float | None:
        """Seconds until something is due, None where nothing waits."""
        first = min((held.due for held in self._waiting.values()), default=None)
        return None if first is None else max(0.0, first - now)

    def told(self, uri: str) -> Told | None:
        """What Jetstream said of a post that still waits."""
        held = self._waiting.get(uri)
        return None if held is None else held.told

    def again(self, uri: str, now: float, patience: float = PATIENCE) -> bool:
        """Ask about a post once more after a longer while; False where it has waited long enough, and is dropped."""
        held = self._waiting[uri]
        if now - held.met >= patience:
            del self._waiting[uri]
            return False
        held.tries += 1
        held.due = now + GATHER * 2.0 ** min(held.tries, 5)
        return True

    def postpone(self, uris: Iterable[str], until: float) -> None:
        """Nobody could be asked: try these again at `until`; their patience does not run meanwhile."""
        for uri in uris:
            held = self._waiting.get(uri)
            if held is not None:
                held.met, held.due, held.tries = until, until, max(1, held.tries)

    def oldest(self) -> int | None:
        """Where the stream stood when the first of those waiting was told of, in microseconds since 1970."""
        return min((held.told.time for held in self._waiting.values()), default=None)


def pages(uris: Sequence[str]) -> list[Sequence[str]]:
    """Addresses in questions of at most AT_ONCE."""
    return [uris[start : start + AT_ONCE] for start in range(0, len(uris), AT_ONCE)]
