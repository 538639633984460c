"""The wall's layouts as one table; the QML file of each stands in `ui/qml/Kiosk/scenes/`."""

from __future__ import annotations

from typing import Final

import msgspec

from kiosk.domain.model import PostUri  # noqa: TC001  # msgspec reads the annotation at run time


class Scene(msgspec.Struct, frozen=True):
    """One layout. `slots` posts are shown at a time (0: the scene draws posts for itself as it has room)
    for `dwell` seconds; `qml` is its component's name.
    """

    name: str
    qml: str
    dwell: float
    slots: int = 0
    flows: bool = False
    photos: bool = False


class Cue(msgspec.Struct, frozen=True):
    """One scene with its posts, for `dwell` seconds."""

    scene: str
    posts: tuple[PostUri, ...]
    dwell: float
    page: int = 0


SCENES: Final = {
    scene.name: scene
    for scene in (
        Scene(name="scroll", qml="Scroll", dwell=45.0, flows=True),
        Scene(name="spotlight", qml="Spotlight", slots=1, dwell=10.0),
    )
}
"""Adding a layout is one QML file and one line here."""
