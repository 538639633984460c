"""The Qt shell: one application, one QML engine that can reach nothing, and the windows made from it."""

from __future__ import annotations

import math
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import shiboken6
from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtNetwork import QNetworkAccessManager, QNetworkReply, QNetworkRequest
from PySide6.QtQml import QQmlComponent, QQmlEngine, QQmlNetworkAccessManagerFactory

from kiosk.domain.scenes import SCENES
from kiosk.ui.beat import Beat  # noqa: TC001  # QML needs it registered
from kiosk.ui.brand import PLAIN, Brand, dress
from kiosk.ui.complaints import Complaints
from kiosk.ui.emojis import Emojis
from kiosk.ui.fit import Fit
from kiosk.ui.fonts import add_fonts
from kiosk.ui.photos import CardProvider, PhotoProvider, PhotoShelf
from kiosk.ui.press import Press
from kiosk.ui.qt import make
from kiosk.ui.renderer import SOFTWARE, adopt
from kiosk.ui.shift import PixelShift

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QIODevice
    from PySide6.QtGui import QScreen
    from PySide6.QtQuick import QQuickWindow

    from kiosk.runtime.counters import Counters
    from kiosk.ui.renderer import Renderer
    from kiosk.ui.stage import WallStage

QML: Final = Path(__file__).parent / "qml"
MODULE: Final = QML / "Kiosk"
NAMED_IN_QML_ALONE: Final = (Emojis, Fit)
"""Types that are there for QML once they were imported."""


def choose_platform() -> bool:
    """Choose the off-screen platform where there is no display; whether there is one.

    Must run before the application is made. What the user set in the environment wins.
    """
    os.environ.setdefault("QV4_FORCE_INTERPRETER", "1")  # no writable and executable memory, so the unit may forbid it
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        return os.environ.get("QT_QPA_PLATFORM") != "offscreen"
    if os.environ.get("QT_QPA_PLATFORM", "offscreen") == "offscreen":
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        return False
    return True


class _NoNetwork(QNetworkAccessManager):
    """Refuses every request that QML might make."""

    def createRequest(  # noqa: N802  # Qt's name
        self,
        operation: QNetworkAccessManager.Operation,
        request: QNetworkRequest,
        outgoingData: QIODevice | None = None,  # noqa: N803  # Qt's name
    ) -> QNetworkReply:
        request.setUrl(QUrl("refused:"))
        return super().createRequest(operation, request, outgoingData)


class _NoNetworkFactory(QQmlNetworkAccessManagerFactory):
    def create(self, parent: QObject) -> QNetworkAccessManager:
        return _NoNetwork(parent)


class Shell:
    """Owns the application, the engine, the press and the windows. Make one per program."""

    def __init__(self, counters: Counters, fonts: Path, brand: Brand = PLAIN, *, renderer: Renderer = SOFTWARE) -> None:
        """Start Qt with the fonts of that folder and the look of `brand`; `choose_platform` has run before.

        Raises:
            SettingsError: where the theme's font is not there.

        """
        self._counters = counters
        adopt(renderer)
        self._complaints = Complaints(lambda words: counters.count("Qt complained", words))
        self._complaints.start()
        self.application = cast("QGuiApplication", QGuiApplication.instance() or QGuiApplication(["kiosk"]))
        self.application.setQuitOnLastWindowClosed(False)
        self.application.setApplicationName("kiosk")
        add_fonts(fonts)
        self.engine = QQmlEngine()
        self.engine.addImportPath(str(QML))
        self._no_network = _NoNetworkFactory()
        self.engine.setNetworkAccessManagerFactory(self._no_network)
        self.cards = CardProvider()
        self.engine.addImageProvider("card", self.cards)
        self.press = Press(self.engine, MODULE, opengl=renderer.opengl)
        self.beat = cast("Beat", self.engine.singletonInstance("Kiosk", "Beat"))
        self.beat.draw_with(renderer)
        self.brand = brand
        dress(self.engine, brand)
        self.windows: list[QQuickWindow] = []
        self._frame_at = -math.inf

    def pose(self) -> None:
        """Let every transition end as it begins, for a picture."""
        theme = cast("QObject", self.engine.singletonInstance("Kiosk", "Theme"))
        theme.setProperty("crossfade", 0)
        theme.setProperty("settle", 0)

    def read_from_afar(self, least: float) -> None:
        """Draw no text of the wall smaller than that share of the screen's height; 0: at the sizes of old."""
        cast("QObject", self.engine.singletonInstance("Kiosk", "Theme")).setProperty("least", least)

    def shelf(self, load: Callable[..., object]) -> PhotoShelf:
        """Make the shelf that `image://photo/` is answered from."""
        shelf = PhotoShelf(load, self._counters)  # pyright: ignore[reportArgumentType]
        self.engine.addImageProvider("photo", PhotoProvider(shelf, self._counters))
        return shelf

    def wall(self, stage: WallStage, *, moving: bool = True, shifting: bool = False) -> QQuickWindow:
        """Make the wall's window, not yet shown; one that is not `moving` poses for a picture, and one that is
        `shifting` walks by single pixels, against burn-in.
        """
        scenes = [scene.qml for scene in SCENES.values()]
        bare = [scene.qml for scene in SCENES.values() if scene.bare]
        window = self.window("Wall", {"stage": stage, "scenes": scenes, "bare": bare, "moving": moving})
        window.frameSwapped.connect(self._painted)

        def on_another_screen(screen: QScreen | None) -> None:
            if screen is not None:
                self.beat.follow(screen.refreshRate())
                self.press.ratio = window.devicePixelRatio()

        window.screenChanged.connect(on_another_screen)
        on_another_screen(window.screen())

        shift = PixelShift(window) if shifting else None

        def resized(_: int) -> None:
            beyond = 2 * shift.fit(window.height()) if shift else 0
            stage.resize(window.width() + beyond, window.height() + beyond)

        window.widthChanged.connect(resized)
        window.heightChanged.connect(resized)
        return window

    def window(self, name: str, properties: dict[str, object]) -> QQuickWindow:
        """Make a window from the component of that name.

        Raises:
            RuntimeError: with Qt's words, where its QML has a fault.

        """
        component = QQmlComponent(self.engine, QUrl.fromLocalFile(str(MODULE / f"{name}.qml")))
        window = cast("QQuickWindow", make(component, properties))
        self.windows.append(window)
        return window

    def last_frame(self) -> float:
        """When the wall last painted a frame, in `time.monotonic` seconds."""
        return self._frame_at

    def close_windows(self) -> None:
        """Take every window down, while what they show is still there."""
        for window in self.windows:
            shiboken6.delete(window)
        self.windows.clear()

    def close(self) -> None:
        """Give standard error back; the windows are closed by then."""
        self.press.close()
        self._complaints.stop()

    def _painted(self) -> None:
        self._frame_at = time.monotonic()
        self.beat.painted(self._frame_at)
