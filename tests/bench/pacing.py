"""How the pixels move: the wall, Chromium with the same cards and the bare blit floor, watched from outside in one run.

`python tests/bench/pacing.py` starts each under an Xvfb of its own, at 1920×1080 and 3840×2160, watches one column of
its pixels for 30 seconds, and prints missed refreshes of 60 Hz, the longest gap, CPU-seconds a second, memory (PSS of
all its processes) and the time to the first painted frame. Then the wall while 200 posts a minute with 12-megapixel
photos arrive, and again with the desk open and scrolling. At last `--cards` cards go through Scroll, to measure what
stays of them. Exit code 1 where an aim is missed.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

BENCH = Path(__file__).parent
sys.path[:0] = [str(BENCH), str(BENCH.parent), str(BENCH.parents[1])]

from campaigns.startup import FLAGS, busy, family, memory
from evening import ROOT, display, glass
from page import write
from PIL import Image
from sampler import Sampler, Watched
from Xlib.error import ConnectionClosedError

from kiosk.archive.event_file import EventFile
from kiosk.settings import assets_folder
from kiosk.ui.columns import Columns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SIZES = [(1920, 1080, 60), (3840, 2160, 120)]
"""Width, height and pixels a second."""

SETTLED = 6.0
"""Seconds after the first frame at which measuring begins."""

AS_INSTALLED = """
import sys
sys.modules.update(dict.fromkeys(("rich", "click", "pygments")))  # the tests' tools, which httpx imports where it can
from kiosk.cli import main
sys.exit(main(sys.argv[1:]))
"""


class Figures(NamedTuple):
    """One contender on one screen."""

    watched: Watched
    core: float
    mebibytes: float
    first: float

    def __str__(self) -> str:
        w = self.watched
        moves = ", ".join(f"{step} px {times}×" for step, times in w.moves.most_common(4))
        return (
            f"{w.rate:5.1f} pictures/s, {w.missed:4} of {round(w.seconds * 60)} missed, "
            f"longest gap {1000 * w.longest:4.0f} ms, {self.core:.2f} core, {self.mebibytes:4.0f} MiB, "
            f"first frame {self.first:.2f} s "
            f"[{moves}; slowest look {1000 * w.reading:.0f} ms]"
        )


def measure(  # noqa: PLR0913  # what the contenders differ in
    command: list[str],
    folder: Path,
    size: tuple[int, int],
    seconds: float,
    *,
    beside: int = 0,
    meanwhile: Callable[[str], object] | None = None,
) -> Figures:
    """Start a program on a display of its own and watch a column of the wall."""
    width, height = size
    with display(width + beside, height) as screen:
        environment = {n: v for n, v in os.environ.items() if not n.startswith("QT_")}
        environment |= {"DISPLAY": screen, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "xcb", "HOME": str(folder)}
        top = round(height * 0.13)
        pane = Sampler(screen, round(width * 0.215), top, height - top - 8)
        with (folder / "log").open("ab") as log:
            began = time.monotonic()
            child = subprocess.Popen(command, env=environment, cwd=folder, stdout=log, stderr=log)
        try:
            while pane.colours() < 8:
                if time.monotonic() - began > 60 or child.poll() is not None:
                    raise TimeoutError(f"{command[0]} painted nothing; see {folder / 'log'}")
                time.sleep(0.01)
            first = time.monotonic() - began
            time.sleep(SETTLED)
            if meanwhile:
                meanwhile(screen)
            before, at = busy(family(child.pid)), time.monotonic()
            watched = pane.watch(seconds)
            pids = family(child.pid)
            core = (busy(pids) - before) / (time.monotonic() - at)
            return Figures(watched, core, memory(pids), first)
        finally:
            pane.close()
            for pid in reversed(family(child.pid)):
                os.kill(pid, 9)
            child.wait(10)


def event(folder: Path, speed: float, more: str = "") -> Path:
    """An event whose file is the demo's."""
    shutil.copy(assets_folder() / "demo.wall", folder / "event.wall")
    EventFile.open(folder / "event.wall").close()  # an older format is brought up to date once, not at every start
    toml = folder / "event.toml"
    toml.write_text(
        f'[event]\nname = "Hang Space Tweetup"\nhashtags = ["hangspace"]\n'
        f'[wall]\nplaylist = ["scroll"]\nspeed = {speed}\n{more}',
        "utf-8",
    )
    return toml


