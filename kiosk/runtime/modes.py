"""Who may put a post on the wall right now: a person, or for half an hour the list of trusted authors."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Final

from kiosk.domain.errors import ArchiveError
from kiosk.domain.events import Approved
from kiosk.domain.model import Opinion, PostState, Standing
from kiosk.domain.moderation import Mode, content_hash

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kiosk.domain.events import Change
    from kiosk.runtime.clocks import Clock
    from kiosk.runtime.counters import Counters
    from kiosk.runtime.ledger import Ledger

TRUSTED_FOR: Final = 30 * 60.0
"""Seconds after which the wall is back in review by itself."""

BY: Final = "trusted authors"


class Modes:
    """The mode in force. Every start is in review; `allowed` is the most that the event file lets the desk choose."""

    def __init__(self, allowed: Mode, clock: Clock) -> None:
        """Begin in review."""
        self._allowed = allowed
        self._clock = clock
        self._until: float | None = None
        self.changed: Callable[[], None] = lambda: None

    @property
    def mode(self) -> Mode:
        """The mode in force now."""
        return Mode.TRUSTED if self.seconds_left > 0 else Mode.REVIEW

    @property
    def seconds_left(self) -> float:
        """Seconds until the wall is back in review by itself; 0 in review."""
        return 0.0 if self._until is None else max(0.0, self._until - self._clock.monotonic())

    def switch(self) -> str:
        """Change between review and trusted authors; a sentence where the event file does not allow it."""
        if self.mode is Mode.TRUSTED:
            self._until = None
        elif self._allowed is Mode.TRUSTED:
            self._until = self._clock.monotonic() + TRUSTED_FOR
        else:
            return 'Only review is allowed; [moderation] mode = "trusted" in the event\'s TOML file would allow more.'
        self.changed()
        return ""


class TrustedPass:
    """Approves what trusted authors post, while the mode says so and once every picture has settled."""

    def __init__(self, ledger: Ledger, modes: Modes, clock: Clock, counters: Counters) -> None:
        """Follow the ledger; `run` approves."""
        self._ledger = ledger
        self._modes = modes
        self._clock = clock
        self._counters = counters
        self._due: deque[PostState] = deque(maxlen=500)
        self._wake = asyncio.Event()
        ledger.listen(self._follow)

    async def run(self) -> None:
        """Approve each post that became due, for ever."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._due:
                await self._approve(self._due.popleft())

    def _follow(self, changes: Sequence[Change]) -> None:
        for change in changes:
            if isinstance(change.after, PostState) and self._passes(change.after):
                self._due.append(change.after)
                self._wake.set()

    def _passes(self, state: PostState) -> bool:
        return (
            self._modes.mode is Mode.TRUSTED
            and state.standing is Standing.PENDING
            and not state.decided_by
            and state.verdict.opinion is Opinion.ALLOW
            and state.settled
        )

    async def _approve(self, seen: PostState) -> None:
        if not self._passes(seen):
            return
        decision = Approved(at=self._clock.now(), uri=seen.uri, by=BY, content=content_hash(seen))
        try:
            await self._ledger.commit(decision, provided=lambda file: file.state(seen.uri) == seen)
        except ArchiveError as error:
            self._counters.count("A decision could not be written down", error)
