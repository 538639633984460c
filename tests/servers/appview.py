"""A thin AppView on loopback: searchPosts, getPosts and getProfile over posts that a test, or a real PDS, holds."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs, quote, urlsplit

import httpx

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

POSTS = "app.bsky.feed.post"


@dataclass
class AppView:
    """Answers from `views` (by address), and from the records at `pds` where one is named."""

    views: dict[str, dict[str, Any]] = field(default_factory=dict)
    pds: str = ""
    dids: list[str] = field(default_factory=list)
    labels: dict[str, list[str]] = field(default_factory=dict)
    """Labels by the address of a post or the DID of its author."""
    trouble: dict[str, tuple[int, bytes, Mapping[str, str]]] = field(default_factory=dict)
    """What is answered in place of the truth, by the end of the path: status, body, headers."""
    headers: dict[str, str] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    authorizations: list[str] = field(default_factory=list)
    hold: threading.Event = field(default_factory=threading.Event)
    posts: dict[str, Callable[[dict[str, Any], str], tuple[int, Any]]] = field(default_factory=dict)
    """What answers POST requests, by the end of the path."""

    def __post_init__(self) -> None:
        self.hold.set()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._http.daemon_threads = True
        self._http.appview = self  # type: ignore[attr-defined]
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.005,))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.hold.set()
        self._http.shutdown()
        self._thread.join(5)
        self._http.server_close()

    def asked(self, what: str) -> list[str]:
        return [target for target in self.requests if urlsplit(target).path.endswith(what)]

    def answer(self, target: str) -> tuple[int, Any]:
        asked = parse_qs(urlsplit(target).query)
        match urlsplit(target).path.rsplit(".", 1)[-1]:
            case "getPosts":
                if len(asked["uris"]) > 25:
                    return 400, {"error": "InvalidRequest", "message": "too many uris"}
                return 200, {"posts": [view for uri in asked["uris"] if (view := self.view(uri)) is not None]}
            case "searchPosts":
                return 200, self._search(asked)
            case "getProfile":
                return 400, {"error": "InvalidRequest", "message": "Profile not found"}
        return 501, {"error": "MethodNotImplemented"}

    def _search(self, asked: dict[str, list[str]]) -> dict[str, Any]:
        tag = asked["q"][0].lstrip("#").casefold()
        hits = [view for view in self._everything() if tag in json.dumps(view["record"], ensure_ascii=False).casefold()]
        hits.sort(key=lambda view: view["indexedAt"], reverse=True)
        start, limit = int(asked.get("cursor", ["0"])[0]), int(asked.get("limit", ["25"])[0])
        more = {"cursor": str(start + limit)} if start + limit < len(hits) else {}
        return {"posts": hits[start : start + limit], **more}

    def _everything(self) -> list[dict[str, Any]]:
        held = [view for uri in self.views if (view := self.view(uri)) is not None]
        for did in self.dids:
            records = self._pds("com.atproto.repo.listRecords", repo=did, collection=POSTS, limit="100")
            held += [self._viewed(each) for each in (records or {}).get("records", [])]
        return held

    def view(self, uri: str) -> dict[str, Any] | None:
        """A post as app.bsky.feed.defs#postView, None where it is not to be had."""
        if uri in self.views:
            view = self.views[uri]
        elif self.pds:
            _, _, did, collection, rkey = uri.split("/")
            record = self._pds("com.atproto.repo.getRecord", repo=did, collection=collection, rkey=rkey)
            if record is None:
                return None
            view = self._viewed(record)
        else:
            return None
        did = view["author"]["did"]
        author = view["author"] | {"labels": [*view["author"].get("labels", []), *self._labels(did)]}
        return view | {"author": author, "labels": [*view.get("labels", []), *self._labels(uri)]}

    def _labels(self, of: str) -> list[dict[str, Any]]:
        return [
            {"src": "did:plc:mod", "uri": of, "val": val, "cts": "2026-11-23T18:00:00Z"}
            for val in self.labels.get(of, ())
        ]

    def _viewed(self, held: dict[str, Any]) -> dict[str, Any]:
        did = held["uri"].split("/")[2]
        repo = self._pds("com.atproto.repo.describeRepo", repo=did)
        profile = self._pds("com.atproto.repo.getRecord", repo=did, collection="app.bsky.actor.profile", rkey="self")
        said = (profile or {"value": {}})["value"]
        author = {"did": did, "handle": repo["handle"], "displayName": said.get("displayName", ""), "labels": []}
        view = {
            "uri": held["uri"],
            "cid": held["cid"],
            "author": author,
            "record": held["value"],
            "indexedAt": held["value"]["createdAt"],
            "labels": [],
        }
        embed = held["value"].get("embed", {})
        if embed.get("$type") == "app.bsky.embed.images":
            images = [
                {"fullsize": self._blob(did, each), "thumb": self._blob(did, each), "alt": each["alt"]}
                for each in embed["images"]
            ]
            view["embed"] = {"$type": "app.bsky.embed.images#view", "images": images}
        return view

    def _blob(self, did: str, image: dict[str, Any]) -> str:
        cid = image["image"]["ref"]["$link"]
        return f"{self.pds}/xrpc/com.atproto.sync.getBlob?did={quote(did)}&cid={cid}"

    def _pds(self, what: str, **asked: str) -> dict[str, Any] | None:
        answer = httpx.get(f"{self.pds}/xrpc/{what}", params=asked, timeout=10)
        return answer.json() if answer.status_code == httpx.codes.OK else None


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def do_GET(self) -> None:  # http.server finds it by this name
        self._do(lambda appview: appview.answer(self.path))

    def do_POST(self) -> None:  # http.server finds it by this name
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        given = json.loads(body) if body else {}
        what = urlsplit(self.path).path.rsplit(".", 1)[-1]
        token = self.headers.get("Authorization", "")
        self._do(lambda appview: appview.posts[what](given, token))

    def _do(self, answer: Callable[[AppView], tuple[int, Any]]) -> None:
        appview: AppView = self.server.appview  # type: ignore[attr-defined]
        appview.requests.append(self.path)
        appview.authorizations.append(self.headers.get("Authorization", ""))
        what = urlsplit(self.path).path.rsplit(".", 1)[-1]
        if what in appview.trouble:
            status, raw, headers = appview.trouble[what]
        else:
            appview.hold.wait(20)
            status, said = answer(appview)
            raw, headers = json.dumps(said).encode(), appview.headers
        try:
            self._send(status, raw, headers)
        except OSError:
            self.close_connection = True  # the client did not wait

    def _send(self, status: int, raw: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: object) -> None:
        """Stay silent."""


