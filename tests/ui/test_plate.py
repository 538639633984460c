from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest
from evening import display
from house.tree import ROOT

PROGRAM = """
from pathlib import Path
from factories import at, waiting
from kiosk.runtime.counters import Counters
from kiosk.settings import assets_folder
from kiosk.ui.posts import PostView
from kiosk.ui.renderer import Renderer
from kiosk.ui.shell import Shell
from kiosk.ui.shown import shown
shell = Shell(Counters(), assets_folder() / "fonts", renderer=Renderer(opengl=OPENGL, why="a test"))
for text in ("Hello to the hall", "word " * 60):
    view = PostView(shown(waiting(text=text), at(60)))
    card = shell.press.card("PostCard", view, width=600, height=0, screen_height=1080)
    print(card.width(), card.height(), card.hasAlphaChannel(), card.pixelColor(300, card.height() // 2).name())
shell.close()
"""

pytestmark = pytest.mark.skipif(not shutil.which("Xvfb"), reason="needs an X server, since off-screen has no OpenGL")


def pressed(screen: str, *, opengl: bool) -> list[str]:
    environment = dict(os.environ) | {"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", "QT_QPA_PLATFORM": "xcb"}
    environment["DISPLAY"] = screen
    environment.pop("QT_QUICK_BACKEND", None)
    program = PROGRAM.replace("OPENGL", str(opengl))
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    if opengl and "no context" in done.stderr:
        pytest.skip("OpenGL gives no context here")
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_cards_pressed_by_opengl_have_the_size_of_those_pressed_without():
    with display(1280, 720) as screen:
        plain, drawn = pressed(screen, opengl=False), pressed(screen, opengl=True)
    assert [line.split()[:3] for line in plain] == [line.split()[:3] for line in drawn]
    assert all(line.endswith(plain[0].split()[-1]) for line in drawn[:1])
