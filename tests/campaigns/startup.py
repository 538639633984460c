"""Start and idle memory of `kiosk demo`, beside a Chromium that shows a static page on the same machine.

`python tests/campaigns/startup.py --times 5` starts both under Xvfb at 1920×1080, one after the other, and prints the
seconds from the start of the process to its first painted frame (the first picture that is not one colour), and ten
seconds later the proportional set size (proc(5), smaps_rollup) of all its processes, in MiB, with the share of one
core that they used meanwhile. Without Chromium on the machine, only ours is measured.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

from evening import ROOT, WALL, display, glass

IDLE = 10.0
FLAGS = [
    "--kiosk",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--window-size=1920,1080",
    "--window-position=0,0",
]
"""Chromium as a kiosk, quiet on a machine without a network."""


class Figures(NamedTuple):
    """Seconds to the first frame, MiB of all processes when idle, and the share of one core used meanwhile."""

    seconds: float
    mebibytes: float
    core: float


def family(pid: int) -> list[int]:
    """A process and all that came from it."""
    found, left = [], [pid]
    while left:
        found.append(left.pop())
        for task in Path(f"/proc/{found[-1]}/task").glob("*/children"):
            left += map(int, task.read_text("ascii").split())
    return found


def memory(pids: list[int]) -> float:
    total = 0
    for pid in pids:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
        total += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return total / 1024


def busy(pids: list[int]) -> float:
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def measure(command: list[str], folder: Path) -> Figures:
    """Start a program on a display of its own and watch it."""
    with display(1920, 1080) as screen, glass(screen) as pane:
        environment = {n: v for n, v in os.environ.items() if not n.startswith("QT_")}
        environment |= {"DISPLAY": screen, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "xcb", "HOME": str(folder)}
        with (folder / "log").open("ab") as log:
            began = time.monotonic()
            child = subprocess.Popen(command, env=environment, cwd=folder, stdout=log, stderr=log)
        try:
            pane.wait(lambda: len(pane.colours(WALL)) > 3, seconds=60, pause=0.02)
            seconds = time.monotonic() - began
            time.sleep(IDLE)
            before = busy(family(child.pid))
            time.sleep(IDLE)
            pids = family(child.pid)
            return Figures(seconds, memory(pids), (busy(pids) - before) / IDLE)
        finally:
            for pid in reversed(family(child.pid)):
                os.kill(pid, 9)
            child.wait(10)


def contenders(folder: Path) -> dict[str, list[str]]:
    page = folder / "page.html"
    page.write_text("<!doctype html><title>Page</title><h1>Hang Space Tweetup</h1><p>Hello, hall.</p>", "utf-8")
    found = {
        "kiosk demo": [sys.executable, "-m", "kiosk", "demo"],
        "kiosk, wall only": [sys.executable, "-m", "kiosk", "run", str(folder / "event.toml"), "--wall-only"],
    }
    (folder / "event.toml").write_text('[event]\nname = "Hang Space Tweetup"\n', "utf-8")
    chromium = shutil.which("chromium")
    if chromium:
        found["Chromium, static page"] = [chromium, *FLAGS, f"--user-data-dir={folder / 'profile'}", page.as_uri()]
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=5)
    times = parser.parse_args().times
    with tempfile.TemporaryDirectory() as name:
        runs: dict[str, list[Figures]] = {}
        for _ in range(times):
            for title, command in contenders(Path(name)).items():
                runs.setdefault(title, []).append(measure(command, Path(name)))
        for title, figures in runs.items():
            middle = [statistics.median(values) for values in zip(*figures, strict=True)]
            sys.stdout.write(
                f"{title}: first frame {middle[0]:.2f} s, idle {middle[1]:.0f} MiB, {100 * middle[2]:.0f} % of a core "
                f"(medians of {times})\n"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
