"""The pieces of a post as QML sees them: photos, words with emojis, the quoted post, the link's preview."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtQml import QmlElement

from kiosk.ui.qt import Property, QmlUncreatable

if TYPE_CHECKING:
    from kiosk.ui.shown import Linked, Picture, Quoted
    from kiosk.ui.words import Words

QML_IMPORT_NAME = "Kiosk"
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
@QmlUncreatable("made from a folded post")
class WordsView(QObject):
    """Plain words with the emojis that belong into them."""

    def __init__(self, words: Words, parent: QObject) -> None:
        """Show `words`."""
        super().__init__(parent)
        self._words = words

    @Property(str, constant=True)
    def text(self) -> str:
        """The words, plain."""
        return self._words.text

    @Property("QStringList", constant=True)
    def emojis(self) -> list[str]:
        """The pictures within them."""
        return list(self._words.emojis)


@QmlElement
@QmlUncreatable("made from a folded post")
class PhotoView(QObject):
    """A photo and how to frame it."""

    def __init__(self, picture: Picture, parent: QObject) -> None:
        """Show `picture`."""
        super().__init__(parent)
        self._picture = picture

    @Property(str, constant=True)
    def address(self) -> str:
        """Where our own provider has it, "" for none."""
        return self._picture.address

    @Property(float, constant=True)
    def aspect(self) -> float:
        """Its width by its height."""
        return self._picture.width / self._picture.height if self._picture.height else 0.0

    @Property(float, constant=True)
    def focusX(self) -> float:  # noqa: N802  # QML sees it
        """Where to look, from its left, 0…1."""
        return self._picture.focus[0]

    @Property(float, constant=True)
    def focusY(self) -> float:  # noqa: N802  # QML sees it
        """Where to look, from its top, 0…1."""
        return self._picture.focus[1]


@QmlElement
@QmlUncreatable("made from a folded post")
class QuoteView(WordsView):
    """The quoted post: its words, and who wrote them."""

    def __init__(self, quoted: Quoted, parent: QObject) -> None:
        """Show `quoted`."""
        super().__init__(quoted.words, parent)
        self._quoted = quoted

    @Property(str, constant=True)
    def name(self) -> str:
        """What its author calls themselves."""
        return self._quoted.name.text

    @Property("QStringList", constant=True)
    def nameEmojis(self) -> list[str]:  # noqa: N802  # QML sees it
        """The pictures within the name."""
        return list(self._quoted.name.emojis)

    @Property(str, constant=True)
    def handle(self) -> str:
        """Its author's full address."""
        return self._quoted.handle


@QmlElement
@QmlUncreatable("made from a folded post")
class LinkView(QObject):
    """The preview of a link: where it leads, and what stands there."""

    def __init__(self, linked: Linked, parent: QObject) -> None:
        """Show `linked`."""
        super().__init__(parent)
        self._linked = linked
        self._picture = PhotoView(linked.picture, self)

    @Property(str, constant=True)
    def title(self) -> str:
        """The title of the page."""
        return self._linked.title

    @Property(str, constant=True)
    def description(self) -> str:
        """What the page says of itself."""
        return self._linked.description

    @Property(str, constant=True)
    def place(self) -> str:
        """The host that it leads to."""
        return self._linked.place

    @Property(PhotoView, constant=True)
    def picture(self) -> PhotoView:
        """Its picture; without an address where there is none."""
        return self._picture
