"""File work for a source: one thread at a time with a deadline, so that a share that hangs holds up nothing else.

A file is opened one folder at a time without following a link, so that no name and no link, however they change
meanwhile, lead out of the folder that the organiser named (openat(2), O_NOFOLLOW).
"""

from __future__ import annotations

import asyncio
import os
import stat
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from kiosk.domain.errors import Misconfigured, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiosk.sources.source import Means

SECONDS: Final = 60.0
"""How long one piece of file work may take."""

_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_FILE: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # a pipe must not hold us up

Made = TypeVar("Made")


class TooLarge(ValueError):
    """A file that has more bytes than are read of one."""


class Disk:
    """Works on one folder; `who` is how the operator knows the source."""

    def __init__(self, who: str, *, seconds: float = SECONDS) -> None:
        """Nothing is touched yet."""
        self._who = who
        self._seconds = seconds
        self._turn = asyncio.Lock()
        self._at_work: asyncio.Future[Any] | None = None

    async def run(self, work: Callable[..., Made], *given: object) -> Made:
        """Call `work` in a thread and return what it returns, or raise what it raises.

        Raises:
            Unavailable: it does not end in time, or an earlier piece of work still hangs.

        """
        async with self._turn:
            if self._at_work is not None:  # of a call that was cancelled or took too long
                await self._wait(self._at_work)
            future = asyncio.get_running_loop().run_in_executor(None, partial(work, *given))
            future.add_done_callback(_heard)
            self._at_work = future
            await self._wait(future)
            return future.result()

    async def _wait(self, future: asyncio.Future[Any]) -> None:
        done, _ = await asyncio.wait({future}, timeout=self._seconds)
        if not done:
            raise Unavailable(f"{self._who} does not answer; is the share that holds it still there?")
        self._at_work = None


def _heard(future: asyncio.Future[Any]) -> None:
    """Look at how it ended, so that asyncio does not complain where nobody waits for it any more."""
    if not future.cancelled():
        future.exception()


def place(means: Means, folder: str) -> Path:
    """Where a table's `folder` is: a relative one starts at the folder of the TOML file, ~ is at home."""
    try:
        return means.folder / Path(folder).expanduser()
    except RuntimeError:  # a ~name that is nobody's home
        return means.folder / folder


def missing(who: str, folder: Path, error: OSError, *, was_there: bool) -> Misconfigured | Unavailable:
    """The error for a folder that cannot be listed; one that `was_there` may come back by itself."""
    why = error.strerror or str(error)
    if was_there:
        return Unavailable(f"{who} cannot be read ({why}); is the share that holds it still there?")
    return Misconfigured(f"{who} cannot be read ({why}); make the folder {folder}, or correct `folder`.")


def read_inside(folder: Path, path: str, largest: int) -> bytes:
    """Read a plain file of at most `largest` bytes at `path`, which is relative to `folder` and without `..`.

    Raises:
        TooLarge: it has more bytes.
        OSError: it is not there, is no plain file, or a link stands on the way.

    """
    descriptor = _open_inside(folder, path)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(f"{path} is no plain file")
        with open(descriptor, "rb", buffering=0, closefd=False) as file:
            parts: list[bytes] = []
            left = largest + 1
            while left > 0 and (part := file.read(min(left, 1 << 20))):
                parts.append(part)
                left -= len(part)
    finally:
        os.close(descriptor)
    if left <= 0:
        raise TooLarge
    return b"".join(parts)


def _open_inside(folder: Path, path: str) -> int:
    *folders, name = path.split("/")
    if "\0" in path or {"", ".", ".."} & {*folders, name}:
        raise OSError(f"{path!r} names no file inside a folder")
    at = os.open(folder, _FOLDER)
    try:
        for each in folders:
            inner = os.open(each, _FOLDER | os.O_NOFOLLOW, dir_fd=at)
            os.close(at)
            at = inner
        return os.open(name, _FILE, dir_fd=at)
    finally:
        os.close(at)
