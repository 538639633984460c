"""A real mail server on loopback: aiosmtpd takes mails over SMTP into a Maildir, Dovecot serves it over IMAP."""

from __future__ import annotations

import asyncio
import grp
import os
import pwd
import secrets
import shutil
import smtplib
import socket
import ssl
import subprocess
import tempfile
import time
from contextlib import aclosing
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pytest
import trustme
from aiosmtpd.controller import Controller
from servers.tag_server import real_client

from kiosk.sources.mail.mail import Mail, MailTable
from kiosk.sources.source import Means

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from kiosk.domain.model import Cursor

USER, PASSWORD = "wall@hall.example", "correct horse batterý"
HOST = "localhost"

needs_dovecot = pytest.mark.skipif(
    not shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin"),
    reason="needs Dovecot (Debian's dovecot-imapd)",
)

_CONFIG = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
info_log_path = {folder}/log
default_internal_user = {internal}
default_login_user = {login}
default_internal_group = {group}
mail_location = maildir:{folder}/Maildir
mail_uid = {owner}
mail_gid = {owner}
first_valid_uid = 1
ssl = required
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = yes
auth_mechanisms = {mechanisms}
auth_failure_delay = 0
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid={owner} gid={owner} home={folder}
}}
mail_max_userip_connections = 50
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
"""


class _Delivery:
    """What aiosmtpd hands each mail to: it is written as any mail server would, and renamed into `new`."""

    def __init__(self, server: MailServer) -> None:
        self._server = server

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd finds it by this name
        to = envelope.rcpt_tos[0]
        head = f"Return-Path: <{envelope.mail_from}>\r\nDelivered-To: {to}\r\n{self._server.stamp}"
        self._server.put(head.encode() + envelope.content)
        return "250 Taken"


class MailServer:
    """One mailbox of `USER`, from `with` to its end; Dovecot is ended by its pid."""

    def __init__(self, mechanisms: str = "plain login") -> None:
        # Dovecot's processes run as others where root starts it, and pytest's own folders are closed to them.
        self.folder = Path(tempfile.mkdtemp(prefix="kiosk-mail-"))
        self.port, self.plain_port = _free_port(), _free_port()
        self.stamp = ""
        """Header lines that the server adds to whatever it takes, such as Authentication-Results."""
        self._mechanisms = mechanisms
        self._process: subprocess.Popen[bytes] | None = None
        self._smtp = Controller(_Delivery(self), hostname="127.0.0.1", port=_free_port())
        authority = trustme.CA()
        self.trust = ssl.create_default_context()
        authority.configure_trust(self.trust)
        self.authority = self.folder / "authority.pem"
        """Who to trust, as a file that SSL_CERT_FILE may name."""
        authority.cert_pem.write_to_path(self.authority)
        certificate = authority.issue_cert(HOST)
        certificate.private_key_pem.write_to_path(self.folder / "key.pem")
        certificate.cert_chain_pems[0].write_to_path(self.folder / "cert.pem")

    def __enter__(self) -> Self:
        self.folder.chmod(0o755)
        root = os.geteuid() == 0
        me = pwd.getpwuid(os.geteuid()).pw_name
        self._owner = pwd.getpwnam("nobody").pw_uid if root else os.geteuid()
        for name in ("Maildir/new", "Maildir/cur", "Maildir/tmp"):
            (self.folder / name).mkdir(parents=True)
        self._own(self.folder, self.folder / "Maildir", *(self.folder / "Maildir").iterdir())
        (self.folder / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n", "utf-8")
        (self.folder / "users").chmod(0o644)
        config = _CONFIG.format(
            folder=self.folder,
            internal="dovecot" if root else me,
            login="dovenull" if root else me,
            group="dovecot" if root else grp.getgrgid(os.getegid()).gr_name,
            owner=self._owner,
            plain=self.plain_port,
            port=self.port,
            mechanisms=self._mechanisms,
        )
        (self.folder / "dovecot.conf").write_text(config, "utf-8")
        self._smtp.start()
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._smtp.stop()
        for _ in range(50):  # Dovecot's processes outlive their master by a moment, and write
            shutil.rmtree(self.folder, ignore_errors=True)
            if not self.folder.exists():
                break
            time.sleep(0.05)

    def start(self) -> None:
        """Begin to serve over IMAP, and wait until it does."""
        path = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
        command = [str(path), "-F", "-c", str(self.folder / "dovecot.conf")]
        with (self.folder / "out").open("ab") as out:
            self._process = subprocess.Popen(command, stdout=out, stderr=out, start_new_session=True)
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            try:
                with socket.create_connection(("127.0.0.1", self.plain_port), 1) as plug:
                    if plug.recv(4) == b"* OK":
                        return
            except OSError:
                time.sleep(0.05)
        self.stop()
        raise TimeoutError(f"Dovecot never answered:\n{self.said()}")

    def stop(self) -> None:
        """Stop serving over IMAP; the mails stay."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(10)
            self._process = None

    def said(self) -> str:
        """The newest of what Dovecot wrote down."""
        texts = [
            path.read_text("utf-8", "replace")[-2000:]
            for name in ("out", "log")
            if (path := self.folder / name).exists()
        ]
        return "\n".join(texts)

    def send(self, message: EmailMessage | bytes, to: str = USER, sender: str = "ada@home.example") -> None:
        """Send a mail over SMTP."""
        with smtplib.SMTP("127.0.0.1", self._smtp.port, timeout=10) as talk:
            talk.sendmail(sender, [to], message if isinstance(message, bytes) else message.as_bytes(policy=SMTP))

    def put(self, message: bytes, folder: str = "") -> None:
        """Lay a mail into the Maildir as it is."""
        maildir = self.folder / "Maildir" / folder
        name = f"{time.time_ns()}.{secrets.token_hex(6)}.hall"
        (maildir / "tmp" / name).write_bytes(message)
        self._own(maildir / "tmp" / name)
        (maildir / "tmp" / name).rename(maildir / "new" / name)

    def files(self) -> list[Path]:
        """Every mail's file."""
        return sorted(path for name in ("new", "cur") for path in (self.folder / "Maildir" / name).iterdir())

    def make_anew(self) -> None:
        """Lose the mailbox's numbers, as a restore from a backup does: UIDVALIDITY changes."""
        self.stop()
        for path in (self.folder / "Maildir").iterdir():
            if path.is_file():
                path.unlink()
        time.sleep(1.1)  # Dovecot makes UIDVALIDITY of the time in seconds
        self.start()

    def _own(self, *paths: Path) -> None:
        if os.geteuid() == 0:
            for path in paths:
                os.chown(path, self._owner, self._owner)


def with_source(
    server: Any, scenario: Callable[[Mail], Awaitable[Any]], *, password: str = PASSWORD, **options: Any
) -> Any:
    async def whole() -> Any:
        async with aclosing(real_client()) as client:
            means = Means(client, (), password, Path(), None, None, None)
            table = MailTable(**{"server": f"imaps://{HOST}:{server.port}", "user": USER} | options)
            return await scenario(Mail(table, means, server.trust))

    return asyncio.run(whole())


def poll(server: Any, cursor: Cursor | None = None, **options: Any) -> Any:
    return with_source(server, lambda source: source.poll(cursor), **options)


def message(text: str, number: int = 1, **headers: str) -> EmailMessage:
    written = EmailMessage()
    named = {
        "From": "Ada Lovelace <ada@home.example>",
        "To": USER,
        "Message-ID": f"<{number}@home.example>",
        "Date": f"Mon, 23 Nov 2026 18:00:{number % 60:02d} +0000",
    }
    for name, value in (named | {key.replace("_", "-"): value for key, value in headers.items()}).items():
        written[name] = value
    written.set_content(text)
    return written


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
