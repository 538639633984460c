from __future__ import annotations

from factories import Author, photo_of, photo_stored, post, standing_approved, stored
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from kiosk.domain.fold import fold
from kiosk.domain.model import PhotoFailure, PostState
from kiosk.domain.playlist import has_photo, next_for_scroll, next_for_spotlight, reading_time

URL = "https://example.social/a.jpg"
CROWD = [standing_approved(name) for name in range(8)]
URIS = [state.uri for state in CROWD]
AIRINGS = st.dictionaries(st.sampled_from(URIS), st.integers(0, 50))
ON_GLASS = st.sets(st.sampled_from(URIS))


def _with_photo(name: str) -> PostState:
    state = fold(standing_approved(name, attachments=(photo_of(URL),)), photo_stored(post(name).uri, URL, stored()))
    assert isinstance(state, PostState)
    return state


@given(AIRINGS, ON_GLASS)
def test_nothing_that_is_on_the_glass_is_drawn_again(airings, on_glass):
    for choose in (next_for_scroll, next_for_spotlight):
        chosen = choose(CROWD, airings, on_glass)
        assert (chosen is None) == (len(on_glass) == len(CROWD))
        assert chosen is None or (chosen.uri not in on_glass and chosen in CROWD)


@given(AIRINGS, ON_GLASS)
def test_nobody_waits_longer_than_the_one_that_is_drawn(airings, on_glass):
    for choose in (next_for_scroll, next_for_spotlight):
        chosen = choose(CROWD, airings, on_glass)
        if chosen is not None:
            waited = [airings.get(uri, -1) for uri in URIS if uri not in on_glass]
            assert airings.get(chosen.uri, -1) == min(waited)


@given(AIRINGS)
def test_everybody_has_a_turn_in_one_round(airings):
    for choose in (next_for_scroll, next_for_spotlight):
        drawn, turns = dict(airings), []
        for count in range(100, 100 + len(CROWD)):
            chosen = choose(CROWD, drawn, ())
            assert chosen is not None
            turns.append(chosen.uri)
            drawn[chosen.uri] = count
        assert set(turns) == set(URIS)


def test_the_scroll_draws_fresh_posts_in_the_order_of_their_approval():
    assert next_for_scroll(CROWD, {}, ()) is CROWD[0]
    assert next_for_scroll(CROWD, {URIS[0]: 0}, ()) is CROWD[1]
    assert next_for_scroll(CROWD, {}, URIS[:3]) is CROWD[3]


def test_the_spotlight_prefers_a_photo_and_then_the_newest():
    assert next_for_spotlight(CROWD, {}, ()) is CROWD[-1]
    pictured = _with_photo("pictured")
    assert next_for_spotlight([pictured, *CROWD], {}, ()) is pictured
    assert next_for_spotlight([pictured, *CROWD], {pictured.uri: 0}, ()) is CROWD[-1]


def test_without_posts_nothing_is_drawn():
    assert next_for_scroll([], {}, ()) is None
    assert next_for_spotlight([], {}, ()) is None


def test_an_avatar_or_a_picture_that_failed_is_no_photo():
    avatar = "https://example.social/ada.png"
    state = standing_approved(author=Author("@a@x", "A", avatar), attachments=(photo_of(URL),))
    assert not has_photo(state)
    assert not has_photo(replace(state, photos={avatar: stored().photo, URL: PhotoFailure("gone")}))
    assert has_photo(replace(state, photos={URL: stored().photo}))


@given(st.text(max_size=600), st.text(max_size=20))
def test_a_hall_has_time_to_read_and_more_for_more(text, more):
    short, long = (reading_time(standing_approved(text=words)) for words in (text, text + more))
    assert 7 <= short <= long <= 20


def test_the_time_a_hall_needs():
    assert [reading_time(standing_approved(text="x" * count)) for count in (0, 140, 5000)] == [7.0, 13.0, 20.0]
