"""Posts from a news feed (RSS, Atom, JSON Feed), asked for only when it changed, and as seldom as it wishes.

Conditional requests and freshness follow RFC 9110 13.1 and RFC 9111. A feed tells of no deletion: an entry that is
absent was deleted if the feed still holds older ones, and may only have grown old if it does not.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, ClassVar, Final, NamedTuple
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from kiosk.domain.errors import BadPayload, Misconfigured, Portal, Refused, Unavailable
from kiosk.domain.model import Cursor
from kiosk.settings import Fault, SourceTable
from kiosk.sources.feed.entries import Place, found
from kiosk.sources.hashtags import carries, same_tag
from kiosk.sources.headers import LONGEST, retry_after
from kiosk.sources.source import Batch, Budget, Found, Recheck

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import httpx

    from kiosk.domain.feeds import ParsedFeed
    from kiosk.domain.model import PostUri
    from kiosk.sources.source import Means

LARGEST: Final = 2_000_000
"""Bytes of a feed that are read at most."""

RECENT: Final = 30.0
"""Seconds for which what was read serves a recheck; after that the server is asked whether it changed."""

_ACCEPT: Final = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.1"
_MAX_AGE: Final = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?([0-9]{1,9})")
_GONE: Final = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_CLOSED: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
_PASSING: Final = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.REQUEST_TIMEOUT})


class FeedTable(SourceTable, frozen=True, kw_only=True):
    """A news feed of a blog, an account or a site: RSS, Atom or JSON Feed."""

    needs_hashtags: ClassVar[bool] = False

    address: Annotated[str, Meta(description="The feed's address.", examples=["https://blog.example.org/feed.xml"])] = (
        ""
    )
    only_tagged: Annotated[
        bool, Meta(description="Take only entries that carry one of the event's hashtags; otherwise all belong to it.")
    ] = False
    interval: Annotated[float, Meta(ge=5, le=3600, description="Seconds between two polls.")] = 60.0

    def faults(self) -> Iterator[Fault]:
        """Its address must be one, without a password in it."""
        parts = urlsplit(self.address)
        if parts.scheme not in {"https", "http"} or not parts.hostname or re.search(r"\s", self.address):
            yield Fault("address", f"“{self.address}” is no web address", "https://…")
        elif parts.username or parts.password:
            yield Fault("address", "an address may not carry a password", "use a token_file")
        elif parts.scheme == "http" and not self.allow_private_addresses:
            yield Fault("address", "plain http is only for a server inside the venue", "https://…")


class _Validators(msgspec.Struct, frozen=True):
    """What makes the next request a conditional one; `tags` is what was looked for when they were written down."""

    etag: str = ""
    modified: str = ""
    tags: str = ""


class _Held(NamedTuple):
    """A feed as it was read last: its posts by uri, what could not be read, and when that was (monotonic)."""

    posts: dict[PostUri, Found]
    bad: tuple[str, ...]
    validators: _Validators
    ttl: float
    at: float


class Feed:
    """One feed; all of its entries belong to the event unless only tagged ones are wanted."""

    def __init__(self, table: FeedTable, means: Means) -> None:
        """Read the feed at an address, with a token where one is named."""
        parts = urlsplit(table.address)
        secret = f" ({hashlib.sha256(parts.query.encode()).hexdigest()[:6]})" if parts.query else ""
        self.name = f"{parts.netloc}{parts.path}{secret}"
        self.budget = Budget()
        self._address = table.address
        self._schemes = ("https://", "http://") if table.allow_private_addresses else ("https://",)
        self._only_tagged = table.only_tagged
        self._wanted = frozenset(map(same_tag, means.hashtags)) - {""} if table.only_tagged else frozenset[str]()
        self._headers = {"Accept": _ACCEPT} | ({"Authorization": f"Bearer {means.token}"} if means.token else {})
        self._client = means.client
        self._parse = means.parse_feed
        self._held: _Held | None = None
        self._not_before = 0.0

    async def poll(self, cursor: Cursor | None) -> Batch:
        """Read the feed if it changed, oldest entries first.

        Raises:
            Unavailable: the server may answer later.
            Refused: it will not.
            BadPayload: it answered with something that is no feed.

        """
        if self._only_tagged and not self._wanted:
            raise Misconfigured(f"{self.name} is read for tagged entries only, but the event has no `hashtags`.")
        known = _read(cursor)
        response = await self._ask(known if known.tags == self._tags else _Validators())
        if response.status_code == HTTPStatus.NOT_MODIFIED:
            return Batch(cursor=cursor, wait=self._wish(response, self._held.ttl if self._held else 0.0))
        held = await self._take(response)
        posts = [item for item in held.posts.values() if not self._only_tagged or carries(item.post, self._wanted)]
        return Batch(
            found=tuple(sorted(posts, key=lambda item: item.post.created_at)),
            cursor=Cursor(self.name, msgspec.json.encode(held.validators).decode()),
            bad=held.bad,
            wait=self._wish(response, held.ttl),
        )

    async def recheck(self, posts: Mapping[str, PostUri]) -> Recheck:
        """Look these posts up in the feed as it is now; one is gone where the feed holds older entries without it.

        Raises:
            SourceError: where the feed cannot be read, which says nothing about the posts.

        """
        if not posts:
            return Recheck()
        held = await self._current()
        if any(_missing(identity, uri, held) for identity, uri in posts.items()):
            # Caches hand out old copies, in which what is new seems deleted: the origin itself is asked.
            held = await self._take(await self._ask(_Validators()))
        there: list[Found] = []
        gone: list[str] = []
        bad: list[str] = []
        for identity, uri in posts.items():
            if uri in held.posts:
                there.append(Found(held.posts[uri].post, identity))
            elif _missing(identity, uri, held):
                gone.append(identity)
            else:
                bad.append(f"{self.name} holds {uri} no more; it may only have grown too old for the feed.")
        return Recheck(tuple(there), tuple(gone), tuple(bad))

    async def _current(self) -> _Held:
        """The feed as it is, or was a moment ago."""
        now = asyncio.get_running_loop().time()
        if self._held is not None and now - self._held.at < RECENT:
            return self._held
        if now < self._not_before:
            raise Unavailable(f"{self.name} asked for a pause.", retry_after=self._not_before - now)
        response = await self._ask(self._held.validators if self._held else _Validators())
        if response.status_code == HTTPStatus.NOT_MODIFIED and self._held is not None:
            self._held = self._held._replace(at=now)
            return self._held
        return await self._take(response)

    async def _ask(self, known: _Validators) -> httpx.Response:
        headers = dict(self._headers)
        if known.etag:
            headers["If-None-Match"] = known.etag
        if known.modified:
            headers["If-Modified-Since"] = known.modified
        if not (known.etag or known.modified):
            headers["Cache-Control"] = "no-cache"  # RFC 9111 5.2.1.4: an answer that the origin has confirmed
        response = await self._client.get(self._address, headers=headers, largest=LARGEST)
        try:
            self._accept(response, conditional=bool(known.etag or known.modified))
        except Unavailable as error:
            self._not_before = asyncio.get_running_loop().time() + (error.retry_after or 0.0)
            raise
        return response

    async def _take(self, response: httpx.Response) -> _Held:
        """Parse an answer and remember it."""
        feed = await self._parsed(response)
        modified = _moment(response.headers.get("last-modified", ""))
        place = Place(self._address, str(response.url), self._schemes, modified)
        posts: dict[PostUri, Found] = {}
        bad = [f"{self.name}: {sentence}" for sentence in feed.bad]
        for number, entry in enumerate(feed.entries):
            try:
                item = found(entry, feed, place)
            except (ValueError, UnicodeError, OverflowError, RecursionError) as error:
                bad.append(f"{self.name} has an entry that cannot be shown: {error}.")
                continue
            posts.setdefault(item.post.uri, item)
            if number % 20 == 0:
                await asyncio.sleep(0)  # the glass moves on between slices
        validators = _Validators(
            response.headers.get("etag", "")[:500], response.headers.get("last-modified", "")[:100], self._tags
        )
        self._held = _Held(posts, tuple(bad), validators, feed.ttl, asyncio.get_running_loop().time())
        return self._held

    async def _parsed(self, response: httpx.Response) -> ParsedFeed:
        kind = response.headers.get("content-type", "")
        try:
            return await self._parse(response.content, kind)
        except BadPayload as error:
            elsewhere = response.url.host != urlsplit(self._address).hostname and "html" in kind
            wrong = Portal if elsewhere and not isinstance(error, Portal) else type(error)
            led = f" The answer came from {response.url.host}." if elsewhere else ""
            raise wrong(f"{self.name}: {error}{led}") from error

    def _accept(self, response: httpx.Response, *, conditional: bool) -> None:
        status = response.status_code
        if status == HTTPStatus.OK or (status == HTTPStatus.NOT_MODIFIED and conditional):
            return
        if status in _CLOSED:
            raise Refused(f"{self.name} shows this feed only to its members (status {status}): name a token_file.")
        if status in _GONE:
            raise Refused(f"{self.name} has no feed there (any more, status {status}); check `address`.")
        if status == HTTPStatus.NETWORK_AUTHENTICATION_REQUIRED:
            raise Portal(f"{self.name} sent status {status}: this network wants a log-in first.")
        if status < HTTPStatus.BAD_REQUEST:
            raise BadPayload(f"{self.name} sent status {status} and no feed.")
        if status in _PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            what = "asks for a pause" if status == HTTPStatus.TOO_MANY_REQUESTS else "is in trouble"
            wish = retry_after(response, datetime.now(UTC))
            raise Unavailable(f"{self.name} {what} (status {status}).", retry_after=wish)
        raise Refused(f"{self.name} refuses (status {status}).")

    def _wish(self, response: httpx.Response, ttl: float) -> float:
        """Seconds for which the server (RFC 9111 5.2.2.1) and the feed (<ttl>) say that nothing changes."""
        said = _MAX_AGE.search(response.headers.get("cache-control", "").lower())
        age = response.headers.get("age", "")
        old = int(age) if age.isascii() and age.isdecimal() and len(age) < 9 else 0  # noqa: PLR2004  # no such age
        fresh = max(0.0, float(said[1]) - old) if said else 0.0
        return min(LONGEST, max(fresh, ttl))

    @property
    def _tags(self) -> str:
        return " ".join(sorted(self._wanted))


def _missing(identity: str, uri: PostUri, held: _Held) -> bool:
    """Whether a post is absent although the feed holds older ones; its id begins with its date, if that is known."""
    date, space, _ = identity.partition(" ")
    if uri in held.posts or not space:
        return False
    return any(" " in item.local_id and item.local_id.partition(" ")[0] < date for item in held.posts.values())


def _read(cursor: Cursor | None) -> _Validators:
    """What a cursor says; one that cannot be read counts as none."""
    if cursor is None:
        return _Validators()
    try:
        return msgspec.json.decode(cursor.value, type=_Validators)
    except (msgspec.DecodeError, UnicodeError):
        return _Validators()


def _moment(said: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(said)
    except (ValueError, TypeError, OverflowError):
        return None
    return moment.astimezone(UTC) if moment.tzinfo else None
