"""Posts as the moderator sees them, and the lists of them that never move under the hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QAbstractListModel, QByteArray, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtQml import QmlElement

from kiosk.domain.model import Photo, PhotoFailure, PostState, Standing
from kiosk.domain.moderation import content_hash
from kiosk.ui.posts import PostView, shown
from kiosk.ui.qt import Property, QmlUncreatable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from kiosk.domain.model import ContentHash, PostUri, Sha256, State

QML_IMPORT_NAME = "Kiosk"
QML_IMPORT_MAJOR_VERSION = 1

POST: Final = Qt.ItemDataRole.UserRole + 1
THUMB: Final = Qt.ItemDataRole.UserRole + 2
LOADED: Final = 400
"""Posts of one list that are held; the rest is read when there is room."""

_WORDS: Final = {
    Standing.PENDING: "waiting",
    Standing.APPROVED: "approved",
    Standing.REJECTED: "rejected",
    Standing.STASHED: "stashed",
}


@QmlElement
@QmlUncreatable("made from a folded post")
class DeskPost(PostView):
    """A post with what only the moderator sees. A decision binds to `content`, as it was when this was made."""

    def __init__(self, state: PostState, now: datetime, *, gone: str = "") -> None:
        """Show `state` as of `now`; `gone` says why it stays in its list only until the mark moves on."""
        super().__init__(shown(state, now))
        self.state = state
        self.content: ContentHash = content_hash(state)
        self._gone = gone

    @property
    def uri(self) -> PostUri:
        """The post's global name."""
        return self.state.uri

    @property
    def thumbnail(self) -> Sha256 | None:
        """The first photo's hash, the avatar aside."""
        avatar = self.state.post.author.avatar
        photos = (photo for url, photo in self.state.photos.items() if url != avatar)
        return next((photo.sha256 for photo in photos if isinstance(photo, Photo)), None)

    @Property(bool, constant=True)
    def gone(self) -> bool:
        """Whether the post is no longer what its list holds, and stays for the eye alone."""
        return bool(self._gone)

    @Property(str, constant=True)
    def reasons(self) -> str:
        """Why a rule held the post, and what is the matter with its pictures."""
        failed = [
            f"A picture is missing: {photo.reason}"
            for photo in self.state.photos.values()
            if isinstance(photo, PhotoFailure)
        ]
        loading = [] if self.state.settled else ["Its pictures are still on their way."]
        return "\n".join((*self.state.verdict.reasons, *failed, *loading))

    @Property(str, constant=True)
    def standing(self) -> str:
        """Where the post stands, and who decided."""
        if self._gone:
            return self._gone
        word = _WORDS[self.state.standing]
        by = f" by {self.state.decided_by}" if self.state.decided_by else ""
        why = f": {self.state.reason}" if self.state.reason else ""
        return f"{word}{by}{why}"

    @Property(str, constant=True)
    def details(self) -> str:
        """Language, where it was met, and the pictures' descriptions."""
        post = self.state.post
        parts = [post.language, ", ".join(dict.fromkeys(each.source for each in self.state.sightings))]
        parts += [f"picture: {item.alt}" if item.alt else "picture without description" for item in post.attachments]
        edited = ["edited"] if post.edited_at else []
        return " · ".join(part for part in (*parts, *edited) if part)


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
