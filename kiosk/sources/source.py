"""What every source promises to the fetcher, and what one read of it returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import msgspec

from kiosk.domain.model import Cursor, Post  # noqa: TC001  # msgspec reads the annotation at run time

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import httpx

    from kiosk.domain.model import PostUri


class Found(msgspec.Struct, frozen=True):
    """One post as a source met it: `local_id` is the id that source knows it by."""

    post: Post
    local_id: str


class Batch(msgspec.Struct, frozen=True):
    """What one read returned.

    `cursor` covers every post in it; `bad` has one sentence per item that could not be read; `more` says
    that older unread posts remain (read on at once); `wait` is the shortest time in seconds the server
    asks for before the next request, 0 where it does not ask.
    """

    found: tuple[Found, ...] = ()
    cursor: Cursor | None = None
    bad: tuple[str, ...] = ()
    more: bool = False
    gap: str = ""
    wait: float = 0.0


class Recheck(msgspec.Struct, frozen=True):
    """What a source says of posts it was asked about: those it still has, and ids that are gone.

    `bad` has one sentence per post of which nothing could be learned; such a post stays as it is.
    """

    found: tuple[Found, ...] = ()
    gone: tuple[str, ...] = ()
    bad: tuple[str, ...] = ()


class Source(Protocol):
    """A place posts come from. Every method raises only `SourceError` and its children."""

    name: str

    async def poll(self, cursor: Cursor | None) -> Batch:
        """Read what is new since `cursor` (None: the newest page), oldest first."""
        ...

    async def recheck(self, posts: Mapping[str, PostUri]) -> Recheck:
        """Ask whether posts, by this source's ids for them, still stand at their origin, and as what."""
        ...


class Client(Protocol):
    """The guarded HTTP client as sources see it; `media.client.GuardedClient` is the real one."""

    async def get(
        self,
        url: str,
        *,
        params: Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Fetch with a deadline on the whole request, a cap on decoded bytes and the connected peer checked.

        The body is read. Raises `Unavailable` for anything that may pass and `Refused` for what may not;
        a status code is not an error here.
        """
        ...
