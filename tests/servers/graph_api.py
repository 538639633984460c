"""Meta's Graph API on loopback as its documentation tells it: Threads' keyword search, Instagram's hashtag search.

The shapes are those of https://developers.facebook.com/docs/threads/keyword-search,
https://developers.facebook.com/docs/instagram-platform/instagram-api-with-facebook-login/hashtag-search and
https://developers.facebook.com/docs/graph-api/guides/error-handling; no answer was recorded from Meta.
"""

from __future__ import annotations

import json
import threading
from datetime import datetime, timedelta
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs, urlsplit

from factories import EVENING
from servers.tag_server import Trouble

if TYPE_CHECKING:
    from collections.abc import Mapping

TOKEN, ME, ACCOUNT = "EAAsecret", "organiser", "17841405309211844"
KNOWN_FIELDS = frozenset(
    {
        *("id", "text", "media_type", "media_url", "thumbnail_url", "permalink", "timestamp", "username"),
        *("is_quote_post", "alt_text", "topic_tag", "is_spoiler_media", "caption", "children"),
    }
)


def problem(code: int, message: str, status: int = 400, subcode: int = 0, **more: Any) -> Trouble:
    """An error as the API says it."""
    error = {"message": f"(#{code}) {message}", "type": "OAuthException", "code": code, "fbtrace_id": "x"}
    error |= ({"error_subcode": subcode} if subcode else {}) | more
    return Trouble(status, json.dumps({"error": error}).encode())


MISSING = problem(100, "Unsupported get request. Object with ID does not exist", subcode=33)


