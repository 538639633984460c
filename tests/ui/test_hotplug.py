"""A real window on a real X server whose output changes its size (RandR), and is moved by something else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time

import pytest
from evening import display
from house.tree import ROOT

PROGRAM = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtGui import QColor, QGuiApplication, QRasterWindow
from kiosk.ui.screens import Screens
application = QGuiApplication(["kiosk"])
window = QRasterWindow()
screens = Screens(application, name="", windowed=False)
screens.show(window, None)
def tell():
    if Path(sys.argv[1]).exists():
        Path(sys.argv[1]).unlink()
        window.setGeometry(5, 5, 160, 160)
    area = window.geometry()
    print(area.x(), area.y(), area.width(), area.height(), flush=True)
timer = QTimer()
timer.timeout.connect(tell)
timer.start(100)
QTimer.singleShot(30000, application.quit)
application.exec()
"""


@pytest.mark.skipif(not shutil.which("Xvfb") or not shutil.which("xrandr"), reason="needs Xvfb and xrandr")
def test_the_wall_follows_a_real_output_and_is_put_back_within_five_seconds(tmp_path):
    with display(1280, 720) as screen:
        environment = dict(os.environ) | {"DISPLAY": screen, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "xcb"}
        modes = subprocess.run(["xrandr"], env=environment, capture_output=True, text=True, check=True).stdout
        child = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(tmp_path / "move")], env=environment, stdout=subprocess.PIPE, text=True
        )
        try:
            lines = iter(child.stdout.readline, "")
            until(lines, "0 0 1280 720")
            if "640x480" in modes:
                subprocess.run(["xrandr", "-s", "640x480"], env=environment, check=True)
                assert until(lines, "0 0 640 480") < 5
                subprocess.run(["xrandr", "-s", "1280x720"], env=environment, check=True)
                assert until(lines, "0 0 1280 720") < 5
            (tmp_path / "move").touch()
            until(lines, "5 5 160 160")
            assert until(lines, "0 0 1280 720") < 5, "something moved the wall, and it stayed there"
        finally:
            child.kill()
            child.wait(10)
            child.stdout.close()


def until(lines, wanted: str) -> float:
    """Seconds until the window says that it stands there."""
    began = time.monotonic()
    for line in lines:
        if line.strip() == wanted:
            return time.monotonic() - began
    raise AssertionError(f"it never stood at {wanted}")
