from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import pytest
from factories import at, photo_of, photo_stored, post, stored
from wired import wired

from kiosk.archive.event_file import EventFile
from kiosk.domain.events import Approved, Hidden, PostDeleted, PostEdited, PostSighted, Rejected, Requeued, Stashed
from kiosk.domain.model import ContentHash, PostState, PostUri, Sighting, Standing, Tombstone
from kiosk.runtime.desk import UNDO_DEPTH

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from wired import Wired

MET = Sighting("mastodon", "2")
PICTURE = "https://example.social/photo.jpg"
URI = post().uri
TAKE_DOWNS = ["reject", "stash", "hide"]


def played(folder, scenario: Callable[[Wired], Awaitable[None]]) -> None:
    """Run a scenario on a core whose post 1 is approved and on the glass."""

    async def run() -> None:
        async with wired(folder) as core:
            await core.receive(post())
            await core.approve(URI)
            core.play()
            assert core.stage.glass == [URI]
            await scenario(core)
            await core.assert_glass_is_decided()

    asyncio.run(run())


def press(core: Wired, command: str, uri: PostUri = URI) -> Coroutine[object, object, str]:
    return getattr(core.desk, command)(uri)


def test_an_approval_is_committed_before_the_post_can_be_shown(tmp_path):
    async def scenario() -> None:
        async with wired(tmp_path) as core:
            await core.receive(post())
            content = await core.content(URI)
            hold = threading.Event()
            core.ledger._thread.submit(hold.wait, 5)
            pressed = asyncio.ensure_future(core.desk.approve(URI, content))
            await asyncio.sleep(0.01)
            core.play()
            assert core.stage.glass == []
            hold.set()
            assert await pressed == ""
            core.play()
            assert core.stage.glass == [URI]
            await core.assert_glass_is_decided()
            decision = (await core.journal())[-1]
            assert decision == Approved(at=core.clock.now(), uri=URI, by="desk", content=content)

    asyncio.run(scenario())


def test_an_approval_that_could_not_be_written_shows_nothing_and_says_so(tmp_path):
    async def scenario() -> None:
        async with wired(tmp_path) as core:
            await core.receive(post())
            await core.disk(works=False)
            answer = await core.desk.approve(URI, await core.content(URI))
            assert answer.startswith("Not written down:")
            core.play()
            assert core.stage.glass == []
            assert core.counters.total == 1

    asyncio.run(scenario())


@pytest.mark.parametrize("command", TAKE_DOWNS)
def test_a_take_down_removes_the_pixels_before_the_event_file_has_answered(tmp_path, command):
    async def scenario(core: Wired) -> None:
        hold = threading.Event()
        core.ledger._thread.submit(hold.wait, 5)
        pressed = asyncio.ensure_future(press(core, command))
        await asyncio.sleep(0)
        assert core.stage.glass == []
        core.play()
        assert core.stage.glass == []
        assert not pressed.done()
        hold.set()
        assert await pressed == ""
        assert await core.approved_now() == set()

    played(tmp_path, scenario)


@pytest.mark.parametrize("command", TAKE_DOWNS)
def test_a_take_down_that_could_not_be_written_stays_down_and_says_so(tmp_path, command):
    async def scenario(core: Wired) -> None:
        await core.disk(works=False)
        answer = await press(core, command)
        assert answer.startswith("Not written down:")
        assert answer.endswith("A post that was taken away stays away.")
        assert core.counters.total == 1
        core.play()
        assert core.stage.glass == []
        await core.disk(works=True)
        await core.receive(post(2))  # whatever else happens
        core.play()
        assert core.stage.glass == []

    played(tmp_path, scenario)


def test_with_the_event_file_closed_a_post_can_still_be_hidden(tmp_path):
    async def scenario(core: Wired) -> None:
        await core.ledger.read(EventFile.close)
        assert (await core.desk.hide(URI)).startswith("Not written down:")
        core.play()
        assert core.stage.glass == []

    played(tmp_path, scenario)


def test_a_post_that_was_hidden_in_vain_is_shown_again_once_approved_anew(tmp_path):
    async def scenario(core: Wired) -> None:
        await core.disk(works=False)
        await core.desk.hide(URI)
        assert (await core.desk.approve(URI, await core.content(URI))).startswith("Not written down:")
        core.play()
        assert core.stage.glass == []
        await core.disk(works=True)
        assert await core.desk.approve(URI, ContentHash("of something else")) != ""
        await core.ledger.commit(PostSighted(at=at(30), uri=URI, sighting=MET))
        core.play()
        assert core.stage.glass == []
        await core.approve(URI)
        core.play()
        assert core.stage.glass == [URI]

    played(tmp_path, scenario)


