from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from factories import at, post, standing_approved
from fakes import FakeClock

from kiosk.domain.events import Pinned
from kiosk.domain.turns import Turn, playlist
from kiosk.runtime.gate import Gate
from kiosk.runtime.rotation import Rotation

BOTH = playlist([Turn("scroll"), Turn("spotlight")])


def rotation(gate: Gate, *turns: Turn, clock: FakeClock | None = None, timezone: str = "UTC") -> Rotation:
    return Rotation(gate, clock or FakeClock(), playlist(turns) if turns else BOTH, timezone)


def test_a_new_approval_goes_before_what_was_shown_already():
    gate = Gate(standing_approved(number) for number in range(3))
    turning = rotation(gate)
    for _ in range(5):
        turning.draw("scroll", ())
    gate.open_to([standing_approved(9)])
    drawn = turning.draw("scroll", ())
    assert drawn is not None
    assert drawn.uri == post(9).uri


def test_nothing_on_the_glass_is_drawn_and_what_was_is_told():
    gate = Gate(standing_approved(number) for number in range(2))
    turning = rotation(gate)
    drawn = turning.draw("scroll", [post(0).uri])
    assert drawn is not None
    assert drawn.uri == post(1).uri
    assert turning.draw("scroll", [post(0).uri, post(1).uri]) is None
    assert turning.drawn == {post(1).uri}


def test_what_was_shown_before_a_restart_is_not_fresh_after_it():
    gate = Gate(standing_approved(number) for number in range(3))
    turning = rotation(gate)
    turning.remember([post(0).uri, post(1).uri])
    drawn = turning.draw("scroll", ())
    assert drawn is not None
    assert drawn.uri == post(2).uri


def test_looking_at_what_comes_next_takes_nothing():
    turning = rotation(Gate(standing_approved(number) for number in range(6)))
    ahead = turning.peek(None).cue
    assert turning.peek(None).cue == ahead == turning.step(None).cue
    assert turning.peek(None).cue != ahead


def test_what_found_no_room_keeps_its_turn_and_what_was_shown_does_not():
    turning = rotation(Gate(standing_approved(number) for number in range(2)), Turn("spotlight"))
    cue = turning.step(None).cue
    assert cue is not None
    turning.settle(cue, ())
    again = turning.step(None).cue
    assert again == cue
    turning.settle(cue, cue.posts)
    assert turning.step(None).cue != cue


def test_a_cue_that_was_nobodys_turn_counts_as_airtime():
    turning = rotation(Gate(standing_approved(number) for number in range(2)), Turn("spotlight"))
    cue = turning.peek(None).cue
    assert cue is not None
    turning.jump(cue)
    following = turning.peek(None).cue
    assert following is not None
    assert following.posts != cue.posts


def test_another_pin_comes_with_the_next_cue():
    turning = rotation(Gate(standing_approved(number) for number in range(6)), Turn("scroll"))
    pin = Pinned(at=at(0), by="desk", uri=post(1).uri, every=100)
    assert turning.step(pin).pin == pin
    assert turning.step(pin).pin is None
    turning.expect_pin()
    assert turning.step(pin).pin == pin


def test_turns_are_due_by_the_venues_time_of_day():
    night = datetime(2026, 11, 23, 22, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    turns = (Turn("spotlight", between=(22 * 60, 23 * 60)), Turn("scroll"))
    gate = Gate(standing_approved(number) for number in range(6))
    names = []
    for zone in ("Europe/Berlin", "UTC"):
        cue = rotation(gate, *turns, clock=FakeClock(night), timezone=zone).step(None).cue
        names.append(cue and cue.scene)
    assert names == ["spotlight", "scroll"]


def test_turns_are_remembered_only_for_posts_that_are_open():
    gate = Gate()
    turning = rotation(gate)
    for number in range(1000):
        gate.open_to([standing_approved(number)])
        assert turning.draw("scroll", ()) is not None
        gate.withhold(post(number).uri)
    assert len(turning._show.airtime.airings) <= 105
