from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from kiosk.runtime.backoff import FIRST, GOOD_FOR, LONGEST, Backoff


def longest(_: float, bound: float) -> float:
    return bound


def test_the_bound_doubles_with_every_failure_up_to_a_minute():
    backoff = Backoff(longest)
    assert [backoff.after_failure() for _ in range(9)] == [2, 4, 8, 16, 32, 60, 60, 60, 60]


def test_a_thousand_failures_still_wait_a_minute_at_most():
    backoff = Backoff(longest)
    assert max(backoff.after_failure() for _ in range(1_000)) == LONGEST


def test_no_draw_is_so_lucky_that_it_hammers_the_server():
    backoff = Backoff(lambda low, _: low)
    assert [backoff.after_failure() for _ in range(5)] == [FIRST] * 5


@given(st.integers(0, 1 << 32), st.integers(1, 40))
def test_every_wait_is_within_its_bounds(seed, failures):
    backoff = Backoff(random.Random(seed).uniform)  # jitter is no secret
    for number in range(1, failures + 1):
        assert FIRST <= backoff.after_failure() <= min(LONGEST, 2.0**number)


def test_many_screens_that_fail_together_do_not_come_back_together():
    backoffs = [Backoff(random.Random(seed).uniform) for seed in range(50)]  # jitter is no secret
    for backoff in backoffs:
        for _ in range(6):
            backoff.after_failure()
    waits = [backoff.after_failure() for backoff in backoffs]
    assert len({round(wait) for wait in waits}) > 20


def test_one_success_does_not_forget_the_failures():
    backoff = Backoff(longest)
    for _ in range(5):
        backoff.after_failure()
    backoff.after_success(0.0)
    assert backoff.after_failure() == LONGEST


def test_a_minute_of_success_does():
    backoff = Backoff(longest)
    for _ in range(5):
        backoff.after_failure()
    backoff.after_success(100.0)
    backoff.after_success(100.0 + GOOD_FOR)
    assert backoff.after_failure() == 2


def test_a_failure_in_between_begins_the_minute_anew():
    backoff = Backoff(longest)
    for _ in range(4):
        backoff.after_failure()
    backoff.after_success(0.0)
    backoff.after_failure()
    backoff.after_success(GOOD_FOR)
    backoff.after_success(GOOD_FOR * 2 - 1)
    assert backoff.after_failure() == LONGEST
