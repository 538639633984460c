"""A homeserver and a mailbox that are as small as can be, for what must be asked ten thousand times."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

from servers.imap_script import ScriptedImap
from servers.scripted import Answer, Asked, Scripted

if TYPE_CHECKING:
    from collections.abc import Callable

ROOM = "!hall:hall.test"
_MISSING = Answer(404, {"errcode": "M_NOT_FOUND", "error": "Not found"})


class Homeserver(Scripted):
    """One Matrix room that everybody is in; what happened in it is in `events`."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[dict[str, Any]] = []

    def say(self, identity: str, text: str, **content: Any) -> None:
        self.events.append(
            {
                "type": "m.room.message",
                "event_id": identity,
                "sender": "@ada:hall.test",
                "origin_server_ts": 1_795_802_400_000 + 1000 * len(self.events),
                "content": {"msgtype": "m.text", "body": text, **content},
            }
        )

    def edit(self, identity: str, text: str) -> None:
        new = {"msgtype": "m.text", "body": text}
        relation = {"rel_type": "m.replace", "event_id": identity}
        self.say(f"{identity}e", f"* {text}", **{"m.new_content": new, "m.relates_to": relation})

    def redact(self, identity: str) -> None:
        known = next(event for event in self.events if event["event_id"] == identity)
        told = {"type": "m.room.redaction", "event_id": f"{identity}r", "sender": "@ada:hall.test", "redacts": identity}
        told |= {"origin_server_ts": 1_795_802_499_000, "content": {"redacts": identity}}
        known |= {"content": {}, "unsigned": {"redacted_because": told}}
        self.events.append(told)

    def answer(self, asked: Asked) -> Answer:
        path, query = unquote(urlsplit(asked.target).path), parse_qs(urlsplit(asked.target).query)
        last = path.rsplit("/", 1)[1]
        if "/join/" in path:
            return Answer(200, {"room_id": ROOM})
        if last == "sync":
            since = int(query.get("since", ["s0"])[0][1:])
            joined = {"timeline": {"events": self.events[since:], "limited": False}, "state": {"events": []}}
            return Answer(200, {"next_batch": f"s{len(self.events)}", "rooms": {"join": {ROOM: joined}}})
        if "/event/" in path:
            return next((Answer(200, event) for event in self.events if event["event_id"] == last), _MISSING)
        if "/relations/" in path:
            return Answer(200, {"chunk": [event for event in self.events if self._edits(event, path)]})
        if "/m.room.member/" in path or "/profile/" in path:
            return Answer(200, {"membership": "join", "displayname": "Ada"})
        return Answer(200, {"joined_rooms": [ROOM]}) if last == "joined_rooms" else _MISSING

    def _edits(self, event: dict[str, Any], path: str) -> bool:
        content = event.get("content")
        relation = content.get("m.relates_to", {}) if isinstance(content, dict) else {}
        return relation.get("event_id") == path.split("/")[-2]


class SmallMailbox(ScriptedImap):
    """One IMAP folder: `mails` by UID; `change` may do anything to what is said of them."""

    def __init__(self) -> None:
        super().__init__(EXAMINE=self._examine, SEARCH=self._search, FETCH=self._fetch)
        self.mails: dict[int, str] = {}
        self.broken: set[int] = set()
        self.change: Callable[[bytes], bytes] = lambda said: said

    def _examine(self, _: str) -> bytes:
        said = (
            f"* {len(self.mails)} EXISTS\r\n* OK [UIDVALIDITY 7] v\r\n* OK [UIDNEXT {max(self.mails, default=0) + 1}] n"
        )
        return self.change(f"{said}\r\n{{tag}} OK [READ-ONLY] done\r\n".encode())

    def _search(self, said: str) -> bytes:
        first, last = min(wanted := _set(said.rsplit(maxsplit=1)[-1])), max(wanted)
        found = [uid for uid in sorted(self.mails) if (uid in wanted if "," in said else first <= uid <= last)]
        return self.change(f"* SEARCH {' '.join(map(str, found))}\r\n{{tag}} OK done\r\n".encode())

    def _fetch(self, said: str) -> bytes:
        by_uid = " UID FETCH " in said
        wanted = _set(said.split()[3 if by_uid else 2])
        answers = b""
        for place, uid in enumerate(sorted(self.mails), 1):
            if (uid if by_uid else place) in wanted:
                answers += f"* {place} FETCH (UID {uid}".encode() + self._items(uid, said) + b")\r\n"
        return self.change(answers + b"{tag} OK done\r\n")

    def _items(self, uid: int, said: str) -> bytes:
        items = b""
        if "BODYSTRUCTURE" in said:
            body = b"()" if uid in self.broken else b'("TEXT" "PLAIN" ("CHARSET" "utf-8") NIL NIL "7BIT" 20 1)'
            items += b' RFC822.SIZE 300 INTERNALDATE "23-Nov-2026 18:00:01 +0000" BODYSTRUCTURE ' + body
        if "HEADER" in said:
            head = f"From: Ada <ada@home.example>\r\nMessage-ID: <{uid}@home.example>\r\n"
            head += f"Date: Mon, 23 Nov 2026 18:00:{uid:02d} +0000\r\n\r\n"
            items += f" BODY[HEADER.FIELDS (FROM)]<0> {{{len(head)}}}\r\n{head}".encode()
        if "PEEK[1]" in said:
            text = self.mails[uid]
            items += f" BODY[1]<0> {{{len(text)}}}\r\n{text}".encode()
        return items


def _set(said: str) -> set[int]:
    found = {int(each) for each in re.findall(r"\d+", said)}
    return found or {0}
