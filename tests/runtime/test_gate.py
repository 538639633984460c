from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from factories import approved, at, photo_of, photo_stored, post, received, standing_approved, stored, waiting
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.domain.events import (
    Approved,
    Change,
    CueShown,
    Hidden,
    PhotoRefused,
    PostDeleted,
    PostEdited,
    PostSighted,
    Rejected,
    Requeued,
    Stashed,
    uri_of,
)
from kiosk.domain.fold import fold
from kiosk.domain.model import ContentHash, PostState, Sighting
from kiosk.domain.moderation import content_hash, showable
from kiosk.runtime import gate as module
from kiosk.runtime.gate import CAPACITY, Gate

if TYPE_CHECKING:
    from kiosk.domain.events import PostEvent
    from kiosk.domain.model import PostUri, State

PICTURE = "https://example.social/photo.jpg"
MET = Sighting("mastodon", "2")
PHOTOS = (stored(colour=(9, 9, 9)), stored(colour=(99, 9, 9)))


def change(event: PostEvent, before: State | None) -> Change:
    return Change(event, before, fold(before, event))


def passes(gate: Gate, state: PostState) -> bool:
    return gate.passes(state.uri, content_hash(state))


def test_an_empty_gate_lets_nothing_through():
    assert not passes(Gate(), standing_approved())
    assert Gate().open_posts() == ()


def test_what_was_approved_before_the_start_passes_and_nothing_else():
    gate = Gate([standing_approved(1), waiting(2)])
    assert passes(gate, standing_approved(1))
    assert not passes(gate, waiting(2))
    assert gate.state(waiting(2).uri) is None
    assert [state.uri for state in gate.open_posts()] == [post(1).uri]


def test_only_the_very_content_that_was_approved_passes():
    gate = Gate([standing_approved(1)])
    assert not gate.passes(post(1).uri, content_hash(waiting(1, text="something else")))
    assert not gate.passes(post(1).uri, ContentHash(""))


def test_an_approval_opens_and_shuts_nothing():
    gate, state = Gate(), waiting()
    assert gate.follow([change(approved(state), state)]) == ()
    assert passes(gate, state)


@pytest.mark.parametrize(
    "event",
    [
        Rejected(at=at(20), uri=post().uri, by="desk"),
        Hidden(at=at(20), uri=post().uri, by="desk"),
        Stashed(at=at(20), uri=post().uri, by="desk"),
        Requeued(at=at(20), uri=post().uri, by="desk"),
        PostDeleted(at=at(20), uri=post().uri),
        PostEdited(at=at(20), post=post(text="edited"), sighting=MET),
        Approved(at=at(20), uri=post().uri, by="desk", content=ContentHash("of something else")),
    ],
    ids=lambda event: type(event).__name__,
)
@pytest.mark.parametrize("held", [True, False], ids=["in rotation", "out of rotation"])
def test_what_ends_an_approval_shuts_the_post_and_says_so(event, held):
    state = standing_approved()
    gate = Gate([state] if held else [])
    assert gate.follow([change(event, state)]) == (state.uri,)
    assert gate.state(state.uri) is None
    assert not passes(gate, state)


def test_a_photo_that_comes_after_the_approval_shuts_the_post():
    state = standing_approved(attachments=(photo_of(PICTURE),))
    gate = Gate([state])
    assert gate.follow([change(photo_stored(state.uri, PICTURE, stored()), state)]) == (state.uri,)
    assert gate.open_posts() == ()


def test_a_new_approval_of_other_content_takes_the_old_pixels_away():
    old = standing_approved(text="old")
    edited = fold(old, PostEdited(at=at(20), post=post(text="new"), sighting=MET))
    assert isinstance(edited, PostState)
    gate = Gate([old])
    again = fold(edited, approved(edited, 30))
    assert gate.follow([Change(approved(edited, 30), old, again)]) == (old.uri,)
    assert passes(gate, edited)
    assert not passes(gate, old)


def test_what_changes_no_pixel_takes_none_away():
    state = standing_approved(attachments=(photo_of(PICTURE),))
    gate = Gate([state])
    assert gate.follow([change(PostSighted(at=at(20), uri=state.uri, sighting=MET), state)]) == ()
    assert gate.follow([change(PhotoRefused(at=at(20), uri=state.uri, url=PICTURE, reason="gone"), state)]) == ()
    assert passes(gate, state)


