"""What the desk asks of the director: hold, next, back, feature this post now, pin it."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import msgspec

from kiosk.domain.errors import ArchiveError
from kiosk.domain.events import Cause, Pinned, Unpinned
from kiosk.domain.moderation import showable
from kiosk.domain.pin import pin_after
from kiosk.domain.playlist import alone
from kiosk.domain.scenes import SCENES, Cue

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kiosk.domain.events import Change
    from kiosk.domain.model import PostUri
    from kiosk.runtime.clocks import Clock
    from kiosk.runtime.counters import Counters
    from kiosk.runtime.gate import Gate
    from kiosk.runtime.ledger import Ledger
    from kiosk.runtime.panic import Panic
    from kiosk.runtime.rotation import Rotation

REMEMBERED: Final = 20
"""Cues that back can go through."""

SLATE: Final = "The wall shows the safe slate; leave panic first."
CLOSED: Final = "Only an approved post can be on the wall; approve it first."


class Asked(msgspec.Struct, frozen=True):
    """A cue with why it is shown and who wanted it, "" where it was its turn."""

    cue: Cue
    cause: Cause = Cause.TURN
    by: str = ""


class Orders:
    """The desk's commands to one wall. Each returns a sentence where it was refused and "" where it was carried out.

    A pin is durable; hold, and what was asked for, end with the program and with panic.
    """

    def __init__(  # noqa: PLR0913  # each is one room of the program, handed in by name
        self,
        *,
        rotation: Rotation,
        gate: Gate,
        ledger: Ledger,
        panic: Panic,
        clock: Clock,
        counters: Counters,
        by: str,
    ) -> None:
        """Act in the name of `by`."""
        self._rotation, self._gate, self._ledger, self._panic = rotation, gate, ledger, panic
        self._clock, self._counters, self._by = clock, counters, by
        self._wake = asyncio.Event()
        self._waiting: Asked | None = None
        self._past: deque[Cue] = deque(maxlen=REMEMBERED)
        self._returning = False
        self._listeners: list[Callable[[], None]] = []
        self.up: Asked | None = None
        """What is on the wall, None while nothing is."""
        self.pin: Pinned | None = None
        self.held_by = ""
        """Who wants the cue to stay, "" where nobody does."""
        self.was_held_by = ""
        """Who held the cue that is up at any time."""

    def listen(self, listener: Callable[[], None]) -> None:
        """Tell `listener` whenever something else is up, asked for, held or pinned."""
        self._listeners.append(listener)

    def hold(self) -> str:
        """Keep the cue that is up, or let it go on."""
        if self._panic.raised:
            return SLATE
        self.held_by = "" if self.held_by else self._by
        self.was_held_by = self.held_by or self.was_held_by
        self._tell()
        return ""

    def next(self) -> str:
        """End the cue that is up."""
        return SLATE if self._panic.raised else self._move(None)

    def back(self) -> str:
        """Show the cue before this one again, without posts that may no longer be shown."""
        if self._panic.raised:
            return SLATE
        while self._past:
            cue = self._still_shown(self._past.pop())
            if cue is not None:
                self._returning = True
                return self._move(Asked(cue, Cause.BACK, self._by))
        return "There is nothing to go back to."

    def feature(self, uri: PostUri) -> str:
        """Show this post alone, now."""
        state = self._gate.state(uri)
        if self._panic.raised or state is None:
            return SLATE if self._panic.raised else CLOSED
        return self._move(Asked(alone(state), Cause.FEATURED, self._by))

    async def pin_post(self, uri: PostUri, every: int) -> str:
        """Bring this post back at every `every`-th cue, at 0 for good, until it is unpinned or may not be shown."""
        if self._gate.state(uri) is None:
            return CLOSED
        return await self._pin(Pinned(at=self._clock.now(), by=self._by, uri=uri, every=every))

    async def pin_scene(self, scene: str, every: int) -> str:
        """Bring this scene back at every `every`-th cue, at 0 for good, until it is unpinned."""
        return await self._pin(Pinned(at=self._clock.now(), by=self._by, scene=scene, every=every))

    async def unpin(self) -> str:
        """Pin nothing."""
        return await self._pin(Unpinned(at=self._clock.now(), by=self._by)) if self.pin else ""

    async def _pin(self, event: Pinned | Unpinned) -> str:
        uri = event.uri if isinstance(event, Pinned) else None
        try:
            changes = await self._ledger.commit(event, provided=lambda f: uri is None or showable(f.state(uri)))
        except ArchiveError as error:
            self._counters.count("A pin could not be written down", error)
            return f"Not written down: {error} The pin is as it was."
        return "" if changes else CLOSED

    def remember(self, pin: Pinned | None) -> None:
        """Know after a restart what is pinned."""
        self.pin = pin
        self._gate.kept = pin.uri if pin else None
        self._rotation.expect_pin()
        self._tell()

    def follow(self, changes: Sequence[Change]) -> None:
        """Take over a pin that was committed, and drop one whose post may no longer be shown."""
        pin = self.pin
        for change in changes:
            pin = pin_after(pin, change)
        if pin == self.pin:
            return
        same = pin and self.pin and (pin.uri, pin.scene) == (self.pin.uri, self.pin.scene)
        if self.up is not None and self.up.cause is Cause.PINNED and not same:
            self._wake.set()
        self.remember(pin)

    def take(self) -> Asked | None:
        """What was asked for and may still be shown; the director shows it next."""
        asked, self._waiting = self._waiting, None
        cue = asked and self._still_shown(asked.cue)
        return msgspec.structs.replace(asked, cue=cue) if asked and cue else None

    def upcoming(self) -> Cue | None:
        """What comes after the cue that is up, as things stand."""
        return self._waiting.cue if self._waiting else self._rotation.peek(self.pin).cue

    def began(self, asked: Asked) -> None:
        """The director shows this now."""
        self.up, self.was_held_by = asked, self.held_by
        self._wake.clear()
        self._tell()

    def ended(self) -> None:
        """What was up has left the wall."""
        if self.up is not None and not self._returning:
            self._past.append(self.up.cue)
        self.up, self._returning = None, False

    def release(self) -> None:
        """Hold nothing any longer: what was held is gone."""
        self.held_by = ""
        self._tell()

    def interrupt(self) -> None:
        """Panic has come or gone: end the cue, and forget what was asked for."""
        self._waiting, self._returning = None, False
        self._wake.set()
        self.release()

    @property
    def moving(self) -> bool:
        """Whether the cue that is up has to end now."""
        return self._wake.is_set()

    async def wait(self, seconds: float) -> None:
        """Wait until the cue has to end, at most so long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()

    def _move(self, asked: Asked | None) -> str:
        self._waiting = asked
        self._wake.set()
        self._tell()
        return ""

    def _still_shown(self, cue: Cue) -> Cue | None:
        """A cue without posts that may no longer be shown, None where none is left of it."""
        posts = tuple(uri for uri in cue.posts if self._gate.state(uri) is not None)
        return msgspec.structs.replace(cue, posts=posts) if posts or not SCENES[cue.scene].slots else None

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()
