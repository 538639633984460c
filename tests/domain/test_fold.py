from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from factories import MET, approved, at, photo_of, photo_stored, post, received, standing_approved, stored, waiting
from hypothesis import given
from hypothesis import strategies as st
from msgspec import json

from kiosk.domain.events import (
    Approved,
    Hidden,
    PhotoRefused,
    PhotoStored,
    PostDeleted,
    PostEdited,
    PostEvent,
    PostSighted,
    Rejected,
    Requeued,
    Stashed,
    encode,
)
from kiosk.domain.fold import fold
from kiosk.domain.model import ContentHash, Opinion, PhotoFailure, PostState, Sighting, Standing, Tombstone, Verdict
from kiosk.domain.moderation import content_hash, showable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kiosk.domain.model import State

URI = post().uri
URLS = ("https://example.social/a.jpg", "https://example.social/b.jpg")
PICTURES = tuple(stored(colour=(shade, 60, 40)).photo for shade in (10, 200))
POSTS = tuple(
    post(text=text, attachments=tuple(photo_of(url) for url in URLS[:count]))
    for text in ("first", "second")
    for count in (0, 1, 2)
)
TIMES = st.integers(0, 90).map(at)
NAMES = st.sampled_from(["desk", "ada"])
SIGHTINGS = st.sampled_from([MET, Sighting("mastodon other.social", "9")])
DELETION = st.builds(PostDeleted, at=TIMES, uri=st.just(URI))
HAPPENINGS = st.one_of(
    st.builds(received, st.sampled_from(POSTS), st.integers(0, 90)),
    st.builds(PostEdited, at=TIMES, post=st.sampled_from(POSTS), sighting=SIGHTINGS),
    st.builds(PostSighted, at=TIMES, uri=st.just(URI), sighting=SIGHTINGS),
    st.builds(PhotoStored, at=TIMES, uri=st.just(URI), url=st.sampled_from(URLS), photo=st.sampled_from(PICTURES)),
    st.builds(PhotoRefused, at=TIMES, uri=st.just(URI), url=st.sampled_from(URLS), reason=NAMES),
    st.builds(Approved, at=TIMES, uri=st.just(URI), by=NAMES, content=st.just(ContentHash("00" * 32))),
    *(st.builds(kind, at=TIMES, uri=st.just(URI), by=NAMES) for kind in (Rejected, Stashed, Hidden, Requeued)),
)
LIVES = st.lists(st.one_of(HAPPENINGS, st.just("approve as it stands")), max_size=12)


def _live(life: Sequence[PostEvent | str], state: State | None = None) -> State | None:
    """Fold a life; the word stands for a decision on exactly what is there."""
    for step in life:
        if isinstance(step, str):
            state = fold(state, approved(state)) if isinstance(state, PostState) else state
        else:
            state = fold(state, step)
    return state


@given(LIVES, st.one_of(HAPPENINGS, DELETION))
def test_the_fold_is_total_and_pure(life, event):
    before = _live(life)
    kept = json.encode(before)
    written = encode(event)
    after = fold(before, event)
    assert after is None or after.uri == URI
    assert fold(before, event) == after
    assert json.encode(before) == kept
    assert encode(event) == written


@given(LIVES)
def test_a_state_counts_the_events_it_is_made_of(life):
    state = _live(life)
    after = fold(state, PostDeleted(at=at(99), uri=URI))
    assert after is not None
    assert after.revision == (1 if state is None else state.revision + 1)


@given(LIVES, DELETION, LIVES)
def test_a_deletion_is_final_in_whatever_order_events_arrive(before, deletion, after):
    state = _live([*before, deletion, *after])
    assert isinstance(state, Tombstone)
    assert state == fold(_live(before), deletion)
    assert not showable(state)


@given(LIVES)
def test_a_life_can_be_stored_and_taken_up_again_anywhere(life):
    whole = _live(life)
    for cut in range(len(life)):
        state = _live(life[:cut])
        taken_up = json.decode(json.encode(state), type=PostState | Tombstone | None)
        assert _live(life[cut:], taken_up) == whole


@given(LIVES)
def test_only_an_approval_of_exactly_this_content_as_the_newest_decision_shows_a_post(life):
    state: State | None = None
    seen = None  # what the newest decision approved, None where it did not
    for step in life:
        event = approved(state) if isinstance(step, str) and isinstance(state, PostState) else step
        if isinstance(event, str):
            continue
        if isinstance(event, Rejected | Stashed | Hidden | Requeued):
            seen = None
        elif isinstance(event, Approved) and isinstance(state, PostState):
            seen = content_hash(state) if event.content == content_hash(state) else None
        elif not isinstance(event, PostSighted | PhotoStored | PhotoRefused):
            seen = None  # new content is to be seen anew, even where it reads as before
        state = fold(state, event)
        assert showable(state) == (isinstance(state, PostState) and seen is not None and content_hash(state) == seen)


