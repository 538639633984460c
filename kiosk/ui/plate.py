"""What a card is pressed on where OpenGL draws: a texture in a context of the press's own, read back as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage, QOffscreenSurface, QOpenGLContext
from PySide6.QtOpenGL import QOpenGLFramebufferObject
from PySide6.QtQuick import QQuickGraphicsDevice, QQuickRenderTarget

if TYPE_CHECKING:
    from PySide6.QtQuick import QQuickRenderControl, QQuickWindow


class GpuPlate:
    """Renders a window that is never shown into textures; made once it is first needed, on the windows' thread."""

    def __init__(self, window: QQuickWindow, control: QQuickRenderControl) -> None:
        """Render what `window` holds through `control`."""
        self._window = window
        self._control = control
        self._surface = QOffscreenSurface()
        self._context = QOpenGLContext()
        self._ready = False

    def render(self, width: int, height: int, ratio: float) -> QImage:
        """The window's content, so many pixels wide and high, at `ratio` device pixels each.

        Raises:
            RuntimeError: where the driver gives no context.

        """
        self._begin()
        self._context.makeCurrent(self._surface)
        plate = QOpenGLFramebufferObject(QSize(round(width * ratio), round(height * ratio)))
        self._window.setColor(QColor("black"))
        target = QQuickRenderTarget.fromOpenGLTexture(plate.texture(), plate.size())
        target.setDevicePixelRatio(ratio)
        self._window.setRenderTarget(target)
        self._control.polishItems()
        self._control.beginFrame()
        self._control.sync()
        self._control.render()
        self._control.endFrame()
        self._context.makeCurrent(self._surface)
        image = plate.toImage().convertToFormat(QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(ratio)
        self._window.setRenderTarget(QQuickRenderTarget())
        del plate
        self._context.doneCurrent()
        return image

    def _begin(self) -> None:
        if self._ready:
            return
        self._surface.create()
        if not self._context.create() or not self._context.makeCurrent(self._surface):
            raise RuntimeError("OpenGL gives no context to press cards in.")
        self._window.setGraphicsDevice(QQuickGraphicsDevice.fromOpenGLContext(self._context))
        if not self._control.initialize():
            raise RuntimeError("OpenGL cannot press cards.")
        self._ready = True

    def close(self) -> None:
        """Give everything back to the driver, while the application that it belongs to is still there."""
        if self._ready:
            self._context.makeCurrent(self._surface)
            self._control.invalidate()
            self._context.doneCurrent()
            self._surface.destroy()
            self._ready = False
