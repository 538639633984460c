from __future__ import annotations

import asyncio

import pytest
from factories import photo_of, stored
from PySide6.QtCore import Qt

from kiosk.domain.errors import ArchiveError
from kiosk.domain.model import Standing

Key = Qt.Key
CHORD = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
GREEN, MAGENTA = (20, 200, 60), (230, 0, 230)
A_KEY_EACH = {
    "approve": (Key.Key_A, Standing.APPROVED),
    "reject": (Key.Key_R, Standing.REJECTED),
    "stash": (Key.Key_S, Standing.STASHED),
}
BUTTONS = {"Approve": Standing.APPROVED, "Reject": Standing.REJECTED, "Stash": Standing.STASHED}


@pytest.mark.parametrize(("key", "becomes"), A_KEY_EACH.values(), ids=A_KEY_EACH)
def test_a_key_decides_the_selected_post_and_no_other(at_desk, key, becomes):
    async def test(desk) -> None:
        await desk.press(Key.Key_Down)
        assert desk.selected() == desk.states[1].uri
        await desk.press(key)
        state = await desk.here.state(desk.states[1].uri)
        assert (state.standing, state.decided_by) == (becomes, "desk")
        assert [await desk.standing(number) for number in (0, 2)] == [Standing.PENDING] * 2
        assert desk.view.property("message") == ""

    at_desk(test)


@pytest.mark.parametrize(("words", "becomes"), BUTTONS.items())
def test_a_button_does_what_its_key_does(at_desk, click, words, becomes):
    async def test(desk) -> None:
        click(desk.window, desk.button(words))
        await desk.settled()
        assert await desk.standing(0) is becomes
        assert await desk.standing(1) is Standing.PENDING
        click(desk.window, desk.button("Undo"))
        await desk.settled()
        assert await desk.standing(0) is Standing.PENDING

    at_desk(test)


def test_after_a_decision_the_next_post_is_under_the_hand(at_desk):
    async def test(desk) -> None:
        for number in range(3):
            assert desk.selected() == desk.states[number].uri
            await desk.press(Key.Key_A)
        assert desk.view._current() is None
        await desk.press(Key.Key_A)
        await desk.press(Key.Key_R)
        assert [await desk.standing(number) for number in range(3)] == [Standing.APPROVED] * 3

    at_desk(test)


def test_z_takes_decisions_back_one_by_one(at_desk):
    async def test(desk) -> None:
        await desk.press(Key.Key_A)
        await desk.press(Key.Key_R)
        await desk.press(Key.Key_Z)
        assert [await desk.standing(number) for number in (0, 1)] == [Standing.APPROVED, Standing.PENDING]
        await desk.press(Key.Key_Z)
        assert await desk.standing(0) is Standing.PENDING
        await desk.press(Key.Key_Z)
        assert desk.view.property("message") == "There is nothing left to undo."

    at_desk(test)


def test_h_takes_the_marked_post_off_the_wall_with_the_very_next_frame(at_desk, frame, press_key):
    async def test(desk) -> None:
        await desk.here.approved("green", stored((320, 240), GREEN))
        await desk.here.filled()
        assert frame(desk.wall).count(GREEN) > 5000
        press_key(desk.window, Key.Key_Right)
        press_key(desk.window, Key.Key_H)
        await asyncio.sleep(0)
        assert frame(desk.wall).count(GREEN) == 0
        await desk.settled()
        assert desk.view.property("air").rowCount() == 0

    at_desk(test)


def test_h_in_the_queue_hides_what_is_marked_on_air_and_not_the_post_that_waits(at_desk):
    async def test(desk) -> None:
        shown = await desk.here.approved("shown")
        await desk.here.filled()
        await desk.press(Key.Key_H)
        assert (await desk.here.state(shown.uri)).standing is Standing.REJECTED
        assert await desk.standing(0) is Standing.PENDING
        await desk.press(Key.Key_H)
        assert await desk.standing(0) is Standing.PENDING, "with nothing on air there is nothing to hide"

    at_desk(test)


def test_the_button_hides_as_the_key_does(at_desk, click):
    async def test(desk) -> None:
        shown = await desk.here.approved("shown")
        await desk.here.filled()
        click(desk.window, desk.button("Hide from wall"))
        await desk.settled()
        assert (await desk.here.state(shown.uri)).standing is Standing.REJECTED
        assert desk.here.stage.on_glass() == ()

    at_desk(test)


