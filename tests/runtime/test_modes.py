from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from factories import ADA, at, photo_of, photo_stored, post, received, stored
from fakes import FakeClock
from hypothesis import given, settings
from hypothesis import strategies as st
from wired import wired

from kiosk.domain.events import Approved, PostDeleted, PostEdited, Rejected
from kiosk.domain.model import Opinion, PostState, Sighting, Standing, Verdict
from kiosk.domain.moderation import Mode, Rules, judge
from kiosk.runtime.modes import BY, TRUSTED_FOR, Modes, TrustedPass

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from wired import Wired

    from kiosk.domain.model import Post

ALLOW = judge(post(), Rules(trusted_authors=(ADA.handle,)))
PICTURE = "https://example.social/photo.jpg"
URI = post().uri


@pytest.mark.parametrize("allowed", list(Mode))
def test_every_start_is_in_review(allowed):
    modes = Modes(allowed, FakeClock())
    assert modes.mode is Mode.REVIEW
    assert modes.seconds_left == 0


def test_trusted_mode_expires_after_half_an_hour():
    clock = FakeClock()
    modes = Modes(Mode.TRUSTED, clock)
    assert modes.switch() == ""
    assert modes.mode is Mode.TRUSTED
    assert modes.seconds_left == TRUSTED_FOR == 1800
    clock.tick(1799)
    assert modes.mode is Mode.TRUSTED
    clock.tick(1)
    assert modes.mode is Mode.REVIEW
    assert modes.seconds_left == 0


def test_switching_again_is_back_in_review_at_once():
    modes = Modes(Mode.TRUSTED, FakeClock())
    modes.switch()
    modes.switch()
    assert modes.mode is Mode.REVIEW


def test_an_expired_mode_can_be_chosen_again_for_its_full_time():
    clock = FakeClock()
    modes = Modes(Mode.TRUSTED, clock)
    modes.switch()
    clock.tick(5000)
    modes.switch()
    assert modes.seconds_left == TRUSTED_FOR


def test_where_only_review_is_allowed_the_desk_is_told_why():
    modes = Modes(Mode.REVIEW, FakeClock())
    assert "Only review is allowed" in modes.switch()
    assert modes.mode is Mode.REVIEW


def test_a_change_of_mode_is_told():
    modes = Modes(Mode.TRUSTED, FakeClock())
    told: list[Mode] = []
    modes.changed = lambda: told.append(modes.mode)
    modes.switch()
    modes.switch()
    assert told == [Mode.TRUSTED, Mode.REVIEW]


@settings(database=None, max_examples=60)
@given(st.lists(st.one_of(st.just("switch"), st.integers(0, 3000)), max_size=20))
def test_no_sequence_of_keys_makes_trust_last_longer_than_half_an_hour(steps):
    clock = FakeClock()
    modes = Modes(Mode.TRUSTED, clock)
    switched = None
    for step in steps:
        if step == "switch":
            switched = clock.passed if modes.mode is Mode.REVIEW else None
            modes.switch()
        else:
            clock.tick(step)
        trusted = switched is not None and clock.passed - switched < TRUSTED_FOR
        assert (modes.mode is Mode.TRUSTED) == trusted
        assert 0 <= modes.seconds_left <= TRUSTED_FOR


@asynccontextmanager
async def passing(folder: Path, *, trusting: bool = True) -> AsyncIterator[tuple[Wired, Modes]]:
    """A core in which posts of trusted authors pass."""
    async with wired(folder) as core:
        modes = Modes(Mode.TRUSTED, core.clock)
        if trusting:
            modes.switch()
        task = asyncio.ensure_future(TrustedPass(core.ledger, modes, core.clock, core.counters).run())
        try:
            yield core, modes
            assert not task.done()
        finally:
            task.cancel()


async def settle(core: Wired) -> None:
    """Let everything that is under way end."""
    for _ in range(20):
        await core.ledger.read(lambda _: None)
        await asyncio.sleep(0)


async def meet(core: Wired, met: Post, verdict: Verdict = ALLOW) -> None:
    await core.ledger.commit(received(met, 0, verdict))
    await settle(core)


def test_a_trusted_authors_post_passes_by_a_decision_of_that_name(tmp_path):
    async def scenario() -> None:
        async with passing(tmp_path) as (core, _):
            await meet(core, post())
            state = await core.state(URI)
            assert state is not None
            assert (await core.journal())[-1] == Approved(
                at=core.clock.now(), uri=URI, by=BY, content=await core.content(URI)
            )
            core.play()
            assert core.stage.glass == [URI]
            await core.assert_glass_is_decided()

    asyncio.run(scenario())


@pytest.mark.parametrize("opinion", [Opinion.HOLD, Opinion.REJECT])
def test_what_the_rules_do_not_allow_waits_for_a_person(tmp_path, opinion):
    async def scenario() -> None:
        async with passing(tmp_path) as (core, _):
            await meet(core, post(), Verdict(opinion))
            assert await core.approved_now() == set()

    asyncio.run(scenario())


