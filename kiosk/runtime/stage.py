"""The seam to the screen: what the director may ask of whatever shows posts to the audience."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from kiosk.domain.model import PostUri
    from kiosk.domain.scenes import Cue
    from kiosk.runtime.gate import Gate


class Stage(Protocol):
    """A wall window, or in tests a list. Called on the GUI thread only."""

    def show(self, cue: Cue) -> None:
        """Cross-fade to a cue's scene; a cue of the scene that is up goes on with its new posts."""
        ...

    def pages(self, cue: Cue) -> int:
        """How many pages the post of a cue takes on this wall, 0 where that was not measured."""
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


def take_away(gate: Gate, stage: Stage, uris: Sequence[PostUri]) -> None:
    """Stop showing posts before it is written down that they left or changed; the gate keeps shut what it held."""
    for uri in uris:
        if gate.state(uri) is not None:
            gate.withhold(uri)
    stage.withdraw(uris)
