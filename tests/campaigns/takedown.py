"""Take-down, timed on the glass: from the key press to the first frame without the post's pixels.

`python tests/campaigns/takedown.py --times 200` shows approved posts, each with a photo of its own colour, presses H at
the desk under Xvfb at 1920×1080 and reads the wall's pixels until that colour is gone. It prints a figure per hundred and
closes with minimum, median, p99 and maximum in milliseconds; exit 1 where p99 is over 100 ms.
"""

from __future__ import annotations

import argparse
import asyncio
import colorsys
import io
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

from evening import DESK, WALL, display, glass, program  # noqa: E402
from glass import Area  # noqa: E402
from PIL import Image  # noqa: E402

from kiosk.archive.event_file import StoredPhoto  # noqa: E402
from kiosk.domain.events import Approved, PhotoStored, PostReceived  # noqa: E402
from kiosk.domain.model import Attachment, Author, Kind, Photo, Post, PostState, PostUri, Sha256, Sighting  # noqa: E402
from kiosk.domain.moderation import content_hash  # noqa: E402
from kiosk.runtime.counters import Counters  # noqa: E402
from kiosk.runtime.ledger import Ledger  # noqa: E402

LIMIT = 0.100
EVENT = '[event]\nname = "Take-down"\n[wall]\nplaylist = ["scroll"]\n'


def colour_of(number: int) -> tuple[int, int, int]:
    """A saturated colour that no other post of a round and nothing else on the wall has."""
    red, green, blue = colorsys.hsv_to_rgb((number * 0.381966) % 1.0, 1.0, 1.0)
    return int(red * 255), int(green * 255), int(blue * 255)


async def prepare(path: Path, posts: int) -> None:
    """Write an event file with that many approved posts, the last one approved first in the on-air list."""
    ledger = await Ledger.open(path, Counters())
    for number in range(posts):
        await approve(ledger, number)
    await ledger.close()


async def approve(ledger: Ledger, number: int) -> None:
    """Commit one post with a photo of its own colour, approved."""
    at = datetime(2026, 11, 23, 18, tzinfo=UTC) + timedelta(seconds=number)
    url, uri = f"https://photos.example/{number}", PostUri(f"https://posts.example/{number}")
    post = Post(
        uri=uri,
        author=Author(f"@person{number}@posts.example", f"Person {number}"),
        text=f"Post number {number}",
        created_at=at,
        attachments=(Attachment(Kind.PHOTO, url),),
    )
    encoded = io.BytesIO()
    Image.new("RGB", (900, 600), colour_of(number)).save(encoded, "JPEG", quality=95)
    photo = Photo(Sha256(sha256(encoded.getvalue()).hexdigest()), 900, 600)
    changes = await ledger.commit(
        PostReceived(at=at, post=post, sighting=Sighting("campaign", str(number))),
        PhotoStored(at=at, uri=uri, url=url, photo=photo),
        photos=[StoredPhoto(photo, encoded.getvalue(), encoded.getvalue())],
    )
    state = changes[-1].after
    assert isinstance(state, PostState)
    await ledger.commit(Approved(at=at, uri=uri, by="campaign", content=content_hash(state)))


def take_down(times: int, report=print) -> list[float]:
    """Hide `times` posts by key; seconds from each key press to its pixels gone."""
    taken: list[float] = []
    with tempfile.TemporaryDirectory() as folder, display() as screen, glass(screen) as pane:
        settings = Path(folder) / "event.toml"
        settings.write_text(EVENT, "utf-8")
        while len(taken) < times:
            count = min(40, times - len(taken))
            file = Path(folder) / "event.wall"
            for old in Path(folder).glob("event.wall*"):
                old.unlink()
            asyncio.run(prepare(file, count))
            with program("run", settings, "--windowed", screen=screen, log=Path(folder) / "log"):
                desk = pane.window("Desk")
                pane.wait(lambda: any(pane.count(colour_of(n), WALL) > 5000 for n in range(count)), seconds=30)
                pane.focus(desk)
                pane.press("Right")
                taken += _round(pane, count)
            report(f"{len(taken)} of {times}: median {1000 * statistics.median(taken):.0f} ms")
    return taken


def _round(pane, count: int) -> list[float]:
    taken: list[float] = []
    for _ in range(count):
        pane.wait(lambda: selected(pane, count) is not None, seconds=20)
        number = selected(pane, count)
        colour = colour_of(number)
        pane.wait(lambda colour=colour: pane.count(colour, WALL) > 2000, seconds=30)
        seen = pane.place(colour, WALL)
        assert seen is not None
        watched = Area(seen.x, 0, seen.width, WALL.height)
        began = time.monotonic()
        pane.press("h")
        while pane.count(colour, watched):
            if time.monotonic() - began > 5:
                raise TimeoutError(f"post {number} is still on the wall")
        taken.append(time.monotonic() - began)
    return taken


def selected(pane, count: int) -> int | None:
    """The post in the desk's detail: the colour with the largest area there."""
    areas = {number: pane.count(colour_of(number), DESK) for number in range(count)}
    best = max(areas, key=areas.__getitem__)
    return best if areas[best] > 1000 else None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=200)
    taken = sorted(take_down(parser.parse_args().times))
    p99 = taken[min(len(taken) - 1, int(0.99 * len(taken)))]
    print(
        f"take-down, {len(taken)} key presses: min {1000 * taken[0]:.0f}, median {1000 * statistics.median(taken):.0f}, "
        f"p99 {1000 * p99:.0f}, max {1000 * taken[-1]:.0f} ms"
    )
    return int(p99 > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
