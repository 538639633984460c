"""The cards that a scene with slots was dealt: the newest hand above, the one it covers below, one in front."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QRectF, Signal
from PySide6.QtQml import QmlElement

from kiosk.ui.cards import CardStrip
from kiosk.ui.qt import Property, QmlUncreatable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kiosk.ui.columns import Placed
    from kiosk.ui.glass import Glass

QML_IMPORT_NAME = "Kiosk"
QML_IMPORT_MAJOR_VERSION = 1

FADED: Final = 1.5
"""Seconds after which every transition between two hands has ended."""


@QmlElement
@QmlUncreatable("made by the stage")
class Hand(QObject):
    """Three strips of pressed cards. A card that is withdrawn is gone from each with the next frame."""

    dealt = Signal()
    sinking = Signal()
    originChanged = Signal()
    dwellChanged = Signal()

    def __init__(self, glass: Glass, parent: QObject) -> None:
        """Hold nothing. QML owns, and collects, what a slot gives it without a parent."""
        super().__init__(parent)
        self._glass = glass
        self._above, self._below, self._front = CardStrip(), CardStrip(), CardStrip()
        self._origin = QRectF()
        self._dwell = 0.0
        self._deals = 0

    def __len__(self) -> int:
        return len(self._above)

    async def deal(self, cards: Sequence[Placed], dwell: float) -> None:
        """Lay these cards above the present ones, for `dwell` seconds, and forget those once they are covered."""
        self._deals += 1
        deal = self._deals
        self._dwell = dwell
        self.dwellChanged.emit()
        self._forget(self._below.cards())
        self._below.fill(self._above.cards())
        self._above.fill(cards)
        self._drop_front()
        self.dealt.emit()
        await asyncio.sleep(FADED)
        if deal == self._deals:
            self._forget(self._below.cards())
            self._below.fill(())

    async def rise(self, card: Placed, origin: Placed) -> None:
        """Let a card rise out of the place `origin` in front of all others; one that stands there sinks first."""
        if len(self._front):
            self.sinking.emit()
            await asyncio.sleep(FADED)
            self._drop_front()
        if not self._glass.holds(card.key) or origin.key not in {each.key for each in self._above.cards()}:
            self._glass.forget(card.key)
            return
        self._origin = QRectF(origin.left, origin.top, origin.width, origin.height)
        self.originChanged.emit()
        self._drop_front()
        self._front.fill((card,))

    def withdraw(self, keys: Sequence[str]) -> None:
        """Take cards away at once."""
        for strip in (self._above, self._below, self._front):
            for key in keys:
                strip.remove(key)

    def clear(self) -> None:
        """Forget everything that was dealt."""
        self._deals += 1
        for strip in (self._above, self._below):
            self._forget(strip.cards())
            strip.fill(())
        self._drop_front()

    def _drop_front(self) -> None:
        self._forget(self._front.cards())
        self._front.fill(())

    def _forget(self, cards: Sequence[Placed]) -> None:
        for card in cards:
            self._glass.forget(card.key)

    def cards(self) -> tuple[Placed, ...]:
        """The newest hand, without the card in front."""
        return self._above.cards()

    @Property(CardStrip, constant=True)
    def above(self) -> CardStrip:
        """The newest hand."""
        return self._above

    @Property(CardStrip, constant=True)
    def below(self) -> CardStrip:
        """The hand that the newest one covers, until it does."""
        return self._below

    @Property(CardStrip, constant=True)
    def front(self) -> CardStrip:
        """One card at most, risen from a place of the newest hand."""
        return self._front

    @Property(QRectF, notify=originChanged)
    def origin(self) -> QRectF:
        """Where the card in front comes from, in pixels of the stage."""
        return self._origin

    @Property(float, notify=dwellChanged)
    def dwell(self) -> float:
        """How long the newest hand is up, in seconds."""
        return self._dwell
