from __future__ import annotations

from collections import Counter

import pytest
from factories import photo_of, post, standing_approved, stored
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from kiosk.domain.airtime import (
    NEVER,
    Airtime,
    Fairness,
    aired,
    author_of,
    next_post,
    next_posts,
    seen_before,
    unaired,
)
from kiosk.domain.model import Author, PostState, PostUri
from kiosk.domain.scenes import Scene

FLOW = Scene(name="scroll", qml="Scroll", dwell=45.0, flows=True)
SPOT = Scene(name="spotlight", qml="Spotlight", slots=1, dwell=10.0)
PAGE = Scene(name="masonry", qml="Masonry", slots=4, dwell=24.0)
FAIR = Fairness()
URL = "https://example.social/a.jpg"


def crowd(*counts: int) -> list[PostState]:
    """Authors with so many posts each, all of one author's approved in a row."""
    names = [author for author, count in enumerate(counts) for _ in range(count)]
    return [standing_approved(number, author=Author(f"@a{name}@x", f"A{name}")) for number, name in enumerate(names)]


CROWDS = st.lists(st.integers(1, 6), min_size=1, max_size=7).map(lambda counts: crowd(*counts))
PACES = st.lists(st.floats(0.1, 90.0), min_size=1, max_size=5)
SCENES_TRIED = pytest.mark.parametrize("scene", [FLOW, SPOT])


def shows(scene: Scene, posts, paces, count: int, airtime: Airtime | None = None):
    """So many draws, each with what was known before it and its time."""
    airtime, now = airtime or Airtime(), 0.0
    for turn in range(count):
        now += paces[turn % len(paces)]
        state = next_post(scene, posts, airtime, FAIR, now)
        assert state is not None
        yield state, airtime, now
        airtime = aired(airtime, scene.name, (state.uri,), now, held=posts)


@SCENES_TRIED
@given(posts=CROWDS, paces=PACES)
def test_every_post_is_shown_within_a_bound_and_again_and_again(scene, posts, paces):
    capped = max(Counter(map(author_of, posts)).values()) * (FAIR.window / min(paces) + 1)
    bound = int(min(400, len(posts) + FAIR.cooling / min(paces) + capped)) + 2 * len(posts)
    drawn = [state.uri for state, *_ in shows(scene, posts, paces, 3 * bound)]
    for start in range(0, 2 * bound, len(posts)):
        assert {state.uri for state in posts} == set(drawn[start : start + bound])


@SCENES_TRIED
@given(posts=CROWDS, paces=PACES)
def test_nothing_comes_twice_within_its_cooling_time_while_there_is_anything_else(scene, posts, paces):
    for state, before, now in shows(scene, posts, paces, 60):
        if now - before.last(state.uri).at < FAIR.cooling:
            assert all(now - before.last(other.uri).at < FAIR.cooling for other in posts)


@SCENES_TRIED
@given(posts=CROWDS, paces=PACES)
def test_no_author_has_more_than_their_share_while_anybody_else_could_be_shown(scene, posts, paces):
    for state, before, now in shows(scene, posts, paces, 60):

        def had(author: str, before: Airtime = before, now: float = now) -> int:
            mine = [other for other in posts if author_of(other) == author]
            return sum(now - before.last(other.uri).at < FAIR.window for other in mine)

        cool = [other for other in posts if now - before.last(other.uri).at >= FAIR.cooling]
        if state in cool and had(author_of(state)) >= FAIR.per_author:
            assert all(had(author_of(other)) >= FAIR.per_author for other in cool)


@SCENES_TRIED
@given(posts=CROWDS)
def test_everybody_has_a_first_turn_before_anybody_has_a_second(scene, posts):
    authors = [author_of(state) for state, *_ in shows(scene, posts, [0.5], len(posts))]
    everybody = set(authors)
    assert set(authors[: len(everybody)]) == everybody


@SCENES_TRIED
@given(posts=CROWDS, paces=st.lists(st.floats(0.0, 5.0), min_size=1, max_size=3))
def test_every_post_has_its_turn_before_any_has_a_second_while_all_of_them_are_warm(scene, posts, paces):
    drawn = [state.uri for state, *_ in shows(scene, posts, paces, 2 * len(posts))]
    assert len(set(drawn[: len(posts)])) == len(posts)
    assert len(set(drawn[len(posts) :])) == len(posts)


