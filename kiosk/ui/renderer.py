"""Which renderer draws the windows: OpenGL where a real GPU stands behind it, otherwise Qt's software renderer.

The GPU is asked in a short-lived child, since a broken driver takes its program down with it. The child runs this
very file, and nothing else of the program.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

if TYPE_CHECKING:
    RendererName = Literal["auto", "software", "opengl"]

PRETENDERS: Final = ("llvmpipe", "softpipe", "swrast", "swiftshader", "lavapipe", "software")
"""Parts of the names by which OpenGL that is computed by the processor announces itself."""

DEVICES: Final = ("dri/renderD*", "dri/card*", "nvidia[0-9]*", "mali*", "kgsl*")
"""Where Linux has a GPU, below /dev. Without any of them the driver need not be asked, which takes its time."""

PATIENCE: Final = 8.0
"""Seconds that a driver may take to say who it is."""


class Renderer(NamedTuple):
    """What draws, and why, in words for the desk and `kiosk doctor`."""

    opengl: bool
    why: str

    @property
    def words(self) -> str:
        """One line: what draws, and why."""
        return f"{'OpenGL, threaded' if self.opengl else 'software renderer'}: {self.why}"


SOFTWARE: Final = Renderer(opengl=False, why="pictures are drawn off-screen")
"""What draws where nothing moves, so that pictures are the same everywhere."""


def choose_renderer(wanted: RendererName = "auto", *, on_screen: bool = True, devices: Path = Path("/dev")) -> Renderer:
    """Choose for this machine. What the user set in QT_QUICK_BACKEND wins, then `[wall] renderer`, then the GPU."""
    backend = os.environ.get("QT_QUICK_BACKEND", "")
    if backend:
        return Renderer(backend != "software", f"QT_QUICK_BACKEND asks for {backend}")
    if wanted != "auto":
        return Renderer(wanted == "opengl", "the event's file asks for it")
    if not on_screen:
        return Renderer(opengl=False, why="there is no display")
    if not any(any(devices.glob(pattern)) for pattern in DEVICES):
        return Renderer(opengl=False, why="this machine has no GPU")
    return _judged(driver_name())


def _judged(name: str) -> Renderer:
    if not name:
        return Renderer(opengl=False, why="the GPU's driver did not answer")
    if any(pretender in name.lower() for pretender in PRETENDERS):
        return Renderer(opengl=False, why=f"OpenGL is only computed here ({name})")
    return Renderer(opengl=True, why=name)


def driver_name() -> str:
    """Ask OpenGL's driver for its name on this display, in a child; "" where it fails, hangs or dies."""
    try:
        child = subprocess.run(  # noqa: S603  # our own interpreter with our own file
            [sys.executable, "-P", str(Path(__file__))], capture_output=True, text=True, timeout=PATIENCE, check=True
        )
    except (subprocess.SubprocessError, OSError):
        return ""
    return child.stdout.strip()


def adopt(renderer: Renderer) -> None:
    """Let Qt Quick draw so; must run before the first window is made."""
    from PySide6.QtQuick import QQuickWindow, QSGRendererInterface  # noqa: PLC0415  # the child needs none of it

    if renderer.opengl:
        os.environ.setdefault("QSG_RENDER_LOOP", "threaded")
        QQuickWindow.setGraphicsApi(QSGRendererInterface.GraphicsApi.OpenGL)
    else:
        os.environ.setdefault("QT_QPA_UPDATE_IDLE_TIME", "0")  # paint with the beat, not five milliseconds after it
        QQuickWindow.setGraphicsApi(QSGRendererInterface.GraphicsApi.Software)


def _ask() -> str:
    """Make an off-screen context and ask who draws in it."""
    from PySide6.QtGui import QGuiApplication, QOffscreenSurface, QOpenGLContext  # noqa: PLC0415  # in the child alone

    application = QGuiApplication(["kiosk"])
    surface, context = QOffscreenSurface(), QOpenGLContext()
    surface.create()
    renderer = 0x1F01  # GL_RENDERER
    name = ""
    if context.create() and context.makeCurrent(surface):
        name = str(context.functions().glGetString(renderer) or "")
        context.doneCurrent()
    del surface, context, application
    return name


if __name__ == "__main__":
    print(_ask())  # noqa: T201  # the parent reads it
