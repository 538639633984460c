"""More of the network's faults: N3 with a stream, N8, N11, N17 and N19; rows of the table in `faults.py`.

`python tests/campaigns/faults_more.py` runs every row in full (about ten minutes); `--quick` shortens the long ones and
`--only N8 N11` picks. N19 needs root, `ip` and `tc`: it makes two network namespaces and removes them again.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import gzip
import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from contextlib import AsyncExitStack, ExitStack, aclosing, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple, Self
from urllib.parse import urlsplit

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

from contract.hostile import resident
from contract.networks import NETWORKS
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from means import mastodon, means
from servers.appview import AppView, record, view
from servers.fault_proxy import Fault, FaultProxy
from servers.jetstream import Jetstream, posted
from servers.streaming import TOKEN, StreamServer
from servers.tag_server import TagServer, real_client

from kiosk.domain.errors import KioskError, SourceError
from kiosk.domain.moderation import Rules
from kiosk.media import channel
from kiosk.media.client import PICTURE, GuardedClient, Limits, venue_trust
from kiosk.media.feeds import FeedParser
from kiosk.media.pictures import Pictures
from kiosk.media.throttle import Throttle
from kiosk.runtime.attachments import AT_ONCE
from kiosk.runtime.clocks import SystemClock
from kiosk.runtime.counters import Counters
from kiosk.runtime.ingest import Ingest
from kiosk.runtime.keeper import Watched
from kiosk.runtime.ledger import Ledger
from kiosk.runtime.supervisor import Supervisor
from kiosk.sources.bluesky.bluesky import Bluesky, BlueskyTable
from kiosk.sources.mastodon import stream as mastodon_stream

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from kiosk.runtime.health import SourceHealth
    from kiosk.sources.source import Source

SECRET = "only-for-the-right-server"  # noqa: S105  # what must not reach another one
RARELY = 3600.0
"""Seconds between polls where a stream alone is to be seen at work."""


class Watch(NamedTuple):
    """A source under the real supervisor, with a real event file."""

    ledger: Ledger
    health: SourceHealth

    async def count(self) -> int:
        return sum((await self.ledger.read(lambda file: file.counts())).values())

    async def holds(self, posts: int, seconds: float) -> float:
        """Wait until there are so many posts; how many seconds it took."""
        begun = time.monotonic()
        async with asyncio.timeout(seconds):
            while await self.count() < posts:
                await asyncio.sleep(0.02)  # what is waited for has no event
        return time.monotonic() - begun

    async def streams(self, seconds: float, *, stands: bool = True) -> float:
        """Wait until its stream stands, or does not; how many seconds it took."""
        begun = time.monotonic()
        async with asyncio.timeout(seconds):
            while self.health.streaming is not stands:
                await asyncio.sleep(0.02)  # what is waited for has no event
        return time.monotonic() - begun


@asynccontextmanager
async def watching(source: Callable[[GuardedClient], Source], interval: float = RARELY) -> AsyncIterator[Watch]:
    """Read a source as the program does."""
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        counters, clock = Counters(), SystemClock()
        ledger = await Ledger.open(Path(folder) / "event.wall", counters)
        stack.push_async_callback(ledger.close)
        client = await stack.enter_async_context(aclosing(real_client()))
        watched = [Watched(source(client), interval)]
        supervisor = Supervisor(
            watched=watched,
            ingest=Ingest(ledger, Rules(), clock),
            ledger=ledger,
            clock=clock,
            counters=counters,
            uniform=lambda low, high: min(high, max(low, 0.5)),
        )
        task = asyncio.ensure_future(supervisor.run())
        try:
            yield Watch(ledger, supervisor.health[0])
            assert not task.done(), "the supervisor ended by itself"
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def streaming_at(server: TagServer, url: str) -> None:
    """Let a Mastodon server say where it streams."""
    server.instance = {"domain": "127.0.0.1", "configuration": {"urls": {"streaming": url}}}


def n3(*, quick: bool) -> str:
    """Flapping link, 2 s up and 3 s down, with a stream; connections a minute for polls and stream."""
    seconds = 40 if quick else 300

    async def flap(server: TagServer, streams: StreamServer, links: list[FaultProxy]) -> int:
        async with watching(lambda client: mastodon(links[0].url, client, token=TOKEN), interval=5.0) as watch:
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                for link in links:
                    link.fault = Fault()
                streams.tell("update", server.add(len(server.statuses) + 1))
                await asyncio.sleep(2)
                for link in links:
                    link.fault = Fault(refuse=True)
                    link.cut()
                await asyncio.sleep(3)
            return await watch.count()

    with TagServer() as server, StreamServer() as streams, ExitStack() as stack:
        links = [stack.enter_context(FaultProxy(each.url.replace("ws:", "http:"))) for each in (server, streams)]
        streaming_at(server, links[1].url.replace("http:", "ws:"))
        found = asyncio.run(flap(server, streams, links))
        polled, streamed = (len(link.met) / seconds * 60 for link in links)
    assert found > 0
    assert polled + streamed <= 25, (polled, streamed)
    return f"{polled:.0f} for polls and {streamed:.0f} for streams over {seconds} s"


class Papers:
    """Certificates of every kind, for localhost where nothing else is said."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)
        self.authority = self.made("Venue's authority", None)

    def made(self, name: str, by: Paper | None, **said: Any) -> Paper:
        """A certificate signed by another, or by itself; `said` replaces what a good one says."""
        days = said.get("days", (-30, 30))
        key = said.get("key") or ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        begun = x509.CertificateBuilder().subject_name(subject).public_key(key.public_key())
        begun = begun.issuer_name(by.certificate.subject if by else subject).serial_number(x509.random_serial_number())
        begun = begun.not_valid_before(self.now + timedelta(days=days[0]))
        begun = begun.not_valid_after(self.now + timedelta(days=days[1]))
        ca = said.get("ca", by is None)
        begun = begun.add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        if names := said.get("names", () if ca else ("localhost",)):
            begun = begun.add_extension(
                x509.SubjectAlternativeName([x509.DNSName(each) for each in names]), critical=False
            )
        if "purpose" in said:
            begun = begun.add_extension(x509.ExtendedKeyUsage([said["purpose"]]), critical=False)
        return Paper(key, begun.sign(by.key if by else key, hashes.SHA256()))


