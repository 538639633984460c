from __future__ import annotations

import math
from datetime import timedelta
from email.utils import format_datetime

import httpx
import pytest
from factories import EVENING, at
from hypothesis import example, given
from hypothesis import strategies as st

from kiosk.sources.headers import LONGEST, SHORTEST, clamped, note_limits, pause_between, retry_after, until_reset
from kiosk.sources.source import Budget

SOON = "2026-11-23T18:01:30.123456Z"
WISHES = st.one_of(
    st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0"), max_size=40),
    st.floats().map(str),
    st.integers().map(str),
    st.datetimes().map(str),
    st.datetimes().map(lambda moment: moment.isoformat() + "+23:59"),
    st.datetimes().map(format_datetime),
    st.from_regex(r"\A(\w{3}, )?\d{1,2}[ -]\w{3}[ -]\d{1,6} \d\d:\d\d(:\d\d)? ?(GMT|[+-]\d{1,9})?\Z"),
)


def answer(**headers: str) -> httpx.Response:
    names = {name.replace("_", "-"): value.encode("latin-1") for name, value in headers.items()}
    return httpx.Response(200, headers=names)


@pytest.mark.parametrize(
    ("wish", "seconds"),
    [
        ("120", 120.0),
        (" 120 ", 120.0),
        ("1.5", 1.5),
        ("Mon, 23 Nov 2026 18:02:00 GMT", 120.0),
        ("Monday, 23-Nov-26 18:02:00 GMT", 120.0),
        ("Mon Nov 23 18:02:00 2026", 120.0),
        ("2026-11-23T18:02:00Z", 120.0),
        ("2026-11-23T19:02:00+01:00", 120.0),
        ("2026-11-23 18:02:00", 120.0),
        ("0", SHORTEST),
        ("-7", SHORTEST),
        ("nan", SHORTEST),
        ("inf", LONGEST),
        ("86400", LONGEST),
        ("9" * 400, LONGEST),
        ("Mon, 23 Nov 2026 17:00:00 GMT", SHORTEST),
        ("Mon, 23 Nov 2099 17:00:00 GMT", LONGEST),
    ],
)
def test_every_dialect_of_retry_after_is_read_and_kept_within_bounds(wish, seconds):
    assert retry_after(answer(retry_after=wish), EVENING) == pytest.approx(seconds)


@pytest.mark.parametrize("wish", ["", "soon", "2026-13-40T00:00:00Z", "Mon, 99 Xyz 2026 99:99:99 GMT", "١٢٠x", "0x10"])
def test_a_wish_that_cannot_be_read_counts_as_none(wish):
    names = {"retry-after": wish.encode()}
    assert retry_after(httpx.Response(429, headers=names), EVENING) is None


@pytest.mark.parametrize(
    "reset", [SOON, "90.123456", str(EVENING.timestamp() + 90.123456), "Mon, 23 Nov 2026 18:01:30 GMT"]
)
def test_the_rate_limits_reset_is_read_in_every_dialect(reset):
    assert until_reset(answer(x_ratelimit_reset=reset), EVENING) == pytest.approx(90.12, abs=0.2)


def test_retry_after_goes_before_the_reset_and_the_reset_stands_in_for_it():
    """Mastodon's 429 has no Retry-After."""
    assert retry_after(answer(retry_after="5", x_ratelimit_reset=SOON), EVENING) == 5
    assert retry_after(answer(x_ratelimit_reset=SOON), EVENING) == pytest.approx(90, abs=0.2)
    assert retry_after(answer(retry_after="soon", x_ratelimit_reset=SOON), EVENING) == pytest.approx(90, abs=0.2)


def test_a_server_without_limits_asks_for_no_pause():
    assert pause_between(answer(), EVENING) == 0
    assert pause_between(answer(x_ratelimit_remaining="10"), EVENING) == 0
    assert pause_between(answer(x_ratelimit_reset=SOON), EVENING) == 0


def test_what_is_left_of_the_limit_lasts_until_its_reset():
    assert pause_between(answer(x_ratelimit_remaining="9", x_ratelimit_reset=SOON), EVENING) == pytest.approx(
        10, abs=0.1
    )
    assert pause_between(answer(x_ratelimit_remaining="0", x_ratelimit_reset=SOON), EVENING) == pytest.approx(
        90, abs=0.2
    )


