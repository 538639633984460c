"""The one door: every event is journalled, folded and only then told to the listeners."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from kiosk.archive.event_file import EventFile

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from kiosk.archive.event_file import StoredPhoto
    from kiosk.domain.events import Change, Event
    from kiosk.domain.model import Cursor
    from kiosk.runtime.counters import Counters

    Listener = Callable[[Sequence[Change]], object]

T = TypeVar("T")


class Ledger:
    """Owns the event file's only thread; listeners run on the event loop, after the commit, in order."""

    def __init__(self, file: EventFile, thread: ThreadPoolExecutor, counters: Counters) -> None:
        """Take over a file that was opened on `thread`; `open` does both."""
        self._file = file
        self._thread = thread
        self._counters = counters
        self._listeners: list[Listener] = []
        self.commits = 0

    @classmethod
    async def open(cls, path: Path, counters: Counters) -> Ledger:
        """Open an event file, making it where there is none, on a thread of its own.

        Raises:
            ArchiveError: with a sentence, where it is locked, damaged, foreign or newer.

        """
        return await cls._open(EventFile.open, path, counters)

    @classmethod
    async def open_recording(cls, path: Path, counters: Counters) -> Ledger:
        """Open a saved event to read it only.

        Raises:
            ArchiveError: with a sentence, where it is absent, damaged, foreign or newer.

        """
        return await cls._open(EventFile.open_recording, path, counters)

    @classmethod
    async def _open(cls, opening: Callable[[Path], EventFile], path: Path, counters: Counters) -> Ledger:
        thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="event-file")
        try:
            file = await asyncio.get_running_loop().run_in_executor(thread, opening, path)
        except BaseException:
            thread.shutdown(wait=False)
            raise
        return cls(file, thread, counters)

    def listen(self, listener: Listener) -> None:
        """Tell `listener` of every later commit."""
        self._listeners.append(listener)

    async def commit(
        self,
        *events: Event,
        cursor: Cursor | None = None,
        photos: Sequence[StoredPhoto] = (),
        provided: Callable[[EventFile], bool] | None = None,
    ) -> tuple[Change, ...]:
        """Make events durable in one transaction, with the cursor and photo bytes that belong to them.

        Once begun it is carried to its end even where the caller is cancelled. `provided` is asked on the file's
        thread with nothing in between; where it says no, nothing is committed and () comes back.

        Raises:
            ArchiveError: where nothing of it became durable.

        """
        return await asyncio.shield(self._commit(events, cursor, photos, provided))

    async def _commit(
        self,
        events: Sequence[Event],
        cursor: Cursor | None,
        photos: Sequence[StoredPhoto],
        provided: Callable[[EventFile], bool] | None,
    ) -> tuple[Change, ...]:
        def append(file: EventFile) -> tuple[Change, ...] | None:
            if provided is not None and not provided(file):
                return None
            return file.append(events, cursor=cursor, photos=photos)

        changes = await self.read(append)
        if changes is None:
            return ()
        self.commits += 1
        for listener in self._listeners:
            try:
                listener(changes)
            except Exception as error:  # noqa: BLE001  # one listener's fault must not hide a decision from the others
                self._counters.count("A part of the program failed to follow a change", error)
        return changes

    async def read(self, query: Callable[[EventFile], T]) -> T:
        """Run `query` on the file's thread and return what it returns."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, query, self._file)

    async def close(self) -> None:
        """Finish what was begun, close the file and end its thread."""
        await self.read(EventFile.close)
        self._thread.shutdown(wait=True)
