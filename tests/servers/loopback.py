"""A small HTTP server on loopback in a thread of its own: it remembers what was asked and misbehaves as told."""

from __future__ import annotations

import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, NamedTuple, Self

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from servers.tag_server import Trouble


class Asked(NamedTuple):
    """One request: its method, target, headers (names in lower case) and body."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""


class Answer(NamedTuple):
    """One answer; `stream` replaces the body by pieces that are sent as they come, until it or the server ends."""

    status: int = 200
    headers: Mapping[str, str] = {}
    body: bytes = b""
    stream: Iterator[bytes] | None = None


class LoopbackServer:
    """Serves what `answer` says from `with` to its end."""

    def __init__(self) -> None:
        self.troubles: list[Trouble] = []
        """What goes wrong next, one for each request."""
        self.always: dict[str, Trouble] = {}
        """What goes wrong every time, by the start of the path."""
        self.asked: list[Asked] = []
        self.closing = threading.Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._http.daemon_threads = True
        self._http.loopback = self  # type: ignore[attr-defined]
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.005,))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}"

    @property
    def requests(self) -> list[str]:
        """The targets of all requests, in their order."""
        return [each.target for each in self.asked]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._http.shutdown()
        self._thread.join(5)
        self._http.server_close()

    def answer(self, asked: Asked) -> Answer:
        """The right answer."""
        raise NotImplementedError


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body leave together

    def do_GET(self) -> None:  # http.server finds it by this name
        server: LoopbackServer = self.server.loopback  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked = Asked(self.command, self.path, {name.lower(): said for name, said in self.headers.items()}, body)
        server.asked.append(asked)
        trouble = next((each for start, each in server.always.items() if self.path.startswith(start)), None)
        if trouble is None and server.troubles:
            trouble = server.troubles.pop(0)
        answer = server.answer(asked)
        if trouble is not None:
            server.closing.wait(trouble.delay)
            if trouble.status:
                answer = Answer(trouble.status, dict(trouble.headers), trouble.body)
        try:
            self._send(answer)
        except OSError:
            self.close_connection = True  # the client did not wait

    do_POST = do_GET  # noqa: N815  # this one too

    def _send(self, answer: Answer) -> None:
        self.send_response(HTTPStatus(answer.status))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.stream is not None:
            self.send_header("Connection", "close")
            self.end_headers()
            for piece in answer.stream:
                self.wfile.write(piece)
                self.wfile.flush()
            self.close_connection = True
            return
        bodiless = answer.status == HTTPStatus.NOT_MODIFIED
        self.send_header("Content-Length", "0" if bodiless else str(len(answer.body)))
        self.end_headers()
        if not bodiless:
            self.wfile.write(answer.body)

    def log_message(self, *_: object) -> None:
        """Stay silent."""
