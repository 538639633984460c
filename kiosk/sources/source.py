"""What every source promises to the fetcher, what it is given, and what one read of it returns."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003  # msgspec reads the annotation at run time
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol, runtime_checkable
from urllib.parse import quote, unquote

import msgspec

from kiosk.domain.model import Cursor, Post  # msgspec reads the annotation at run time

if TYPE_CHECKING:
    import socket
    from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    import httpx

    from kiosk.domain.captions import Caption
    from kiosk.domain.feeds import ParsedFeed
    from kiosk.domain.model import PostUri

HEARTBEAT: Final = 45.0
"""Seconds of silence after which a stream counts as dead."""

_SCHEME: Final = "source:"


class Found(msgspec.Struct, frozen=True):
    """One post as a source met it: `local_id` is the id that source knows it by."""

    post: Post
    local_id: str


class Batch(msgspec.Struct, frozen=True):
    """What one read returned.

    `cursor` covers every post in it; `bad` has one sentence per item that could not be read; `more` says
    that older unread posts remain (read on at once); `wait` is the shortest time in seconds the server
    asks for before the next request, 0 where it does not ask. `gone` are ids that were deleted at their origin,
    `gone_under` beginnings of ids that all are (an account that was closed). `note` is a sentence for the operator
    where nothing failed and yet something is to be known: a timeline that is always empty, an app that sees only
    itself.
    """

    found: tuple[Found, ...] = ()
    cursor: Cursor | None = None
    bad: tuple[str, ...] = ()
    more: bool = False
    gap: str = ""
    wait: float = 0.0
    gone: tuple[str, ...] = ()
    gone_under: tuple[str, ...] = ()
    note: str = ""


class Recheck(msgspec.Struct, frozen=True):
    """What a source says of posts it was asked about: those it still has, and ids that are gone.

    `bad` has one sentence per post of which nothing could be learned; such a post stays as it is.
    """

    found: tuple[Found, ...] = ()
    gone: tuple[str, ...] = ()
    bad: tuple[str, ...] = ()


class Budget(msgspec.Struct):
    """What a source may still ask, as its server last said; the source keeps it true, the desk reads it.

    `left` and `limit` are requests until `resets` (UTC); `spent` and `cap` are money in `currency`. None is unknown.
    """

    left: int | None = None
    limit: int | None = None
    resets: datetime | None = None
    spent: float | None = None
    cap: float | None = None
    currency: str = "USD"


class Source(Protocol):
    """A place posts come from. Every method raises only `SourceError` and its children."""

    name: str
    """Unique among the event's sources and the same at every start: cursors and sightings are kept under it."""

    budget: Budget

    async def poll(self, cursor: Cursor | None) -> Batch:
        """Read what is new since `cursor` (None: the newest page), oldest first."""
        ...

    async def recheck(self, posts: Mapping[str, PostUri]) -> Recheck:
        """Ask whether posts, by this source's ids for them, still stand at their origin, and as what."""
        ...


@runtime_checkable
class Streaming(Protocol):
    """A source that also tells of posts as they come. It is polled too: after each new connection, and now and then."""

    def stream(self, cursor: Cursor | None) -> AsyncGenerator[Batch]:
        """Yield batches until the connection ends; `cursor` is the newest one of `stream_cursor(name, …)`.

        The first batch, which may be empty, says that the connection stands. Raises `Refused` where the server
        does not stream to us, `Unavailable` for anything that may pass, silence for `HEARTBEAT` seconds included.
        """
        ...


@runtime_checkable
class Picturing(Protocol):
    """A source whose pictures only it can fetch: files in a folder, parts of a mail, media behind its token."""

    async def picture(self, reference: str) -> bytes:
        """Return the bytes that an address made by `picture_address(name, reference)` stands for.

        Raises:
            Unavailable: where a later try may succeed.
            Refused: where it will not.

        """
        ...


