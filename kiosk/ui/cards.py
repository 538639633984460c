"""The list of cards on the strip, as QML's repeater follows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QAbstractListModel, QByteArray, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtQml import QmlElement

from kiosk.ui.qt import QmlUncreatable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kiosk.ui.columns import Placed

QML_IMPORT_NAME = "Kiosk"
QML_IMPORT_MAJOR_VERSION = 1

ROLES: Final = ("key", "across", "down", "breadth", "extent")
_FIRST: Final = Qt.ItemDataRole.UserRole + 1


@QmlElement
@QmlUncreatable("filled by the stage")
class CardStrip(QAbstractListModel):
    """Cards with their places in pixels: roles key, across, down, breadth (width) and extent (height)."""

    def __init__(self) -> None:
        """Start empty."""
        super().__init__()
        self._cards: list[Placed] = []

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008, N802  # Qt's signature
        """How many cards there are."""
        return 0 if parent.isValid() else len(self._cards)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = 0) -> object:
        """One role of one card."""
        if not 0 <= index.row() < len(self._cards) or role < _FIRST:
            return None
        return self._cards[index.row()][role - _FIRST]

    def roleNames(self) -> dict[int, QByteArray]:  # noqa: N802  # Qt's name
        """The names QML uses."""
        return {_FIRST + number: QByteArray(name.encode()) for number, name in enumerate(ROLES)}

    def add(self, card: Placed) -> None:
        """Append a card."""
        row = len(self._cards)
        self.beginInsertRows(QModelIndex(), row, row)
        self._cards.append(card)
        self.endInsertRows()

    def remove(self, key: str) -> None:
        """Take a card away."""
        for row, card in enumerate(self._cards):
            if card.key == key:
                self.beginRemoveRows(QModelIndex(), row, row)
                del self._cards[row]
                self.endRemoveRows()
                return

    def move(self, moved: Sequence[Placed]) -> None:
        """Give these cards their new places."""
        places = {card.key: card for card in moved}
        for row, card in enumerate(self._cards):
            if card.key in places:
                self._cards[row] = places[card.key]
                self.dataChanged.emit(self.index(row), self.index(row))

    def fill(self, cards: Sequence[Placed]) -> None:
        """Hold exactly these cards."""
        self.beginResetModel()
        self._cards = list(cards)
        self.endResetModel()

    def cards(self) -> tuple[Placed, ...]:
        """What it holds now."""
        return tuple(self._cards)

    def __len__(self) -> int:
        return len(self._cards)