def test_in_review_nobody_passes_and_neither_after_the_half_hour(tmp_path):
    async def scenario() -> None:
        async with passing(tmp_path, trusting=False) as (core, modes):
            await meet(core, post(1))
            modes.switch()
            await meet(core, post(2))
            core.clock.tick(TRUSTED_FOR)
            await meet(core, post(3))
            assert await core.approved_now() == {post(2).uri}

    asyncio.run(scenario())


def test_a_post_passes_only_once_its_pictures_have_settled(tmp_path):
    async def scenario() -> None:
        photo = stored()
        async with passing(tmp_path) as (core, _):
            await meet(core, post(attachments=(photo_of(PICTURE),)))
            assert await core.approved_now() == set()
            await core.ledger.commit(photo_stored(URI, PICTURE, photo), photos=[photo])
            await settle(core)
            assert await core.approved_now() == {URI}

    asyncio.run(scenario())


def test_a_moderators_word_beats_the_list_of_trusted_authors(tmp_path):
    async def scenario() -> None:
        async with passing(tmp_path) as (core, _):
            await asyncio.gather(core.ledger.commit(received(post(), 0, ALLOW)), core.desk.reject(URI))
            await settle(core)
            edited = PostEdited(at=at(9), post=post(text="edited"), sighting=Sighting("mastodon", "2"), verdict=ALLOW)
            await core.ledger.commit(edited)
            await settle(core)
            assert await core.approved_now() == set()
            core.play()
            assert core.stage.glass == []

    asyncio.run(scenario())


def test_a_rejection_that_comes_just_before_the_approval_stands(tmp_path):
    """The pass has made up its mind; the moderator's word reaches the event file first."""

    async def scenario() -> None:
        async with wired(tmp_path) as core:
            modes = Modes(Mode.TRUSTED, core.clock)
            modes.switch()
            trusted = TrustedPass(core.ledger, modes, core.clock, core.counters)
            await core.ledger.commit(received(post(), 0, ALLOW))
            seen = await core.state(URI)
            assert seen is not None
            late = core.ledger.commit(Rejected(at=at(9), uri=URI, by="desk"))
            await asyncio.gather(late, trusted._approve(seen))
            state = await core.state(URI)
            assert isinstance(state, PostState)
            assert state.standing is Standing.REJECTED
            assert len(await core.journal()) == 2

    asyncio.run(scenario())


def test_an_edit_of_what_a_person_decided_waits_for_a_person(tmp_path):
    async def scenario() -> None:
        async with passing(tmp_path) as (core, _):
            await core.receive(post())  # held by the rules, approved by hand
            await core.approve(URI)
            edited = PostEdited(at=at(9), post=post(text="edited"), sighting=Sighting("mastodon", "2"), verdict=ALLOW)
            await core.ledger.commit(edited)
            await settle(core)
            assert await core.approved_now() == set()

    asyncio.run(scenario())


def test_an_approval_that_comes_after_the_half_hour_is_not_made(tmp_path):
    async def scenario() -> None:
        async with wired(tmp_path) as core:
            modes = Modes(Mode.TRUSTED, core.clock)
            modes.switch()
            trusted = TrustedPass(core.ledger, modes, core.clock, core.counters)
            await core.ledger.commit(received(post(), 0, ALLOW))
            seen = await core.state(URI)
            assert seen is not None
            core.clock.tick(TRUSTED_FOR)
            await trusted._approve(seen)
            assert await core.approved_now() == set()

    asyncio.run(scenario())


def test_a_post_that_was_deleted_meanwhile_does_not_pass(tmp_path):
    async def scenario() -> None:
        async with passing(tmp_path) as (core, _):
            await core.ledger.commit(received(post(), 0, ALLOW), PostDeleted(at=at(1), uri=URI))
            await settle(core)
            assert not any(isinstance(event, Approved) for event in await core.journal())

    asyncio.run(scenario())


def test_a_broken_event_file_is_counted_and_the_next_post_passes(tmp_path):
    async def scenario() -> None:
        async with passing(tmp_path) as (core, modes):
            modes.switch()
            await meet(core, post(1))
            modes.switch()
            pending = await core.state(post(1).uri)
            assert pending is not None
            await core.ledger.read(
                lambda file: file._db.execute(
                    "CREATE TEMP TRIGGER broken BEFORE INSERT ON main.journal WHEN NEW.event LIKE '%\"approved\"%' "
                    "BEGIN SELECT RAISE(ABORT, 'broken'); END"
                ).fetchall()
            )
            await meet(core, post(2))
            assert any(line.startswith("A decision could not be written down") for line in core.counters.lines())
            await core.disk(works=True)
            await meet(core, post(3))
            assert await core.approved_now() == {post(3).uri}

    asyncio.run(scenario())
