from __future__ import annotations

import fcntl
import os
import sys
import threading
import time

import pytest
from PySide6.QtCore import qDebug, qWarning

from kiosk.ui.complaints import MARK, Complaints


@pytest.fixture
def heard() -> list[str]:
    return []


@pytest.fixture
def listen(shell, heard, capfd):
    """Complaints that are read during the test only; what was said is no fault of the test's."""
    yield Complaints(heard.append)
    capfd.readouterr()


def test_a_warning_of_qts_is_told_without_its_mark(listen, heard):
    listen.start()
    qWarning("the roof is leaking")
    listen.stop()
    assert heard == ["the roof is leaking"]


def test_what_is_no_warning_is_not_told(listen, heard):
    listen.start()
    qDebug("all is well")
    sys.stderr.write("somebody else's words\n")
    listen.stop()
    assert heard == []


def test_everything_is_passed_on_to_where_it_would_have_gone(listen, heard, capfd):
    listen.start()
    os.write(2, b"plain words\n")
    qWarning("a warning")
    os.write(2, b"no line end")
    listen.stop()
    assert capfd.readouterr().err == f"plain words\n{MARK}a warning\nno line end"


def test_after_the_end_standard_error_is_what_it_was(listen, heard, capfd):
    listen.start()
    listen.stop()
    listen.stop()
    qWarning("not heard")
    assert heard == []
    assert "not heard" in capfd.readouterr().err


def test_bytes_that_are_no_text_do_not_end_the_reading(listen, heard):
    listen.start()
    os.write(2, b"\xff\xfe\n" + MARK.encode() + b"\xff roof\n")
    listen.stop()
    assert len(heard) == 1
    assert heard[0].endswith("roof")


def test_a_flood_is_told_to_the_last_line(listen, heard):
    listen.start()
    for number in range(5000):
        qWarning(f"number {number}")
    listen.stop()
    assert heard == [f"number {number}" for number in range(5000)]


def test_there_is_room_for_a_megabyte_while_python_is_busy(listen):
    listen.start()
    room = fcntl.fcntl(2, fcntl.F_GETPIPE_SZ)
    listen.stop()
    assert room >= 1 << 20


def test_whoever_is_told_runs_on_a_thread_that_holds_nobody_up(shell, capfd):
    told: list[str] = []

    def slow(words: str) -> None:
        time.sleep(0.2)
        told.append(threading.current_thread().name + ": " + words)

    slowly = Complaints(slow)
    slowly.start()
    began = time.monotonic()
    qWarning("wait for me")
    assert time.monotonic() - began < 0.1
    slowly.stop()
    assert told == ["complaints: wait for me"]
    capfd.readouterr()
