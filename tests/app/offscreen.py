"""The whole program without a display, and a systemd that listens to it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "assets" / "demo.wall"


def kiosk(*arguments: object, folder: Path, seconds: float = 60) -> subprocess.CompletedProcess[str]:
    """Run a command to its end in that folder."""
    command = [sys.executable, "-m", "kiosk", *map(str, arguments)]
    return subprocess.run(
        command, cwd=folder, env=environment(), capture_output=True, text=True, timeout=seconds, check=False
    )


@contextmanager
def running(*arguments: object, folder: Path, **extra: str) -> Iterator[subprocess.Popen[str]]:
    """A command that goes on, its output in `log`; killed at the end where it still lives."""
    with (folder / "log").open("w", encoding="utf-8") as log:
        command = [sys.executable, "-m", "kiosk", *map(str, arguments)]
        child = subprocess.Popen(command, cwd=folder, env=environment() | extra, stdout=log, stderr=log, text=True)
        try:
            yield child
        finally:
            child.kill()
            child.wait(10)
    assert "Qt complained" not in (folder / "log").read_text("utf-8"), "Qt must not complain"


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("QT_")}
    return kept | {"PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}


class Systemd:
    """What sd_notify(3) talks to: a datagram socket; every message is kept with its time."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "notify"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(self.path))
        self._socket.setblocking(False)  # noqa: FBT003  # its only argument
        self.lines: list[str] = []

    def listen(self) -> list[str]:
        """Everything said so far."""
        while True:
            try:
                self.lines += self._socket.recv(4096).decode().splitlines()
            except BlockingIOError:
                return self.lines

    def wait(self, heard: Callable[[list[str]], bool], seconds: float) -> None:
        until = time.monotonic() + seconds
        while not heard(self.listen()):
            assert time.monotonic() < until, f"systemd heard only {self.lines}"
            time.sleep(0.05)

    def close(self) -> None:
        self._socket.close()


@contextmanager
def systemd(folder: Path) -> Iterator[Systemd]:
    listener = Systemd(folder)
    try:
        yield listener
    finally:
        listener.close()