class Paper(NamedTuple):
    """A key and its certificate."""

    key: Any
    certificate: x509.Certificate

    def context(self, *chain: Paper) -> ssl.SSLContext:
        """What a server shows: this, then the others."""
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.set_ciphers("DEFAULT@SECLEVEL=0")
        with tempfile.TemporaryDirectory() as folder:
            key, shown = Path(folder) / "key", Path(folder) / "shown"
            form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
            key.write_bytes(self.key.private_bytes(*form))
            shown.write_bytes(b"".join(each.pem for each in (self, *chain)))
            tls.load_cert_chain(shown, key)
        return tls

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)


@contextmanager
def listening(tls: ssl.SSLContext | None) -> Iterator[tuple[int, list[bytes]]]:
    """A server that shows a certificate, or speaks plainly where there is none; its port, and what clients told it."""
    door = socket.create_server(("127.0.0.1", 0))
    heard: list[bytes] = []

    def serve() -> None:
        while True:
            try:
                plug, _ = door.accept()
            except OSError:
                return
            plug.settimeout(3)
            with suppress(OSError), plug, tls.wrap_socket(plug, server_side=True) if tls else plug as talk:
                while said := talk.recv(65_536):
                    heard.append(said)
                    talk.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield door.getsockname()[1], heard
    finally:
        with suppress(OSError):
            door.shutdown(socket.SHUT_RDWR)
        door.close()
        thread.join(5)


def _bad_papers() -> dict[str, ssl.SSLContext | None]:
    papers = Papers()
    authority, made = papers.authority, papers.made
    stale = made("Venue's authority", None, key=authority.key, days=(-400, -1))
    middle = made("Middle", authority, ca=True)
    old = made("localhost", authority).context()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    small = rsa.generate_private_key(65_537, 1024)  # noqa: S505  # that is the fault
    return {
        "good": made("localhost", authority).context(),
        "expired": made("localhost", authority, days=(-30, -1)).context(),
        "not yet valid": made("localhost", authority, days=(1, 30)).context(),
        "client's clock five years slow": made("localhost", authority, days=(1800, 1900)).context(),
        "self-signed": made("localhost", None, ca=False).context(),
        "wrong host": made("example.social", authority, names=("example.social",)).context(),
        "another level of names": made("*.localhost", authority, names=("*.localhost",)).context(),
        "no alternative name": made("localhost", authority, names=()).context(),
        "unknown root": made("localhost", made("Somebody's authority", None)).context(),
        "expired root": made("localhost", stale).context(stale),
        "missing middle": made("localhost", middle).context(),
        "signed by no authority": made("localhost", leaf := made("localhost", authority)).context(leaf),
        "for clients only": made("localhost", authority, purpose=ExtendedKeyUsageOID.CLIENT_AUTH).context(),
        "a key of 1,024 bits": made("localhost", authority, key=small).context(),
        "TLS 1.1 at most": old,
        "plain http on the port": None,
        "\0": authority.pem,  # type: ignore[dict-item]  # what is trusted, not shown
    }


