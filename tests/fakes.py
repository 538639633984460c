"""Stand-ins for what a test must hold in its hand: time, and the screen."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from factories import EVENING

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from kiosk.domain.model import PostUri
    from kiosk.domain.scenes import Cue


class FakeClock:
    """Stands until a test moves it; both kinds of time move together."""

    def __init__(self, start: datetime = EVENING) -> None:
        self._start = start
        self.passed = 0.0

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self.passed)

    def monotonic(self) -> float:
        return 1000.0 + self.passed

    def tick(self, seconds: float) -> None:
        self.passed += seconds


class FakeStage:
    """A wall that is a list: what was asked of it, in order, and what is on it now."""

    def __init__(self) -> None:
        self.cues: list[Cue] = []
        self.asked: list[tuple[str, object]] = []
        self.glass: list[PostUri] = []
        self.slated = False

    def show(self, cue: Cue) -> None:
        self.cues.append(cue)
        self.asked.append(("show", cue))
        self.glass = list(cue.posts)

    def pages(self, cue: Cue) -> int:  # noqa: ARG002  # the stage's shape
        return 0

    def withdraw(self, uris: Collection[PostUri]) -> None:
        self.asked.append(("withdraw", tuple(uris)))
        self.glass = [uri for uri in self.glass if uri not in uris]

    def slate(self, *, raised: bool) -> None:
        self.asked.append(("slate", raised))
        self.slated = raised
        self.glass = []

    def on_glass(self) -> tuple[PostUri, ...]:
        return tuple(self.glass)
