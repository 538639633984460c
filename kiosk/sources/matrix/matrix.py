"""Posts from a Matrix room: synchronised from where the last read ended, back-filled where that was too much.

A poll reads on from its token; the stream is the same question asked with patience. See
https://spec.matrix.org/v1.11/client-server-api/#syncing and `#get_matrixclientv3roomsroomidmessages`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, ClassVar, Final
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from kiosk.domain.errors import BadPayload, Misconfigured, Refused, SourceError, Unavailable
from kiosk.domain.model import Cursor
from kiosk.settings import Fault, SourceTable
from kiosk.sources.hashtags import carries, same_tag
from kiosk.sources.matrix.events import FAULTS, newest_edit, read_post, sort_events
from kiosk.sources.matrix.homeserver import Homeserver
from kiosk.sources.matrix.room import Room
from kiosk.sources.matrix.timeline import Place, Timeline, read_place
from kiosk.sources.source import Batch, Budget, Found, Recheck, stream_cursor

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping, Sequence

    from kiosk.domain.model import PostUri
    from kiosk.sources.matrix.events import Event
    from kiosk.sources.source import Means

PATIENCE: Final = 15.0
"""Seconds that the server may keep a question of the stream before it answers that nothing came."""

FOLLOWED: Final = 100
"""Messages asked for in one read because their edits were met without them."""

FAILURES: Final = 5
"""Posts in a row that cannot be asked about, after which the others are left for the next time."""


class MatrixTable(SourceTable, frozen=True, kw_only=True):
    """A Matrix room that the wall's own account is a member of; every message of the room belongs to the event."""

    needs_hashtags: ClassVar[bool] = False

    server: Annotated[
        str, Meta(description="The homeserver of the wall's account.", examples=["https://matrix.org"])
    ] = ""
    room: Annotated[
        str,
        Meta(
            description="The room's address, or its id; invite the wall's account, or make the room public.",
            examples=["#mytweetup:matrix.org"],
        ),
    ] = ""
    only_tagged: Annotated[bool, Meta(description="Whether only messages with one of the event's hashtags count.")] = (
        False
    )

    @property
    def where(self) -> str:
        """The room, to tell it from others of its homeserver."""
        return self.room

    def faults(self) -> Iterator[Fault]:
        """A homeserver, a room and a token there must be."""
        yield from self.server_faults("server")
        if not re.fullmatch(r"#[^\s:]+:\S+|![^\s:]+(?::\S+)?", self.room):
            yield Fault("room", f"“{self.room}” is no room", "#room:server")
        if not self.token_file:
            yield Fault("token_file", "a Matrix account is needed; name the file that holds its access token")


