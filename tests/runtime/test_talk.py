from __future__ import annotations

from factories import at, standing_approved
from fakes import FakeClock

from kiosk.domain.model import Author
from kiosk.domain.terms import Term
from kiosk.runtime import talk as talk_module
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


def test_the_same_posts_are_counted_once_and_again_once_time_has_passed(monkeypatch):
    counts: list[int] = []
    monkeypatch.setattr(talk_module, "terms", lambda said, _: (counts.append(len(list(said))), ())[1])
    clock, gate = FakeClock(), Gate([said(1, "bread"), said(2, "bread")])
    talk = Talk(gate, clock)
    for _ in range(5):
        talk.terms()
    assert len(counts) == 1
    gate.open_to([said(3, "bread")])
    talk.terms()
    assert len(counts) == 2
    clock.tick(talk_module.FRESH)
    talk.terms()
    assert len(counts) == 3
