"""What a Telegram bot is told, made into Posts: messages of people and channels, albums, edits; a bad one loses itself.

Shapes as https://core.telegram.org/bots/api documents them (Update, Message, Chat, User, PhotoSize). Telegram never
tells a bot that a message was deleted.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from kiosk.domain.model import Attachment, Author, Kind, Post, PostUri
from kiosk.domain.text import clean, one_line
from kiosk.sources.source import picture_address

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LARGEST_PICTURE: Final = 20_000_000
"""Bytes of a file that a bot may fetch; https://core.telegram.org/bots/api#getfile."""

ALBUMS: Final = 200
"""Albums whose pictures are kept together, should one more of them arrive."""

ALBUM: Final = 10
"""Pictures of one album; https://core.telegram.org/bots/api#sendmediagroup."""

FAULTS: Final = (msgspec.DecodeError, UnicodeError, RecursionError, ValueError, OverflowError, OSError)
"""What reading a foreign message may raise."""

_PICTURES: Final = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif", "image/heic", "image/avif"})
_COMMAND: Final = re.compile(r"/[A-Za-z0-9_]{1,32}(@\w+)?(\s|$)")
_USERNAME: Final = re.compile(r"[A-Za-z0-9_]{1,64}", re.ASCII)
_SUPERGROUP: Final = "-100"


class Chat(msgspec.Struct, frozen=True):
    """Where a message stands: `type` is private, group, supergroup or channel."""

    id: int
    type: str
    title: str | None = None
    username: str | None = None


class _User(msgspec.Struct, frozen=True):
    id: int
    first_name: str = ""
    last_name: str | None = None
    username: str | None = None
    is_bot: bool | None = None


class _File(msgspec.Struct, frozen=True):
    file_id: str
    file_size: int | None = None
    width: int | None = None
    height: int | None = None
    mime_type: str | None = None
    thumbnail: _File | None = None


class _Entity(msgspec.Struct, frozen=True):
    type: str


class Message(msgspec.Struct, frozen=True):
    """One message; times are in seconds since 1970."""

    message_id: int
    date: int
    chat: Chat
    user: _User | None = msgspec.field(name="from", default=None)
    sender_chat: Chat | None = None
    edit_date: int | None = None
    text: str | None = None
    caption: str | None = None
    entities: list[_Entity] | None = None
    caption_entities: list[_Entity] | None = None
    photo: list[_File] | None = None
    document: _File | None = None
    video: _File | None = None
    media_group_id: str | None = None
    has_media_spoiler: bool | None = None
    has_protected_content: bool | None = None
    forward_origin: Any = None
    forward_date: Any = None
    migrate_to_chat_id: int | None = None

    @property
    def is_post(self) -> bool:
        """Whether a person or a channel says something of their own: no bot, no command, nothing forwarded."""
        if self.forward_origin is not None or self.forward_date is not None:
            return False
        if self.sender_chat is None and (self.user is None or self.user.is_bot):
            return False  # who speaks for a group or a channel stands behind a bot's name
        words = self.text or self.caption or ""
        return bool(words or self.photo or self.document or self.video) and not _COMMAND.match(words)


class _Update(msgspec.Struct, frozen=True):
    message: Message | None = None
    edited_message: Message | None = None
    channel_post: Message | None = None
    edited_channel_post: Message | None = None


class _Numbered(msgspec.Struct, frozen=True):
    update_id: int


class Updates(NamedTuple):
    """The messages of one answer, the number of its newest update, and a sentence for each that cannot be read."""

    messages: list[Message]
    newest: int | None
    bad: list[str]


_NUMBERED: Final = msgspec.json.Decoder(_Numbered)
_UPDATE: Final = msgspec.json.Decoder(_Update)


def read_updates(items: Iterable[msgspec.Raw], name: str) -> Updates:
    """Read updates one by one; also one that cannot be read counts as read, or it would come for ever."""
    messages: list[Message] = []
    bad: list[str] = []
    newest: int | None = None
    for item in items:
        try:
            number = _NUMBERED.decode(item).update_id
            newest = number if newest is None else max(newest, number)
            update = _UPDATE.decode(item)
        except FAULTS as error:
            bad.append(f"{name} was sent something that cannot be read: {str(error)[:200]}")
            continue
        told = (update.message, update.edited_message, update.channel_post, update.edited_channel_post)
        messages += [message for message in told if message is not None]
    return Updates(messages, newest, bad)


