from __future__ import annotations

import asyncio

from kiosk.runtime.counters import Counters
from kiosk.ui.errands import Errands


def test_what_was_begun_is_waited_for_with_what_it_began():
    done: list[str] = []

    async def test() -> None:
        errands = Errands(Counters(), "It failed")

        async def second() -> None:
            await asyncio.sleep(0.01)
            done.append("second")

        async def first() -> None:
            await asyncio.sleep(0.01)
            errands.begin(second())
            done.append("first")

        errands.begin(first())
        await errands.finished()
        assert not errands.running

    asyncio.run(test())
    assert done == ["first", "second"]


def test_a_failure_is_counted_under_its_sentence_and_a_cancellation_is_none():
    counters = Counters()

    async def test() -> None:
        errands = Errands(counters, "A card could not be made")

        async def fails() -> None:
            raise ZeroDivisionError("by nought")

        errands.begin(fails())
        errands.begin(asyncio.sleep(60))
        await asyncio.sleep(0.01)
        for task in tuple(errands.running):
            task.cancel()
        await asyncio.sleep(0.01)
        assert not errands.running

    asyncio.run(test())
    assert counters.lines() == ["A card could not be made (1×): by nought"]
