"""A mailbox read through a conversation: new mails found, known ones asked for again, their pictures fetched.

Mails are followed by UIDVALIDITY and UID, see https://www.rfc-editor.org/rfc/rfc4549. Everything here blocks.
"""

from __future__ import annotations

import re
import time
from collections import OrderedDict, defaultdict
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import unquote

import msgspec
from msgspec import Meta

from kiosk.domain.errors import Refused
from kiosk.domain.model import Cursor
from kiosk.sources.mail.headers import FIELDS, Headers
from kiosk.sources.mail.messages import Letter, arrival, decoded_size, read_letter, text_parts
from kiosk.sources.mail.parts import leaves, read_structure
from kiosk.sources.mail.text import unpacked
from kiosk.sources.source import Batch, Found, Recheck, picture_address

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kiosk.domain.model import PostUri
    from kiosk.sources.mail.imap import Conversation, Examined
    from kiosk.sources.mail.imap_answers import Fetched
    from kiosk.sources.mail.parts import Part

NEWEST: Final = 50
"""Mails read the first time: what came before the event began is not wanted."""

ANEW: Final = 1_000
"""Mails read again where the mailbox was made anew (its UIDVALIDITY changed)."""

AT_ONCE: Final = 50
MOST: Final = 1_000
LONG: Final = 10.0
"""Mails asked for in one command, and mails and seconds of one poll, after which the next one goes on."""

SPAN: Final = 10_000
"""UIDs searched at a time, so that the answer stays short however full the mailbox is."""

LARGEST: Final = 30_000_000
LARGEST_PICTURE: Final = 15_000_000
"""Bytes of a mail with everything that it carries, and of one picture."""

LARGEST_TEXT: Final = 65_536
REMEMBERED: Final = 500
"""Mails kept in memory, so that a recheck need not fetch what cannot have changed."""

_HEADERS: Final = f"HEADER.FIELDS ({' '.join(FIELDS)})"
_ITEMS: Final = f"(UID RFC822.SIZE INTERNALDATE BODYSTRUCTURE BODY.PEEK[{_HEADERS}]<0.65536>)"
_FAULTS: Final = (ValueError, LookupError, RecursionError, OverflowError)


