from __future__ import annotations

from datetime import timedelta

import pytest
from factories import EVENING, at

from kiosk.domain.errors import BadPayload, Misconfigured, Portal, Refused, Unavailable
from kiosk.runtime.health import DEAD_AFTER, SourceHealth, State, quiet_minutes, sentence
from kiosk.sources.source import Budget


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (Unavailable("Later.", retry_after=30), State.WAITING),
        (Unavailable("Later."), State.TROUBLED),
        (Portal("A log-in page."), State.PORTAL),
        (BadPayload("Odd."), State.TROUBLED),
        (Refused("No."), State.REFUSED),
        (Misconfigured("No folder."), State.MISCONFIGURED),
        (TimeoutError(), State.TROUBLED),
    ],
)
def test_each_error_is_a_state_with_words_and_an_end(error, state):
    health = SourceHealth("a")
    health.failed(error, at(30))
    assert (health.state, health.until) == (state, at(30))
    assert health.words()[0] == (str(error) or "It did not finish in time.")
    health.well(EVENING)
    assert (health.state, health.until, health.words()) == (State.POLLING, None, [])


def test_a_source_that_only_refuses_is_dead_until_it_answers():
    health = SourceHealth("a")
    for _ in range(DEAD_AFTER):
        assert health.state is not State.DEAD
        health.failed(Refused("The API was closed."), EVENING)
    assert health.state is State.DEAD
    health.failed(Unavailable("Later."), EVENING)
    health.failed(Refused("Again."), EVENING)
    assert health.state is State.REFUSED
    health.well(EVENING)
    assert health.state is State.POLLING


def test_a_stream_makes_a_source_live_but_hides_no_failure():
    health = SourceHealth("a")
    health.stream_stands(stands=True)
    assert health.state is State.STARTING
    health.well(EVENING)
    assert health.state is State.LIVE
    health.stream_stands(stands=False)
    assert health.state is State.POLLING
    health.failed(Refused("No."), EVENING)
    health.stream_stands(stands=True)
    assert health.state is State.REFUSED


@pytest.mark.parametrize(("minutes", "said"), [(0, 0), (9.99, 0), (10, 10), (75.5, 75)])
def test_silence_is_said_in_whole_minutes(minutes, said):
    assert quiet_minutes(EVENING, EVENING + timedelta(minutes=minutes)) == said


def test_one_line_tells_everything():
    health = SourceHealth("x", seen=12, shown=3, lag=4.4, quiet_minutes=12, note="Only your own posts.")
    health.well(EVENING)
    health.charge(Budget(left=7, limit=300, spent=1.5, cap=25.0))
    assert sentence(health) == (
        "x: polling · 12 posts seen · 3 shown · 7 requests left of 300 · 1.50 of 25.00 USD spent · 4 s behind"
        "\n    Only your own posts.\n    0 posts for 12 minutes."
    )