def test_an_approval_of_content_that_changed_since_it_was_seen_is_refused(tmp_path):
    async def scenario() -> None:
        async with wired(tmp_path) as core:
            await core.receive(post())
            seen = await core.content(URI)
            await core.ledger.commit(PostEdited(at=at(5), post=post(text="edited"), sighting=MET))
            assert await core.desk.approve(URI, seen) == "This post has changed since you saw it; look again."
            assert not any(isinstance(event, Approved) for event in await core.journal())

    asyncio.run(scenario())


def test_an_edit_that_overtakes_an_approval_makes_it_refused(tmp_path):
    async def scenario() -> None:
        async with wired(tmp_path) as core:
            await core.receive(post())
            seen = await core.content(URI)
            edit = core.ledger.commit(PostEdited(at=at(5), post=post(text="edited"), sighting=MET))
            _, answer = await asyncio.gather(edit, core.desk.approve(URI, seen))
            assert "changed" in answer
            state = await core.state(URI)
            assert state is not None
            assert state.standing is Standing.PENDING
            core.play()
            assert core.stage.glass == []

    asyncio.run(scenario())


def test_an_approval_waits_for_the_pictures(tmp_path):
    async def scenario() -> None:
        async with wired(tmp_path) as core:
            await core.receive(post(attachments=(photo_of(PICTURE),)))
            assert "pictures are still on their way" in await core.desk.approve(URI, await core.content(URI))
            photo = stored()
            await core.ledger.commit(photo_stored(URI, PICTURE, photo), photos=[photo])
            await core.approve(URI)
            core.play()
            await core.assert_glass_is_decided()
            assert core.stage.glass == [URI]

    asyncio.run(scenario())


def test_a_deleted_or_unknown_post_cannot_be_approved(tmp_path):
    async def scenario(core: Wired) -> None:
        seen = await core.content(URI)
        await core.ledger.commit(PostDeleted(at=at(20), uri=URI))
        assert core.stage.glass == []
        assert "deleted" in await core.desk.approve(URI, seen)
        assert await core.desk.approve(PostUri("https://nowhere"), seen) != ""
        core.play()
        assert core.stage.glass == []

    played(tmp_path, scenario)


def test_an_edit_of_an_approved_post_takes_it_away_at_once(tmp_path):
    async def scenario(core: Wired) -> None:
        await core.ledger.commit(PostEdited(at=at(20), post=post(text="edited"), sighting=MET))
        assert core.stage.glass == []

    played(tmp_path, scenario)


@pytest.mark.parametrize("command", TAKE_DOWNS)
def test_a_take_down_beats_the_approval_that_is_still_being_written(tmp_path, command):
    async def scenario() -> None:
        async with wired(tmp_path) as core:
            await core.receive(post())
            core.ledger.listen(lambda _: core.play())
            content = await core.content(URI)
            answers = await asyncio.gather(core.desk.approve(URI, content), press(core, command))
            assert answers == ["", ""]
            assert [cue.posts for cue in core.stage.cues] == []  # not even for a frame
            assert await core.approved_now() == set()

    asyncio.run(scenario())


def test_an_approval_beats_the_take_down_that_is_still_being_written(tmp_path):
    async def scenario(core: Wired) -> None:
        content = await core.content(URI)
        await asyncio.gather(core.desk.hide(URI), core.desk.approve(URI, content))
        core.play()
        assert core.stage.glass == [URI]

    played(tmp_path, scenario)


def test_a_decision_names_who_took_it_when_and_why(tmp_path):
    async def scenario(core: Wired) -> None:
        core.clock.tick(30)
        await core.desk.hide(URI, "not for children")
        await core.desk.stash(URI)
        await core.desk.reject(URI, "spam")
        now = core.clock.now()
        assert (await core.journal())[-3:] == [
            Hidden(at=now, uri=URI, by="desk", reason="not for children"),
            Stashed(at=now, uri=URI, by="desk"),
            Rejected(at=now, uri=URI, by="desk", reason="spam"),
        ]

    played(tmp_path, scenario)


def test_undo_has_nothing_to_take_back_at_the_start(tmp_path):
    async def scenario() -> None:
        async with wired(tmp_path) as core:
            assert await core.desk.undo() == "There is nothing left to undo."
            assert await core.journal() == []

    asyncio.run(scenario())


