"""A post as QML sees it: immutable, typed, every string isolated from its neighbours' direction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from unicodedata import east_asian_width

import msgspec
from PySide6.QtCore import QObject
from PySide6.QtQml import QmlElement

from kiosk.domain.model import Kind, Photo, PostState, Sha256
from kiosk.ui.qt import Property, QmlUncreatable

if TYPE_CHECKING:
    from datetime import datetime

QML_IMPORT_NAME = "Kiosk"
QML_IMPORT_MAJOR_VERSION = 1

CHARACTERS: Final = 500
"""Characters of a post that a card shows at most."""

TONES: Final = 6
"""How many card tones the theme has; a post keeps its own."""

_MINUTE: Final = 60
_HOUR: Final = 3600
_DAY: Final = 86400


def isolated(text: str) -> str:
    """Keep a field's direction to itself (UAX 9: first strong isolate … pop directional isolate)."""
    return f"\u2068{text}\u2069" if text else ""


def age(then: datetime, now: datetime) -> str:
    """How long ago, as one would say it."""
    seconds = max(0.0, (now - then).total_seconds())
    if seconds < _MINUTE:
        return "now"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE:.0f} min"
    if seconds < _DAY:
        return f"{seconds // _HOUR:.0f} h"
    return f"{seconds // _DAY:.0f} d"


class Shown(msgspec.Struct, frozen=True):
    """What a card shows of a post; pictures are addresses of our own provider, sizes in pixels, focus in 0…1."""

    name: str
    handle: str
    text: str
    age: str
    initial: str
    tone: int
    avatar: str = ""
    warning: str = ""
    photo: str = ""
    width: int = 0
    height: int = 0
    focus: tuple[float, float] = (0.5, 0.5)
    alt: str = ""
    pictures: tuple[tuple[Sha256, bool], ...] = ()


def shown(state: PostState, now: datetime) -> Shown:
    """Read what a card shows from a folded post; `pictures` names the bytes it needs, (hash, thumbnail)."""
    post = state.post
    name = post.author.name or post.author.handle
    result = Shown(
        name=isolated(name),
        handle=isolated(post.author.handle),
        text=post.text if len(post.text) <= CHARACTERS else post.text[: CHARACTERS - 1] + "…",
        age=age(post.created_at, now),
        initial=next((char.upper() for char in name if char.isalnum()), "#"),
        tone=sum(state.uri.encode()) % TONES,
        warning=isolated(post.warning),
    )
    avatar = state.photos.get(post.author.avatar)
    if isinstance(avatar, Photo):
        result = msgspec.structs.replace(
            result, avatar=f"image://photo/{avatar.sha256}/round", pictures=((avatar.sha256, True),)
        )
    for item in post.attachments:
        photo = state.photos.get(item.url)
        if item.kind is not Kind.OTHER and isinstance(photo, Photo):
            return msgspec.structs.replace(
                result,
                photo=f"image://photo/{photo.sha256}/wall",
                width=photo.width,
                height=photo.height,
                focus=item.focus or (0.5, 0.5),
                alt=item.alt,
                pictures=(*result.pictures, (photo.sha256, False)),
            )
    return result


@QmlElement
@QmlUncreatable("made from a folded post")
class PostView(QObject):
    """One post's content at one moment; an edit replaces the object."""

    def __init__(self, post: Shown, parent: QObject | None = None) -> None:
        """Show `post`."""
        super().__init__(parent)
        self.post = post

    @Property(str, constant=True)
    def name(self) -> str:
        """What the author calls themselves."""
        return self.post.name

    @Property(str, constant=True)
    def handle(self) -> str:
        """The author's full address."""
        return self.post.handle

    @Property(str, constant=True)
    def text(self) -> str:
        """The words, plain."""
        return self.post.text

    @Property(int, constant=True)
    def extent(self) -> int:
        """How much room the words take, in Latin letters: wide ones (UAX 11) count twice."""
        return sum(2 if east_asian_width(char) in "WF" else 1 for char in self.post.text)

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

    @Property(str, constant=True)
    def photo(self) -> str:
        """The first photo's address, "" where there is none."""
        return self.post.photo

    @Property(float, constant=True)
    def aspect(self) -> float:
        """The photo's width by its height, 0 where there is none."""
        return self.post.width / self.post.height if self.post.height else 0.0

    @Property(float, constant=True)
    def focusX(self) -> float:  # noqa: N802  # QML sees it
        """Where to look in the photo, from its left, 0…1."""
        return self.post.focus[0]

    @Property(float, constant=True)
    def focusY(self) -> float:  # noqa: N802  # QML sees it
        """Where to look in the photo, from its top, 0…1."""
        return self.post.focus[1]
