from __future__ import annotations

from kiosk.sources.bluesky.candidates import AT_ONCE, GATHER, LINGER, MOST, PATIENCE, Candidates, pages
from kiosk.sources.bluesky.jetstream import Told


def told(name: int, time: int = 0, did: str = "did:plc:ada") -> Told:
    return Told(time or name, f"at://{did}/app.bsky.feed.post/{name}", f"cid-{name}")


def test_what_comes_within_a_second_is_asked_about_together():
    waiting = Candidates()
    assert waiting.pause(0) is None
    waiting.add(told(1), 10.0)
    waiting.add(told(2), 10.8)
    assert waiting.due(10.9) == []
    assert waiting.pause(10.9) == 10.0 + GATHER - 10.9
    assert waiting.due(11.0) == [told(1).written, told(2).written]


def test_a_full_question_does_not_wait():
    waiting = Candidates()
    for name in range(60):
        waiting.add(told(name + 1), 10.0)
    assert len(waiting.due(10.0)) == AT_ONCE


def test_what_the_appview_does_not_know_is_asked_about_at_growing_distances_and_given_up():
    waiting, now, asked = Candidates(), 10.0, 0
    waiting.add(told(1), now)
    while len(waiting):
        now += waiting.pause(now) or 0.0
        asked += 1
        assert waiting.due(now) == [told(1).written]
        assert waiting.again(told(1).written, now) is (len(waiting) == 1)
    assert PATIENCE <= now - 10.0 <= PATIENCE + 33
    assert asked <= 10
    assert waiting.pause(now) is None


def test_another_patience_may_be_asked_for():
    waiting = Candidates()
    waiting.add(told(1), 0.0)
    assert waiting.again(told(1).written, LINGER - 1, LINGER)
    assert not waiting.again(told(1).written, LINGER, LINGER)


def test_where_nobody_can_be_asked_patience_does_not_run():
    waiting = Candidates()
    waiting.add(told(1), 0.0)
    waiting.postpone([told(1).written, "at://other"], 3_600.0)
    assert waiting.due(3_599.0) == []
    assert waiting.due(3_600.0) == [told(1).written]
    assert waiting.again(told(1).written, 3_600.0 + PATIENCE - 1)


def test_the_cursor_stays_where_the_first_of_those_waiting_was_told_of():
    waiting = Candidates()
    assert waiting.oldest() is None
    waiting.add(told(1, 100), 0.0)
    waiting.add(told(2, 200), 0.0)
    waiting.add(told(1, 300), 0.0)
    assert waiting.oldest() == 100
    newest = waiting.told(told(1).written)
    assert newest is not None
    assert newest.time == 100
    waiting.forget(told(1).written)
    assert waiting.oldest() == 200


def test_what_was_deleted_does_not_wait_any_more():
    waiting = Candidates()
    waiting.add(told(1), 0.0)
    waiting.add(told(2), 0.0)
    waiting.add(told(3, did="did:plc:bob"), 0.0)
    waiting.forget_all_of("did:plc:ada")
    assert waiting.told(told(1).written) is None
    assert waiting.due(2.0) == [told(3, did="did:plc:bob").written]


def test_no_more_wait_than_there_is_room_for_and_the_loss_is_counted():
    waiting = Candidates()
    assert sum(waiting.add(told(name + 1), 0.0) for name in range(MOST + 7)) == 7
    assert len(waiting) == MOST


def test_questions_have_the_size_that_the_appview_allows():
    assert [len(page) for page in pages([str(number) for number in range(60)])] == [25, 25, 10]
    assert pages([]) == []
