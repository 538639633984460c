"""Take-down, timed on the glass: from the key press to the first frame without the post's pixels.

`python tests/campaigns/takedown.py --times 200` shows approved posts, each with a photo of its own colour, presses H
at the desk under Xvfb at 1920×1080 and reads the wall's pixels until that colour is gone. It closes with minimum,
median, p99 and maximum in milliseconds; exit 1 where p99 is over 100 ms.
"""

from __future__ import annotations

import argparse
import colorsys
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

from evening import DESK, WALL, display, glass, program
from factories import approved, photo_of, photo_stored, post, received, stored
from glass import Area

from kiosk.archive.event_file import EventFile
from kiosk.domain.model import Author, PostState

LIMIT = 0.100
POSTS = 20
ROUND = 12
"""Take-downs with one event file of POSTS posts: enough of them stay to keep the columns full."""
EVENT = '[event]\nname = "Take-down"\n[wall]\nplaylist = ["scroll"]\n'


def colour_of(number: int) -> tuple[int, int, int]:
    """A saturated colour that no other post of a round and nothing else on the wall has."""
    red, green, blue = colorsys.hsv_to_rgb((number * 0.381966) % 1.0, 1.0, 1.0)
    return int(red * 255), int(green * 255), int(blue * 255)


def prepare(path: Path, posts: int) -> None:
    """Write an event file with that many approved posts, each with a photo of its own colour."""
    file = EventFile.open(path)
    for number in range(posts):
        url = f"https://photos.example/{number}"
        author = Author(f"@person{number}@posts.example", f"Person {number}")
        one = post(number, author=author, attachments=(photo_of(url),))
        picture = stored((900, 600), colour_of(number))
        events = (received(one, number), photo_stored(one.uri, url, picture, number))
        state = file.append(events, photos=[picture])[-1].after
        assert isinstance(state, PostState)
        file.append([approved(state, number)])
    file.close()


def take_down(times: int, report) -> list[float]:
    """Hide `times` posts by key; seconds from each key press to its pixels gone."""
    taken: list[float] = []
    with tempfile.TemporaryDirectory() as folder, display() as screen, glass(screen) as pane:
        settings = Path(folder) / "event.toml"
        settings.write_text(EVENT, "utf-8")
        while len(taken) < times:
            count = min(ROUND, times - len(taken))
            file = Path(folder) / "event.wall"
            for old in Path(folder).glob("event.wall*"):
                old.unlink()
            prepare(file, POSTS)
            with program("run", settings, "--windowed", screen=screen, log=Path(folder) / "log"):
                desk = pane.window("Desk")
                pane.wait(
                    lambda: any(pane.count(colour_of(number), WALL) > 5000 for number in range(POSTS)),
                    seconds=30,
                )
                pane.focus(desk)
                pane.press("Right")
                taken += _round(pane, count)
            report(f"{len(taken)} of {times}: median {1000 * statistics.median(taken):.0f} ms")
    return taken


def _round(pane, count: int) -> list[float]:
    taken: list[float] = []
    for _ in range(count):
        colour = _choose(pane)
        seen = pane.place(colour, WALL)
        assert seen is not None
        watched = Area(seen.x, 0, seen.width, WALL.height)
        began = time.monotonic()
        pane.press("h")
        while pane.count(colour, watched):
            if time.monotonic() - began > 5:
                raise TimeoutError(f"colour {colour} is still on the wall")
        taken.append(time.monotonic() - began)
    return taken


def _choose(pane) -> tuple[int, int, int]:
    """Move down the list of what is on air to a post whose photo has not scrolled away; its colour."""
    for step in range(100):
        pane.wait(lambda: selected(pane) is not None, seconds=20)
        colour = colour_of(selected(pane) or 0)
        if pane.count(colour, WALL) > 20_000:
            return colour
        pane.press("Down" if step % 20 < 10 else "Up")
        time.sleep(0.3)
    raise TimeoutError("no post on the wall could be chosen at the desk")


def selected(pane) -> int | None:
    """The post in the desk's detail: the colour with the largest area there."""
    areas = {number: pane.count(colour_of(number), DESK) for number in range(POSTS)}
    best = max(areas, key=areas.__getitem__)
    return best if areas[best] > 1000 else None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=200)
    say = sys.stdout.write
    taken = sorted(take_down(parser.parse_args().times, lambda line: say(f"{line}\n")))
    low, middle, high = taken[0], statistics.median(taken), taken[-1]
    p99 = taken[min(len(taken) - 1, int(0.99 * len(taken)))]
    figures = ", ".join(
        f"{name} {1000 * value:.0f}" for name, value in (("min", low), ("median", middle), ("p99", p99))
    )
    say(f"take-down, {len(taken)} key presses: {figures}, max {1000 * high:.0f} ms\n")
    return int(p99 > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
