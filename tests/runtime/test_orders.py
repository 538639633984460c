from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from factories import at, post
from wired import WIDE, wired

from kiosk.domain.events import Cause, PostDeleted, PostEdited
from kiosk.domain.model import Sighting
from kiosk.domain.scenes import Cue, Scene
from kiosk.runtime import gate as gates
from kiosk.runtime.orders import CLOSED, REMEMBERED, SLATE, Asked

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from wired import Wired

CLOCK = Scene(name="clock", qml="Clock", dwell=10.0)


def spot(*names: int) -> Cue:
    return Cue("wide", tuple(post(name).uri for name in names), 5.0)


def run(folder: Path, test: Callable[[Wired], Awaitable[None]], posts: int = 4) -> None:
    """A test around a core whose first posts are approved."""

    async def scenario() -> None:
        async with wired(folder, (WIDE, CLOCK)) as core:
            await core.receive(*(post(number) for number in range(posts)))
            await core.approve(*(post(number).uri for number in range(posts)))
            await test(core)

    asyncio.run(scenario())


def shown(core: Wired, *cues: Cue) -> None:
    """Cues that were up one after another; the last one still is."""
    for cue in cues:
        core.orders.ended()
        core.orders.began(Asked(cue))


def test_hold_and_let_go(tmp_path):
    async def test(core: Wired) -> None:
        shown(core, spot(0))
        assert core.orders.hold() == ""
        assert core.orders.held_by == "desk"
        assert core.orders.hold() == ""
        assert core.orders.held_by == ""
        assert core.orders.was_held_by == "desk", "proof of play tells it nevertheless"
        shown(core, spot(1))
        assert core.orders.was_held_by == ""

    run(tmp_path, test)


def test_next_ends_the_cue_and_asks_for_nothing(tmp_path):
    async def test(core: Wired) -> None:
        shown(core, spot(0))
        assert not core.orders.moving
        assert core.orders.next() == ""
        assert core.orders.moving
        assert core.orders.take() is None

    run(tmp_path, test)


def test_back_goes_through_what_was_shown_and_leaves_out_what_may_not_be_shown_again(tmp_path):
    async def test(core: Wired) -> None:
        shown(core, spot(0, 1), spot(2), Cue("clock", (), 10.0), spot(3))
        await core.desk.hide(post(2).uri)
        await core.desk.hide(post(1).uri)
        assert core.orders.back() == ""
        assert core.orders.take() == Asked(Cue("clock", (), 10.0), Cause.BACK, "desk")
        shown(core, Cue("clock", (), 10.0))
        assert core.orders.back() == ""
        assert core.orders.take() == Asked(spot(0), Cause.BACK, "desk")
        shown(core, spot(0))
        assert core.orders.back() == "There is nothing to go back to."

    run(tmp_path, test)


def test_what_back_goes_through_is_bounded(tmp_path):
    async def test(core: Wired) -> None:
        shown(core, *[spot(0)] * 100)
        count = 0
        while core.orders.back() == "":
            count += 1
        assert count == REMEMBERED

    run(tmp_path, test)


def test_an_approved_post_can_be_featured_and_no_other(tmp_path):
    async def test(core: Wired) -> None:
        await core.receive(post("waiting"))
        assert core.orders.feature(post("waiting").uri) == CLOSED
        assert core.orders.feature(post(2).uri) == ""
        asked = core.orders.take()
        assert asked is not None
        assert (asked.cue.scene, asked.cue.posts, asked.cause, asked.by) == (
            "spotlight",
            (post(2).uri,),
            Cause.FEATURED,
            "desk",
        )
        assert core.orders.take() is None

    run(tmp_path, test)


@pytest.mark.parametrize("ending", ["hide", "delete", "edit"])
def test_what_was_featured_or_pinned_and_may_no_longer_be_shown_is_neither(tmp_path, ending):
    uri = post(1).uri

    async def test(core: Wired) -> None:
        assert core.orders.feature(uri) == ""
        assert await core.orders.pin_post(uri, 4) == ""
        assert core.orders.pin is not None
        if ending == "hide":
            await core.desk.hide(uri)
        elif ending == "delete":
            await core.ledger.commit(PostDeleted(at=at(9), uri=uri))
        else:
            await core.ledger.commit(
                PostEdited(at=at(9), post=post(1, text="edited"), sighting=Sighting("mastodon", "2"))
            )
        assert core.orders.take() is None
        assert core.orders.pin is None
        assert await core.ledger.read(lambda file: file.pinned()) is None

    run(tmp_path, test)


