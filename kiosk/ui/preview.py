"""A post as the hall would see it, drawn for the moderator before anybody decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kiosk.ui.posts import PostView
from kiosk.ui.shown import shown

if TYPE_CHECKING:
    from kiosk.domain.model import PostState
    from kiosk.runtime.clocks import Clock
    from kiosk.ui.photos import CardProvider, PhotoShelf
    from kiosk.ui.press import Press

KEY: Final = "preview"
SCREEN: Final = (1920, 1080)
STAGE: Final = (1920, 966)
"""The picture's size in pixels: a wall's without its header."""


class Preview:
    """One card at most; each that is drawn has an address of its own, so that QML asks for it anew."""

    def __init__(self, shelf: PhotoShelf, press: Press, cards: CardProvider, clock: Clock) -> None:
        """Draw nothing yet."""
        self._shelf, self._press, self._cards, self._clock = shelf, press, cards, clock
        self._number = 0
        self._up = False

    @property
    def address(self) -> str:
        """Where QML finds the card, "" where there is none."""
        return f"image://card/{KEY}?{self._number}" if self._up else ""

    async def draw(self, state: PostState) -> None:
        """Press that post's card, once its pictures are here."""
        card = shown(state, self._clock.now())
        await self._shelf.fetch(card.pictures)
        width, height = STAGE
        image = self._press.card("SpotlightCard", PostView(card), width=width, height=height, screen_height=SCREEN[1])
        self._cards.put(KEY, image)
        self._number += 1
        self._up = True

    def drop(self) -> None:
        """Forget the card."""
        self._up = False
        self._cards.drop(KEY)
