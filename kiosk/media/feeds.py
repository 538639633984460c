"""Feeds from foreign bytes: parsed in a sandboxed process of their own, which starts with the first one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kiosk.domain.errors import BadPayload, Portal
from kiosk.domain.feeds import PageHint
from kiosk.domain.text import one_line
from kiosk.media import feed_worker
from kiosk.media.sandbox import Bounds, Crashed, Sandbox, SandboxFault, TooSlow

if TYPE_CHECKING:
    from kiosk.domain.feeds import ParsedFeed

LARGEST: Final = 2_000_000
"""Bytes of a feed that are parsed at most."""

MEMORY: Final = 250_000_000
"""Address space of the worker, in bytes; a feed of 2 MB takes less (see tests/media/test_feeds.py)."""

SECONDS: Final = 5.0
"""How long one feed may take."""

TASKS: Final = 500
"""Feeds after which a worker is replaced, so that no leak lasts."""


class FeedParser:
    """Parses one feed at a time; a feed that kills the worker, or is too slow, is refused alone."""

    def __init__(self, *, memory: int = MEMORY, seconds: float = SECONDS, tasks: int = TASKS) -> None:
        """Nothing is started before the first feed."""
        self._sandbox = Sandbox(feed_worker.prepare, Bounds(memory, seconds, tasks))
        self._seconds = seconds

    async def parse(self, body: bytes, content_type: str) -> ParsedFeed:
        """Read RSS, Atom or JSON Feed: its newest 200 entries; `content_type` is the answer's header.

        Raises:
            BadPayload: with the reason, where it is none; for a web page with the address of its feed, if it names one.
            Portal: where it is a page that asks to log in.

        """
        if len(body) > LARGEST:
            raise BadPayload(f"The feed is larger than {LARGEST / 1_000_000:g} MB, the most that is read.")
        try:
            outcome: feed_worker.Outcome = await self._sandbox.run(feed_worker.read, body, content_type)
        except Crashed as error:
            raise BadPayload("The feed crashed its parser.") from error
        except TooSlow as error:
            raise BadPayload(f"The feed took longer than {self._seconds:g} seconds to parse.") from error
        except SandboxFault as error:
            raise BadPayload("The feed's parser does not start; see the log.") from error
        if isinstance(outcome, str):
            raise BadPayload(outcome)
        if isinstance(outcome, PageHint):
            raise _page(outcome)
        return outcome

    async def close(self) -> None:
        """End the worker, whatever it does."""
        await self._sandbox.close()


def _page(hint: PageHint) -> BadPayload:
    if hint.feed:
        named = one_line(hint.feed, limit=200)
        return BadPayload(f"This is a web page; it names {named} as its feed: put that into `address`.")
    if hint.log_in:
        return Portal("A log-in page answers in the feed's place; open a browser on this machine and log in.")
    return BadPayload("This is a web page and no feed, and it names none; ask whoever runs it for the feed's address.")