def wall(toml: Path) -> list[str]:
    return [sys.executable, "-c", AS_INSTALLED, "run", str(toml), "--wall-only"]


def contenders(folder: Path, width: int, height: int, speed: int) -> dict[str, list[str]]:
    toml = event(folder, speed)
    found = {"wall": wall(toml)}
    chromium = shutil.which("chromium")
    if chromium:
        columns = len(Columns(width, round(height * 0.895), height)._lefts)
        page = write(folder, assets_folder() / "demo.wall", columns=columns, speed=speed)
        flags = [flag for flag in FLAGS if not flag.startswith("--window-size")]
        shutil.rmtree(folder / "profile", ignore_errors=True)
        found["Chromium"] = [
            chromium,
            *flags,
            f"--window-size={width},{height}",
            f"--user-data-dir={folder / 'profile'}",
            page.as_uri(),
        ]
    found["floor"] = [sys.executable, str(BENCH / "floor.py"), str(width), str(height), str(speed)]
    return found


def steady(times: int, seconds: float) -> list[str]:
    """The wall, Chromium and the floor beside each other; the aims that are missed."""
    faults: list[str] = []
    for width, height, speed in SIZES:
        runs: dict[str, list[Figures]] = {}
        for _ in range(times):
            with tempfile.TemporaryDirectory() as name:
                for title, command in contenders(Path(name), width, height, speed).items():
                    figures = measure(command, Path(name), (width, height), seconds)
                    runs.setdefault(title, []).append(figures)
                    say(f"{width}×{height} {title:9}{figures}")
        faults += judge(f"{width}×{height}", runs, large=height > 1080)
    return faults


def judge(where: str, runs: dict[str, list[Figures]], *, large: bool) -> list[str]:
    """Hold medians to the aims; ratios are of medians of one run."""

    def middle(title: str, pick: Callable[[Figures], float]) -> float:
        return statistics.median(pick(each) for each in runs[title])

    aims = [("missed refreshes", middle("wall", lambda f: f.watched.missed), 0.0)]
    if "Chromium" in runs:
        first = middle("wall", lambda f: f.first) / middle("Chromium", lambda f: f.first)
        aims.append(("first frame, of Chromium's", first, 1.0))
        core = middle("wall", lambda f: f.core) / middle("Chromium", lambda f: f.core)
        size = middle("wall", lambda f: f.mebibytes) / middle("Chromium", lambda f: f.mebibytes)
        rate = middle("Chromium", lambda f: f.watched.rate) / middle("wall", lambda f: f.watched.rate)
        if large:
            aims.append(("Chromium's pictures a second, of ours", rate, 0.5))
            say(f"{where}: CPU {core:.2f} and memory {size:.2f} of Chromium's")
        else:
            aims += [("CPU, of Chromium's", core, 0.25), ("memory, of Chromium's", size, 0.4)]
    if not large:
        aims.append(("CPU, of the floor's", middle("wall", lambda f: f.core) / middle("floor", lambda f: f.core), 1.7))
    return held(where, aims)


def held(where: str, aims: list[tuple[str, float, float]]) -> list[str]:
    """Say each figure with its aim; the sentences of those that are missed."""
    faults = []
    for what, found, most in aims:
        sentence = f"{where}: {what} {found:.2f}, at most {most:g}"
        say(("ok      " if found <= most else "MISSED  ") + sentence)
        faults += [] if found <= most else [sentence]
    return faults


