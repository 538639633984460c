"""Throughput: from bytes on the socket to committed in the event file, against merely inserting the same rows.

`python tests/campaigns/throughput.py` reads each kind of source (a real source on the real client, ingest and ledger)
from a server in another process, or from a folder, into a fresh event file; then commits the very same events, read
back from that file's journal, in batches of the same sizes into another one. The ratio is the second time by the first,
so 1 means that reading costs nothing. `--only x mail` picks kinds, `--profile KIND` says where the time goes.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import gc
import json
import pstats
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import AsyncExitStack, aclosing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

from campaigns.supplies import SUPPLIES, given
from servers.tag_server import real_client

from kiosk.domain import echo, text
from kiosk.domain.moderation import Rules
from kiosk.media.decode import PhotoDecoder
from kiosk.media.feeds import FeedParser
from kiosk.runtime.clocks import SystemClock
from kiosk.runtime.counters import Counters
from kiosk.runtime.ingest import Ingest
from kiosk.runtime.ledger import Ledger
from kiosk.sources import hashtags

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from campaigns.supplies import Reading, Supply

    from kiosk.domain.events import Change, Event
    from kiosk.domain.model import Cursor
    from kiosk.sources.source import Batch, Source

AIM = 0.5
LISTED = ("fuck", "Arschloch", "merde", "idiot", "schei\u00dfe")
"""An event's list of blocked words, of the length that organisers begin with."""


_REMEMBERING = (echo._remembered_key, text._short_line, text._short_folded, hashtags._remembered)


def forget() -> None:
    """Begin anew: what one timing remembered of these very posts must not help the next."""
    for each in _REMEMBERING:
        each.cache_clear()
    gc.collect()


class Round(NamedTuple):
    """Posts, seconds to read them from their source, seconds to insert the same rows, and commits of each."""

    posts: int
    read: float
    insert: float
    commits: int

    @property
    def ratio(self) -> float:
        return self.insert / self.read


