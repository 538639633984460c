from __future__ import annotations

import asyncio
import hashlib
import sqlite3
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from factories import EVENING, approved, at, photo_of, photo_stored, post, received, stored, waiting
from hypothesis import given, settings
from hypothesis import strategies as st
from wired import wired

from kiosk.archive.event_file import EventFile
from kiosk.domain.errors import ArchiveError
from kiosk.domain.events import (
    Approved,
    CueShown,
    EventDescribed,
    Hidden,
    PanicCleared,
    PanicRaised,
    PostDeleted,
    PostEdited,
    Requeued,
    Stashed,
    uri_of,
)
from kiosk.domain.fold import fold
from kiosk.domain.model import PostState, Sighting, Standing
from kiosk.domain.moderation import content_hash, showable
from kiosk.runtime.clocks import ReplayClock
from kiosk.runtime.replay import PAGE, Replay, offset

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from wired import Wired

    from kiosk.archive.event_file import StoredPhoto
    from kiosk.domain.events import Change, Event
    from kiosk.domain.model import PostUri, State

MET = Sighting("mastodon", "2")
PICTURE = "https://example.social/photo.jpg"
PHOTO = stored()


def record(folder: Path, events: Sequence[Event], photos: Sequence[StoredPhoto] = ()) -> Path:
    """A recording as a live evening leaves it."""
    path = folder / "recording.wall"
    file = EventFile.open(path)
    file.append(events, photos=photos)
    file.close()
    return path


def evening() -> list[Event]:
    """A photo, an edit, a hide, a deletion and a decision that was taken back, within 300 seconds."""
    with_photo = post(1, attachments=(photo_of(PICTURE, "the hall"),))
    bare = waiting(1, attachments=with_photo.attachments)
    complete = fold(bare, photo_stored(with_photo.uri, PICTURE, PHOTO))
    edited = fold(waiting(2), PostEdited(at=at(90), post=post(2, text="edited"), sighting=MET))
    assert isinstance(complete, PostState)
    assert isinstance(edited, PostState)
    return [
        EventDescribed(at=at(0), name="An evening"),
        received(with_photo, 5),
        received(post(2), 6),
        received(post(3), 7),
        photo_stored(with_photo.uri, PICTURE, PHOTO, 20),
        approved(complete, 40),
        approved(waiting(2), 50),
        CueShown(at=at(60), scene="spotlight", uris=(post(1).uri,), seconds=10.0),
        PanicRaised(at=at(70), by="desk"),
        PanicCleared(at=at(80), by="desk"),
        PostEdited(at=at(90), post=post(2, text="edited"), sighting=MET),
        approved(edited, 120),
        approved(waiting(3), 130),
        Hidden(at=at(160), uri=with_photo.uri, by="desk"),
        PostDeleted(at=at(200), uri=post(2).uri),
        Stashed(at=at(240), uri=post(3).uri, by="desk"),
        approved(waiting(3), 280),
        received(post(4), 300),
    ]


@asynccontextmanager
async def playing(folder: Path, recording: Path, *, speed: float = 2500) -> AsyncIterator[tuple[Wired, Replay]]:
    """A scratch core on the recording's clock, which begins with its first event."""
    scratch = folder / "scratch"
    scratch.mkdir()
    async with wired(scratch, clock=ReplayClock(EVENING, speed)) as core:
        replay = await Replay.open(core.ledger, recording, core.counters)
        try:
            core.clock.restart(await replay.starts() or EVENING)
            yield core, replay
        finally:
            await replay.close()


async def played(core: Wired, replay: Replay) -> None:
    async with asyncio.timeout(20):
        await replay.run(core.clock)


def folded(events: Sequence[Event]) -> dict[PostUri, State]:
    """Where every post stands after these events."""
    states: dict[PostUri, State] = {}
    for event in events:
        uri = uri_of(event)
        after = fold(states.get(uri), event) if uri is not None else None  # type: ignore[arg-type]
        if uri is not None and after is not None:
            states[uri] = after
    return states


def test_an_evening_is_played_again_to_its_end_and_no_event_before_its_time(tmp_path):
    recording = record(tmp_path, evening(), [PHOTO])

    async def scenario() -> None:
        async with playing(tmp_path, recording) as (core, replay):
            times: list[tuple[datetime, datetime]] = []

            def listener(changes: Sequence[Change]) -> None:
                times.extend((change.event.at, core.clock.now()) for change in changes)

            core.ledger.listen(listener)
            assert not replay.finished
            await played(core, replay)
            assert replay.finished
            assert len(times) == len(evening()) - 3
            for happened, told in times:
                assert happened <= told + timedelta(seconds=5)  # which are 2 ms of the machine's
            known = await core.ledger.read(lambda file: file.known([post(number).uri for number in range(5)]))
            assert known == folded(evening())
            assert core.counters.total == 0

    asyncio.run(scenario())


