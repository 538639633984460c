from __future__ import annotations

from datetime import UTC, timedelta

import pytest
from factories import EVENING, at
from fakes import FakeClock
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.runtime.clocks import ReplayClock, StillClock, SystemClock

speeds = st.floats(0.25, 1000)
passing = st.floats(0, 10_000)


def test_the_machines_clock_tells_utc_and_never_goes_back():
    clock = SystemClock()
    assert clock.now().tzinfo is UTC
    readings = [clock.monotonic() for _ in range(100)]
    assert readings == sorted(readings)


@settings(database=None, max_examples=50)
@given(speeds, passing)
def test_a_recordings_time_runs_at_its_speed(speed, passed):
    machine = FakeClock()
    clock = ReplayClock(at(7), speed, machine)
    machine.tick(passed)
    assert (clock.now() - at(7)).total_seconds() == pytest.approx(passed * speed, abs=1e-3)
    assert clock.now().tzinfo is UTC


@settings(database=None, max_examples=50)
@given(speeds, st.floats(0, 100_000))
def test_waiting_until_a_moment_reaches_it_and_not_more(speed, ahead):
    machine = FakeClock()
    clock = ReplayClock(EVENING, speed, machine)
    wait = clock.until(at(ahead))
    machine.tick(wait)
    assert abs((clock.now() - at(ahead)).total_seconds()) < 1e-3 * speed


def test_a_moment_that_has_passed_is_not_waited_for():
    machine = FakeClock()
    clock = ReplayClock(EVENING, 10, machine)
    machine.tick(5)
    assert clock.until(at(49)) == 0
    assert clock.until(at(60)) == pytest.approx(1)


def test_a_recordings_durations_are_the_machines_at_any_speed():
    machine = FakeClock()
    clock = ReplayClock(EVENING, 1000, machine)
    before = clock.monotonic()
    machine.tick(3)
    assert clock.monotonic() - before == 3


def test_a_restarted_recording_begins_there_and_keeps_its_speed():
    machine = FakeClock()
    clock = ReplayClock(EVENING, 4, machine)
    machine.tick(100)
    clock.restart(at(60))
    assert clock.now() == at(60)
    machine.tick(2)
    assert clock.now() == at(68)


def test_a_recording_without_a_base_runs_on_the_machines_clock():
    clock = ReplayClock(EVENING, 1000)
    first = clock.now()
    while clock.now() == first:
        pass
    assert EVENING <= first < clock.now() < EVENING + timedelta(hours=1)


def test_a_still_clock_stands_while_durations_go_on():
    clock = StillClock(EVENING)
    began = clock.monotonic()
    while clock.monotonic() == began:
        pass
    assert clock.now() == EVENING
