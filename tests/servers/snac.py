"""The real server snac2 on loopback: a Mastodon API with posts that we write, edit and delete as their author."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import time
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import httpx

if TYPE_CHECKING:
    from pathlib import Path

USER = "ada"
_OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"


class Note(NamedTuple):
    """A post on the server: the id its API knows it by, and its global name."""

    id: str
    uri: str


class Snac:
    """One server with one author, `ada`, from `with` to its end; ended by pid."""

    def __init__(self, folder: Path) -> None:
        """Keep everything in `folder`, which must not exist yet."""
        self._folder = folder
        self._port = _free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        self._settings = folder / "server.json"
        self._process: subprocess.Popen[bytes] | None = None
        self._password = ""
        self._token = ""
        self.client = httpx.Client(base_url=self.url, headers={"Connection": "close"}, timeout=10)

    def __enter__(self) -> Self:
        answers = f"127.0.0.1\n{self._port}\n127.0.0.1:{self._port}\n\n\n"
        _snac("init", self._folder, answers=answers)
        self._settle()
        said = _snac("adduser", self._folder, USER, answers=f"{USER}\n")
        self._password = re.search(r"password is (\S+)", said)[1]
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self.client.close()

    def _settle(self) -> None:
        """Plain http, and nothing delivered: snac posts to its own inbox, and its threads wait for one another."""
        settings = json.loads(self._settings.read_text("utf-8"))
        settings |= {"protocol": "http", "num_threads": 8, "queue_timeout": 1, "queue_retry_max": 0}
        self._settings.write_text(json.dumps(settings), "utf-8")
        inboxes = self._folder / "inbox"
        inboxes.rmdir()
        inboxes.touch()

    def start(self) -> None:
        """Begin to serve, and wait until it does."""
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(["snac", "httpd", str(self._folder)], stdout=log, stderr=log)
        self._wait(lambda: self.client.get("/api/v1/instance").status_code == httpx.codes.OK, "answers")

    def stop(self) -> None:
        """Stop serving; its posts stay."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(10)
            self._process = None

    def note(self, text: str, *photos: Path) -> Note:
        """Post as ada, publicly."""
        said = _snac("note", self._folder, USER, text, *photos)
        uri = re.search(r"enqueue_message (\S+)/Create", said)[1]
        return Note(self._id_of(uri, text), uri)

    def post(self, text: str, **status: Any) -> Note:
        """Post as ada through the API, with whatever a status may have: poll, spoiler_text, media_ids."""
        answer = self.client.post("/api/v1/statuses", headers=self._own(), json={"status": text, **status})
        answer.raise_for_status()
        said = answer.json()
        return Note(said["id"], said["uri"])

    def photo(self, text: str, photo: Path, description: str) -> Note:
        """Post a picture with its description, as an app would."""
        with photo.open("rb") as opened:
            media = self.client.post(
                "/api/v2/media",
                headers=self._own(),
                files={"file": (photo.name, opened, "image/png")},
                data={"description": description},
            )
        media.raise_for_status()
        return self.post(text, media_ids=[media.json()["id"]])

    def poll(self, text: str, *choices: str) -> Note:
        """Post a question with the form of ada's own page; snac's API cannot."""
        fields = {"content": text, "poll_options": "\n".join(choices), "poll_end_secs": "3600", "visibility": "0"}
        answer = self.client.post(
            f"/{USER}/admin/note",
            auth=(USER, self._password),
            files={name: (None, value) for name, value in fields.items()},
        )
        assert answer.status_code == httpx.codes.SEE_OTHER, answer.text
        return self._newest(text)

    def _newest(self, text: str) -> Note:
        asked, tag = (part.strip() for part in text.split("#"))
        path = f"/api/v1/timelines/tag/{tag}?limit=1"
        self._wait(lambda: any(asked in each["content"] for each in self.client.get(path).json()), f"lists “{asked}”")
        (status,) = self.client.get(path).json()
        return Note(status["id"], status["uri"])

    def _own(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token()}"}

    def _id_of(self, uri: str, text: str) -> str:
        tag = re.search(r"#(\w+)", text)
        if tag is None:
            return ""
        path = f"/api/v1/timelines/tag/{tag[1]}?limit=50"
        found: list[str] = []

        def listed() -> bool:
            found.extend(status["id"] for status in self.client.get(path).json() if status["uri"] == uri)
            return bool(found)

        self._wait(listed, f"lists {uri}")
        return found[0]

    def edit(self, note: Note, text: str) -> None:
        """Change a post's words, through the API as an app would."""
        answer = self.client.put(f"/api/v1/statuses/{note.id}", headers=self._own(), json={"status": text})
        answer.raise_for_status()

    def delete(self, note: Note) -> None:
        """Delete a post with the form of ada's own page; snac's API cannot."""
        answer = self.client.post(
            f"/{USER}/admin/action",
            auth=(USER, self._password),
            data={"id": note.uri, "actor": f"{self.url}/{USER}", "action": "Delete"},
        )
        assert answer.status_code == httpx.codes.SEE_OTHER, answer.text
        self._wait(lambda: self.client.get(note.uri).status_code == httpx.codes.NOT_FOUND, f"lost {note.uri}")

    def consent(self, address: str) -> str:
        """What ada does at the address of an app that asks for her leave: sign in, and copy the code shown."""
        page = self.client.get(address)
        page.raise_for_status()
        fields = dict(re.findall(r'name="(\w+)"[^>]*value="([^"]*)"', page.text))
        action = re.search(r'action="([^"]+)"', page.text)[1]
        answer = self.client.post(action, data={**fields, "login": USER, "passwd": self._password})
        answer.raise_for_status()
        return answer.text.strip()

    def token(self) -> str:
        """An access token of ada's, through snac's own OAuth pages."""
        if not self._token:
            app = self.client.post(
                "/api/v1/apps", data={"client_name": "tests", "redirect_uris": _OUT_OF_BAND, "scopes": "read write"}
            ).json()
            code = self.client.post(
                "/oauth/x-snac-login",
                data={
                    "login": USER,
                    "passwd": self._password,
                    "redir": _OUT_OF_BAND,
                    "cid": app["client_id"],
                    "state": "",
                },
            ).text.strip()
            answer = self.client.post(
                "/oauth/token",
                data={
                    "grant_type": "authorization_code",
                    "client_id": app["client_id"],
                    "client_secret": app["client_secret"],
                    "redirect_uri": _OUT_OF_BAND,
                    "code": code,
                },
            )
            self._token = answer.json()["access_token"]
        return self._token

    def _wait(self, ready, what: str, seconds: float = 15.0) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                if ready():
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.05)
        log = (self._folder / "log").read_text("utf-8", "replace")
        raise TimeoutError(f"snac never {what}; its log:\n{log[-2000:]}")


def _snac(command: str, *arguments: object, answers: str = "") -> str:
    done = subprocess.run(
        ["snac", command, *map(str, arguments)], input=answers, capture_output=True, text=True, check=True, timeout=30
    )
    return done.stdout + done.stderr


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
