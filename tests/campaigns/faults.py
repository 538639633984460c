"""The network's faults, N1 to N19: each is done to the real program's rooms on loopback, and its figure is printed.

`python tests/campaigns/faults.py` runs every row in full (about twelve minutes); `--quick` shortens the long ones and
`--only N4 N7` picks. A row that misses its figure says so and the exit code is 1. `tests/test_faults.py` runs the quick
rows with the other tests.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import gzip
import math
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import AsyncExitStack, ExitStack, aclosing, asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

from app.offscreen import environment, systemd
from factories import EVENING, post
from fakes import FakeClock
from means import mastodon
from msgspec.structs import replace
from servers.fault_proxy import PORTAL, Fault, FaultProxy, answer
from servers.tag_server import TagServer, Trouble, real_client
from wired import wired

from kiosk.domain.errors import KioskError
from kiosk.domain.model import Author, PostState, Standing, Tombstone
from kiosk.domain.moderation import Rules, content_hash
from kiosk.media.client import GuardedClient, Limits
from kiosk.runtime.clocks import SystemClock
from kiosk.runtime.counters import Counters
from kiosk.runtime.ingest import Ingest
from kiosk.runtime.keeper import Watched
from kiosk.runtime.ledger import Ledger
from kiosk.runtime.recheck import Recheck
from kiosk.runtime.stage import take_away
from kiosk.runtime.supervisor import Supervisor
from kiosk.sources.source import Batch, Found

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from kiosk.runtime.health import SourceHealth

EVENT = """[event]
name = "Faults"
hashtags = ["hall"]
[[source]]
server = "{}"
interval = 5
allow_private_addresses = true
"""


class Watch(NamedTuple):
    """A source under the real supervisor, with a real event file."""

    ledger: Ledger
    health: SourceHealth
    counters: Counters

    async def count(self) -> int:
        return sum((await self.ledger.read(lambda file: file.counts())).values())

    async def until(self, condition: Callable[[], Any], seconds: float) -> float:
        """Wait for a condition; how many seconds it took."""
        begun = time.monotonic()
        async with asyncio.timeout(seconds):
            while not (await held if asyncio.iscoroutine(held := condition()) else held):
                await asyncio.sleep(0.02)  # what is waited for has no event
        return time.monotonic() - begun


@asynccontextmanager
async def watching(url: str, interval: float = 5.0, seconds: float = 20.0) -> AsyncIterator[Watch]:
    """Read a Mastodon API at `url` as the program does, with `seconds` for each request."""
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        counters, clock = Counters(), SystemClock()
        ledger = await Ledger.open(Path(folder) / "event.wall", counters)
        stack.push_async_callback(ledger.close)
        client = await stack.enter_async_context(aclosing(real_client(seconds)))
        supervisor = Supervisor(
            watched=[Watched(mastodon(url, client), interval, "mastodon")],
            ingest=Ingest(ledger, Rules(), clock),
            ledger=ledger,
            clock=clock,
            counters=counters,
        )
        task = asyncio.ensure_future(supervisor.run())
        try:
            yield Watch(ledger, supervisor.health[0], counters)
            assert not task.done(), "the supervisor ended by itself"
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def n1(*, quick: bool) -> str:
    """Offline at start: cold starts in a network namespace without a network; seconds to the first frame."""
    rounds, taken = (2 if quick else 50), []
    if os.geteuid() != 0 or not shutil.which("unshare"):
        return "not measured: needs root and unshare"
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as name, systemd(Path(name)) as listener:
            folder = Path(name)
            (folder / "event.toml").write_text(EVENT.format("http://192.0.2.1"), "utf-8")
            command = ["unshare", "-n", sys.executable, "-m", "kiosk", "run", "event.toml", "--wall-only"]
            begun = time.monotonic()
            with (folder / "log").open("w") as log:
                child = subprocess.Popen(
                    command,
                    cwd=folder,
                    env=environment() | {"NOTIFY_SOCKET": str(listener.path)},
                    stdout=log,
                    stderr=log,
                )
                try:
                    listener.wait(lambda lines: "READY=1" in lines, 20)
                    taken.append(time.monotonic() - begun)
                finally:
                    child.terminate()
                    child.wait(10)
    assert max(taken) <= 10, taken
    return f"{len(taken)}/{rounds} starts painted, at most {max(taken):.1f} s"


def n2(*, quick: bool) -> str:
    """Outage, then a gap: an hour at 200 posts a minute, and random ones; missing, doubled, seconds to catch up."""
    rounds = 3 if quick else 25

    async def hour(server: TagServer, proxy: FaultProxy) -> float:
        async with watching(proxy.url) as watch:
            await watch.until(lambda: watch.health.seen == 20, 20)
            proxy.fault = Fault(refuse=True)
            proxy.cut()
            await watch.until(lambda: watch.health.last_error, 30)
            missed = 1_200 if quick else 12_000
            for number in range(21, 21 + missed):
                server.add(number)
            proxy.fault = Fault()
            await watch.until(lambda: watch.health.state == "polling", 70)
            took = await watch.until(lambda: _all_there(watch, 20 + missed), 60)
            assert await watch.count() == 20 + missed
            assert watch.health.gap == "", watch.health.gap
            return took

    async def random_cuts(seed: int) -> None:
        chance = random.Random(seed)
        with TagServer() as server, FaultProxy(server.url) as proxy:
            known = 20
            for number in range(1, 1 + known):
                server.add(number)
            async with watching(proxy.url, interval=5.0) as watch:
                await watch.until(lambda: watch.health.seen == known, 20)
                missed = int(200 / 60 * 10 ** chance.uniform(0, 2.5))
                for number in range(1 + known, 1 + known + missed):
                    server.add(number)
                proxy.fault = Fault(truncate=True, after=chance.randrange(200, 40_000))
                await asyncio.sleep(chance.uniform(0.1, 1.0))
                proxy.fault = Fault()
                proxy.cut()
                await watch.until(lambda: _all_there(watch, known + missed), 90)
                assert await watch.count() == known + missed

    with TagServer() as server, FaultProxy(server.url) as proxy:
        for number in range(1, 21):
            server.add(number)
        took = asyncio.run(hour(server, proxy))
    for seed in range(rounds):
        asyncio.run(random_cuts(seed))
    assert took <= 60
    hour = f"a gap of {1200 if quick else 12000} posts read in {took:.1f} s"
    return f"0 missing, 0 doubled in {rounds + 1} outages; {hour}"


async def _all_there(watch: Watch, number: int) -> bool:
    return await watch.count() >= number


def n3(*, quick: bool) -> str:
    """Flapping link, 2 s up and 3 s down; connections a minute."""
    seconds = 25 if quick else 300

    async def flap(server: TagServer, proxy: FaultProxy) -> None:
        async with watching(proxy.url):
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                server.add(len(server.statuses) + 1)
                proxy.fault = Fault()
                await asyncio.sleep(2)
                proxy.fault = Fault(refuse=True)
                proxy.cut()
                await asyncio.sleep(3)

    with TagServer() as server, FaultProxy(server.url) as proxy:
        asyncio.run(flap(server, proxy))
        rate = len(proxy.met) / seconds * 60
    assert rate <= 25, rate
    return f"{rate:.0f} connections a minute over {seconds} s"


def n4(*, quick: bool) -> str:
    """Captive portal: HTML, redirects, 511, JSON cut short and then HTML; rows ingested, seconds until it is said."""
    del quick
    faces = {
        "200 HTML": answer("200 OK", PORTAL, "Content-Type: text/html"),
        "200 HTML as JSON": answer("200 OK", PORTAL, "Content-Type: application/json"),
        "511": answer("511 Network Authentication Required", PORTAL, "Content-Type: text/html"),
        "JSON, then HTML": answer("200 OK", b'[{"id":"1","uri":"x"},' + PORTAL, "Content-Type: application/json"),
        "302": answer("302 Found", b"", "Location: http://127.0.0.1:9/login"),
    }
    slowest = 0.0

    async def behind(face: bytes) -> float:
        with TagServer() as server, FaultProxy(server.url, Fault(says=face)) as proxy:
            server.add(1)
            async with watching(proxy.url) as watch:
                took = await watch.until(lambda: watch.health.last_error, 15)
                assert await watch.count() == 0
                assert watch.health.state in {"captive portal", "in trouble"}, watch.health.state
                return took

    for face in faces.values():
        slowest = max(slowest, asyncio.run(behind(face)))
    return f"0 rows behind {len(faces)} portals, said after at most {slowest:.1f} s"


def n5(*, quick: bool) -> str:
    """Slow bodies: many servers that trickle; seconds over the deadline, and another source's delay."""
    many, deadline = (10, 2.0) if quick else (50, 20.0)

    async def scene() -> tuple[float, float, float]:
        async with AsyncExitStack() as stack:
            server = stack.enter_context(TagServer())
            server.add(1)
            slow = [stack.enter_context(FaultProxy(server.url, Fault(trickle=2))) for _ in range(many)]
            clients = [await stack.enter_async_context(aclosing(real_client(deadline))) for _ in (*slow, None)]

            async def ask(client: GuardedClient, url: str) -> float:
                begun = time.monotonic()
                with suppress(KioskError):
                    await mastodon(url, client).poll(None)
                return time.monotonic() - begun

            alone = min([await ask(clients[-1], server.url) for _ in range(10)])
            crowd = [asyncio.ensure_future(ask(*each)) for each in zip(clients, [p.url for p in slow], strict=False)]
            await asyncio.sleep(0.5)
            beside = min([await ask(clients[-1], server.url) for _ in range(10)])
            return max(await asyncio.gather(*crowd)) - deadline, alone, beside

    late, alone, beside = asyncio.run(scene())
    assert late <= 1.0, late
    others = f"another source's read {1000 * alone:.0f} → {1000 * beside:.0f} ms"
    return f"{many} servers at 2 B/s: at most {max(0, late):.2f} s past the deadline; {others}"


