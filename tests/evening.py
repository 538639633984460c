"""A whole program on a screen of its own: wall at the left, desk at the right, watched and typed at from outside."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from glass import Area, Glass

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
WALL = Area(0, 0, 1920, 1080)
DESK = Area(1920, 0, 1280, 1080)
SCREEN = (3200, 1080)


@contextmanager
def display(width: int = SCREEN[0], height: int = SCREEN[1]) -> Iterator[str]:
    """An Xvfb of that size on a free display; its name, such as `:7`. It is ended by pid."""
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp", "-noreset"]
    server = subprocess.Popen(command, pass_fds=(write,), stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        with os.fdopen(read) as answer:
            yield f":{answer.readline().strip()}"
    finally:
        server.terminate()
        server.wait(10)


@contextmanager
def program(*arguments: str | Path, screen: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`kiosk` with these arguments on that display; killed at the end, its output in `log`. Qt must not complain."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("QT_")}
    environment = kept | {"DISPLAY": screen, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "xcb"}
    with log.open("ab") as sink:
        child = subprocess.Popen(
            [sys.executable, "-m", "kiosk", *map(str, arguments)], env=environment, stdout=sink, stderr=sink
        )
        try:
            yield child
        finally:
            child.kill()
            child.wait(10)
    assert "Qt complained" not in log.read_text("utf-8", "replace"), f"see {log}"


@contextmanager
def glass(screen: str) -> Iterator[Glass]:
    """The pixels and keys of that display."""
    pane = Glass(screen)
    try:
        yield pane
    finally:
        pane.close()