def test_events_of_no_post_are_passed_over():
    gate = Gate([standing_approved()])
    assert gate.follow([Change(CueShown(at=at(1), scene="scroll", uris=(post().uri,), seconds=5.0))]) == ()
    assert len(gate.open_posts()) == 1


def test_a_withheld_post_is_shut_before_anything_is_durable():
    gate = Gate([standing_approved()])
    gate.withhold(post().uri)
    assert not passes(gate, standing_approved())


def test_an_approval_that_was_under_way_does_not_open_a_withheld_post():
    gate, state = Gate(), waiting()
    order = gate.number()
    gate.withhold(state.uri)
    assert gate.release(state.uri, order) is None
    gate.follow([change(approved(state), state)])
    assert gate.open_posts() == ()


def test_a_withheld_post_stays_away_whatever_is_committed_until_it_is_approved_anew():
    gate, state = Gate([standing_approved()]), standing_approved()
    gate.withhold(state.uri)
    for event in (
        PostSighted(at=at(20), uri=state.uri, sighting=MET),
        Requeued(at=at(21), uri=state.uri, by="desk"),
        approved(state, 22),
    ):
        after = fold(state, event)
        gate.follow([Change(event, state, after)])
        assert isinstance(after, PostState)
        state = after
    assert showable(state)
    assert gate.open_posts() == ()
    assert gate.release(state.uri, gate.number()) is not None
    gate.follow([change(approved(state, 30), state)])
    assert passes(gate, state)


def test_what_is_not_withheld_needs_no_release():
    gate = Gate([standing_approved()])
    assert gate.release(post().uri, gate.number()) is None
    assert passes(gate, standing_approved())


def test_the_rotation_keeps_the_newest_approvals():
    gate = Gate(standing_approved(number) for number in range(CAPACITY + 3))
    assert [state.uri for state in gate.open_posts()] == [post(number).uri for number in range(3, CAPACITY + 3)]


def test_what_is_remembered_of_take_downs_is_capped(monkeypatch):
    monkeypatch.setattr(module, "WITHHELD", 5)
    gate = Gate()
    for number in range(20):
        gate.withhold(post(number).uri)
    assert list(gate._withheld) == [post(number).uri for number in range(15, 20)]


def test_a_deletion_leaves_nothing_to_remember():
    gate = Gate()
    gate.withhold(post().uri)
    gate.follow([change(PostDeleted(at=at(1), uri=post().uri), waiting())])
    assert gate._withheld == {}


KINDS = st.sampled_from(
    ["receive", "edit", "photo", "approve", "stale", "reject", "hide", "stash", "requeue", "delete"]
)


def event_for(kind: str, name: int, step: int, state: State | None) -> PostEvent:
    uri, pictures = post(name).uri, (photo_of(PICTURE),)
    seen = state if isinstance(state, PostState) else waiting(name)
    events: dict[str, PostEvent] = {
        "receive": received(post(name, attachments=pictures), step),
        "edit": PostEdited(at=at(step), post=post(name, text=f"edit {step}"), sighting=MET),
        "photo": photo_stored(uri, PICTURE, PHOTOS[step % 2], step),
        "approve": approved(seen, step),
        "stale": approved(waiting(name, text="long ago"), step),
        "reject": Rejected(at=at(step), uri=uri, by="desk"),
        "hide": Hidden(at=at(step), uri=uri, by="desk"),
        "stash": Stashed(at=at(step), uri=uri, by="desk"),
        "requeue": Requeued(at=at(step), uri=uri, by="desk"),
        "delete": PostDeleted(at=at(step), uri=uri),
    }
    return events[kind]


@settings(database=None, deadline=None, max_examples=60)
@given(st.lists(st.tuples(KINDS, st.integers(0, 2)), max_size=40))
def test_the_gate_holds_exactly_what_the_newest_decision_approves(steps):
    gate, states, glass = Gate(), {}, {}
    for step, (kind, name) in enumerate(steps):
        uri: PostUri = post(name).uri
        event = event_for(kind, name, step, states.get(uri))
        assert uri_of(event) == uri
        done = change(event, states.get(uri))
        states[uri] = done.after
        for shut in gate.follow([done]):
            glass.pop(shut, None)
        assert {state.uri for state in gate.open_posts()} == {uri for uri, state in states.items() if showable(state)}
        for shown, content in glass.items():
            assert gate.passes(shown, content), "pixels stayed that were to be taken away"
        glass |= {state.uri: content_hash(state) for state in gate.open_posts()}
