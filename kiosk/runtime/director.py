"""The director: walks the playlist, hands each cue to the stage and journals what the hall was shown."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from kiosk.domain.errors import ArchiveError
from kiosk.domain.events import CueShown
from kiosk.domain.playlist import next_for_scroll, next_for_spotlight, reading_time
from kiosk.domain.scenes import Cue

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from kiosk.domain.events import Change
    from kiosk.domain.model import PostState, PostUri
    from kiosk.domain.scenes import Scene
    from kiosk.runtime.clocks import Clock
    from kiosk.runtime.counters import Counters
    from kiosk.runtime.gate import Gate
    from kiosk.runtime.ledger import Ledger
    from kiosk.runtime.panic import Panic
    from kiosk.runtime.stage import Stage

SKIP: Final = 0.2
"""Seconds until the next try where a scene has nothing to show."""

ENOUGH: Final = 4
"""Posts from which on a scene that draws for itself looks full; with fewer, scenes of a few posts have the stage."""

STAND_IN: Final = 2.0
"""Seconds that the slate stands where a scene could not be shown."""


class Rotation:
    """Whose turn it is, remembered per scene for the posts that the gate holds."""

    def __init__(self, gate: Gate) -> None:
        """Start with nobody having been shown."""
        self._gate = gate
        self._airings: dict[str, dict[PostUri, int]] = defaultdict(dict)
        self._draws = 0
        self.drawn: set[PostUri] = set()

    def draw(self, scene: str, on_glass: Collection[PostUri]) -> PostState | None:
        """Take the next post for `scene`, None where every approved post is on the glass."""
        posts = self._gate.open_posts()
        airings = self._airings[scene]
        choose = next_for_scroll if scene == "scroll" else next_for_spotlight
        state = choose(posts, airings, on_glass)
        if state is None:
            return None
        self._draws += 1
        airings[state.uri] = self._draws
        self.drawn.add(state.uri)
        if len(airings) > 2 * len(posts) + 100:
            held = {post.uri for post in posts}
            self._airings[scene] = {uri: turn for uri, turn in airings.items() if uri in held}
        return state


class Director:
    """Keeps the stage supplied, follows the ledger through the gate, and obeys panic."""

    def __init__(  # noqa: PLR0913  # each is one room of the program, handed in by name
        self,
        *,
        stage: Stage,
        gate: Gate,
        rotation: Rotation,
        ledger: Ledger,
        panic: Panic,
        clock: Clock,
        counters: Counters,
        playlist: Sequence[Scene],
    ) -> None:
        """Begin to follow the ledger and panic at once; `run` walks the playlist."""
        self._stage = stage
        self._gate = gate
        self._rotation = rotation
        self._ledger = ledger
        self._panic = panic
        self._clock = clock
        self._counters = counters
        self._playlist = playlist
        self._interrupted = asyncio.Event()
        ledger.listen(self._follow)
        panic.listen(self._obey)
        if panic.raised:
            stage.slate(raised=True)

    async def run(self) -> None:
        """Walk the playlist for ever; a scene that has too few posts to show is skipped."""
        while True:
            for scene in self._playlist:
                try:
                    await self._play(scene)
                except Exception as error:  # noqa: BLE001  # whatever went wrong, the hall sees the slate and then the show
                    self._counters.count("A scene could not be shown; the slate stood in", error)
                    await self._stand_in()

    async def _play(self, scene: Scene) -> None:
        cue = None if self._panic.raised else self._cue(scene)
        if cue is None:
            await asyncio.sleep(SKIP)
            return
        self._rotation.drawn = set(cue.posts)
        self._interrupted.clear()
        started = self._clock.monotonic()
        self._stage.show(cue)
        with suppress(TimeoutError):
            async with asyncio.timeout(cue.dwell):
                await self._interrupted.wait()
        await self._prove(cue, self._clock.monotonic() - started)

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

    def _cue(self, scene: Scene) -> Cue | None:
        if scene.slots == 0:
            others = any(other.slots for other in self._playlist)
            posts = len(self._gate.open_posts())
            if others and 0 < posts < ENOUGH:
                return None
            return Cue(scene.name, (), scene.dwell if others and posts else 5.0)
        shown: list[PostState] = []
        for _ in range(scene.slots):
            state = self._rotation.draw(scene.name, [post.uri for post in shown])
            if state is not None:
                shown.append(state)
        if not shown:
            return None
        dwell = max(scene.dwell, *(reading_time(post) for post in shown), 0.0)
        return Cue(scene.name, tuple(post.uri for post in shown), dwell)

    async def _prove(self, cue: Cue, seconds: float) -> None:
        if not self._rotation.drawn:
            return
        uris = tuple(sorted(self._rotation.drawn))
        try:
            await self._ledger.commit(CueShown(at=self._clock.now(), scene=cue.scene, uris=uris, seconds=seconds))
        except ArchiveError as error:
            self._counters.count("Proof of play could not be written down", error)

    def _follow(self, changes: Sequence[Change]) -> None:
        shut = self._gate.follow(changes)
        if shut:
            self._stage.withdraw(shut)

    def _obey(self, raised: bool) -> None:  # noqa: FBT001  # a listener's shape
        self._interrupted.set()
        self._stage.slate(raised=raised)
