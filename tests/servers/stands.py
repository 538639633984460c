"""What a network's small server offers to the contract that all sources keep; a network joins with one class here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, Self

from means import means
from servers.tag_server import TagServer, Trouble

from kiosk.domain.model import PostUri
from kiosk.sources import make_source
from kiosk.sources.mastodon.mastodon import MastodonTable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kiosk.sources.source import Source


class Stand(Protocol):
    """A running server with posts by number; post n was made n seconds into the evening, for #hall."""

    def __enter__(self) -> Self: ...
    def __exit__(self, *_: object) -> None: ...

    @property
    def asked(self) -> int:
        """How many requests came so far."""
        ...

    def source(self, client: Any) -> Source: ...
    def add(self, number: int) -> None: ...
    def edit(self, number: int, text: str) -> None: ...
    def delete(self, number: int) -> None: ...
    def uri(self, number: int) -> PostUri: ...

    def local_id(self, number: int) -> str:
        """The id by which the source asks for a post again."""
        ...

    def spoil(self, number: int) -> None:
        """Make one post unreadable."""
        ...

    def answer(self, status: int, headers: Mapping[str, str] | None = None) -> None:
        """Answer everything so from now on."""
        ...

    def delay(self, seconds: float) -> None:
        """Let the next answer come late."""
        ...


class MastodonStand:
    """The Mastodon API's stand."""

    def __init__(self) -> None:
        self.server = TagServer()

    def __enter__(self) -> Self:
        self.server.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.__exit__()

    @property
    def asked(self) -> int:
        return len(self.server.requests)

    def source(self, client: Any) -> Source:
        table = MastodonTable(kind="mastodon", server=self.server.url, allow_private_addresses=True)
        return make_source(table, means(client, ["#hall"]))

    def add(self, number: int) -> None:
        self.server.add(number)

    def edit(self, number: int, text: str) -> None:
        self.server.edit(number, text)

    def delete(self, number: int) -> None:
        del self.server.statuses[number]

    def uri(self, number: int) -> PostUri:
        return PostUri(f"{self.server.url}/users/ada/statuses/{number}")

    def local_id(self, number: int) -> str:
        return str(number)

    def spoil(self, number: int) -> None:
        self.server.statuses[number]["account"] = 7

    def answer(self, status: int, headers: Mapping[str, str] | None = None) -> None:
        self.server.always = {"/": Trouble(status, b"?", headers or {})}

    def delay(self, seconds: float) -> None:
        self.server.troubles = [Trouble(delay=seconds)]


STANDS: dict[str, type[Stand]] = {"mastodon": MastodonStand}
"""The networks whose source is held to the whole contract; each has tests of its own besides."""
