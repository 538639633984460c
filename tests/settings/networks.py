"""Two networks that a file under test may name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from msgspec import Meta

from kiosk.settings import Fault, SourceTable

if TYPE_CHECKING:
    from collections.abc import Iterator


class Server(SourceTable, frozen=True, kw_only=True):
    """A network of servers. They are many."""

    server: Annotated[str, Meta(description="Its address.", examples=["https://mastodon.social"])] = ""
    lists: Annotated[tuple[str, ...], Meta(description="Lists to read.")] = ()

    def faults(self) -> Iterator[Fault]:
        return self.server_faults("server")


class Box(SourceTable, frozen=True, kw_only=True):
    """A box that posts are put into."""

    needs_hashtags: ClassVar[bool] = False
    folder: Annotated[str, Meta(description="Where it stands.", examples=["photos"])] = ""
    depth: Annotated[int, Meta(ge=0, description="How deep it is.")] = 3
    interval: Annotated[float, Meta(ge=5, le=3600, description="Seconds between two looks.")] = 5.0

    def faults(self) -> Iterator[Fault]:
        if not self.folder:
            yield Fault("folder", "it has no folder", "photos")


KINDS = {"mastodon": Server, "rehearsal": Box}
