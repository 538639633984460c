"""A small Jetstream on loopback: both versions' frames, cursors, dictionaries, and whatever frames a test gives it."""

from __future__ import annotations

import json
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs, urlsplit

import websockets
import zstandard
from servers.firehose import frames
from websockets.datastructures import Headers
from websockets.http11 import Response
from websockets.sync.client import connect
from websockets.sync.server import serve

if TYPE_CHECKING:
    from websockets.http11 import Request
    from websockets.sync.server import ServerConnection

V2 = "/xrpc/network.bsky.jetstream.subscribeEvents"
DICTIONARY = "/xrpc/network.bsky.jetstream.getZstdDictionary"


class Jetstream:
    """Tells of `told` (version 1's frames, or raw text) from `with` to its end, in threads of its own."""

    def __init__(self, dictionary: bytes = b"") -> None:
        self.told: list[dict[str, Any] | str] = []
        self.dictionary = dictionary
        self.requests: list[str] = []
        self.subprotocols: list[str] = []
        self.refusing: tuple[int, bytes] | None = None
        """A status and a body that answer every handshake."""
        self.listening = 0
        """Connections that are told what is new from now on."""
        self._change = threading.Condition()
        self._closing = False
        self._open: list[ServerConnection] = []
        self._server = serve(
            self._tell,
            "127.0.0.1",
            0,
            process_request=self._request,
            subprotocols=["xrpc.v1.json"],
            select_subprotocol=self._select,
            compression=None,
        )
        self._threads = [threading.Thread(target=self._server.serve_forever)]

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self._server.socket.getsockname()[1]}"

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._change:
            self._closing = True
            self._change.notify_all()
        self._server.shutdown()
        for thread in self._threads:
            thread.join(10)

    def follow(self, pds: str) -> None:
        """Convert what a PDS tells; before `with`."""
        address = pds.replace("http", "ws", 1) + "/xrpc/com.atproto.sync.subscribeRepos"
        self._threads.append(threading.Thread(target=self._convert, args=(address,)))

    def _convert(self, address: str) -> None:
        with connect(address, proxy=None, max_size=None) as firehose:
            while not self._closing:
                with suppress(TimeoutError):
                    for frame in frames(firehose.recv(timeout=0.1)):
                        self.tell(frame)

    def tell(self, *told: dict[str, Any] | str) -> None:
        with self._change:
            self.told += told
            self._change.notify_all()

    def drop(self) -> None:
        """Break off every connection, without a word."""
        for connection in self._open:
            with suppress(OSError):
                connection.socket.shutdown(2)

    def _select(self, _: ServerConnection, offered: list[str]) -> str | None:
        self.subprotocols += offered
        return next(iter(offered), None)

    def _request(self, connection: ServerConnection, request: Request) -> Response | None:
        self.requests.append(request.path)
        if request.path.startswith(DICTIONARY):
            if not self.dictionary:
                return connection.respond(HTTPStatus.NOT_FOUND, '{"error": "DictionaryNotFound"}')
            length = ("Content-Length", str(len(self.dictionary)))
            return Response(200, "OK", Headers([length, ("Connection", "close")]), self.dictionary)
        if self.refusing is not None:
            status, body = self.refusing
            return Response(status, "No", Headers([("Content-Length", str(len(body))), ("Connection", "close")]), body)
        return None

    def _tell(self, connection: ServerConnection) -> None:
        self._open.append(connection)
        parts = urlsplit(connection.request.path)
        asked = parse_qs(parts.query)
        packer = self._packer(asked)
        since = int(asked.get("cursor", ["0"])[0])
        at = 0 if since else len(self.told)
        self.listening += 1
        with suppress(websockets.ConnectionClosed):
            while not self._closing:
                with self._change:
                    if not self._closing and len(self.told) == at:
                        self._change.wait(0.2)
                    fresh, at = self.told[at:], len(self.told)
                for each in fresh:
                    text = each if isinstance(each, str) else self._framed(each, asked, since, v2=parts.path == V2)
                    if text:
                        connection.send(packer.compress(text.encode()) if packer else text)
                connection.ping()

    def _packer(self, asked: dict[str, list[str]]) -> zstandard.ZstdCompressor | None:
        if not self.dictionary or not ("compress" in asked or "zstdDictionary" in asked):
            return None
        dictionary = zstandard.ZstdCompressionDict(self.dictionary)
        assert asked.get("zstdDictionary", [str(dictionary.dict_id())]) == [str(dictionary.dict_id())]
        return zstandard.ZstdCompressor(dict_data=dictionary, write_content_size=False)

    def _framed(self, frame: dict[str, Any], asked: dict[str, list[str]], since: int, *, v2: bool) -> str:
        wanted = asked.get("collections" if v2 else "wantedCollections", [])
        commit = frame.get("commit", {})
        if frame["time_us"] < since or (commit and wanted and commit["collection"] not in wanted):
            return ""
        if not v2:
            return json.dumps(frame, ensure_ascii=False)
        kind = frame["kind"]
        if kind not in asked.get("kinds", [kind]):
            return ""
        return json.dumps({"$type": "message", "payload": second(frame)}, ensure_ascii=False)


def second(frame: dict[str, Any]) -> dict[str, Any]:
    """A frame of version 1 as version 2 tells it: network.bsky.jetstream.subscribeEvents."""
    kind = frame["kind"]
    moment = datetime.fromtimestamp(frame["time_us"] // 1_000_000, UTC).replace(
        microsecond=frame["time_us"] % 1_000_000
    )
    common = {
        "$type": f"network.bsky.jetstream.subscribeEvents#{kind}",
        "seq": frame["time_us"] % 1_000_000_000,
        "did": frame["did"],
        "time": moment.isoformat(timespec="microseconds").replace("+00:00", "Z"),
    }
    return common | (frame["commit"] if kind == "commit" else {kind: frame[kind]})


def posted(
    did: str, rkey: str, record: dict[str, Any], cid: str = "c1", *, operation: str = "create"
) -> dict[str, Any]:
    """A frame that tells of a post, now."""
    commit = {"rev": "r", "operation": operation, "collection": "app.bsky.feed.post", "rkey": rkey}
    if operation != "delete":
        commit |= {"record": record, "cid": cid}
    return {"did": did, "time_us": time.time_ns() // 1000, "kind": "commit", "commit": commit}
