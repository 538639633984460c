"""Tells systemd that the program lives, only while frames are painted and the ledger answers.

The protocol is sd_notify(3): datagrams to the socket named in NOTIFY_SOCKET.
"""

from __future__ import annotations

import asyncio
import os
import socket
from typing import TYPE_CHECKING, Final

from kiosk.domain.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiosk.runtime.clocks import Clock
    from kiosk.runtime.counters import Counters
    from kiosk.runtime.ledger import Ledger

PATIENCE: Final = 5.0
"""Seconds without a frame, or without an answer of the ledger, after which systemd is told nothing more."""


def notify(message: str) -> bool:
    """Send one message to systemd; False where the program was not started by it."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return False
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
        try:
            channel.connect(address)
            channel.send(message.encode())
        except OSError:
            return False
    return True


class Watchdog:
    """Runs on the GUI thread's own loop, so that a stalled GUI feeds nothing."""

    def __init__(
        self, *, ledger: Ledger | None, last_frame: Callable[[], float], clock: Clock, counters: Counters
    ) -> None:
        """`last_frame` tells when the wall last painted a frame, in the clock's monotonic seconds; -inf for never.

        Without a ledger frames alone prove life: the slate needs no database.
        """
        self._ledger = ledger
        self._last_frame = last_frame
        self._clock = clock
        self._counters = counters
        self._since = clock.monotonic()

    async def run(self) -> None:
        """Say READY once alive, then feed three times in each of systemd's periods, for ever."""
        period = int(os.environ.get("WATCHDOG_USEC", "9000000")) / 1_000_000 / 3
        ready = False
        while True:
            if await self.alive():
                notify("WATCHDOG=1" if ready else "READY=1\nWATCHDOG=1")
                ready = True
            await asyncio.sleep(min(period, 3.0 if ready else 1.0))

    async def alive(self) -> bool:
        """Whether a frame was painted and the ledger answered within the last five seconds."""
        now, frame = self._clock.monotonic(), self._last_frame()
        if now - frame > PATIENCE:
            if now - max(frame, self._since) > PATIENCE:
                self._counters.count("No frame was painted for five seconds")
            return False
        if self._ledger is None:
            return True
        try:
            async with asyncio.timeout(PATIENCE):
                await self._ledger.read(lambda file: file.counts())
        except TimeoutError:
            self._counters.count("The event file did not answer for five seconds")
            return False
        except ArchiveError as error:
            self._counters.count("The event file could not be read", error)
            return False
        return True