def n8(*, quick: bool) -> str:
    """TLS: certificates and protocols that are not good; application bytes sent before that was noticed."""
    del quick
    shown = _bad_papers()
    pem = shown.pop("\0")
    good = shown.pop("good")
    root_expired = shown.pop("expired root")

    def trusting(*pems: bytes) -> ssl.SSLContext:
        trust = venue_trust()
        for each in pems:
            trust.load_verify_locations(cadata=each.decode())
        return trust

    async def ask(port: int, trust: ssl.SSLContext) -> list[KioskError]:
        """Over https and wss; what was said of it."""
        errors: list[KioskError] = []
        limits = Limits(seconds=4, largest=1000, packed=True)
        async with aclosing(GuardedClient(limits, allow_private=True, trust=trust)) as client:
            headers = {"Authorization": f"Bearer {SECRET}"}
            try:
                await client.get(f"https://localhost:{port}/{SECRET}", headers=headers)
            except KioskError as error:
                errors.append(error)
            try:
                async with client.websocket(f"wss://localhost:{port}/{SECRET}", headers=headers):
                    pass
            except KioskError as error:
                errors.append(error)
        return errors

    with listening(good) as (port, heard):
        asyncio.run(ask(port, trusting(pem)))
        assert SECRET.encode() in b"".join(heard), "a good certificate is believed, so that the others can fail"
    sent, clocks = 0, 0
    cases: dict[str, tuple[ssl.SSLContext | None, ssl.SSLContext]] = {
        name: (tls, trusting(pem)) for name, tls in shown.items()
    }
    cases["expired root"] = (root_expired, trusting(_stale_of(root_expired)))
    for name, (tls, trust) in cases.items():
        with listening(tls) as (port, heard):
            errors = asyncio.run(ask(port, trust))
            told = b"".join(heard)
        assert len(errors) == 2, f"{name}: it was believed"
        counted = len(told) if tls is not None else told.count(SECRET.encode())
        assert counted == 0, f"{name}: {counted} bytes"
        sent += counted
        clocks += any("clock" in str(error) for error in errors)
    return f"{sent} application bytes in {len(cases)} cases over https and wss; the clock is named in {clocks}"


def _stale_of(tls: ssl.SSLContext | None) -> bytes:
    """The expired root that a server shows behind its certificate, as a venue may still trust it."""
    assert tls is not None
    with listening(tls) as (port, _), socket.create_connection(("127.0.0.1", port)) as plug:
        blind = ssl.create_default_context()
        blind.check_hostname, blind.verify_mode = False, ssl.CERT_NONE
        with blind.wrap_socket(plug, server_hostname="localhost") as talk:
            chain = talk._sslobj.get_unverified_chain()  # type: ignore[attr-defined]  # public from Python 3.13 on
            return chain[-1].public_bytes().encode()


