"""Posts with a hashtag, by an account or in a list, from any server that speaks the Mastodon API.

Polling finds everything and is enough; where the server streams to our token, posts and deletions come at once. See
https://docs.joinmastodon.org/methods/timelines/ and https://docs.joinmastodon.org/methods/streaming/.
"""

from __future__ import annotations

import re
from contextlib import aclosing
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import quote

from msgspec import Meta

from kiosk.domain.errors import Refused
from kiosk.settings import Fault, SourceTable
from kiosk.sources.hashtags import tag_set
from kiosk.sources.mastodon.accounts import Accounts
from kiosk.sources.mastodon.api import Api
from kiosk.sources.mastodon.instance import Explanations, instance_of
from kiosk.sources.mastodon.recheck import Asking
from kiosk.sources.mastodon.stream import Stream, batch_of
from kiosk.sources.mastodon.timelines import Haul, Reader, Timeline, cursor_of, places_of
from kiosk.sources.source import Batch, Budget

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator, Mapping

    from kiosk.domain.model import Cursor, PostUri
    from kiosk.sources.source import Means, Recheck

_HANDLE: Final = re.compile(r"@?[\w.-]+(@[\w.-]+(:\d+)?)?")
_LIST: Final = re.compile(r"[\w-]+")


class MastodonTable(SourceTable, frozen=True, kw_only=True):
    """A server that speaks the Mastodon API: Mastodon, snac, GoToSocial, Takahē and others."""

    server: Annotated[str, Meta(description="Its address.", examples=["https://mastodon.social"])] = ""
    all: Annotated[
        tuple[str, ...],
        Meta(description="Tags that a post must all have, besides one of the event's.", examples=[("day1",)]),
    ] = ()
    none: Annotated[
        tuple[str, ...], Meta(description="Tags that keep a post out, whatever else it has.", examples=[("nowall",)])
    ] = ()
    accounts: Annotated[
        tuple[str, ...],
        Meta(
            description="Accounts whose posts belong to the event even without its tags, as this server knows them.",
            examples=[("@organiser@example.social",)],
        ),
    ] = ()
    lists: Annotated[
        tuple[str, ...],
        Meta(
            description="Numbers of the token's own lists (they end the list's address), whose posts belong to the "
            "event even without its tags.",
            examples=[("12249",)],
        ),
    ] = ()

    @property
    def needs_hashtags(self) -> bool:  # pyright: ignore[reportIncompatibleVariableOverride]  # it depends on the others
        """Whether there is nothing to read without the event's hashtags."""
        return not (self.accounts or self.lists)

    def faults(self) -> Iterator[Fault]:
        """Its server must be one, accounts must be handles, and lists need the token that they belong to."""
        yield from self.server_faults("server")
        for handle in self.accounts:
            if not _HANDLE.fullmatch(handle):
                yield Fault("accounts", f"“{handle}” is no handle", "@name@server")
        for number in self.lists:
            if not _LIST.fullmatch(number):
                yield Fault("lists", f"“{number}” is no list's number", "12249")
        if self.lists and not self.token_file:
            yield Fault("lists", "lists belong to an account; name its token_file (`kiosk login mastodon` makes one)")


class Mastodon:
    """One server and what of it belongs to the event; several servers are several of these, folded by uri."""

    def __init__(self, table: MastodonTable, means: Means) -> None:
        """Read posts with one of the event's hashtags, and of the table's accounts and lists; nothing is asked yet."""
        self.budget = Budget()
        self._api = Api(table.server, means.token, means.client, self.budget)
        self.name = self._api.name
        self._tags = [tag for tag in (tag.strip().lstrip("#\uff03") for tag in means.hashtags) if tag]
        self._wanted = tag_set(self._tags, table.all, table.none)
        self._fixed = [_tagged(tag) for tag in self._tags] + [_listed(number) for number in table.lists]
        self._lists = table.lists
        self._accounts = Accounts(self._api, table.accounts)
        self._reader = Reader(self._api, self._wanted)
        self._asking = Asking(self._api)
        self._explanations = Explanations(self._api)
        self._stream = Stream(self._api)

    async def poll(self, cursor: Cursor | None) -> Batch:
        """Read each timeline's newest page, and of the older ones as many as one poll may, oldest first.

        Raises:
            Unavailable: the server may answer later.
            Refused: it will not.
            BadPayload: it answered with something else.

        """
        known = places_of(cursor)
        haul = Haul()
        timelines = [*self._fixed, *await self._accounts.timelines()]
        places = {each.path: await self._reader.read_newest(each, known.get(each.path), haul) for each in timelines}
        for timeline in timelines:
            await self._reader.read_older(timeline, places[timeline.path], haul)
        open_gaps = any(place.gaps for place in places.values())
        return Batch(
            found=tuple(sorted(haul.found.values(), key=lambda item: item.post.created_at)),
            cursor=cursor_of(self.name, places),
            bad=tuple(haul.bad),
            more=open_gaps and not self._reader.resting,
            gap=haul.gap,
            wait=haul.wait,
            note=await self._note(haul, open_gaps=open_gaps),
        )

    async def recheck(self, posts: Mapping[str, PostUri]) -> Recheck:
        """Ask for these posts again; one that the server, or else its origin, does not know any more is gone.

        Raises:
            SourceError: where the server does not answer for them, which says nothing about the posts.

        """
        timelines = self._fixed or await self._accounts.timelines()
        return await self._asking.about(posts, timelines[0].path if timelines else "/api/v1/timelines/public")

    async def stream(self, cursor: Cursor | None) -> AsyncGenerator[Batch]:
        """Yield posts, edits and deletions as they come; Mastodon's streams know no cursor, so polls catch up.

        Raises:
            Refused: without a token, or where the server does not stream to it.
            Unavailable: for what may pass, silence for 45 seconds included.

        """
        del cursor
        channels = [("hashtag", tag) for tag in self._tags] + [("list", number) for number in self._lists]
        if not self._api.token:
            raise Refused(
                f"{self.name} streams only to members; posts are read by polling. `kiosk login mastodon "
                f"{self._api.address}` makes a token for token_file."
            )
        if not channels:
            raise Refused(f"{self.name} streams no single accounts; they are read by polling.")
        instance = await instance_of(self._api)
        if not instance.streaming:
            raise Refused(f"{self.name} does not stream; posts are read by polling.")
        async with aclosing(self._stream.events(instance.streaming, channels)) as events:
            async for event in events:
                yield batch_of(event, self.name, self._wanted)

    async def _note(self, haul: Haul, *, open_gaps: bool) -> str:
        if haul.note or self._accounts.note:
            return haul.note or self._accounts.note
        if open_gaps and self._reader.resting:
            minutes = max(1, round(self._reader.resting / 60))
            return f"{self.name} lets older posts be read on in about {minutes} min; new ones come meanwhile."
        if not self._tags:
            return ""
        empty = [timeline.path for timeline in haul.empty]
        return await self._explanations.note([tag for tag in self._tags if _tagged(tag).path in empty])


def _tagged(tag: str) -> Timeline:
    """All tags are asked for one by one: some servers ignore or invert `any[]`, `all[]` and `none[]`."""
    return Timeline(f"/api/v1/timelines/tag/{quote(tag, safe='')}", f"with #{tag}")


def _listed(number: str) -> Timeline:
    return Timeline(f"/api/v1/timelines/list/{quote(number, safe='')}", f"in list {number}", invited=True)
