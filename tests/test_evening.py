"""Whole paths: real servers, real key presses, real pixels, and back off the glass again."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest
from evening import DESK, WALL, display, glass, program
from halls import HALLS, TAG, picture

if TYPE_CHECKING:
    from pathlib import Path

WANTED = (20, 200, 60)
UNWANTED = (250, 0, 250)

TOLD_LIVE = {"bluesky", "nostr", "matrix"}
"""Networks that tell of a deletion as it happens."""

LIVE = 1.0 + 4.0
UNTOLD = 90.0
"""Seconds until a deleted post's pixels are gone, on a machine that runs every server, too; alone it is below one."""

on_glass = pytest.mark.skipif(not shutil.which("Xvfb"), reason="needs Xvfb; `sh tests/run.sh` installs it")


def event(folder: Path, hall: Any) -> Path:
    path = folder / "event.toml"
    path.write_text(
        f'[event]\nname = "Evening"\nhashtags = ["{TAG}"]\n'
        f"[[source]]\n{hall.table()}\nallow_private_addresses = true\n",
        "utf-8",
    )
    return path


@on_glass
@pytest.mark.timeout(300)
@pytest.mark.parametrize("network", HALLS)
def test_from_a_real_server_to_the_glass_edited_deleted_and_gone(network, tmp_path, monkeypatch):
    if not HALLS[network].installed():
        pytest.skip("needs its server; `sh tests/run.sh` installs it")
    with HALLS[network](tmp_path / "hall") as hall, display() as screen, glass(screen) as pane:
        if network == "mail":
            monkeypatch.setenv("SSL_CERT_FILE", str(hall.server.authority))
        settings = event(tmp_path, hall)
        with program("run", settings, "--windowed", screen=screen, log=tmp_path / "log"):
            desk = pane.window("Desk")
            posted = hall.post("The green one is for the wall", picture(WANTED))
            pane.wait(lambda: pane.count(WANTED, DESK) > 500, seconds=110)
            assert pane.count(WANTED, WALL) == 0, "on the wall before anybody approved it"
            pane.focus(desk)
            pane.press("a")
            pane.wait(lambda: pane.count(WANTED, WALL) > 20_000, seconds=20)
            if hall.edit(posted, "The green one was edited after it was approved"):
                # The words changed: what nobody approved must leave, wherever its picture stayed the same.
                pane.wait_steadily(lambda: pane.count(WANTED, WALL) == 0, steady=4, seconds=100)
            if hall.edit(posted, "The green one was edited again"):
                pane.wait(lambda: pane.count(WANTED, DESK) > 500, seconds=110)
                pane.wait(lambda: pressed(pane, "a", WANTED), seconds=40, pause=2.5)
            hall.delete(posted)
            took = pane.wait_steadily(lambda: pane.count(WANTED, WALL) == 0, steady=6, seconds=100)
            print(f"{network}: deleted at its origin, off the glass after {took:.2f} s")  # noqa: T201  # a figure
            assert took <= (LIVE if network in TOLD_LIVE else UNTOLD)
            pane.wait(lambda: pane.count(WANTED, DESK) == 0, seconds=30)


def pressed(pane: Any, key: str, colour: tuple[int, int, int]) -> bool:
    """Whether the wall shows that colour; where not, the key is pressed once more."""
    if pane.count(colour, WALL) > 20_000:
        return True
    pane.press(key)
    return False


@on_glass
@pytest.mark.timeout(300)
@pytest.mark.skipif(not HALLS["mastodon"].installed(), reason="needs snac2; `sh tests/run.sh` installs it")
def test_what_was_rejected_never_shows_and_what_was_deleted_is_not_back_after_a_restart(tmp_path):
    with HALLS["mastodon"](tmp_path / "hall") as hall, display() as screen, glass(screen) as pane:
        wanted = hall.post("The green one", picture(WANTED))
        settings = event(tmp_path, hall)
        with program("run", settings, "--windowed", screen=screen, log=tmp_path / "log"):
            desk = pane.window("Desk")
            pane.wait(lambda: pane.count(WANTED, DESK) > 500, seconds=110)
            pane.focus(desk)
            pane.press("a")
            pane.wait(lambda: pane.count(WANTED, WALL) > 20_000, seconds=20)

            hall.post("The magenta one", picture(UNWANTED))
            pane.wait(lambda: pane.count(UNWANTED, DESK) > 500, seconds=110)
            assert pane.count(UNWANTED, WALL) == 0
            pane.press("r")
            pane.wait(lambda: pane.count(UNWANTED, DESK) == 0, seconds=20)

            hall.delete(wanted)

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
