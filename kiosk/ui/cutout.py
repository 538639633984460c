"""Custom emojis cut out of the grey that stands behind them: photos are kept without transparency, emojis have some."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter, qRgb

BACKDROP: Final = 240
"""The grey, in each channel, that `media.worker` puts behind a transparent picture."""

NEAR: Final = 14
"""By how much a channel of the backdrop may have changed in a JPEG."""

SIDE: Final = 256
"""Pixels of an emoji's longer side at most."""

LARGE: Final = 96
"""Pixels of width from which two pixels are taken off the edges."""

_SNAPPED: Final = bytes(BACKDROP if abs(value - BACKDROP) <= NEAR else value for value in range(256))
_GREY: Final = qRgb(BACKDROP, BACKDROP, BACKDROP)


def cut_out(picture: QImage) -> QImage:
    """Make the backdrop transparent where it reaches in from the edges; a picture without one stays whole.

    Depends on the picture's pixels alone, so that the hall sees what the moderator saw.
    """
    image = picture.convertToFormat(QImage.Format.Format_RGB888)
    if max(image.width(), image.height()) > SIDE:
        image = image.scaled(SIDE, SIDE, _KEEP, _SMOOTH)
    whole = image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
    pixels = bytes(image.constBits()).translate(_SNAPPED)
    plain = QImage(pixels, image.width(), image.height(), image.bytesPerLine(), QImage.Format.Format_RGB888)
    snapped = plain.convertToFormat(QImage.Format.Format_RGB32)
    right, bottom = snapped.width() - 1, snapped.height() - 1
    corners = [snapped.pixel(x, y) for x in (0, right) for y in (0, bottom)]
    if corners.count(_GREY) < 2:  # noqa: PLR2004  # half of them
        return whole
    mask = snapped.createHeuristicMask()
    mask.setColorTable([qRgb(0, 0, 0), qRgb(255, 255, 255)])
    result = whole.convertToFormat(QImage.Format.Format_ARGB32)
    result.setAlphaChannel(_softened(mask.convertToFormat(QImage.Format.Format_RGB32)))
    return result.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)


_KEEP: Final = Qt.AspectRatioMode.KeepAspectRatio
_SMOOTH: Final = Qt.TransformationMode.SmoothTransformation


def _softened(mask: QImage) -> QImage:
    """Take a pixel or two off a mask's edges, where the backdrop shines through, and make what is left of them soft."""
    for _ in range(1 + (mask.width() > LARGE)):
        smaller = mask.copy()
        painter = QPainter(smaller)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Darken)
        for x, y in ((-1, 0), (1, 0), (0, -1), (0, 1)):
            painter.drawImage(x, y, mask)
        painter.end()
        mask = smaller
    half = mask.scaled(max(1, mask.width() // 2), max(1, mask.height() // 2), mode=_SMOOTH)
    soft = half.scaled(mask.size(), mode=_SMOOTH)
    return soft.convertToFormat(QImage.Format.Format_Grayscale8)
