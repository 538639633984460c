from __future__ import annotations

import asyncio
import os
import threading
import time
from pathlib import Path

import pytest
from servers.drop import means

from kiosk.domain.errors import Misconfigured, Unavailable
from kiosk.sources.disk import Disk, TooLarge, missing, place, read_inside


def test_work_is_done_in_a_thread_and_its_outcome_handed_back():
    async def scenario() -> None:
        disk = Disk("folder photos")
        assert await disk.run(threading.get_ident) != threading.get_ident()
        with pytest.raises(ZeroDivisionError):
            await disk.run(lambda: 1 / 0)

    asyncio.run(scenario())


def test_a_share_that_hangs_holds_up_one_thread_and_is_said():
    released = threading.Event()

    async def scenario() -> None:
        disk = Disk("folder photos", seconds=0.1)
        before = threading.active_count()
        for _ in range(5):
            with pytest.raises(Unavailable, match="folder photos does not answer"):
                await disk.run(released.wait)
        assert threading.active_count() <= before + 1
        released.set()
        assert await disk.run(lambda: 5) == 5

    asyncio.run(scenario())


def test_work_of_a_call_that_was_cancelled_ends_before_the_next_begins():
    running: list[str] = []

    def slow() -> None:
        running.append("begun")
        time.sleep(0.3)
        running.append("ended")

    async def scenario() -> None:
        disk = Disk("folder photos")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await disk.run(slow)
        await disk.run(running.append, "next")

    asyncio.run(scenario())
    assert running == ["begun", "ended", "next"]


def test_an_error_that_nobody_waits_for_is_not_shouted_about(caplog):
    def late() -> None:
        time.sleep(0.2)
        raise OSError("stale")

    async def scenario() -> None:
        disk = Disk("folder photos", seconds=0.05)
        with pytest.raises(Unavailable):
            await disk.run(late)
        await asyncio.sleep(0.3)

    asyncio.run(scenario())
    assert not caplog.records


def test_a_plain_file_is_read_up_to_its_limit(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a").write_bytes(b"12345")
    assert read_inside(tmp_path, "in/a", 5) == b"12345"
    with pytest.raises(TooLarge):
        read_inside(tmp_path, "in/a", 4)
    (tmp_path / "empty").touch()
    assert read_inside(tmp_path, "empty", 0) == b""


@pytest.mark.parametrize("path", ["", "/etc/hostname", "../out", "in/../../out", "./in", "in//a", "in/", "a\0", ".."])
def test_no_path_leads_out(tmp_path, path):
    (tmp_path / "out").write_text("secret")
    inside = tmp_path / "folder"
    (inside / "in").mkdir(parents=True)
    with pytest.raises(OSError, match=r"."):
        read_inside(inside, path, 100)


def test_no_link_is_followed_and_no_pipe_waited_for(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a").write_text("secret")
    inside = tmp_path / "folder"
    inside.mkdir()
    (inside / "a").symlink_to(tmp_path / "out" / "a")
    (inside / "in").symlink_to(tmp_path / "out")
    os.mkfifo(inside / "pipe")
    (inside / "folder").mkdir()
    for path in ("a", "in/a", "pipe", "folder"):
        with pytest.raises(OSError, match=r"."):
            read_inside(inside, path, 100)


def test_no_descriptor_is_left_open(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a").write_bytes(b"12345")
    before = len([*Path("/proc/self/fd").iterdir()])
    for path in ("in/a", "in/b", "b/a", "in"):
        for _ in range(20):
            try:
                read_inside(tmp_path, path, 3)
            except (OSError, TooLarge):
                continue
    assert len([*Path("/proc/self/fd").iterdir()]) == before


def test_a_relative_folder_starts_at_the_toml_file(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert place(means(tmp_path), "photos") == tmp_path / "photos"
    assert place(means(tmp_path), str(tmp_path / "x")) == tmp_path / "x"
    assert place(means(tmp_path), "~/photos") == tmp_path / "home" / "photos"
    assert place(means(tmp_path), "~nobody-has-this-name/x") == tmp_path / "~nobody-has-this-name/x"


def test_a_folder_that_was_there_may_come_back_and_another_must_be_made(tmp_path):
    fault = FileNotFoundError(2, "No such file or directory")
    assert isinstance(missing("folder x", tmp_path, fault, was_there=True), Unavailable)
    assert isinstance(missing("folder x", tmp_path, fault, was_there=False), Misconfigured)
