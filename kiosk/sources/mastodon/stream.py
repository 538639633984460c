"""Mastodon's streams, by WebSocket or else as server-sent events: what happens to posts, told as it happens.

See https://docs.joinmastodon.org/methods/streaming/. A stream needs a user's token, knows no cursor and repeats
nothing; the token goes in a header, so that it stands in no server's log of addresses.
"""

from __future__ import annotations

import asyncio
import re
from contextlib import aclosing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urlencode

import httpx
import msgspec

from kiosk.domain.errors import BadPayload, Portal, Refused, SourceError, Unavailable
from kiosk.sources.headers import retry_after
from kiosk.sources.mastodon.embeds import FAULTS
from kiosk.sources.mastodon.statuses import read_status
from kiosk.sources.source import HEARTBEAT, Batch

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from kiosk.sources.hashtags import TagSet
    from kiosk.sources.mastodon.api import Api
    from kiosk.sources.source import Lines

    Channel = tuple[str, str]
    """A stream's name and its tag or list: ("hashtag", "hall"), ("list", "7")."""

STUMBLES: Final = 2
"""WebSockets that did not come about in a row, after which server-sent events are tried."""

WAITING: Final = 8
"""Events that may wait between several server-sent streams and their reader; each may have a megabyte."""

_PATH: Final = "/api/v1/streaming"
_TOLD: Final = frozenset({"update", "status.update"})
_TOKEN: Final = re.compile(r"[\w!#$%&'*+.^`|~-]+", re.ASCII)
_PORTAL: Final = "{} answered with a web page instead of a stream; is this network's log-in page in the way?"


class Event(NamedTuple):
    """What happened, as Mastodon calls it, and to what; "" says that the stream stands. `invited` needs no tag."""

    name: str = ""
    payload: str = ""
    invited: bool = False


class _Message(msgspec.Struct):
    event: str = ""
    payload: str | int | None = None
    stream: list[str] = []
    error: str = ""
    status: int = 0


_MESSAGE: Final = msgspec.json.Decoder(_Message)


def batch_of(event: Event, server: str, wanted: TagSet) -> Batch:
    """What an event means: a post as it is now, one that is gone, or nothing."""
    if event.name == "delete":
        return Batch(gone=(event.payload,)) if 0 < len(event.payload) <= 200 else Batch()  # noqa: PLR2004  # no such id
    if event.name not in _TOLD:
        return Batch()
    try:
        item = read_status(event.payload.encode("utf-8", "replace"), server)
    except BadPayload:
        return Batch(bad=(f"{server} streamed a post that cannot be read.",))
    return Batch(found=(item,)) if item is not None and wanted.takes(item.post, invited=event.invited) else Batch()


