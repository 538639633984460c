"""The real homeserver Synapse on loopback: a Matrix room with members that write, edit, redact and send pictures."""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
import secrets
import socket
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote

import httpx

if TYPE_CHECKING:
    from collections.abc import Callable

INSTALLED = Path(__file__).parents[2] / ".servers" / "synapse"
"""Where tests/servers.sh puts it."""

DOMAIN = "hall.test"
_SECRET = "only these tests know it"  # noqa: S105  # a server on loopback that lives for one test run
_LIMITS = ("message", "login", "joins", "invites", "registration", "admin_redaction", "room_creation", "presence")
_PLENTY = {"per_second": 1000, "burst_count": 1000}


def installed() -> bool:
    """Whether there is a Synapse to start."""
    return (INSTALLED / "complete").is_file()


class Member:
    """Somebody with an account; every call is one request of theirs."""

    def __init__(self, client: httpx.Client, name: str, token: str) -> None:
        self.id = f"@{name}:{DOMAIN}"
        self.token = token
        self._client = client
        self._numbers = itertools.count()

    def ask(self, method: str, path: str, body: Any = None, **options: Any) -> dict[str, Any]:
        """One request below /_matrix; anything but 200 is an AssertionError with the server's words."""
        content = {} if body is None else {"json": body}
        headers = {"Authorization": f"Bearer {self.token}"} | options.pop("headers", {})
        answer = self._client.request(method, f"/_matrix{path}", headers=headers, **content, **options)
        assert answer.status_code == httpx.codes.OK, answer.text
        return answer.json()

    def make_room(self, alias: str, *, public: bool = True, **changes: Any) -> str:
        """Make a room that everybody, or only the invited, may enter; its id."""
        preset = "public_chat" if public else "private_chat"
        asked = {"room_alias_name": alias, "preset": preset, "name": alias} | changes
        return self.ask("POST", "/client/v3/createRoom", asked)["room_id"]

    def join(self, room: str) -> None:
        self.ask("POST", f"/client/v3/join/{quote(room, safe='')}", {})

    def leave(self, room: str) -> None:
        self.ask("POST", f"{_room(room)}/leave", {})

    def invite(self, room: str, who: str) -> None:
        self.ask("POST", f"{_room(room)}/invite", {"user_id": who})

    def kick(self, room: str, who: str) -> None:
        self.ask("POST", f"{_room(room)}/kick", {"user_id": who})

    def rename(self, name: str) -> None:
        self.ask("PUT", f"/client/v3/profile/{quote(self.id)}/displayname", {"displayname": name})

    def wear(self, mxc: str) -> None:
        """Make a picture the avatar."""
        self.ask("PUT", f"/client/v3/profile/{quote(self.id)}/avatar_url", {"avatar_url": mxc})

    def upload(self, picture: bytes, kind: str = "image/png") -> str:
        """Upload a picture; its mxc address."""
        headers = {"Content-Type": kind}
        return self.ask("POST", "/media/v3/upload", content=picture, headers=headers)["content_uri"]

    def send(self, room: str, content: dict[str, Any], kind: str = "m.room.message") -> str:
        """Send an event; its id."""
        number = f"{next(self._numbers)}{secrets.token_hex(4)}"
        return self.ask("PUT", f"{_room(room)}/send/{kind}/{number}", content)["event_id"]

    def say(self, room: str, text: str, **more: Any) -> str:
        return self.send(room, {"msgtype": "m.text", "body": text} | more)

    def edit(self, room: str, event: str, text: str, **more: Any) -> str:
        """Replace a message's words, as apps do."""
        new = {"msgtype": "m.text", "body": text} | more
        relation = {"rel_type": "m.replace", "event_id": event}
        return self.send(room, new | {"body": f"* {text}", "m.new_content": new, "m.relates_to": relation})

    def redact(self, room: str, event: str) -> str:
        number = f"r{next(self._numbers)}{secrets.token_hex(4)}"
        return self.ask("PUT", f"{_room(room)}/redact/{quote(event, safe='')}/{number}", {})["event_id"]

    def state(self, room: str, kind: str, content: dict[str, Any]) -> str:
        return self.ask("PUT", f"{_room(room)}/state/{kind}/", content)["event_id"]


def _room(room: str) -> str:
    return f"/client/v3/rooms/{quote(room, safe='')}"


