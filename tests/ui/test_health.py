from __future__ import annotations

import threading
from zoneinfo import ZoneInfo

from kiosk.runtime.counters import Counters
from kiosk.runtime.health import SourceHealth, State
from kiosk.ui.health import Health

BERLIN = ZoneInfo("Europe/Berlin")


def names(health: Health) -> list[str]:
    return [source.property("name") for source in health.property("sources")]


def test_sources_that_want_something_stand_first_and_the_others_as_the_event_lists_them(shell):
    told = [
        SourceHealth("a", state=State.POLLING),
        SourceHealth("b", state=State.WAITING),
        SourceHealth("c"),
        SourceHealth("d", state=State.DEAD),
        SourceHealth("e", state=State.LIVE),
    ]
    health = Health(lambda: told, Counters(), BERLIN)
    assert names(health) == ["d", "b", "a", "c", "e"]
    assert health.property("well") == 3


def test_a_source_that_changes_keeps_its_row_and_tells_of_it_once(shell):
    counters, one = Counters(), SourceHealth("a", state=State.POLLING)
    health = Health(lambda: [one, SourceHealth("b", state=State.POLLING)], counters, BERLIN)
    first = health.property("sources")[0]
    moved: list[bool] = []
    changed: list[bool] = []
    health.sourcesChanged.connect(lambda: moved.append(True))
    first.changed.connect(lambda: changed.append(True))
    one.seen = 5
    for _ in range(3):
        counters.changed()
    assert first.property("facts") == "5 seen · 0 shown"
    assert (changed, moved) == ([True], [])
    one.state = State.LIVE
    counters.changed()
    assert health.property("sources")[0] is first
    assert first.property("mark") == "●"


def test_sources_that_come_later_are_listed(shell):
    counters: Counters = Counters()
    told: list[SourceHealth] = []
    health = Health(lambda: told, counters, BERLIN)
    assert names(health) == []
    told.append(SourceHealth("a"))
    counters.changed()
    assert names(health) == ["a"]


def test_a_fault_is_told_as_it_is_counted(shell):
    counters = Counters()
    health = Health(list, counters, BERLIN)
    heard: list[bool] = []
    health.changed.connect(lambda: heard.append(True))
    counters.count("A photo is damaged", "it ends early")
    assert heard == [True]
    assert health.property("faults") == ["A photo is damaged (1×): it ends early"]


def test_a_fault_that_is_counted_on_another_thread_is_looked_at_on_ours(shell):
    counters, looked = Counters(), []
    health = Health(lambda: looked.append(threading.current_thread()) or [], counters, BERLIN)
    looked.clear()
    thread = threading.Thread(target=lambda: counters.count("Qt complained", "of something"))
    thread.start()
    thread.join()
    shell.application.processEvents()
    assert looked == [threading.main_thread()]
    assert health.property("faults")
