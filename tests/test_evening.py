"""The first complete path: a real server, a real key press, real pixels, and back off the glass again."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from evening import DESK, WALL, display, glass, program
from PIL import Image
from servers.snac import Snac

if TYPE_CHECKING:
    from pathlib import Path

WANTED = (20, 200, 60)
UNWANTED = (250, 0, 250)

needs = pytest.mark.skipif(
    not (shutil.which("snac") and shutil.which("Xvfb")),
    reason="needs snac2 and Xvfb; `sh tests/run.sh` installs them",
)


def photo(path: Path, colour: tuple[int, int, int]) -> Path:
    Image.new("RGB", (1200, 900), colour).save(path, quality=95)
    return path


def event(folder: Path, server: str) -> Path:
    path = folder / "event.toml"
    path.write_text(
        f"""
[event]
name = "Evening"
hashtags = ["eveningtest"]
[[source]]
kind = "mastodon"
server = "{server}"
interval = 5
allow_private_addresses = true
""",
        "utf-8",
    )
    return path


@needs
@pytest.mark.timeout(300)
def test_from_a_real_server_to_the_glass_and_back(tmp_path):
    with Snac(tmp_path / "snac") as server, display() as screen, glass(screen) as pane:
        wanted = server.note("The green one #eveningtest", photo(tmp_path / "wanted.jpg", WANTED))
        settings = event(tmp_path, server.url)
        with program("run", settings, "--windowed", screen=screen, log=tmp_path / "log"):
            desk = pane.window("Desk")
            pane.wait(lambda: pane.count(WANTED, DESK) > 500, seconds=60)
            assert pane.count(WANTED, WALL) == 0, "on the wall before anybody approved it"
            pane.focus(desk)
            pane.press("a")
            pane.wait(lambda: pane.count(WANTED, WALL) > 20_000, seconds=20)

            server.note("The magenta one #eveningtest", photo(tmp_path / "unwanted.jpg", UNWANTED))
            pane.wait(lambda: pane.count(UNWANTED, DESK) > 500, seconds=60)
            assert pane.count(UNWANTED, WALL) == 0
            pane.press("r")
            pane.wait(lambda: pane.count(UNWANTED, DESK) == 0, seconds=20)

            server.delete(wanted)

            def gone() -> bool:
                assert pane.count(UNWANTED, WALL) == 0, "a rejected post's pixels were on the wall"
                return pane.count(WANTED, WALL) == 0

            assert pane.wait_steadily(gone, steady=8, seconds=90) < 60
        with program("run", settings, "--windowed", screen=screen, log=tmp_path / "log"):
            pane.window("Desk")
            for _ in range(10):
                assert pane.count(WANTED, WALL) == 0, "deleted, yet back after a restart"
                assert pane.count(UNWANTED, WALL) == 0
                with pytest.raises(TimeoutError):
                    pane.wait(lambda: pane.count(UNWANTED, WALL) + pane.count(WANTED, WALL) > 0, seconds=0.4)