def test_nothing_is_ever_shown_that_was_not_approved_at_that_time(tmp_path):
    recording = record(tmp_path, evening(), [PHOTO])

    async def scenario() -> None:
        async with playing(tmp_path, recording) as (core, replay):
            told: list[Event] = []
            glimpsed: set[tuple[PostUri, str]] = set()

            def listener(changes: Sequence[Change]) -> None:
                told.extend(change.event for change in changes)
                states = folded(told)
                core.play()
                open_then = {uri for uri, state in states.items() if showable(state)}
                assert set(core.stage.glass) == open_then
                for uri in core.stage.glass:
                    assert core.stage.painted[uri] == content_hash(states[uri])
                    glimpsed.add((uri, states[uri].post.text))

            core.ledger.listen(listener)
            await played(core, replay)
            assert core.counters.lines() == []  # a listener's failed assertion would stand here
            assert told == [each for each in evening() if not isinstance(each, CueShown | PanicRaised | PanicCleared)]
            assert core.stage.glass == [post(3).uri]
            assert glimpsed == {
                (post(1).uri, post(1).text),
                (post(2).uri, post(2).text),
                (post(2).uri, "edited"),
                (post(3).uri, post(3).text),
            }

    asyncio.run(scenario())


def test_photos_come_with_their_posts_in_both_sizes(tmp_path):
    recording = record(tmp_path, evening(), [PHOTO])

    async def scenario() -> None:
        async with playing(tmp_path, recording) as (core, replay):
            await played(core, replay)
            name = PHOTO.photo.sha256
            assert await core.ledger.read(lambda file: file.photo(name)) == PHOTO.wall
            assert await core.ledger.read(lambda file: file.photo(name, thumbnail=True)) == PHOTO.thumbnail

    asyncio.run(scenario())


def test_a_photo_whose_bytes_are_lost_does_not_stop_the_evening(tmp_path):
    recording = record(tmp_path, evening())

    async def scenario() -> None:
        async with playing(tmp_path, recording) as (core, replay):
            await played(core, replay)
            assert not await core.ledger.read(lambda file: file.has_photo(PHOTO.photo.sha256))
            core.play()
            assert core.stage.glass == [post(3).uri]

    asyncio.run(scenario())


def test_old_cues_and_old_panics_are_not_repeated(tmp_path):
    recording = record(tmp_path, evening(), [PHOTO])

    async def scenario() -> None:
        async with playing(tmp_path, recording) as (core, replay):
            await played(core, replay)
            assert not any(isinstance(event, CueShown | PanicRaised | PanicCleared) for event in await core.journal())
            assert not core.panic.raised
            assert not any(asked in {"show", "slate"} for asked, _ in core.stage.asked)

    asyncio.run(scenario())


def test_a_recording_is_never_written_to(tmp_path):
    recording = record(tmp_path, evening(), [PHOTO])
    before = hashlib.sha256(recording.read_bytes()).digest()

    async def scenario() -> None:
        async with playing(tmp_path, recording) as (core, replay):
            await played(core, replay)
            await core.desk.hide(post(3).uri)

    asyncio.run(scenario())
    assert hashlib.sha256(recording.read_bytes()).digest() == before
    assert {path.name for path in tmp_path.iterdir()} == {"recording.wall", "scratch"}


@settings(database=None, deadline=None, max_examples=12)
@given(st.integers(-10, 310))
def test_beginning_in_the_middle_shows_what_was_approved_then_and_goes_on_from_there(tmp_path_factory, second):
    folder = tmp_path_factory.mktemp("replay")
    recording = record(folder, evening(), [PHOTO])

    async def scenario() -> None:
        async with playing(folder, recording, speed=5000) as (core, replay):
            begins = await replay.starts()
            assert begins == EVENING
            await replay.skip_to(offset(begins, second))
            core.play()
            before = folded([event for event in evening() if event.at <= at(second)])
            assert set(core.stage.glass) == {uri for uri, state in before.items() if showable(state)}
            core.clock.restart(at(second))
            await played(core, replay)
            known = await core.ledger.read(lambda file: file.known([post(number).uri for number in range(5)]))
            assert known == folded(evening())

    asyncio.run(scenario())


def test_the_moderator_of_a_replay_can_hide_what_the_recording_approves(tmp_path):
    recording = record(tmp_path, evening(), [PHOTO])

    async def scenario() -> None:
        async with playing(tmp_path, recording) as (core, replay):
            await replay.skip_to(at(170))
            core.play()
            assert post(3).uri in core.stage.glass
            await core.desk.hide(post(3).uri)
            await played(core, replay)
            core.play()
            assert core.stage.glass == []  # though the recording approves it once more

    asyncio.run(scenario())