@dataclass
class Freezer:
    """Forwards to `upstream`; from `freeze` on, what stands by then passes no byte more, and nobody is told."""

    upstream: str

    def __post_init__(self) -> None:
        parts = urlsplit(self.upstream)
        self._target = (parts.hostname, parts.port)
        self._standing: list[asyncio.Event] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self.connections = 0
        self.url = ""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._meet, "127.0.0.1", 0)
        self.url = f"{urlsplit(self.upstream).scheme}://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def freeze(self) -> None:
        for each in self._standing:
            each.set()
        self._standing.clear()

    def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.ensure_future(self._talk(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        frozen = asyncio.Event()
        self._standing.append(frozen)
        there, back = await asyncio.open_connection(*self._target)

        async def pass_on(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
            with suppress(OSError):
                while chunk := await source.read(65_536):
                    if not frozen.is_set():
                        sink.write(chunk)
                        await sink.drain()

        try:
            ways = [asyncio.ensure_future(pass_on(reader, back)), asyncio.ensure_future(pass_on(there, writer))]
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in ways:
                way.cancel()
        finally:
            back.close()
            writer.close()


async def _stalled(watch: Watch, freezer: Freezer, missed: Callable[[], None], known: int) -> tuple[float, float]:
    """Freeze a stream that stands; seconds until it is noticed, and from then on until nothing is missing."""
    await watch.streams(20)
    await watch.holds(known, 20)
    await asyncio.sleep(0.5)
    freezer.freeze()
    missed()
    noticed = await watch.streams(60, stands=False)
    caught_up = await watch.holds(known + 3, 30)
    await watch.streams(30)
    assert await watch.count() == known + 3
    return noticed, caught_up


async def _stalled_mastodon(*, websockets: bool) -> tuple[float, float]:
    with TagServer() as server, StreamServer() as streams:
        streams.websockets = websockets
        server.add(1)
        async with Freezer(streams.url) as freezer:
            streaming_at(server, freezer.url)

            def missed() -> None:
                for number in (2, 3, 4):
                    streams.tell("update", server.add(number))

            async with watching(lambda client: mastodon(server.url, client, token=TOKEN)) as watch:
                return await _stalled(watch, freezer, missed, 1)


async def _stalled_jetstream() -> tuple[float, float]:
    with AppView() as appview, Jetstream() as jetstream:

        def tell(number: int) -> None:
            appview.views[view(number)["uri"]] = view(number)
            jetstream.tell(posted("did:plc:ada", str(number), record(), f"cid-{number}"))

        def missed() -> None:
            for number in (2, 3, 4):
                tell(number)

        async with Freezer(jetstream.url) as freezer:
            table = BlueskyTable(appview=appview.url, jetstream=(freezer.url,), allow_private_addresses=True)
            # Without a search nothing but the stream itself can catch up.
            appview.trouble["searchPosts"] = (403, b'{"error": "Forbidden"}', {})
            async with watching(lambda client: Bluesky(table, means(client))) as watch:
                await watch.streams(20)
                while not jetstream.listening:
                    await asyncio.sleep(0.02)
                tell(1)
                return await _stalled(watch, freezer, missed, 1)


def n11(*, quick: bool) -> str:
    """A stream stalls silently after its handshake: seconds until that is noticed, and until nothing is missing."""
    limit = 46.0
    real = channel.PING, channel.PONG, mastodon_stream.HEARTBEAT
    if quick:
        channel.PING, channel.PONG, mastodon_stream.HEARTBEAT, limit = 1.0, 1.5, 2.5, 3.5  # type: ignore[misc]

    async def scene() -> dict[str, tuple[float, float]]:
        scenes = {
            "WebSocket": _stalled_mastodon(websockets=True),
            "server-sent events": _stalled_mastodon(websockets=False),
            "Jetstream": _stalled_jetstream(),
        }
        return dict(zip(scenes, await asyncio.gather(*scenes.values()), strict=True))

    try:
        took = asyncio.run(scene())
    finally:
        channel.PING, channel.PONG, mastodon_stream.HEARTBEAT = real  # type: ignore[misc]
    assert max(noticed for noticed, _ in took.values()) <= limit, took
    said = ", ".join(f"{name} {noticed:.1f} + {after:.1f} s" for name, (noticed, after) in took.items())
    return f"noticed + caught up: {said}; no gap{', with a deadline of 2.5 s' if quick else ''}"


WARM = 300
"""Payloads after which the memory is looked at first: tables, pools and caches have their size by then."""


def n17(*, quick: bool) -> str:
    """Mangled JSON: payloads per adapter; what was not foreseen, the 99th percentile of a read, and memory added."""
    times = 500 if quick else 10_000
    slowest, most, kinds = 0.0, 0.0, [kind for kind in NETWORKS if kind not in {"mail", "folder"}]
    figures: list[str] = []
    for kind in kinds:
        command = [sys.executable, __file__, "--mangle", kind, str(times)]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True)
        said = json.loads(done.stdout)
        assert said["unhandled"] == [], (kind, said["unhandled"][:3])
        slowest, most = max(slowest, said["p99"]), max(most, said["rise"])
        figures.append(f"{kind} {1000 * said['p99']:.0f} ms {said['rise']:.0f} MiB")
        assert said["p99"] <= 0.05, (kind, said)
        assert said["rise"] <= 20, (kind, said)
    worst = f"p99 at most {1000 * slowest:.0f} ms, {most:.0f} MiB more"
    return f"{times} payloads for each of {len(kinds)}: 0 unhandled, {worst} ({'; '.join(figures)})"


def _forget(network: Any) -> None:
    """Let the servers of this process forget what they were asked: it is not the source's memory."""
    for server in vars(network).values():
        for name in ("questions", "requests", "asked", "introductions", "authorizations", "met"):
            told = getattr(server, name, None)
            if isinstance(told, list):
                told.clear()


def _mangle(kind: str, times: int) -> dict[str, Any]:
    """Read so many mangled payloads with a kind of source."""
    took: list[float] = []
    unhandled: list[str] = []

    async def scene(folder: Path) -> float:
        parser = FeedParser(seconds=30.0)
        async with NETWORKS[kind](folder, parser.parse) as network:
            for number in (1, 2, 3):
                network.add(number)
            before, cursor = 0.0, None
            for seed in range(times):
                if seed == min(WARM, times // 2):
                    gc.collect()
                    before = resident()
                source = network.source(network.wreck(Random(seed)))
                begun = time.perf_counter()
                try:
                    with suppress(SourceError):
                        batch = await source.poll(cursor)
                        # What was handed over moves on with the cursor; everything else is asked for anew each time.
                        cursor = (batch.cursor or cursor) if kind == "spool" else None
                except Exception as error:  # noqa: BLE001  # it is what is looked for
                    unhandled.append(f"{seed}: {error!r}"[:200])
                took.append(time.perf_counter() - begun)
                _forget(network)
            gc.collect()
            after = resident()
        await parser.close()
        return (after - before) / 2**20

    with tempfile.TemporaryDirectory() as folder:
        rise = asyncio.run(scene(Path(folder) / "network"))
    took.sort()
    return {"unhandled": unhandled, "p99": took[int(0.99 * len(took))], "rise": rise}


PHOTOS, PHOTO = 8, 3_000_000
CABLE = ("10.77.0.1", "10.77.0.2")


@contextmanager
def cable(rate: str) -> Iterator[tuple[str, str]]:
    """Two network namespaces with a cable between them that carries `rate`; removed at the end."""
    names = tuple(f"kiosk-{os.getpid()}-{end}" for end in "ab")
    ends = tuple(f"k{os.getpid() % 100_000}{end}" for end in "ab")
    with ExitStack() as stack:
        for name in names:
            _ip("netns", "add", name)
            stack.callback(subprocess.run, ["ip", "netns", "del", name], check=False)
        _ip("link", "add", ends[0], "netns", names[0], "type", "veth", "peer", "name", ends[1], "netns", names[1])
        for name, end, address in zip(names, ends, CABLE, strict=True):
            for more in (
                ["addr", "add", f"{address}/24", "dev", end],
                ["link", "set", end, "up"],
                ["link", "set", "lo", "up"],
            ):
                _ip("-n", name, *more)
            shape = [
                "tc",
                "-n",
                name,
                "qdisc",
                "add",
                "dev",
                end,
                "root",
                "tbf",
                "rate",
                rate,
                "burst",
                "16kb",
                "latency",
                "400ms",
            ]
            subprocess.run(shape, check=True, capture_output=True)
        yield names[0], names[1]


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


def n19(*, quick: bool) -> str:
    """Bandwidth starved by pictures, 1 Mbit/s: the longest that a poll takes while eight photos of 3 MB are fetched."""
    if os.geteuid() != 0 or not shutil.which("ip") or not shutil.which("tc"):
        return "not measured: needs root, ip and tc"
    seconds = 60 if quick else 220
    with ExitStack() as stack:
        try:
            far, near = stack.enter_context(cable("1mbit"))
        except subprocess.CalledProcessError as error:
            return f"not measured: no network namespaces with a limit here ({error.stderr.decode().strip()})"
        server = subprocess.Popen(
            ["ip", "netns", "exec", far, sys.executable, __file__, "--far"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        try:
            assert server.stdout is not None
            server.stdout.readline()
            command = ["ip", "netns", "exec", near, sys.executable, __file__, "--near", str(seconds)]
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=seconds + 60)
        finally:
            assert server.stdin is not None
            server.stdin.close()
            server.wait(10)
    said = json.loads(done.stdout)
    assert said["longest"] <= 5, said
    return (
        f"{said['polls']} polls, the longest took {said['longest']:.1f} s, half of them {said['median']:.1f} s; "
        f"{said['photos']} photos came, {said['given up']} tries were given up, in {seconds} s"
    )


def _far() -> None:
    """Serve a page of posts and the photos, packed as real servers pack, until the input ends."""
    with TagServer() as server:
        for number in range(1, 41):
            server.add(number)
        _, _, page = server.answer("/api/v1/timelines/tag/hall?limit=40")
    packed, photo = gzip.compress(page), os.urandom(PHOTO)

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            while asked := await reader.readuntil(b"\r\n\r\n"):
                body, more = (photo, "") if b"/photos/" in asked else (packed, "Content-Encoding: gzip\r\n")
                kind = "image/jpeg" if b"/photos/" in asked else "application/json"
                head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n{more}Content-Length: {len(body)}\r\n\r\n"
                writer.write(head.encode() + body)
                await writer.drain()
        writer.close()

    async def serve() -> None:
        async with await asyncio.start_server(meet, CABLE[0], 80):
            sys.stdout.write("ready\n")
            sys.stdout.flush()
            await asyncio.to_thread(sys.stdin.read)

    asyncio.run(serve())


async def _near(seconds: float) -> dict[str, float]:
    """Poll once a second and fetch pictures meanwhile, with the turns that the program gives to each."""
    turns = Throttle()
    came = given_up = 0
    took: list[float] = []
    async with AsyncExitStack() as stack:
        limits = Limits(seconds=20, largest=5_000_000, packed=True)
        api = GuardedClient(limits, allow_private=True, throttle=turns)
        pictures = GuardedClient(PICTURE, allow_private=True, throttle=turns.below())
        for client in (api, pictures):
            await stack.enter_async_context(aclosing(client))
        wanted = [f"http://{CABLE[0]}/photos/{number}.jpg" for number in range(PHOTOS)]

        async def fetch() -> None:
            nonlocal came, given_up
            while wanted:
                url = wanted.pop(0)
                try:
                    await Pictures(pictures).picture(url)
                    came += 1
                except KioskError:
                    given_up += 1
                    wanted.append(url)

        source = mastodon(f"http://{CABLE[0]}", api)
        await source.poll(None)
        workers = [asyncio.ensure_future(fetch()) for _ in range(AT_ONCE)]
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            begun = time.monotonic()
            await source.poll(None)
            took.append(time.monotonic() - begun)
            await asyncio.sleep(max(0.0, 1 - took[-1]))
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
    took.sort()
    return {
        "polls": len(took),
        "longest": took[-1],
        "median": took[len(took) // 2],
        "photos": came,
        "given up": given_up,
    }


QUICK: dict[str, Callable[..., str]] = {"N8": n8, "N11": n11}
"""Rows that take a few seconds when quick."""

ROWS: dict[str, Callable[..., str]] = {"N3": n3, **QUICK, "N17": n17, "N19": n19}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", nargs="*", choices=[*ROWS], default=[*ROWS])
    parser.add_argument("--mangle", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--far", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--near", type=float, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.far:
        _far()
        return 0
    if asked.mangle or asked.near:
        said = _mangle(asked.mangle[0], int(asked.mangle[1])) if asked.mangle else asyncio.run(_near(asked.near))
        sys.stdout.write(json.dumps(said))
        return 0
    missed = 0
    for name in asked.only:
        row, begun = ROWS[name], time.monotonic()
        title = (row.__doc__ or "").split(":")[0].split(";")[0]
        try:
            figure = row(quick=asked.quick)
        except (AssertionError, TimeoutError) as error:
            missed += 1
            figure = f"MISSED: {error!r}"[:300]
        sys.stdout.write(f"{name:4} {title:45} {figure}  ({time.monotonic() - begun:.0f} s)\n")
        sys.stdout.flush()
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
