from __future__ import annotations

import imaplib
import socket
import ssl
import time

import pytest
from servers.imap_script import ScriptedImap

from kiosk.domain.errors import Misconfigured
from kiosk.sources.mail import imap_wire
from kiosk.sources.mail.imap_wire import Place, Wire


def wired(server: ScriptedImap, *, secure: bool = True) -> Wire:
    plug = socket.create_connection(("127.0.0.1", server.port))
    return Wire(plug, Place("localhost", server.port, secure), server.trust)


def closing(wire: Wire) -> bool:
    wire.shutdown()
    return wire.socket().fileno() < 0


def test_a_server_is_greeted_over_tls():
    with ScriptedImap() as server:
        wire = wired(server)
        assert "AUTH=PLAIN" in wire.capabilities
        assert isinstance(wire.socket(), ssl.SSLSocket)
        assert closing(wire)


def test_a_certificate_that_nobody_vouches_for_ends_it():
    with ScriptedImap() as server:
        server.trust = ssl.create_default_context()
        with pytest.raises(ssl.SSLCertVerificationError):
            wired(server)
        assert server.closed.wait(5)
        assert server.heard == []


def test_no_password_goes_over_a_line_that_cannot_be_encrypted():
    with ScriptedImap(plain=True) as server:
        with pytest.raises(Misconfigured, match="no encryption"):
            wired(server, secure=False)
        assert [said.split()[1] for said in server.heard] == ["CAPABILITY"]


def test_what_came_before_the_encryption_counts_as_forged():
    capability = b"* CAPABILITY IMAP4rev1 STARTTLS\r\n{tag} OK done\r\n"
    forged = b"{tag} OK begin\r\n* OK [ALERT] forged\r\n"
    with (
        ScriptedImap(plain=True, CAPABILITY=capability, STARTTLS=forged) as server,
        pytest.raises(Exception, match="did not begin to encrypt"),
    ):
        wired(server, secure=False)


@pytest.mark.parametrize(
    ("greeting", "why"),
    [
        (b"* OK {99999999999}\r\n", "literal"),
        (b"* OK " + b"x" * 1_200_000 + b"\r\n", "line"),
        (b"* OK " + b"x" * 1_200_000, "line"),
        (b"", "ended"),
        (b"* OK hi", "ended"),
    ],
)
def test_lines_and_literals_without_end_are_refused(greeting, why):
    class Closing(ScriptedImap):
        def _talk(self, plug):
            with self._tls.wrap_socket(plug, server_side=True) as safe:
                safe.sendall(self.greeting)

    with Closing(greeting=greeting) as server, pytest.raises(imaplib.IMAP4.abort, match=why):
        wired(server)


def test_an_endless_answer_ends(monkeypatch):
    monkeypatch.setattr(imap_wire, "MOST", 300_000)
    with ScriptedImap(NOOP=lambda _: b"* 1 EXISTS\r\n" * 100_000) as server:
        wire = wired(server)
        with pytest.raises(imaplib.IMAP4.abort, match="more than it should"):
            wire.noop()
        assert closing(wire)


def test_a_command_has_its_deadline_however_slowly_bytes_trickle(monkeypatch):
    monkeypatch.setattr(imap_wire, "COMMAND", 0.5)
    with ScriptedImap(NOOP=lambda _: time.sleep(1.5) or b"* 1 EXISTS\r\n") as server:
        wire = wired(server)
        begun = time.monotonic()
        with pytest.raises(OSError, match=r"timed out|too long"):
            wire.noop()
        assert time.monotonic() - begun < 1.2
        assert closing(wire)
