"""The wall's layouts as one table; the QML file of each stands in `ui/qml/Kiosk/scenes/`."""

from __future__ import annotations

from typing import Final

import msgspec

from kiosk.domain.model import PostUri  # noqa: TC001  # msgspec reads the annotation at run time


class Scene(msgspec.Struct, frozen=True):
    """One layout, up for `dwell` seconds with at most `slots` posts; `qml` is its component's name.

    `cards` names the components that are pressed into pictures for each of its posts. A scene that `flows` has no
    slots and draws posts for itself, as it has room; one with neither shows no posts. One with `photos` shows only
    posts that have any, and a `bare` one has the whole screen, the header's part included. One with `terms` shows
    those of the hour, and is skipped while there are fewer.
    """

    name: str
    qml: str
    dwell: float
    slots: int = 0
    cards: tuple[str, ...] = ()
    flows: bool = False
    photos: bool = False
    bare: bool = False
    terms: int = 0


class Cue(msgspec.Struct, frozen=True):
    """One scene with its posts, for `dwell` seconds.

    `page` counts what a scene shows of the same posts in turn: the photo mosaic is whole on page 0 and has its first
    post risen on page 1.
    """

    scene: str
    posts: tuple[PostUri, ...]
    dwell: float
    page: int = 0


SCENES: Final = {
    scene.name: scene
    for scene in (
        Scene(name="scroll", qml="Scroll", dwell=45.0, cards=("PostCard",), flows=True),
        Scene(name="spotlight", qml="Spotlight", dwell=10.0, slots=1, cards=("SpotlightCard",)),
        Scene(name="masonry", qml="Masonry", dwell=24.0, slots=16, cards=("PostCard",)),
        Scene(name="mosaic", qml="Mosaic", dwell=8.0, slots=40, cards=("PhotoTile",), photos=True),
        Scene(name="photos", qml="PhotoShow", dwell=12.0, slots=1, cards=("PhotoPlate", "CaptionCard"),
              photos=True, bare=True),
        Scene(name="words", qml="Words", dwell=14.0, terms=5),
        Scene(name="test-pattern", qml="TestPattern", dwell=60.0, bare=True),
    )
}  # fmt: skip
"""Adding a layout is one QML file and one line here."""
