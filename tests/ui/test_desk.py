from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from factories import photo_of, stored
from PySide6.QtCore import Qt

from kiosk.domain.errors import ArchiveError
from kiosk.domain.model import Standing
from kiosk.runtime.supervisor import SourceHealth

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from PySide6.QtQuick import QQuickItem, QQuickWindow

Key = Qt.Key
CHORD = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
GREEN, MAGENTA = (20, 200, 60), (230, 0, 230)
A_KEY_EACH = {
    "approve": (Key.Key_A, Standing.APPROVED),
    "reject": (Key.Key_R, Standing.REJECTED),
    "stash": (Key.Key_S, Standing.STASHED),
}
BUTTONS = {"Approve": Standing.APPROVED, "Reject": Standing.REJECTED, "Stash": Standing.STASHED}


@pytest.fixture
def at_desk(hall, play, press_key):
    """Run a test at a desk with both windows open and, unless told otherwise, three posts waiting."""

    @asynccontextmanager
    async def opened(posts: int, options: dict[str, object]) -> AsyncIterator[SimpleNamespace]:
        async with hall(**options) as here:
            states = [await here.receive(number) for number in range(posts)]
            wall = await here.wall()
            view, window = await here.desk()

            async def settled() -> None:
                await view._errands.finished()

            async def press(key: Qt.Key, **how: object) -> None:
                press_key(window, key, **how)
                await settled()

            yield SimpleNamespace(
                here=here, states=states, wall=wall, view=view, window=window, press=press, settled=settled
            )

    def run(test: Callable[[SimpleNamespace], Awaitable[None]], *, posts: int = 3, **options: object) -> None:
        async def whole() -> None:
            async with opened(posts, options) as desk:
                await test(desk)

        play(whole())

    return run


def button(window: QQuickWindow, words: str) -> QQuickItem:
    """The desk's button with these words."""

    def below(item: QQuickItem) -> list[QQuickItem]:
        return [item, *(found for child in item.childItems() for found in below(child))]

    return next(
        item
        for item in below(window.contentItem())
        if item.metaObject().indexOfProperty("letter") >= 0 and item.property("words") == words
    )


async def standing(desk: SimpleNamespace, number: int) -> Standing:
    return (await desk.here.state(desk.states[number].uri)).standing


def selected(desk: SimpleNamespace) -> str:
    return desk.view._current().uri


@pytest.mark.parametrize(("key", "becomes"), A_KEY_EACH.values(), ids=A_KEY_EACH)
def test_a_key_decides_the_selected_post_and_no_other(at_desk, key, becomes):
    async def test(desk) -> None:
        await desk.press(Key.Key_Down)
        assert selected(desk) == desk.states[1].uri
        await desk.press(key)
        state = await desk.here.state(desk.states[1].uri)
        assert (state.standing, state.decided_by) == (becomes, "desk")
        assert [await standing(desk, number) for number in (0, 2)] == [Standing.PENDING] * 2
        assert desk.view.property("message") == ""

    at_desk(test)


@pytest.mark.parametrize(("words", "becomes"), BUTTONS.items())
def test_a_button_does_what_its_key_does(at_desk, click, words, becomes):
    async def test(desk) -> None:
        click(desk.window, button(desk.window, words))
        await desk.settled()
        assert await standing(desk, 0) is becomes
        assert await standing(desk, 1) is Standing.PENDING
        click(desk.window, button(desk.window, "Undo"))
        await desk.settled()
        assert await standing(desk, 0) is Standing.PENDING

    at_desk(test)


def test_after_a_decision_the_next_post_is_under_the_hand(at_desk):
    async def test(desk) -> None:
        for number in range(3):
            assert selected(desk) == desk.states[number].uri
            await desk.press(Key.Key_A)
        assert desk.view._current() is None
        await desk.press(Key.Key_A)
        await desk.press(Key.Key_R)
        assert [await standing(desk, number) for number in range(3)] == [Standing.APPROVED] * 3

    at_desk(test)


def test_z_takes_decisions_back_one_by_one(at_desk):
    async def test(desk) -> None:
        await desk.press(Key.Key_A)
        await desk.press(Key.Key_R)
        await desk.press(Key.Key_Z)
        assert [await standing(desk, number) for number in (0, 1)] == [Standing.APPROVED, Standing.PENDING]
        await desk.press(Key.Key_Z)
        assert await standing(desk, 0) is Standing.PENDING
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
        assert await standing(desk, 0) is Standing.PENDING
        await desk.press(Key.Key_H)
        assert await standing(desk, 0) is Standing.PENDING, "with nothing on air there is nothing to hide"

    at_desk(test)


