"""The seam to the screen: what the director may ask of whatever shows posts to the audience."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection

    from kiosk.domain.model import PostUri
    from kiosk.domain.scenes import Cue


class Stage(Protocol):
    """A wall window, or in tests a list. Called on the GUI thread only."""

    def show(self, cue: Cue) -> None:
        """Cross-fade to a cue's scene; a cue of the scene that is up goes on with its new posts."""
        ...

    def withdraw(self, uris: Collection[PostUri]) -> None:
        """Take these posts' pixels away with the very next frame, without any transition."""
        ...

    def slate(self, *, raised: bool) -> None:
        """Cover everything with the safe slate, or uncover the stage, emptied first."""
        ...

    def on_glass(self) -> tuple[PostUri, ...]:
        """Which posts have pixels on the wall now."""
        ...
