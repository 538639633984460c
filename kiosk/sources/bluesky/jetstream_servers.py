"""Which Jetstream is followed, and how: the next one after each failure, packed where a dictionary is at hand."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from kiosk.domain.errors import BadPayload, Misconfigured, Refused, SourceError, Unavailable
from kiosk.sources.bluesky.jetstream import dictionary_address, dictionary_id, is_second, subscription

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence
    from pathlib import Path

    from kiosk.sources.source import Channel, Client

LARGEST_DICTIONARY: Final = 256_000
"""Bytes; the public ones have 112,640."""


class Servers:
    """Servers in the order in which they are tried; only one is followed at a time."""

    def __init__(self, addresses: Sequence[str], client: Client, dictionary: Path | None = None) -> None:
        """Follow the first of `addresses` first; `dictionary` is the file of version 1's."""
        self._addresses = addresses
        self._client = client
        self._file = dictionary
        self._turn = 0
        self._refusing: set[str] = set()
        self._dictionaries: dict[str, bytes] = {}

    @asynccontextmanager
    async def follow(self, since: int, silence: float) -> AsyncGenerator[Channel]:
        """Open the server whose turn it is, from the position `since` on (microseconds, 0 for what is new).

        Raises:
            Refused: where every server refuses.
            Misconfigured: where the dictionary is none.
            Unavailable: where this server does not answer or broke off; the next has its turn.

        """
        server = self._addresses[self._turn % len(self._addresses)]
        begun = False
        try:
            plan = subscription(server, since, await self._dictionary(server))
            async with self._client.websocket(
                plan.url, silence=silence, dictionary=plan.dictionary, subprotocols=plan.subprotocols
            ) as channel:
                begun = True
                self._refusing.clear()
                yield channel
            self._turn += 1
        except Misconfigured:
            raise
        except SourceError as error:
            self._turn += 1
            if (not begun or isinstance(error, BadPayload)) and self._dictionaries.get(server):
                self._dictionaries[server] = b""  # it may have another by now: plain JSON next time
            if not isinstance(error, Refused):
                raise
            self._refusing.add(server)
            if len(self._refusing) >= len(set(self._addresses)):
                raise
            raise Unavailable(f"{error} The next Jetstream is tried.") from error

    async def _dictionary(self, server: str) -> bytes | None:
        """What a server packs its frames with; None for plain JSON."""
        if not is_second(server):
            return None if self._file is None else await asyncio.to_thread(_read, self._file)
        if server not in self._dictionaries:
            self._dictionaries[server] = await self._fetched(server)
        return self._dictionaries[server] or None

    async def _fetched(self, server: str) -> bytes:
        """The server's own dictionary; without it, all goes well but for the traffic."""
        try:
            response = await self._client.get(dictionary_address(server), largest=LARGEST_DICTIONARY)
        except SourceError:
            return b""
        good = response.status_code == HTTPStatus.OK and dictionary_id(response.content)
        return response.content if good else b""


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            dictionary = file.read(LARGEST_DICTIONARY + 1)
    except OSError as error:
        raise Misconfigured(f"The dictionary “{path.name}” cannot be read ({error.strerror}).") from error
    if len(dictionary) > LARGEST_DICTIONARY or not dictionary_id(dictionary):
        raise Misconfigured(f"“{path.name}” is no zstd dictionary; leave `dictionary` empty to do without.")
    return dictionary