@given(LIVES, st.sampled_from(POSTS), st.lists(HAPPENINGS.filter(lambda event: not isinstance(event, Approved))))
def test_an_edit_needs_a_new_approval_before_it_is_shown(life, edited, rest):
    edit = PostEdited(at=at(95), post=edited, sighting=MET)
    assert not showable(_live([*life, "approve as it stands", edit, *rest]))


def test_a_photo_that_arrives_after_the_approval_is_not_shown():
    state = standing_approved(attachments=(photo_of(URLS[0]),))
    assert showable(state)
    after = fold(state, photo_stored(URI, URLS[0], stored(), 20))
    assert not showable(after)
    assert isinstance(after, PostState)
    assert showable(fold(after, approved(after, 30)))


def test_another_photo_at_the_same_address_is_not_shown():
    state = waiting(attachments=(photo_of(URLS[0]),))
    state = _live([photo_stored(URI, URLS[0], stored()), "approve as it stands"], state)
    assert showable(state)
    assert showable(fold(state, photo_stored(URI, URLS[0], stored(), 20)))
    assert not showable(fold(state, photo_stored(URI, URLS[0], stored(colour=(0, 0, 0)), 20)))
    assert not showable(fold(state, PhotoRefused(at=at(20), uri=URI, url=URLS[0], reason="gone")))


def test_a_post_is_met_pending_with_the_rules_opinion():
    verdict = Verdict(Opinion.HOLD, ("Odd.",))
    state = fold(None, received(post(), 3, verdict))
    assert state == PostState(post=post(), received_at=at(3), verdict=verdict, sightings=(MET,))
    assert state.standing is Standing.PENDING


@pytest.mark.parametrize(
    ("kind", "standing"),
    [
        (Rejected, Standing.REJECTED),
        (Stashed, Standing.STASHED),
        (Hidden, Standing.REJECTED),
        (Requeued, Standing.PENDING),
    ],
)
def test_a_decision_moves_a_post_and_is_signed(kind, standing):
    state = fold(standing_approved(), kind(at=at(20), uri=URI, by="ada"))
    assert isinstance(state, PostState)
    assert (state.standing, state.decided_by, state.decided_at) == (standing, "ada", at(20))
    assert state.approved is None


def test_a_reason_stays_until_the_next_decision():
    state = fold(waiting(), Rejected(at=at(5), uri=URI, by="desk", reason="Advertising."))
    assert isinstance(state, PostState)
    assert state.reason == "Advertising."
    state = fold(state, Requeued(at=at(6), uri=URI, by="desk"))
    assert isinstance(state, PostState)
    assert state.reason == ""


def test_an_edit_returns_an_approved_post_to_the_queue_and_leaves_a_rejected_one_rejected():
    edit = PostEdited(at=at(20), post=post(text="new"), sighting=MET)
    state = fold(standing_approved(), edit)
    assert isinstance(state, PostState)
    assert (state.standing, state.post.text, state.approved) == (Standing.PENDING, "new", None)
    state = fold(fold(waiting(), Rejected(at=at(5), uri=URI, by="desk")), edit)
    assert isinstance(state, PostState)
    assert state.standing is Standing.REJECTED


def test_an_edit_keeps_the_pictures_that_are_still_there_and_forgets_the_others():
    state = waiting(attachments=tuple(photo_of(url) for url in URLS))
    state = _live([photo_stored(URI, url, stored()) for url in URLS], state)
    edited = fold(state, PostEdited(at=at(9), post=post(attachments=(photo_of(URLS[1]),)), sighting=MET))
    assert isinstance(edited, PostState)
    assert set(edited.photos) == {URLS[1]}


def test_a_post_met_twice_remembers_each_place_once():
    elsewhere = Sighting("mastodon other.social", "9")
    sighted = PostSighted(at=at(4), uri=URI, sighting=elsewhere)
    state = _live([sighted, sighted], waiting())
    assert isinstance(state, PostState)
    assert state.sightings == (MET, elsewhere)


def test_a_picture_that_failed_says_why():
    state = fold(
        waiting(attachments=(photo_of(URLS[0]),)), PhotoRefused(at=at(2), uri=URI, url=URLS[0], reason="Too large.")
    )
    assert isinstance(state, PostState)
    assert state.photos == {URLS[0]: PhotoFailure("Too large.")}
    assert state.settled


@given(HAPPENINGS)
def test_an_event_about_a_post_never_received_changes_nothing_unless_it_brings_the_post(event):
    brings = hasattr(event, "post")
    assert (fold(None, event) is None) == (not brings)
