"""A small Bot API on loopback, after its documentation: updates kept until confirmed, long polls, files, refusals.

Telegram's own is not to be had here; shapes and rules are those of https://core.telegram.org/bots/api.
"""

from __future__ import annotations

import json
import threading
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

from factories import EVENING
from servers.scripted import Answer, Asked, Scripted

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"  # noqa: S105  # the documentation's own example
ADA = {"id": 42, "is_bot": False, "first_name": "Ada", "last_name": "Lovelace", "username": "ada"}
GRACE = {"id": 43, "is_bot": False, "first_name": "Grace"}
HALL = {"id": -1001234567890, "type": "supergroup", "title": "The hall"}
NEWS = {"id": -1009876543210, "type": "channel", "title": "News", "username": "hallnews"}
ALONE = {"id": 42, "type": "private", "first_name": "Ada", "username": "ada"}
_DEFAULT_LIMIT = 100


class BotApi(Scripted):
    """One bot with its unconfirmed updates; messages are numbered over all chats."""

    def __init__(self) -> None:
        super().__init__()
        self.updates: list[dict[str, Any]] = []
        self.files: dict[str, bytes] = {}
        self.sees_all = True
        self.webhook = False
        self.troubles: list[Answer] = []
        """What goes wrong next, one for each call of a method."""
        self._number = 0
        self._news = threading.Condition()
        self._polls = 0

    def tell(self, kind: str, message: dict[str, Any]) -> dict[str, Any]:
        """An update about a message, of a kind that Update documents."""
        with self._news:
            newest = self.updates[-1]["update_id"] if self.updates else 700 + self._number
            self.updates.append({"update_id": newest + 1, kind: message})
            self._number += 1
            self._news.notify_all()
        return message

    def message(self, chat: dict[str, Any] = HALL, who: dict[str, Any] | None = ADA, **content: Any) -> dict[str, Any]:
        """A message nobody has heard of yet."""
        with self._news:
            self._number += 1
            number = self._number
        sender = {} if who is None else {"from": who}
        return {"message_id": number, "date": int(EVENING.timestamp()) + number, "chat": chat} | sender | content

    def say(self, text: str, **more: Any) -> dict[str, Any]:
        return self.tell("message", self.message(text=text, **more))

    def post(self, text: str, **more: Any) -> dict[str, Any]:
        """A channel's own words."""
        chat = more.pop("chat", NEWS)
        return self.tell("channel_post", self.message(chat, None, sender_chat=chat, text=text, **more))

    def photo(self, picture: bytes, **more: Any) -> dict[str, Any]:
        return self.tell("message", self.message(photo=self.sizes(picture), **more))

    def sizes(self, picture: bytes) -> list[dict[str, Any]]:
        """A PhotoSize for each size, smallest first; the largest is the picture itself."""
        name = f"AgACAgIAAx{len(self.files)}_-x"
        self.files |= {f"{name}s": picture[:10], name: picture}
        sizes = [(f"{name}s", 90, 60, 10), (name, 1280, 853, len(picture))]
        return [
            {"file_id": each, "file_unique_id": each[::-1], "width": width, "height": height, "file_size": size}
            for each, width, height, size in sizes
        ]

    def edit(self, message: dict[str, Any], **changes: Any) -> dict[str, Any]:
        kind = "edited_channel_post" if message["chat"]["type"] == "channel" else "edited_message"
        return self.tell(kind, message | {"edit_date": message["date"] + 60} | changes)

    def answer(self, asked: Asked) -> Answer:
        parts = urlsplit(asked.target)
        given = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        if parts.path.startswith(f"/file/bot{TOKEN}/"):
            picture = self.files.get(parts.path.rsplit("/", 1)[1].removesuffix(".jpg"))
            missing = Answer(404, refusal(404, "Not Found"))
            return missing if picture is None else Answer(200, picture, {"Content-Type": "image/jpeg"})
        bot, _, method = parts.path.removeprefix("/").partition("/")
        if bot != f"bot{TOKEN}":
            return Answer(401, refusal(401, "Unauthorized"))
        if self.troubles:
            return self.troubles.pop(0)
        known = {"getMe": self._get_me, "getUpdates": self._get_updates, "getFile": self._get_file}
        return known[method](given) if method in known else Answer(404, refusal(404, "Not Found"))

    def _get_me(self, _: dict[str, str]) -> Answer:
        itself = {"id": 110201543, "is_bot": True, "first_name": "Wall", "username": "wall_bot"}
        return result(itself | {"can_join_groups": True, "can_read_all_group_messages": self.sees_all})

    def _get_file(self, given: dict[str, str]) -> Answer:
        name = given.get("file_id", "")
        if name not in self.files:
            return Answer(400, refusal(400, "Bad Request: wrong file_id or the file is temporarily unavailable"))
        path = f"photos/{name}.jpg"
        return result({"file_id": name, "file_unique_id": name[::-1], "file_size": 1, "file_path": path})

    def _get_updates(self, given: dict[str, str]) -> Answer:
        """Confirm what is older than the offset, then wait for as long as there is nothing; one call at a time."""
        if self.webhook:
            words = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete it"
            return Answer(409, refusal(409, f"{words} first"))
        with self._news:
            self._polls += 1
            mine = self._polls
            self._news.notify_all()
            self.updates = [each for each in self.updates if each["update_id"] >= int(given.get("offset", 0))]
            until = time.monotonic() + float(given.get("timeout", 0))
            while not self.updates and mine == self._polls and time.monotonic() < until:
                self._news.wait(until - time.monotonic())
            if mine != self._polls:
                words = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is "
                return Answer(409, refusal(409, f"{words}running"))
            wanted = set(json.loads(given.get("allowed_updates", "[]")))
            page = self.updates[: int(given.get("limit", _DEFAULT_LIMIT))]
            return result([each for each in page if not wanted or wanted & each.keys()])

    def end_polls(self) -> None:
        """Let a waiting poll end, as another program's poll would."""
        with self._news:
            self._polls += 1
            self._news.notify_all()


def result(value: Any) -> Answer:
    return Answer(200, {"ok": True, "result": value})


def refusal(code: int, description: str, **parameters: Any) -> dict[str, Any]:
    more = {"parameters": parameters} if parameters else {}
    return {"ok": False, "error_code": code, "description": description} | more
