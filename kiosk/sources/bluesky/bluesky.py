"""Posts with the event's hashtags on Bluesky: live over Jetstream, caught up by search, asked after at the AppView.

Reading live needs no account; search does, see https://docs.bsky.app/docs/advanced-guides/api-directory. Nothing is
shown before the AppView has said with which moderation labels.
"""

from __future__ import annotations

from contextlib import aclosing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import urlsplit

from msgspec import Meta
from msgspec.structs import replace

from kiosk.domain.errors import Refused
from kiosk.settings import Fault, SourceTable
from kiosk.sources.bluesky.appview import AppView
from kiosk.sources.bluesky.candidates import pages
from kiosk.sources.bluesky.jetstream import SECOND
from kiosk.sources.bluesky.jetstream_servers import Servers
from kiosk.sources.bluesky.known import Known
from kiosk.sources.bluesky.live import Listening
from kiosk.sources.bluesky.records import FAULTS, is_address, same_tag
from kiosk.sources.bluesky.search import Search
from kiosk.sources.bluesky.session import Session
from kiosk.sources.headers import clamped
from kiosk.sources.source import HEARTBEAT, Batch, Budget, Found, Recheck

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence

    from kiosk.domain.model import Cursor, PostUri
    from kiosk.sources.source import Means

REWIND: Final = 5 * SECOND
"""Microseconds by which a stream goes back: servers tell of the same things at slightly different times."""

_JETSTREAMS: Final = (
    "wss://jetstream1.us-east.bsky.network",
    "wss://jetstream2.us-east.bsky.network",
    "wss://jetstream1.us-west.bsky.network",
    "wss://jetstream2.us-west.bsky.network",
)
_NO_SEARCH: Final = (
    "Bluesky's search is for accounts only: posts are read as they are made, but what was posted while nobody "
    "listened is missing. To catch up, name an `identifier` and put an app password into a `token_file`."
)


class BlueskyTable(SourceTable, frozen=True, kw_only=True):
    """Bluesky, live without an account; with one and an app password also what was posted before."""

    identifier: Annotated[
        str,
        Meta(
            description="Handle of the account whose app password is in `token_file`; empty: read without an account.",
            examples=["mytweetup.bsky.social"],
        ),
    ] = ""
    server: Annotated[str, Meta(description="The server of that account.")] = "https://bsky.social"
    appview: Annotated[str, Meta(description="Where posts and their moderation labels are looked up.")] = (
        "https://public.api.bsky.app"
    )
    jetstream: Annotated[
        tuple[str, ...], Meta(description="Servers that tell of posts as they are made, tried in this order.")
    ] = _JETSTREAMS
    dictionary: Annotated[
        str, Meta(description="File with Jetstream's zstd dictionary, which saves half of the traffic; empty: none.")
    ] = ""
    interval: Annotated[float, Meta(ge=5, le=3600, description="Seconds between two searches.")] = 60.0

    def faults(self) -> Iterator[Fault]:
        """Its servers must be some, and an account needs its password."""
        yield from self.server_faults("server")
        yield from self.server_faults("appview")
        if not self.jetstream:
            yield Fault("jetstream", "without a server there is nothing to listen to", _JETSTREAMS[0])
        for address in self.jetstream:
            scheme, _, rest = address.partition("://")
            if scheme not in {"wss", *(["ws"] if self.allow_private_addresses else [])} or not rest.strip("/"):
                yield Fault("jetstream", f"“{address}” is no address of a Jetstream", _JETSTREAMS[0])
        if self.identifier and not self.token_file:
            yield Fault("token_file", f"the app password of {self.identifier} is missing", 'token_file = "bluesky"')
        if self.token_file and not self.identifier:
            yield Fault("identifier", "whose app password is in the token file?", 'identifier = "….bsky.social"')


