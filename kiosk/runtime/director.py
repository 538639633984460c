"""The director: walks the playlist, hands each cue to the stage and journals what the hall was shown."""

from __future__ import annotations

import asyncio
import math
from typing import TYPE_CHECKING, Final

from kiosk.domain.errors import ArchiveError
from kiosk.domain.events import Cause, CueShown
from kiosk.domain.playlist import page_cues, risen
from kiosk.domain.scenes import SCENES
from kiosk.runtime.orders import Asked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kiosk.domain.events import Change
    from kiosk.domain.model import PostUri
    from kiosk.domain.scenes import Cue
    from kiosk.runtime.clocks import Clock
    from kiosk.runtime.counters import Counters
    from kiosk.runtime.gate import Gate
    from kiosk.runtime.ledger import Ledger
    from kiosk.runtime.orders import Orders
    from kiosk.runtime.panic import Panic
    from kiosk.runtime.rotation import Rotation
    from kiosk.runtime.stage import Stage

SKIP: Final = 0.2
"""Seconds until the next try where there is nothing to show."""

STAND_IN: Final = 2.0
"""Seconds that the slate stands where a scene could not be shown."""

STEADY: Final = 1.5
"""Seconds for which each picture stays at least, whoever wants another: faster changes could flash (WCAG 2.3.1)."""

TICK: Final = 0.25
"""Seconds at most until the director sees that a cue has lost its posts."""


class Director:
    """Keeps the stage supplied, follows the ledger through the gate, and obeys the desk and panic."""

    def __init__(  # noqa: PLR0913  # each is one room of the program, handed in by name
        self,
        *,
        stage: Stage,
        gate: Gate,
        rotation: Rotation,
        orders: Orders,
        ledger: Ledger,
        panic: Panic,
        clock: Clock,
        counters: Counters,
    ) -> None:
        """Begin to follow the ledger and panic at once; `run` walks the playlist."""
        self._stage, self._gate, self._rotation, self._orders = stage, gate, rotation, orders
        self._ledger, self._panic, self._clock, self._counters = ledger, panic, clock, counters
        self._seen: set[PostUri] = set()
        self._newest: tuple[PostUri, ...] = ()
        self._changed_at = -math.inf
        ledger.listen(self._follow)
        panic.listen(self._obey)
        if panic.raised:
            stage.slate(raised=True)

    async def run(self) -> None:
        """Show one cue after another for ever; what the desk asked for goes before the playlist."""
        while True:
            try:
                await self._play()
            except Exception as error:  # noqa: BLE001  # whatever went wrong, the hall sees the slate and then the show
                self._counters.count("A scene could not be shown; the slate stood in", error)
                await self._stand_in()

    async def _play(self) -> None:
        await self._steady()  # before anything is taken: what the desk asks for meanwhile comes at once, not after it
        asked = None if self._panic.raised else self._asked() or self._turn()
        if asked is None:
            await asyncio.sleep(SKIP)
        else:
            await self._air(asked)

    def _asked(self) -> Asked | None:
        asked = self._orders.take()
        if asked is not None:
            self._rotation.jump(asked.cue)
        return asked

    def _turn(self) -> Asked | None:
        step = self._rotation.step(self._orders.pin)
        if step.cue is None:
            return None
        return Asked(step.cue, Cause.PINNED, step.pin.by) if step.pin else Asked(step.cue)

    async def _air(self, asked: Asked) -> None:
        """Show a cue's pages, and write down what was shown."""
        cue, started = asked.cue, self._clock.monotonic()
        self._seen, self._newest, self._rotation.drawn = set(), (), set()
        self._orders.began(asked)
        try:
            states = tuple(filter(None, map(self._gate.state, cue.posts)))
            for page in page_cues(cue, states, self._stage.pages(cue)):
                if page.page:
                    await self._steady()
                if self._orders.moving:
                    break
                if self._gone(page):
                    continue
                self._changed_at = asyncio.get_running_loop().time()
                self._stage.show(page)
                if not await self._dwell(page):
                    break
        finally:
            held_by = self._orders.was_held_by
            self._orders.ended()
        shown = self._shown(cue)
        self._rotation.settle(cue, shown)
        if shown or not (cue.posts or SCENES[cue.scene].flows):
            await self._prove(asked, shown, self._clock.monotonic() - started, held_by)

    async def _steady(self) -> None:
        """Wait until the picture may change again, by true time however fast a recording is played."""
        await asyncio.sleep(self._changed_at + STEADY - asyncio.get_running_loop().time())

    async def _dwell(self, page: Cue) -> bool:
        """Let a page stay as long as it should; whether the cue goes on after it."""
        until = self._clock.monotonic() + page.dwell
        while not self._orders.moving:
            self._look()
            if self._gone(page):
                return True
            if page.posts and not any(map(self._gate.state, page.posts)):
                self._orders.release()
                return False
            left = until - self._clock.monotonic()
            if left <= 0 and not self._orders.held_by:
                return True
            await self._orders.wait(min(TICK, left) if left > 0 else TICK)
        return False

    def _gone(self, page: Cue) -> bool:
        """Whether a page is about a post that may no longer be shown."""
        about = risen(page)
        return about is not None and self._gate.state(about) is None

    def _look(self) -> None:
        self._newest = self._stage.on_glass()
        self._seen.update(self._newest)

    def _shown(self, cue: Cue) -> tuple[PostUri, ...]:
        """Which posts the hall saw of a cue; one that was taken away meanwhile counts."""
        if SCENES[cue.scene].flows:
            return tuple(sorted({*self._rotation.drawn, *self._newest}))
        return tuple(sorted(uri for uri in cue.posts if uri in self._seen or self._gate.state(uri) is None))

    async def _prove(self, asked: Asked, shown: tuple[PostUri, ...], seconds: float, held_by: str) -> None:
        proof = CueShown(
            at=self._clock.now(),
            scene=asked.cue.scene,
            uris=shown,
            seconds=seconds,
            cause=asked.cause,
            by=asked.by,
            held_by=held_by,
        )
        try:
            await self._ledger.commit(proof)
        except ArchiveError as error:
            self._counters.count("Proof of play could not be written down", error)

    async def _stand_in(self) -> None:
        self._cover(raised=True)
        await asyncio.sleep(STAND_IN)
        if not self._panic.raised:
            self._cover(raised=False)

    def _cover(self, *, raised: bool) -> None:
        try:
            self._stage.slate(raised=raised)
        except Exception as error:  # noqa: BLE001  # the loop outlives its stage
            self._counters.count("The slate could not be moved", error)

    def _follow(self, changes: Sequence[Change]) -> None:
        shut = self._gate.follow(changes)
        if shut:
            self._look()
            self._stage.withdraw(shut)
        self._orders.follow(changes)

    def _obey(self, raised: bool) -> None:  # noqa: FBT001  # a listener's shape
        try:
            self._look()
            self._orders.interrupt()
        finally:
            self._stage.slate(raised=raised)