def test_space_shows_the_post_as_the_hall_would_see_it_and_decides_nothing(at_desk, frame, click):
    async def test(desk) -> None:
        await desk.here.receive("green", stored((320, 240), GREEN))
        before = frame(desk.window).count(GREEN)
        await desk.press(Key.Key_Space)
        assert frame(desk.window).count(GREEN) > before + 50_000
        assert frame(desk.wall).count(GREEN) == 0
        await desk.press(Key.Key_Space)
        assert desk.view.card.property("address") == ""
        await desk.press(Key.Key_Space)
        await desk.press(Key.Key_Escape)
        assert desk.view.card.property("address") == ""
        click(desk.window, desk.button("Preview"))
        await desk.settled()
        assert desk.view.card.property("address") != ""
        assert (await desk.here.state("https://example.social/posts/green")).standing is Standing.PENDING

    at_desk(test, posts=0)


def test_the_preview_follows_the_selection(at_desk, frame):
    async def test(desk) -> None:
        await desk.here.receive("green", stored((320, 240), GREEN))
        await desk.here.receive("magenta", stored((320, 240), MAGENTA))
        await desk.press(Key.Key_Space)
        green = frame(desk.window).count(GREEN)
        await desk.press(Key.Key_Down)
        assert frame(desk.window).count(MAGENTA) > 50_000
        assert frame(desk.window).count(GREEN) < green / 2

    at_desk(test, posts=0)


def test_a_post_that_arrives_never_moves_the_selection(at_desk):
    async def test(desk) -> None:
        await desk.press(Key.Key_Down)
        for number in range(10, 20):
            await desk.here.receive(number)
        assert desk.selected() == desk.states[1].uri
        await desk.press(Key.Key_R)
        assert await desk.standing(1) is Standing.REJECTED
        assert await desk.standing(0) is Standing.PENDING

    at_desk(test)


def test_a_post_that_leaves_above_does_not_put_another_one_under_the_hand(at_desk):
    async def test(desk) -> None:
        await desk.press(Key.Key_Down)
        await desk.press(Key.Key_Down)
        await desk.here.approve(desk.states[0])
        await desk.here.delete(desk.states[1])
        assert desk.selected() == desk.states[2].uri
        assert desk.view.property("row") == 0
        await desk.press(Key.Key_S)
        assert await desk.standing(2) is Standing.STASHED

    at_desk(test)


def test_a_decision_is_for_the_post_that_was_selected_when_the_key_went_down(at_desk, press_key):
    async def test(desk) -> None:
        press_key(desk.window, Key.Key_A)
        press_key(desk.window, Key.Key_Down)
        press_key(desk.window, Key.Key_Down)
        press_key(desk.window, Key.Key_R)
        await desk.settled()
        assert [await desk.standing(number) for number in range(3)] == [
            Standing.APPROVED,
            Standing.PENDING,
            Standing.REJECTED,
        ]

    at_desk(test)


def test_a_post_edited_while_it_is_read_is_not_approved(at_desk, press_key, frame):
    async def test(desk) -> None:
        editing = asyncio.ensure_future(desk.here.edit(desk.states[0], text="Buy my watches"))
        await asyncio.sleep(0)
        press_key(desk.window, Key.Key_A)
        await editing
        await desk.settled()
        assert await desk.standing(0) is Standing.PENDING
        assert "has changed since you saw it" in desk.view.property("message")
        assert desk.view._current().property("text") == "Buy my watches"
        await desk.here.filled()
        assert desk.here.stage.on_glass() == ()

    at_desk(test)


def test_words_that_nobody_can_have_read_yet_are_not_approved(at_desk, monkeypatch):
    async def test(desk) -> None:
        await desk.here.edit(desk.states[0], text="Buy my watches")
        await desk.press(Key.Key_A)
        assert await desk.standing(0) is Standing.PENDING
        assert "was edited, or came here by itself" in desk.view.property("message")
        monkeypatch.setattr("kiosk.ui.mark.UNREAD", 0.0)  # two seconds later
        await desk.press(Key.Key_A)
        assert await desk.standing(0) is Standing.APPROVED

    at_desk(test)