def n6(*, quick: bool) -> str:
    """Giant and packed answers: bombs, endless bodies, lying lengths; memory added in MiB."""
    del quick
    bomb = gzip.compress(bytes(300_000_000), 9)
    faces = [
        answer("200 OK", bomb, "Content-Encoding: gzip"),
        answer("200 OK", b"[" + b" " * 30_000_000),
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n[",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + (b"100000\r\n" + b" " * 0x100000 + b"\r\n") * 40,
    ]

    with ExitStack() as stack:
        server = stack.enter_context(TagServer())
        proxies = [stack.enter_context(FaultProxy(server.url, Fault(says=face))) for face in faces]
        told = [proxy.url for proxy in (proxies[2], *proxies)]
        done = subprocess.run(
            [sys.executable, __file__, "--victim", *told], stdout=subprocess.PIPE, text=True, check=True
        )
    rise = float(done.stdout)
    assert rise <= 20, rise
    return f"{len(faces)} aborted, at most {rise:.1f} MiB more"


def _victim(urls: list[str]) -> float:
    """Ask each of these, believe none; how many MiB the peak grew by after the first."""

    async def ask(url: str) -> None:
        async with aclosing(real_client(3)) as client:
            try:
                await mastodon(url, client).poll(None)
            except KioskError:
                return
        raise AssertionError("it was believed")

    asyncio.run(ask(urls[0]))
    gc.collect()
    before, most, done = _resident(), 0.0, threading.Event()

    def look() -> None:
        nonlocal most
        while not done.wait(0.001):
            most = max(most, _resident() - before)

    thread = threading.Thread(target=look)
    thread.start()
    for url in urls[1:]:
        asyncio.run(ask(url))
    done.set()
    thread.join()
    return most


def _resident() -> float:
    """Resident memory of this process, in MiB."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def n7(*, quick: bool) -> str:
    """Rate limits: 429 and 503 with thirty values of Retry-After; requests before the allowed time."""
    del quick
    now = datetime.now(UTC)
    wishes = [
        "0", "1", "2", "5", "30", "60", "900", "901", "86400", "315360000", "-1", "-86400", "1.5", "1e3", "NaN", "inf",
        "", " 7 ", "soon", "0x10", "7, 8", str(int(now.timestamp()) + 20),
        format_datetime(now + timedelta(seconds=40), usegmt=True),
        format_datetime(now - timedelta(seconds=40), usegmt=True),
        (now + timedelta(seconds=33)).isoformat(), "Mon, 99 Foo 2026 99:99:99 GMT", "9" * 400, "1;2", "\t3",
    ]  # fmt: skip

    async def scene(status: int, wish: str) -> None:
        slept: list[float] = []

        async def sleep(seconds: float) -> None:
            slept.append(seconds)
            clock.tick(seconds)
            if len(slept) > 2:
                await asyncio.Event().wait()
            await asyncio.sleep(0)

        clock = FakeClock()
        with TagServer() as server, tempfile.TemporaryDirectory() as folder:
            server.add(1)
            server.troubles = [Trouble(status, headers={"Retry-After": wish} if wish else {})]
            ledger = await Ledger.open(Path(folder) / "event.wall", Counters())
            async with aclosing(real_client()) as client:
                supervisor = Supervisor(
                    watched=[Watched(mastodon(server.url, client), 5.0)],
                    ingest=Ingest(ledger, Rules(), clock),
                    ledger=ledger,
                    clock=clock,
                    counters=Counters(),
                    sleep=sleep,
                )
                task = asyncio.ensure_future(supervisor._keepers[0].poll_for_ever())
                while len(slept) < 3:  # what is waited for has no event
                    await asyncio.sleep(0.002)
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
            await ledger.close()
            with suppress(ValueError):
                seconds = float(wish)
                if not math.isnan(seconds) and seconds < 1e9:
                    assert slept[1] >= min(max(seconds, 1.0), 900.0), (wish, slept)
            assert 1.0 <= slept[1] <= 900.0, (wish, slept)

    for status in (429, 503):
        for wish in wishes:
            asyncio.run(scene(status, wish))
    return f"0 early requests for {2 * len(wishes)} answers; pauses within 1 s and 15 min"


def n9(*, quick: bool) -> str:
    """Slow name servers: a resolver that never answers; the loop's longest stall in ms, and when it is given up."""
    seconds = 2.0 if quick else 12.0

    async def scene() -> tuple[float, float]:
        async def getaddrinfo(*_: object, **__: object) -> list[object]:
            await asyncio.sleep(3600)
            return []

        loop = asyncio.get_running_loop()
        loop.getaddrinfo = getaddrinfo  # type: ignore[method-assign]
        longest, begun = 0.0, time.monotonic()
        async with aclosing(GuardedClient(Limits(seconds=seconds, largest=1000, packed=True))) as client:
            ask = asyncio.ensure_future(client.get("https://slow.example/"))
            while not ask.done():
                before = time.monotonic()
                await asyncio.sleep(0.005)
                longest = max(longest, time.monotonic() - before - 0.005)
            with suppress(KioskError):
                await ask
        return longest, time.monotonic() - begun

    stall, given_up = asyncio.run(scene())
    assert stall <= 0.05, stall
    assert given_up <= 11, given_up
    return f"the loop stalls at most {1000 * stall:.0f} ms; given up after {given_up:.1f} s"


def n10(*, quick: bool) -> str:
    """Clock skew: the wall clock jumps by days, to 1970 and to 2038 between reads; lost and doubled posts."""
    del quick

    class Jumping(FakeClock):
        """A clock whose date is anybody's guess while its seconds go on."""

        def now(self) -> datetime:
            return random.Random(int(self.passed)).choice(
                [
                    EVENING,
                    EVENING - timedelta(days=1),
                    datetime(1970, 1, 1, tzinfo=UTC),
                    datetime(2038, 2, 1, tzinfo=UTC),
                ]
            )

    async def scene() -> None:
        with TagServer() as server, tempfile.TemporaryDirectory() as folder:
            clock = Jumping()
            ledger = await Ledger.open(Path(folder) / "event.wall", Counters())
            ingest = Ingest(ledger, Rules(), clock)
            async with aclosing(real_client()) as client:
                source = mastodon(server.url, client)
                for number in range(1, 60):
                    server.add(number)
                    clock.tick(37)
                    cursor = await ledger.read(lambda file: file.cursor(source.name))
                    await ingest.take(source.name, await source.poll(cursor))
            counts = await ledger.read(lambda file: file.counts())
            assert counts[Standing.PENDING] == 59, counts
            await ledger.close()

    asyncio.run(scene())
    return "0 lost, 0 repeated in 59 reads under 4 dates"


def n12(*, quick: bool) -> str:
    """Duplicate delivery: every post one to five times, shuffled, from three sources; queue entries per post."""
    posts = 40 if quick else 400

    async def scene() -> int:
        chance = random.Random(12)
        with tempfile.TemporaryDirectory() as folder:
            ledger = await Ledger.open(Path(folder) / "event.wall", Counters())
            ingest = Ingest(ledger, Rules(), SystemClock())
            deliveries = [number for number in range(posts) for _ in range(chance.randint(1, 5))]
            chance.shuffle(deliveries)
            for start in range(0, len(deliveries), 7):
                found = tuple(Found(post(number), str(number)) for number in deliveries[start : start + 7])
                await ingest.take(chance.choice("abc"), Batch(found=found))
            counts = await ledger.read(lambda file: file.counts())
            await ledger.close()
            assert sum(counts.values()) == posts
            return len(deliveries)

    return f"{asyncio.run(scene())} deliveries of {posts} posts: exactly one entry each"


def n13(*, quick: bool) -> str:
    """Out of order: creations, edits and deletions shuffled; posts that came back from the dead."""
    rounds = 300 if quick else 10_000

    async def scene() -> int:
        risen = 0
        with tempfile.TemporaryDirectory() as folder:
            ledger = await Ledger.open(Path(folder) / "event.wall", Counters())
            for number in range(rounds):
                chance = random.Random(number)
                ingest = Ingest(ledger, Rules(), SystemClock())
                one = post(f"order-{number}")
                happenings = [
                    Batch(found=(Found(one, str(number)),)),
                    Batch(found=(Found(replace(one, text=f"Edited {number}"), str(number)),)),
                    Batch(gone=(str(number),)),
                ]
                chance.shuffle(happenings)
                for batch in [*happenings, *chance.sample(happenings[:2], chance.randint(0, 2))]:
                    await ingest.take("a", batch)
                state = await ledger.read(lambda file, uri=one.uri: file.state(uri))
                risen += not (state is None or isinstance(state, Tombstone))
            await ledger.close()
        return risen

    risen = asyncio.run(scene())
    assert risen == 0, risen
    return f"0 of {rounds} sequences left a deleted post standing"


def n14(*, quick: bool) -> str:
    """Deletion at the origin: told by a stream, and never told; seconds until the wall is asked to drop the pixels."""
    del quick

    async def scene() -> tuple[float, float]:
        with tempfile.TemporaryDirectory() as folder, TagServer() as server:
            async with wired(Path(folder)) as house:
                ingest = Ingest(
                    house.ledger, Rules(), house.clock, lambda uris: take_away(house.gate, house.stage, uris)
                )
                async with aclosing(real_client()) as client:
                    source = mastodon(server.url, client)
                    for number in (1, 2):
                        server.add(number)
                    batch = await source.poll(None)
                    await ingest.take(source.name, batch)
                    await house.approve(*(item.post.uri for item in batch.found))
                    house.play()
                    assert len(house.stage.glass) == 2
                    begun = time.monotonic()
                    await ingest.take(source.name, Batch(gone=("1",)))
                    told = time.monotonic() - begun
                    assert len(house.stage.glass) == 1
                    del server.statuses[2]
                    waits: list[float] = []

                    async def sleep(seconds: float) -> None:
                        waits.append(seconds)
                        if len(waits) > 1:
                            await asyncio.Event().wait()

                    recheck = Recheck(
                        sources={source.name: source},
                        gate=house.gate,
                        stage=house.stage,
                        ingest=ingest,
                        counters=house.counters,
                        sleep=sleep,
                    )
                    begun = time.monotonic()
                    task = asyncio.ensure_future(recheck.run())
                    while house.stage.glass:
                        await asyncio.sleep(0.002)
                    untold = waits[0] + time.monotonic() - begun
                    task.cancel()
                    await asyncio.gather(task, return_exceptions=True)
                    return told, untold

    told, untold = asyncio.run(scene())
    assert told <= 1, told
    assert untold <= 90, untold
    return f"told: {1000 * told:.0f} ms; never told: {untold:.1f} s, the pause between two rounds included"


def n15(*, quick: bool) -> str:
    """Bait and switch: each shown field edited after approval; frames that could hold what nobody approved."""
    del quick
    from kiosk.domain.model import Attachment, Card, Emoji, Kind, Quote  # noqa: PLC0415  # this row's own words

    photo = Attachment(Kind.PHOTO, "https://x.example/a.jpg", "alt")
    first = post(1, attachments=(photo,), text="Words :blob:")
    other = Author("@eve@example.social", "Eve")
    edits = {
        "text": {"text": "Other words"},
        "name": {"author": replace(first.author, name="Another")},
        "handle": {"author": replace(first.author, handle="@other@example.social")},
        "avatar": {"author": replace(first.author, avatar="https://x.example/me.png")},
        "warning": {"warning": "Food"},
        "sensitive": {"sensitive": True},
        "photo": {"attachments": (replace(photo, url="https://x.example/b.jpg"),)},
        "alt text": {"attachments": (replace(photo, alt="Other"),)},
        "focus": {"attachments": (replace(photo, focus=(0.1, 0.1)),)},
        "one photo more": {"attachments": (photo, replace(photo, url="https://x.example/c.jpg"))},
        "emoji": {"emojis": (Emoji("blob", "https://x.example/blob.png"),)},
        "quote": {"quote": Quote(other, "Quoted")},
        "poll": {"poll": ("Yes", "No")},
        "card and text": {"card": Card("https://x.example", "A page"), "text": "With a link"},
        "mark of an edit": {"edited_at": EVENING},
    }

    async def scene() -> None:
        for name, changes in edits.items():
            with tempfile.TemporaryDirectory() as folder:
                async with wired(Path(folder)) as house:
                    ingest = Ingest(
                        house.ledger, Rules(), house.clock, lambda uris, at=house: take_away(at.gate, at.stage, uris)
                    )
                    await ingest.take("a", Batch(found=(Found(replace(first, attachments=()), "1"),)))
                    await house.approve(first.uri)
                    house.play()
                    assert house.stage.glass == [first.uri], name
                    await ingest.take(
                        "a", Batch(found=(Found(replace(first, **({"attachments": ()} | changes)), "1"),))
                    )
                    assert house.stage.glass == [], name
                    house.play()
                    assert house.stage.glass == [], name
                    state = await house.state(first.uri)
                    assert isinstance(state, PostState)
                    assert not house.gate.passes(first.uri, content_hash(state)), name

    asyncio.run(scene())
    return f"{len(edits)} fields edited: 0 frames, each went back to the queue"


def n16(*, quick: bool) -> str:
    """Revoked in the middle of an event: 401, 403, 410 for ever; tries in five minutes, and the other source."""
    del quick

    async def scene(status: int) -> tuple[int, str]:
        passed = 0.0

        async def sleep(seconds: float) -> None:
            nonlocal passed
            passed += seconds
            if passed > 1500:
                await asyncio.Event().wait()
            await asyncio.sleep(0)

        with TagServer() as server, tempfile.TemporaryDirectory() as folder:
            server.always = {"/": Trouble(status)}
            clock = FakeClock()
            ledger = await Ledger.open(Path(folder) / "event.wall", Counters())
            async with aclosing(real_client()) as client:
                supervisor = Supervisor(
                    watched=[Watched(mastodon(server.url, client), 5.0)],
                    ingest=Ingest(ledger, Rules(), clock),
                    ledger=ledger,
                    clock=clock,
                    counters=Counters(),
                    sleep=sleep,
                )
                task = asyncio.ensure_future(supervisor._keepers[0].poll_for_ever())
                while passed <= 1500:
                    await asyncio.sleep(0.002)
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
            await ledger.close()
            return len(server.asked("/api/v1/timelines")), str(supervisor.health[0].state)

    found = {status: asyncio.run(scene(status)) for status in (401, 403, 410)}
    assert all(tries <= 6 and state == "dead" for tries, state in found.values()), found
    return f"at most {max(tries for tries, _ in found.values())} tries in 25 minutes, said to be dead"


def n18(*, quick: bool) -> str:
    """Broken IPv6: a name whose IPv6 address leads nowhere comes before its IPv4 one; seconds until connected."""
    del quick

    async def scene() -> float:
        with TagServer() as server:
            port = int(server.url.rsplit(":", 1)[1])
            full = socket.socket(socket.AF_INET6)
            full.bind(("::1", 0))
            full.listen(0)
            stuffed = [socket.socket(socket.AF_INET6) for _ in range(4)]
            for each in stuffed:
                each.setblocking(False)  # noqa: FBT003  # socket's own interface
                with suppress(BlockingIOError):
                    each.connect(full.getsockname())

            async def getaddrinfo(*_: object, **__: object) -> list[object]:
                v6 = (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("::1", full.getsockname()[1], 0, 0))
                return [v6, (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

            loop = asyncio.get_running_loop()
            loop.getaddrinfo = getaddrinfo  # type: ignore[method-assign]
            async with aclosing(real_client()) as client:
                client._network._inner = _PortFor(client._network._inner, full.getsockname()[1], port)
                begun = time.monotonic()
                answered = await client.get(f"http://broken-v6.example:{port}/.well-known/nodeinfo")
                assert answered.status_code == 200
                took = time.monotonic() - begun
            for each in (*stuffed, full):
                each.close()
            return took

    took = asyncio.run(scene())
    assert took <= 6, took
    return f"connected after {took:.1f} s"


class _PortFor:
    """Sends connections to ::1 to the port of a listener whose queue is full, so that they hang as in a black hole."""

    def __init__(self, inner: Any, hanging: int, port: int) -> None:
        self._inner, self._hanging, self._port = inner, hanging, port

    async def connect_tcp(self, address: str, port: int, *rest: Any) -> Any:
        return await self._inner.connect_tcp(address, self._hanging if address == "::1" else port, *rest)


QUICK: dict[str, Callable[..., str]] = {
    "N4": n4, "N5": n5, "N7": n7, "N9": n9, "N10": n10, "N12": n12, "N13": n13, "N14": n14, "N15": n15, "N16": n16,
    "N18": n18,
}  # fmt: skip
"""Rows that take a few seconds when quick."""

ROWS: dict[str, Callable[..., str]] = {**QUICK, "N1": n1, "N2": n2, "N3": n3, "N6": n6}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", nargs="*", choices=[*ROWS], default=[*ROWS])
    parser.add_argument("--victim", nargs="+", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.victim:
        sys.stdout.write(str(_victim(arguments.victim)))
        return 0
    missed = 0
    for name in sorted(arguments.only, key=lambda row: int(row[1:])):
        row, begun = ROWS[name], time.monotonic()
        title = (row.__doc__ or "").split(":")[0].split(";")[0]
        try:
            figure = row(quick=arguments.quick)
        except (AssertionError, TimeoutError) as error:
            missed += 1
            figure = f"MISSED: {error!r}"[:300]
        sys.stdout.write(f"{name:4} {title:45} {figure}  ({time.monotonic() - begun:.0f} s)\n")
        sys.stdout.flush()
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
