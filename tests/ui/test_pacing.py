from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.ui.pacing import Meter, Pacing

BEAT = 1 / 60


def painted(meter: Meter, gaps: list[float], start: float = 100.0) -> None:
    now = start
    meter.frame(now)
    for gap in gaps:
        now += gap
        meter.frame(now)


def test_even_frames_are_counted_and_none_is_late():
    meter = Meter()
    meter.begin(BEAT)
    painted(meter, [BEAT] * 60)
    counted = meter.counted
    assert (counted.frames, counted.late) == (60, 0)
    assert counted.seconds == pytest.approx(1.0)
    assert counted.longest == pytest.approx(BEAT)


def test_every_refresh_without_its_picture_is_late():
    meter = Meter()
    meter.begin(BEAT)
    painted(meter, [BEAT, 3 * BEAT, BEAT, 2 * BEAT])
    assert meter.counted.late == 3
    assert meter.counted.longest == pytest.approx(3 * BEAT)


def test_a_still_scene_that_only_proves_its_life_is_not_late():
    meter = Meter()
    painted(meter, [0.5] * 20)
    assert meter.counted == Pacing()
    meter.begin(BEAT)
    painted(meter, [BEAT] * 3)
    meter.end()
    meter.frame(900.0)
    meter.begin(BEAT)
    painted(meter, [BEAT] * 3, start=2000.0)
    assert (meter.counted.frames, meter.counted.late) == (6, 0)


def test_a_scene_that_paints_every_second_refresh_is_measured_by_that():
    meter = Meter()
    meter.begin(2 * BEAT)
    painted(meter, [2 * BEAT] * 10)
    assert meter.counted.late == 0


@given(st.lists(st.floats(0.001, 0.4), max_size=50))
def test_refreshes_are_either_painted_or_late(gaps):
    meter = Meter()
    meter.begin(BEAT)
    painted(meter, gaps)
    counted = meter.counted
    assert counted.frames == len(gaps)
    assert counted.late <= counted.seconds / BEAT + len(gaps)
    assert counted.longest == pytest.approx(max(gaps, default=0.0))


def test_taking_begins_anew_and_memory_stays():
    meter = Meter()
    meter.begin(BEAT)
    painted(meter, [BEAT] * 10)
    size = sum(map(sys.getsizeof, vars(meter).values()))
    painted(meter, [BEAT] * 10_000)
    assert sum(map(sys.getsizeof, vars(meter).values())) <= size + 64
    assert meter.take().frames > 10_000
    assert meter.counted == Pacing()


def test_it_is_said_in_one_line():
    assert Pacing().words == "nothing has moved yet"
    assert Pacing(600, 0, 0.019, 10.0).words == "60.0 frames a second, none late, longest gap 19 ms"
    assert Pacing(6000, 1200, 0.25, 100.0).words == "60.0 frames a second, 1,200 late, longest gap 250 ms"
