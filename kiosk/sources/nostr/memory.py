"""The posts and deletions met lately, bounded: which deletion means one of ours, and whose are listened for."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Final

from kiosk.sources.nostr.events import DELETION
from kiosk.sources.nostr.reading import OVERLAP

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kiosk.sources.nostr.events import Event

MET: Final = 5_000
"""Posts, and deletions, that are remembered."""

WATCHED: Final = 200
"""Authors, the last ones met, whose deletions are listened for."""


class Memory:
    """What one source met; all of it can be lost without harm, since each post is asked for again and again."""

    def __init__(self) -> None:
        """Remember nothing."""
        self._met: OrderedDict[str, None] = OrderedDict()
        self._deleted: OrderedDict[str, None] = OrderedDict()
        self._authors: OrderedDict[str, None] = OrderedDict()

    def meet(self, posts: Iterable[Event]) -> bool:
        """Remember posts; whether there were authors among them who are to be listened for from now on."""
        known = set(self._authors)
        for event in posts:
            _keep(self._met, event.local_id, MET)
            _keep(self._authors, event.pubkey, WATCHED)
        return not known.issuperset(self._authors)

    def lose(self, deletions: Iterable[Event]) -> list[str]:
        """Remember deletions; the local ids of posts that were met and are gone by them."""
        gone: list[str] = []
        for event in deletions:
            for local in event.deleted():
                _keep(self._deleted, local, MET)
                if local in self._met:
                    gone.append(local)
        return gone

    def stands(self, event: Event, now: float) -> bool:
        """Whether nothing is known against showing an event at `now`, in seconds since 1970."""
        return event.local_id not in self._deleted and not event.expired(int(now))

    def deletions(self, now: float) -> Mapping[str, Any] | None:
        """What to ask a relay to hear of deletions as they come; None while nobody was met."""
        if not self._authors:
            return None
        return {"kinds": [DELETION], "authors": list(self._authors), "since": int(now) - OVERLAP}


def _keep(kept: OrderedDict[str, None], key: str, most: int) -> None:
    kept[key] = None
    kept.move_to_end(key)
    while len(kept) > most:
        kept.popitem(last=False)
