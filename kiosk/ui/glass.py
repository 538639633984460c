"""Which posts have pixels: every pressed card of one wall, made through the gate and forgotten in one place."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from kiosk.domain.moderation import content_hash
from kiosk.ui.posts import PostView
from kiosk.ui.shown import shown

if TYPE_CHECKING:
    from collections.abc import Collection

    from PySide6.QtGui import QImage

    from kiosk.domain.model import PostState, PostUri
    from kiosk.runtime.clocks import Clock
    from kiosk.runtime.gate import Gate
    from kiosk.ui.photos import CardProvider, PhotoShelf
    from kiosk.ui.press import Press


class Glass:
    """The cards of a wall `size` pixels large. While it is `covered` by the slate, no card is made."""

    def __init__(self, *, gate: Gate, shelf: PhotoShelf, press: Press, cards: CardProvider, clock: Clock) -> None:
        """Hold no card yet."""
        self.gate = gate
        self.size: tuple[int, int] = (1920, 1080)
        self.covered = False
        self.columns = 0
        """Columns that a flowing scene has; 0: by the wall's shape."""
        self._shelf, self._press, self._cards, self._clock = shelf, press, cards, clock
        self._keys: dict[str, PostUri] = {}

    async def pressed(self, component: str, state: PostState, room: tuple[int, int], page: int = 0) -> QImage | None:
        """Press a card into `room`, pixels wide and high (0: as the card likes).

        None where the post may no longer be shown by the time that its pictures are here.
        """
        post, size = shown(state, self._clock.now()), self.size
        await self._shelf.fetch(post.pictures)
        if not self._may(state, size):
            return None
        width, height = room
        card = self._press.card(component, PostView(post), width=width, height=height, screen_height=size[1], page=page)
        await asyncio.sleep(0)
        return card if self._may(state, size) else None

    def pages(self, component: str, state: PostState, room: tuple[int, int]) -> int:
        """In how many pages a card shows a post in `room`, pixels wide and high."""
        post, (width, height) = PostView(shown(state, self._clock.now())), room
        return self._press.pages(component, post, width=width, height=height, screen_height=self.size[1])

    def _may(self, state: PostState, size: tuple[int, int]) -> bool:
        return not self.covered and size == self.size and self.gate.passes(state.uri, content_hash(state))

    def keep(self, state: PostState, card: QImage) -> str:
        """Hand a card out under a key of its own until `forget`."""
        key = self._cards.put(card)
        self._keys[key] = state.uri
        return key

    def forget(self, key: str) -> None:
        """Drop a card's pixels."""
        self._cards.drop(key)
        self._keys.pop(key, None)

    def holds(self, key: str) -> bool:
        """Whether a card was kept and not forgotten."""
        return key in self._keys

    def keys_of(self, uris: Collection[PostUri]) -> list[str]:
        """Every card of these posts."""
        return [key for key, uri in self._keys.items() if uri in uris]

    def posts(self) -> tuple[PostUri, ...]:
        """Which posts have pixels now."""
        return tuple(dict.fromkeys(self._keys.values()))


def extent(card: QImage) -> tuple[int, int]:
    """How wide and high a pressed card is in QML's pixels, of which each may be several of the device's."""
    size = card.deviceIndependentSize()
    return round(size.width()), round(size.height())
