"""A relay that answers every question with notes that never end, in a process whose memory is its own."""

from __future__ import annotations

import asyncio
import json
import sys

from servers.relay import Writer
from servers.small_relay import SmallRelay


async def flood() -> None:
    """Say the address, then serve until the end of what is read."""
    relay = SmallRelay()
    await relay.start()
    note = json.dumps(Writer().note("x" * 900_000))
    relay.instead = lambda name, _: (f'["EVENT","{name}",{note}]' for _ in range(200))  # type: ignore[assignment,return-value]
    sys.stdout.write(f"{relay.url}\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(flood())
