"""A post as the hall would see it, drawn for the moderator before anybody decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtQml import QmlElement

from kiosk.ui.posts import PostView
from kiosk.ui.qt import Property, QmlUncreatable
from kiosk.ui.shown import shown

if TYPE_CHECKING:
    from kiosk.domain.model import PostState
    from kiosk.runtime.clocks import Clock
    from kiosk.ui.photos import CardProvider, PhotoShelf
    from kiosk.ui.press import Press

QML_IMPORT_NAME = "Kiosk"
QML_IMPORT_MAJOR_VERSION = 1

KEY: Final = "preview"
SCREEN: Final = (1920, 1080)
STAGE: Final = (1920, 966)
"""The picture's size in pixels: a wall's without its header."""


@QmlElement
@QmlUncreatable("made by the desk")
class Preview(QObject):
    """One card at most; each that is drawn has an address of its own, so that QML asks for it anew."""

    changed = Signal()

    def __init__(self, shelf: PhotoShelf, press: Press, cards: CardProvider, clock: Clock) -> None:
        """Draw nothing yet."""
        super().__init__()
        self._shelf, self._press, self._cards, self._clock = shelf, press, cards, clock
        self._number = 0
        self.up = False
        """Whether there is a card."""

    async def draw(self, state: PostState) -> None:
        """Press that post's card, once its pictures are here."""
        card = shown(state, self._clock.now())
        await self._shelf.fetch(card.pictures)
        width, height = STAGE
        image = self._press.card("SpotlightCard", PostView(card), width=width, height=height, screen_height=SCREEN[1])
        self._cards.put(image, KEY)
        self._number += 1
        self.up = True
        self.changed.emit()

    def drop(self) -> None:
        """Forget the card."""
        self.up = False
        self.changed.emit()
        self._cards.drop(KEY)

    @Property(str, notify=changed)
    def address(self) -> str:
        """Where QML finds the card, "" where there is none."""
        return f"image://card/{KEY}?{self._number}" if self.up else ""
