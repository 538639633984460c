from __future__ import annotations

from factories import at, standing_approved

from kiosk.domain.model import Author
from kiosk.domain.terms import Term
from kiosk.runtime.clocks import StillClock
from kiosk.runtime.gate import Gate
from kiosk.runtime.talk import Talk


def said(number: int, text: str):
    return standing_approved(number, text=text, author=Author(f"@{number}@example.social", "Somebody"))


def test_what_the_gate_shuts_out_is_not_counted_any_more():
    states = [said(1, "bread and the roses"), said(2, "Bread the"), said(3, "roses the")]
    gate = Gate(states)
    talk = Talk(gate, StillClock(at(60)), {"and", "the"})
    assert talk.terms() == (Term("Bread", 2), Term("roses", 2))
    assert talk.count() == 2
    gate.withhold(states[1].uri)
    assert talk.terms() == (Term("roses", 2),)


def test_after_an_hour_nobody_talks_of_it_and_the_events_own_hashtag_is_no_news():
    gate = Gate([said(1, "bread #evening"), said(2, "bread #evening")])
    talk = Talk(gate, StillClock(at(60)))
    talk.about(["#Evening"])
    assert talk.terms() == (Term("bread", 2),)
    assert Talk(gate, StillClock(at(3700))).terms() == ()