class Synapse:
    """One homeserver, `hall.test`, from `with` to its end: sqlite, no federation, no presence; ended by pid."""

    def __init__(self, folder: Path, **changes: Any) -> None:
        """Keep everything in `folder`; `changes` replace parts of the configuration."""
        self._folder = folder
        self._port = _free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        self._changes = changes
        self._process: subprocess.Popen[bytes] | None = None
        self.client = httpx.Client(base_url=self.url, timeout=20)

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / "log.yaml").write_text(json.dumps(self._logging()), "utf-8")
        (self._folder / "homeserver.yaml").write_text(json.dumps(self._settings() | self._changes), "utf-8")
        _make_key(self._folder / "signing.key")
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self.client.close()

    def _settings(self) -> dict[str, Any]:
        """See https://element-hq.github.io/synapse/latest/usage/configuration/config_documentation.html."""
        return {
            "server_name": DOMAIN,
            "public_baseurl": f"{self.url}/",
            "serve_server_wellknown": False,
            "listeners": [
                {
                    "port": self._port,
                    "type": "http",
                    "bind_addresses": ["127.0.0.1"],
                    "resources": [{"names": ["client", "media"], "compress": False}],
                }
            ],
            "database": {"name": "sqlite3", "args": {"database": str(self._folder / "homeserver.db")}},
            "media_store_path": str(self._folder / "media"),
            "signing_key_path": str(self._folder / "signing.key"),
            "log_config": str(self._folder / "log.yaml"),
            "pid_file": str(self._folder / "pid"),
            "registration_shared_secret": _SECRET,
            "macaroon_secret_key": _SECRET,
            "form_secret": _SECRET,
            "report_stats": False,
            "federation_domain_whitelist": [],
            "trusted_key_servers": [],
            "suppress_key_server_warning": True,
            "presence": {"enabled": False},
            "url_preview_enabled": False,
            "enable_metrics": False,
            "caches": {"global_factor": 0.5, "sync_response_cache_duration": 0},
            **{f"rc_{name}": _PLENTY for name in _LIMITS if name not in {"login", "joins", "invites"}},
            "rc_login": dict.fromkeys(("address", "account", "failed_attempts"), _PLENTY),
            "rc_joins": dict.fromkeys(("local", "remote"), _PLENTY),
            "rc_invites": dict.fromkeys(("per_room", "per_user", "per_issuer"), _PLENTY),
        }

    def _logging(self) -> dict[str, Any]:
        handler = {"class": "logging.FileHandler", "filename": str(self._folder / "log"), "level": "WARNING"}
        return {"version": 1, "handlers": {"file": handler}, "root": {"level": "WARNING", "handlers": ["file"]}}

    def start(self) -> None:
        """Begin to serve, and wait until it does."""
        command = [INSTALLED / "bin" / "python", "-m", "synapse.app.homeserver", "-c", self._folder / "homeserver.yaml"]
        with (self._folder / "out").open("ab") as out:
            self._process = subprocess.Popen([*map(str, command)], stdout=out, stderr=out, cwd=self._folder)
        self._wait(lambda: self.client.get("/_matrix/client/versions").status_code == httpx.codes.OK)

    def stop(self) -> None:
        """Stop serving; rooms and accounts stay."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(10)
            self._process = None

    def member(self, name: str, *, admin: bool = False) -> Member:
        """Register somebody with the shared secret.

        See https://element-hq.github.io/synapse/latest/admin_api/register_api.html.
        """
        path = "/_synapse/admin/v1/register"
        nonce = self.client.get(path).json()["nonce"]
        password = secrets.token_hex(8)
        signed = "\0".join((nonce, name, password, "admin" if admin else "notadmin")).encode()
        mac = hmac.new(_SECRET.encode(), signed, hashlib.sha1).hexdigest()
        asked = {"nonce": nonce, "username": name, "password": password, "admin": admin, "mac": mac}
        answer = self.client.post(path, json=asked)
        assert answer.status_code == httpx.codes.OK, answer.text
        return Member(self.client, name, answer.json()["access_token"])

    def _wait(self, ready: Callable[[], bool], seconds: float = 60.0) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            assert self._process is not None
            if self._process.poll() is not None:
                break
            try:
                if ready():
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.1)
        raise TimeoutError(f"Synapse never answered; it said:\n{(self._folder / 'out').read_text('utf-8')[-3000:]}")


def _make_key(path: Path) -> None:
    """A signing key in Synapse's own form: version, name, seed in base64 without padding."""
    seed = base64.b64encode(secrets.token_bytes(32)).decode().rstrip("=")
    path.write_text(f"ed25519 a_tests {seed}\n", "utf-8")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