def test_a_pin_survives_a_restart_and_there_is_one_at_a_time(tmp_path):
    async def first(core: Wired) -> None:
        assert await core.orders.pin_scene("clock", 0) == ""
        assert await core.orders.pin_post(post(1).uri, 4) == ""

    async def second(core: Wired) -> None:
        pin = core.orders.pin
        assert pin is not None
        assert (pin.uri, pin.scene, pin.every, pin.by) == (post(1).uri, "", 4, "desk")
        assert core.gate.kept == post(1).uri
        assert await core.orders.unpin() == ""
        assert (core.orders.pin, core.gate.kept) == (None, None)
        written = len(await core.journal())
        assert await core.orders.unpin() == ""
        assert len(await core.journal()) == written, "nothing was pinned"

    run(tmp_path, first)
    run(tmp_path, second, posts=0)


def test_a_pinned_post_does_not_age_out_of_the_rotation(tmp_path, monkeypatch):
    monkeypatch.setattr(gates, "CAPACITY", 4)

    async def test(core: Wired) -> None:
        assert await core.orders.pin_post(post(0).uri, 0) == ""
        await core.receive(*(post(number) for number in range(10, 16)))
        await core.approve(*(post(number).uri for number in range(10, 16)))
        held = [state.uri for state in core.gate.open_posts()]
        assert held == [post(0).uri, *(post(number).uri for number in range(13, 16))]

    run(tmp_path, test)


def test_what_is_not_approved_cannot_be_pinned_not_even_by_a_race(tmp_path):
    async def test(core: Wired) -> None:
        await core.receive(post("waiting"))
        assert await core.orders.pin_post(post("waiting").uri, 4) == CLOSED
        deletion = core.ledger.commit(PostDeleted(at=at(9), uri=post(1).uri))
        _, answer = await asyncio.gather(deletion, core.orders.pin_post(post(1).uri, 4))
        assert answer == CLOSED
        assert core.orders.pin is None

    run(tmp_path, test)


def test_a_pin_that_could_not_be_written_down_is_none(tmp_path):
    async def test(core: Wired) -> None:
        await core.disk(works=False)
        assert (await core.orders.pin_post(post(1).uri, 4)).startswith("Not written down:")
        assert core.orders.pin is None
        assert core.counters.lines()[0].startswith("A pin could not be written down")

    run(tmp_path, test)


def test_a_pinned_cue_ends_when_something_else_is_pinned_but_not_when_it_stays(tmp_path):
    async def test(core: Wired) -> None:
        await core.orders.pin_post(post(1).uri, 4)
        core.orders.began(Asked(spot(1), Cause.PINNED, "desk"))
        await core.orders.pin_post(post(1).uri, 0)
        assert not core.orders.moving
        await core.orders.pin_scene("clock", 0)
        assert core.orders.moving

    run(tmp_path, test)


def test_in_panic_nothing_is_asked_for_and_what_was_is_forgotten(tmp_path):
    async def test(core: Wired) -> None:
        shown(core, spot(0), spot(1))
        core.orders.hold()
        core.orders.feature(post(2).uri)
        await core.desk.panic()
        orders = core.orders
        assert (orders.take(), orders.held_by) == (None, "")
        assert [orders.hold(), orders.next(), orders.back(), orders.feature(post(2).uri)] == [SLATE] * 4
        assert (orders.take(), orders.held_by) == (None, "")

    run(tmp_path, test)


def test_the_desk_is_told_what_is_up_and_what_comes(tmp_path):
    async def test(core: Wired) -> None:
        told: list[str] = []
        core.orders.listen(lambda: told.append(core.orders.held_by))
        shown(core, spot(0))
        core.orders.hold()
        assert told == ["", "desk"]
        ahead = core.orders.upcoming()
        assert ahead == core.rotation.step(None).cue
        core.orders.feature(post(3).uri)
        asked = core.orders.upcoming()
        assert asked is not None
        assert asked.posts == (post(3).uri,)

    run(tmp_path, test)