@given(posts=CROWDS, fresh=st.sets(st.integers(0, 6), min_size=1))
def test_what_was_never_shown_comes_first_unless_its_author_had_their_share(posts, fresh):
    new = [state for index, state in enumerate(posts) if index in fresh]
    known = seen_before(state.uri for state in posts if state not in new)
    for state, before, now in shows(FLOW, posts, [1.0], len(new), known):
        left = [each for each in new if before.last(each.uri) is NEVER]
        shares = Counter(author_of(each) for each in posts if now - before.last(each.uri).at < FAIR.window)
        if any(shares[author_of(each)] < FAIR.per_author for each in left):
            assert state in left


def test_older_posts_come_round_when_it_is_quiet_and_a_new_one_goes_before_them():
    posts = crowd(1, 1, 1)
    airtime = seen_before(state.uri for state in posts)
    assert next_post(FLOW, posts, airtime, FAIR, 0.0) is posts[0]
    new = standing_approved("new", author=Author("@new@x", "New"))
    assert next_post(FLOW, [*posts, new], airtime, FAIR, 0.0) is new


def test_the_scroll_draws_fresh_posts_in_the_order_of_their_approval():
    posts = crowd(1, 1, 1, 1)
    assert next_post(FLOW, posts, Airtime(), FAIR, 0.0) is posts[0]
    assert next_post(FLOW, posts, Airtime(), FAIR, 0.0, [posts[0].uri, posts[1].uri]) is posts[2]


def test_a_scene_of_one_post_prefers_a_photo_and_then_the_newest():
    posts = crowd(1, 1, 1)
    assert next_post(SPOT, posts, Airtime(), FAIR, 0.0) is posts[-1]
    pictured = replace(standing_approved("p", attachments=(photo_of(URL),)), photos={URL: stored().photo})
    assert next_post(SPOT, [pictured, *posts], Airtime(), FAIR, 0.0) is pictured


def test_each_scene_has_turns_of_its_own_but_what_another_shows_now_can_wait():
    posts = crowd(1, 1, 1)
    airtime = aired(Airtime(), "scroll", [posts[2].uri, posts[0].uri], 0.0, held=posts)
    assert next_post(SPOT, posts, airtime, FAIR, 1.0) is posts[1]
    airtime = aired(airtime, "spotlight", [posts[1].uri], 1.0, held=posts)
    assert next_post(SPOT, posts, airtime, FAIR, 2.0) is posts[2], "all are warm: the one that waited longest"


@given(posts=CROWDS, paces=PACES, drawn=st.integers(0, 30))
def test_several_posts_are_those_that_would_have_been_chosen_one_after_another(posts, paces, drawn):
    airtime, now = Airtime(), 0.0
    for _, airtime, now in shows(PAGE, posts, paces, drawn):  # noqa: B007  # what the last draw knew
        pass
    one_by_one: list[PostUri] = []
    after = airtime
    while len(one_by_one) < min(PAGE.slots, len(posts)):
        state = next_post(PAGE, posts, after, FAIR, now, one_by_one)
        assert state is not None
        one_by_one.append(state.uri)
        after = aired(after, PAGE.name, [state.uri], now, held=posts)
    assert [state.uri for state in next_posts(PAGE, posts, airtime, FAIR, now)] == one_by_one


def test_without_posts_or_with_all_of_them_taken_nothing_is_chosen():
    assert next_post(FLOW, [], Airtime(), FAIR, 0.0) is None
    assert next_post(FLOW, crowd(1), Airtime(), FAIR, 0.0, [post(0).uri]) is None
    assert next_posts(PAGE, [], Airtime(), FAIR, 0.0) == ()


def test_what_found_no_room_keeps_its_turn():
    posts = crowd(1, 1)
    before = aired(Airtime(), "masonry", [posts[0].uri], 1.0, held=posts)
    after = aired(before, "masonry", [posts[0].uri, posts[1].uri], 2.0, held=posts)
    again = unaired(after, before, [posts[0].uri, posts[1].uri])
    assert again.airings == before.airings
    assert again.draws == after.draws


def test_memory_is_bounded_by_the_posts_that_may_be_shown():
    airtime = Airtime()
    for number in range(1000):
        posts = [standing_approved(number)]
        airtime = aired(airtime, "scroll", [posts[0].uri], float(number), held=posts)
        assert len(airtime.airings) <= 102


def test_an_author_is_one_however_the_handle_is_written():
    assert author_of(standing_approved(author=Author("@Ada@X", "A"))) == author_of(
        standing_approved(author=Author("@ada@x", "B"))
    )
