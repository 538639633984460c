"""kill -9 during writes, again and again: no acknowledged decision is lost, nothing unapproved is ever on the wall.

`python tests/campaigns/kill9.py --times 200`: in each round a writer (the real ingest, desk and ledger) receives posts
and decides on them as fast as it can, saying each decision that was acknowledged; it is killed at a random moment. Then
the file must hold every acknowledged decision and equal its own rebuilt journal, and the real program, started on it
under Xvfb, is watched: every sampled frame is searched for the colours of posts that are not approved.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

from campaigns.takedown import colour_of
from evening import ROOT, WALL, display, glass, program
from factories import photo_of, photo_stored, post, stored
from fakes import FakeStage

from kiosk.archive.event_file import EventFile
from kiosk.domain.model import Author, PostState, PostUri, Standing
from kiosk.domain.moderation import Rules, content_hash
from kiosk.runtime.clocks import SystemClock
from kiosk.runtime.counters import Counters
from kiosk.runtime.desk import Desk
from kiosk.runtime.gate import Gate
from kiosk.runtime.ingest import Ingest
from kiosk.runtime.ledger import Ledger
from kiosk.runtime.panic import Panic
from kiosk.sources.source import Batch, Found

POSTS = 20
EVENT = '[event]\nname = "Crash"\n[wall]\nplaylist = ["scroll"]\n'
COURSES = {
    0: ("approve",),
    1: ("reject",),
    2: ("approve", "hide"),
    3: ("stash",),
    4: ("approve",),
    5: (),
    6: ("approve", "hide", "undo"),
}
LEAVES = {
    "approve": Standing.APPROVED,
    "reject": Standing.REJECTED,
    "hide": Standing.REJECTED,
    "stash": Standing.STASHED,
    "undo": Standing.APPROVED,
}


class Tally(NamedTuple):
    """What a campaign saw: rounds, acknowledged decisions, frames looked at, and approved posts seen in them."""

    rounds: int
    acknowledged: int
    frames: int
    seen: int


async def write(path: Path) -> None:
    """Receive posts and decide on them until killed; one line for each acknowledged decision."""
    counters, clock, gate, stage = Counters(), SystemClock(), Gate(), FakeStage()
    ledger = await Ledger.open(path, counters)
    ledger.listen(lambda changes: stage.withdraw(gate.follow(changes)))
    panic = Panic(path.with_name("latch"))
    desk = Desk(ledger=ledger, gate=gate, stage=stage, panic=panic, clock=clock, counters=counters, by="campaign")
    ingest = Ingest(ledger, Rules(), clock)
    for number in range(POSTS):
        url = f"https://photos.example/{number}"
        one = post(number, author=Author(f"@p{number}@posts.example", f"Person {number}"), attachments=(photo_of(url),))
        await ingest.take("campaign", Batch(found=(Found(one, str(number)),)))
        picture = stored((900, 600), colour_of(number))
        state = (await ledger.commit(photo_stored(one.uri, url, picture), photos=[picture]))[-1].after
        assert isinstance(state, PostState)
        for step in COURSES[number % len(COURSES)]:
            refused = await _decide(desk, step, state)
            assert not refused, refused
            sys.stdout.write(f"{one.uri} {step}\n")
            sys.stdout.flush()
    await asyncio.sleep(60)


async def _decide(desk: Desk, step: str, state: PostState) -> str:
    match step:
        case "approve":
            return await desk.approve(state.uri, content_hash(state))
        case "reject":
            return await desk.reject(state.uri)
        case "hide":
            return await desk.hide(state.uri)
        case "stash":
            return await desk.stash(state.uri)
        case _:
            return await desk.undo()


def killed(path: Path, dice: random.Random) -> dict[str, str]:
    """Let a writer write and kill it; the newest acknowledged decision of each post."""
    command = [sys.executable, __file__, "--write", str(path)]
    writer = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    first = writer.stdout.readline()
    time.sleep(dice.uniform(0, 0.35))
    writer.kill()
    lines = [first, *writer.stdout.read().splitlines()]
    writer.wait(10)
    writer.stdout.close()
    assert first, "the writer said nothing"
    return dict(line.split() for line in lines if line.endswith(tuple(LEAVES)) or line == first)


def check(path: Path, acknowledged: dict[str, str]) -> set[int]:
    """Look for every acknowledged decision in the file, and compare it with its journal; the approved posts."""
    copy = path.with_name("copy.wall")
    file = EventFile.open(path)
    before = {}
    for number in range(POSTS):
        state = file.state(PostUri(f"https://example.social/posts/{number}"))
        if state is not None:
            before[number] = state
    for uri, step in acknowledged.items():
        state = file.state(PostUri(uri))
        assert isinstance(state, PostState), f"{uri} is lost"
        later = COURSES[int(uri.rsplit("/", 1)[1]) % len(COURSES)]
        allowed = {LEAVES[each] for each in later[later.index(step) :]}
        assert state.standing in allowed, f"{uri}: {step} was acknowledged, yet it is {state.standing}"
    file.close()
    shutil.copy(path, copy)
    rebuilt = EventFile.open(copy)
    rebuilt.rebuild()
    assert all(rebuilt.state(state.uri) == state for state in before.values()), "journal and projection differ"
    rebuilt.close()
    return {n for n, state in before.items() if isinstance(state, PostState) and state.standing is Standing.APPROVED}


def post_of(colour: tuple[int, int, int]) -> int | None:
    """Whose photo has that colour, give or take what JPEG does to it."""
    near = [n for n in range(POSTS) if all(abs(a - b) <= 6 for a, b in zip(colour, colour_of(n), strict=True))]
    return near[0] if near else None


def watch(pane, screen: str, folder: Path, approved: set[int], seconds: float) -> tuple[int, int]:
    """Start the program and look at its frames; how many, and how many approved posts were seen."""
    frames, seen = 0, set()
    with program("run", folder / "event.toml", "--wall-only", "--windowed", screen=screen, log=folder / "log"):
        pane.window("Wall")
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            frames += 1
            for colour, pixels in pane.colours(WALL).items():
                number = post_of(colour) if pixels > 500 else None
                if number is not None:
                    assert number in approved, f"post {number} is on the wall, and nobody approved it"
                    seen.add(number)
    return frames, len(seen)


def campaign(times: int, seed: int = 1, seconds: float = 2.0, report=None) -> Tally:
    """Kill `times` writers; what was seen. A broken promise is an AssertionError."""
    dice = random.Random(seed)
    tally = Tally(0, 0, 0, 0)
    with display(1920, 1080) as screen, glass(screen) as pane:
        for number in range(times):
            with tempfile.TemporaryDirectory() as name:
                folder = Path(name)
                (folder / "event.toml").write_text(EVENT, "utf-8")
                acknowledged = killed(folder / "event.wall", dice)
                approved = check(folder / "event.wall", acknowledged)
                frames, seen = watch(pane, screen, folder, approved, seconds)
            tally = Tally(number + 1, tally.acknowledged + len(acknowledged), tally.frames + frames, tally.seen + seen)
            if report and tally.rounds % 10 == 0:
                report(tally)
    return tally


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--write", type=Path, help="be the writer")
    arguments = parser.parse_args()
    if arguments.write:
        asyncio.run(write(arguments.write))
        return 0
    tally = campaign(arguments.times, report=lambda so_far: sys.stdout.write(f"{so_far}\n"))
    sys.stdout.write(f"kill -9: {tally}; every acknowledged decision kept, nothing unapproved seen\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
