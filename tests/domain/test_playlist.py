from __future__ import annotations

import pytest
from factories import approved, at, photo_of, photo_stored, post, standing_approved, stored
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from kiosk.domain.events import Pinned
from kiosk.domain.fold import fold
from kiosk.domain.model import PostState
from kiosk.domain.playlist import (
    ENOUGH,
    INVITING,
    Hall,
    Show,
    alone,
    due,
    next_step,
    page_cues,
    risen,
)
from kiosk.domain.reading import has_photo, pages
from kiosk.domain.scenes import SCENES, Cue, Scene
from kiosk.domain.turns import Turn, playlist

URL = "https://example.social/a.jpg"
TURNS = st.lists(
    st.builds(
        Turn,
        scene=st.sampled_from(sorted(SCENES)),
        dwell=st.sampled_from([0.0, 30.0]),
        weight=st.integers(1, 4),
        posts=st.integers(0, 8),
        photos=st.integers(0, 3),
        between=st.none() | st.tuples(st.integers(0, 1439), st.integers(0, 1439)),
    ),
    min_size=1,
    max_size=4,
)


def pictured(name: str | int) -> PostState:
    state = fold(standing_approved(name, attachments=(photo_of(URL),)), photo_stored(post(name).uri, URL, stored()))
    assert isinstance(state, PostState)
    after = fold(state, approved(state))
    assert isinstance(after, PostState)
    return after


POSTS = st.lists(st.booleans(), max_size=7).map(
    lambda photos: tuple(pictured(n) if photo else standing_approved(n) for n, photo in enumerate(photos))
)


@pytest.fixture(autouse=True)
def more_scenes(monkeypatch):
    """Layouts of every kind, whichever the wall has."""
    monkeypatch.setitem(SCENES, "clock", Scene(name="clock", qml="Clock", dwell=10.0))
    monkeypatch.setitem(SCENES, "grid", Scene(name="grid", qml="Grid", dwell=8.0, slots=12, photos=True))


def walked(turns: list[Turn], hall: Hall, count: int, show: Show | None = None) -> list[Cue]:
    """So many cues, one after another, at one moment of the day."""
    round_of, show, cues = playlist(turns), show or Show(), []
    for _ in range(count):
        step = next_step(round_of, show, hall)
        show = step.show
        assert step.cue is not None
        cues.append(step.cue)
        hall = replace(hall, now=hall.now + step.cue.dwell)
    return cues


def names(cues: list[Cue]) -> list[str]:
    return [cue.scene for cue in cues]


def hall(posts: int = 6, **changes: object) -> Hall:
    return Hall(tuple(standing_approved(number) for number in range(posts)), 0.0, **changes)


def test_turns_of_one_weight_keep_their_order():
    turns = [Turn("scroll"), Turn("spotlight"), Turn("spotlight"), Turn("clock")]
    assert [turn.scene for turn in playlist(turns).round] == ["scroll", "spotlight", "spotlight", "clock"]
    assert names(walked(turns, hall(), 6)) == ["scroll", "spotlight", "spotlight", "clock", "scroll", "spotlight"]


def test_a_turn_waits_for_its_posts_its_photos_and_its_time():
    six = hall(6)
    assert due(Turn("spotlight", posts=6), six)
    assert not due(Turn("spotlight", posts=7), six)
    assert not due(Turn("spotlight", photos=1), six)
    assert due(Turn("spotlight", photos=1), Hall((*six.posts, pictured("p")), 0.0))
    assert due(Turn("spotlight", between=(600, 700)), replace(six, minute=600))
    assert not due(Turn("spotlight", between=(600, 700)), replace(six, minute=700))


def test_a_turn_that_may_not_have_its_turn_is_skipped():
    turns = [Turn("spotlight", posts=50), Turn("grid"), Turn("clock")]
    assert names(walked(turns, hall(6), 3)) == ["clock"] * 3


@pytest.mark.parametrize(
    ("posts", "others", "first"),
    [(0, True, "scroll"), (3, True, "spotlight"), (3, False, "scroll"), (4, True, "scroll")],
)
def test_scenes_of_many_are_shown_once_they_would_look_full_or_nothing_else_could_be(posts, others, first):
    turns = [Turn("scroll"), *([Turn("spotlight")] if others else [])]
    assert names(walked(turns, hall(posts), 1)) == [first]


def test_a_scene_of_photos_shows_photos_alone():
    posts = (*hall(5).posts, *(pictured(f"p{number}") for number in range(ENOUGH)))
    (cue,) = walked([Turn("grid")], Hall(posts, 0.0), 1)
    assert set(cue.posts) == {state.uri for state in posts if has_photo(state)}


