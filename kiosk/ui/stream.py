"""A scene that draws posts for itself: cards join its endless strip as it has room, and leave once they have passed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtQml import QmlElement

from kiosk.ui.cards import CardStrip
from kiosk.ui.columns import Columns
from kiosk.ui.glass import extent
from kiosk.ui.qt import Property, QmlUncreatable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from kiosk.domain.model import PostState, PostUri
    from kiosk.ui.errands import Errands
    from kiosk.ui.glass import Glass

    Draw = Callable[[Collection[PostUri]], PostState | None]

QML_IMPORT_NAME = "Kiosk"
QML_IMPORT_MAJOR_VERSION = 1

AHEAD: Final = 0.5
"""How far below the screen cards are laid out beforehand, in screens."""

FARTHEST: Final = 100_000
"""Pixels after which the strip's origin is moved: the scene graph counts in 32-bit floats."""

AT_ONCE: Final = 4
"""How many cards may be on their way."""


@QmlElement
@QmlUncreatable("made by the stage")
class Stream(QObject):
    """Columns of pressed cards that a scene moves; how far it has moved is the scene's to tell, through `advance`."""

    changed = Signal()
    restart = Signal()

    def __init__(self, glass: Glass, draw: Draw, errands: Errands, component: str, parent: QObject) -> None:
        """Press `component` for each post that `draw` gives; nothing is drawn before `fill`.

        QML owns, and collects, what a slot gives it without a `parent`.
        """
        super().__init__(parent)
        self._glass, self._draw, self._errands, self._component = glass, draw, errands, component
        self._strip = CardStrip()
        self._columns = Columns(1920, 967, 1080, glass.columns)
        self._coming: set[PostUri] = set()
        self._in_turn = asyncio.Lock()

    def resize(self, width: int, height: int, screen_height: int, least: float = 0.0) -> None:
        """Begin anew on a stage of that size in pixels; its cards have been withdrawn."""
        self._columns = Columns(width, height, screen_height, self._glass.columns, least)
        self.restart.emit()

    def begin_anew(self) -> None:
        """Begin at the strip's origin, empty."""
        self._columns.clear(0)
        self.restart.emit()

    def withdraw(self, keys: Sequence[str]) -> None:
        """Take cards away; those below them move up."""
        for key in keys:
            self._strip.remove(key)
            self._strip.move(self._columns.leave(key))
        self.changed.emit()

    def fill(self, offset: int = 0) -> None:
        """Draw posts for as long as the strip has room below what is seen at `offset`."""
        if self._glass.covered:
            return
        room = offset + self._columns.height * (1 + AHEAD)
        while self._columns.shortest < room and len(self._coming) < AT_ONCE:
            state = self._draw((*self._glass.posts(), *self._coming))
            if state is None:
                return
            self._coming.add(state.uri)
            self._errands.begin(self._join(state, offset))

    async def _join(self, state: PostState, offset: int) -> None:
        async with self._in_turn:  # cards join in the order in which they were drawn
            try:
                card = await self._glass.pressed(self._component, state, (self._columns.card_width, 0))
            finally:
                self._coming.discard(state.uri)
            if card is not None:
                self._strip.add(self._columns.join(self._glass.keep(state, card), extent(card)[1]))
                self.changed.emit()
        self.fill(offset)

    @Slot(int, result=int)
    def advance(self, offset: int) -> int:
        """The strip has moved so far: forget what left above, draw what is needed below.

        Returns by how much the strip's origin was moved down, so that places stay small numbers for days.
        """
        for key in self._columns.pass_above(offset):
            self._strip.remove(key)
            self._glass.forget(key)
            self.changed.emit()
        shift = offset if offset > FARTHEST else 0
        if shift:
            self._strip.move(self._columns.rebase(shift))
        self.fill(offset - shift)
        return shift

    @Property(CardStrip, constant=True)
    def strip(self) -> CardStrip:
        """The cards with their places."""
        return self._strip

    @Property(int, notify=changed)
    def end(self) -> int:
        """How far down the strip has content, in pixels."""
        return self._columns.shortest
