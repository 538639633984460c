"""Matrix rooms on a real homeserver, and the wall's source in one of them; skipped where there is no Synapse."""

from __future__ import annotations

import asyncio
import itertools
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from means import means
from servers.synapse import DOMAIN, Synapse, installed
from servers.tag_server import real_client

from kiosk.sources.matrix.matrix import Matrix, MatrixTable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from servers.synapse import Member

    from kiosk.domain.model import PostUri
    from kiosk.sources.source import Batch

needs_synapse = pytest.mark.skipif(not installed(), reason="needs Synapse; `sh tests/servers.sh` installs it")
_numbers = itertools.count(1)


class Hall(NamedTuple):
    """A room that ada made and the wall's account may enter."""

    server: Synapse
    ada: Member
    wall: Member
    alias: str
    room: str

    def on(self, scenario: Callable[[Matrix], Awaitable[Any]], *, token: str | None = None, **options: Any) -> Any:
        """Run a scenario on a source in this room, through the program's own client."""

        async def whole() -> Any:
            table = MatrixTable(kind="matrix", server=self.server.url, room=self.alias, **options)
            async with aclosing(real_client(30)) as client:
                return await scenario(
                    Matrix(table, means(client, ["hall"], self.wall.token if token is None else token))
                )

        return asyncio.run(whole())

    def poll(self, cursor: Any = None, **options: Any) -> Batch:
        return self.on(lambda source: source.poll(cursor), **options)

    def recheck(self, *ids: str) -> Any:
        return self.on(lambda source: source.recheck(dict.fromkeys(ids, _unasked)))


_unasked: PostUri = ""  # type: ignore[assignment]


def texts(batch: Any) -> list[str]:
    return [item.post.text for item in batch.found]


def homeserver(folder: Any) -> Iterator[tuple[Synapse, Member, Member]]:
    """A homeserver with two accounts."""
    with Synapse(folder / "synapse") as server:
        yield server, server.member("ada"), server.member("wall")


def hall(server: Synapse, ada: Member, wall: Member, **options: Any) -> Hall:
    """A new room of ada's."""
    name = f"hall{next(_numbers)}"
    return Hall(server, ada, wall, f"#{name}:{DOMAIN}", ada.make_room(name, **options))
