from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kiosk.sources.source import Budget
from kiosk.sources.x.spending import REMEMBERED, Prices, Spending, Spent

NOW = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
PRICES = Prices(post=0.005, author=0.01, media=0.005)


def spending(cap: float = 25.0, prices: Prices = PRICES) -> tuple[Spending, Budget]:
    budget = Budget()
    return Spending(prices, cap, budget), budget


def test_each_resource_is_paid_for_once_a_day():
    counter, budget = spending()
    counter.count(["p1", "u7", "m3_1", "l5"], NOW)
    counter.count(["p1", "p2", "u7"], NOW)
    assert (budget.spent, budget.cap, budget.currency) == (pytest.approx(0.025), 25.0, "USD")
    assert counter.paid("p1", NOW)
    assert not counter.paid("p3", NOW)


def test_a_new_day_begins_at_nought_and_forgets_what_was_paid():
    counter, budget = spending()
    counter.count(["p1"], NOW)
    later = NOW + timedelta(hours=1)
    assert not counter.paid("p1", later)
    assert budget.spent == 0.0
    counter.count(["p1"], later)
    assert budget.spent == 0.005


def test_the_cap_holds_whatever_the_posts_bring_with_them():
    assert pytest.approx(0.065) == PRICES.worst
    counter, _ = spending(cap=1.0)
    assert counter.affordable(100, NOW) == 15
    counter.count([f"p{number}" for number in range(180)], NOW)
    assert counter.affordable(100, NOW) == 1
    counter.count([f"p{number}" for number in range(180, 200)], NOW)
    assert counter.affordable(100, NOW) == 0
    assert spending(prices=Prices(0, 0, 0))[0].affordable(100, NOW) == 100


def test_the_error_at_the_cap_says_what_until_when_and_which_key():
    counter, _ = spending(cap=1.0)
    counter.count(["p1"], NOW)
    error = counter.exhausted("x.com", NOW)
    assert error.retry_after == 3600
    assert "$0.01 of $1.00" in str(error) or "$0.00 of $1.00" in str(error)
    assert "00:00 UTC" in str(error)
    assert "`daily_cap`" in str(error)


def test_what_was_kept_counts_after_a_restart_once():
    first, _ = spending()
    first.count(["p1", "u7"], NOW)
    again, budget = spending()
    again.count(["p1", "p2"], NOW)
    again.restore(first.written(), NOW)
    assert budget.spent == pytest.approx(0.02)
    again.count(["u7"], NOW)
    again.restore(again.written(), NOW)
    assert budget.spent == pytest.approx(0.02)


def test_of_two_cursors_the_one_that_knows_more_counts():
    counter, budget = spending()
    counter.restore(Spent("2026-11-23", 1.0, ("p1",)), NOW)
    counter.count(["p2"], NOW)
    counter.restore(Spent("2026-11-23", 1.5), NOW, "stream")
    assert budget.spent == pytest.approx(1.505)


def test_what_was_kept_yesterday_does_not_count():
    counter, budget = spending()
    counter.restore(Spent("2026-11-22", 20.0, ("p1",)), NOW)
    assert budget.spent == 0.0
    assert not counter.paid("p1", NOW)


def test_of_what_was_paid_only_so_much_is_remembered_and_the_newest():
    counter, _ = spending()
    counter.count([f"p{number}" for number in range(REMEMBERED + 10)], NOW)
    counter.count(["p10"], NOW)
    counter.count(["p99999"], NOW)
    kept = counter.written().resources
    assert len(kept) == REMEMBERED
    assert kept[-2:] == ("p10", "p99999")
    assert "p11" not in kept
