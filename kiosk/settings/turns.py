"""The wall's playlist as EVENT.toml writes it: a list of scenes, or tables that say when each has its turn."""

from __future__ import annotations

import re
from collections.abc import Iterator  # noqa: TC003  # msgspec resolves a struct's hints at run time
from difflib import get_close_matches
from typing import Annotated, Final, NamedTuple

import msgspec
from msgspec import Meta

from kiosk.domain.scenes import SCENES
from kiosk.domain.turns import Turn

_TIME: Final = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_TWO: Final = 2


class Fault(NamedTuple):
    """What is wrong with one key of a table, and the nearest thing that would be right."""

    key: str
    what: str
    hint: str = ""


class TurnTable(msgspec.Struct, frozen=True, kw_only=True):
    """A scene and when it has its turn; repeat the table for more. Such tables stand in place of `playlist`."""

    scene: Annotated[str, Meta(description="The scene.", examples=["spotlight"])] = ""
    dwell: Annotated[
        float,
        Meta(ge=0, le=3600, description="Seconds it stays at least; 0: as long as the scene and its posts take."),
    ] = 0.0
    weight: Annotated[int, Meta(ge=1, le=20, description="How often it comes in each round.")] = 1
    posts: Annotated[int, Meta(ge=0, le=600, description="Only with at least so many approved posts.")] = 0
    photos: Annotated[int, Meta(ge=0, le=600, description="Only with at least so many approved posts with photos.")] = 0
    between: Annotated[
        tuple[str, ...],
        Meta(description="Only between two times of day at the venue.", examples=[("18:00", "22:30")]),
    ] = ()

    def faults(self) -> Iterator[Fault]:
        """What is wrong with a table whose keys are of the right types."""
        if not self.scene:
            yield Fault("scene", "a turn needs a scene", "spotlight")
        elif self.scene not in SCENES:
            near = get_close_matches(self.scene, SCENES, n=1, cutoff=0.5)
            yield Fault("scene", f"there is no scene “{self.scene}”", near[0] if near else "")
        if self.between and not (len(self.between) == _TWO and all(map(_TIME.fullmatch, self.between))):
            yield Fault("between", "“between” wants two times of day", '["18:00", "22:30"]')

    @property
    def turn(self) -> Turn:
        """The turn that a table without faults says."""
        begin, end = map(_minute, self.between) if self.between else (0, 0)
        return Turn(
            scene=self.scene,
            dwell=self.dwell,
            weight=self.weight,
            posts=self.posts,
            photos=self.photos,
            between=(begin, end) if self.between else None,
        )


def _minute(time: str) -> int:
    hours, minutes = time.split(":")
    return int(hours) * 60 + int(minutes)
