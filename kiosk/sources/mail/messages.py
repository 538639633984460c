"""A mail made into a Post: who says they wrote it, what they wrote, its photos, and what a moderator should know.

The sender's address never reaches the wall: the handle holds a pseudonym, the address stands in the remarks.
See RFC 5322, and RFC 2045 to 2049 for its parts.
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import quote

from kiosk.domain.model import Attachment, Author, Kind, Post, PostUri
from kiosk.domain.text import clean, one_line
from kiosk.sources.mail.headers import Headers, decoded_words
from kiosk.sources.mail.parts import Group, Part, leaves
from kiosk.sources.mail.text import decoded, own_words, own_words_of_html, unflowed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MOST_TEXTS: Final = 5
MOST_PHOTOS: Final = 16
SMALLEST_INLINE: Final = 5_000
"""Bytes; smaller pictures inside a text are logos and the dots that tell senders who has read."""

_PHOTOS: Final = frozenset({"jpeg", "jpg", "pjpeg", "png", "webp", "gif", "avif", "heic", "heif"})
_UNNAMED: Final = frozenset({"application/octet-stream", "image/*"})
_WORTHLESS: Final = re.compile(
    r"\s*(?:re|fwd?|aw|wg|sv|vs|antw|doorst|tr|rv|enc|odp|ynt)\s*(?:\[\d+\])?\s*[:：]", re.IGNORECASE
)
"""Subjects of replies and forwarded mails are somebody else's words."""

_EARLY: Final = timedelta(hours=1)
"""How much later than its arrival a mail may say it was written: clocks differ."""


class Letter(NamedTuple):
    """A mail as its server describes it: headers, parts, when it came, and its texts by section, still encoded."""

    headers: Headers
    structure: Group | Part
    received: datetime | None
    texts: Mapping[str, bytes] = {}


def text_parts(node: Group | Part) -> list[Part]:
    """The parts that hold the words, at most five: plain text where there is a choice, else HTML."""
    return _texts(node)[:MOST_TEXTS]


def _texts(node: Group | Part) -> list[Part]:
    if isinstance(node, Part):
        words = node.kind in {"text/plain", "text/html"} and node.disposition != "attachment"
        return [node] if words and node.size else []
    choices = [found for child in node.children if (found := _texts(child))]
    if node.subtype != "alternative":
        return [part for found in choices for part in found]
    plain = (found for found in choices if all(part.kind == "text/plain" for part in found))
    return next(plain, choices[-1] if choices else [])


def photo_parts(node: Group | Part) -> list[Part]:
    """The pictures that a mail carries, without logos and tracking dots."""
    return [part for part in leaves(node) if _is_photo(part) and not _is_ornament(part)][:MOST_PHOTOS]


def decoded_size(part: Part) -> int:
    """How many bytes a part has once it is decoded, nearly."""
    return part.size * 3 // 4 if part.encoding == "base64" else part.size


def _is_photo(part: Part) -> bool:
    main, _, sub = part.kind.partition("/")
    named = part.filename.rpartition(".")[2].lower() in _PHOTOS
    return (main == "image" and sub in _PHOTOS) or (part.kind in _UNNAMED and named)


def _is_ornament(part: Part) -> bool:
    inside = part.related or part.disposition == "inline" or (part.content_id and part.disposition != "attachment")
    return bool(inside) and decoded_size(part) < SMALLEST_INLINE


def read_letter(letter: Letter, address_of: Callable[[Part], str], key: bytes) -> Post | None:
    """Make a Post of a mail; None for one that a program sent by itself.

    `address_of` gives a photo's address; `key` (up to 64 bytes) makes pseudonyms that nobody can guess back.

    Raises:
        ValueError: with the reason, where the mail has nothing to show or was marked as private.

    """
    headers = letter.headers
    if headers.automatic or (isinstance(letter.structure, Group) and letter.structure.subtype == "report"):
        return None
    if one_line(headers.first("sensitivity")).casefold() in {"private", "personal", "company-confidential"}:
        raise ValueError("its sender marked it as private")
    hidden = headers.sender_addresses
    photos = photo_parts(letter.structure)
    text = without(_text(letter), hidden)
    if not text and not photos:
        raise ValueError("it has neither words of its own nor a photo")
    return Post(
        uri=PostUri(uri_of(headers)),
        author=Author(handle=pseudonym(headers.sender_address, key), name=_name(headers, hidden)),
        text=text,
        created_at=_written(letter),
        language=one_line(headers.first("content-language").split(",")[0], limit=16),
        attachments=tuple(
            Attachment(
                Kind.PHOTO, address_of(part), without(clean(decoded_words(part.description), limit=1_500), hidden)
            )
            for part in photos
        ),
        remarks=tuple(_remarks(letter, photos)),
    )


