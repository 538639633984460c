"""The networks that tell of posts as they come: each with the line that its stream runs over, which can be cut."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Self
from urllib.parse import parse_qs, urlsplit

from contract.hostile import Mangling, mangle
from contract.network import Network
from contract.places import Notes
from contract.small import Homeserver
from contract.webs import Room, Search, Tags, Views
from servers.appview import record
from servers.fault_proxy import Fault, FaultProxy, answer
from servers.jetstream import Jetstream, posted
from servers.streaming import TOKEN, StreamServer

from kiosk.domain.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator
    from random import Random

    from servers.scripted import Answer, Asked

    from kiosk.sources.source import Source

DID = "did:plc:ada"
VARIANTS = 25
"""Mangled forms of each message, told before the message itself."""


class Live(Network):
    """A network whose stream runs over `line`."""

    cannot_stream: ClassVar[dict[str, str]] = {}
    """What its stream does not have, each with the reason: delete, flood."""

    webs: ClassVar[bool] = True
    """Whether its stream is a WebSocket."""

    line: FaultProxy

    async def post(self, number: int) -> None:
        """A new post, told to whoever listens."""
        raise NotImplementedError

    async def tell(self, number: int) -> None:
        """Tell of a post once more, where whoever connects does not hear of it anyhow."""

    async def take_back(self, number: int) -> None:
        """Its author deletes it, and whoever listens is told."""
        raise NotImplementedError

    async def garble(self) -> None:
        """Say something about a post that cannot be read."""
        raise NotImplementedError

    async def heard(self) -> None:
        """Wait until the server knows that somebody listens."""

    def past(self) -> str:
        """A cursor of long ago, "" where a stream has none."""
        return ""

    async def cut(self, fault: Fault) -> None:
        """Break the stream off, and do so to those that follow."""
        self.line.fault = fault
        self.line.cut()
        await asyncio.sleep(0)

    async def mend(self) -> None:
        self.line.fault = Fault()

    async def limit_stream(self, seconds: int) -> None:
        """Answer whoever wants to listen with a wish for a pause."""
        await self.cut(Fault(says=answer("429 Too Many Requests", b"{}", f"Retry-After: {seconds}")))

    def flooded(self, address: str) -> Source:
        """A source whose stream is at `address` (http:)."""
        raise NotImplementedError

    def flood_message(self, number: int) -> str:
        """A post, as its stream tells of it, with `self.padding(number)` in it."""
        raise NotImplementedError

    def flood_messages(self) -> Iterator[bytes]:
        """Posts on posts: some that are as large as a message may be, some as large as a post may be."""
        return (self.flood_message(number).encode() for number in range(1, 2_000))

    def padding(self, number: int) -> str:
        return "x" * (50_000 if number % 3 else 900_000)


class TagsLive(Tags, Live):
    """Mastodon by WebSocket."""

    token = TOKEN

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        self.live = StreamServer()
        self.live.websockets = self.webs
        self.live.__enter__()
        self.line = FaultProxy(self.live.url.replace("ws:", "http:"))
        self.line.__enter__()
        self._streams_at(self.line.url)
        return self

    async def __aexit__(self, *_: object) -> None:
        await super().__aexit__()
        self.line.__exit__()
        self.live.__exit__()

    def _streams_at(self, address: str) -> None:
        urls = {"streaming": address.replace("http:", "ws:")}
        self.server.instance = {"domain": "127.0.0.1", "configuration": {"urls": urls}}

    async def post(self, number: int) -> None:
        self.add(number)
        await self.tell(number)

    async def tell(self, number: int) -> None:
        self.live.tell("update", self.server.statuses[number])

    async def take_back(self, number: int) -> None:
        self.delete(number)
        self.live.tell("delete", str(number))

    async def garble(self) -> None:
        self.live.tell("update", {"id": 9, "content": "?"})

    async def heard(self) -> None:
        while ("hashtag", "hall") not in self.live.heard:  # it lives in another thread
            await asyncio.sleep(0.002)

    def flooded(self, address: str) -> Source:
        self._streams_at(address)
        return self.source()

    def flood_message(self, number: int) -> str:
        self.server.add(number, self.padding(number))
        status = self.server.statuses.pop(number)  # it would take memory that is not the source's
        return json.dumps({"stream": ["hashtag", "hall"], "event": "update", "payload": json.dumps(status)})


class TagsSent(TagsLive):
    """Mastodon by server-sent events, where a proxy in front of it lets no WebSocket through."""

    webs = False

    def flood_message(self, number: int) -> str:
        told = json.loads(super().flood_message(number))["payload"]
        return f"event: update\ndata: {told}\n\n"


class ViewsLive(Views, Live):
    """Bluesky by Jetstream."""

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        self.live = Jetstream()
        self.live.__enter__()
        self.line = FaultProxy(self.live.url.replace("ws:", "http:"))
        self.line.__enter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await super().__aexit__()
        self.line.__exit__()
        self.live.__exit__()

    def made(self, at: str) -> tuple[dict[str, Any], tuple[Any, ...]]:
        options, more = super().made("")
        return options | {"jetstream": ((at or self.line.url).replace("http:", "ws:"),)}, more

    async def post(self, number: int) -> None:
        self.add(number)
        await self.tell(number)

    async def tell(self, number: int) -> None:
        self.live.tell(posted(DID, str(number), self._record(number), f"cid-{number}"))

    def _record(self, number: int) -> dict[str, Any]:
        return record(f"Post {number} in the #hall", createdAt=f"2026-11-23T18:00:{number:02d}.000Z")

    async def take_back(self, number: int) -> None:
        self.delete(number)
        self.live.tell(posted(DID, str(number), {}, operation="delete"))

    async def garble(self) -> None:
        self.live.tell('{"did": "did:plc:ada", "kind": "commit", "commit": {"record": "#hall", "operation": 7}}')

    async def heard(self) -> None:
        while not self.live.listening:  # it lives in another thread
            await asyncio.sleep(0.002)

    def past(self) -> str:
        return str(1_700_000_000_000_000)

    def flooded(self, address: str) -> Source:
        return self.source(at=address)

    def flood_message(self, number: int) -> str:
        self.add(number)
        return json.dumps(posted(DID, str(number), self._record(number) | {"more": self.padding(number)}))


class SearchLive(Search, Live):
    """X by its filtered stream."""

    options: ClassVar = {"stream": True}
    webs = False
    cannot_stream: ClassVar = {"delete": "X's stream tells of no deletions"}

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        self.line = self.proxy
        self.server.begin = datetime.now(UTC) - timedelta(seconds=30)
        return self

    async def post(self, number: int) -> None:
        self.add(number)
        await self.tell(number)

    async def tell(self, number: int) -> None:
        self.server.tell(number)

    async def garble(self) -> None:
        self.server.live.put(b'{"data": 7}\r\n')

    async def heard(self) -> None:
        while not any(each.target.startswith("/2/tweets/search/stream?") for each in self.server.asked):
            await asyncio.sleep(0.002)

    def flooded(self, address: str) -> Source:
        return self.source(at=address)

    def flood_message(self, number: int) -> str:
        self.server.add(number, self.padding(number))
        self.server.tell(number)
        del self.server.statuses[number]
        return self.server.live.get().decode()


class NotesLive(Notes, Live):
    """Nostr by a subscription."""

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        self.line = self.proxy
        return self

    async def post(self, number: int) -> None:
        self.add(number)
        await self.relay.publish(self.relay.events.pop())

    async def take_back(self, number: int) -> None:
        self.delete(number)
        await self.relay.publish(self.relay.events.pop())

    async def garble(self) -> None:
        await self.relay.say(["EVENT", "posts", self.writer.note("Forged", at=time.time()) | {"sig": "00" * 64}])

    async def heard(self) -> None:
        while not self.relay.listening("posts"):
            await asyncio.sleep(0.002)

    def flooded(self, address: str) -> Source:
        return self.source(at=address)

    def flood_message(self, number: int) -> str:
        note = self.writer.note(self.padding(number), at=time.time() - 60)
        return json.dumps(["EVENT", "posts", note])

    def flood_messages(self) -> Iterator[bytes]:
        yield b'["EOSE", "posts"]'
        yield from super().flood_messages()  # whoever asks who wrote them is not answered


class _PatientHomeserver(Homeserver):
    """Keeps a question for a moment where there is nothing new, as it was asked to."""

    def answer(self, asked: Asked) -> Answer:
        parts = urlsplit(asked.target)
        if parts.path.endswith("/sync"):
            query = parse_qs(parts.query)
            since, until = int(query.get("since", ["s0"])[0][1:]), time.monotonic() + 0.05
            patient = query.get("timeout", ["0"])[0] != "0"
            while patient and since == len(self.events) and time.monotonic() < until:
                time.sleep(0.002)
        return super().answer(asked)


class RoomLive(Room, Live):
    """Matrix by long questions."""

    serve = _PatientHomeserver
    cannot_stream: ClassVar = {"flood": "Matrix is streamed by the question that polls ask"}

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        self.line = self.proxy
        return self

    async def post(self, number: int) -> None:
        self.add(number)

    async def take_back(self, number: int) -> None:
        self.delete(number)

    async def garble(self) -> None:
        self.malform()


LIVES = {
    "mastodon": TagsLive,
    "mastodon, server-sent": TagsSent,
    "bluesky": ViewsLive,
    "x": SearchLive,
    "nostr": NotesLive,
    "matrix": RoomLive,
}


class MangledLines(Mangling):
    """As `Mangling`, and each message of a stream is preceded by mangled ones, until `most` of those were told."""

    def __init__(self, client: Any, chance: Random, most: int) -> None:
        super().__init__(client, chance, {})
        self.told = 0
        self._most = most
        self._asked_after = 0

    def _spoilt(self, message: str | bytes) -> list[bytes]:
        if self.told >= self._most:
            raise Unavailable("It was enough.")
        raw = message.encode() if isinstance(message, str) else message
        self.told += VARIANTS
        return [mangle(raw, self._chance) for _ in range(VARIANTS)]

    async def _asked(self, key: str, ask: Any, url: str, more: dict[str, Any]) -> Any:
        if "/sync" not in key:
            return await ask(url, **more)
        self.told += 1
        if self.told >= self._most:
            raise Unavailable("It was enough.")
        return await super()._asked(key, ask, url, more)

    @asynccontextmanager
    async def websocket(self, *given: Any, **more: Any) -> AsyncGenerator[Any]:
        async with self._client.websocket(*given, **more) as channel:
            yield _Told(channel, self)

    @asynccontextmanager
    async def open(self, *given: Any, **more: Any) -> AsyncGenerator[Any]:
        async with self._client.open(*given, **more) as lines:
            yield _Told(lines, self)


class _Told:
    """A channel, or lines, with mangled messages in between."""

    def __init__(self, real: Any, mangling: MangledLines) -> None:
        self._real = real
        self._mangling = mangling

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    async def messages(self) -> AsyncGenerator[str | bytes]:
        async with aclosing(self._real.messages()) as messages:
            async for message in messages:
                for each in self._mangling._spoilt(message):
                    yield each.decode("utf-8", "replace") if isinstance(message, str) else each
                yield message

    async def lines(self) -> AsyncGenerator[str]:
        async with aclosing(self._real.lines()) as lines:
            async for line in lines:
                if "{" in line:
                    for each in self._mangling._spoilt(line.removeprefix("data: ")):
                        text = each.decode("utf-8", "replace").replace("\n", " ")
                        for said in ("event: update", f"data: {text}", "") if line.startswith("data") else (text,):
                            yield said
                    if line.startswith("data"):
                        yield "event: update"
                yield line
