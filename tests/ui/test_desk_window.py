from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from factories import photo_of, photo_stored, stored
from PySide6.QtCore import Qt

from kiosk.domain.model import Author, Card, Emoji, Quote, Standing
from kiosk.runtime.health import SourceHealth, State

Key = Qt.Key
CHORD = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
GREEN, MAGENTA = (20, 200, 60), (230, 0, 230)
A_KEY_EACH = {
    "approve": (Key.Key_A, Standing.APPROVED),
    "reject": (Key.Key_R, Standing.REJECTED),
    "stash": (Key.Key_S, Standing.STASHED),
}
BUTTONS = {"Approve": Standing.APPROVED, "Reject": Standing.REJECTED, "Stash": Standing.STASHED}


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
        click(desk.window, desk.button("Panic"))
        await desk.settled()
        assert desk.here.stage.property("raised")
        click(desk.window, desk.button("Leave panic"))
        await desk.settled()
        assert desk.here.stage.property("raised")
        assert desk.view.alarm.property("asking")

    at_desk(test)


def test_a_key_that_is_held_decides_once_and_moves_on(at_desk):
    async def test(desk) -> None:
        await desk.press(Key.Key_R)
        for _ in range(5):
            await desk.press(Key.Key_R, repeated=True)
        assert [await desk.standing(number) for number in range(3)].count(Standing.REJECTED) == 1
        await desk.press(Key.Key_J, repeated=True)
        assert desk.selected() == desk.states[2].uri

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
        assert desk.selected() == desk.states[2].uri

    at_desk(test)


def test_a_click_on_a_row_selects_its_post(at_desk, click, drawn_items):
    async def test(desk) -> None:
        rows = [
            each for each in drawn_items(desk.window.contentItem()) if each.metaObject().indexOfProperty("thumb") >= 0
        ]
        second = next(row for row in rows if row.property("index") == 1)
        click(desk.window, second)
        assert desk.selected() == desk.states[1].uri

    at_desk(test)


def test_the_numbers_show_the_posts_of_each_standing(at_desk):
    async def test(desk) -> None:
        await desk.press(Key.Key_A)
        await desk.press(Key.Key_R)
        assert desk.view.property("counts") == [1, 1, 0, 1]
        for key, number in ((Key.Key_2, 0), (Key.Key_4, 1), (Key.Key_1, 2)):
            await desk.press(key)
            assert desk.view.property("rows").rowCount() == 1
            assert desk.selected() == desk.states[number].uri
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
        assert desk.view.property("pictured")
        assert desk.view._rows._want(desk.view._current().thumbnail).endswith("/thumb")
        assert frame(desk.window).count(GREEN) > 20_000
        await desk.here.delete(state)

    at_desk(test, posts=0)


def test_no_picture_is_asked_for_before_it_is_here(at_desk, frame):
    async def test(desk) -> None:
        photo = stored((320, 240), GREEN)
        waiting = await desk.here.receive("green", attachments=(photo_of(PREVIEW),))
        await desk.settled()
        assert desk.view.property("pictured"), "there is none yet"
        frame(desk.window)
        await desk.here.ledger.commit(photo_stored(waiting.uri, PREVIEW, photo, 9.0), photos=(photo,))
        await desk.settled()
        assert frame(desk.window).count(GREEN) > 20_000
        await desk.press(Key.Key_A)
        assert desk.view._current() is None, "an empty queue is no complaint"

    at_desk(test, posts=0)


LONG = "The talk about tidal power was the best that I have heard in years. " * 2
CAT, PREVIEW = "https://example.social/cat.png", "https://example.social/preview.png"
LADEN = {
    "text": LONG * 3,
    "author": Author("@ada@example.social", f"Ada :cat: {LONG}"[:80]),
    "emojis": (Emoji("cat", CAT),),
    "quote": Quote(Author("@kim@example.social", f"Kim :cat: {LONG}"[:80]), LONG),
    "poll": ("tea :cat:", LONG),
    "card": Card("https://example.com/a", LONG, LONG, "Example", PREVIEW),
}
DRAWN = {CAT: stored((64, 64), GREEN), PREVIEW: stored((64, 64), MAGENTA)}


async def reads_laden(desk, drawn_items) -> list:
    """Select a post with everything that can hang on one, and every text of it that the desk draws."""
    await desk.here.receive("laden", stored((320, 240)), stored((200, 300)), drawn=DRAWN, **LADEN)
    await desk.settled()
    await asyncio.sleep(0.05)
    detail = next(
        each
        for each in drawn_items(desk.window.contentItem())
        if each.metaObject().className().startswith("DeskDetail")
    )
    return [each for each in drawn_items(detail) if each.metaObject().indexOfProperty("emojis") >= 0]


def test_the_moderator_reads_the_whole_of_what_a_decision_binds_to(at_desk, frame, drawn_items):
    async def test(desk) -> None:
        texts = await reads_laden(desk, drawn_items)
        assert [each.property("text") for each in texts if each.property("truncated")] == []
        words = " ".join(each.property("text") for each in texts)
        assert words.count(LONG.strip()) >= 3
        assert "example.com" in words
        assert frame(desk.window).count(GREEN) > 100, "emojis are drawn as the hall would see them"
        assert ":cat:" not in words

    at_desk(test, posts=0)


def test_a_long_post_is_read_on_with_the_keyboard(at_desk, frame, drawn_items):
    async def test(desk) -> None:
        await reads_laden(desk, drawn_items)
        assert frame(desk.window).count(MAGENTA) == 0
        for _ in range(4):
            await desk.press(Key.Key_PageDown, repeated=True)
        assert frame(desk.window).count(MAGENTA) > 500
        for _ in range(4):
            await desk.press(Key.Key_PageUp)
        assert frame(desk.window).count(MAGENTA) == 0
        await desk.press(Key.Key_PageDown)
        await desk.here.receive("next")
        await desk.press(Key.Key_Down)
        await desk.press(Key.Key_Up)
        await asyncio.sleep(0.05)
        assert frame(desk.window).count(MAGENTA) == 0, "the next post is read from its beginning"

    at_desk(test, posts=0)


def test_the_panel_draws_each_source_with_its_shape(at_desk, drawn_items):
    async def test(desk) -> None:
        desk.here.house.health = lambda: [
            SourceHealth("a", state=State.POLLING),
            SourceHealth("b", state=State.DEAD, last_error="The bot was removed from the group."),
        ]
        desk.here.house.announce()
        await asyncio.sleep(0.02)
        items = drawn_items(desk.window.contentItem())
        texts = [each.property("text") for each in items if each.metaObject().indexOfProperty("textFormat") >= 0]
        for words in ("◐", "■", "a", "b", "dead", "The bot was removed from the group.", "1 not well"):
            assert words in texts

    at_desk(test)


def test_sources_say_how_they_are_in_the_venues_time(at_desk):
    async def test(desk) -> None:
        met = datetime(2026, 11, 23, 18, 5, 7, tzinfo=UTC)
        well = SourceHealth("mastodon a", state=State.POLLING, last_success=met, seen=7)
        ill = SourceHealth("mastodon b", state=State.REFUSED, until=met, last_error="The token is wrong.")
        desk.here.house.health = lambda: [well, ill]
        desk.here.house.announce()
        first, second = desk.view.health.property("sources")
        assert [first.property(name) for name in ("name", "state", "words")] == [
            "mastodon b",
            "refused, again at 18:05:07",
            "The token is wrong.",
        ]
        assert [second.property(name) for name in ("name", "state", "facts")] == [
            "mastodon a",
            "polling",
            "7 seen · 0 shown",
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