@pytest.mark.parametrize("command", TAKE_DOWNS)
def test_undo_brings_a_post_back_that_was_taken_down(tmp_path, command):
    async def scenario(core: Wired) -> None:
        await press(core, command)
        assert await core.desk.undo() == ""
        core.play()
        assert core.stage.glass == [URI]

    played(tmp_path, scenario)


def test_undo_of_an_approval_takes_the_pixels_away_and_queues_the_post(tmp_path):
    async def scenario(core: Wired) -> None:
        assert await core.desk.undo() == ""
        assert core.stage.glass == []
        assert isinstance((await core.journal())[-1], Requeued)
        state = await core.state(URI)
        assert state is not None
        assert state.standing is Standing.PENDING
        assert await core.desk.undo() == "There is nothing left to undo."

    played(tmp_path, scenario)


def test_undo_goes_twenty_decisions_back_and_no_further(tmp_path):
    async def scenario() -> None:
        async with wired(tmp_path) as core:
            posts = [post(number) for number in range(UNDO_DEPTH + 5)]
            await core.receive(*posts)
            await core.approve(*(each.uri for each in posts))
            for _ in range(UNDO_DEPTH):
                assert await core.desk.undo() == ""
            assert await core.desk.undo() == "There is nothing left to undo."
            assert await core.approved_now() == {each.uri for each in posts[:5]}

    assert UNDO_DEPTH == 20
    asyncio.run(scenario())


def test_undo_walks_back_through_every_standing_of_one_post(tmp_path):
    async def scenario() -> None:
        async with wired(tmp_path) as core:
            await core.receive(post())
            content = await core.content(URI)
            was: list[tuple[Standing, str]] = []
            steps = [core.desk.reject(URI, "spam"), core.desk.stash(URI), core.desk.approve(URI, content)]
            for step in (*steps, core.desk.hide(URI, "late")):
                state = await core.state(URI)
                assert state is not None
                was.append((state.standing, state.reason))
                assert await step == ""
            for standing, reason in reversed(was):
                assert await core.desk.undo() == ""
                state = await core.state(URI)
                assert state is not None
                assert (state.standing, state.reason) == (standing, reason)
                core.play()
                await core.assert_glass_is_decided()

    asyncio.run(scenario())


def test_undo_never_brings_back_content_that_was_edited_since(tmp_path):
    async def scenario(core: Wired) -> None:
        await core.desk.hide(URI)
        await core.ledger.commit(PostEdited(at=at(30), post=post(text="edited"), sighting=MET))
        assert "changed" in await core.desk.undo()
        core.play()
        assert core.stage.glass == []

    played(tmp_path, scenario)


def test_undo_on_a_deleted_post_leaves_the_other_decisions_to_be_undone(tmp_path):
    async def scenario(core: Wired) -> None:
        await core.receive(post(2))
        await core.approve(post(2).uri)
        await core.ledger.commit(PostDeleted(at=at(30), uri=post(2).uri))
        await core.desk.undo()
        assert isinstance(await core.ledger.read(lambda file: file.state(post(2).uri)), Tombstone)
        assert await core.desk.undo() == ""
        assert await core.approved_now() == set()
        assert await core.desk.undo() == "There is nothing left to undo."

    played(tmp_path, scenario)


def test_an_undo_that_could_not_be_written_can_be_tried_again(tmp_path):
    async def scenario(core: Wired) -> None:
        await core.receive(post(2))
        await core.approve(post(2).uri)
        await core.disk(works=False)
        assert (await core.desk.undo()).startswith("Not written down:")
        await core.disk(works=True)
        assert await core.desk.undo() == ""
        assert await core.approved_now() == {URI}

    played(tmp_path, scenario)


def test_undo_takes_back_the_decision_that_is_still_being_written(tmp_path):
    async def scenario(core: Wired) -> None:
        await core.receive(post(2))
        content = await core.content(post(2).uri)
        await asyncio.gather(core.desk.approve(post(2).uri, content), core.desk.undo())
        assert await core.approved_now() == {URI}

    played(tmp_path, scenario)


def test_a_decision_on_a_post_that_was_never_met_is_harmless(tmp_path):
    async def scenario(core: Wired) -> None:
        nowhere = PostUri("https://nowhere")
        assert await core.desk.reject(nowhere) == ""
        assert await core.ledger.read(lambda file: file.state(nowhere)) is None
        assert await core.desk.undo() == ""  # the approval of the post on the glass
        state = await core.ledger.read(lambda file: file.state(URI))
        assert isinstance(state, PostState)
        assert state.standing is Standing.PENDING

    played(tmp_path, scenario)
