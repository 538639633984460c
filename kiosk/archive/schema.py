"""The event file's tables, and how one is opened: locked, checked and recognised before anything is read."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import apsw

from kiosk.domain.errors import ArchiveError

if TYPE_CHECKING:
    from pathlib import Path

APPLICATION_ID: Final = 0x77414C4C
"""“wALL”, in SQLite's header, so that a foreign database is recognised."""

VERSION: Final = 4
"""Grows with the tables; an older file is given the new ones and its projection is rebuilt from its journal."""

BUSY_MS: Final = 1_000

PROJECTION: Final = """
CREATE TABLE IF NOT EXISTS sightings(
  source TEXT, local_id TEXT, uri TEXT NOT NULL, PRIMARY KEY(source, local_id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS wordings(key TEXT, made REAL, uri TEXT, PRIMARY KEY(key, uri)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS echoes(uri TEXT PRIMARY KEY, of TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS echoes_by_post ON echoes(of);
CREATE TABLE IF NOT EXISTS shown(uri TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pin(uri TEXT, event TEXT NOT NULL);
"""
"""What format 2 brought: where posts were met, their words' keys, their copies elsewhere, which were on the wall.
Format 4: what is pinned to the wall."""

SCHEMA: Final = """
CREATE TABLE journal(seq INTEGER PRIMARY KEY, at TEXT NOT NULL, uri TEXT, event TEXT NOT NULL);
CREATE INDEX journal_by_post ON journal(uri) WHERE uri IS NOT NULL;
CREATE TABLE posts(
  uri TEXT PRIMARY KEY, standing TEXT, received_at REAL, decided_at REAL, state TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX posts_by_arrival ON posts(standing, received_at);
CREATE INDEX posts_by_decision ON posts(standing, decided_at);
CREATE VIRTUAL TABLE search USING fts5(uri UNINDEXED, words, tokenize = 'trigram');
CREATE TABLE search_rows(uri TEXT PRIMARY KEY, id INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE cursors(source TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE photos(
  sha256 TEXT PRIMARY KEY, width INTEGER NOT NULL, height INTEGER NOT NULL,
  wall BLOB NOT NULL, thumbnail BLOB NOT NULL
);
"""


def open_writable(path: Path) -> apsw.Connection:
    """Open the one writer's connection, making the file where there is none.

    The connection locks the file exclusively for as long as it lives; the lock dies with the process.

    Raises:
        ArchiveError: with a sentence.

    """
    fresh = _is_fresh(path)
    connection = _connect(path, str(path), apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE)
    try:
        connection.set_busy_timeout(BUSY_MS)
        connection.pragma("locking_mode", "EXCLUSIVE")
        if not fresh:
            _recognise(connection, path)  # before the journal mode, which would be written into a foreign file
        for pragma, value in (("journal_mode", "WAL"), ("synchronous", "FULL"), ("secure_delete", "ON")):
            connection.pragma(pragma, value)
        connection.execute("BEGIN EXCLUSIVE")
        if fresh:
            connection.execute(SCHEMA)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {VERSION}")
        connection.execute(PROJECTION)
        connection.execute("COMMIT")
    except apsw.Error as error:
        connection.close()
        raise explain(path, error) from error
    except ArchiveError:
        connection.close()
        raise
    return connection


def outdated(connection: apsw.Connection) -> bool:
    """Whether older code wrote the file, so that its projection lacks something until it is rebuilt."""
    return int(str(connection.pragma("user_version"))) < VERSION


def open_readable(path: Path) -> apsw.Connection:
    """Open a recording so that nothing of it is ever written.

    Nothing is written beside it either, unless the program that recorded it was cut off and left its log:
    reading that log takes SQLite an index file, `-shm`.

    Raises:
        ArchiveError: with a sentence.

    """
    if _is_fresh(path):
        raise ArchiveError(f"There is no event file {path}.")
    log = path.with_name(path.name + "-wal")
    live = log.exists() and log.stat().st_size > 0
    address = "file:" + quote(path.absolute().as_posix()) + ("" if live else "?immutable=1")
    connection = _connect(path, address, apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI)
    try:
        connection.set_busy_timeout(BUSY_MS)
        _recognise(connection, path)
    except apsw.Error as error:
        connection.close()
        raise explain(path, error) from error
    except ArchiveError:
        connection.close()
        raise
    return connection


def _is_fresh(path: Path) -> bool:
    try:
        if path.is_dir():
            raise ArchiveError(f"{path} is a folder; name a file in it.")
        return not path.exists() or path.stat().st_size == 0
    except OSError as error:
        raise ArchiveError(f"{path} cannot be opened: {error.strerror}; name another file.") from error


def _connect(path: Path, address: str, flags: int) -> apsw.Connection:
    try:
        connection = apsw.Connection(address, flags=flags)
    except apsw.Error as error:
        raise explain(path, error) from error
    connection.create_scalar_function("casefold", _casefold, 1, deterministic=True)  # SQLite's lower() knows ASCII only
    return connection


def _casefold(*words: object) -> str:
    return str(words[0]).casefold()


def _recognise(connection: apsw.Connection, path: Path) -> None:
    if connection.pragma("application_id") != APPLICATION_ID:
        raise ArchiveError(f"{path} is a database of some other program; name another file.")
    version = connection.pragma("user_version")
    if not isinstance(version, int) or version > VERSION:
        raise ArchiveError(f"{path} was written by a newer kiosk (format {version}); update this one.")
    found: object = connection.pragma("quick_check", 1)
    if found != "ok":
        raise ArchiveError(f"{path} is damaged ({found}); move it aside and start from its newest copy.")


def explain(path: Path, error: apsw.Error) -> ArchiveError:
    """Say what went wrong with the file, and what to do."""
    while isinstance(error.__context__, apsw.Error):  # a full disk ends the transaction, so that rolling back fails too
        error = error.__context__
    match error:
        case apsw.BusyError() | apsw.LockedError():
            return ArchiveError(f"{path} is open in another kiosk; close that one first.")
        case apsw.NotADBError():
            return ArchiveError(f"{path} is no event file; name another file.")
        case apsw.CorruptError():
            return ArchiveError(f"{path} is damaged ({error}); move it aside and start from its newest copy.")
        case apsw.FullError():
            return ArchiveError(f"The disk that holds {path} is full; free some space.")
        case apsw.CantOpenError() | apsw.ReadOnlyError() | apsw.PermissionsError():
            return ArchiveError(f"{path} cannot be opened or written; check that its folder exists and is ours.")
        case _:
            return ArchiveError(f"{path} could not be read or written: {error}")


def close(connection: apsw.Connection) -> None:
    """Fold the log into the file, where it is writable, and close."""
    with contextlib.suppress(apsw.Error):
        if not connection.readonly("main"):
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    connection.close()
