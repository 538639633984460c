from __future__ import annotations

from zoneinfo import ZoneInfo

from factories import at

from kiosk.runtime.counters import Counters
from kiosk.runtime.supervisor import SourceHealth
from kiosk.ui.health import Health


def test_a_source_says_how_it_is_in_the_venues_time(shell):
    well = SourceHealth("example.social", "reading", last_success=at(0), next_poll=at(20), posts_seen=7)
    health = Health(lambda: [well], Counters(), ZoneInfo("Europe/Berlin"))
    assert health.property("sources") == ["example.social — reading\n7 posts · last 19:00:00 · next 19:00:20"]


def test_a_source_that_never_answered_says_why(shell):
    ill = SourceHealth("example.social", "waiting", last_error="It does not answer.")
    health = Health(lambda: [ill], Counters(), ZoneInfo("UTC"))
    assert health.property("sources") == ["example.social — waiting\n0 posts · last – · next –\nIt does not answer."]


def test_a_fault_is_told_as_it_is_counted(shell):
    counters = Counters()
    health = Health(list, counters, ZoneInfo("UTC"))
    told: list[bool] = []
    health.changed.connect(lambda: told.append(True))
    counters.count("A photo is damaged", "it ends early")
    assert told == [True]
    assert health.property("faults") == ["A photo is damaged (1×): it ends early"]
