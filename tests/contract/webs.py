"""The networks that speak HTTP, each on its loopback server, in its own dialect of rate limits."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, ClassVar

from contract.network import Web, epoch
from contract.small import ROOM, Homeserver
from servers.appview import AppView, record, view
from servers.bot_api import TOKEN as BOT_TOKEN
from servers.bot_api import BotApi, refusal
from servers.feed_server import FeedServer
from servers.graph_api import ACCOUNT, GraphApi, problem
from servers.graph_api import TOKEN as GRAPH_TOKEN
from servers.tag_server import TagServer
from servers.x_server import TOKEN as X_TOKEN
from servers.x_server import XServer


class Tags(Web):
    """Mastodon."""

    kind = "mastodon"
    serve = TagServer

    def add(self, number: int) -> None:
        self.server.add(number)

    def edit(self, number: int) -> None:
        self.server.edit(number, f"Edited {number} for #hall")

    def delete(self, number: int) -> None:
        del self.server.statuses[number]

    def malform(self) -> None:
        self.server.add(9, created_at="yesterday")

    def wish(self, seconds: int) -> tuple[bytes, str]:
        return b"{}", f"X-RateLimit-Reset: {datetime.fromtimestamp(epoch(seconds), UTC).isoformat()}"


class Views(Web):
    """Bluesky, by search with an account, since nobody else may search; its live stream has tests of its own."""

    kind = "bluesky"
    token = "app password"  # noqa: S105  # on loopback
    options: ClassVar = {"identifier": "wall.test", "jetstream": ("ws://127.0.0.1:1",)}

    def serve(self) -> AppView:
        tokens = {"accessJwt": "access", "refreshJwt": "refresh", "did": "did:plc:wall"}
        return AppView(posts={"createSession": lambda *_: (200, tokens)})

    def made(self, at: str) -> tuple[dict[str, Any], tuple[Any, ...]]:
        return {"server": at or self.proxy.url, "appview": at or self.proxy.url}, ()

    def add(self, number: int) -> None:
        self._put(number, f"Post {number} in the #hall")

    def edit(self, number: int) -> None:
        self._put(number, f"Edited {number} in the #hall")

    def delete(self, number: int) -> None:
        del self.server.views[view(number)["uri"]]

    def malform(self) -> None:
        self.server.views[view(9)["uri"]] = view(9, record()) | {"record": "a #hall that is no record"}

    def _put(self, number: int, text: str) -> None:
        made = record(text, createdAt=f"2026-11-23T18:00:{number:02d}.000Z")
        self.server.views[view(number)["uri"]] = view(number, made)

    def wish(self, seconds: int) -> tuple[bytes, str]:
        return b'{"error": "RateLimitExceeded", "message": "Rate Limit Exceeded"}', f"RateLimit-Reset: {epoch(seconds)}"


class Blog(Web):
    """A JSON feed; RSS and Atom go the same way once they are parsed."""

    kind = "feed"
    serve = FeedServer

    def made(self, at: str) -> tuple[dict[str, Any], tuple[Any, ...]]:
        return {"address": f"{at or self.proxy.url}/json"}, ()

    def add(self, number: int) -> None:
        self.server.add(number)

    def edit(self, number: int) -> None:
        self.server.edit(number, f"Edited {number} for #hall")

    def delete(self, number: int) -> None:
        self.server.delete(number)

    def malform(self) -> None:
        self.server.add(9, "")


class Search(Web):
    """X."""

    kind = "x"
    token = X_TOKEN
    serve = XServer

    def add(self, number: int) -> None:
        self.server.add(number)

    def edit(self, number: int) -> None:
        self.server.edit(number, f"Edited {number} for #hall")

    def delete(self, number: int) -> None:
        del self.server.statuses[number]

    def malform(self) -> None:
        self.server.add(9, created_at="yesterday")

    def wish(self, seconds: int) -> tuple[bytes, str]:
        return b'{"title": "Too Many Requests", "status": 429}', f"x-rate-limit-reset: {epoch(seconds)}"


class Room(Web):
    """Matrix."""

    kind = "matrix"
    token = "the wall's own"  # noqa: S105  # on loopback
    options: ClassVar = {"room": ROOM}
    serve = Homeserver

    def add(self, number: int) -> None:
        self.server.say(f"${number}", f"Post {number} #hall")

    def edit(self, number: int) -> None:
        self.server.edit(f"${number}", f"Edited {number} #hall")

    def delete(self, number: int) -> None:
        self.server.redact(f"${number}")

    def malform(self) -> None:
        self.server.events.append({"type": "m.room.message", "event_id": 9, "content": "?"})

    def wish(self, seconds: int) -> tuple[bytes, str]:
        said = {"errcode": "M_LIMIT_EXCEEDED", "error": "Too Many Requests", "retry_after_ms": 1000 * seconds}
        return json.dumps(said).encode(), "Content-Type: application/json"


class Bot(Web):
    """Telegram."""

    kind = "telegram"
    token = BOT_TOKEN
    cannot: ClassVar = {"delete": "Telegram tells a bot of no deletions"}
    serve = BotApi

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._said: dict[int, dict[str, Any]] = {}

    def add(self, number: int) -> None:
        self._said[number] = self.server.say(f"Post {number} #hall")

    def edit(self, number: int) -> None:
        self.server.edit(self._said[number], text=f"Edited {number} #hall")

    def malform(self) -> None:
        self.server.tell("message", {"message_id": "?"})

    def wish(self, seconds: int) -> tuple[bytes, str]:
        said = refusal(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
        return json.dumps(said).encode(), "Content-Type: application/json"


class _Graph(Web):
    token = GRAPH_TOKEN
    serve = GraphApi

    def made(self, at: str) -> tuple[dict[str, Any], tuple[Any, ...]]:
        return {}, (f"{at or self.proxy.url}/v25.0",)

    def wish(self, seconds: int) -> tuple[bytes, str]:
        used = {"1": [{"type": "x", "call_count": 100, "estimated_time_to_regain_access": seconds // 60}]}
        return problem(4, "Application request limit reached").body, f"X-Business-Use-Case-Usage: {json.dumps(used)}"


class Topics(_Graph):
    """Threads."""

    kind = "threads"

    def add(self, number: int) -> None:
        self.server.thread(number)

    def edit(self, number: int) -> None:
        self.server.threads[number]["text"] = f"Edited {number}"

    def delete(self, number: int) -> None:
        del self.server.threads[number]

    def malform(self) -> None:
        self.server.thread(9, permalink=7)


class Media(_Graph):
    """Instagram."""

    kind = "instagram"
    options: ClassVar = {"user": ACCOUNT}
    cannot: ClassVar = {"delete": "Instagram cannot be asked for a post that it lists no more"}

    def add(self, number: int) -> None:
        self.server.photo(number)

    def edit(self, number: int) -> None:
        self.server.media[number]["caption"] = f"Edited {number} #hall"

    def malform(self) -> None:
        self.server.photo(9, permalink=7)
