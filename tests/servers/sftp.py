"""The real OpenSSH server on loopback, giving nothing but SFTP to the user who runs the tests; and OpenSSH's client."""

from __future__ import annotations

import contextlib
import getpass
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterable

SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
_CHROOT = Path("/run/sshd")
"""sshd as root wants this folder; Debian's service makes it, and where none runs we do."""

_CONFIG = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/user_key.pub
PidFile {folder}/pid
UsePAM no
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
Subsystem sftp internal-sftp
ForceCommand internal-sftp
"""


class Sftp:
    """One server from `with` to its end, ended by pid; keys, configuration and log are in `folder`."""

    def __init__(self, folder: Path) -> None:
        """Keep everything in `folder`, which must not exist yet."""
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        with socket.create_server(("127.0.0.1", 0)) as server:
            self._port = int(server.getsockname()[1])

    def __enter__(self) -> Self:
        self._folder.mkdir()
        for key in ("host_key", "user_key"):
            command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self._folder / key]
            subprocess.run(command, check=True, timeout=30)
        config, log = self._folder / "config", self._folder / "log"
        config.write_text(_CONFIG.format(port=self._port, folder=self._folder))
        host = (self._folder / "host_key.pub").read_text()
        (self._folder / "known_hosts").write_text(f"[127.0.0.1]:{self._port} {host}")
        if os.geteuid() == 0:
            _CHROOT.mkdir(mode=0o755, exist_ok=True)
        assert SSHD
        self._process = subprocess.Popen([SSHD, "-D", "-f", config, "-E", log])
        deadline = time.monotonic() + 15
        while not self._answers():
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        return self

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self._port), 1) as client:
            return client.recv(4) == b"SSH-"
        return False

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)

    def begin(self, commands: Iterable[str], *options: str) -> subprocess.Popen[bytes]:
        """Start `sftp -b` on these commands; `options` are its own."""
        client = subprocess.Popen(
            [
                *("sftp", "-b", "-", "-q", "-P", str(self._port), "-i", self._folder / "user_key"),
                *("-o", f"UserKnownHostsFile={self._folder / 'known_hosts'}", "-o", "StrictHostKeyChecking=yes"),
                *("-o", "IdentitiesOnly=yes", "-F", "none"),
                *options,
                f"{getpass.getuser()}@127.0.0.1",
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
        )
        assert client.stdin
        client.stdin.write("\n".join([*commands, ""]).encode())
        client.stdin.close()
        return client

    def run(self, *commands: str, options: Iterable[str] = ()) -> None:
        """Carry out commands as an upload program would, and wait for their end."""
        assert self.begin(commands, *options).wait(60) == 0, (self._folder / "log").read_text()
