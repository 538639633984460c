"""The rotation: keeps where the show stands, and chooses cues and posts among those that the gate holds."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from kiosk.domain.airtime import aired, next_post, seen_before, unaired
from kiosk.domain.playlist import Hall, Show, next_step
from kiosk.domain.scenes import SCENES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from kiosk.domain.events import Pinned
    from kiosk.domain.model import PostState, PostUri
    from kiosk.domain.playlist import Step
    from kiosk.domain.scenes import Cue
    from kiosk.domain.turns import Playlist
    from kiosk.runtime.clocks import Clock
    from kiosk.runtime.gate import Gate


class Rotation:
    """One wall's show. Everything it decides is decided in `kiosk.domain.playlist`; this only remembers."""

    def __init__(
        self,
        gate: Gate,
        clock: Clock,
        playlist: Playlist,
        timezone: str = "UTC",
        terms: Callable[[], int] = int,
    ) -> None:
        """Begin with nobody having been shown; `timezone` is the venue's, an IANA name; `terms` counts the hour's."""
        self._gate, self._clock, self._playlist = gate, clock, playlist
        self._zone, self._terms = ZoneInfo(timezone), terms
        self._show = self._before = Show()
        self.drawn: set[PostUri] = set()
        """Posts that scenes drew for themselves since this was emptied."""

    def remember(self, shown: Iterable[PostUri]) -> None:
        """Know after a restart which posts the wall has shown, so that they are not fresh once more."""
        self._show = replace(self._show, airtime=seen_before(shown))

    def draw(self, scene: str, on_glass: Collection[PostUri]) -> PostState | None:
        """Take the next post for a scene that draws for itself, None where every approved post is on the glass."""
        posts, now = self._gate.open_posts(), self._clock.monotonic()
        state = next_post(SCENES[scene], posts, self._show.airtime, self._playlist.fairness, now, on_glass)
        if state is not None:
            self._air(scene, (state.uri,))
            self.drawn.add(state.uri)
        return state

    def step(self, pin: Pinned | None) -> Step:
        """Take the next cue, the pin's where it is due."""
        step = self.peek(pin)
        self._before, self._show = self._show, step.show
        return step

    def peek(self, pin: Pinned | None) -> Step:
        """What `step` would give now, taking nothing."""
        local = self._clock.now().astimezone(self._zone)
        scenes = [turn.scene for turn in self._playlist.round] + ([pin.scene] if pin else [])
        terms = self._terms() if any(SCENES[name].terms for name in scenes if name in SCENES) else 0
        minute = local.hour * 60 + local.minute
        hall = Hall(self._gate.open_posts(), self._clock.monotonic(), minute, pin, terms)
        return next_step(self._playlist, self._show, hall)

    def jump(self, cue: Cue) -> None:
        """A cue is shown that was nobody's turn."""
        self._before = self._show
        self._air(cue.scene, cue.posts)

    def settle(self, cue: Cue, shown: Collection[PostUri]) -> None:
        """A cue has ended: posts of it that were not on the glass keep their turn."""
        missed = [uri for uri in cue.posts if uri not in shown]
        if missed:
            self._show = replace(self._show, airtime=unaired(self._show.airtime, self._before.airtime, missed))

    def expect_pin(self) -> None:
        """Something else is pinned: it comes with the next cue."""
        self._show = replace(self._show, since_pin=Show().since_pin)

    def _air(self, scene: str, uris: Collection[PostUri]) -> None:
        held, now = self._gate.open_posts(), self._clock.monotonic()
        self._show = replace(self._show, airtime=aired(self._show.airtime, scene, uris, now, held=held))