def record(text: str = "Hello to the #hall", *tags: str, **changes: Any) -> dict[str, Any]:
    """A post's record; each tag that stands in the text gets its facet, the others stand in `tags`."""
    facets = []
    for tag in tags or ("hall",):
        if f"#{tag}" in text:
            start = len(text[: text.index(f"#{tag}")].encode())
            index = {"byteStart": start, "byteEnd": start + len(f"#{tag}".encode())}
            facets.append({"index": index, "features": [{"$type": "app.bsky.richtext.facet#tag", "tag": tag}]})
    outside = [tag for tag in tags if f"#{tag}" not in text]
    made = {"$type": POSTS, "text": text, "createdAt": "2026-11-23T18:00:00.000Z", "facets": facets}
    return made | ({"tags": outside} if outside else {}) | changes


def view(
    name: str | int = 1, of: dict[str, Any] | None = None, did: str = "did:plc:ada", **changes: Any
) -> dict[str, Any]:
    """A postView of ada's whose record key is `name`."""
    said = record() if of is None else of
    return {
        "uri": f"at://{did}/{POSTS}/{name}",
        "cid": f"cid-{name}",
        "author": {"did": did, "handle": f"{did.rsplit(':', maxsplit=1)[-1]}.test", "displayName": "Ada", "labels": []},
        "record": said,
        "indexedAt": said.get("createdAt", "2026-11-23T18:00:00.000Z"),
        "labels": [],
    } | changes