@pytest.mark.parametrize("remaining", ["-1", "many", "1.5", "٣", "²", "9" * 5000, ""])
def test_a_count_that_is_none_is_no_limit(remaining):
    headers = {"x-ratelimit-remaining": remaining.encode(), "x-ratelimit-reset": b"60"}
    assert pause_between(httpx.Response(200, headers=headers), EVENING) == 0


@given(WISHES, WISHES, st.one_of(WISHES, st.integers(0, 500).map(str)))
@example("1", "1e308", "1")
@example("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "0")
def test_nothing_in_a_header_breaks_the_reader_or_its_bounds(wish, reset, remaining):
    headers = {"retry-after": wish, "x-ratelimit-reset": reset, "x-ratelimit-remaining": remaining}
    response = httpx.Response(429, headers={name: value.encode("utf-8") for name, value in headers.items()})
    for now in (EVENING, at(-timedelta(days=365 * 50).total_seconds())):
        for seconds in (retry_after(response, now), until_reset(response, now)):
            assert seconds is None or SHORTEST <= seconds <= LONGEST
        assert 0 <= pause_between(response, now) <= LONGEST


@given(st.floats())
def test_a_clamped_wish_is_a_number_within_the_bounds(seconds):
    assert SHORTEST <= clamped(seconds) <= LONGEST
    assert not math.isnan(clamped(seconds))


DIALECTS = {
    "Mastodon": {"X-RateLimit-Limit": "300", "X-RateLimit-Remaining": "7", "X-RateLimit-Reset": SOON},
    "GitHub": {
        "x-ratelimit-limit": "300",
        "x-ratelimit-remaining": "7",
        "x-ratelimit-reset": str(EVENING.timestamp() + 90),
    },
    "Bluesky": {
        "RateLimit-Limit": "300",
        "RateLimit-Remaining": "7",
        "RateLimit-Reset": str(int(EVENING.timestamp()) + 90),
        "RateLimit-Policy": "300;w=300",
    },
    "X": {
        "x-rate-limit-limit": "300",
        "x-rate-limit-remaining": "7",
        "x-rate-limit-reset": str(int(EVENING.timestamp()) + 90),
    },
    "the draft's first form": {
        "RateLimit-Limit": "300, 300;w=900",
        "RateLimit-Remaining": "7",
        "RateLimit-Reset": "90",
    },
    "the draft's middle form": {"RateLimit": "limit=300, remaining=7, reset=90"},
    "the draft's newest form": {"RateLimit-Policy": '"burst";q=300;w=900', "RateLimit": '"burst";r=7;t=90'},
}


@pytest.mark.parametrize("headers", DIALECTS.values(), ids=DIALECTS)
def test_a_budget_is_filled_from_every_dialect(headers):
    budget = Budget(spent=1.5)
    response = httpx.Response(200, headers=headers)
    note_limits(budget, response, EVENING)
    assert (budget.left, budget.limit, budget.spent) == (7, 300, 1.5)
    assert budget.resets is not None
    assert (budget.resets - EVENING).total_seconds() == pytest.approx(90, abs=0.2)
    assert pause_between(response, EVENING) == pytest.approx(90 / 7, abs=0.1)
    assert retry_after(response, EVENING) == pytest.approx(90, abs=0.2)


@pytest.mark.parametrize(
    "headers", [{}, {"X-RateLimit-Reset": "soon"}, {"RateLimit": "?"}, {"RateLimit-Policy": "q=1"}]
)
def test_an_answer_without_limits_leaves_the_budget_as_it_was(headers):
    budget = Budget(left=3, limit=9, resets=EVENING)
    note_limits(budget, httpx.Response(200, headers=headers), EVENING)
    assert budget == Budget(left=3, limit=9, resets=EVENING)


@given(WISHES, WISHES, WISHES)
def test_nothing_in_a_header_breaks_the_budget(left, limit, reset):
    for names in (
        ("x-ratelimit-remaining", "x-ratelimit-limit", "x-ratelimit-reset"),
        ("ratelimit", "ratelimit-policy", "ratelimit-reset"),
    ):
        headers = {name: value.encode("utf-8") for name, value in zip(names, (left, limit, reset), strict=True)}
        budget = Budget()
        note_limits(budget, httpx.Response(200, headers=headers), EVENING)
        assert budget.left is None or budget.left >= 0
        assert budget.resets is None or budget.resets >= EVENING