class Albums:
    """Pictures that were sent together are one post: each message of an album is joined to those that came before."""

    def __init__(self) -> None:
        """Know of none."""
        self._kept: OrderedDict[tuple[int, str], dict[int, Message]] = OrderedDict()

    def joined(self, message: Message) -> tuple[Message, ...]:
        """All messages of the post that this one belongs to; the one met first names it and stays the first."""
        if not message.media_group_id:
            return (message,)
        key = (message.chat.id, message.media_group_id)
        album = self._kept.setdefault(key, {})
        self._kept.move_to_end(key)
        if message.message_id in album or len(album) < ALBUM:
            album[message.message_id] = message
        while len(self._kept) > ALBUMS:
            self._kept.popitem(last=False)
        first, *others = album.values()
        return (first, *sorted(others, key=lambda other: other.message_id))


def read_post(messages: Sequence[Message], source: str) -> Post | None:
    """Make a post of the messages of an album, or of a single one; None where there is nothing to show.

    Raises:
        ValueError, OverflowError, OSError: for a message that cannot be.

    """
    first = messages[0]
    text = next((words for each in messages if (words := clean(each.text or each.caption or ""))), "")
    attachments = tuple(item for each in messages for item in _attachments(each, source))
    if not text and not attachments:
        return None
    edits = [_moment(each.edit_date) for each in messages if each.edit_date]
    return Post(
        uri=global_name(first.chat, first.message_id),
        author=_author(first),
        text=text,
        created_at=_moment(first.date),
        url=_link(first.chat, first.message_id),
        edited_at=max(edits, default=None),
        sensitive=any(map(_hidden, messages)),
        attachments=attachments,
        remarks=_remarks(first),
    )


def local_id(message: Message) -> str:
    """The id by which the bot knows a message: chat and number."""
    return f"{message.chat.id}/{message.message_id}"


def global_name(chat: Chat, number: int) -> PostUri:
    """A message's name by its chat's id, which stays when the chat's public name changes."""
    if str(chat.id).startswith(_SUPERGROUP):
        return PostUri(f"https://t.me/c/{str(chat.id).removeprefix(_SUPERGROUP)}/{number}")
    return PostUri(f"telegram:{chat.id}/{number}")


def _link(chat: Chat, number: int) -> str:
    """Where people find a message, "" in a private chat or a small group."""
    if chat.type == "private" or not str(chat.id).startswith(_SUPERGROUP):
        return ""
    return f"https://t.me/{chat.username}/{number}" if _named(chat.username) else global_name(chat, number)


def _author(message: Message) -> Author:
    """Who speaks: a channel, a group in its admin's stead, or a person; ids stand in for those without a name."""
    chat, user = message.sender_chat, message.user
    if chat is not None:
        name = one_line(chat.title or "", limit=80)
        return _called(chat.username, f"chat{abs(chat.id)}", name)
    if user is None:
        raise ValueError("nobody sent it")
    return _called(user.username, f"id{user.id}", one_line(f"{user.first_name} {user.last_name or ''}", limit=80))


def _called(username: str | None, otherwise: str, name: str) -> Author:
    handle = username if username and _named(username) else otherwise
    return Author(handle=f"@{handle}@t.me", name=name or handle)


def _named(username: str | None) -> bool:
    return bool(username and _USERNAME.fullmatch(username))


def _attachments(message: Message, source: str) -> tuple[Attachment, ...]:
    """The largest size of a photo that a bot may fetch, a picture sent as a file, or the still of a film."""
    sizes = [size for size in message.photo or () if (size.file_size or 0) <= LARGEST_PICTURE and size.file_id]
    if sizes:
        largest = max(sizes, key=lambda size: (size.width or 0) * (size.height or 0))
        return (Attachment(Kind.PHOTO, picture_address(source, largest.file_id)),)
    film, file = message.video, message.document
    if film is not None and film.thumbnail is not None and film.thumbnail.file_id:
        return (Attachment(Kind.VIDEO, picture_address(source, film.thumbnail.file_id)),)
    fit = file is not None and file.mime_type in _PICTURES and (file.file_size or 0) <= LARGEST_PICTURE
    return (Attachment(Kind.PHOTO, picture_address(source, file.file_id)),) if file and fit and file.file_id else ()


def _hidden(message: Message) -> bool:
    """Whether it is shown only to those who tap on it."""
    entities = [*(message.entities or ()), *(message.caption_entities or ())]
    return bool(message.has_media_spoiler) or any(entity.type == "spoiler" for entity in entities)


def _remarks(message: Message) -> tuple[str, ...]:
    said = ("It was sent to the bot in private.",) if message.chat.type == "private" else ()
    return (*said, "Its chat forbids forwarding.") if message.has_protected_content else said


def _moment(seconds: int) -> datetime:
    if seconds <= 0:
        raise ValueError("it has no date")
    return datetime.fromtimestamp(seconds, UTC)