class Taking:
    """Takes batches into an event file, as the keeper of a source does, and remembers what was committed at a time."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.found = 0
        self.commits: list[tuple[int, Cursor | None]] = []
        self.bad: list[str] = []
        self._ingest = Ingest(ledger, Rules(blocked_words=LISTED), SystemClock())
        ledger.listen(self._heard)
        self._cursor: Cursor | None = None

    def _heard(self, changes: Sequence[Change]) -> None:
        self.commits.append((len(changes), self._cursor))

    async def take(self, source: Source, batch: Batch) -> None:
        self._cursor = batch.cursor
        taken = await self._ingest.take(source.name, batch)
        self.found += taken.received
        self.bad += [*batch.bad, *([batch.gap] if batch.gap else [])]

    async def polled(self, source: Source, most: int) -> None:
        """Poll until nothing is left."""
        while True:
            cursor = await self.ledger.read(lambda file: file.cursor(source.name))
            batch = await source.poll(cursor)
            await self.take(source, batch)
            if not batch.more or self.found >= most:
                return

    async def streamed(self, source: Any, start: Cursor | None, most: int) -> None:
        """Follow until all came, or until nothing came for five seconds."""
        async with aclosing(source.stream(start)) as batches:
            while self.found < most:
                try:
                    async with asyncio.timeout(5):
                        batch = await anext(batches)
                except TimeoutError:
                    return
                await self.take(source, batch)


async def _read(reading: Reading, ledger: Ledger, posts: int) -> tuple[Taking, float]:
    if reading.start is not None and not reading.live:
        await ledger.commit(cursor=reading.start)
    taking = Taking(ledger)
    forget()
    begun = time.perf_counter()
    for source in reading.sources:
        if reading.live:
            await taking.streamed(source, reading.start, posts)
        else:
            await taking.polled(source, posts)
    return taking, time.perf_counter() - begun


async def _insert(events: Sequence[Event], commits: Sequence[tuple[int, Cursor | None]], ledger: Ledger) -> float:
    at = 0
    forget()
    begun = time.perf_counter()
    for count, cursor in commits:
        await ledger.commit(*events[at : at + count], cursor=cursor)
        at += count
    return time.perf_counter() - begun


async def _journal(ledger: Ledger) -> list[Event]:
    events: list[Event] = []
    after = 0
    while entries := await ledger.read(lambda file, after=after: file.journal(after)):
        events += [entry.event for entry in entries]
        after = entries[-1].seq
    return events


async def measure(
    kind: str, told: dict[str, Any], posts: int, rounds: int, profile: cProfile.Profile | None
) -> list[Round]:
    """Read, then insert, as often as asked; the first time of all is not counted, since servers and pools warm up."""
    supply, done = SUPPLIES[kind], []
    async with AsyncExitStack() as stack:
        feeds, decoder = FeedParser(), PhotoDecoder()
        stack.push_async_callback(feeds.close)
        stack.push_async_callback(decoder.close)
        for number in range(rounds + 1):
            with tempfile.TemporaryDirectory() as name:
                folder = Path(name)
                supply.fill(folder, posts)
                async with aclosing(real_client()) as client:
                    rooms = given(client, folder, parse_feed=feeds.parse, caption=decoder.caption)
                    reading = supply.read(told, rooms)
                    ledger = await Ledger.open(folder / "read.wall", Counters())
                    if profile is not None and number:
                        profile.enable()
                    taking, read = await _read(reading, ledger, posts)
                    if profile is not None:
                        profile.disable()
                events = await _journal(ledger)
                await ledger.close()
                assert taking.found == posts, (kind, taking.found, posts, taking.bad[:3])
                assert not taking.bad, (kind, taking.bad[:3])
                fresh = await Ledger.open(folder / "insert.wall", Counters())
                insert = await _insert(events, taking.commits, fresh)
                await fresh.close()
                done.append(Round(posts, read, insert, len(taking.commits)))
    return done[1:]


@contextmanager
def served(kind: str, supply: Supply, posts: int) -> Iterator[dict[str, Any]]:
    """Serve one kind in a process of its own."""
    if supply.serve is None:
        yield {}
        return
    command = [sys.executable, str(Path(__file__).with_name("supplies.py")), kind, str(posts)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            yield json.loads(child.stdout.readline())
        finally:
            child.stdin.close()
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()


def row(kind: str, done: Sequence[Round]) -> str:
    """One line of the table."""
    ratios = sorted(each.ratio for each in done)
    read = statistics.median(each.posts / each.read for each in done)
    insert = statistics.median(each.posts / each.insert for each in done)
    low, middle, high = ratios[0], statistics.median(ratios), ratios[-1]
    short = "" if middle >= AIM else "  below the aim"
    rates = f"{kind:18} {done[0].posts:5} {done[0].commits:7} {read:9.0f} {insert:9.0f}"
    return f"{rates}   {low:.2f} {middle:.2f} {high:.2f}{short}\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", nargs="*", metavar="KIND", default=[""], help="kinds whose names begin so")
    parser.add_argument("--profile", action="store_true", help="say where the time of the event loop's thread goes")
    asked = parser.parse_args()
    say, below = sys.stdout.write, 0
    say(f"{'source':18} posts commits   read/s  insert/s   ratio: min, median, max; the aim is {AIM}\n")
    for kind, supply in SUPPLIES.items():
        if not any(kind.startswith(each) for each in asked.only):
            continue
        posts = min(asked.posts, supply.most)
        profile = cProfile.Profile() if asked.profile else None
        with served(kind, supply, posts) as told:
            done = asyncio.run(measure(kind, told, posts, asked.rounds, profile))
        below += statistics.median(each.ratio for each in done) < AIM
        say(row(kind, done))
        sys.stdout.flush()
        if profile is not None:
            pstats.Stats(profile).sort_stats("tottime").print_stats(25)
    return int(below > 0)


if __name__ == "__main__":
    sys.exit(main())
