"""A post as QML sees it: immutable, typed, every string isolated from its neighbours' direction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtQml import QmlElement

from kiosk.domain.graphemes import width
from kiosk.ui.pieces import LinkView, PhotoView, QuoteView, WordsView
from kiosk.ui.qt import Property, QmlUncreatable

if TYPE_CHECKING:
    from kiosk.ui.shown import Shown

QML_IMPORT_NAME = "Kiosk"
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
@QmlUncreatable("made from a folded post")
class PostView(QObject):
    """One post's content at one moment; an edit replaces the object. Its pieces are made when QML first asks."""

    def __init__(self, post: Shown, parent: QObject | None = None) -> None:
        """Show `post`."""
        super().__init__(parent)
        self.post = post
        self._photos: list[PhotoView] | None = None
        self._choices: list[WordsView] | None = None
        self._quote: QuoteView | None = None
        self._link: LinkView | None = None

    @Property(str, constant=True)
    def name(self) -> str:
        """What the author calls themselves."""
        return self.post.name.text

    @Property("QStringList", constant=True)
    def nameEmojis(self) -> list[str]:  # noqa: N802  # QML sees it
        """The pictures within the name."""
        return list(self.post.name.emojis)

    @Property(str, constant=True)
    def handle(self) -> str:
        """The author's full address."""
        return self.post.handle

    @Property(str, constant=True)
    def text(self) -> str:
        """The words, plain."""
        return self.post.words.text

    @Property("QStringList", constant=True)
    def emojis(self) -> list[str]:
        """The pictures within the words."""
        return list(self.post.words.emojis)

    @Property(int, constant=True)
    def extent(self) -> int:
        """How much room the words take, in Latin letters: wide ones (UAX 11) and emojis count twice."""
        return width(self.post.words.text)

    @Property(str, constant=True)
    def age(self) -> str:
        """How long ago it was posted."""
        return self.post.age

    @Property(str, constant=True)
    def initial(self) -> str:
        """What stands in for a missing avatar."""
        return self.post.initial

    @Property(int, constant=True)
    def tone(self) -> int:
        """Which of the theme's card tones this post has."""
        return self.post.tone

    @Property(str, constant=True)
    def avatar(self) -> str:
        """The round avatar's address, "" where there is none."""
        return self.post.avatar

    @Property(str, constant=True)
    def warning(self) -> str:
        """The author's content warning."""
        return self.post.warning

    @Property("QVariantList", constant=True)
    def photos(self) -> list[PhotoView]:
        """The photos that have come, at most four."""
        if self._photos is None:
            self._photos = [PhotoView(photo, self) for photo in self.post.photos]
        return self._photos

    @Property(float, constant=True)
    def aspect(self) -> float:
        """The first photo's width by its height, 0 where there is none."""
        first = self.post.photos[0] if self.post.photos else None
        return first.width / first.height if first and first.height else 0.0

    @Property(QuoteView, constant=True)
    def quote(self) -> QuoteView | None:
        """The post that this one quotes."""
        if self._quote is None and self.post.quoted:
            self._quote = QuoteView(self.post.quoted, self)
        return self._quote

    @Property("QVariantList", constant=True)
    def choices(self) -> list[WordsView]:
        """What can be chosen in the post's poll."""
        if self._choices is None:
            self._choices = [WordsView(choice, self) for choice in self.post.choices]
        return self._choices

    @Property(LinkView, constant=True)
    def link(self) -> LinkView | None:
        """Where the post's link leads."""
        if self._link is None and self.post.linked:
            self._link = LinkView(self.post.linked, self)
        return self._link
