from __future__ import annotations

import asyncio

import pytest
from factories import post
from wired import wired

from kiosk.archive.event_file import EventFile
from kiosk.domain.events import PanicCleared, PanicRaised
from kiosk.runtime.panic import Panic


@pytest.fixture
def latch(tmp_path):
    return tmp_path / "evening.wall.panic"


def test_without_a_latch_the_wall_is_calm(latch):
    assert not Panic(latch).raised


def test_panic_survives_a_restart_until_it_is_cleared(latch):
    Panic(latch).raise_()
    again = Panic(latch)
    assert again.raised
    again.clear()
    assert not Panic(latch).raised


def test_raising_twice_and_clearing_twice_is_harmless(latch):
    panic = Panic(latch)
    panic.raise_()
    panic.raise_()
    assert panic.raised
    panic.clear()
    panic.clear()
    assert not panic.raised


@pytest.mark.parametrize("kind", ["empty file", "folder", "dangling link", "no folder but a file", "name too long"])
def test_a_latch_that_cannot_be_told_apart_means_panic(tmp_path, kind):
    latch = tmp_path / "latch"
    match kind:
        case "empty file":
            latch.touch(mode=0o000)
        case "folder":
            latch.mkdir()
        case "dangling link":
            latch.symlink_to(tmp_path / "nowhere")
        case "no folder but a file":
            latch.touch()
            latch = latch / "latch"
        case _:
            latch = tmp_path / ("n" * 300)
    assert Panic(latch).raised


def test_the_screens_are_told_before_the_latch_is_written(latch):
    panic = Panic(latch)
    seen: list[tuple[bool, bool]] = []
    panic.listen(lambda raised: seen.append((raised, latch.exists())))
    panic.raise_()
    panic.clear()
    assert seen == [(True, False), (False, False)]  # and on leaving, the latch goes first


def test_a_latch_that_cannot_be_written_leaves_panic_on(tmp_path):
    panic = Panic(tmp_path / "gone" / "latch")
    told: list[bool] = []
    panic.listen(told.append)
    with pytest.raises(OSError, match="No such file"):
        panic.raise_()
    assert panic.raised
    assert told == [True]


def test_a_latch_that_cannot_be_removed_leaves_panic_on(latch):
    latch.mkdir()
    panic = Panic(latch)
    told: list[bool] = []
    panic.listen(told.append)
    with pytest.raises(OSError, match="panic"):
        panic.clear()
    assert panic.raised
    assert told == []


def test_one_dead_screen_keeps_panic_from_nobody_else(latch):
    def dead(_: bool) -> None:  # a listener's shape
        raise RuntimeError("this window is gone")

    panic = Panic(latch)
    told: list[bool] = []
    panic.listen(dead)
    panic.listen(told.append)
    with pytest.raises(RuntimeError, match="gone"):
        panic.raise_()
    assert panic.raised
    assert told == [True]
    assert latch.exists()


def test_panic_empties_the_glass_with_a_dead_event_file(tmp_path):
    async def scenario() -> None:
        async with wired(tmp_path) as core:
            await core.receive(post())
            await core.approve(post().uri)
            core.play()
            assert core.stage.glass
            await core.ledger.read(EventFile.close)
            assert await core.desk.panic() == ""
            assert core.stage.glass == []
            assert core.stage.slated
            assert any("Panic" in line for line in core.counters.lines())
        async with wired(tmp_path) as core:
            assert core.panic.raised
            assert core.stage.slated
            core.play()
            assert core.stage.glass == []

    asyncio.run(scenario())


def test_the_glass_is_empty_before_the_event_file_has_answered(tmp_path):
    async def scenario() -> None:
        async with wired(tmp_path) as core:
            await core.receive(post())
            await core.approve(post().uri)
            core.play()
            pressed = asyncio.ensure_future(core.desk.panic())
            await asyncio.sleep(0)
            assert core.stage.glass == []
            assert not pressed.done()
            await pressed

    asyncio.run(scenario())


def test_a_full_disk_does_not_keep_the_desk_from_panic(tmp_path, monkeypatch):
    async def scenario() -> None:
        async with wired(tmp_path) as core:
            monkeypatch.setattr(Panic, "_sync", staticmethod(lambda *_: (_ for _ in ()).throw(OSError("disk full"))))
            assert await core.desk.panic() == ""
            assert core.panic.raised
            assert core.stage.slated
            assert core.counters.lines() == ["Panic is on, but its latch could not be written (1×): disk full"]

    asyncio.run(scenario())


def test_leaving_panic_is_journalled_and_shows_the_wall_again(tmp_path):
    async def scenario() -> None:
        async with wired(tmp_path) as core:
            await core.desk.panic()
            assert await core.desk.calm() == ""
            assert not core.stage.slated
            assert [type(event) for event in await core.journal()] == [PanicRaised, PanicCleared]

    asyncio.run(scenario())


def test_the_desk_says_where_panic_cannot_be_left(tmp_path):
    (tmp_path / "evening.wall.panic").mkdir()

    async def scenario() -> None:
        async with wired(tmp_path) as core:
            assert (await core.desk.calm()).startswith("Panic stays on")
            assert core.panic.raised
            assert core.stage.slated
            assert await core.journal() == []

    asyncio.run(scenario())
