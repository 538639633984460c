"""A small Mastodon API on loopback: tag timelines, single posts, rate limits, and every trouble a test asks for."""

from __future__ import annotations

import json
import ssl
import threading
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

from factories import EVENING

from kiosk.media.client import GuardedClient, Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DEFAULT_LIMIT, MOST = 20, 40
ABOUT_ITSELF = ("/api/v1/instance", "/api/v2/instance", "/api/v1/tags/")
Answer = tuple[int, dict[str, str], bytes]
_MISSING: Answer = (404, {}, b'{"error": "Record not found"}')
_TRUST = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def real_client(seconds: float = 10.0) -> GuardedClient:
    """The program's own client, allowed to speak to loopback, with so many seconds for each request."""
    limits = Limits(seconds=seconds, largest=5_000_000, packed=True)
    return GuardedClient(limits, allow_private=True, trust=_TRUST)


@dataclass(frozen=True)
class Trouble:
    """An answer that replaces the right one; `delay` in seconds comes before it, `status` 0 keeps the right one."""

    status: int = 0
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0


class TagServer:
    """Serves `statuses` (by id, newest is the highest) from `with` to its end, in a thread of its own."""

    def __init__(self) -> None:
        self.statuses: dict[int, dict[str, Any]] = {}
        self.invisible: set[int] = set()
        """Ids that take a place in a page and are then left out of it, as filtered posts are."""
        self.everywhere: set[int] = set()
        """Ids that are served for every tag, as by servers with their own idea of what a tag is."""
        self.pages = True
        """Whether `max_id` and its like are heeded."""
        self.troubles: list[Trouble] = []
        """What goes wrong next, one for each request that is not about the server itself."""
        self.always: dict[str, Trouble] = {}
        """What goes wrong every time, by the start of the path."""
        self.rate: dict[str, str] = {}
        self.paged_rate: dict[str, str] = {}
        """What it says of its limit where older pages are asked for."""
        self.knows_many = True
        self.members_only = False
        self.accounts: dict[str, str] = {"ada": "1"}
        self.lists: dict[str, set[int]] = {}
        """Ids of the posts in each list."""
        self.instance: dict[str, Any] | None = {"domain": "127.0.0.1", "configuration": {"urls": {}}}
        self.old_instance: dict[str, Any] = {"uri": "127.0.0.1", "urls": {}}
        self.uses: dict[str, int] = {}
        """How often each tag is said to have been used; others are unknown."""
        self.requests: list[str] = []
        self.introductions: list[str] = []
        """Requests about the server itself, which stand not among the others."""
        self.forms: list[dict[str, str]] = []
        """What was posted."""
        self.tokens: set[str] = set()
        self.closing = threading.Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._http.daemon_threads = True
        self._http.tag_server = self  # type: ignore[attr-defined]
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.005,))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._http.shutdown()
        self._thread.join(5)
        self._http.server_close()

    def add(self, number: int, text: str | None = None, tag: str = "hall", **changes: Any) -> dict[str, Any]:
        """A public post of ada's with `tag`, posted `number` seconds into the evening."""
        words = f"Post {number} for #{tag}" if text is None else text
        self.statuses[number] = {
            "id": str(number),
            "uri": f"{self.url}/users/ada/statuses/{number}",
            "url": f"{self.url}/@ada/{number}",
            "created_at": (EVENING + timedelta(seconds=number)).isoformat().replace("+00:00", "Z"),
            "edited_at": None,
            "visibility": "public",
            "sensitive": False,
            "spoiler_text": "",
            "language": "en",
            "reblog": None,
            "content": f"<p>{words}</p>",
            "account": {"acct": "ada", "display_name": "Ada", "url": f"{self.url}/@ada", "avatar": "", "bot": False},
            "tags": [{"name": tag}],
            "media_attachments": [],
        } | changes
        return self.statuses[number]

    def edit(self, number: int, text: str) -> None:
        """Change a post's words, as its author."""
        self.statuses[number] |= {"content": f"<p>{text}</p>", "edited_at": "2026-11-23T19:00:00.000Z"}

    def asked(self, start: str) -> list[str]:
        """Requests whose path starts so, in their order."""
        return [target for target in self.requests if target.startswith(start)]

    def answer(self, target: str) -> Answer:
        """The right answer: status, headers, body."""
        path, asked = urlsplit(target).path, parse_qs(urlsplit(target).query)
        last = unquote(path.rsplit("/", 1)[1])
        if path == "/api/v1/statuses" and self.knows_many:
            return self._many(asked.get("id[]", []))
        answers: dict[str, Callable[[], Answer]] = {
            "/api/v1/timelines/tag/": lambda: self._timeline(path, asked, lambda each: self._tagged(each, last)),
            "/api/v1/timelines/list/": lambda: self._list(path, asked, last),
            "/api/v1/accounts/": lambda: self._account(path, asked),
            "/api/v1/statuses/": lambda: self._one(last),
            "/users/ada/statuses/": lambda: self._one(last, origin=True),
            "/.well-known/nodeinfo": lambda: (200, {}, b'{"links": []}'),
            **dict.fromkeys(ABOUT_ITSELF, lambda: self._itself(path)),
        }
        return next((answer for start, answer in answers.items() if path.startswith(start)), lambda: _MISSING)()

    def _tagged(self, number: int, tag: str) -> bool:
        return {"name": tag} in self.statuses[number]["tags"] or number in self.everywhere

    def _list(self, path: str, asked: Mapping[str, list[str]], identity: str) -> Answer:
        members = self.lists.get(identity)
        return _MISSING if members is None else self._timeline(path, asked, members.__contains__)

    def _account(self, path: str, asked: Mapping[str, list[str]]) -> Answer:
        """See https://docs.joinmastodon.org/methods/accounts/."""
        if path.endswith("/lookup"):
            identity = self.accounts.get(asked["acct"][0])
            return _MISSING if identity is None else (200, {}, json.dumps({"id": identity}).encode())
        by = {identity: name for name, identity in self.accounts.items()}.get(path.split("/")[4])
        return (
            _MISSING
            if by is None
            else self._timeline(path, asked, lambda number: self.statuses[number]["account"]["acct"] == by)
        )

    def _itself(self, path: str) -> Answer:
        if path.startswith("/api/v1/tags/"):
            uses = self.uses.get(unquote(path.rsplit("/", 1)[1]))
            history = [{"day": "1", "uses": str(uses), "accounts": "1"}, {"day": "0", "uses": "0", "accounts": "0"}]
            return _MISSING if uses is None else (200, {}, json.dumps({"name": "tag", "history": history}).encode())
        document = self.old_instance if path == "/api/v1/instance" else self.instance
        return _MISSING if document is None else (200, {}, json.dumps(document).encode())

    def _timeline(self, path: str, asked: Mapping[str, list[str]], holds: Callable[[int], bool]) -> Answer:
        """See https://docs.joinmastodon.org/methods/timelines/#tag and https://docs.joinmastodon.org/api/guidelines."""
        rate = {**self.rate, **(self.paged_rate if "max_id" in asked else {})}
        asked = asked if self.pages else {}
        limit = min(MOST, int(asked.get("limit", [str(DEFAULT_LIMIT)])[0]))
        end = int(asked.get("max_id", [str(1 << 62)])[0])
        ids = sorted(number for number in self.statuses if number < end and holds(number))
        if "min_id" in asked:
            page = [number for number in ids if number > int(asked["min_id"][0])][:limit]
        else:
            page = [number for number in ids if number > int(asked.get("since_id", ["0"])[0])][-limit:]
        page.reverse()
        body = json.dumps([self.statuses[number] for number in page if number not in self.invisible]).encode()
        here = f"{self.url}{path}"
        links = f'<{here}?max_id={page[-1]}>; rel="next", <{here}?min_id={page[0]}>; rel="prev"' if page else ""
        return 200, {**rate, **({"Link": links} if links else {})}, body

    def _many(self, ids: list[str]) -> Answer:
        if len(ids) > DEFAULT_LIMIT:
            return 422, {}, b'{"error": "Too many"}'
        known = [self.statuses[int(identity)] for identity in ids if int(identity) in self.statuses]
        return 200, dict(self.rate), json.dumps(known).encode()

    def _one(self, identity: str, *, origin: bool = False) -> Answer:
        if self.members_only and not origin:
            return 401, {}, b'{"error": "This method requires an authenticated user"}'
        status = self.statuses.get(int(identity))
        if status is None:
            return 404, {}, b'{"error": "Record not found"}'
        return 200, {}, json.dumps(status).encode()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body leave together

    def do_GET(self) -> None:  # http.server finds it by this name
        server: TagServer = self.server.tag_server  # type: ignore[attr-defined]
        (server.introductions if self.path.startswith(ABOUT_ITSELF) else server.requests).append(self.path)
        server.tokens.add(self.headers.get("Authorization", ""))
        trouble = next((each for start, each in server.always.items() if self.path.startswith(start)), None)
        if trouble is None and server.troubles and not self.path.startswith(ABOUT_ITSELF):
            trouble = server.troubles.pop(0)
        status, headers, body = server.answer(self.path)
        if trouble is not None:
            server.closing.wait(trouble.delay)
            if trouble.status:
                status, headers, body = trouble.status, dict(trouble.headers), trouble.body
        try:
            self._send(status, headers, body)
        except OSError:
            self.close_connection = True  # the client did not wait

    def do_POST(self) -> None:  # http.server finds it by this name
        server: TagServer = self.server.tag_server  # type: ignore[attr-defined]
        form = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
        server.forms.append({name: values[0] for name, values in parse_qs(form).items()})
        self.do_GET()

    def _send(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.send_response(HTTPStatus(status))
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Stay silent."""
