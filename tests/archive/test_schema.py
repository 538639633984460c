from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import apsw
import pytest
from factories import post, received

from kiosk.archive import schema
from kiosk.archive.event_file import EventFile
from kiosk.domain.errors import ArchiveError
from kiosk.domain.model import Standing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HOLDER = """
import sys
from pathlib import Path
from kiosk.archive.event_file import EventFile
file = EventFile.open(Path(sys.argv[1]))
print("open", flush=True)
sys.stdin.readline()
"""
BOTH = pytest.mark.parametrize("opening", [schema.open_writable, schema.open_readable], ids=lambda way: way.__name__)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "event.wall"


@pytest.fixture
def evening(path):
    """A file with enough in it to be damaged in the middle."""
    file = EventFile.open(path)
    file.append([received(post(name, text="hello " * 200)) for name in range(80)])
    file.close()
    return path


def _complaint(opening: Callable[[Path], object], path: Path) -> str:
    with pytest.raises(ArchiveError) as refusal:
        opening(path)
    sentence = str(refusal.value)
    assert str(path) in sentence
    assert sentence.endswith(".")
    return sentence


def test_a_new_file_carries_our_mark_and_is_safe_against_power_cuts(path):
    connection = schema.open_writable(path)
    assert connection.pragma("application_id") == schema.APPLICATION_ID
    assert connection.pragma("user_version") == schema.VERSION
    assert connection.pragma("journal_mode") == "wal"
    assert connection.pragma("synchronous") == 2
    assert connection.pragma("secure_delete") == 1
    assert connection.pragma("locking_mode") == "exclusive"
    connection.close()


def test_an_empty_file_becomes_an_event_file(path):
    path.touch()
    schema.open_writable(path).close()
    schema.open_readable(path).close()


def test_a_second_process_is_told_that_the_file_is_open(path, monkeypatch):
    monkeypatch.setattr(schema, "BUSY_MS", 100)
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        for opening in (schema.open_writable, schema.open_readable):
            assert "open in another kiosk" in _complaint(opening, path)
        holder.kill()
    schema.open_writable(path).close()  # the lock died with its process


@BOTH
def test_a_text_file_is_no_event_file(opening, path):
    for words in ("hello", "hello hall\n" * 2000):
        path.write_text(words)
        assert "is no event file" in _complaint(opening, path)
        assert path.read_text() == words


@BOTH
def test_a_folder_is_no_event_file(opening, path):
    path.mkdir()
    assert "is a folder" in _complaint(opening, path)


@BOTH
def test_a_database_of_another_program_is_left_as_it_was(opening, path):
    foreign = apsw.Connection(str(path))
    foreign.execute("CREATE TABLE birds(name TEXT); INSERT INTO birds VALUES('owl')")
    foreign.close()
    before = path.read_bytes()
    assert "some other program" in _complaint(opening, path)
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]


@BOTH
def test_a_file_of_a_newer_kiosk_is_left_as_it_was(opening, path):
    connection = schema.open_writable(path)
    connection.pragma("user_version", schema.VERSION + 1)
    schema.close(connection)
    before = path.read_bytes()
    assert f"newer kiosk (format {schema.VERSION + 1})" in _complaint(opening, path)
    assert path.read_bytes() == before


@BOTH
def test_a_damaged_file_is_recognised(opening, evening):
    content = bytearray(evening.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 8192] = b"\xa5" * 8192
    evening.write_bytes(content)
    assert "is damaged" in _complaint(opening, evening)


@BOTH
def test_a_file_cut_short_is_recognised(opening, evening):
    evening.write_bytes(evening.read_bytes()[: 4096 * 5])
    assert "is damaged" in _complaint(opening, evening)


@BOTH
def test_a_place_that_cannot_hold_a_file_is_named(opening, tmp_path):
    _complaint(opening, tmp_path / "no such folder" / "event.wall")
    _complaint(opening, tmp_path / ("x" * 300))


def test_a_recording_that_is_not_there_is_not_made(path):
    assert "There is no event file" in _complaint(schema.open_readable, path)
    assert not path.exists()


@pytest.mark.parametrize("name", ["100%41.wall", "what?.wall", "#tweetup.wall", "ein Fest & mehr.wall", "ürün 会.wall"])
def test_a_recording_may_have_any_name(tmp_path, name):
    schema.open_writable(tmp_path / name).close()
    schema.open_readable(tmp_path / name).close()
    assert [file.name for file in tmp_path.iterdir()] == [name]


def test_a_recording_is_never_written_to_and_nothing_beside_it(evening):
    before = evening.read_bytes()
    connection = schema.open_readable(evening)
    with pytest.raises(apsw.ReadOnlyError):
        connection.execute("DELETE FROM journal")
    schema.close(connection)
    assert evening.read_bytes() == before
    assert [file.name for file in evening.parent.iterdir()] == [evening.name]


def test_a_recording_that_was_cut_off_is_read_to_its_last_line(path, tmp_path):
    file = EventFile.open(path)
    file.append([received(post())])
    copy = tmp_path / "copy"
    copy.mkdir()
    for part in tmp_path.glob("event.wall*"):
        shutil.copy(part, copy)
    file.close()
    whole = (copy / "event.wall").read_bytes()
    recording = EventFile.open_recording(copy / "event.wall")
    assert recording.counts()[Standing.PENDING] == 1
    recording.close()
    assert (copy / "event.wall").read_bytes() == whole


def test_closing_folds_the_log_into_the_file(evening):
    assert [file.name for file in evening.parent.iterdir()] == [evening.name]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (apsw.BusyError("x"), "open in another kiosk"),
        (apsw.LockedError("x"), "open in another kiosk"),
        (apsw.NotADBError("x"), "is no event file"),
        (apsw.CorruptError("x"), "is damaged"),
        (apsw.FullError("x"), "is full"),
        (apsw.ReadOnlyError("x"), "check that its folder exists"),
        (apsw.IOError("disk on fire"), "disk on fire"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_each_failure_says_what_to_do(path, error, words):
    assert words in str(schema.explain(path, error))


def test_the_first_failure_is_told_where_rolling_back_failed_too(path):
    rollback = apsw.SQLError("cannot rollback")
    rollback.__context__ = apsw.FullError("full")
    assert "is full" in str(schema.explain(path, rollback))
