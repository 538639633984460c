"""What a moderator can do, free of any window: decisions bound to a post and its content, undo, panic."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Final

from kiosk.domain.errors import ArchiveError
from kiosk.domain.events import (
    Approved,
    Hidden,
    PanicCleared,
    PanicRaised,
    Rejected,
    Requeued,
    Stashed,
)
from kiosk.domain.model import PostState, Standing
from kiosk.domain.moderation import content_hash

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from kiosk.archive.event_file import EventFile
    from kiosk.domain.model import ContentHash, PostUri, State
    from kiosk.runtime.clocks import Clock
    from kiosk.runtime.counters import Counters
    from kiosk.runtime.gate import Gate
    from kiosk.runtime.ledger import Ledger
    from kiosk.runtime.panic import Panic
    from kiosk.runtime.stage import Stage

    Decision = Approved | Rejected | Stashed | Hidden | Requeued

UNDO_DEPTH: Final = 20


class Desk:
    """The moderator's commands. Each returns a sentence where it was refused and "" where it was carried out."""

    def __init__(  # noqa: PLR0913  # each is one room of the program, handed in by name
        self, *, ledger: Ledger, gate: Gate, stage: Stage, panic: Panic, clock: Clock, counters: Counters, by: str
    ) -> None:
        """Act in the name of `by`."""
        self._ledger = ledger
        self._gate = gate
        self._stage = stage
        self._panic = panic
        self._clock = clock
        self._counters = counters
        self._by = by
        self._turn = asyncio.Lock()
        self._undoable: deque[PostState] = deque(maxlen=UNDO_DEPTH)

    async def approve(self, uri: PostUri, content: ContentHash) -> str:
        """Approve exactly the content that the moderator saw; refused where it has changed since."""
        order = self._gate.number()
        return await self._in_turn(lambda: self._approve(uri, content, order))

    async def reject(self, uri: PostUri, reason: str = "") -> str:
        """Keep a post off the wall; takes it away first where it is on."""
        self._take_down(uri)
        return await self._in_turn(
            lambda: self._decide(Rejected(at=self._clock.now(), uri=uri, by=self._by, reason=reason))
        )

    async def stash(self, uri: PostUri) -> str:
        """Decide later; takes the post away first where it is on."""
        self._take_down(uri)
        return await self._in_turn(lambda: self._decide(Stashed(at=self._clock.now(), uri=uri, by=self._by)))

    async def hide(self, uri: PostUri, reason: str = "") -> str:
        """Take a post off the wall: pixels first, then the decision."""
        self._take_down(uri)
        return await self._in_turn(
            lambda: self._decide(Hidden(at=self._clock.now(), uri=uri, by=self._by, reason=reason))
        )

    async def undo(self) -> str:
        """Take back the newest of the last twenty decisions that was not taken back yet."""
        order = self._gate.number()
        return await self._in_turn(lambda: self._undo(order))

    async def panic(self) -> str:
        """Show nothing but the safe slate, now; the latch and the journal follow."""
        try:
            self._panic.raise_()
        except OSError as error:
            self._counters.count("Panic is on, but its latch could not be written", error)
        return await self._note(PanicRaised(at=self._clock.now(), by=self._by))

    async def calm(self) -> str:
        """Leave panic; the window asks twice before it calls this."""
        try:
            self._panic.clear()
        except OSError as error:
            return f"Panic stays on: its latch could not be removed ({error})."
        return await self._note(PanicCleared(at=self._clock.now(), by=self._by))

    def _take_down(self, uri: PostUri, order: int | None = None) -> None:
        self._gate.withhold(uri, order)
        self._stage.withdraw((uri,))

    async def _in_turn(self, work: Callable[[], Awaitable[str]]) -> str:
        """Carry decisions out one after the other, in the order in which they were given."""
        async with self._turn:
            try:
                return await work()
            except ArchiveError as error:
                self._counters.count("A decision could not be written down", error)
                return f"Not written down: {error} A post that was taken away stays away."

    async def _approve(self, uri: PostUri, content: ContentHash, order: int, *, undoing: bool = False) -> str:
        refusal = "This post is not known."

        def agreed(file: EventFile) -> bool:
            nonlocal refusal
            refusal = _refusal(file.state(uri), content)
            return not refusal

        withheld = self._gate.release(uri, order)
        try:
            decision = Approved(at=self._clock.now(), uri=uri, by=self._by, content=content)
            await self._decide(decision, undoing=undoing, provided=agreed)
        except ArchiveError:
            refusal = "It was not written down."
            raise
        finally:
            if refusal and withheld is not None:
                self._take_down(uri, withheld)
        return refusal

    async def _undo(self, order: int) -> str:
        if not self._undoable:
            return "There is nothing left to undo."
        before = self._undoable[-1]
        problem = await self._restore(before, order)
        self._undoable.pop()
        return problem

    async def _restore(self, before: PostState, order: int) -> str:
        now, uri = self._clock.now(), before.uri
        if before.standing is Standing.APPROVED:
            return await self._approve(uri, before.approved or content_hash(before), order, undoing=True)
        self._take_down(uri, order)
        if before.standing is Standing.STASHED:
            return await self._decide(Stashed(at=now, uri=uri, by=self._by), undoing=True)
        if before.standing is Standing.REJECTED:
            return await self._decide(Rejected(at=now, uri=uri, by=self._by, reason=before.reason), undoing=True)
        return await self._decide(Requeued(at=now, uri=uri, by=self._by), undoing=True)

    async def _decide(
        self, decision: Decision, *, undoing: bool = False, provided: Callable[[EventFile], bool] | None = None
    ) -> str:
        changes = await self._ledger.commit(decision, provided=provided)
        before = changes[0].before if changes else None
        if isinstance(before, PostState) and not undoing:
            self._undoable.append(before)
        return ""

    async def _note(self, event: PanicRaised | PanicCleared) -> str:
        try:
            await self._ledger.commit(event)
        except ArchiveError as error:
            self._counters.count("Panic could not be written into the journal", error)
        return ""


def _refusal(state: State | None, content: ContentHash) -> str:
    """Why this content of a post cannot be approved, "" where it can."""
    if not isinstance(state, PostState):
        return "This post was deleted at its origin."
    if not state.settled:
        return "Its pictures are still on their way; approve it when they are here."
    if content_hash(state) != content:
        return "This post has changed since you saw it; look again."
    return ""
