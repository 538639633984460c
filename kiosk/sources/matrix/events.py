"""The events of a Matrix room made into Posts: messages and pictures, their newest edits, and what was redacted.

See https://spec.matrix.org/v1.11/client-server-api/#room-events (messages, `m.replace`, `m.room.redaction`) and
https://spec.matrix.org/v1.11/appendices/#matrix-uri-scheme (a post's global name).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import quote

import msgspec

from kiosk.domain.model import Attachment, Author, Kind, Post, PostUri
from kiosk.domain.text import clean, one_line
from kiosk.sources.source import picture_address

if TYPE_CHECKING:
    from collections.abc import Iterable

MESSAGE: Final = "m.room.message"
REDACTION: Final = "m.room.redaction"
MEMBER: Final = "m.room.member"
ENCRYPTED: Final = ("m.room.encrypted", "m.room.encryption")
UPGRADE: Final = "m.room.tombstone"
KINDS: Final = (MESSAGE, REDACTION, MEMBER, *ENCRYPTED, UPGRADE)
"""Types of events that are asked for."""

FAULTS: Final = (msgspec.DecodeError, UnicodeError, RecursionError, ValueError, OverflowError)
"""What reading a foreign event may raise."""

_WORDS: Final = frozenset({"m.text", "m.emote"})
_PICTURES: Final = {"m.image": Kind.PHOTO, "m.video": Kind.VIDEO}
_REPLACE: Final = "m.replace"
_LONGEST_ID: Final = 255
_WHO: Final = re.compile(r"@[^:\s]*:\S+")
_QUOTED: Final = re.compile(r"> (?:\* )?<@[^>\n]*>[^\n]*(?:\n>[^\n]*)*\n*")
_MXC: Final = re.compile(r"mxc://([\w.:\[\]-]{1,255})/([A-Za-z0-9_-]{1,255})", re.ASCII)
_NOTHING: Final = msgspec.Raw(b"null")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class _Relation(msgspec.Struct, frozen=True):
    rel_type: str | None = None
    event_id: str | None = None
    in_reply_to: Any = msgspec.field(name="m.in_reply_to", default=None)


class _Still(msgspec.Struct, frozen=True):
    thumbnail_url: str | None = None


class _Content(msgspec.Struct, frozen=True):
    msgtype: str | None = None
    body: str | None = None
    filename: str | None = None
    formatted_body: str | None = None
    url: str | None = None
    info: _Still | None = None
    relation: _Relation | None = msgspec.field(name="m.relates_to", default=None)
    new: _Content | None = msgspec.field(name="m.new_content", default=None)
    redacts: str | None = None


class _Bundle(msgspec.Struct, frozen=True):
    replace: msgspec.Raw = msgspec.field(name=_REPLACE, default=_NOTHING)


class _Unsigned(msgspec.Struct, frozen=True):
    redacted_because: Any = None
    redacted_by: Any = None
    relations: _Bundle | None = msgspec.field(name="m.relations", default=None)


class Event(msgspec.Struct, frozen=True):
    """One event as a client gets it; `origin_server_ts` is in milliseconds since 1970."""

    type: str
    event_id: str
    sender: str
    origin_server_ts: int
    content: msgspec.Raw = msgspec.Raw(b"{}")
    unsigned: _Unsigned | None = None
    redacts: str | None = None
    state_key: str | None = None

    @property
    def redacted(self) -> bool:
        """Whether somebody deleted it: its content is then empty."""
        unsigned = self.unsigned or _Unsigned()
        return unsigned.redacted_because is not None or unsigned.redacted_by is not None or self.words() == _Content()

    @property
    def edits(self) -> str:
        """The id of the event that this one replaces, "" for none."""
        relation = self.words().relation
        return (relation.event_id or "") if relation and relation.rel_type == _REPLACE else ""

    def words(self) -> _Content:
        """Its content, as that of a message."""
        return _CONTENT.decode(self.content)

    def bundled(self) -> Event | None:
        """The newest edit, where the server bundles it with its original."""
        relations = self.unsigned.relations if self.unsigned else None
        try:
            return EVENT.decode(relations.replace) if relations else None
        except FAULTS:  # there is none, or a server before Matrix 1.4 only names it
            return None


class Member(NamedTuple):
    """Who somebody is in a room: the name shown, and the mxc address of the avatar."""

    name: str = ""
    avatar: str = ""


class Sorted(NamedTuple):
    """The events of one answer by what they mean, in its order; `edits` are (id of the original, edit)."""

    messages: list[Event]
    edits: list[tuple[str, Event]]
    gone: list[str]
    members: dict[str, Member]
    encrypted: bool
    moved_to: str
    bad: list[str]


class _Profile(msgspec.Struct, frozen=True):
    displayname: str | None = None
    avatar_url: str | None = None
    membership: str | None = None
    replacement_room: str | None = None


EVENT: Final = msgspec.json.Decoder(Event)
_CONTENT: Final = msgspec.json.Decoder(_Content)
_PROFILE: Final = msgspec.json.Decoder(_Profile)


def sort_events(items: Iterable[msgspec.Raw], server: str) -> Sorted:
    """Read events one by one; one that cannot be read loses only itself and leaves a sentence in `bad`."""
    result = Sorted([], [], [], {}, encrypted=False, moved_to="", bad=[])
    for item in items:
        try:
            result = _sort(EVENT.decode(item), result)
        except FAULTS as error:
            result.bad.append(f"{server} sent an event that cannot be read: {str(error)[:200]}")
    return result


def _sort(event: Event, into: Sorted) -> Sorted:
    if event.type == MESSAGE and event.state_key is None:
        edited = event.edits
        if not event.redacted:
            if edited:
                into.edits.append((edited, event))
            else:
                into.messages.append(event)
    elif event.type == REDACTION:
        redacted = event.redacts or event.words().redacts  # in content since room version 11
        if redacted:
            into.gone.append(redacted)
    elif event.type == MEMBER and event.state_key:
        member = read_member(event.content)
        if member is not None:
            into.members[event.state_key] = member
    elif event.type in ENCRYPTED:
        return into._replace(encrypted=True)
    elif event.type == UPGRADE:
        return into._replace(moved_to=one_line(_PROFILE.decode(event.content).replacement_room or "", limit=255))
    return into


def read_member(content: msgspec.Raw | bytes) -> Member | None:
    """Who somebody is by the content of `m.room.member` or of a profile; None of one that left, which says nothing.

    Raises:
        msgspec.DecodeError: where it is neither.

    """
    profile = _PROFILE.decode(content)
    if profile.membership in {"leave", "ban"} and not profile.displayname:
        return None
    return Member(one_line(profile.displayname or "", limit=80), profile.avatar_url or "")


def newest_edit(original: Event, edits: Iterable[Event | None]) -> Event | None:
    """The edit that counts: the newest one by the original's own sender.

    See https://spec.matrix.org/v1.11/client-server-api/#validity-of-replacement-events.
    """
    valid = [edit for edit in edits if edit is not None and edit.sender == original.sender and not edit.redacted]
    return max(valid, key=lambda edit: (edit.origin_server_ts, edit.event_id), default=None)


def read_post(event: Event, edit: Event | None, member: Member, *, room: str, source: str) -> Post | None:
    """Make a post of a message and its newest edit; None for what is none: a notice, a sticker, a place, a file.

    Raises:
        ValueError, OverflowError, msgspec.DecodeError: for a message that cannot be.

    """
    content = event.words()
    if edit is not None:
        content = edit.words().new or content
    text, attachments = _words(content), _attachments(content, source)
    if not text and not attachments:
        return None
    if not event.event_id.startswith("$") or len(event.event_id) > _LONGEST_ID:
        raise ValueError("its id is none")
    return Post(
        uri=global_name(room, event.event_id),
        author=_author(event.sender, member, source),
        text=text,
        created_at=_moment(event.origin_server_ts),
        url=f"https://matrix.to/#/{quote(room, safe='!')}/{quote(event.event_id, safe='')}",
        edited_at=_moment(edit.origin_server_ts) if edit is not None else None,
        sensitive="data-mx-spoiler" in (content.formatted_body or ""),
        attachments=attachments,
    )


def global_name(room: str, event: str) -> PostUri:
    """The `matrix:` URI of an event in a room, both by their ids."""
    safe = ":-._~"
    return PostUri(f"matrix:roomid/{quote(room[1:], safe=safe)}/e/{quote(event[1:], safe=safe)}")


def mxc_parts(address: str) -> tuple[str, str] | None:
    """The server and the media id of an mxc address, or None where it is none."""
    match = _MXC.fullmatch(address)
    return (match[1], match[2]) if match and ".." not in match[1] else None


def _words(content: _Content) -> str:
    body = content.body or ""
    if content.msgtype in _PICTURES:
        # A body beside another file name is a caption; alone it is the file's name.
        return clean(body) if content.filename and content.filename != body else ""
    if content.msgtype not in _WORDS:
        return ""
    if content.relation is not None and content.relation.in_reply_to is not None:
        body = _QUOTED.sub("", body, count=1) if body.startswith(">") else body
    return clean(body)


def _attachments(content: _Content, source: str) -> tuple[Attachment, ...]:
    kind = _PICTURES.get(content.msgtype or "")
    if kind is None:
        return ()
    still = content.info.thumbnail_url if content.info else None
    address = picture(content.url if kind is Kind.PHOTO else still, source)
    return (Attachment(kind, address),) if address else ()


def picture(mxc: str | None, source: str) -> str:
    """The address under which a source fetches an mxc address; "" where it is none."""
    return picture_address(source, mxc) if mxc and mxc_parts(mxc) else ""


def _author(sender: str, member: Member, source: str) -> Author:
    handle = one_line(sender, limit=_LONGEST_ID)
    if len(sender) > _LONGEST_ID or not _WHO.fullmatch(handle):
        raise ValueError("its sender is nobody")
    name = member.name or handle[1:].split(":", maxsplit=1)[0] or handle
    return Author(handle=handle, name=name, avatar=picture(member.avatar, source))


def _moment(milliseconds: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=milliseconds)
