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
from urllib.parse import parse_qs, quote, unquote, urlsplit

from factories import EVENING

from kiosk.media.client import GuardedClient, Limits

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_LIMIT, MOST = 20, 40
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
        """What goes wrong next, one for each request."""
        self.always: dict[str, Trouble] = {}
        """What goes wrong every time, by the start of the path."""
        self.rate: dict[str, str] = {}
        self.knows_many = True
        self.members_only = False
        self.requests: list[str] = []
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

    def answer(self, target: str) -> tuple[int, dict[str, str], bytes]:
        """The right answer: status, headers, body."""
        path, asked = urlsplit(target).path, parse_qs(urlsplit(target).query)
        if path.startswith("/api/v1/timelines/tag/"):
            return self._timeline(unquote(path.rsplit("/", 1)[1]), asked)
        if path == "/api/v1/statuses" and self.knows_many:
            return self._many(asked.get("id[]", []))
        if path.startswith("/api/v1/statuses/"):
            return self._one(path.rsplit("/", 1)[1])
        if path.startswith("/users/ada/statuses/"):
            return self._one(path.rsplit("/", 1)[1], origin=True)
        if path == "/.well-known/nodeinfo":
            return 200, {}, b'{"links": []}'
        return 404, {}, b'{"error": "Not Found"}'

    def _timeline(self, tag: str, asked: Mapping[str, list[str]]) -> tuple[int, dict[str, str], bytes]:
        """See https://docs.joinmastodon.org/methods/timelines/#tag and https://docs.joinmastodon.org/api/guidelines."""
        asked = asked if self.pages else {}
        limit = min(MOST, int(asked.get("limit", [str(DEFAULT_LIMIT)])[0]))
        ids = [
            number
            for number, status in self.statuses.items()
            if {"name": tag} in status["tags"] or number in self.everywhere
        ]
        ids = sorted(number for number in ids if number < int(asked.get("max_id", [str(1 << 62)])[0]))
        if "min_id" in asked:
            page = [number for number in ids if number > int(asked["min_id"][0])][:limit]
        else:
            page = [number for number in ids if number > int(asked.get("since_id", ["0"])[0])][-limit:]
        page.reverse()
        body = json.dumps([self.statuses[number] for number in page if number not in self.invisible]).encode()
        here = f"{self.url}/api/v1/timelines/tag/{quote(tag)}"
        links = f'<{here}?max_id={page[-1]}>; rel="next", <{here}?min_id={page[0]}>; rel="prev"' if page else ""
        return 200, {**self.rate, **({"Link": links} if links else {})}, body

    def _many(self, ids: list[str]) -> tuple[int, dict[str, str], bytes]:
        if len(ids) > DEFAULT_LIMIT:
            return 422, {}, b'{"error": "Too many"}'
        known = [self.statuses[int(identity)] for identity in ids if int(identity) in self.statuses]
        return 200, dict(self.rate), json.dumps(known).encode()

    def _one(self, identity: str, *, origin: bool = False) -> tuple[int, dict[str, str], bytes]:
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
        server.requests.append(self.path)
        server.tokens.add(self.headers.get("Authorization", ""))
        trouble = next((each for start, each in server.always.items() if self.path.startswith(start)), None)
        if trouble is None and server.troubles:
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
