"""Reading a Matrix room on from where the last read ended, and back over what was too much for one answer.

See https://spec.matrix.org/v1.11/client-server-api/#syncing: a timeline that is `limited` has a gap in front of it,
which `#get_matrixclientv3roomsroomidmessages` fills from its end towards its beginning.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import msgspec

from kiosk.sources.matrix.events import FAULTS, KINDS

if TYPE_CHECKING:
    from kiosk.domain.model import Cursor
    from kiosk.sources.matrix.homeserver import Homeserver

PAGE: Final = 100
"""Events asked for at a time; also the timeline of a sync."""

PAGES_AT_ONCE: Final = 10
"""Pages filled back in one read: a thousand events."""

MOST_PAGES: Final = 300
"""Pages filled back at most after an outage: 30,000 events, two and a half hours at 200 a minute."""

_OVERDUE: Final = 15.0
"""Seconds after the server's patience beyond which its answer does not come any more."""


class Place(msgspec.Struct, frozen=True):
    """How far a room was read: on from `since`, and back from `behind` to `until`, `pages` of which were read."""

    since: str = ""
    behind: str = ""
    until: str = ""
    pages: int = 0

    def written(self) -> str:
        """As a cursor keeps it."""
        return msgspec.json.encode(self).decode()


def read_place(cursor: Cursor | None) -> Place:
    """The place in a cursor; one that cannot be read counts as none."""
    try:
        return _PLACE.decode(cursor.value) if cursor is not None else Place()
    except FAULTS:
        return Place()


class Stretch(msgspec.Struct):
    """What one read brought: events oldest first, the state around them, and the place behind them.

    `left` says that we are out of the room, `gap` what was lost.
    """

    place: Place
    events: list[msgspec.Raw] = []
    state: list[msgspec.Raw] = []
    left: bool = False
    gap: str = ""


class _Events(msgspec.Struct, frozen=True):
    events: list[msgspec.Raw] = []


class _Recent(msgspec.Struct, frozen=True):
    events: list[msgspec.Raw] = []
    limited: bool = False
    prev_batch: str | None = None


class _Joined(msgspec.Struct, frozen=True):
    timeline: _Recent = _Recent()
    state: _Events = _Events()


class _Rooms(msgspec.Struct, frozen=True):
    join: dict[str, _Joined] = {}
    leave: dict[str, msgspec.Raw] = {}


class _Sync(msgspec.Struct, frozen=True):
    next_batch: str
    rooms: _Rooms = _Rooms()


class _Page(msgspec.Struct, frozen=True):
    chunk: list[msgspec.Raw] = []
    state: list[msgspec.Raw] = []
    end: str | None = None


_PLACE: Final = msgspec.json.Decoder(Place)


class Timeline:
    """Asks a homeserver for the events of one room."""

    def __init__(self, home: Homeserver, name: str) -> None:
        """Ask `home`; `name` is how the room is called in sentences."""
        self._home = home
        self._name = name

    async def read(self, room: str, place: Place, patience: float) -> Stretch:
        """Read on from a place, at most `PAGES_AT_ONCE` pages; the server may take `patience` seconds for news.

        Raises:
            SourceError: as `Homeserver.accept` says.

        """
        stretch = Stretch(place)
        if not place.behind:
            await self._sync(room, stretch, patience)
        for _ in range(PAGES_AT_ONCE):
            if not stretch.place.behind:
                break
            await self._fill_back(room, stretch)
        return stretch

    async def _sync(self, room: str, stretch: Stretch, patience: float) -> None:
        since = stretch.place.since
        asked = [("filter", _filter(room)), ("timeout", str(round(patience * 1000))), ("set_presence", "offline")]
        seconds = patience + _OVERDUE if patience else None
        response = await self._home.get("/v3/sync", [*asked, *([("since", since)] if since else [])], seconds=seconds)
        if response.status_code == HTTPStatus.BAD_REQUEST and since:
            stretch.place = Place()
            stretch.gap = f"{self._name} does not know any more how far it was read; its newest page was read instead."
            await self._sync(room, stretch, 0)
            return
        self._home.accept(response)
        answer = self._home.decoded(response, _Sync)
        stretch.left = room in answer.rooms.leave
        joined = answer.rooms.join.get(room, _Joined())
        stretch.events += joined.timeline.events
        stretch.state += joined.state.events
        behind = joined.timeline.prev_batch if joined.timeline.limited and since else None
        stretch.place = Place(answer.next_batch, behind or "", since if behind else "")

    async def _fill_back(self, room: str, stretch: Stretch) -> None:
        place = stretch.place
        if place.pages >= MOST_PAGES:
            stretch.place = Place(place.since)
            stretch.gap = f"{self._name} had more than {MOST_PAGES * PAGE} new messages; the oldest were not read."
            return
        asked = [("dir", "b"), ("from", place.behind), ("to", place.until), ("limit", str(PAGE)), ("filter", _PAGES)]
        response = await self._home.get(f"/v3/rooms/{quote(room, safe='')}/messages", asked)
        if response.status_code == HTTPStatus.BAD_REQUEST:
            stretch.place = Place(place.since)
            stretch.gap = f"{self._name} does not know any more what was missed; that was not read."
            return
        self._home.accept(response)
        page = self._home.decoded(response, _Page)
        stretch.events[:0] = reversed(page.chunk)
        stretch.state += page.state
        more = page.end is not None and page.end not in {"", place.until, place.behind}
        stretch.place = Place(place.since, page.end or "", place.until, place.pages + 1) if more else Place(place.since)


def _filter(room: str) -> str:
    """Only this room, only what is read of it, with the members that speak in it.

    Members are sent again each time, because polls and the stream are one device to the server. See
    https://spec.matrix.org/v1.11/client-server-api/#filtering.
    """
    none = {"not_types": ["*"]}
    state = _WANTED | {"types": ["m.room.member", "m.room.encryption", "m.room.tombstone"]}
    inside = {"rooms": [room], "timeline": _WANTED | {"limit": PAGE}, "state": state, "ephemeral": none}
    whole = {"room": inside | {"account_data": none}, "presence": none, "account_data": none}
    return msgspec.json.encode(whole).decode()


_WANTED: Final = {"types": list(KINDS), "lazy_load_members": True, "include_redundant_members": True}
_PAGES: Final = msgspec.json.encode(_WANTED).decode()