class Matrix:
    """One room, read as a member of it; the same room from two homeservers is folded by uri behind them."""

    def __init__(self, table: MatrixTable, means: Means) -> None:
        """Read `table.room` with the access token of the wall's account."""
        host = urlsplit(table.server).netloc or table.server
        self.name = f"{host} {table.room}"
        self.budget = Budget()
        self._home = Homeserver(table.server, means.token, means.client, self.name)
        self._room = Room(table.room, self._home, self.name)
        self._timeline = Timeline(self._home, self.name)
        self._wanted = frozenset(map(same_tag, means.hashtags)) - {""} if table.only_tagged else None

    async def poll(self, cursor: Cursor | None) -> Batch:
        """Read on from the cursor's token, oldest first; without one the newest page.

        Raises:
            Unavailable: the server may answer later.
            Refused: it will not: the room, the membership or the token must change.
            BadPayload: it answered with something else.

        """
        batch, place = await self._read(read_place(cursor), 0)
        return msgspec.structs.replace(batch, cursor=Cursor(self.name, place.written()))

    async def stream(self, cursor: Cursor | None) -> AsyncGenerator[Batch]:
        """Yield what the room says as it is said; an empty batch every quarter of a minute says that all is well."""
        place, patience = read_place(cursor), 0.0
        while True:
            batch, place = await self._read(place, patience)
            yield msgspec.structs.replace(batch, cursor=stream_cursor(self.name, place.written()), more=False)
            patience = 0.0 if place.behind else PATIENCE

    async def picture(self, reference: str) -> bytes:
        """Fetch a picture by its mxc address, at most 15 MB."""
        return await self._home.picture(reference)

    async def recheck(self, posts: Mapping[str, PostUri]) -> Recheck:
        """Ask for each of these messages again, one after the other; a redacted one is gone.

        Raises:
            SourceError: where the room is closed to us, which says nothing about the posts.

        """
        found: list[Found] = []
        gone: list[str] = []
        bad: list[str] = []
        failures = 0
        for identity in posts:
            try:
                item = await self._ask_one(identity)
            except SourceError as error:
                bad.append(str(error))
                failures += 1
                if failures == FAILURES or (isinstance(error, Unavailable) and error.retry_after):
                    break
                continue
            failures = 0
            if item is None:
                gone.append(identity)
            else:
                found.append(item)
        if gone:
            await self._room.confirm_membership()
        return Recheck(tuple(found), tuple(gone), tuple(bad))

    async def _ask_one(self, identity: str) -> Found | None:
        event = await self._room.event(identity)
        if event is None or event.redacted:
            return None
        return await self._found(event, await self._room.edits_of(event))

    async def _read(self, place: Place, patience: float) -> tuple[Batch, Place]:
        """What a read from a place found, and the place behind it; the server may take `patience` seconds."""
        if self._wanted == frozenset():
            raise Misconfigured(f"{self.name} counts only tagged messages, but [event] names no hashtags.")
        await self._room.enter()
        read = await self._timeline.read(self._room.id, place, patience)
        if read.left:
            self._room.left()
        batch = await self._digest(read.events, read.state)
        return msgspec.structs.replace(batch, more=bool(read.place.behind), gap=read.gap), read.place

    async def _digest(self, events: Sequence[msgspec.Raw], state: Sequence[msgspec.Raw]) -> Batch:
        """What these events mean for the wall: posts, edits of posts, and ids that are gone."""
        before, now = sort_events(state, self.name), sort_events(events, self.name)
        self._room.learn(before, now)
        gone = frozenset(now.gone)
        originals = {event.event_id: event for event in now.messages if event.event_id not in gone}
        changed = [*(identity for identity, _ in now.edits), *self._room.unedited(gone)]
        bad = [*before.bad, *now.bad]
        bad += await self._fetch_originals([each for each in changed if each not in gone], originals)
        found: list[Found] = []
        for event in originals.values():
            try:
                item = await self._found(event, [event.bundled(), self._room.edit_of(event)])
            except BadPayload as error:
                bad.append(str(error))
                continue
            if item is not None and (self._wanted is None or carries(item.post, self._wanted)):
                found.append(item)
        found.sort(key=lambda item: item.post.created_at)
        return Batch(found=tuple(found), bad=tuple(bad), gone=tuple(now.gone), note=self._room.note)

    async def _fetch_originals(self, identities: Sequence[str], originals: dict[str, Event]) -> list[str]:
        """Ask for messages whose edits were met without them, adding them; sentences for those not asked for."""
        missing = [each for each in dict.fromkeys(identities) if each not in originals]
        left = len(missing) - FOLLOWED
        bad = [f"{self.name} sent {left} edits more than are followed at a time."] if left > 0 else []
        for identity in missing[:FOLLOWED]:
            try:
                event = await self._room.event(identity)
            except (BadPayload, Refused) as error:
                bad.append(str(error))
                continue
            if event is not None and not event.redacted and not event.edits:
                originals[identity] = event
        return bad

    async def _found(self, event: Event, edits: Iterable[Event | None]) -> Found | None:
        member = await self._room.member(event.sender)
        try:
            edit = newest_edit(event, edits)
            post = read_post(event, edit, member, room=self._room.id, source=self.name)
        except FAULTS as error:
            raise BadPayload(f"{self.name} sent a message that cannot be read: {str(error)[:200]}") from error
        return None if post is None else Found(post, event.event_id)
