from __future__ import annotations

from factories import at, post, received, standing_approved
from msgspec.structs import replace

from kiosk.domain.events import Change, Hidden, Pinned, PostDeleted, PostEdited, Unpinned
from kiosk.domain.fold import fold
from kiosk.domain.model import Sighting
from kiosk.domain.pin import pin_after


def test_a_pin_goes_with_its_post_and_with_nothing_else():
    state = standing_approved(1)
    pin = pin_after(None, Change(Pinned(at=at(2), by="desk", uri=state.uri)))
    assert pin is not None
    assert pin_after(pin, Change(Unpinned(at=at(3), by="desk"))) is None
    other = standing_approved(2)
    hidden = Hidden(at=at(3), uri=other.uri, by="desk")
    assert pin_after(pin, Change(hidden, other, fold(other, hidden))) is pin
    for event in (
        Hidden(at=at(3), uri=state.uri, by="desk"),
        PostDeleted(at=at(3), uri=state.uri),
        PostEdited(at=at(3), post=replace(state.post, text="other"), sighting=Sighting("m", "1")),
    ):
        assert pin_after(pin, Change(event, state, fold(state, event))) is None
    scene = Pinned(at=at(2), by="desk", scene="scroll")
    assert pin_after(scene, Change(received(post(1)), None, state)) is scene
