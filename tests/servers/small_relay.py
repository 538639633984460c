"""A relay on loopback that keeps to NIP-01, and breaks it in every way that a test asks for."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any, Self

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

if TYPE_CHECKING:
    from collections.abc import Callable


def matches(event: dict[str, Any], question: dict[str, Any]) -> bool:
    """Whether an event matches a filter of NIP-01."""
    for key, wanted in question.items():
        if key == "since" and event["created_at"] < wanted:
            return False
        if key == "until" and event["created_at"] > wanted:
            return False
        if key in {"ids", "authors", "kinds"}:
            if event[{"ids": "id", "authors": "pubkey", "kinds": "kind"}[key]] not in wanted:
                return False
        elif key.startswith("#") and not any(tag[0] == key[1:] and tag[1] in wanted for tag in event["tags"]):
            return False
    return True


class SmallRelay:
    """Serves `events` on the running loop from `async with` to its end."""

    def __init__(self, *events: dict[str, Any]) -> None:
        self.events = list(events)
        self.most = 500
        """The most events given in answer to one question."""
        self.greeting: list[Any] = []
        """What is said to whoever connects; text as it is, anything else as JSON."""
        self.instead: Callable[[str, dict[str, Any]], list[Any] | None] = lambda _, __: None
        """What is said to a question in place of the right answer, by subscription and filter."""
        self.questions: list[dict[str, Any]] = []
        self.asked = asyncio.Event()
        """Set with each question."""
        self.connections = 0
        self._open: dict[ServerConnection, dict[str, dict[str, Any]]] = {}
        self._server: Any = None
        self._port = 0

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self._port}"

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Begin to serve, on the port of the last time."""
        self._server = await serve(self._talk, "127.0.0.1", self._port, max_size=1 << 22, close_timeout=1)
        self._port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """End every connection, and serve no more."""
        self._server.close()
        await self._server.wait_closed()

    async def publish(self, *events: dict[str, Any]) -> None:
        """Keep events, and tell those who listen for them."""
        for event in events:
            self.events.append(event)
            for connection, subscriptions in list(self._open.items()):
                for name, question in list(subscriptions.items()):
                    if matches(event, question):
                        await _send(connection, ["EVENT", name, event])

    async def say(self, message: Any) -> None:
        """Say something to everybody."""
        for connection in list(self._open):
            await _send(connection, message)

    def listening(self, name: str) -> list[dict[str, Any]]:
        """The filters of all open subscriptions called so."""
        return [subscriptions[name] for subscriptions in self._open.values() if name in subscriptions]

    async def _talk(self, connection: ServerConnection) -> None:
        self.connections += 1
        subscriptions = self._open.setdefault(connection, {})
        try:
            for message in self.greeting:
                await _send(connection, message)
            async for text in connection:
                label, name, *questions = json.loads(text)
                if label == "REQ":
                    self.questions.append(questions[0])
                    subscriptions[name] = questions[0]
                    self.asked.set()
                    await self._answer(connection, name, questions[0])
                elif label == "CLOSE":
                    subscriptions.pop(name, None)
        except ConnectionClosed:
            pass
        finally:
            del self._open[connection]

    async def _answer(self, connection: ServerConnection, name: str, question: dict[str, Any]) -> None:
        other = self.instead(name, question)
        if other is not None:
            for message in other:
                await _send(connection, message)
            return
        stored = sorted(
            (event for event in self.events if matches(event, question)),
            key=lambda event: (-event["created_at"], event["id"]),
        )
        for event in stored[: min(self.most, question.get("limit", self.most))]:
            await _send(connection, ["EVENT", name, event])
        await _send(connection, ["EOSE", name])


async def _send(connection: ServerConnection, message: Any) -> None:
    try:
        await connection.send(message if isinstance(message, str | bytes) else json.dumps(message))
    except ConnectionClosed:
        await asyncio.sleep(0)
