"""A Matrix room as its member knows it: its id, who is who in it, and the edits met so far; all of it bounded.

See https://spec.matrix.org/v1.11/client-server-api/#joining-rooms and `#getting-events-for-a-room`.
"""

from __future__ import annotations

from collections import OrderedDict
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import msgspec

from kiosk.domain.errors import BadPayload, Misconfigured, Refused, Unavailable
from kiosk.sources.matrix.events import EVENT, FAULTS, MESSAGE, Event, Member, newest_edit, read_member
from kiosk.sources.matrix.homeserver import errcode

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kiosk.sources.matrix.events import Sorted
    from kiosk.sources.matrix.homeserver import Homeserver

MEMBERS: Final = 2_000
"""Members whose names are kept."""

EDITS: Final = 2_000
"""Edited messages whose newest edit is kept, for servers that do not bundle it."""

_NOT_THERE: Final = frozenset({"M_NOT_FOUND", "M_UNKNOWN", "M_INVALID_PARAM", "M_MISSING_PARAM"})


class _Entered(msgspec.Struct, frozen=True):
    room_id: str


class _Rooms(msgspec.Struct, frozen=True):
    joined_rooms: list[str]


class _Edits(msgspec.Struct, frozen=True):
    chunk: list[msgspec.Raw] = []


class Room:
    """One room; `id` is known once it was entered, `note` is what its operator must know of it."""

    def __init__(self, asked: str, home: Homeserver, name: str) -> None:
        """Know it by its address or its id; ask nothing yet."""
        self.id = ""
        self.note = ""
        self._asked = asked
        self._home = home
        self._name = name
        self._members: OrderedDict[str, Member] = OrderedDict()
        self._edits: OrderedDict[str, Event] = OrderedDict()
        self._bundles = False
        self._inside = False

    async def enter(self) -> None:
        """Join it, which does nothing where that was done before.

        Raises:
            Refused: where it is closed to us.
            Misconfigured: where there is no such room.

        """
        if self._inside:
            return
        # A room's id names no server that could be asked for it but, in older rooms, the one it was made on.
        _, _, server = self._asked.partition(":") if self._asked.startswith("!") else ("", "", "")
        via = f"?via={quote(server, safe=':')}&server_name={quote(server, safe=':')}" if server else ""
        response = await self._home.post(f"/v3/join/{quote(self._asked, safe='')}{via}", {})
        if response.status_code == HTTPStatus.FORBIDDEN:
            raise Refused(f"{self._name} is closed to the wall's account: invite it, or make the room public.")
        if response.status_code in {HTTPStatus.NOT_FOUND, HTTPStatus.BAD_REQUEST} and errcode(response) in _NOT_THERE:
            raise Misconfigured(
                f"There is no room {self._asked} for {self._name}; check `room`, or invite the account."
            )
        self._home.accept(response)
        self.id = self._home.decoded(response, _Entered).room_id
        self._inside = True

    def left(self) -> None:
        """We are out of the room: the next read tries to enter it again.

        Raises:
            Refused: always.

        """
        self._inside = False
        raise Refused(f"The wall's account was put out of {self._name}; invite it again.")

    async def confirm_membership(self) -> None:
        """Make sure that a message that was not there is gone: one who is not in the room sees nothing of it.

        Raises:
            SourceError: where we are not in the room, or the server does not say.

        """
        response = await self._home.get("/v3/joined_rooms")
        self._home.accept(response)
        if self.id not in self._home.decoded(response, _Rooms).joined_rooms:
            self.left()

    def learn(self, before: Sorted, now: Sorted) -> None:
        """Remember who is who, the newest edits, and what an operator must know."""
        for who, member in {**before.members, **now.members}.items():
            self._remember_member(who, member)
        for identity, edit in now.edits:
            kept = self._edits.pop(identity, None)
            self._edits[identity] = newest_edit(edit, [kept, edit]) or edit
        while len(self._edits) > EDITS:
            self._edits.popitem(last=False)
        self._bundles = self._bundles or any(event.bundled() for event in now.messages)
        if before.encrypted or now.encrypted:
            self.note = f"{self._name} is encrypted: its posts cannot be read; make a room without encryption."
        if moved_to := now.moved_to or before.moved_to:
            self.note = f"{self._name} was replaced by the room {moved_to}; write that into `room`."

    def edit_of(self, event: Event) -> Event | None:
        """The newest edit of a message that was met so far."""
        return self._edits.get(event.event_id)

    def unedited(self, gone: Iterable[str]) -> list[str]:
        """Messages whose newest edit is among these ids: they are what they were before."""
        taken_back = frozenset(gone)
        back = [identity for identity, edit in self._edits.items() if edit.event_id in taken_back]
        for identity in back:
            del self._edits[identity]
        return back

    async def event(self, identity: str) -> Event | None:
        """A message of the room by its id, None where there is none (for us).

        Raises:
            SourceError: where the server does not say.

        """
        await self.enter()
        response = await self._home.get(f"{self._path}/event/{quote(identity, safe='')}")
        if response.status_code == HTTPStatus.NOT_FOUND and errcode(response) == "M_NOT_FOUND":
            return None
        self._home.accept(response)
        event = self._home.decoded(response, Event)
        try:
            event.words()
        except FAULTS as error:
            raise BadPayload(f"{self._name} sent a message that cannot be read: {str(error)[:200]}") from error
        return event if event.type == MESSAGE else None

    async def edits_of(self, event: Event) -> Sequence[Event]:
        """The edits of a message just asked for: the bundled one, or else those the server lists."""
        bundled = event.bundled()
        if bundled is not None:
            self._bundles = True
            return [bundled]
        if self._bundles:
            return []
        place = quote(event.event_id, safe="")
        response = await self._home.get(f"/v1/rooms/{quote(self.id, safe='')}/relations/{place}/m.replace")
        if response.status_code == HTTPStatus.NOT_FOUND:
            return []  # a server that is older than edits
        self._home.accept(response)
        edits: list[Event] = []
        for item in self._home.decoded(response, _Edits).chunk:
            try:
                edits.append(EVENT.decode(item))
            except FAULTS:
                continue
        return edits

    async def member(self, who: str) -> Member:
        """Who somebody is in the room: as it was said, else as the server says now.

        Raises:
            Unavailable: where the server may say it later.

        """
        if who in self._members:
            self._members.move_to_end(who)
            return self._members[who]
        member = await self._asked_member(f"{self._path}/state/m.room.member/{quote(who, safe='')}")
        if member is None:  # of somebody who left, the room knows no name
            member = await self._asked_member(f"/v3/profile/{quote(who, safe='')}")
        self._remember_member(who, member or Member())
        return member or Member()

    async def _asked_member(self, path: str) -> Member | None:
        response = await self._home.get(path)
        try:
            self._home.accept(response)
            return read_member(response.content)
        except Unavailable:
            raise
        except (Refused, *FAULTS):
            return None

    def _remember_member(self, who: str, member: Member) -> None:
        self._members[who] = member
        self._members.move_to_end(who)
        while len(self._members) > MEMBERS:
            self._members.popitem(last=False)

    @property
    def _path(self) -> str:
        return f"/v3/rooms/{quote(self.id, safe='')}"