def test_the_button_hides_as_the_key_does(at_desk, click):
    async def test(desk) -> None:
        shown = await desk.here.approved("shown")
        await desk.here.filled()
        click(desk.window, button(desk.window, "Hide from wall"))
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
        assert desk.view.property("previewCard") == ""
        await desk.press(Key.Key_Space)
        await desk.press(Key.Key_Escape)
        assert desk.view.property("previewCard") == ""
        click(desk.window, button(desk.window, "Preview"))
        await desk.settled()
        assert desk.view.property("previewCard") != ""
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
        assert selected(desk) == desk.states[1].uri
        await desk.press(Key.Key_R)
        assert await standing(desk, 1) is Standing.REJECTED
        assert await standing(desk, 0) is Standing.PENDING

    at_desk(test)


def test_a_post_that_leaves_above_does_not_put_another_one_under_the_hand(at_desk):
    async def test(desk) -> None:
        await desk.press(Key.Key_Down)
        await desk.press(Key.Key_Down)
        await desk.here.approve(desk.states[0])
        await desk.here.delete(desk.states[1])
        assert selected(desk) == desk.states[2].uri
        assert desk.view.property("row") == 0
        await desk.press(Key.Key_S)
        assert await standing(desk, 2) is Standing.STASHED

    at_desk(test)


