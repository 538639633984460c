"""All relays listened to at once: each is called anew on its own while the others go on."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any, Final

from kiosk.domain.errors import Refused, SourceError, Unavailable
from kiosk.sources.nostr.pool import together
from kiosk.sources.source import Batch

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence

    import msgspec

    from kiosk.sources.nostr.pool import Pool
    from kiosk.sources.nostr.relay import Conversation

    Digest = Callable[[Conversation, Sequence[msgspec.Raw], set[str]], Awaitable[Batch]]

FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 60.0
REFUSED_PAUSE: Final = 900.0
"""Seconds before a relay is called anew: doubled with each failure, and long where it refuses."""

STEADY: Final = 60.0
"""Seconds that a relay must have stood for its next failure to count as its first."""

MOST_WAITING: Final = 64
"""Batches that wait to be taken; relays are read no faster than that."""

POSTS: Final = "posts"
DELETIONS: Final = "gone"


class Chorus:
    """Listens to every relay of a pool from `batches` to its end."""

    def __init__(self, pool: Pool, question: Callable[[], Mapping[str, Any]], digest: Digest) -> None:
        """Ask each relay `question()`; `digest` makes a batch of events, with a set that lives as long as the talk."""
        self._pool = pool
        self._question = question
        self._digest = digest
        self._standing: dict[str, Conversation] = {}
        self._watched: Mapping[str, Any] | None = None

    async def batches(self) -> AsyncGenerator[Batch]:
        """What comes; an empty batch whenever a relay stands.

        Raises:
            SourceError: where every relay is down at the same time.

        """
        queue: asyncio.Queue[tuple[str, Batch | Exception]] = asyncio.Queue(MOST_WAITING)
        tasks = [asyncio.create_task(self._follow(relay, queue)) for relay in self._pool.relays]
        down: dict[str, SourceError] = {}
        try:
            while len(down) < len(tasks):
                relay, said = await queue.get()
                if isinstance(said, SourceError):
                    down[relay] = said
                elif isinstance(said, Exception):
                    raise said
                else:
                    down.pop(relay, None)
                    yield said
            raise together(down)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def watch(self, question: Mapping[str, Any]) -> None:
        """Have every relay tell of what matches, from now on instead of what was watched before."""
        self._watched = question
        for talk in list(self._standing.values()):
            with contextlib.suppress(Unavailable):  # whoever listens to it meets the same end
                await talk.subscribe(DELETIONS, question, needed=False)

    async def _follow(self, relay: str, queue: asyncio.Queue[tuple[str, Batch | Exception]]) -> None:
        now = asyncio.get_running_loop().time
        pause = FIRST_PAUSE
        while True:
            begun = now()
            try:
                async with self._pool.conversation(relay) as talk:
                    await self._listen(talk, relay, queue)
            except SourceError as error:
                if now() - begun > STEADY:
                    pause = FIRST_PAUSE
                await queue.put((relay, error))
                await asyncio.sleep(_pause_after(error, pause))
                pause = min(LONGEST_PAUSE, pause * 2)
            except Exception as error:  # noqa: BLE001  # raised by whoever reads the batches
                await queue.put((relay, error))
                return

    async def _listen(
        self, talk: Conversation, relay: str, queue: asyncio.Queue[tuple[str, Batch | Exception]]
    ) -> None:
        told: set[str] = set()
        stored = await talk.begin(POSTS, self._question())
        self._standing[relay] = talk
        try:
            if self._watched is not None:
                await talk.subscribe(DELETIONS, self._watched, needed=False)
            await queue.put((relay, await self._digest(talk, stored, told)))
            while True:
                batch = await self._digest(talk, [await talk.next()], told)
                if batch != Batch():
                    await queue.put((relay, batch))
        finally:
            del self._standing[relay]


def _pause_after(error: SourceError, pause: float) -> float:
    if isinstance(error, Unavailable) and error.retry_after:
        return max(error.retry_after, pause)
    return REFUSED_PAUSE if isinstance(error, Refused) else pause
