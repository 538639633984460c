from __future__ import annotations

import asyncio

from fakes import FakeClock

from kiosk.app.gathering import describe, described_by
from kiosk.runtime.counters import Counters
from kiosk.runtime.ledger import Ledger
from kiosk.settings import EventTable, Settings


def test_a_gathering_is_written_down_once_and_again_when_it_changed(tmp_path):
    async def scenario() -> None:
        ledger = await Ledger.open(tmp_path / "event.wall", Counters())
        clock = FakeClock()
        for name in ("Evening", "Evening", "Night"):
            clock.tick(60)
            event = EventTable(name=name, hashtags=("#hall", "foyer"))
            await describe(ledger, described_by(Settings(event=event), clock))
        written = [entry.event for entry in await ledger.read(lambda file: file.journal())]
        assert [event.name for event in written] == ["Evening", "Night"]
        assert written[0].hashtags == ("hall", "foyer")
        assert written[0].join == "Post with #hall"
        await ledger.close()

    asyncio.run(scenario())


def test_what_the_file_says_of_joining_is_kept():
    clock = FakeClock()
    assert described_by(Settings(event=EventTable(join="Ask at the desk")), clock).join == "Ask at the desk"
    assert described_by(Settings(), clock).join == ""
