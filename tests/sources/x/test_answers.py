from __future__ import annotations

import json
from datetime import UTC, datetime

import httpx
import pytest

from kiosk.domain.errors import BadPayload, Portal, Refused, Unavailable
from kiosk.sources.headers import Allowance
from kiosk.sources.source import Budget
from kiosk.sources.x.answers import limits, note, refusal, sentence
from kiosk.sources.x.shapes import Problem

NOW = datetime(2026, 11, 23, 18, tzinfo=UTC)
EPOCH = int(NOW.timestamp())
QUARTER = {"x-rate-limit-limit": "450", "x-rate-limit-remaining": "448", "x-rate-limit-reset": str(EPOCH + 900)}


def daily(left: int, seconds: int, whose: str = "app") -> dict[str, str]:
    name = f"x-{whose}-limit-24hour"
    return {f"{name}-limit": "1000", f"{name}-remaining": str(left), f"{name}-reset": str(EPOCH + seconds)}


def test_limits_are_read_in_every_dialect():
    assert limits(httpx.Response(200, headers=QUARTER | daily(3, 7200) | daily(2, 10, "user")), NOW) == [
        Allowance(448, 450, 900.0),
        Allowance(3, 1000, 7200.0),
        Allowance(2, 1000, 10.0),
    ]
    assert limits(httpx.Response(200, headers={"x-rate-limit-remaining": "many"}), NOW) == []


def test_the_tightest_limit_is_the_budget_and_every_one_is_kept():
    budget = Budget()
    assert note(budget, httpx.Response(200, headers=QUARTER | daily(3, 7200)), NOW) == 2400.0
    assert (budget.left, budget.limit, budget.resets) == (3, 1000, datetime(2026, 11, 23, 20, tzinfo=UTC))
    assert note(budget, httpx.Response(200), NOW) == 0.0
    assert budget.left == 3, "an answer that says nothing changes nothing"


@pytest.mark.parametrize(
    ("headers", "wish"),
    [
        ({"retry-after": "7"}, 7.0),
        (QUARTER | {"x-rate-limit-remaining": "0"}, 900.0),
        (QUARTER | daily(0, 7200), 7200.0),
        (QUARTER | daily(0, 7200) | {"retry-after": "7"}, 7.0),
        ({}, None),
    ],
)
def test_a_pause_is_as_long_as_the_limit_that_is_used_up_says(headers, wish):
    error = refusal(httpx.Response(429, headers=headers, content=b'{"title": "Too Many Requests"}'), NOW)
    assert isinstance(error, Unavailable)
    assert error.retry_after == wish


def test_a_stream_too_many_is_said():
    body = {"title": "ConnectionException", "detail": "maximum reached", "connection_issue": "TooManyConnections"}
    error = refusal(httpx.Response(429, content=json.dumps(body).encode()), NOW)
    assert isinstance(error, Unavailable)
    assert "no further stream" in str(error)
    assert error.retry_after == 60.0


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"errors": 1, "title": []}', b"\xff"])
def test_a_refusal_without_words_is_one_all_the_same(body):
    for status, kind in ((302, Portal), (511, Portal), (204, BadPayload), (418, Refused), (502, Unavailable)):
        error = refusal(httpx.Response(status, headers={"location": "/"}, content=body), NOW)
        assert type(error) is kind
        assert str(error)


def test_the_old_shape_of_errors_is_read_too():
    body = b'{"errors": [{"code": 88, "message": "Not enough"}]}'
    assert "Not enough" in str(refusal(httpx.Response(403, content=body), NOW))


def test_a_part_that_is_missing_is_a_sentence():
    assert sentence(Problem(detail="Could not find user.")) == "X left something out: Could not find user."
