"""Photos from foreign bytes: decoded in one sandboxed process that may die without harm."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from kiosk.archive.event_file import StoredPhoto
from kiosk.domain.captions import Caption
from kiosk.domain.errors import MediaError
from kiosk.domain.model import Photo, Sha256
from kiosk.media import worker
from kiosk.media.sandbox import Bounds, Crashed, Sandbox, SandboxFault, TooSlow

if TYPE_CHECKING:
    from collections.abc import Callable

MEMORY: Final = 700_000_000
"""Address space of the worker, in bytes; 24 million pixels fit (see tests/media/test_worker.py)."""

SECONDS: Final = 15.0
"""How long one picture may take."""

TASKS: Final = 200
"""Pictures after which a worker is replaced, so that no leak lasts."""


class Still(NamedTuple):
    """A picture of the organiser's, encoded anew with its transparency; `sample` is a coarse grid of its colours."""

    png: bytes
    width: int
    height: int
    sample: tuple[tuple[int, int, int], ...]


Made = TypeVar("Made")


class PhotoDecoder:
    """Decodes one picture at a time; a picture that kills the worker, or is too slow, is refused alone."""

    def __init__(self, *, memory: int = MEMORY, seconds: float = SECONDS, tasks: int = TASKS) -> None:
        """Nothing is started before the first picture."""
        self._sandbox = Sandbox(worker.confine, Bounds(memory, seconds, tasks))
        self._seconds = seconds

    async def decode(self, picture: bytes) -> StoredPhoto:
        """Return the photo in both sizes, as JPEG of our own making.

        Raises:
            MediaError: with the reason, where it cannot be had.

        """
        wall, thumbnail, width, height = await self._outcome(worker.encode, picture)
        sha256 = Sha256(hashlib.sha256(wall).hexdigest())
        return StoredPhoto(photo=Photo(sha256=sha256, width=width, height=height), wall=wall, thumbnail=thumbnail)

    async def still(self, picture: bytes) -> Still:
        """Return the picture as PNG of our own making, as transparent as it came.

        Raises:
            MediaError: with the reason, where it cannot be had.

        """
        return Still(*await self._outcome(worker.still, picture))

    async def caption(self, picture: bytes) -> Caption:
        """Return what the picture says of itself; nothing of it is decoded.

        Raises:
            MediaError: with the reason, where it is no picture.

        """
        return Caption(*await self._outcome(worker.caption, picture))

    async def close(self) -> None:
        """End the worker, whatever it does."""
        await self._sandbox.close()

    async def _outcome(self, work: Callable[[bytes], Made | str], picture: bytes) -> Made:
        try:
            outcome: Made | str = await self._sandbox.run(work, picture)
        except Crashed as error:
            raise MediaError("The picture crashed its decoder.") from error
        except TooSlow as error:
            raise MediaError(f"The picture took longer than {self._seconds:g} seconds to decode.") from error
        except SandboxFault as error:
            raise MediaError("The decoder does not start; see the log.") from error
        if isinstance(outcome, str):
            raise MediaError(outcome)
        return outcome