def damage(recording: Path, *lines: int, by: str | bytes = '{"event":"appro') -> None:
    with sqlite3.connect(recording) as database:
        for line in lines:
            database.execute("UPDATE journal SET event = ? WHERE seq = ?", (by, line))
    database.close()


@pytest.mark.parametrize("by", ['{"event":"appro', '{"event":"from-the-future"}', b"\xff\xfe", ""])
def test_a_damaged_line_is_counted_once_and_the_rest_goes_on(tmp_path, by):
    recording = record(tmp_path, evening(), [PHOTO])
    damage(recording, 7, by=by)  # the first approval of post 2

    async def scenario() -> None:
        async with playing(tmp_path, recording) as (core, replay):
            await played(core, replay)
            kept = [event for number, event in enumerate(evening(), 1) if number != 7]
            known = await core.ledger.read(lambda file: file.known([post(number).uri for number in range(5)]))
            assert known == folded(kept)
            assert core.counters.total == 1
            assert core.counters.lines()[0].startswith("A line of the recording was passed over (1×)")

    asyncio.run(scenario())


def test_a_recording_whose_beginning_is_damaged_begins_with_what_is_left(tmp_path):
    recording = record(tmp_path, evening(), [PHOTO])
    damage(recording, 1, 2)

    async def scenario() -> None:
        async with playing(tmp_path, recording) as (core, replay):
            assert await replay.starts() == at(6)
            await played(core, replay)
            assert core.counters.total == 2
            core.play()
            assert core.stage.glass == [post(3).uri]

    asyncio.run(scenario())


def test_more_damaged_lines_than_a_page_holds_do_not_end_the_evening(tmp_path):
    events = [received(post(number), number / 100) for number in range(2 * PAGE + 60)]
    recording = record(tmp_path, events)
    damage(recording, *range(11, 2 * PAGE + 31))

    async def scenario() -> None:
        async with playing(tmp_path, recording) as (core, replay):
            await played(core, replay)
            counts = await core.ledger.read(lambda file: file.counts())
            assert counts[Standing.PENDING] == 40
            assert core.counters.total == 2 * PAGE + 20

    asyncio.run(scenario())


def test_a_long_recording_is_read_page_by_page(tmp_path):
    events = [received(post(number), number / 10) for number in range(3 * PAGE + 7)]
    recording = record(tmp_path, events)

    async def scenario() -> None:
        async with playing(tmp_path, recording) as (core, replay):
            await played(core, replay)
            assert await core.journal() == events

    asyncio.run(scenario())


def test_times_that_go_back_keep_the_journals_order(tmp_path):
    """The machine's clock was set back during the evening; what was hidden stays hidden."""
    decided = waiting(1)
    events: list[Event] = [
        received(post(1), 100),
        approved(decided, 110),
        Hidden(at=at(20), uri=decided.uri, by="desk"),
        Requeued(at=at(115), uri=decided.uri, by="desk"),
    ]
    recording = record(tmp_path, events)

    async def scenario() -> None:
        async with playing(tmp_path, recording) as (core, replay):
            await played(core, replay)
            assert await core.journal() == events

    asyncio.run(scenario())


def test_an_empty_recording_has_no_beginning_and_ends_at_once(tmp_path):
    recording = record(tmp_path, [])

    async def scenario() -> None:
        async with playing(tmp_path, recording) as (core, replay):
            assert await replay.starts() is None
            await played(core, replay)
            assert replay.finished
            assert await core.journal() == []

    asyncio.run(scenario())


@pytest.mark.parametrize("kind", ["absent", "text"])
def test_what_is_no_recording_is_refused_with_a_sentence(tmp_path, kind):
    path = tmp_path / "recording.wall"
    if kind == "text":
        path.write_text("My favourite posts of the evening, in no particular order.\n" * 100)

    async def scenario() -> None:
        async with wired(tmp_path) as core:
            with pytest.raises(ArchiveError, match=r"recording\.wall"):
                await Replay.open(core.ledger, path, core.counters)

    asyncio.run(scenario())


def test_a_scratch_file_that_cannot_be_written_ends_the_replay_with_its_sentence(tmp_path):
    recording = record(tmp_path, evening(), [PHOTO])

    async def scenario() -> None:
        async with playing(tmp_path, recording) as (core, replay):
            await replay.skip_to(at(45))
            core.play()
            await core.disk(works=False)
            with pytest.raises(ArchiveError, match="could not be read or written"):
                await played(core, replay)
            assert not replay.finished
            await core.disk(works=True)
            assert not any(isinstance(event, Approved) and event.at > at(45) for event in await core.journal())
            await core.assert_glass_is_decided()

    asyncio.run(scenario())
