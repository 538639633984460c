"""A live event with what a bench needs beside it: somebody who approves at once, and a count of what is kept.

`hall.py EVENT.toml [--desk] [--approve FILE] [--count FILE]` is `kiosk run`; what becomes of each post, and counts, are
appended to FILE as JSON lines.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

from campaigns.startup import memory
from PySide6.QtCore import QObject

from kiosk import settings
from kiosk.app import live
from kiosk.app.show import Windows, show
from kiosk.domain.events import Approved, PhotoStored, PostReceived
from kiosk.domain.model import PostState, Standing
from kiosk.domain.moderation import content_hash
from kiosk.sources import OPTIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QImage

    from kiosk.app.house import House
    from kiosk.domain.events import Change

EVERY = 250
"""Cards between two counts."""


async def approve(house: House) -> None:
    """Approve whatever waits, once its pictures are here."""
    while True:
        await asyncio.sleep(0.5)
        waiting = await house.ledger.read(lambda file: file.states(Standing.PENDING, limit=20))
        ready = [state for state in waiting if all(each.url in state.photos for each in state.post.attachments)]
        now = house.clock.now()
        events = [Approved(at=now, uri=s.uri, by="bench", content=content_hash(s)) for s in ready]
        if events:
            await house.ledger.commit(*events)


STEPS = {PostReceived: "taken", PhotoStored: "decoded", Approved: "approved"}


def tell(house: House, into: Path) -> None:
    """Write down when each post was taken in, decoded, approved and joined the strip, in monotonic seconds."""
    lines = into.open("a", encoding="utf-8", buffering=1)

    def say(what: str, state: PostState) -> None:
        name = state.uri.rpartition(":")[2]
        lines.write(json.dumps({"what": what, "id": name, "at": time.monotonic()}) + "\n")

    def follow(changes: Sequence[Change]) -> None:
        for change in changes:
            if type(change.event) in STEPS and isinstance(change.after, PostState):
                say(STEPS[type(change.event)], change.after)

    glass = house.stage._glass
    keep = glass.keep

    def kept(state: PostState, card: QImage) -> str:
        say("joined", state)
        return keep(state, card)

    glass.keep = kept
    house.ledger.listen(follow)


async def count(house: House, into: Path) -> None:
    """Write down how much is kept, every so many cards."""
    due = 0
    while True:
        await asyncio.sleep(0.05)
        cards = house.shell.cards._serial
        if cards < due:
            continue
        due = cards + EVERY
        gc.collect()
        window = house.shell.windows[0]
        objects = len(window.findChildren(QObject)) + items(window.contentItem())
        wrapped = sum(isinstance(each, QObject) for each in gc.get_objects())
        with into.open("a", encoding="utf-8") as lines:
            lines.write(
                json.dumps({"cards": cards, "mebibytes": memory(["self"]), "objects": objects, "wrapped": wrapped})
                + "\n"
            )


def items(item: object) -> int:
    return 1 + sum(items(child) for child in item.childItems())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("event", type=Path)
    parser.add_argument("--desk", action="store_true")
    parser.add_argument("--approve", type=Path)
    parser.add_argument("--count", type=Path)
    given = parser.parse_args()

    async def watched(house: House, windows: Windows, work: list, duration: float | None) -> None:
        more = [lambda: approve(house)] if given.approve else []
        if given.approve:
            tell(house, given.approve)
        more += [lambda: count(house, given.count)] if given.count else []
        await show(house, windows, [*work, *more], duration)

    live.show = watched
    return live.run(settings.load(given.event, OPTIONS), Windows(wall=True, desk=given.desk))


if __name__ == "__main__":
    sys.exit(main())
