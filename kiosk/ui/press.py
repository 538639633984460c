"""The press: lays a QML card out once, off-screen, and returns it as one opaque picture at device pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

import shiboken6
from PySide6.QtCore import QUrl
from PySide6.QtGui import QColor, QImage
from PySide6.QtQml import QQmlComponent, QQmlEngine
from PySide6.QtQuick import QQuickItem, QQuickRenderControl, QQuickRenderTarget, QQuickWindow

from kiosk.ui.plate import GpuPlate
from kiosk.ui.qt import make

if TYPE_CHECKING:
    from pathlib import Path

    from kiosk.ui.posts import PostView

TALLEST: Final = 8192
"""Pixels beyond which no card goes."""


class PressError(RuntimeError):
    """A card's QML could not be made into a picture; its message is Qt's."""


class Press:
    """Composes cards with the windows' own renderer, so that pressed and live pixels are the same."""

    def __init__(self, engine: QQmlEngine, folder: Path, *, opengl: bool = False) -> None:
        """Press the components that stand in `folder`, with OpenGL where the windows are drawn by it."""
        self._engine = engine
        self._folder = folder
        self._control = QQuickRenderControl()
        self._window = QQuickWindow(self._control)
        self._gpu = GpuPlate(self._window, self._control) if opengl else None
        self._components: dict[str, QQmlComponent] = {}
        self.ratio = 1.0
        """Device pixels of the wall for each of its own; cards are pressed at device pixels."""

    def card(  # noqa: PLR0913  # what is pressed, and how large
        self, component: str, post: PostView, *, width: int, height: int, screen_height: int, page: int = 0
    ) -> QImage:
        """Press one card `width` pixels wide; a `width` or `height` of 0 lets the card choose.

        A card that has pages shows number `page` of them, or its last.

        The picture has `ratio` times as many device pixels, and knows it (`QImage.devicePixelRatio`).

        Raises:
            PressError: where the component has a fault.

        """
        properties: dict[str, object] = {"post": post, "screenHeight": screen_height}
        chosen = {"width": width, "height": height, "page": page}
        properties |= {name: value for name, value in chosen.items() if value}
        item = self._make(component, properties)
        try:
            return self._render(item)
        finally:
            shiboken6.delete(item)  # now, while the post that it reads is still there

    def pages(self, component: str, post: PostView, *, width: int, height: int, screen_height: int) -> int:
        """How many pages a card of that component and size has for a post; its pictures need not have come.

        Raises:
            PressError: where the component has a fault.

        """
        size: dict[str, object] = {"screenHeight": screen_height, "width": width, "height": height}
        properties = {"post": post, "pictured": False, **size}
        item = self._make(component, properties)
        try:
            item.setParentItem(self._window.contentItem())
            self._control.polishItems()
            self._control.polishItems()  # columns within columns
            return int(item.property("pages"))
        finally:
            shiboken6.delete(item)

    def close(self) -> None:
        """Press no more; what the driver lent is given back."""
        if self._gpu is not None:
            self._gpu.close()
            shiboken6.delete(self._window)
            shiboken6.delete(self._control)

    def _make(self, name: str, properties: dict[str, object]) -> QQuickItem:
        component = self._components.get(name)
        if component is None:
            component = QQmlComponent(self._engine, QUrl.fromLocalFile(str(self._folder / f"{name}.qml")))
            self._components[name] = component
        try:
            return cast("QQuickItem", make(component, properties))
        except RuntimeError as error:
            raise PressError(str(error)) from error

    def _render(self, item: QQuickItem) -> QImage:
        item.setParentItem(self._window.contentItem())
        self._control.polishItems()
        width, height = int(item.width()), min(TALLEST, int(item.height()))
        if self._gpu is not None:
            self._window.setGeometry(0, 0, width, height)
            self._window.contentItem().setSize(item.size())
            return self._gpu.render(width, height, self.ratio)
        image = QImage(round(width * self.ratio), round(height * self.ratio), QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(self.ratio)
        image.fill(QColor("black"))
        self._window.setGeometry(0, 0, width, height)
        self._window.contentItem().setSize(item.size())
        target = QQuickRenderTarget.fromPaintDevice(image)
        target.setDevicePixelRatio(self.ratio)
        self._window.setRenderTarget(target)
        self._control.polishItems()
        self._control.sync()
        self._control.render()
        return image