class Stream:
    """Opens one server's streams in the way that last worked."""

    def __init__(self, api: Api) -> None:
        """Ask with the token of `api`."""
        self._api = api
        self._plain = False
        self._stumbles = 0

    async def events(self, address: str, channels: Sequence[Channel]) -> AsyncGenerator[Event]:
        """Yield events of all channels from the server at `address` (ws:, wss:); the first says that it stands.

        Raises:
            Refused: where the server does not stream to us.
            Unavailable: where it breaks off or falls silent.
            BadPayload: where it answers with something else.

        """
        if not self._plain:
            try:
                async with aclosing(self._websocket(address, channels)) as events:
                    async for event in events:
                        self._stumbles = -1  # it stands
                        yield event
                return
            except (Refused, BadPayload):
                if self._stumbles < 0:
                    raise
            except Unavailable:
                self._stumbles += 1
                if self._stumbles < STUMBLES:
                    raise
            finally:
                self._stumbles = max(0, self._stumbles)
        self._plain = False
        async with aclosing(self._server_sent(address, channels)) as events:
            async for event in events:
                self._plain = True
                yield event

    async def _websocket(self, address: str, channels: Sequence[Channel]) -> AsyncGenerator[Event]:
        """One socket for all channels; pongs prove that it lives, since a quiet tag says nothing for hours."""
        (name, subject), *others = channels
        token = self._api.token
        headers = {"Authorization": f"Bearer {token}"}
        asked = urlencode({"stream": name, _KEYS[name]: subject})
        spoken = (token,) if _TOKEN.fullmatch(token) else ()
        url = f"{address.rstrip('/')}{_PATH}?{asked}"
        async with self._api.client.websocket(url, headers=headers, silence=0, subprotocols=spoken) as channel:
            for name, subject in others:
                subscription = {"type": "subscribe", "stream": name, _KEYS[name]: subject}
                await channel.send(msgspec.json.encode(subscription).decode())
            yield Event()
            async with aclosing(channel.messages()) as messages:
                async for message in messages:
                    yield self._event(message)

    def _event(self, message: str | bytes) -> Event:
        try:
            read = _MESSAGE.decode(message)
        except FAULTS:
            return Event("unreadable")
        if read.error:
            raise Refused(f"{self._api.name} does not stream this to us ({read.error[:200]}).")
        payload = "" if read.payload is None else str(read.payload)
        return Event(read.event, payload, invited=read.stream[:1] == ["list"])

    async def _server_sent(self, address: str, channels: Sequence[Channel]) -> AsyncGenerator[Event]:
        """One answer without an end for each channel, merged; the first that ends or fails ends them all."""
        merged: asyncio.Queue[Event | SourceError | None] = asyncio.Queue(WAITING)
        tasks = [asyncio.create_task(self._listen(address, channel, merged)) for channel in channels]
        standing = 0
        try:
            while (event := await merged.get()) is not None:
                if isinstance(event, SourceError):
                    raise event
                standing += event.name == ""
                if event.name or standing == len(channels):
                    yield event
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _listen(self, address: str, channel: Channel, merged: asyncio.Queue[Event | SourceError | None]) -> None:
        name, subject = channel
        url = f"http{address.rstrip('/').removeprefix('ws')}{_PATH}/{name}"
        try:
            opened = self._api.client.open(
                url,
                params=[(_KEYS[name], subject)],
                headers={**self._api.headers, "Accept": "text/event-stream"},
                silence=HEARTBEAT,
            )
            async with opened as answer:
                await self._check(answer)
                await merged.put(Event())
                async with aclosing(_events(answer, invited=name == "list")) as events:
                    async for event in events:
                        await merged.put(event)
            await merged.put(None)
        except SourceError as error:
            await merged.put(error)

    async def _check(self, answer: Lines) -> None:
        if answer.status_code in {401, 403, 404, 410}:
            raise Refused(f"{self._api.name} does not stream to us (status {answer.status_code}).")
        if answer.status_code != 200:  # noqa: PLR2004  # OK
            if answer.status_code < 400 or answer.status_code == 511:  # noqa: PLR2004  # see RFC 6585
                raise Portal(_PORTAL.format(self._api.name))
            wish = retry_after(httpx.Response(answer.status_code, headers=answer.headers), datetime.now(UTC))
            raise Unavailable(f"{self._api.name} does not stream now (status {answer.status_code}).", retry_after=wish)
        if not answer.headers.get("content-type", "").startswith("text/event-stream"):
            raise Portal(_PORTAL.format(self._api.name))


_KEYS: Final = {"hashtag": "tag", "list": "list"}
"""What a stream's own parameter is called."""


async def _events(answer: Lines, *, invited: bool) -> AsyncGenerator[Event]:
    """Put lines together: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream."""
    name, held = "", ""
    async with aclosing(answer.lines()) as lines:
        async for line in lines:
            field, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if field == "event":
                name = value
            elif field == "data":
                held = f"{held}\n{value}"[-_LONGEST:] if held else value
            elif not line:
                if name and held:
                    yield Event(name, held, invited=invited)
                name, held = "", ""


_LONGEST: Final = 1_000_000