def test_a_decision_is_for_the_post_that_was_selected_when_the_key_went_down(at_desk, press_key):
    async def test(desk) -> None:
        press_key(desk.window, Key.Key_A)
        press_key(desk.window, Key.Key_Down)
        press_key(desk.window, Key.Key_Down)
        press_key(desk.window, Key.Key_R)
        await desk.settled()
        assert [await standing(desk, number) for number in range(3)] == [
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
        assert await standing(desk, 0) is Standing.PENDING
        assert "has changed since you saw it" in desk.view.property("message")
        assert desk.view._current().property("text") == "Buy my watches"
        await desk.here.filled()
        assert desk.here.stage.on_glass() == ()

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
        assert selected(desk) == desk.states[1].uri
        assert desk.view.property("rows").rowCount() == 2

    at_desk(test)


def test_a_post_whose_pictures_are_on_their_way_cannot_be_approved_yet(at_desk):
    async def test(desk) -> None:
        state = await desk.here.receive("slow", attachments=())
        await desk.here.edit(state, attachments=(photo_of("https://example.social/media/slow"),))
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


def test_p_raises_the_slate_at_once_and_leaving_it_asks(at_desk, frame, press_key):
    async def test(desk) -> None:
        await desk.here.approved("green", stored((320, 240), GREEN))
        await desk.here.filled()
        press_key(desk.window, Key.Key_P)
        await asyncio.sleep(0)
        assert frame(desk.wall).count(GREEN) == 0
        await desk.settled()
        assert desk.view.alarm.property("raised")
        for _ in range(5):
            await desk.press(Key.Key_P, repeated=True)
        assert not desk.view.alarm.property("asking"), "a key that is held asks for nothing"
        await desk.press(Key.Key_P)
        assert desk.view.alarm.property("asking")
        assert desk.here.house.panic.raised
        await desk.press(Key.Key_Escape)
        assert not desk.view.alarm.property("asking")
        await desk.press(Key.Key_P)
        await desk.press(Key.Key_P)
        assert not desk.here.house.panic.raised
        await desk.here.filled()
        assert frame(desk.wall).count(GREEN) > 5000

    at_desk(test, posts=0)


@pytest.mark.parametrize("window", ["wall", "window"])
def test_the_panic_chord_works_in_both_windows(at_desk, press_key, window):
    async def test(desk) -> None:
        await desk.here.focus(getattr(desk, window))
        press_key(getattr(desk, window), Key.Key_P, CHORD)
        await asyncio.sleep(0)
        assert desk.here.stage.property("raised"), "before anything is written"
        await desk.settled()
        assert desk.here.house.panic.raised
        for _ in range(5):
            press_key(getattr(desk, window), Key.Key_P, CHORD, repeated=True)
        await desk.settled()
        assert desk.here.house.panic.raised

    at_desk(test)


def test_the_panic_button_asks_too(at_desk, click):
    async def test(desk) -> None:
        click(desk.window, button(desk.window, "Panic"))
        await desk.settled()
        assert desk.here.stage.property("raised")
        click(desk.window, button(desk.window, "Leave panic"))
        await desk.settled()
        assert desk.here.stage.property("raised")
        assert desk.view.alarm.property("asking")

    at_desk(test)


def test_a_key_that_is_held_decides_once_and_moves_on(at_desk):
    async def test(desk) -> None:
        await desk.press(Key.Key_R)
        for _ in range(5):
            await desk.press(Key.Key_R, repeated=True)
        assert [await standing(desk, number) for number in range(3)].count(Standing.REJECTED) == 1
        await desk.press(Key.Key_J, repeated=True)
        assert selected(desk) == desk.states[2].uri

    at_desk(test)


def test_the_selection_stays_within_the_list(at_desk):
    async def test(desk) -> None:
        for key, row in ((Key.Key_Up, 0), (Key.Key_K, 0), (Key.Key_Down, 1), (Key.Key_J, 2), (Key.Key_J, 2)):
            await desk.press(key)
            assert desk.view.property("row") == row
        await desk.press(Key.Key_Right)
        assert desk.view.property("column") == "air"
        assert desk.view._current() is None
        await desk.press(Key.Key_Down)
        await desk.press(Key.Key_Left)
        assert selected(desk) == desk.states[2].uri

    at_desk(test)


def test_a_click_on_a_row_selects_its_post(at_desk, click, drawn_items):
    async def test(desk) -> None:
        rows = [
            each for each in drawn_items(desk.window.contentItem()) if each.metaObject().indexOfProperty("thumb") >= 0
        ]
        second = next(row for row in rows if row.property("index") == 1)
        click(desk.window, second)
        assert selected(desk) == desk.states[1].uri

    at_desk(test)


def test_the_numbers_show_the_posts_of_each_standing(at_desk):
    async def test(desk) -> None:
        await desk.press(Key.Key_A)
        await desk.press(Key.Key_R)
        assert desk.view.property("counts") == [1, 1, 0, 1]
        for key, number in ((Key.Key_2, 0), (Key.Key_4, 1), (Key.Key_1, 2)):
            await desk.press(key)
            assert desk.view.property("rows").rowCount() == 1
            assert selected(desk) == desk.states[number].uri
        await desk.press(Key.Key_3)
        assert desk.view.property("looking") == 2
        assert desk.view._current() is None

    at_desk(test)


def test_the_mode_is_review_until_the_event_allows_more_and_somebody_wants_it(at_desk):
    async def test(desk) -> None:
        await desk.press(Key.Key_M)
        assert not desk.view.property("trusting")
        assert "Only review is allowed" in desk.view.property("message")

    async def allowed(desk) -> None:
        assert not desk.view.property("trusting")
        await desk.press(Key.Key_M)
        assert desk.view.property("trusting")
        await desk.press(Key.Key_M)
        assert not desk.view.property("trusting")

    at_desk(test)
    at_desk(allowed, mode="trusted", posts=0)


def test_the_desk_lists_what_is_on_the_wall(at_desk):
    async def test(desk) -> None:
        states = [await desk.here.approved(f"shown {number}") for number in range(2)]
        await desk.here.filled()
        air = desk.view.property("air")
        assert {air.at(row).uri for row in range(len(air))} == {state.uri for state in states}
        desk.here.stage.withdraw((states[0].uri,))
        assert [air.at(row).uri for row in range(len(air))] == [states[1].uri]

    at_desk(test)


def test_the_selected_posts_photo_and_its_thumbnail_come_by_themselves(at_desk, frame):
    async def test(desk) -> None:
        state = await desk.here.receive("green", stored((320, 240), GREEN))
        await desk.settled()
        frame(desk.window)
        await desk.settled()
        assert desk.view.property("photo").startswith("image://photo/")
        assert desk.view._rows._want(desk.view._current().thumbnail).endswith("/thumb")
        assert frame(desk.window).count(GREEN) > 20_000
        await desk.here.delete(state)

    at_desk(test, posts=0)


def test_sources_say_how_they_are_in_the_venues_time(at_desk):
    async def test(desk) -> None:
        met = datetime(2026, 11, 23, 18, 5, 7, tzinfo=UTC)
        well = SourceHealth("mastodon a", state="reading", last_success=met, posts_seen=7)
        ill = SourceHealth("mastodon b", state="refused", last_error="The token is wrong.", gap="Posts are missing.")
        desk.here.house.health = lambda: [well, ill]
        desk.here.house.announce()
        assert desk.view.health.property("sources") == [
            "mastodon a — reading\n7 posts · last 18:05:07 · next –",
            "mastodon b — refused\n0 posts · last – · next –\nThe token is wrong.\nPosts are missing.",
        ]
        assert desk.view.clock() == "19:00:00"

    at_desk(test)


def test_a_fault_that_was_survived_is_shown(at_desk):
    async def test(desk) -> None:
        desk.here.faults_expected = True
        told: list[bool] = []
        desk.view.health.changed.connect(lambda: told.append(True))
        desk.here.counters.count("A post could not be read", "it was empty")
        assert told
        assert desk.view.health.property("faults") == ["A post could not be read (1×): it was empty"]

    at_desk(test)


def test_what_attendees_wrote_is_drawn_literally_at_the_desk_too(at_desk, frame):
    async def test(desk) -> None:
        await desk.here.receive("x", text="<font color='#e600e6'>█████████</font><img src='http://localhost/x.png'>")
        await desk.settled()
        assert frame(desk.window).count(MAGENTA) == 0

    at_desk(test, posts=0)


def test_a_desk_of_any_shape_shows_everything_without_a_complaint(at_desk, frame):
    async def test(desk) -> None:
        for size in ((1080, 1920), (2560, 1440), (800, 600), (500, 900)):
            desk.window.resize(*size)
            await asyncio.sleep(0.02)
            assert frame(desk.window).colours > 20

    at_desk(test)
