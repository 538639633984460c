from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from factories import Author
from PySide6.QtCore import Qt

from kiosk.domain.events import Cause
from kiosk.runtime.orders import CLOSED, SLATE, Asked
from kiosk.ui.cues import EVERY, NO_POST, NOTHING_UP

if TYPE_CHECKING:
    from conftest import AtDesk

Key = Qt.Key


async def shown(desk: AtDesk, *names: str) -> list:
    """Approved posts on the wall, and the desk's mark on the first of them."""
    states = [await desk.here.approved(name, author=Author(f"@{name}@x", name.capitalize())) for name in names]
    await desk.here.filled()
    await desk.press(Key.Key_Right)
    return states


def up(desk: AtDesk) -> None:
    """The director's next turn, begun."""
    asked = desk.here.house.director._asked() or desk.here.house.director._turn()
    assert asked is not None
    desk.here.house.orders.ended()
    desk.here.house.orders.began(asked)


def says(desk: AtDesk, name: str) -> str:
    """One of the three lines, as QML reads it."""
    return desk.view.cues.property(name)


@pytest.mark.parametrize("how", ["key", "button"])
def test_a_post_is_featured_and_nothing_that_was_not_approved(at_desk, click, how):
    async def test(desk: AtDesk) -> None:
        async def feature() -> None:
            if how == "key":
                await desk.press(Key.Key_F)
            else:
                click(desk.window, desk.button("Feature"))
                await desk.settled()

        await feature()
        assert desk.view.property("message") == CLOSED, "the post in the queue waits"
        (state,) = await shown(desk, "ada")
        await feature()
        assert desk.view.property("message") == ""
        assert says(desk, "upcoming") == "Spotlight · \u2068Ada\u2069"
        up(desk)
        assert says(desk, "now") == "Spotlight · \u2068Ada\u2069 · featured by desk"
        asked = desk.here.house.orders.up
        assert asked is not None
        assert (asked.cue.posts, asked.cause) == ((state.uri,), Cause.FEATURED)

    at_desk(test, posts=1)


@pytest.mark.parametrize("how", ["key", "button"])
def test_the_wall_is_held_and_let_go(at_desk, click, how):
    async def test(desk: AtDesk) -> None:
        for words, held in (("Hold", True), ("Let go", False)):
            if how == "key":
                await desk.press(Key.Key_L)
            else:
                click(desk.window, desk.button(words))
                await desk.settled()
            assert desk.view.cues.property("held") is held
            assert desk.here.house.orders.held_by == ("desk" if held else "")

    at_desk(test)


@pytest.mark.parametrize("how", ["key", "button"])
def test_next_and_back(at_desk, click, how):
    async def test(desk: AtDesk) -> None:
        async def order(key: Qt.Key, words: str) -> None:
            if how == "key":
                await desk.press(key)
            else:
                click(desk.window, desk.button(words))
                await desk.settled()

        await order(Key.Key_B, "Back")
        assert desk.view.property("message") == "There is nothing to go back to."
        await shown(desk, "ada", "bob")
        up(desk)
        first = desk.here.house.orders.up
        await order(Key.Key_N, "Next")
        assert desk.here.house.orders.moving
        up(desk)
        assert desk.here.house.orders.up != first
        await order(Key.Key_B, "Back")
        up(desk)
        again = desk.here.house.orders.up
        assert first is not None
        assert again == Asked(first.cue, Cause.BACK, "desk")
        assert says(desk, "now").endswith(" · shown again by desk")

    at_desk(test)


def test_a_post_is_pinned_to_come_back_then_for_good_then_not_at_all(at_desk):
    async def test(desk: AtDesk) -> None:
        await shown(desk, "ada")
        await desk.press(Key.Key_T)
        assert says(desk, "pinned") == f"\u2068Ada\u2069 · at every {EVERY}th cue"
        await desk.press(Key.Key_T)
        assert says(desk, "pinned") == "\u2068Ada\u2069 · until unpinned"
        up(desk)
        assert says(desk, "now") == "Spotlight · \u2068Ada\u2069 · pinned by desk"
        await desk.press(Key.Key_T)
        assert says(desk, "pinned") == ""

    at_desk(test)


def test_the_scene_on_the_wall_is_pinned_and_unpinned(at_desk, click):
    async def test(desk: AtDesk) -> None:
        await desk.press(Key.Key_Y)
        assert desk.view.property("message") == NOTHING_UP
        await shown(desk, "ada", "bob", "cy", "dee")
        up(desk)
        assert says(desk, "now") == "Scroll"
        click(desk.window, desk.button("Pin scene"))
        await desk.settled()
        assert says(desk, "pinned") == f"Scroll · at every {EVERY}th cue"
        click(desk.window, desk.button("Pin post"))
        await desk.settled()
        assert says(desk, "pinned").startswith("\u2068Ada\u2069"), "there is one pin at a time"
        click(desk.window, desk.button("Unpin"))
        await desk.settled()
        assert says(desk, "pinned") == ""
        with pytest.raises(StopIteration):
            desk.button("Unpin")

    at_desk(test)


def test_what_is_pinned_and_hidden_is_pinned_no_longer(at_desk):
    async def test(desk: AtDesk) -> None:
        await shown(desk, "ada")
        await desk.press(Key.Key_T)
        await desk.press(Key.Key_H)
        assert says(desk, "pinned") == ""
        assert desk.here.house.orders.pin is None

    at_desk(test)


def test_without_a_post_and_in_panic_the_desk_says_why_not(at_desk):
    async def test(desk: AtDesk) -> None:
        for key in (Key.Key_F, Key.Key_T):
            await desk.press(key)
            assert desk.view.property("message") == NO_POST
        await desk.press(Key.Key_P)
        await desk.press(Key.Key_L)
        assert desk.view.property("message") == SLATE
        assert not desk.view.cues.property("held")

    at_desk(test, posts=0)


def test_what_comes_next_follows_what_may_be_shown(at_desk):
    async def test(desk: AtDesk) -> None:
        told: list[str] = []
        desk.view.cues.changed.connect(lambda: told.append(says(desk, "upcoming")))
        assert says(desk, "upcoming") == "Scroll", "an empty wall invites"
        state = await desk.here.approved("ada", author=Author("@ada@x", "Ada"))
        assert told[-1] == "Spotlight · \u2068Ada\u2069"
        await desk.here.delete(state)
        assert told[-1] == "Scroll"

    at_desk(test, posts=0)


def test_the_whole_way_from_the_key_to_the_glass(at_desk):
    async def test(desk: AtDesk) -> None:
        states = await shown(desk, "ada", "bob", "cy", "dee", "eve")
        running = asyncio.ensure_future(desk.here.house.director.run())
        try:
            await asyncio.sleep(0.05)
            assert desk.here.stage.property("scene") == "Scroll"
            await desk.press(Key.Key_F)
            for _ in range(100):
                if desk.here.stage.property("scene") == "Spotlight":
                    break
                await asyncio.sleep(0.02)
            assert desk.here.stage.property("scene") == "Spotlight"
            assert says(desk, "now").startswith("Spotlight · \u2068Ada\u2069")
            await desk.here.delete(states[0])
            await asyncio.sleep(0.4)
            assert "Ada" not in says(desk, "now")
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    at_desk(test)