def test_without_posts_the_wall_invites_and_looks_again_soon():
    assert walked([Turn("spotlight"), Turn("scroll")], hall(0), 1) == [Cue("scroll", (), INVITING)]
    assert next_step(playlist([Turn("spotlight")]), Show(), hall(0)).cue is None
    assert names(walked([Turn("scroll"), Turn("clock")], hall(0), 2)) == ["clock", "clock"]


@given(TURNS, POSTS, st.integers(0, 1439), st.integers(0, 20))
def test_the_wall_is_never_blank_while_a_post_may_be_shown(turns, posts, minute, steps):
    now = Hall(posts, 0.0, minute)
    round_of, show = playlist(turns), Show()
    for _ in range(steps):
        step = next_step(round_of, show, now)
        show, cue = step.show, step.cue
        if posts:
            assert cue is not None
            scene = SCENES[cue.scene]
            assert cue.posts or scene.flows or not scene.slots
        if cue is not None:
            assert cue.dwell > 0
            assert set(cue.posts) <= {state.uri for state in posts}
            assert len(set(cue.posts)) == len(cue.posts) <= SCENES[cue.scene].slots
            now = replace(now, now=now.now + cue.dwell)


@given(TURNS, POSTS, st.integers(0, 1439))
def test_a_turn_that_may_have_its_turn_has_it_within_one_round(turns, posts, minute):
    now = Hall(posts, 0.0, minute)
    ready = {turn.scene for turn in turns if due(turn, now) and (posts or SCENES[turn.scene].qml == "Clock")}
    seen = set(names(walked(turns, now, len(playlist(turns).round)))) if ready else set()
    assert ready <= seen


@given(TURNS, st.integers(0, 1439))
def test_what_shows_no_posts_is_never_shown_outside_its_time(turns, minute):
    now = hall(6, minute=minute)
    clocks = [turn for turn in turns if turn.scene == "clock"]
    if not any(due(turn, now) for turn in clocks):
        assert "clock" not in names(walked(turns, now, 8))


def test_a_pinned_post_comes_back_at_every_so_manieth_cue():
    posts = hall(6).posts
    pin = Pinned(at=at(1), by="desk", uri=posts[2].uri, every=3)
    cues = walked([Turn("scroll")], Hall(posts, 0.0, 0, pin), 9)
    assert [index for index, cue in enumerate(cues) if cue.posts == (posts[2].uri,)] == [0, 3, 6]


def test_what_is_pinned_for_good_stays_until_it_is_unpinned_or_leaves():
    posts = hall(6).posts
    pin = Pinned(at=at(1), by="desk", uri=posts[2].uri)
    assert {cue.posts for cue in walked([Turn("scroll")], Hall(posts, 0.0, 0, pin), 5)} == {(posts[2].uri,)}
    without = tuple(state for state in posts if state.uri != pin.uri)
    assert names(walked([Turn("scroll")], Hall(without, 0.0, 0, pin), 2)) == ["scroll", "scroll"]
    scene = Pinned(at=at(1), by="desk", scene="clock")
    assert names(walked([Turn("scroll")], hall(6, pin=scene), 3)) == ["clock"] * 3
    unknown = Pinned(at=at(1), by="desk", scene="a layout of another kiosk")
    assert names(walked([Turn("scroll")], hall(6, pin=unknown), 1)) == ["scroll"]


def test_a_step_says_whether_a_pin_brought_it():
    pin = Pinned(at=at(1), by="desk", scene="clock", every=2)
    first = next_step(playlist([Turn("scroll")]), Show(), hall(6, pin=pin))
    second = next_step(playlist([Turn("scroll")]), first.show, hall(6, pin=pin))
    assert (first.pin, second.pin) == (pin, None)


def test_a_cue_dwells_as_long_as_its_posts_are_read_and_its_pages_share_that():
    long = standing_approved(text="word " * 150)
    cue = alone(long)
    parts = list(page_cues(cue, [long]))
    assert [part.page for part in parts] == [0, 1, 2, 3]
    assert [part.dwell for part in parts] == pytest.approx(pages(SCENES["spotlight"], [long]))
    assert sum(part.dwell for part in parts) == pytest.approx(cue.dwell)
    assert len(list(page_cues(cue, [long], 6))) == 6
    (once,) = walked([Turn("spotlight", dwell=40.0)], hall(1), 1)
    assert [part.dwell for part in page_cues(once, hall(1).posts)] == [40.0]
    assert list(page_cues(Cue("scroll", (), 12.0), ())) == [Cue("scroll", (), 12.0)]


def test_a_page_of_the_mosaic_is_about_the_post_that_rises():
    posts = tuple(pictured(number) for number in range(ENOUGH))
    (cue,) = walked([Turn("grid")], Hall(posts, 0.0), 1)
    assert [risen(part) for part in page_cues(cue, posts)] == [None, *cue.posts]
    assert risen(alone(posts[0])) is None
