"""The networks that speak no HTTP: folders on a disk, a mailbox, a relay."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import asynccontextmanager
from pathlib import Path
from subprocess import PIPE
from typing import TYPE_CHECKING, Any, ClassVar, Self

from contract.hostile import OFTEN, mangle
from contract.network import Network, Web
from contract.small import SmallMailbox
from servers.drop import photo, put
from servers.fault_proxy import Fault, FaultProxy
from servers.relay import Writer
from servers.small_relay import SmallRelay

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from random import Random

    from kiosk.sources.source import Source

GIGABYTE = 1_000_000_000
_ENOUGH = b"* BYE enough\r\n"
_NO_LIMIT = "a folder limits nobody"
_NO_WIRE = "a folder has no wire"


class _Disk(Network):
    cannot: ClassVar = {"limit": _NO_LIMIT, "say": _NO_WIRE, "packed": _NO_WIRE}
    name = "hall"

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        self.there, self._away = self.folder / self.name, self.folder / "away"
        self.there.mkdir(parents=True)
        return self

    def made(self, at: str) -> tuple[dict[str, Any], tuple[Any, ...]]:
        return {"folder": at or self.name}, ()

    async def down(self) -> None:
        self.there.rename(self._away)

    async def up(self) -> None:
        self._away.rename(self.there)

    @property
    def now(self) -> Any:
        """Where its files are, whether it is reached or not."""
        return self.there if self.there.exists() else self._away


class Photos(_Disk):
    """A watched folder."""

    kind = "folder"

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._later = 0.0

    def source(self, *given: Any, **more: Any) -> Source:
        made: Any = super().source(*given, **more)
        made._reader.now = lambda: time.monotonic() + self._later
        return made

    async def rest(self, _: Source) -> None:
        self._later += 10

    def add(self, number: int) -> None:
        put(self.now / f"{number}.jpg", photo(number), age=3600 - number)
        put(self.now / f"{number}.txt", f"Photo {number}")

    def edit(self, number: int) -> None:
        put(self.now / f"{number}.txt", f"Edited {number}", age=1800)

    def delete(self, number: int) -> None:
        (self.now / f"{number}.jpg").unlink()

    def malform(self) -> None:
        put(self.now / "9.jpg", b"this is no picture" * 99)

    def wreck(self, chance: Random) -> Any:
        words = {"text": "Photo 1", "author": "Ada", "tags": ["hall"], "alt": "x", "focus": [0.5, 0.5], "credit": "me"}
        put(self.now / "1.json", mangle(json.dumps(words).encode(), chance), age=chance.randint(60, 3600))
        put(self.now / "2.txt", mangle(b"Photo 2 \xc3\xa4 #hall", chance), age=chance.randint(60, 3600))
        put(self.now / "3.jpg", mangle(photo(3), chance), age=chance.randint(60, 3600))
        return lambda client: client

    @asynccontextmanager
    async def flood(self, *, packed: bool) -> AsyncGenerator[Source]:
        del packed
        put(self.now / "4.jpg", photo(4))
        put(self.now / "4.txt", "Photo 4")
        for name in ("4.jpg", "4.txt"):
            os.truncate(self.now / name, GIGABYTE)
            os.utime(self.now / name, (1_700_000_000, 1_700_000_000))
        yield self.source()


class HandedOver(_Disk):
    """A spool."""

    kind = "spool"

    def add(self, number: int) -> None:
        self._hand_over(number, f"Post {number}")

    def edit(self, number: int) -> None:
        self._hand_over(number, f"Edited {number}", "again")

    def delete(self, number: int) -> None:
        (self.now / "withdrawn").mkdir(exist_ok=True)
        (self.now / "withdrawn" / str(number)).touch()

    def malform(self) -> None:
        self.fill("bad", b'{"version": 1, "id": 9}')

    def wreck(self, chance: Random) -> Any:
        said: dict[str, Any] = {"version": 1, "id": "1", "author": {"name": "Ada", "handle": "a"}, "text": "Post 1"}
        said |= {"tags": ["#hall"], "language": "en", "created_at": "2026-11-24T19:00:00Z", "photos": []}
        for box in ("new", "bad"):  # each is read alone, since nothing is committed
            shutil.rmtree(self.now / box, ignore_errors=True)
        self.fill(str(chance.getrandbits(60)), mangle(json.dumps(said).encode(), chance))
        return lambda client: client

    @asynccontextmanager
    async def flood(self, *, packed: bool) -> AsyncGenerator[Source]:
        del packed
        photos = {"photos": [{"file": "1.jpg"}]}
        for name, large in (("a", "post.json"), ("b", "1.jpg")):
            said = {"version": 1, "id": name, "author": {"name": "Ada"}, "text": "Post 9"}
            self.fill(name, json.dumps(said | photos).encode(), large=large)
        yield self.source()

    def _hand_over(self, number: int, text: str, name: str = "") -> None:
        said = {"version": 1, "id": str(number), "author": {"name": "Ada"}, "text": text}
        self.fill(f"{number}{name}", json.dumps(said).encode(), number + 500 * bool(name))

    def fill(self, name: str, document: bytes, second: int = 0, large: str = "") -> None:
        """Hand over a folder that was filled so many seconds into the last hour."""
        filled = self.now / "tmp" / name
        filled.mkdir(parents=True)
        (filled / "post.json").write_bytes(document)
        if large:
            with (filled / large).open("ab") as file:
                file.truncate(GIGABYTE)
        moment = time.time() - 3600 + second
        os.utime(filled, (moment, moment))
        (self.now / "new").mkdir(exist_ok=True)
        filled.rename(self.now / "new" / name)


class Mailbox(Web):
    """A mailbox over IMAP; its proxy hears no more than that it is down."""

    kind = "mail"
    options: ClassVar = {"user": "wall"}
    token = "secret"  # noqa: S105  # on loopback
    cannot: ClassVar = {
        "limit": "IMAP has no word for how long to wait (RFC 5530's LIMIT names no time)",
        "edit": "a mail that was sent stays as it is",
        "packed": "nothing is compressed in IMAP as we speak it",
    }
    server: SmallMailbox

    async def __aenter__(self) -> Self:
        await Network.__aenter__(self)
        self.server = SmallMailbox()
        self.server.__enter__()
        self.proxy = FaultProxy(f"http://127.0.0.1:{self.server.port}")
        self.proxy.__enter__()
        return self

    def made(self, at: str) -> tuple[dict[str, Any], tuple[Any, ...]]:
        del at
        return {"server": f"imaps://localhost:{self.proxy.url.rsplit(':', 1)[1]}"}, (self.server.trust,)

    def add(self, number: int) -> None:
        self.server.mails[number] = f"Post {number} #hall\r\n"

    def delete(self, number: int) -> None:
        del self.server.mails[number]

    def malform(self) -> None:
        self.add(9)
        self.server.broken.add(9)

    async def down(self) -> None:
        # A plain end: of a connection that was reset before TLS, CPython's ssl leaves a socket to the collector.
        await self._meet(Fault(truncate=True))

    async def say(self, status: str, body: bytes, *headers: str) -> None:
        del status, headers
        self.server.greeting = b"HTTP/1.1 200 OK\r\n\r\n" + body

    def wreck(self, chance: Random) -> Any:
        # A server that says less than it promised closes; else it would only be waited for.
        self.server.change = lambda said: mangle(said, chance) + _ENOUGH if chance.random() < OFTEN else said
        return lambda client: client

    @asynccontextmanager
    async def flood(self, *, packed: bool) -> AsyncGenerator[Source]:
        del packed
        line = b"* 1 FETCH (UID 1 BODY[1] {4000000000}\r\n" + b"x" * 3_000_000
        self.server.change = lambda said: line if b"FETCH" in said else said
        yield self.source()


class Notes(Web):
    """Nostr, with one relay."""

    kind = "nostr"
    cannot: ClassVar = {
        "edit": "a note on Nostr is never changed",
        "packed": "the client asks relays for no compression",
    }
    writer = Writer("ada")

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._begin = time.time() - 600
        self._notes: dict[int, dict[str, Any]] = {}

    async def __aenter__(self) -> Self:
        await Network.__aenter__(self)
        self.relay = SmallRelay()
        await self.relay.start()
        self.proxy = FaultProxy(self.relay.url.replace("ws:", "http:"))
        self.proxy.__enter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()
        self.proxy.__exit__()
        await self.relay.stop()

    def made(self, at: str) -> tuple[dict[str, Any], tuple[Any, ...]]:
        return {"relays": ((at or self.proxy.url).replace("http:", "ws:"),)}, ()

    def add(self, number: int) -> None:
        self._notes[number] = self.writer.note(f"Post {number}", at=self._begin + number)
        self.relay.events.append(self._notes[number])

    def delete(self, number: int) -> None:
        self.relay.events.remove(self._notes[number])
        self.relay.events.append(self.writer.deletion(self._notes[number]))

    def wreck(self, chance: Random) -> Any:
        self.proxy.url = self.relay.url.replace("ws:", "http:")
        return super().wreck(chance)

    @asynccontextmanager
    async def flood(self, *, packed: bool) -> AsyncGenerator[Source]:
        del packed
        rooms = {"PYTHONPATH": str(Path(__file__).parents[1])}
        command = [sys.executable, str(Path(__file__).with_name("flooding.py"))]
        with subprocess.Popen(command, stdin=PIPE, stdout=PIPE, text=True, env=os.environ | rooms) as relay:  # noqa: ASYNC220  # it begins at once
            assert relay.stdout is not None
            yield self.source(at=relay.stdout.readline().strip())
            relay.kill()

    def malform(self) -> None:
        self.relay.events.append(self.writer.note("Forged", at=self._begin) | {"sig": "00" * 64})
