from __future__ import annotations

import logging
from threading import Thread

from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.runtime.counters import Counters

OFTEN, ONCE = "A photo could not be read", "A source did not answer"


def test_a_fault_is_counted_with_its_last_words():
    counters = Counters()
    counters.count(OFTEN, OSError("first"))
    counters.count(OFTEN, OSError("second"))
    assert counters.lines() == [f"{OFTEN} (2×): second"]
    assert counters.total == 2


def test_a_fault_without_words_ends_in_its_count():
    counters = Counters()
    counters.count(ONCE)
    assert counters.lines() == [f"{ONCE} (1×)"]


def test_the_most_frequent_kind_stands_first():
    counters = Counters()
    counters.count(ONCE, "x")
    for _ in range(3):
        counters.count(OFTEN, "y")
    assert [line.split(" (")[0] for line in counters.lines()] == [OFTEN, ONCE]


def test_every_fault_is_told_to_whoever_watches():
    counters = Counters()
    totals: list[int] = []
    counters.changed = lambda: totals.append(counters.total)
    for _ in range(5):
        counters.count(OFTEN)
    assert totals == [1, 2, 3, 4, 5]


def test_a_flood_of_one_kind_does_not_flood_the_log(caplog):
    counters = Counters()
    with caplog.at_level(logging.WARNING, "kiosk"):
        for number in range(1, 101):
            counters.count(OFTEN, f"number {number}")
    assert [record.getMessage() for record in caplog.records] == [
        f"{OFTEN}: number {number}" for number in (1, 2, 4, 8, 16, 32, 64)
    ]


def test_the_log_keeps_where_an_error_came_from(caplog):
    error = ValueError("bad")
    with caplog.at_level(logging.WARNING, "kiosk"):
        Counters().count(ONCE, error)
    assert caplog.records[0].exc_info is not None
    assert caplog.records[0].exc_info[1] is error


@settings(database=None, max_examples=50)
@given(st.lists(st.sampled_from("abcdef"), max_size=60))
def test_the_total_is_the_number_of_faults_of_all_kinds(kinds):
    counters = Counters()
    for kind in kinds:
        counters.count(kind)
    assert counters.total == len(kinds)
    assert len(counters.lines()) == len(set(kinds))


def test_faults_of_other_threads_are_counted_too():
    counters = Counters()
    threads = [Thread(target=lambda: [counters.count(OFTEN) for _ in range(50)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counters.total == 200
