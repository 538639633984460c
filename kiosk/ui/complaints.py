"""Qt's warnings, counted without ever waiting for Python.

A message handler written in Python dead-locks the program: Qt's loader thread may complain while the GUI thread waits
for it and holds the interpreter's lock. So Qt writes to standard error as always, and that is read from a pipe.
"""

from __future__ import annotations

import fcntl
import os
import sys
import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

MARK: Final = "qt-complains: "
_PATTERN: Final = (
    f"%{{if-warning}}{MARK}%{{endif}}%{{if-critical}}{MARK}%{{endif}}%{{if-fatal}}{MARK}%{{endif}}%{{message}}"
)
_PIPE_BYTES: Final = 1 << 20


class Complaints:
    """Reads standard error between `start` and `stop`, tells of Qt's warnings and passes everything on."""

    def __init__(self, heard: Callable[[str], None]) -> None:
        """Tell `heard` of each warning, on a thread of its own."""
        self._heard = heard
        self._real = -1
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to read; must run before Qt writes its first message."""
        os.environ.setdefault("QT_MESSAGE_PATTERN", _PATTERN)
        os.environ.setdefault("QT_LOGGING_TO_CONSOLE", "1")
        sys.stderr.flush()
        self._real = os.dup(2)
        reading, writing = os.pipe()
        fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        os.dup2(writing, 2)
        os.close(writing)
        self._thread = threading.Thread(target=self._read, args=(reading,), name="complaints", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Give standard error back and finish reading what was written."""
        if self._thread is None:
            return
        sys.stderr.flush()
        os.dup2(self._real, 2)
        self._thread.join(2.0)
        self._thread = None

    def _read(self, reading: int) -> None:
        with os.fdopen(reading, "r", encoding="utf-8", errors="replace") as lines:
            for line in lines:
                os.write(self._real, line.encode())
                if line.startswith(MARK):
                    self._heard(line.removeprefix(MARK).strip())