class GraphApi:
    """Serves `threads` and `media` (by id, newest is the highest) from `with` to its end, in a thread of its own."""

    def __init__(self) -> None:
        self.threads: dict[int, dict[str, Any]] = {}
        self.media: dict[int, dict[str, Any]] = {}
        self.approved = True
        """Whether Meta has let the app see others' posts."""
        self.single_posts = True
        """Whether others' posts are shown by their id."""
        self.fields = KNOWN_FIELDS
        self.hashtags = {"hall": "17843857450040591", "stage": "17843857450040592"}
        self.now = EVENING
        """Instagram tells of nothing that is more than a day older than this."""
        self.headers: dict[str, str] = {}
        self.troubles: list[Trouble] = []
        """What goes wrong next, one for each request."""
        self.always: dict[str, Trouble] = {}
        """What goes wrong every time, by a part of the path."""
        self.requests: list[str] = []
        self.closing = threading.Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._http.daemon_threads = True
        self._http.graph_api = self  # type: ignore[attr-defined]
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.005,))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}/v25.0"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._http.shutdown()
        self._thread.join(5)
        self._http.server_close()

    def thread(
        self, number: int, text: str = "", user: str = "ada", tag: str = "hall", **changes: Any
    ) -> dict[str, Any]:
        """A text post on Threads, posted `number` seconds into the evening."""
        self.threads[number] = {
            "id": str(18_000_000 + number),
            "text": text or f"Thread {number}",
            "media_type": "TEXT_POST",
            "permalink": f"https://www.threads.com/@{user}/post/C{number}",
            "timestamp": _time(EVENING + timedelta(seconds=number)),
            "username": user,
            "is_quote_post": False,
            "topic_tag": tag,
        } | changes
        return self.threads[number]

    def photo(self, number: int, caption: str = "", tag: str = "hall", **changes: Any) -> dict[str, Any]:
        """A photo on Instagram, posted `number` seconds into the evening; `tag` is left out of what is told."""
        self.media[number] = {
            "id": str(17_900_000 + number),
            "caption": caption or f"Photo {number} #{tag}",
            "media_type": "IMAGE",
            "media_url": f"https://scontent.example/{number}.jpg?sig=x",
            "permalink": f"https://www.instagram.com/p/C{number}/",
            "timestamp": _time(EVENING + timedelta(seconds=number)),
            "_tag": tag,
        } | changes
        return self.media[number]

    def asked(self, part: str) -> list[dict[str, str]]:
        """The queries of requests whose path has `part` in it, in their order."""
        return [
            {name: values[0] for name, values in parse_qs(urlsplit(target).query).items()}
            for target in self.requests
            if part in urlsplit(target).path
        ]

    def answer(self, target: str) -> tuple[int, bytes]:
        """The right answer: status and body."""
        path = urlsplit(target).path.removeprefix("/v25.0/")
        query = {name: values[0] for name, values in parse_qs(urlsplit(target).query).items()}
        if query.get("access_token") != TOKEN:
            wrong = problem(190, f"Malformed access token {query.get('access_token', '')}", 401)
            return wrong.status, wrong.body
        unknown = {part.partition("{")[0] for part in _fields(query.get("fields", ""))} - self.fields
        if unknown:
            wrong = problem(100, f"Tried accessing nonexisting field ({min(unknown)})")
            return wrong.status, wrong.body
        if path.endswith("/recent_media"):
            return self._recent_media(path.split("/")[0], query)
        named = {"me": self._whoami, "keyword_search": self._keyword_search, "ig_hashtag_search": self._hashtag}
        return named[path](query) if path in named else self._single(path, query)

    def _whoami(self, _: Mapping[str, str]) -> tuple[int, bytes]:
        return 200, json.dumps({"id": "1", "username": ME}).encode()

    def _visible(self) -> dict[int, dict[str, Any]]:
        return {number: it for number, it in self.threads.items() if self.approved or it["username"] == ME}

    def _keyword_search(self, query: Mapping[str, str]) -> tuple[int, bytes]:
        assert (query["search_type"], query["search_mode"]) == ("RECENT", "TAG")
        until = int(query.get("until", 1 << 40))
        found = [
            it
            for number, it in sorted(self._visible().items(), reverse=True)
            if query["q"] in {it["topic_tag"], it.get("_found_by")}
            and datetime.fromisoformat(it["timestamp"]).timestamp() <= until
        ]
        page = [_told(it, query) for it in found[: int(query.get("limit", 25))]]
        return 200, json.dumps({"data": page}).encode()

    def _single(self, identity: str, query: Mapping[str, str]) -> tuple[int, bytes]:
        for it in self._visible().values():
            if it["id"] == identity and (self.single_posts or it["username"] == ME):
                return 200, json.dumps(_told(it, query)).encode()
        return MISSING.status, MISSING.body

    def _hashtag(self, query: Mapping[str, str]) -> tuple[int, bytes]:
        assert query["user_id"] == ACCOUNT
        if query["q"] not in self.hashtags:
            wrong = problem(24, "The requested resource does not exist", subcode=2207024)
            return wrong.status, wrong.body
        return 200, json.dumps({"data": [{"id": self.hashtags[query["q"]]}]}).encode()

    def _recent_media(self, hashtag: str, query: Mapping[str, str]) -> tuple[int, bytes]:
        """Pages of at most 50, all with the same cursor: the server remembers where its reader is."""
        assert query["user_id"] == ACCOUNT
        tag = next(tag for tag, identity in self.hashtags.items() if identity == hashtag)
        found = [
            it
            for _, it in sorted(self.media.items(), reverse=True)
            if it["_tag"] == tag and datetime.fromisoformat(it["timestamp"]) > self.now - timedelta(days=1)
        ]
        self._place = self._place + 50 if query.get("after") else 0
        page = found[self._place : self._place + 50]
        body: dict[str, Any] = {"data": [_told(it, query) for it in page]}
        if len(found) > self._place + 50:
            following = f"{self.url}/{hashtag}/recent_media?access_token={TOKEN}&after=same"
            body["paging"] = {"cursors": {"after": "same"}, "next": following}
        return 200, json.dumps(body).encode()

    _place = 0


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S+0000")


def _fields(said: str) -> list[str]:
    """The outer fields of `a,b{c,d}`."""
    outer, depth = [""], 0
    for char in said:
        depth += (char == "{") - (char == "}")
        if char == "," and not depth:
            outer.append("")
        else:
            outer[-1] += char
    return [field for field in outer if field]


def _told(it: Mapping[str, Any], query: Mapping[str, str]) -> dict[str, Any]:
    """Only what was asked for is told, and what is empty is left out, as the API does."""
    asked = {field.partition("{")[0] for field in _fields(query.get("fields", "id"))} | {"id"}
    return {name: value for name, value in it.items() if name in asked and value is not None}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:  # http.server finds it by this name
        server: GraphApi = self.server.graph_api  # type: ignore[attr-defined]
        server.requests.append(self.path)
        trouble = next((each for part, each in server.always.items() if part in self.path), None)
        if trouble is None and server.troubles:
            trouble = server.troubles.pop(0)
        headers = dict(server.headers)
        if trouble is not None and trouble.status:
            status, body = trouble.status, trouble.body
            headers |= trouble.headers
        else:
            status, body = server.answer(self.path)
        if trouble is not None:
            server.closing.wait(trouble.delay)
        try:
            self.send_response(HTTPStatus(status))
            self.send_header("Content-Type", "application/json; charset=UTF-8")
            self.send_header("Content-Length", str(len(body)))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            self.close_connection = True  # the client did not wait

    def log_message(self, *_: object) -> None:
        """Stay silent."""
