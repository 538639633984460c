"""Reads the photos of a watched folder that are new, once they have arrived whole, and the words beside them."""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Final, NamedTuple

from kiosk.domain.captions import Caption
from kiosk.domain.errors import MediaError
from kiosk.domain.text import one_line
from kiosk.sources.disk import TooLarge, read_inside
from kiosk.sources.folder.arrival import PATIENCE, Arrivals, whole
from kiosk.sources.folder.known import MOST, Entry, Known
from kiosk.sources.folder.sidecar import LARGEST as LARGEST_WORDS
from kiosk.sources.folder.sidecar import Words, read_words

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from kiosk.sources.disk import Disk
    from kiosk.sources.folder.listing import Stamp
    from kiosk.sources.folder.look import Look

LARGEST: Final = 15_000_000
"""Bytes of one photo, as of one from the web."""

AT_ONCE: Final = 200
"""Photos read in one look; the next look goes on."""

RETOLD_AT_ONCE: Final = 50
"""Photos whose words changed that are told again in one look; each may have to be read for its caption."""

SECONDS_AT_ONCE: Final = 8.0
TRIES: Final = 3
"""How often a photo is tried that the decoder does not take."""


class Survey(NamedTuple):
    """What is known after reading, a sentence for each photo that cannot be read, and whether more can be at once."""

    known: Known
    bad: list[str]
    more: bool


class PhotoReader:
    """Reads one photo at a time, so that no more than one is in memory; remembers which cannot be read."""

    def __init__(self, who: str, folder: Path, disk: Disk, describe: Callable[[bytes], Awaitable[Caption]]) -> None:
        """`who` is how the operator knows the source; `describe` runs in the sandbox."""
        self._who = who
        self._folder = folder
        self._disk = disk
        self._describe = describe
        self._arrivals = Arrivals()
        self._captions: OrderedDict[str, Caption] = OrderedDict()
        self._refused: dict[str, tuple[Stamp, int]] = {}
        self.now: Callable[[], float] = time.monotonic

    def arriving(self, look: Look, known: Known) -> dict[str, Stamp]:
        """Photos that are there and not `known`, and are none of those that cannot be read."""
        return {
            path: stamp
            for path, stamp in look.fresh.items()
            if not self._tries(path, stamp) and (path not in known.files or known.files[path].stamp != stamp)
        }

    async def survey(self, before: Known, look: Look) -> Survey:
        """Read what is new, and note whose words changed, both once they have settled."""
        after, bad, begun = before.copy(), list[str](), self.now()
        settled = self._arrivals.settled(look.stamps, now=begun, today=time.time())
        settled[""] = PATIENCE  # where nothing stands beside a photo there is nothing to wait for
        ready = [path for path in look.fresh if path in settled and look.beside[path] in settled]
        ready = [path for path in ready if self._tries(path, look.fresh[path]) < TRIES]
        ready.sort(key=lambda path: (path in self._refused, look.fresh[path].changed, path))
        read = 0
        for path in ready:
            if read >= AT_ONCE or self.now() - begun > SECONDS_AT_ONCE:
                break
            read += 1
            if len(after.files) < MOST or path in after.files:
                sha256 = await self._learn(path, look.fresh[path], settled[path], bad)
                if sha256:
                    after.files[path] = Entry(look.fresh[path], sha256, look.words(path))
        retold = [path for path in look.retold if look.beside[path] in settled]
        for path in retold[:RETOLD_AT_ONCE]:
            after.files[path] = after.files[path]._replace(words=look.words(path))
        return Survey(after, bad, more=read < len(ready) or len(retold) > RETOLD_AT_ONCE)

    async def words(self, known: Known, path: str, bad: list[str]) -> tuple[Words, Caption]:
        """The words beside a photo and its own; what cannot be read is left out, and said in `bad`."""
        entry, caption, words = known.files[path], Caption(), Words()
        try:
            if entry.sha256 in self._captions:
                caption = self._captions[entry.sha256]
            else:
                photo, sha256 = await self._disk.run(read_photo, self._folder, path)
                caption = await self._caption(sha256, photo)
        except (OSError, TooLarge, MediaError):
            pass  # it is being moved or changed; the next look sees that
        try:
            if entry.words:
                words = await self._disk.run(_words_beside, self._folder, entry.beside(path))
        except FileNotFoundError:
            pass  # it left meanwhile; the next look sees that
        except (OSError, ValueError) as error:
            bad.append(f"The words beside {one_line(path)} in {self._who} cannot be read: {one_line(str(error))}")
        return words, caption

    def _tries(self, path: str, stamp: Stamp) -> int:
        was, tries = self._refused.get(path, (stamp, 0))
        return tries if was == stamp else 0

    async def _learn(self, path: str, stamp: Stamp, quiet: float, bad: list[str]) -> str:
        """The SHA-256 of a photo that is whole and that the decoder takes for one, "" for any other."""
        tries = self._tries(path, stamp)
        try:
            photo, sha256 = await self._disk.run(read_photo, self._folder, path)
            if len(photo) != stamp.size or (quiet < PATIENCE and not whole(photo)):
                return ""  # it still grows
            await self._caption(sha256, photo)
        except FileNotFoundError:
            return ""  # it left meanwhile
        except TooLarge:
            what, tries = f"has more than {LARGEST // 1_000_000} MB", TRIES
        except OSError as error:  # a person may yet allow it
            what, tries = f"cannot be read: {error.strerror or error}", max(tries, 1)
        except MediaError as error:
            what, tries = f"cannot be shown: {error}", tries + 1
        else:
            self._refused.pop(path, None)
            return sha256
        if not self._tries(path, stamp):
            bad.append(f"{one_line(path, limit=200)} in {self._who} {one_line(what, limit=200)}")
        if len(self._refused) >= MOST:
            self._refused.clear()
        self._refused[path] = (stamp, tries)
        return ""

    async def _caption(self, sha256: str, photo: bytes) -> Caption:
        caption = self._captions.get(sha256)
        if caption is None:
            caption = self._captions[sha256] = await self._describe(photo)
            while len(self._captions) > 2 * AT_ONCE:
                self._captions.popitem(last=False)
        return caption


def read_photo(folder: Path, path: str) -> tuple[bytes, str]:
    """A photo's bytes and their SHA-256 in hex; raises as `read_inside`."""
    photo = read_inside(folder, path, LARGEST)
    return photo, hashlib.sha256(photo).hexdigest()


def _words_beside(folder: Path, path: str) -> Words:
    return read_words(path, read_inside(folder, path, LARGEST_WORDS))
