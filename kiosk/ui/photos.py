"""Pictures for QML: bytes that we encoded ourselves, decoded beforehand, handed out without waiting."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from enum import StrEnum
from typing import TYPE_CHECKING, Final, cast

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QImage, QPainter
from PySide6.QtQuick import QQuickImageProvider

from kiosk.media.levels import levels
from kiosk.ui.cutout import cut_out

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from kiosk.domain.model import Sha256
    from kiosk.media.levels import Level
    from kiosk.runtime.counters import Counters

    Load = Callable[[Sha256, bool], Awaitable[bytes | None]]
    Levels = tuple[QImage, ...]
    """A picture at its own size, and halved again and again."""

CAPACITY: Final = 160 * 1024 * 1024
"""Bytes of decoded pixels that are kept; what is on the glass has been pressed into cards by then."""

SMALLEST: Final = 256
"""Pixels of width below which a picture is not halved again."""

ROUND: Final = 256
"""Side of a round avatar, in pixels."""


PIECE: Final = 1 << 19
"""Bytes of pixels that are copied at a time."""

LONGEST: Final = 1 << 14
"""Pixels of the longer side of a photo that has its card to itself: as it was stored."""

TILE: Final = 1280
"""Pixels of the longer side of a photo that shares its card with others."""


class Size(StrEnum):
    """How large a picture is needed, as the last part of its address says it."""

    WALL = "wall"
    TILE = "tile"
    THUMB = "thumb"


class PhotoShelf:
    """Decoded photos, the least recently used leaving first. Loading decodes on a thread of its own."""

    def __init__(self, load: Load, counters: Counters) -> None:
        """`load` brings a photo's JPEG bytes, wall-sized or as thumbnail."""
        self._load = load
        self._counters = counters
        self._images: OrderedDict[str, Levels] = OrderedDict()
        self._bytes = 0

    async def fetch(self, pictures: Iterable[tuple[Sha256, Size]]) -> None:
        """Have these pictures on the shelf; one that cannot be had is counted and stays away."""
        for sha256, size in pictures:
            key = f"{sha256}/{size}"
            if key in self._images:
                self._images.move_to_end(key)
                if size is Size.THUMB:
                    self._have_round(sha256)
                continue
            encoded = await self._load(sha256, size is Size.THUMB)
            levels = await asyncio.to_thread(_decoded, encoded, size) if encoded else ()
            if not levels:
                self._counters.count("A photo's bytes are missing or damaged", sha256)
                continue
            self._keep(key, levels)
            if size is Size.THUMB:
                self._have_round(sha256)

    def _have_round(self, sha256: Sha256) -> None:
        """Have a thumbnail as avatar, too; it may have left the shelf before the thumbnail did."""
        key = f"{sha256}/round"
        if key in self._images:
            self._images.move_to_end(key)
        elif thumbnail := self._images.get(f"{sha256}/{Size.THUMB}"):
            self._keep(key, (rounded(thumbnail[0]),))

    def _keep(self, key: str, levels: Levels) -> None:
        self._images[key] = levels
        self._bytes += sum(image.sizeInBytes() for image in levels)
        while self._bytes > CAPACITY and len(self._images) > 1:
            _, old = self._images.popitem(last=False)
            self._bytes -= sum(image.sizeInBytes() for image in old)

    def holds(self, sha256: Sha256, size: Size) -> bool:
        """Whether a picture could be shown now."""
        return f"{sha256}/{size}" in self._images

    def image(self, key: str, width: int = 0) -> QImage | None:
        """The picture for `<sha256>/<size>`: the smallest that is `width` pixels wide or more.

        Besides a `Size` there are `round` for avatars and `emoji`, both made of the thumbnail.
        """
        levels = self._images.get(key) or self._emoji(key)
        if not levels:
            return None
        return next((image for image in reversed(levels) if 0 < width <= image.width()), levels[0])

    def _emoji(self, key: str) -> Levels:
        """Cut an emoji out when it is first asked for, since few thumbnails are any."""
        sha256, _, size = key.partition("/")
        thumbnail = self._images.get(f"{sha256}/{Size.THUMB}")
        if size != "emoji" or not thumbnail:
            return ()
        levels = (cut_out(thumbnail[0]),)
        self._keep(key, levels)
        return levels


def _decoded(encoded: bytes, size: Size) -> Levels:
    """Decode a picture and halve it, since a smaller one scales without jags and without work on the GUI thread."""
    made = levels(encoded, longest=TILE if size is Size.TILE else LONGEST, smallest=SMALLEST)
    return tuple(_image(level) for level in made)


def _image(level: Level) -> QImage:
    """Copy pixels into a picture, a little at a time: the windows' thread waits no longer than for one piece."""
    image = QImage(level.width, level.height, QImage.Format.Format_RGB32)
    into = cast("memoryview", image.bits())
    for start in range(0, len(level.pixels), PIECE):
        into[start : start + PIECE] = level.pixels[start : start + PIECE]
    return image


def rounded(image: QImage) -> QImage:
    """Cut an avatar into a circle, since the software renderer cannot clip to one."""
    side = min(image.width(), image.height())
    square = image.copy((image.width() - side) // 2, (image.height() - side) // 2, side, side).scaled(
        ROUND, ROUND, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    result = QImage(ROUND, ROUND, QImage.Format.Format_ARGB32_Premultiplied)
    result.fill(Qt.GlobalColor.transparent)
    painter = QPainter(result)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(QBrush(square))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawEllipse(QRectF(0, 0, ROUND, ROUND))
    painter.end()
    return result


class PhotoProvider(QQuickImageProvider):
    """Answers `image://photo/<sha256>/<size>` from the shelf; what is not there is an empty pixel, and counted."""

    def __init__(self, shelf: PhotoShelf, counters: Counters) -> None:
        """Hand out what stands on `shelf`."""
        super().__init__(QQuickImageProvider.ImageType.Image)
        self._shelf = shelf
        self._counters = counters

    def requestImage(self, id: str, size: QSize, requestedSize: QSize) -> QImage:  # noqa: A002, N802, N803  # Qt's names
        """Return the picture, scaled down where QML asked for less."""
        image = self._shelf.image(id, requestedSize.width())
        if image is None:
            self._counters.count("A photo was asked for before it was there", id)
            return _empty()
        if 0 < requestedSize.width() < image.width() // 2:
            image = image.scaledToWidth(requestedSize.width(), Qt.TransformationMode.SmoothTransformation)
        size.setWidth(image.width())
        size.setHeight(image.height())
        return image


class CardProvider(QQuickImageProvider):
    """Answers `image://card/<key>` with pressed cards."""

    def __init__(self) -> None:
        """Start without a card."""
        super().__init__(QQuickImageProvider.ImageType.Image)
        self._cards: dict[str, QImage] = {}
        self._serial = 0

    def put(self, card: QImage, key: str = "") -> str:
        """Keep a card until it is dropped, under a new key where none is given; the key."""
        self._serial += 1
        key = key or str(self._serial)
        self._cards[key] = card
        return key

    def drop(self, key: str) -> None:
        """Forget a card's pixels."""
        self._cards.pop(key, None)

    def requestImage(self, id: str, size: QSize, requestedSize: QSize) -> QImage:  # noqa: A002, ARG002, N802, N803  # Qt's names
        """Return the card at its own size; what follows a "?" only makes QML ask again."""
        card = self._cards.get(id.partition("?")[0]) or _empty()
        size.setWidth(card.width())
        size.setHeight(card.height())
        return card


def _empty() -> QImage:
    image = QImage(1, 1, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    return image
