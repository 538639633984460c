"""How the pixels move: the wall, Chromium with the same cards and the bare blit floor, watched from outside in one run.

`python tests/bench/pacing.py` starts each under an Xvfb of its own, at 1920×1080 and 3840×2160, watches one column of
its pixels for 30 seconds, and prints missed refreshes of 60 Hz, the longest gap, CPU-seconds a second, memory (PSS of
all its processes) and the time to the first painted frame. Then the wall while 200 posts a minute with 12-megapixel
photos arrive, and again with the desk open and scrolling. At last `--cards` cards go through Scroll, to measure what
stays of them. Exit code 1 where an aim is missed.
"""

from __future__ import annotations

import argparse
import atexit
import functools
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
from datetime import UTC, datetime
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
from kiosk.domain.events import CueShown
from kiosk.domain.model import Standing
from kiosk.settings import assets_folder
from kiosk.ui.columns import Columns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SIZES = [(1920, 1080, 60), (3840, 2160, 120)]
"""Width, height and pixels a second."""

SETTLED = 6.0
"""Seconds after the first frame at which measuring begins."""

STEADY = 15.0
"""Seconds more after which arrivals have come to a steady state."""

A_MINUTE, PHOTOS = 200, 260
LATEST = 12.0
"""Seconds before the end in which a post may be handed over and not be through: a poll, its batch, an approval."""

STEPS = ("taken", "decoded", "approved", "joined")

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


@functools.cache
def pictures() -> list[Path]:
    """Photos of 12 megapixels, each another, made once and before anything is measured."""
    folder = Path(tempfile.mkdtemp(prefix="photos"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    made = []
    for number in range(PHOTOS):
        noise = Image.effect_noise((400, 300), 60 + number % 60).resize((4000, 3000)).convert("RGB")
        tint = Image.new("RGB", (4000, 3000), (number * 40 % 256, 200 - number % 150, 120))
        made.append(folder / f"{number}.jpg")
        Image.blend(noise, tint, 0.5).save(made[-1], "JPEG", quality=88)
    return made


@contextmanager
def arriving(spool: Path, a_minute: int) -> Iterator[dict[str, float]]:
    """Hand over so many posts a minute, each with a photo of its own; yields when each was, by its id."""
    for box in ("tmp", "new", "taken", "bad", "withdrawn"):
        (spool / box).mkdir(parents=True, exist_ok=True)
    photos, handed = pictures(), dict[str, float]()
    ended = threading.Event()

    def deliver() -> None:
        began = time.monotonic()
        for number, photo in enumerate(photos):
            if ended.wait(max(0.0, began + number * 60 / a_minute - time.monotonic())):
                return
            folder = spool / "tmp" / f"p{number}"
            folder.mkdir()
            (folder / "1.jpg").hardlink_to(photo)
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
            handed[f"p{number}"] = time.monotonic()

    thread = threading.Thread(target=deliver)
    thread.start()
    try:
        yield handed
    finally:
        ended.set()
        thread.join()


class Followed(NamedTuple):
    """What became of the posts handed over while it was measured, but in the last seconds: in percent."""

    approved: float
    joined: int
    fresh: float


def followed(handed: dict[str, float], told: Path, begun: float, ended: float) -> Followed:
    """Count what the wall had done by `ended` with what was handed over between `begun` and `LATEST` before the end."""
    lines = [json.loads(line) for line in told.read_text("utf-8").splitlines()]
    until = {what: {each["id"] for each in lines if each["what"] == what and each["at"] < ended} for what in STEPS}
    due = {name for name, at in handed.items() if begun <= at < ended - LATEST}
    joining = [each["id"] for each in lines if each["what"] == "joined" and begun <= each["at"] < ended]
    for what in STEPS:
        say(f"    {what}: {len(due & until[what])} of {len(due)} handed over")
    fresh = sum(name in handed for name in joining)
    return Followed(100 * len(due & until["approved"]) / len(due), len(joining), 100 * fresh / max(1, len(joining)))


def shown_before(file: Path) -> None:
    """Let the wall have shown every post of an event, so that those that arrive are the fresh ones."""
    opened = EventFile.open(file)
    uris = tuple(state.uri for state in opened.states(Standing.APPROVED, limit=1000))
    opened.append([CueShown(at=datetime.now(UTC), scene="scroll", uris=uris, seconds=1.0)])
    opened.close()


def busy_hall(seconds: float, *, desk: bool) -> list[str]:
    """The wall while posts arrive and join, with the desk open and scrolling where `desk` says so.

    Every post must have been decoded and approved by the end, and be open to be shown. At a speed that can be read
    the strip has room for some 20 cards a minute, so that not each of 200 can be on it: each that joins must be new.
    """
    width, height, speed = SIZES[0]
    title = "arrivals and the desk" if desk else "arrivals"
    with tempfile.TemporaryDirectory() as name:
        folder, begun = Path(name), list[float]()
        toml, told = event(folder, speed, '[[source]]\nkind = "spool"\nfolder = "spool"\n'), folder / "told"
        shown_before(folder / "event.wall")
        hall = [sys.executable, str(BENCH / "hall.py"), str(toml), "--approve", str(told)]
        command = [*hall, *(["--desk"] if desk else [])]

        def settle(screen: str) -> None:
            time.sleep(STEADY)
            if desk:
                threading.Thread(target=press, args=(screen, seconds), daemon=True).start()
            begun.append(time.monotonic())

        with arriving(folder / "spool", A_MINUTE) as handed:
            beside = 1280 if desk else 0
            figures = measure(command, folder, (width, height), seconds, beside=beside, meanwhile=settle)
        load = os.getloadavg()[0]
        say(f"{width}×{height} {title}: {figures}, load {load:.1f}")
        counted = followed(handed, told, begun[0], begun[0] + seconds)
        say(f"    {counted.joined} cards joined the strip")
    share = 100 * figures.watched.missed / (seconds * 60)
    return held(
        title,
        [
            ("% missed", share, 1.0),
            ("longest gap in ms", 1000 * figures.watched.longest, 50.0),
            ("% not decoded and approved", 100 - counted.approved, 5.0),
            ("% of joining cards that are old", 100 - counted.fresh, 5.0),
        ],
    )


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