@contextmanager
def arriving(spool: Path, a_minute: int) -> Iterator[None]:
    """Hand over so many posts a minute, each with a photo of 12 megapixels."""
    for box in ("tmp", "new", "taken", "bad", "withdrawn"):
        (spool / box).mkdir(parents=True, exist_ok=True)
    pictures = []
    for number in range(6):
        noise = Image.effect_noise((400, 300), 60 + number * 10).resize((4000, 3000)).convert("RGB")
        image = Image.blend(noise, Image.new("RGB", (4000, 3000), (40 * number, 200 - 30 * number, 120)), 0.5)
        sink = io.BytesIO()
        image.save(sink, "JPEG", quality=88)
        pictures.append(sink.getvalue())
    ended = threading.Event()

    def deliver() -> None:
        number = 0
        while not ended.wait(60 / a_minute):
            number += 1
            folder = spool / "tmp" / f"p{number}"
            folder.mkdir()
            (folder / "1.jpg").write_bytes(pictures[number % 6] + str(number).encode())
            post = {
                "version": 1,
                "id": f"p{number}",
                "author": {"name": f"Guest {number}"},
                "tags": ["hangspace"],
                "text": f"Picture {number} of the evening #hangspace",
                "photos": [{"file": "1.jpg"}],
            }
            (folder / "post.json").write_text(json.dumps(post), "utf-8")
            folder.rename(spool / "new" / f"p{number}")

    thread = threading.Thread(target=deliver)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def busy_hall(seconds: float, *, desk: bool) -> list[str]:
    """The wall while posts arrive and join, with the desk open and scrolling where `desk` says so."""
    width, height, speed = SIZES[0]
    title = "arrivals and the desk" if desk else "arrivals"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        toml = event(folder, speed, '[[source]]\nkind = "spool"\nfolder = "spool"\n')
        command = [sys.executable, str(BENCH / "hall.py"), str(toml), "--approve", *(["--desk"] if desk else [])]

        def scroll(screen: str) -> None:
            threading.Thread(target=press, args=(screen, seconds), daemon=True).start()

        with arriving(folder / "spool", 200):
            figures = measure(
                command,
                folder,
                (width, height),
                seconds,
                beside=1280 if desk else 0,
                meanwhile=scroll if desk else None,
            )
        say(f"{width}×{height} {title}: {figures}")
        joined = len(list((folder / "spool" / "taken").glob("p*")))
        say(f"    {joined} posts with photos were taken in meanwhile")
    share = 100 * figures.watched.missed / (seconds * 60)
    return held(title, [("% missed", share, 1.0), ("longest gap in ms", 1000 * figures.watched.longest, 50.0)])


def press(screen: str, seconds: float) -> None:
    """Walk through the desk's queue, up and down, as a hurried operator does."""
    with glass(screen) as pane:
        pane.focus(pane.window("Desk"))
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for key in ("j", "j", "j", "k", "k"):
                with suppress(ConnectionClosedError):  # the display may end first
                    pane.press(key)
                time.sleep(0.12)


def long_evening(cards: int) -> list[str]:
    """So many cards through Scroll, fast: what stays of a thousand more."""
    with tempfile.TemporaryDirectory() as name, display(1920, 1080) as screen:
        folder = Path(name)
        toml, into = event(folder, 1980), folder / "counts"
        environment = dict(os.environ) | {"DISPLAY": screen, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "xcb"}
        child = subprocess.Popen(
            [sys.executable, str(BENCH / "hall.py"), str(toml), "--count", str(into)], env=environment, cwd=folder
        )
        try:
            counts: list[dict[str, float]] = []
            while child.poll() is None and (not counts or counts[-1]["cards"] < cards):
                time.sleep(1)
                counts = [json.loads(line) for line in into.read_text("utf-8").splitlines()] if into.exists() else []
        finally:
            child.kill()
            child.wait(10)
    for each in counts[:: max(1, len(counts) // 10)]:
        say("    " + ", ".join(f"{key} {value:.0f}" for key, value in each.items()))
    later = [each for each in counts if each["cards"] >= 1000]
    slope = statistics.linear_regression([c["cards"] / 1000 for c in later], [c["mebibytes"] for c in later]).slope
    grown = max(c["objects"] for c in later[len(later) // 2 :]) / max(c["objects"] for c in later[: len(later) // 2])
    return held(
        f"{counts[-1]['cards']:.0f} cards", [("MiB per 1,000 cards", slope, 1.0), ("QObjects, of before", grown, 1.1)]
    )


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--cards", type=int, default=5000)
    parser.add_argument("--only", choices=["steady", "busy", "desk", "long"], action="append")
    given = parser.parse_args()
    only = given.only or ["steady", "busy", "desk", "long"]
    faults = steady(given.times, given.seconds) if "steady" in only else []
    faults += busy_hall(given.seconds, desk=False) if "busy" in only else []
    faults += busy_hall(given.seconds, desk=True) if "desk" in only else []
    faults += long_evening(given.cards) if "long" in only else []
    say("\n".join(["", "Aims missed:", *faults]) if faults else "\nEvery aim is met.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
