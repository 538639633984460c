"""The event's own pictures as QML shows them: logo and background, each scaled and flattened once for its size."""

from __future__ import annotations

import math
import random
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QLinearGradient, QPainter
from PySide6.QtQuick import QQuickImageProvider

if TYPE_CHECKING:
    from kiosk.settings.theme import BackgroundTable
    from kiosk.ui.brand import Brand

TALLER: Final = 1.5
"""A drifting background's height by the screen's."""

LARGEST: Final = 8192
"""Pixels beyond which no side of a picture goes."""

STRIP: Final = 128
"""Rows of a gradient that are painted at a time, since they take eight bytes a pixel."""

TILE: Final = 64
"""Side of the tile of noise, in pixels."""


class BrandProvider(QQuickImageProvider):
    """Answers `image://brand/background/WxH` and `image://brand/logo/rrggbb`: on that ground; without one, as it is."""

    def __init__(self, brand: Brand) -> None:
        """Decode the event's pictures, which are PNG of our own making."""
        super().__init__(QQuickImageProvider.ImageType.Image)
        self._theme = brand.theme
        self._veil = brand.veil
        self._logo = QImage.fromData(brand.logo) if brand.logo else QImage()
        self._picture = QImage.fromData(brand.background) if brand.background else QImage()

    def requestImage(self, id: str, size: QSize, requestedSize: QSize) -> QImage:  # noqa: A002, N802, N803  # Qt's names
        """Return the picture; what is not there is one transparent pixel."""
        what, _, how = id.partition("/")
        if what == "logo":
            image = self._flat_logo(requestedSize, how)
        else:
            width, _, height = how.partition("x")
            image = self._background(_side(width), _side(height))
        size.setWidth(image.width())
        size.setHeight(image.height())
        return image

    def _flat_logo(self, box: QSize, ground: str) -> QImage:
        if self._logo.isNull() or box.isEmpty():
            return _nothing()
        scaled = self._logo.scaled(
            box.boundedTo(QSize(LARGEST, LARGEST)),
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        if not ground:
            return scaled.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
        flat = QImage(scaled.size(), QImage.Format.Format_RGB32)
        flat.fill(QColor(f"#{ground}"))
        painter = QPainter(flat)
        painter.drawImage(0, 0, scaled)
        painter.end()
        return flat

    def _background(self, width: int, height: int) -> QImage:
        background = self._theme.background
        stage = QColor(self._theme.colours.stage)
        if background.kind in {"gradient", "drift"}:
            drifts = background.kind == "drift" and not self._theme.motion.reduced_motion
            return gradient(background, width, round(height * TALLER) if drifts else height)
        image = QImage(width, height, QImage.Format.Format_RGB32)
        image.fill(stage)
        if not self._picture.isNull():
            covering = self._picture.scaled(
                image.size(),
                Qt.AspectRatioMode.KeepAspectRatioByExpanding,
                Qt.TransformationMode.SmoothTransformation,
            )
            painter = QPainter(image)
            painter.setOpacity(1 - self._veil)
            painter.drawImage((width - covering.width()) // 2, (height - covering.height()) // 2, covering)
            painter.end()
        return image


def gradient(background: BackgroundTable, width: int, height: int) -> QImage:
    """Paint a gradient in 16 bits a channel and bring it down to 8 with noise, so that dark ones show no bands."""
    turn = math.radians(background.angle)
    across, down = math.sin(turn), -math.cos(turn)
    half = (abs(width * across) + abs(height * down)) / 2
    middle = QPointF(width / 2, height / 2)
    way = QLinearGradient(middle - QPointF(across, down) * half, middle + QPointF(across, down) * half)
    for number, colour in enumerate(background.colours):
        way.setColorAt(number / (len(background.colours) - 1), QColor(colour))
    image = QImage(width, height, QImage.Format.Format_RGB32)
    strip, noise = QImage(width, STRIP, QImage.Format.Format_RGBA64_Premultiplied), QBrush(_noise())
    whole = QPainter(image)
    for top in range(0, height, STRIP):
        painter = QPainter(strip)
        painter.translate(0, -top)
        painter.fillRect(0, top, width, STRIP, QBrush(way))
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Plus)
        painter.fillRect(0, top, width, STRIP, noise)
        painter.end()
        whole.drawImage(0, top, strip.convertToFormat(QImage.Format.Format_RGB32))
    whole.end()
    return image


def _noise() -> QImage:
    """A tile of noise of up to one step of 8 bits, the same every time."""
    chance = random.Random(1)  # noqa: S311  # noise, no secret
    texels = b"".join(bytes((level, 0)) * 3 + b"\xff\x00" for level in chance.randbytes(TILE * TILE))
    return QImage(texels, TILE, TILE, TILE * 8, QImage.Format.Format_RGBA64_Premultiplied).copy()


def _side(digits: str) -> int:
    return max(1, min(LARGEST, int(digits))) if digits.isdecimal() else 1


def _nothing() -> QImage:
    image = QImage(1, 1, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    return image
