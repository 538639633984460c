"""The headers of a mail, read without trust: bad encodings, bad addresses and endless lines lose only themselves."""

from __future__ import annotations

import re
from email.errors import MessageError
from email.header import decode_header
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import getaddresses
from functools import cached_property
from typing import TYPE_CHECKING, Final

from kiosk.domain.text import one_line

if TYPE_CHECKING:
    from email.message import Message

LONGEST: Final = 8_000
"""Characters of one header that are read: the standard library's readers are quadratic."""

_FAULTS: Final = (MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""What the standard library raises over broken headers."""

_SENDERS: Final = ("from", "sender", "reply-to", "return-path")
_ADDRESS: Final = re.compile(r"[^\s<>\"'(),;:@]{1,64}@[^\s<>\"'(),;:@]{1,255}")
_RECIPIENTS: Final = ("to", "cc", "delivered-to", "x-original-to", "envelope-to")
_ROBOTS: Final = frozenset({"mailer-daemon", "postmaster", "noreply", "no-reply", "donotreply", "do-not-reply"})
_METHOD: Final = re.compile(r"\s*(spf|dkim|dmarc)\s*=\s*([a-z]{1,12})(?![\w.-])", re.IGNORECASE)
_FOLD: Final = re.compile(r"\r?\n[ \t]*")
_COMMENT: Final = re.compile(r"\([^()]*\)")

_NO_CHARSETS: Final = frozenset({"", "idna", "punycode", "undefined"})
"""What Python can decode and no mail is written in; the first two are slow on long texts."""

FIELDS: Final = (
    *("From", "Sender", "Reply-To", "To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To", "Return-Path"),
    *("Date", "Subject", "Message-ID", "Content-Language", "Sensitivity", "X-Spam-Flag", "Authentication-Results"),
    *("Auto-Submitted", "Precedence", "List-Id", "X-Autoreply", "X-Autorespond", "X-Failed-Recipients"),
)
"""The headers that are asked for."""


class Headers:
    """The headers of one mail."""

    def __init__(self, raw: bytes) -> None:
        """Keep `raw`, the header block as it was sent."""
        self.raw = raw
        read: Message = BytesHeaderParser(policy=compat32).parsebytes(raw)
        self._values: dict[str, list[str]] = {}
        for name, value in read.raw_items():
            self._values.setdefault(name.lower(), []).append(_FOLD.sub(" ", str(value)[:LONGEST]).strip())

    def every(self, name: str) -> list[str]:
        """The values of a header, topmost first, unfolded and cut to 8,000 characters, not decoded."""
        return self._values.get(name, [])

    def first(self, name: str) -> str:
        """The topmost value of a header, "" for none."""
        return next(iter(self.every(name)), "")

    @cached_property
    def _sender(self) -> tuple[str, str]:
        for name in ("from", "sender", "return-path"):
            for said, address in _addresses(self.every(name)):
                if address:
                    return decoded_words(said), address
        return decoded_words(self.first("from").partition("<")[0]), ""

    @property
    def sender_name(self) -> str:
        """What the sender calls themselves, decoded, not cleaned; "" for nothing."""
        return self._sender[0]

    @property
    def sender_address(self) -> str:
        """The address that the mail claims to come from, case folded; "" for none."""
        return self._sender[1].casefold()

    @property
    def sender_addresses(self) -> tuple[str, ...]:
        """Everything that looks like an address where a sender names theirs, at most 20: none may reach the wall."""
        said = [value for name in _SENDERS for value in self.every(name)]
        found = [address for value in (*said, *map(decoded_words, said)) for address in _ADDRESS.findall(value)]
        return tuple(dict.fromkeys(address.casefold() for address in found))[:20]

    def addressed_to(self, address: str) -> bool:
        """Whether the mail was sent to an address, by its own headers or those of the server that took it."""
        wanted = address.strip().casefold()
        values = [value for name in _RECIPIENTS for value in self.every(name)]
        return any(found.casefold() == wanted for _, found in _addresses(values))

    @property
    def automatic(self) -> bool:
        """Whether a program sent this by itself: an absence note, a bounce, a list; RFC 3834, 2 and 5."""
        submitted = self.first("auto-submitted").partition(";")[0].strip().lower()
        return (
            submitted not in {"", "no"}
            or self.first("precedence").strip().lower() in {"bulk", "list", "junk", "auto_reply"}
            or self.first("return-path").replace(" ", "") == "<>"
            or self.sender_address.partition("@")[0] in _ROBOTS
            or any(self.every(name) for name in ("list-id", "x-autoreply", "x-autorespond", "x-failed-recipients"))
        )

    @property
    def authentication(self) -> str:
        """What the topmost Authentication-Results (RFC 8601) claims, as a sentence; anybody can write such a header."""
        bare, before = self.first("authentication-results"), ""
        while bare != before:
            bare, before = _COMMENT.sub(" ", bare), bare
        who, *claims = bare.split(";")
        who = one_line(who.split(" ")[0], limit=100)
        results = dict[str, str]()
        for claim in claims:
            if match := _METHOD.match(claim):
                results.setdefault(match[1].lower(), match[2].lower())
        if not results:
            return "Mail does not say whether its sender was checked (SPF, DKIM, DMARC)."
        listed = ", ".join(f"{method}={result}" for method, result in results.items())
        return f"Mail says: {listed}, as stated by {who or 'nobody'}; not checked here."


def decoded_words(raw: str) -> str:
    """A header's text with its encoded words (RFC 2047) read; what cannot be read stays as it is. Not cleaned."""
    text = readable(raw[:LONGEST].encode("utf-8", "surrogateescape"), "")
    try:
        return "".join(_piece(piece, charset) for piece, charset in decode_header(text))
    except _FAULTS:
        return text


def _piece(piece: str | bytes, charset: str | None) -> str:
    if isinstance(piece, str):
        return piece
    # decode_header hands what stands between encoded words out in its own escapes.
    return readable(piece, charset) if charset else piece.decode("raw-unicode-escape")


def readable(raw: bytes, charset: str) -> str:
    """Text from bytes: in the character set named, else in UTF-8, else with gaps where it does not fit."""
    named = charset.strip("'\" ").lower()
    tries = ((named, "strict"), ("utf-8", "strict"), (named, "replace"), ("cp1252", "replace"))
    for name, errors in tries:
        if name in _NO_CHARSETS:
            continue
        try:
            return raw.decode(name, errors)
        except (LookupError, ValueError):  # a name that nobody knows, or bytes that do not fit
            continue
    return ""


def _addresses(values: list[str]) -> list[tuple[str, str]]:
    try:
        return getaddresses([value.encode("utf-8", "surrogateescape").decode("utf-8", "replace") for value in values])
    except _FAULTS:
        return []
