"""The conversation with an IMAP server: log in, examine a mailbox, search it, fetch from it.

The mailbox is only ever examined (RFC 3501, 6.3.2) and bodies are peeked at: nothing is marked as read, moved or
deleted. Every call blocks, so it needs a thread.
"""

from __future__ import annotations

import base64
import imaplib
import re
import ssl
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final, NamedTuple

from kiosk.domain.errors import BadPayload, Misconfigured, Refused, Unavailable
from kiosk.sources.mail.imap_answers import Fetched, read_fetch
from kiosk.sources.mail.imap_wire import Place, Wire

if TYPE_CHECKING:
    import socket
    from collections.abc import Generator, Iterable

_PASSING: Final = re.compile(r"\[(UNAVAILABLE|SERVERBUG|INUSE|LIMIT|OVERQUOTA)\]", re.IGNORECASE)
"""What a server says (RFC 5530) where the password is not at fault."""

_NONSENSE: Final = (imaplib.IMAP4.error, ValueError, LookupError, TypeError, AttributeError)
"""What imaplib raises over answers that are no IMAP."""


class Account(NamedTuple):
    """Who reads which mailbox."""

    user: str
    password: str
    mailbox: str


class Examined(NamedTuple):
    """What EXAMINE said: UIDs count within this `validity` only, the next mail gets `next_uid`."""

    validity: int
    next_uid: int
    mails: int


class Conversation(Wire):
    """What a source asks of a server, in this order: `enter`, `examine`, then the questions."""

    def enter(self, account: Account) -> None:
        """Log in, by SASL PLAIN (RFC 4616) where offered: it carries any password; else by LOGIN.

        Raises:
            Misconfigured: where the server does not know this user with this password.
            Unavailable: where it says that this may pass.

        """
        if self.state == "AUTH":  # it knows us already (PREAUTH), as a server on this machine may
            return
        try:
            if "AUTH=PLAIN" in self.capabilities:
                self.authenticate("PLAIN", lambda _: f"\0{account.user}\0{account.password}".encode())
            else:
                self._log_in_plainly(account)
        except self.abort:
            raise
        except imaplib.IMAP4.error as error:
            said = _sentence(_said(error))
            if _PASSING.search(said):
                raise Unavailable(f"{self.host} lets nobody in right now ({said}).") from error
            raise Misconfigured(
                f"{self.host} does not let {account.user} in ({said}); check `user` and the password in token_file."
            ) from error

    def _log_in_plainly(self, account: Account) -> None:
        words = account.user + account.password
        if "LOGINDISABLED" in self.capabilities:
            raise Misconfigured(f"{self.host} offers no way to log in with a password.")
        if not words.isascii() or not words.isprintable():
            raise Misconfigured(f"{self.host} takes no user or password with such characters.")
        self.login(account.user, account.password)

    def examine(self, mailbox: str) -> Examined:
        """Look into a mailbox without changing anything in it.

        Raises:
            Misconfigured: where there is none of this name.

        """
        said, data = self.select(mailbox_name(mailbox), readonly=True)
        if said != "OK":
            why = _sentence(_words_of(data))
            if _PASSING.search(why):
                raise Unavailable(f"{self.host} does not open “{mailbox}” right now ({why}).")
            raise Misconfigured(f"{self.host} has no mailbox “{mailbox}” for this user ({why}); check `mailbox`.")
        validity, next_uid = (_number(self.response(code)[1]) for code in ("UIDVALIDITY", "UIDNEXT"))
        if not validity:
            raise Refused(f"{self.host} numbers its mails anew each time, so they cannot be followed.")
        return Examined(validity, next_uid, _number(data))

    def uids(self, *words: str) -> list[int]:
        """UID SEARCH: the UIDs that match, ascending."""
        said, data = self.uid("SEARCH", *words)
        if said != "OK":
            raise Unavailable(f"{self.host} does not search ({_sentence(_words_of(data))}).")
        found = (word for line in data if isinstance(line, bytes) for word in line.split())
        return sorted({int(word) for word in found if re.fullmatch(rb"\d{1,10}", word)})

    def fetch_uids(self, uids: Iterable[int], items: str) -> tuple[dict[int, Fetched], int]:
        """UID FETCH: messages by UID, and how many answers could not be read."""
        self.response("FETCH")  # what was said unasked is forgotten
        said, data = self.uid("FETCH", ",".join(map(str, uids)), items)
        if said != "OK":
            raise Unavailable(f"{self.host} does not hand out mails ({_sentence(_words_of(data))}).")
        return read_fetch(data)

    def uid_at(self, place: int) -> int:
        """The UID of the mail at a place in the mailbox, counted from 1; 0 where there is none."""
        self.response("FETCH")
        _, data = self.fetch(str(place), "(UID)")
        return min(read_fetch(data)[0], default=0)


@contextmanager
def conversing(plug: socket.socket, place: Place, account: Account, trust: ssl.SSLContext) -> Generator[Conversation]:
    """Converse with a server, logged in, and leave politely; `plug` is closed at the end.

    Raises:
        Unavailable: for anything that may pass.
        Refused: for a certificate that is not good.
        Misconfigured: where the user, the password or the mailbox is not right.
        BadPayload: where the server does not speak IMAP.

    """
    talk: Conversation | None = None
    try:
        talk = Conversation(plug, place, trust)
        talk.enter(account)
        yield talk
        with suppress(*_NONSENSE, OSError):
            talk.logout()
    except ssl.SSLCertVerificationError as error:
        raise Refused(
            f"The certificate of {place.host} is not good ({error.verify_message}); check this machine's clock, "
            "or ask whoever runs that server."
        ) from error
    except (imaplib.IMAP4.abort, OSError) as error:
        raise Unavailable(f"{place.host} broke off ({_sentence(_said(error))}).") from error
    except _NONSENSE as error:
        raise BadPayload(f"{place.host} does not speak IMAP as it should ({_sentence(_said(error))}).") from error
    finally:
        if talk is not None:
            talk.shutdown()
        plug.close()


def mailbox_name(name: str) -> str:
    """A mailbox's name as it is sent: quoted, in modified UTF-7 (RFC 3501, 5.1.3)."""
    pieces = re.split(r"([^\x20-\x7e]+)", name.replace("&", "&-"))
    sent = "".join(f"&{_base64(piece)}-" if at % 2 else piece for at, piece in enumerate(pieces))
    return '"' + sent.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _base64(piece: str) -> str:
    return base64.b64encode(piece.encode("utf-16-be", "replace")).decode().rstrip("=").replace("/", ",")


def _words_of(data: object) -> str:
    last = data[-1] if isinstance(data, list) and data else b""  # pyright: ignore[reportUnknownVariableType]
    return last.decode("utf-8", "replace") if isinstance(last, bytes) else ""


def _number(data: object) -> int:
    word = _words_of(data).strip()
    return int(word) if re.fullmatch(r"[0-9]{1,10}", word) else 0


def _said(error: BaseException) -> str:
    said = error.args[0] if error.args else ""
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(error)


def _sentence(said: str) -> str:
    return " ".join("".join(char for char in said if char.isprintable()).split())[:200] or "without a reason"
