"""When files that are not there any more count as deleted: that is for ever, and a share that went away comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

GRACE: Final = 4.0
"""Seconds for which a photo must be missed: programs that rename by deleting need a moment."""

MANY: Final = 3
"""More than so many, and more than half of all, at once are believed only after `PATIENCE`."""

PATIENCE: Final = 30.0
_MOST: Final = 50_000


class Verdict(NamedTuple):
    """Photos that are believed to be deleted, whether others need another look, and a sentence for the operator."""

    gone: frozenset[str] = frozenset()
    doubtful: bool = False
    note: str = ""


class Vanishing:
    """Remembers since when each photo is missed."""

    def __init__(self, who: str) -> None:
        """Nothing is missed yet; `who` is how the operator knows the source."""
        self._who = who
        self._since: dict[str, float] = {}

    def judge(self, missed: AbstractSet[str], there: AbstractSet[str], *, same: bool, now: float) -> Verdict:
        """Tell which of the photos missed are deleted, by monotonic time; `there` are those that are not missed.

        `same` is whether the folder is the one that they were in: where a share is not mounted, an empty folder
        stands in its place, and that says nothing about any photo.
        """
        for each in there:
            self._since.pop(each, None)
        for each in missed:
            if len(self._since) < _MOST:
                self._since.setdefault(each, now)
        if not missed:
            return Verdict()
        at_once = len(missed) > MANY and len(missed) > len(there)
        of = f"{len(missed)} of {len(missed) + len(there)} photos"
        if not same and len(missed) >= len(there):
            return Verdict(
                note=f"{self._who} is another folder than before and lacks {of}; nothing was taken away for that. "
                "Mount the share again, or hide the photos at the desk."
            )
        patience = PATIENCE if at_once else GRACE
        gone = frozenset(each for each in missed if now - self._since.get(each, now) >= patience)
        if at_once and not gone:
            return Verdict(doubtful=True, note=f"{self._who} lacks {of} at once; that is believed if it stays so.")
        return Verdict(gone, doubtful=len(gone) < len(missed))
