"""The real relay nostr-relay on loopback, and people with keys of their own who write, picture and delete there."""

from __future__ import annotations

import hashlib
import json
import os
import socket
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from coincurve import PrivateKey
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

if TYPE_CHECKING:
    from collections.abc import Sequence

INSTALLED = Path(__file__).parents[2] / ".servers" / "relay"
"""Where tests/servers.sh puts it."""


def installed() -> bool:
    """Whether there is a relay to start."""
    return (INSTALLED / "complete").is_file()


class Writer:
    """Somebody with a key; every call makes a signed event, as apps do."""

    def __init__(self, seed: str = "ada") -> None:
        self._key = PrivateKey(hashlib.sha256(seed.encode()).digest())
        self.pubkey = self._key.public_key.format()[1:].hex()

    def event(self, kind: int, content: str, tags: Sequence[Sequence[str]] = (), at: float | None = None) -> dict:
        """Any event, made now or `at` seconds since 1970."""
        made, lists = int(time.time() if at is None else at), [list(tag) for tag in tags]
        signed = json.dumps([0, self.pubkey, made, kind, lists, content], ensure_ascii=False, separators=(",", ":"))
        digest = hashlib.sha256(signed.encode()).digest()
        return {
            "id": digest.hex(),
            "pubkey": self.pubkey,
            "created_at": made,
            "kind": kind,
            "tags": lists,
            "content": content,
            "sig": self._key.sign_schnorr(digest).hex(),
        }

    def note(self, text: str, *tags: Sequence[str], tag: str = "hall", at: float | None = None) -> dict:
        """A note with a hashtag and any other tags."""
        return self.event(1, text, [["t", tag], *tags], at)

    def profile(self, at: float | None = None, **fields: Any) -> dict:
        return self.event(0, json.dumps(fields), at=at)

    def deletion(self, *events: dict, at: float | None = None) -> dict:
        """A request that these be deleted, as NIP-09 has it."""
        return self.event(5, "", [*(["e", each["id"]] for each in events), ["k", "1"]], at)

    def local_id(self, event: dict) -> str:
        return f"{event['id']}:{event['pubkey']}"


class Relay:
    """One relay from `with` to its end: sqlite in `folder`; ended by pid."""

    def __init__(self, folder: Path, **changes: Any) -> None:
        """Keep everything in `folder`; `changes` replace parts of the configuration."""
        self._folder = folder
        with socket.create_server(("127.0.0.1", 0)) as server:
            self._port = int(server.getsockname()[1])
        self.url = f"ws://127.0.0.1:{self._port}"
        self._changes = changes
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        settings = {
            "storage": {
                "sqlalchemy.url": f"sqlite+aiosqlite:///{self._folder / 'relay.sqlite3'}",
                "validators": ["nostr_relay.validators.is_signed"],
            },
            "gunicorn": {"bind": f"127.0.0.1:{self._port}", "loglevel": "warning"},
            "authentication": {"enabled": False},
        }
        (self._folder / "relay.yaml").write_text(json.dumps(settings | self._changes), "utf-8")
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Begin to serve, and wait until it does."""
        command = [INSTALLED / "bin" / "nostr-relay", "-c", self._folder / "relay.yaml", "serve", "--use-uvicorn"]
        paths = {"PATH": f"{INSTALLED / 'bin'}:{os.environ['PATH']}"}
        with (self._folder / "out").open("ab") as out:
            self._process = subprocess.Popen(
                [*map(str, command)], stdout=out, stderr=out, cwd=self._folder, env=os.environ | paths
            )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                with connect(self.url, proxy=None, open_timeout=5):
                    return
            except (OSError, WebSocketException):
                time.sleep(0.1)
        raise TimeoutError(f"The relay never answered; it said:\n{(self._folder / 'out').read_text('utf-8')[-3000:]}")

    def stop(self) -> None:
        """Stop serving; its events stay."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(10)
            self._process = None

    def publish(self, *events: dict) -> None:
        """Hand events over, one by one, and see each accepted."""
        with connect(self.url, proxy=None) as channel:
            for event in events:
                channel.send(json.dumps(["EVENT", event]))
                answer = json.loads(channel.recv(10))
                while answer[0] != "OK":
                    answer = json.loads(channel.recv(10))
                assert answer[2], answer
