from __future__ import annotations

import pytest
from factories import EVENING

from kiosk.sources.meta.threads_quota import QUOTA, Quota
from kiosk.sources.source import Budget

HOUR = 3_600
NOW = EVENING.timestamp()


def test_what_was_searched_is_counted_for_a_day_and_then_forgotten():
    now = [NOW]
    budget = Budget()
    quota = Quota(budget, lambda: now[0])
    assert (budget.left, budget.limit, budget.resets, quota.until_more) == (QUOTA, QUOTA, None, 0.0)
    for _ in range(10):
        quota.count()
    now[0] += HOUR
    quota.count()
    assert (quota.left, budget.left) == (QUOTA - 11, QUOTA - 11)
    assert quota.until_more == 24 * HOUR
    now[0] += 23 * HOUR
    assert quota.left == QUOTA - 11
    now[0] += HOUR
    assert quota.left == QUOTA - 1
    now[0] += 100 * HOUR
    assert (quota.left, budget.resets) == (QUOTA, None)


def test_a_restart_forgets_nothing():
    before = Quota(Budget(), lambda: NOW)
    for _ in range(3):
        before.count()
    after = Quota(Budget(), lambda: NOW)
    after.count()
    after.take_up(before.kept())
    after.take_up(before.kept())
    assert after.left == QUOTA - 3


@pytest.mark.parametrize("hour", ["", "x", "-1", "9" * 30, "²", "1"])
def test_what_was_kept_wrongly_counts_for_nothing(hour):
    quota = Quota(Budget(), lambda: NOW)
    quota.take_up({hour: 5})
    assert quota.left == QUOTA


def test_a_quota_that_is_used_up_stays_at_nothing():
    quota = Quota(Budget(), lambda: NOW)
    quota.take_up({str(int(NOW) // HOUR): QUOTA + 50})
    assert quota.left == 0
    assert 24 * HOUR <= quota.until_more <= 25 * HOUR
