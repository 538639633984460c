"""Lists of posts that never move under the moderator's hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QAbstractListModel, QByteArray, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtQml import QmlElement

from kiosk.domain.model import PostState, Standing
from kiosk.ui.qt import QmlUncreatable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from kiosk.domain.model import PostUri, Sha256, State
    from kiosk.ui.deskpost import DeskPost

QML_IMPORT_NAME = "Kiosk"
QML_IMPORT_MAJOR_VERSION = 1

POST: Final = Qt.ItemDataRole.UserRole + 1
THUMB: Final = Qt.ItemDataRole.UserRole + 2
LOADED: Final = 400
"""Posts of one list that are held; the rest is read when there is room."""


@QmlElement
@QmlUncreatable("filled by the desk")
class PostRows(QAbstractListModel):
    """A list of posts: new ones join below, changed ones change in place; roles post and thumb."""

    def __init__(self, want: Callable[[Sha256], str]) -> None:
        """`want` gives a thumbnail's address, "" while it is being fetched (see `refresh`)."""
        super().__init__()
        self._rows: list[DeskPost] = []
        self._want = want

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008, N802  # Qt's signature
        """How many posts there are."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = 0) -> object:
        """One role of one post."""
        if not 0 <= index.row() < len(self._rows):
            return None
        row = self._rows[index.row()]
        if role == THUMB:
            return self._want(row.thumbnail) if row.thumbnail else ""
        return row if role == POST else None

    def roleNames(self) -> dict[int, QByteArray]:  # noqa: N802  # Qt's name
        """The names QML uses."""
        return {POST: QByteArray(b"post"), THUMB: QByteArray(b"thumb")}

    def __len__(self) -> int:
        return len(self._rows)

    def at(self, row: int) -> DeskPost | None:
        """The post in that row."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def row_of(self, uri: PostUri) -> int:
        """Where a post stands, -1 where it does not."""
        return next((row for row, post in enumerate(self._rows) if post.uri == uri), -1)

    def fill(self, posts: Iterable[DeskPost]) -> None:
        """Show these posts and no others."""
        self.beginResetModel()
        self._rows = list(posts)
        self.endResetModel()

    def add(self, post: DeskPost) -> None:
        """Append a post where there is room."""
        if len(self._rows) >= LOADED:
            return
        self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows))
        self._rows.append(post)
        self.endInsertRows()

    def replace(self, row: int, post: DeskPost) -> None:
        """Change a post in place."""
        self._rows[row] = post
        self.dataChanged.emit(self.index(row), self.index(row))

    def remove(self, row: int) -> None:
        """Take a post away."""
        self.beginRemoveRows(QModelIndex(), row, row)
        del self._rows[row]
        self.endRemoveRows()

    def refresh(self, thumbnail: Sha256) -> None:
        """A thumbnail has arrived."""
        for row, post in enumerate(self._rows):
            if post.thumbnail == thumbnail:
                self.dataChanged.emit(self.index(row), self.index(row), [THUMB])

    def mirror(self, posts: Iterable[DeskPost]) -> None:
        """Become this list with as few moves as possible: those that left go, new ones join below."""
        wanted = {post.uri: post for post in posts}
        for row in range(len(self._rows) - 1, -1, -1):
            if self._rows[row].uri not in wanted:
                self.remove(row)
        for uri, post in wanted.items():
            row = self.row_of(uri)
            if row < 0:
                self.add(post)
            elif self._rows[row].gone != post.gone:
                self.replace(row, post)


def belongs(state: State | None, standing: Standing) -> bool:
    """Whether a post belongs to the list of that standing."""
    return isinstance(state, PostState) and state.standing is standing