def test_the_mark_follows_its_post_when_one_above_it_leaves(at_desk):
    async def test(desk) -> None:
        rows: list[int] = []
        await desk.press(Key.Key_Down)
        desk.view.selectedChanged.connect(lambda: rows.append(desk.view.property("row")))
        marked = desk.view._current().uri
        await desk.here.delete(desk.states[0])
        assert desk.view._current().uri == marked
        assert rows[-1] == 0, "the window still marks the row below"

    at_desk(test)


def test_a_post_that_came_under_the_hand_by_itself_is_read_before_it_is_decided(at_desk, monkeypatch):
    async def test(desk) -> None:
        await desk.here.approve(desk.states[0])  # trusted, or decided elsewhere
        for key in (Key.Key_A, Key.Key_R, Key.Key_S):
            await desk.press(key)
            assert await desk.standing(1) is Standing.PENDING
        assert "came here by itself" in desk.view.property("message")
        monkeypatch.setattr("kiosk.ui.mark.UNREAD", 0.0)  # two seconds later
        await desk.press(Key.Key_A)
        assert await desk.standing(1) is Standing.APPROVED

    at_desk(test)


def test_what_scrolled_away_under_the_eye_is_still_what_h_means(at_desk):
    async def test(desk) -> None:
        states = [await desk.here.approved(f"up{number}") for number in range(3)]
        await desk.here.filled()
        await desk.press(Key.Key_Right)
        await desk.press(Key.Key_Down)
        looked_at = desk.view._current().uri
        desk.here.stage.withdraw((looked_at,))  # it scrolled out
        assert desk.view._current().uri == looked_at
        assert desk.view._current().property("gone")
        await desk.press(Key.Key_H)
        hidden = [state.uri for state in states if (await desk.here.state(state.uri)).standing is Standing.REJECTED]
        assert hidden == [looked_at]
        assert desk.view._current().uri != looked_at

    at_desk(test)


def test_an_edit_holds_up_no_other_post(at_desk):
    async def test(desk) -> None:
        await desk.here.edit(desk.states[0], text="Buy my watches")
        await desk.press(Key.Key_Down)
        await desk.press(Key.Key_A)
        assert await desk.standing(0) is Standing.PENDING
        assert await desk.standing(1) is Standing.APPROVED

    at_desk(test)


def test_the_preview_of_a_post_that_was_edited_binds_to_what_is_shown_now(at_desk):
    async def test(desk) -> None:
        seen = desk.view._current()
        await desk.here.edit(desk.states[0], text="Other words")
        assert desk.view._current().content != seen.content
        assert desk.view._current().property("text") == "Other words"

    at_desk(test)


def test_a_post_deleted_while_it_is_read_stays_before_the_eye_marked_and_cannot_be_approved(at_desk):
    async def test(desk) -> None:
        await desk.here.delete(desk.states[0])
        gone = desk.view._current()
        assert (gone.uri, gone.property("standing")) == (desk.states[0].uri, "deleted at its origin")
        await desk.press(Key.Key_A)
        assert desk.view._current().property("gone")
        await desk.press(Key.Key_Down)
        assert desk.selected() == desk.states[1].uri
        assert desk.view.property("rows").rowCount() == 2

    at_desk(test)


def test_a_post_whose_pictures_are_on_their_way_cannot_be_approved_yet(at_desk):
    async def test(desk) -> None:
        state = await desk.here.receive("slow", attachments=(photo_of("https://example.social/media/slow"),))
        await desk.press(Key.Key_A)
        assert "still on their way" in desk.view.property("message")
        assert (await desk.here.state(state.uri)).standing is Standing.PENDING

    at_desk(test, posts=0)


def test_a_decision_that_cannot_be_written_down_is_said_and_what_was_hidden_stays_hidden(at_desk, frame, monkeypatch):
    async def test(desk) -> None:
        desk.here.faults_expected = True
        await desk.here.approved("green", stored((320, 240), GREEN))
        await desk.here.filled()

        async def full(*_: object, **__: object) -> None:
            raise ArchiveError("The disk is full.")

        monkeypatch.setattr(desk.here.ledger, "commit", full)
        await desk.press(Key.Key_H)
        assert "The disk is full." in desk.view.property("message")
        await desk.here.filled()
        assert frame(desk.wall).count(GREEN) == 0
        assert desk.view.health.property("faults")

    at_desk(test, posts=0)
