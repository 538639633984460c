"""Mails to an address of the event, read over IMAP: the text and the photos that attendees send.

The mailbox is looked at and never changed. A mail is never edited; one that was deleted or moved away is gone.
See https://www.rfc-editor.org/rfc/rfc3501 and https://www.rfc-editor.org/rfc/rfc4549 for how mails are followed.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import socket
import ssl
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, ClassVar, Final, TypeVar
from urllib.parse import urlsplit

from msgspec import Meta

from kiosk.domain.errors import Misconfigured, Refused, Unavailable
from kiosk.settings import Fault, SourceTable
from kiosk.sources.mail.imap import Account, conversing
from kiosk.sources.mail.imap_wire import Place
from kiosk.sources.mail.mailbox import Mailbox
from kiosk.sources.source import Budget, Recheck

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from kiosk.domain.model import Cursor, PostUri
    from kiosk.sources.mail.imap import Conversation
    from kiosk.sources.source import Batch, Means

DEADLINE: Final = 90.0
"""Seconds of one conversation with the server."""

_PORTS: Final = {"imaps": 993, "imap": 143}

_Answer = TypeVar("_Answer")


class MailTable(SourceTable, frozen=True, kw_only=True):
    """A mailbox that attendees write to; `token_file` holds its password (an app password where there are such)."""

    needs_hashtags: ClassVar[bool] = False

    server: Annotated[str, Meta(description="Its IMAP server.", examples=["imaps://imap.example.org"])] = ""
    user: Annotated[str, Meta(description="The name to log in with.", examples=["wall@example.org"])] = ""
    mailbox: Annotated[str, Meta(description="The folder that is read; nothing in it is changed.")] = "INBOX"
    address: Annotated[
        str,
        Meta(description="Only mails to this address; empty: all of them.", examples=["wall+tweetup@example.org"]),
    ] = ""
    interval: Annotated[float, Meta(ge=5, le=3600, description="Seconds between two polls.")] = 15.0

    def faults(self) -> Iterator[Fault]:
        """It needs a server, a user with a password, and a mailbox."""
        if _place(self.server) is None:
            yield Fault("server", f"“{self.server}” is no IMAP server", "imaps://…")
        elif self.server.startswith("imap:") and not self.allow_private_addresses:
            yield Fault("server", "imap:// is only for a server inside the venue", "imaps://…")
        if not self.user:
            yield Fault("user", "it needs the name to log in with")
        if not self.token_file:
            yield Fault("token_file", "it needs a file with the mailbox's password")
        if not self.mailbox:
            yield Fault("mailbox", "it needs a folder to read", "INBOX")
        if self.address and not re.fullmatch(r"[^@\s]+@[^@\s]+", self.address):
            yield Fault("address", f"“{self.address}” is no mail address", "wall@example.org")


class Mail:
    """One mailbox; a connection lasts for one poll, recheck or picture."""

    def __init__(self, table: MailTable, means: Means, trust: ssl.SSLContext | None = None) -> None:
        """Read the table's mailbox; `trust` says which certificates are believed, by default the system's."""
        place = _place(table.server)
        if place is None:
            raise Misconfigured(f"“{table.server}” is no IMAP server; write `server` as imaps://…")
        self.name = f"{table.user} at {place.host}/{table.mailbox}{f' for {table.address}' if table.address else ''}"
        self.budget = Budget()
        self._place = place
        self._account = Account(table.user, means.token, table.mailbox)
        self._client = means.client
        self._trust = trust
        # Nobody who knows an address can tell its pseudonym without the mailbox's password.
        key = hashlib.sha256(b"author of a mail\0" + means.token.encode()).digest()
        self._mailbox = Mailbox(self.name, table.mailbox, table.address, key)

    async def poll(self, cursor: Cursor | None) -> Batch:
        """Read the mails that came since, oldest first; the newest 50 the first time.

        Raises:
            Unavailable: the server may answer later.
            Misconfigured: the user, the password or the mailbox is not right.
            BadPayload: it does not speak IMAP.

        """
        return await self._converse(lambda talk: self._mailbox.read(talk, cursor))

    async def recheck(self, posts: Mapping[str, PostUri]) -> Recheck:
        """Ask which mails still lie in the mailbox; those deleted or moved away are gone.

        A mailbox that was made anew says nothing about a mail that it does not hold.
        """
        return await self._converse(lambda talk: self._mailbox.ask_again(talk, posts)) if posts else Recheck()

    async def picture(self, reference: str) -> bytes:
        """Fetch a part of a mail, decoded, of at most 15 MB.

        Raises:
            Unavailable: where the server may bring it later.
            Refused: where the mail or the part is not there any more, or is too large.

        """
        match = re.fullmatch(r"(\d{1,10})/(\d{1,10})/(\d{1,3}(?:\.\d{1,3})*)", reference, re.ASCII)
        if match is None:
            raise Refused(f"“{reference[:100]}” is no picture of a mail.")
        validity, uid, section = int(match[1]), int(match[2]), match[3]
        return await self._converse(lambda talk: self._mailbox.picture(talk, validity, uid, section))

    async def _converse(self, question: Callable[[Conversation], _Answer]) -> _Answer:
        """Dial, then ask in a thread; whatever ends this early ends the connection, and with it the thread's wait."""
        plug = await self._client.dial(self._place.host, self._place.port)
        line = plug.dup()
        begun = threading.Event()

        def converse() -> _Answer:
            begun.set()
            self._trust = self._trust or ssl.create_default_context()
            with conversing(plug, self._place, self._account, self._trust) as talk:
                return question(talk)

        try:
            async with asyncio.timeout(DEADLINE):
                return await asyncio.to_thread(converse)
        except TimeoutError as error:
            raise Unavailable(f"{self._place.host} did not finish within {DEADLINE:g} seconds.") from error
        finally:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            line.close()
            if not begun.is_set():
                plug.close()


def _place(server: str) -> Place | None:
    """Where an address like `imaps://host:993` leads; None where it is none."""
    try:
        parts = urlsplit(server)
        port = parts.port
    except ValueError:
        return None
    rest = parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc
    if parts.scheme not in _PORTS or not parts.hostname or rest or re.search(r"\s", server):
        return None
    return Place(parts.hostname, port or _PORTS[parts.scheme], parts.scheme == "imaps")