class Bluesky:
    """The event's tags on Bluesky: a `Source` that is also `Streaming`."""

    def __init__(self, table: BlueskyTable, means: Means) -> None:
        """Read with the account of the table where it names one."""
        self.name = urlsplit(table.server).netloc
        self.budget = Budget()
        self._tags = list(dict.fromkeys(tag for each in means.hashtags if (tag := each.strip().lstrip("#＃"))))
        self._wanted = frozenset(map(same_tag, self._tags))
        session = Session(table.server, table.identifier, means) if table.identifier and means.token else None
        self._appview = AppView(table.appview, session, means.client, self.budget)
        self._public_search = True
        self._known = Known()
        self._search = Search(self.name, self._known, self._appview.search, deep=session is not None)
        dictionary = means.folder / table.dictionary if table.dictionary else None
        self._servers = Servers(table.jetstream, means.client, dictionary)
        # A server of the venue's own may have nothing to say for a while; the public ones always have.
        self._silence = 0.0 if table.allow_private_addresses else HEARTBEAT

    async def poll(self, cursor: Cursor | None) -> Batch:
        """Search for what was posted since `cursor`, oldest first; without an account that is tried once.

        Raises:
            SourceError: where the search is not answered.

        """
        if not self._public_search:
            return Batch(note=_NO_SEARCH)
        try:
            batch = await self._search.read(self._tags, cursor)
        except Refused:
            if self._appview.has_account:
                raise
            self._public_search = False
            return Batch(note=_NO_SEARCH)
        return replace(batch, wait=self._wait())

    def _wait(self) -> float:
        """Seconds that the limit asks for before the next search, where nothing is left of it."""
        if self.budget.left != 0 or self.budget.resets is None:
            return 0.0
        return clamped((self.budget.resets - datetime.now(UTC)).total_seconds())

    async def stream(self, cursor: Cursor | None) -> AsyncGenerator[Batch]:
        """Follow Jetstream from a little before `cursor`, at the next server after each failure.

        Raises:
            Refused: where every server refuses.
            Unavailable: where this one broke off.

        """
        since = _position(cursor)
        async with self._servers.follow(max(0, since - REWIND), self._silence) as channel:
            listening = Listening(self.name, self._wanted, self._known, self._appview.posts, since)
            async with aclosing(listening.batches(channel)) as batches:
                async for batch in batches:
                    yield batch

    async def recheck(self, posts: Mapping[str, PostUri]) -> Recheck:
        """Ask for these posts again; those that the AppView does not show any more, or may not be shown, are gone.

        Raises:
            SourceError: where it does not answer, which says nothing about the posts.

        """
        asked = [identity for identity in posts if is_address(identity)]
        bad = [f"“{identity[:100]}” is no address of a post." for identity in posts if not is_address(identity)]
        views: dict[str, bytes] = {}
        for page in pages(asked):
            views |= await self._appview.posts(page)
        missing = [uri for uri in asked if uri not in views]
        if missing:
            views |= await self._again(missing, certain=bool(views))
        found: list[Found] = []
        gone = [uri for uri in missing if uri not in views]
        for uri, view in views.items():
            try:
                viewed = self._known.read(view)
            except FAULTS as error:
                bad.append(f"{self.name} sent a post that cannot be read: {str(error)[:200]}")
                continue
            if viewed.found is None:
                gone.append(uri)
            else:
                found.append(viewed.found)
        for uri in gone:
            self._known.forget(uri)
        return Recheck(tuple(found), tuple(gone), tuple(bad))

    async def _again(self, missing: Sequence[str], *, certain: bool) -> dict[str, bytes]:
        """Ask once more for what was not there; where nothing was, once the AppView has shown that it is in order."""
        if not certain:
            await self._appview.check(missing[0].split("/")[2])
        views: dict[str, bytes] = {}
        for page in pages(missing):
            views |= await self._appview.posts(page)
        return views


def _position(cursor: Cursor | None) -> int:
    """Where the stream stood, in microseconds since 1970; 0 for a cursor that is none."""
    value = cursor.value if cursor is not None else ""
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 20 else 0  # noqa: PLR2004  # 64 bits
