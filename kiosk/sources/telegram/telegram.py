"""Posts that people send to a Telegram bot, or write where it is a member; asked for with patience, confirmed late.

An update counts as received once a later one is asked for, so the offset only moves with a committed cursor. One
question at a time: a second one ends the first with 409. See https://core.telegram.org/bots/api#getupdates.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, ClassVar, Final

import msgspec
from msgspec import Meta

from kiosk.domain.model import Cursor
from kiosk.domain.text import one_line
from kiosk.settings import Fault, SourceTable
from kiosk.sources.source import Batch, Budget, Found, Recheck
from kiosk.sources.telegram.bot import Bot
from kiosk.sources.telegram.updates import FAULTS, Albums, local_id, read_post, read_updates

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kiosk.domain.model import PostUri
    from kiosk.sources.source import Means
    from kiosk.sources.telegram.updates import Chat, Message

PATIENCE: Final = 15
"""Seconds that Telegram may keep a question before it answers that nothing came."""

PAGE: Final = 100
_OVERDUE: Final = 15.0
"""Seconds after that patience beyond which an answer does not come any more."""

_STALE: Final = timedelta(days=6)
"""After a week without updates their numbers begin anew, anywhere; an older offset means nothing."""

_CURSOR: Final = re.compile(r"(\d{1,12}) (\d{1,11})", re.ASCII)
_KINDS: Final = '["message","edited_message","channel_post","edited_channel_post"]'


class TelegramTable(SourceTable, frozen=True, kw_only=True):
    """A Telegram bot: what is sent to it in private, and what is written in the groups and channels it is in."""

    needs_hashtags: ClassVar[bool] = False

    server: Annotated[str, Meta(description="The Bot API; your own server's address, where you run one.")] = (
        "https://api.telegram.org"
    )
    chat: Annotated[
        str,
        Meta(
            description="The group or channel that counts, as @name or by its id; empty: every one the bot is in.",
            examples=["@mytweetup"],
        ),
    ] = ""
    private: Annotated[
        bool, Meta(description="Whether what people send to the bot in private is meant for the wall.")
    ] = True
    interval: Annotated[float, Meta(ge=5, le=3600, description="Seconds between two polls.")] = 5.0

    @property
    def where(self) -> str:
        """The chat, to tell it from others."""
        return self.chat

    def faults(self) -> Iterator[Fault]:
        """A chat must be one, and a bot has a token."""
        yield from self.server_faults("server")
        if self.chat and not re.fullmatch(r"@\w+|-?\d+", self.chat, re.ASCII):
            yield Fault("chat", f"“{self.chat}” is neither a chat's @name nor its id", "@…")
        if not self.token_file:
            yield Fault("token_file", "a bot is needed; name the file that holds the token that @BotFather gave it")


class _Itself(msgspec.Struct, frozen=True):
    username: str = ""
    can_read_all_group_messages: bool = False


class Telegram:
    """One bot; what it was sent is kept for a day at Telegram, so an outage of hours loses nothing."""

    def __init__(self, table: TelegramTable, means: Means) -> None:
        """Read with the token that @BotFather gave."""
        self._bot = Bot(table.server, means.token, means.client)
        self.name = self._bot.name
        self.budget = Budget()
        self._chats = {table.chat.casefold()} - {""}
        self._private = table.private
        self._albums = Albums()
        self._itself: _Itself | None = None
        self._patience = 0  # the first answer is wanted at once
        self._met_group, self._heard = bool(self._chats), False
        self._elsewhere = self._moved = ""

    async def poll(self, cursor: Cursor | None) -> Batch:
        """Read what was sent since `cursor`, oldest first; the server may take `PATIENCE` seconds where nothing was.

        Raises:
            Unavailable: Telegram may answer later.
            Refused: it will not: the token is not valid, or another program reads this bot.
            BadPayload: something else answered.

        """
        if self._itself is None:
            self._itself = await self._bot.ask("getMe", _Itself)
        asked = [("timeout", str(self._patience)), ("limit", str(PAGE)), ("allowed_updates", _KINDS)]
        offset = _offset(cursor, datetime.now(UTC))
        asked += [("offset", str(offset))] if offset else []
        items = await self._bot.ask("getUpdates", list[msgspec.Raw], asked, self._patience + _OVERDUE)
        self._patience = PATIENCE
        updates = read_updates(items, self.name)
        found, bad = self._read([message for message in updates.messages if self._wanted(message)])
        if updates.newest is not None:
            cursor = Cursor(self.name, f"{updates.newest + 1} {int(datetime.now(UTC).timestamp())}")
        return Batch(
            found=tuple(sorted(found, key=lambda item: item.post.created_at)),
            cursor=cursor,
            bad=(*updates.bad, *bad),
            more=len(items) >= PAGE and updates.newest is not None,
            note=self._note(),
        )

    async def recheck(self, posts: Mapping[str, PostUri]) -> Recheck:  # noqa: ARG002  # the protocol's own name
        """Say nothing: a bot cannot ask for a message, and is told of edits, but never of deletions."""
        return Recheck()

    async def picture(self, reference: str) -> bytes:
        """Fetch a picture by its `file_id`, at most 20 MB."""
        return await self._bot.picture(reference)

    def _read(self, messages: Sequence[Message]) -> tuple[list[Found], list[str]]:
        """Posts of these messages, an album's folded into one, and a sentence for each that cannot be read."""
        found: dict[str, Found] = {}
        bad: list[str] = []
        for message in messages:
            whole = self._albums.joined(message)
            try:
                post = read_post(whole, self.name)
            except FAULTS as error:
                bad.append(f"{self.name} was sent a message that cannot be read: {str(error)[:200]}")
                continue
            if post is not None:
                found[local_id(whole[0])] = Found(post, local_id(whole[0]))
        return list(found.values()), bad

    def _wanted(self, message: Message) -> bool:
        chat = message.chat
        if message.migrate_to_chat_id is not None and str(chat.id) in self._chats:
            self._chats.add(str(message.migrate_to_chat_id))
            self._moved = f"The group has a new id; write {message.migrate_to_chat_id} into `chat`."
        if chat.type == "private":
            return self._private and message.is_post
        if self._chats and not self._chats & {str(chat.id), f"@{chat.username or ''}".casefold()}:
            self._elsewhere = _titled(chat)
            return False
        self._met_group = self._met_group or chat.type != "channel"
        self._heard = self._heard or message.is_post
        return message.is_post

    def _note(self) -> str:
        notes = [self._moved] if self._moved else []
        if self._elsewhere:
            notes.append(f"The bot also reads {self._elsewhere}, which is not the `chat` that counts.")
        itself = self._itself or _Itself()
        if self._met_group and not self._heard and not itself.can_read_all_group_messages:
            notes.append(
                f"In groups, Telegram shows @{one_line(itself.username, limit=40)} only commands and replies: turn "
                "its privacy off at @BotFather (/setprivacy) and add it again, or make it an administrator."
            )
        return " ".join(notes)


def _offset(cursor: Cursor | None, now: datetime) -> int | None:
    """The next update that is wanted; None, all that are not confirmed, for a cursor that is none or stale."""
    match = _CURSOR.fullmatch(cursor.value) if cursor is not None else None
    if match is None or now.timestamp() - int(match[2]) > _STALE.total_seconds():
        return None
    return int(match[1])


def _titled(chat: Chat) -> str:
    return f"“{one_line(chat.title or chat.username or '', limit=60)}” ({chat.id})"
