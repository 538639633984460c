"""Keeps the screens awake while the wall is up: the X server's screensaver and power saving, and the desktop's."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Final, Protocol

from PySide6.QtDBus import QDBus, QDBusConnection, QDBusMessage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kiosk.runtime.counters import Counters

PATIENCE: Final = 500
"""Milliseconds that the desktop may take to answer."""


class Sleepless(Protocol):
    """One means of keeping screens awake."""

    def begin(self) -> str:
        """Keep them awake; "" where that works, else why it does not."""
        ...

    def end(self) -> None:
        """Let them sleep again."""
        ...


class ByX:
    """The X server's own screensaver and power saving, for as long as our connection lives (XScreenSaver(3))."""

    def __init__(self) -> None:
        """Do nothing yet."""
        self._x: ctypes.CDLL | None = None
        self._saver: ctypes.CDLL | None = None
        self._display: int | None = None

    def begin(self) -> str:
        """Suspend both."""
        try:
            x, saver = ctypes.CDLL("libX11.so.6"), ctypes.CDLL("libXss.so.1")
        except OSError:
            return "libXss is missing; install libxss1"
        x.XOpenDisplay.restype = ctypes.c_void_p
        x.XCloseDisplay.argtypes = x.XFlush.argtypes = [ctypes.c_void_p]
        saver.XScreenSaverSuspend.argtypes = [ctypes.c_void_p, ctypes.c_int]
        saver.XScreenSaverQueryExtension.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p]
        display = x.XOpenDisplay(None)
        if not display:
            return "there is no X display"
        first = ctypes.c_int()
        if not saver.XScreenSaverQueryExtension(display, ctypes.byref(first), ctypes.byref(first)):
            x.XCloseDisplay(display)
            return "the X server has no screensaver extension"
        saver.XScreenSaverSuspend(display, 1)
        x.XFlush(display)
        self._x, self._saver, self._display = x, saver, display
        return ""

    def end(self) -> None:
        """Let go of both; the server would by itself once our connection is gone."""
        if self._x is not None and self._saver is not None:
            self._saver.XScreenSaverSuspend(self._display, 0)
            self._x.XCloseDisplay(self._display)
            self._x = None


class ByDesktop:
    """The desktop's, over D-Bus: org.freedesktop.ScreenSaver."""

    NAME: Final = "org.freedesktop.ScreenSaver"

    def __init__(self) -> None:
        """Do nothing yet."""
        self._cookie: object = None

    def begin(self) -> str:
        """Ask the desktop to stay awake."""
        if not QDBusConnection.sessionBus().isConnected():
            return "there is no session bus"
        answer = self._ask("Inhibit", ["Tweetup Wall", "The wall is up"])
        if answer.type() != QDBusMessage.MessageType.ReplyMessage or not answer.arguments():
            return answer.errorMessage() or "the desktop did not answer"
        self._cookie = answer.arguments()[0]
        return ""

    def end(self) -> None:
        """Let the desktop sleep again."""
        if self._cookie is not None:
            self._ask("UnInhibit", [self._cookie])
            self._cookie = None

    def _ask(self, what: str, arguments: list[object]) -> QDBusMessage:
        message = QDBusMessage.createMethodCall(self.NAME, "/org/freedesktop/ScreenSaver", self.NAME, what)
        message.setArguments(arguments)
        return QDBusConnection.sessionBus().call(message, QDBus.CallMode.Block, PATIENCE)


class Awake:
    """Keeps the screens awake from entry to exit by every means that works; never fatal."""

    def __init__(self, counters: Counters, *, on_screen: bool, means: Sequence[Sleepless] | None = None) -> None:
        """Count a fault in `counters` where no means works; off-screen there is nothing to keep awake."""
        self._counters = counters
        usual: tuple[Sleepless, ...] = (ByX(), ByDesktop()) if on_screen else ()
        self._means = usual if means is None else tuple(means)

    def __enter__(self) -> None:
        """Begin, by every means."""
        refused = [words for each in self._means if (words := each.begin())]
        if self._means and len(refused) == len(self._means):
            self._counters.count("Nothing keeps the screens awake", "; ".join(refused))

    def __exit__(self, *_: object) -> None:
        """End what was begun."""
        for each in self._means:
            each.end()
