"""A server on loopback that answers each path with what a test wrote for it, and remembers what it was asked."""

from __future__ import annotations

import json
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, NamedTuple, Self

if TYPE_CHECKING:
    from collections.abc import Mapping


class Answer(NamedTuple):
    """One answer; a body that is no bytes is sent as JSON."""

    status: int = 200
    body: Any = b""
    headers: Mapping[str, str] = {}


class Asked(NamedTuple):
    """One request as it came."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


class Scripted:
    """Answers by the longest beginning of the path that it knows, else with 404; from `with` to its end."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer | list[Answer]] = {}
        """A list is used up from its front; its last answer stays."""
        self.asked: list[Asked] = []
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._http.daemon_threads = True
        self._http.scripted = self  # type: ignore[attr-defined]
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.005,))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._thread.join(5)
        self._http.server_close()

    def targets(self, start: str = "") -> list[str]:
        """Paths that were asked for, in their order."""
        return [each.target for each in self.asked if each.target.startswith(start)]

    def answer(self, asked: Asked) -> Answer:
        """What the test wrote; may be replaced by a server that knows better."""
        starts = [start for start in self.answers if asked.target.startswith(start)]
        if not starts:
            return Answer(404, {"errcode": "M_UNRECOGNIZED", "error": "Unrecognized request"})
        given = self.answers[max(starts, key=len)]
        if isinstance(given, list):
            return given.pop(0) if len(given) > 1 else given[0]
        return given


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body leave together

    def do_GET(self) -> None:  # http.server finds it by this name
        server: Scripted = self.server.scripted  # type: ignore[attr-defined]
        length = int(self.headers.get("Content-Length") or 0)
        asked = Asked(self.command, self.path, dict(self.headers), self.rfile.read(length))
        server.asked.append(asked)
        status, body, headers = server.answer(asked)
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        try:
            self.send_response(HTTPStatus(status))
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
        except OSError:
            self.close_connection = True  # the client did not wait

    do_POST = do_GET  # noqa: N815  # http.server finds it by this name

    def log_message(self, *_: object) -> None:
        """Stay silent."""
