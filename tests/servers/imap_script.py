"""An IMAP server on loopback that says exactly what a test wants: greetings, answers, nonsense, silence."""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Self

import trustme

if TYPE_CHECKING:
    from collections.abc import Callable

GREETING = b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready\r\n"
ANSWERS: dict[str, bytes] = {
    "CAPABILITY": b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n{tag} OK done\r\n",
    "AUTHENTICATE": b"+ \r\n",
    "LOGIN": b"{tag} OK in\r\n",
    "EXAMINE": b"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] v\r\n* OK [UIDNEXT 2] n\r\n{tag} OK [READ-ONLY] done\r\n",
    "SEARCH": b"* SEARCH 1\r\n{tag} OK done\r\n",
    "FETCH": b"{tag} OK done\r\n",
    "LOGOUT": b"* BYE bye\r\n{tag} OK done\r\n",
}


class ScriptedImap:
    """Serves `answers` (by command; UID SEARCH is SEARCH) over TLS, or as `plain` text, from `with` to its end."""

    def __init__(
        self, *, greeting: bytes = GREETING, plain: bool = False, **answers: bytes | Callable[[str], bytes]
    ) -> None:
        self.greeting = greeting
        self.answers = {**ANSWERS, **answers}
        self.heard: list[str] = []
        self.closed = threading.Event()
        """Set once a client has ended its connection."""
        authority = trustme.CA()
        self.trust = ssl.create_default_context()
        authority.configure_trust(self.trust)
        self._tls = None if plain else ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        if self._tls is not None:
            authority.issue_cert("localhost").configure_cert(self._tls)
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._door.getsockname()[1])
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                plug, _ = self._door.accept()
            except OSError:
                return
            with suppress(OSError, ValueError):
                self._talk(plug)
            plug.close()
            self.closed.set()

    def _talk(self, plug: socket.socket) -> None:
        plug.settimeout(30)
        plug.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._tls is not None:
            plug = self._tls.wrap_socket(plug, server_side=True)
        with plug, plug.makefile("rb") as lines:
            plug.sendall(self.greeting)
            waiting = ""
            for line in lines:
                said = line.decode("utf-8", "replace").strip()
                self.heard.append(said)
                if waiting:
                    plug.sendall(f"{waiting} OK in\r\n".encode())
                    waiting = ""
                    continue
                tag, command, *rest = said.split(" ")
                name = rest[0] if command == "UID" else command
                answer = self.answers[name]
                answer = answer(said) if callable(answer) else answer
                plug.sendall(answer.replace(b"{tag}", tag.encode()))
                if b"* BYE" in answer and name != "LOGOUT":
                    return
                waiting = tag if answer.startswith(b"+") else ""
