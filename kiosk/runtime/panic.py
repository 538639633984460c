"""Panic: a latched file that means “nothing but the safe slate”, and needs nothing else to work."""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Panic:
    """The latch. It is raised in memory and told first, then written and synced; it survives a restart."""

    def __init__(self, latch: Path) -> None:
        """Read the latch: panic is raised unless it is certain that there is none."""
        self._latch = latch
        self._raised = _stands(latch)
        self._listeners: list[Callable[[bool], None]] = []

    @property
    def raised(self) -> bool:
        """Whether only the safe slate may be shown."""
        return self._raised

    def listen(self, listener: Callable[[bool], None]) -> None:
        """Tell `listener` at every change."""
        self._listeners.append(listener)

    def raise_(self) -> None:
        """Raise it: the screens first, the file second, so that a full disk delays nothing.

        Raises:
            OSError: where the latch could not be written; panic is on all the same.

        """
        try:
            self._set(raised=True)
        finally:
            self._sync(self._latch, os.O_CREAT | os.O_WRONLY)
            self._sync(self._latch.parent, os.O_RDONLY | os.O_DIRECTORY)

    def clear(self) -> None:
        """Clear it: the file first, the screens second, so that it never comes back by surprise.

        Raises:
            OSError: where the latch could not be removed; panic stays on.

        """
        self._latch.unlink(missing_ok=True)
        self._sync(self._latch.parent, os.O_RDONLY | os.O_DIRECTORY)
        self._set(raised=False)

    def _set(self, *, raised: bool) -> None:
        self._raised = raised
        with ExitStack() as told:  # one listener's fault keeps the news from no other
            for listener in reversed(self._listeners):
                told.callback(listener, raised)

    @staticmethod
    def _sync(path: Path, flags: int) -> None:
        handle = os.open(path, flags, 0o600)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _stands(latch: Path) -> bool:
    try:
        latch.lstat()
    except FileNotFoundError:
        return False
    except OSError:
        return True  # whatever cannot be told is the safe slate
    return True
