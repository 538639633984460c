"""The core of the program around a real event file, with time and screen in the test's hand."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from factories import received
from fakes import FakeClock, FakeStage

from kiosk.domain.model import PostState, Standing
from kiosk.domain.moderation import content_hash, showable
from kiosk.domain.scenes import SCENES, Scene
from kiosk.domain.turns import Turn, playlist
from kiosk.runtime.counters import Counters
from kiosk.runtime.desk import Desk
from kiosk.runtime.director import Director
from kiosk.runtime.gate import CAPACITY, Gate
from kiosk.runtime.ledger import Ledger
from kiosk.runtime.orders import Orders
from kiosk.runtime.panic import Panic
from kiosk.runtime.rotation import Rotation

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from kiosk.archive.event_file import EventFile
    from kiosk.domain.events import Event
    from kiosk.domain.model import ContentHash, Post, PostUri
    from kiosk.domain.scenes import Cue
    from kiosk.runtime.clocks import Clock

WIDE = Scene(name="wide", qml="Wide", slots=50, dwell=5.0)
"""A layout that has room for everybody."""


class Glass(FakeStage):
    """A stage that remembers which content of each post it painted."""

    def __init__(self, gate: Gate) -> None:
        super().__init__()
        self._gate = gate
        self.painted: dict[PostUri, ContentHash] = {}

    def show(self, cue: Cue) -> None:
        super().show(cue)
        for uri in cue.posts:
            state = self._gate.state(uri)
            assert state is not None or cue.page, "a cue begins with a post that the gate does not hold"
            if state is None:
                self.glass.remove(uri)
            else:
                self.painted[uri] = content_hash(state)


@dataclass
class Wired:
    """The rooms, joined as the program joins them."""

    ledger: Ledger
    gate: Gate
    stage: Glass
    panic: Panic
    clock: Any
    counters: Counters
    rotation: Rotation
    orders: Orders
    director: Director
    desk: Desk

    async def state(self, uri: PostUri) -> PostState | None:
        state = await self.ledger.read(lambda file: file.state(uri))
        return state if isinstance(state, PostState) else None

    async def receive(self, *posts: Post) -> None:
        await self.ledger.commit(*(received(post) for post in posts))

    async def content(self, uri: PostUri) -> ContentHash:
        """What a moderator sees now."""
        state = await self.state(uri)
        assert state is not None
        return content_hash(state)

    async def approve(self, *uris: PostUri) -> None:
        for uri in uris:
            assert await self.desk.approve(uri, await self.content(uri)) == ""

    def play(self) -> None:
        """One turn of the director over a scene with room for everybody."""
        cue = None if self.panic.raised else self.rotation.step(None).cue
        if cue is not None:
            self.stage.show(cue)

    async def journal(self) -> list[Event]:
        return [entry.event for entry in await self.ledger.read(lambda file: file.journal())]

    async def disk(self, *, works: bool) -> None:
        """Let every later write fail within SQLite, or work again."""
        trigger = "CREATE TEMP TRIGGER broken BEFORE INSERT ON main.journal BEGIN SELECT RAISE(ABORT, 'broken'); END"
        command = "DROP TRIGGER IF EXISTS temp.broken" if works else trigger

        def run(file: EventFile) -> None:
            file._db.execute(command)

        await self.ledger.read(run)

    async def approved_now(self) -> set[PostUri]:
        """Every post whose newest durable decision approves its newest content."""
        states = await self.ledger.read(lambda file: file.states(Standing.APPROVED, limit=1000))
        return {state.uri for state in states if showable(state)}

    async def assert_glass_is_decided(self) -> None:
        """Whatever is on the glass is what the newest durable decision approves, and the gate agrees."""
        for uri in self.stage.glass:
            state = await self.state(uri)
            assert showable(state), f"{uri} is on the glass undecided"
            assert state is not None
            assert state.approved is not None
            assert self.stage.painted[uri] == state.approved, f"{uri} shows content that nobody approved"
            assert self.gate.passes(uri, state.approved), f"{uri} is on the glass and not in the gate"
        assert not (self.panic.raised and self.stage.glass)


@asynccontextmanager
async def wired(folder: Path, scenes: Sequence[Scene] = (WIDE,), clock: Clock | None = None) -> AsyncIterator[Wired]:
    """Start the core on the event file in `folder`, as the program starts it, with these scenes for its playlist."""
    counters, clock = Counters(), clock or FakeClock()
    ledger = await Ledger.open(folder / "evening.wall", counters)
    known = patch.dict(SCENES, {scene.name: scene for scene in scenes})
    known.start()
    try:
        panic, gate = Panic(folder / "evening.wall.panic"), Gate()
        stage = Glass(gate)
        rotation = Rotation(gate, clock, playlist([Turn(scene.name) for scene in scenes]))
        orders = Orders(
            rotation=rotation, gate=gate, ledger=ledger, panic=panic, clock=clock, counters=counters, by="desk"
        )
        director = Director(
            stage=stage,
            gate=gate,
            rotation=rotation,
            orders=orders,
            ledger=ledger,
            panic=panic,
            clock=clock,
            counters=counters,
        )
        desk = Desk(ledger=ledger, gate=gate, stage=stage, panic=panic, clock=clock, counters=counters, by="desk")
        approved = await ledger.read(lambda file: file.states(Standing.APPROVED, limit=CAPACITY, newest=True))
        gate.open_to(reversed(approved))
        orders.remember(await ledger.read(lambda file: file.pinned()))
        yield Wired(ledger, gate, stage, panic, clock, counters, rotation, orders, director, desk)
    finally:
        known.stop()
        await ledger.close()