class Mailbox:
    """One folder of one account, and what is remembered of the mails in it."""

    def __init__(self, name: str, folder: str, address: str, key: bytes) -> None:
        """Speak as the source called `name`; read only mails to `address` where there is one; hide senders by `key`."""
        self._name = name
        self._folder = folder
        self._address = address
        self._key = key
        self._known: OrderedDict[str, Found] = OrderedDict()

    def read(self, talk: Conversation, cursor: Cursor | None) -> Batch:
        """The mails that came since, oldest first."""
        box = talk.examine(self._folder)
        at = self._start(talk, box, cursor)
        found: list[Found] = []
        bad: list[str] = []
        until = time.monotonic() + LONG
        seen = 0
        uids, last = list[int](), at
        while at + 1 < box.next_uid and seen < MOST and time.monotonic() < until:
            if not uids:
                last = min(at + SPAN, box.next_uid - 1)
                uids = [uid for uid in talk.uids("UNDELETED", "UID", f"{at + 1}:{last}") if at < uid <= last]
            page, uids = uids[:AT_ONCE], uids[AT_ONCE:]
            if page:
                items, sentences = self._mails(talk, box.validity, page)
                found += items
                bad += sentences
                seen += len(page)
            at = page[-1] if uids else last
        value = msgspec.json.encode({"validity": box.validity, "uid": at}).decode()
        return Batch(tuple(found), Cursor(self._name, value), tuple(bad), more=at + 1 < box.next_uid)

    def _start(self, talk: Conversation, box: Examined, cursor: Cursor | None) -> int:
        """The UID behind which to read."""
        validity, uid = _position(cursor)
        if validity == box.validity:
            return min(uid, max(0, box.next_uid - 1))
        if not box.mails:
            return max(0, box.next_uid - 1)
        # Mails that were read before are known by their Message-ID.
        first = box.mails - (ANEW if validity else NEWEST) + 1
        return max(0, talk.uid_at(max(1, first)) - 1)

    def _mails(self, talk: Conversation, validity: int, uids: Sequence[int]) -> tuple[list[Found], list[str]]:
        fetched, unread = talk.fetch_uids(uids, _ITEMS)
        bad = [f"{self._name}: a mail's description cannot be read."] * unread
        letters: dict[int, Letter] = {}
        for uid, answer in fetched.items():
            try:
                letter = self._letter(answer)
            except _FAULTS as error:
                bad.append(self._left_out(uid, error))
                continue
            if uid in uids and letter is not None:
                letters[uid] = letter
        texts = self._texts(talk, letters)
        found: dict[int, Found] = {}
        for uid, letter in letters.items():
            try:
                item = self._found(f"{validity}/{uid}", letter._replace(texts=texts[uid]))
            except _FAULTS as error:
                bad.append(self._left_out(uid, error))
                continue
            if item is not None:
                found[uid] = item
        return [found[uid] for uid in sorted(found)], bad

    def _left_out(self, uid: int, error: Exception) -> str:
        return f"{self._name}: mail {uid} is left out: {str(error)[:200] or 'it cannot be read'}."

    def _letter(self, answer: Fetched) -> Letter | None:
        """What is to be known before the texts are fetched; None for a mail to another address."""
        headers = Headers(answer.section("HEADER.FIELDS"))
        if self._address and not headers.addressed_to(self._address):
            return None
        size = answer.number("RFC822.SIZE")
        if size > LARGEST:
            raise ValueError(f"it has {size / 1_000_000:.0f} MB, more than {LARGEST / 1_000_000:g}")
        return Letter(headers, read_structure(answer.items.get("BODYSTRUCTURE")), arrival(answer.text("INTERNALDATE")))

    def _texts(self, talk: Conversation, letters: Mapping[int, Letter]) -> dict[int, dict[str, bytes]]:
        """The texts of mails, by UID and section; mails of the same build share a command."""
        builds: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
        for uid, letter in letters.items():
            builds[tuple(part.section for part in text_parts(letter.structure))].append(uid)
        texts: dict[int, dict[str, bytes]] = {uid: {} for uid in letters}
        for sections, uids in builds.items():
            if not sections:
                continue
            items = " ".join(f"BODY.PEEK[{section}]<0.{LARGEST_TEXT}>" for section in sections)
            for uid, answer in talk.fetch_uids(uids, f"(UID {items})")[0].items():
                if uid in texts:
                    texts[uid] = {section: answer.section(section)[:LARGEST_TEXT] for section in sections}
        return texts

    def _found(self, identity: str, letter: Letter) -> Found | None:
        def address_of(part: Part) -> str:
            return picture_address(self._name, f"{identity}/{part.section}")

        post = read_letter(letter, address_of, self._key)
        if post is None:
            return None
        item = self._known[identity] = Found(post, identity)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return item

    def ask_again(self, talk: Conversation, posts: Mapping[str, PostUri]) -> Recheck:
        """Which mails still lie here, and which are gone."""
        box = talk.examine(self._folder)
        here: dict[int, str] = {}
        found: list[Found] = []
        bad: list[str] = []
        for identity, uri in posts.items():
            validity, _, uid = identity.partition("/")
            if validity == str(box.validity) and uid.isascii() and uid.isdecimal() and len(uid) < 11:  # noqa: PLR2004  # 32 bits have ten digits
                here[int(uid)] = identity
            elif again := self._find_anew(talk, box, uri):
                found.append(again)
            else:
                bad.append(
                    f"{self._name} was made anew; whether a mail that it had before still lies there is not known."
                )
        left = set(talk.uids("UNDELETED", "UID", ",".join(map(str, here)))) if here else set[int]()
        found += [item for uid, identity in here.items() if uid in left and (item := self._known.get(identity))]
        told = {item.local_id for item in found}
        unknown = [uid for uid, identity in here.items() if uid in left and identity not in told]
        if unknown:
            items, sentences = self._mails(talk, box.validity, unknown)
            found += items
            bad += sentences
        return Recheck(tuple(found), tuple(identity for uid, identity in here.items() if uid not in left), tuple(bad))

    def _find_anew(self, talk: Conversation, box: Examined, uri: PostUri) -> Found | None:
        """A mail by its Message-ID, in a mailbox whose numbers have changed."""
        identity = unquote(uri.removeprefix("mid:"))
        if not re.fullmatch(r"[!#-\[\]-~]+", identity):  # neither quotes nor backslashes, nothing that is not ASCII
            return None
        uids = talk.uids("UNDELETED", "HEADER", "Message-ID", f'"<{identity}>"')
        return next(iter(self._mails(talk, box.validity, uids[:1])[0]), None) if uids else None

    def picture(self, talk: Conversation, validity: int, uid: int, section: str) -> bytes:
        """The bytes of a part; raises `Refused` where it is not there any more or too large."""
        box = talk.examine(self._folder)
        answer = talk.fetch_uids([uid], "(UID BODYSTRUCTURE)")[0].get(uid) if box.validity == validity else None
        if answer is None:
            raise Refused("The mail that this picture came with is not there any more.")
        parts = {part.section: part for part in leaves(read_structure(answer.items.get("BODYSTRUCTURE")))}
        if section not in parts:
            raise Refused("The mail has no such part.")
        part = parts[section]
        if decoded_size(part) > LARGEST_PICTURE:
            raise Refused(f"The picture is larger than {LARGEST_PICTURE / 1_000_000:g} MB.")
        body = talk.fetch_uids([uid], f"(UID BODY.PEEK[{section}])")[0].get(uid)
        picture = unpacked(body.section(section), part.encoding) if body is not None else b""
        if not picture or len(picture) > LARGEST_PICTURE:
            raise Refused("The picture is empty or too large.")
        return picture


def _position(cursor: Cursor | None) -> tuple[int, int]:
    """UIDVALIDITY and UID of a cursor; zeros where there is none, or one that cannot be read."""
    if cursor is None:
        return 0, 0
    try:
        value = msgspec.json.decode(cursor.value, type=dict[str, Annotated[int, Meta(ge=0, lt=1 << 32)]])
    except (msgspec.DecodeError, UnicodeError):
        return 0, 0
    return value.get("validity", 0), value.get("uid", 0)
