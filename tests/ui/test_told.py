from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from factories import at

from kiosk.runtime.health import SourceHealth, State
from kiosk.ui.told import BROKEN, RESTING, WAITING, WELL, told

BERLIN = ZoneInfo("Europe/Berlin")

SHAPES = {
    State.STARTING: ("○", RESTING),
    State.LIVE: ("●", WELL),
    State.POLLING: ("◐", WELL),
    State.WAITING: ("▲", WAITING),
    State.PORTAL: ("▲", WAITING),
    State.TROUBLED: ("▲", WAITING),
    State.REFUSED: ("■", BROKEN),
    State.MISCONFIGURED: ("■", BROKEN),
    State.DEAD: ("■", BROKEN),
}


@pytest.mark.parametrize("state", State)
def test_every_state_has_a_shape_and_a_colour_of_its_kind(state):
    assert told(SourceHealth("a", state=state), BERLIN)[:2] == SHAPES[state]


def test_a_source_that_is_well_says_its_figures_and_no_words():
    health = SourceHealth("a", state=State.LIVE, seen=1204, shown=311, left=287, limit=300, lag=1.2, until=at(9))
    assert told(health, BERLIN) == ("●", WELL, "live", "1,204 seen · 311 shown · 1 s late · 287/300 left", "")


@pytest.mark.parametrize(
    ("spent", "cap", "currency", "said"),
    [
        (4.2, 20.0, "USD", "$4.20 of $20"),
        (4.2, None, "EUR", "€4.20"),
        (4.0, 9.0, "CHF", "4.00 CHF of 9 CHF"),
        (0.0, None, "", "0.00"),
    ],
)
def test_what_was_spent_is_said_as_money(spent, cap, currency, said):
    health = SourceHealth("x", state=State.POLLING, spent=spent, cap=cap, currency=currency, left=3)
    assert told(health, BERLIN).facts == f"0 seen · 0 shown · {said} · 3 left"


def test_a_source_that_waits_says_until_when_in_the_venues_time():
    health = SourceHealth(
        "a", state=State.WAITING, until=at(60), last_success=at(0), last_error="Later, please.", seen=7, bad=2
    )
    assert told(health, BERLIN) == (
        "▲",
        WAITING,
        "waiting until 19:01:00",
        "7 seen · 0 shown · 2 unreadable · last answer 19:00:00",
        "Later, please.",
    )


def test_a_source_that_wants_a_hand_says_when_it_is_tried_again_and_why_it_fails():
    health = SourceHealth("a", state=State.REFUSED, until=at(60), last_error="The token is wrong.")
    assert told(health, BERLIN)[2:] == ("refused, again at 19:01:00", "", "The token is wrong.")


def test_an_empty_list_is_not_health():
    health = SourceHealth("a", state=State.POLLING, seen=3, quiet_minutes=14, gap="Posts are missing.")
    assert told(health, BERLIN).words.splitlines() == ["Posts are missing.", "0 posts for 14 minutes."]
