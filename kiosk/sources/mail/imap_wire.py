"""The wire to an IMAP server under the standard library's `imaplib`: encrypted, and bounded in bytes and in time.

Lines, literals, the whole conversation and every command have a limit, since the server may be anybody's.
"""

from __future__ import annotations

import imaplib
import socket
import time
from typing import TYPE_CHECKING, Final, NamedTuple

from kiosk.domain.errors import Misconfigured, Unavailable

if TYPE_CHECKING:
    import ssl

COMMAND: Final = 20.0
"""Seconds that one command may take."""

LONGEST_LINE: Final = 1_000_000
LARGEST_LITERAL: Final = 22_000_000
"""Bytes of one literal: a picture of 15 MB, encoded."""

MOST: Final = 64_000_000
"""Bytes of one whole conversation."""


class Place(NamedTuple):
    """Where to call: `secure` speaks TLS from the first byte, otherwise STARTTLS comes before the password."""

    host: str
    port: int
    secure: bool


class Wire(imaplib.IMAP4):
    """One connection on a socket that was dialled and judged before; every call blocks, so it needs a thread."""

    def __init__(self, plug: socket.socket, place: Place, trust: ssl.SSLContext) -> None:
        """Greet the server over `plug`, which is closed at the end, whatever happens."""
        plug.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # imaplib sends a line in two pieces
        self._plug = plug
        self._trust = trust
        self._held = bytearray()
        self._left = MOST
        self._until = time.monotonic() + COMMAND
        try:
            if place.secure:
                self._encrypt(place.host)
            super().__init__(place.host, place.port)
            if not place.secure:
                self._start_encryption(place.host)
        except BaseException:
            self._plug.close()
            raise

    def _encrypt(self, host: str) -> None:
        self._plug = self._trust.wrap_socket(self._plug, server_hostname=host, do_handshake_on_connect=False)
        self._wait_at_most()
        self._plug.do_handshake()

    def _start_encryption(self, host: str) -> None:
        """STARTTLS; bytes that came before it count as forged (RFC 3501, 6.2.1)."""
        if "STARTTLS" not in self.capabilities:
            raise Misconfigured(f"{host} offers no encryption (STARTTLS); use imaps:// for it.")
        said, _ = self.xatom("STARTTLS")
        if said != "OK" or self._held:
            raise Unavailable(f"{host} did not begin to encrypt.")
        self._encrypt(host)
        _, known = self.capability()
        said_last = known[-1] if known else b""
        self.capabilities = tuple(said_last.decode("ascii", "replace").upper().split()) if said_last else ()

    # What imaplib lets its children replace:

    def open(self, host: str = "", port: int = 143, timeout: float | None = None) -> None:  # noqa: ARG002  # the interface is imaplib's
        """Use the socket that is there."""
        self.host, self.port, self.sock = host, port, self._plug

    def read(self, size: int) -> bytes:
        """Read a literal."""
        if size > LARGEST_LITERAL:
            raise self.abort(f"a literal of {size} bytes")
        while len(self._held) < size:
            self._receive()
        return self._take(size)

    def readline(self) -> bytes:
        """Read a line with its end."""
        start = 0
        while (end := self._held.find(b"\n", start)) < 0:
            start = len(self._held)
            if start > LONGEST_LINE:
                raise self.abort(f"a line of more than {LONGEST_LINE} bytes")
            self._receive()
        return self._take(end + 1)

    def send(self, data: bytes) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]  # any buffer, to typeshed
        """Send; the deadline of a command begins here."""
        self._until = time.monotonic() + COMMAND
        self._wait_at_most()
        self._plug.sendall(data)

    def shutdown(self) -> None:
        """Close the socket."""
        self._plug.close()

    def _receive(self) -> None:
        self._wait_at_most()
        chunk = self._plug.recv(65_536)
        self._left -= len(chunk)
        if not chunk:
            farewell = self.untagged_responses.get("BYE", [b""])[-1]
            raise self.abort(farewell or "the connection ended")
        if self._left < 0:
            raise self.abort("it sends more than it should")
        self._held += chunk

    def _take(self, size: int) -> bytes:
        taken = bytes(self._held[:size])
        del self._held[:size]
        return taken

    def _wait_at_most(self) -> None:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError("it takes too long over a command")
        self._plug.settimeout(left)