def uri_of(headers: Headers) -> str:
    """The mail's global name, `mid:` (RFC 2392); one without a Message-ID is named by its headers."""
    said = headers.first("message-id")
    bracketed = re.search(r"<([^<>\s]{1,900})>", said)
    identity = bracketed[1] if bracketed else "".join(said.split())[:900].strip("<>")
    if not identity:
        return f"mid:{hashlib.sha256(headers.raw).hexdigest()[:40]}@no-message-id.invalid"
    return "mid:" + quote(identity.encode("utf-8", "surrogateescape"), safe="@$+!*'()=")


def pseudonym(address: str, key: bytes) -> str:
    """The same handle for the same sender, by which they can be blocked, and from which no address can be had."""
    digest = hashlib.blake2b(address.encode("utf-8", "surrogateescape"), key=key[:64], digest_size=4).hexdigest()
    return f"by e-mail ({digest})"


def without(text: str, addresses: tuple[str, ...]) -> str:
    """The text without the sender's addresses; cleaned again, since taking away may join what was apart."""
    for address in addresses:
        while (cut := re.sub(re.escape(address), "…", text, flags=re.IGNORECASE)) != text:
            text = clean(cut)
    return text


def _name(headers: Headers, hidden: tuple[str, ...]) -> str:
    name = re.sub(r"\S*@\S*", " ", without(one_line(headers.sender_name, limit=200), hidden))
    return one_line(name.strip(" '\"<>()…"), limit=80) or "Guest"


def _text(letter: Letter) -> str:
    pieces = [_piece(part, letter.texts.get(part.section, b"")) for part in text_parts(letter.structure)]
    words = clean("\n\n".join(piece for piece in pieces if piece))
    subject = one_line(decoded_words(letter.headers.first("subject")), limit=200)
    if not subject or _WORTHLESS.match(subject) or words.casefold().startswith(subject.casefold()):
        return words
    return clean(f"{subject}\n{words}")


def _piece(part: Part, body: bytes) -> str:
    text = decoded(body, part.encoding, part.parameters.get("charset", ""))
    if part.kind == "text/html":
        return own_words_of_html(text)
    if part.parameters.get("format", "").lower() == "flowed":
        text = unflowed(text, delete_space=part.parameters.get("delsp", "").lower() == "yes")
    return own_words(text)


def _written(letter: Letter) -> datetime:
    """When it says it was written, or when it came where it says nothing that can be."""
    moment, came = _moment(letter.headers.first("date")), letter.received
    if moment is None or (came is not None and moment > came + _EARLY):
        moment = came
    if moment is None:
        raise ValueError("nothing says when it was written")
    return moment


def arrival(said: bytes) -> datetime | None:
    """When a mail came, from INTERNALDATE (`17-Jul-2026 02:44:25 -0700`, RFC 3501, 9) to UTC; None for no such time."""
    return _moment(said.decode("ascii", "replace").replace("-", " ", 2))


def _moment(said: str) -> datetime | None:
    """A time of RFC 5322, 3.3, in UTC; one without a zone is meant as UTC. The machine's language plays no part."""
    try:
        moment = parsedate_to_datetime(said[:200])
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _remarks(letter: Letter, photos: list[Part]) -> list[str]:
    headers = letter.headers
    remarks = [f"Sent by {one_line(headers.sender_address, limit=200) or 'nobody who gave an address'}."]
    remarks.append(headers.authentication)
    if headers.first("x-spam-flag").strip().upper() == "YES":
        remarks.append("The mail server thinks that this is spam.")
    shown = {part.section for part in (*photos, *text_parts(letter.structure))}
    others = [
        part
        for part in leaves(letter.structure)
        if part.section not in shown and part.disposition == "attachment" and not part.kind.startswith("text/html")
    ]
    if others:
        kinds = ", ".join(sorted({one_line(part.kind, limit=60) for part in others})[:5])
        remarks.append(f"{len(others)} more attachments ({kinds}) are not shown.")
    return remarks
