"""How many requests run at once: few to one host, not many to all, waiting in order and never for ever."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, nullcontext
from typing import TYPE_CHECKING, Final
from weakref import WeakValueDictionary

from kiosk.domain.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

PER_HOST: Final = 2
TOTAL: Final = 8
PATIENCE: Final = 60.0
"""Seconds a request waits for its turn."""


class Throttle:
    """Turns for requests, outside httpcore's pool: its own queue loses places when waiting requests are cancelled.

    See httpcore issue 1093.
    """

    def __init__(
        self,
        *,
        per_host: int = PER_HOST,
        total: int = TOTAL,
        patience: float = PATIENCE,
        above: Throttle | None = None,
    ) -> None:
        """Let `per_host` requests run to one host and `total` to all; each waits at most `patience` seconds.

        A turn here is also one of the throttle `above`, where there is one.
        """
        self._above = above
        self._per_host = per_host
        self._patience = patience
        self._most = total
        self._total = asyncio.Semaphore(total)
        self._hosts: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    def below(self) -> Throttle:
        """Turns for what may wait, such as pictures: a place at each host, and two in all, stay free for the others."""
        return Throttle(
            per_host=max(1, self._per_host - 1), total=max(1, self._most - 2), patience=self._patience, above=self
        )

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncGenerator[None]:
        """Wait for a turn at `host` and hold it.

        Raises:
            Unavailable: where the turn did not come in time.

        """
        semaphore = self._hosts.setdefault(host, asyncio.Semaphore(self._per_host))
        # The host's turn comes first, so that requests waiting for a slow host hold none of the common places.
        await self._take(semaphore, host)
        try:
            await self._take(self._total, host)
            try:
                async with self._above.turn(host) if self._above is not None else nullcontext():
                    yield
            finally:
                self._total.release()
        finally:
            semaphore.release()

    async def _take(self, semaphore: asyncio.Semaphore, host: str) -> None:
        try:
            async with asyncio.timeout(self._patience):
                await semaphore.acquire()
        except TimeoutError as error:
            raise Unavailable(f"Too many requests are waiting for {host}; it is asked again later.") from error