def picture_address(name: str, reference: str) -> str:
    """The address of a picture that only the source called `name` can fetch; `reference` is its own."""
    return f"{_SCHEME}{quote(name, safe='')}/{quote(reference, safe='')}"


def picture_reference(address: str) -> tuple[str, str] | None:
    """The source's name and its reference, or None where `address` is none of `picture_address`."""
    if not address.startswith(_SCHEME):
        return None
    name, _, reference = address.removeprefix(_SCHEME).partition("/")
    return unquote(name), unquote(reference)


def stream_cursor(name: str, value: str) -> Cursor:
    """How far a source's stream has been read, kept beside its poll's cursor."""
    return Cursor(f"{name} (stream)", value)


class Vault(Protocol):
    """Where a source keeps what must survive a restart and must not stand in the event file: sessions."""

    def get(self, name: str) -> str:
        """What was kept under `name`, "" for nothing."""
        ...

    def put(self, name: str, value: str) -> None:
        """Keep `value`, readable by us alone."""
        ...


class Means(NamedTuple):
    """What a source is given to work with.

    `hashtags` are the event's, with or without #; `token` is what stands in the table's token_file, "" for none;
    relative paths start at `folder`. `parse_feed(body, content type)` and `caption(picture)` run in the sandbox
    that all foreign bytes are decoded in, and raise `BadPayload` and `MediaError`.
    """

    client: Client
    hashtags: Sequence[str]
    token: str
    folder: Path
    vault: Vault
    parse_feed: Callable[[bytes, str], Awaitable[ParsedFeed]]
    caption: Callable[[bytes], Awaitable[Caption]]


class Lines(Protocol):
    """An answer whose body comes line by line for as long as the server likes."""

    status_code: int
    headers: httpx.Headers

    def lines(self) -> AsyncGenerator[str]:
        """Each line without its end; raises `Unavailable` after the agreed silence and where the server breaks off."""
        ...

    async def body(self) -> bytes:
        """The whole body, capped, for an answer that is an error."""
        ...


class Channel(Protocol):
    """An open WebSocket."""

    async def send(self, message: str) -> None:
        """Send one text message."""
        ...

    def messages(self) -> AsyncGenerator[str | bytes]:
        """Each message; raises `Unavailable` after the agreed silence and where the server breaks off."""
        ...


class Client(Protocol):
    """The guarded client as sources see it; `media.client.GuardedClient` is the real one.

    Each call has a deadline, a cap on decoded bytes, and its connected peer checked. All raise `Unavailable` for
    anything that may pass and `Refused` for what may not; a status code is not an error but where it is said.
    """

    async def get(
        self,
        url: str,
        *,
        params: Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        seconds: float | None = None,
        largest: int | None = None,
    ) -> httpx.Response:
        """Fetch and read the body; `seconds` and `largest` (bytes) replace the client's own limits."""
        ...

    async def post(
        self,
        url: str,
        *,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        method: str = "POST",
    ) -> httpx.Response:
        """Send JSON or a form (or nothing) and read the answer; redirects are answers, not followed; tried once."""
        ...

    def open(
        self,
        url: str,
        *,
        params: Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        silence: float = HEARTBEAT,
    ) -> AbstractAsyncContextManager[Lines]:
        """Fetch an answer without an end, of lines of at most 1 MB; `silence` is the longest pause in seconds."""
        ...

    def websocket(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        silence: float = HEARTBEAT,
        dictionary: bytes | None = None,
        subprotocols: Sequence[str] = (),
    ) -> AbstractAsyncContextManager[Channel]:
        """Open a WebSocket (ws:, wss:) with pings every 20 s and messages of at most 1 MB.

        Binary messages come unpacked where a zstd `dictionary` is given. A handshake that is answered with a status
        raises: 401, 403, 404 and 410 `Refused`, others `Unavailable` with the server's wish.
        """
        ...

    async def dial(self, host: str, port: int) -> socket.socket:
        """Connect plain TCP to a permitted address of `host`, for a protocol of its own; blocking, 20 s timeout."""
        ...
