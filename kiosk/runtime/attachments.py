"""Pictures of posts: each is fetched, decoded and stored, or refused with a reason, so that a post can be decided."""

from __future__ import annotations

import asyncio
import random
from collections import OrderedDict
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Protocol
from weakref import WeakValueDictionary

from kiosk.domain.errors import ArchiveError, KioskError, Unavailable
from kiosk.domain.events import PhotoRefused, PhotoStored
from kiosk.domain.model import Photo, PhotoFailure, PostState, Standing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kiosk.archive.event_file import EventFile, StoredPhoto
    from kiosk.domain.events import Change
    from kiosk.domain.model import PostUri
    from kiosk.runtime.clocks import Clock
    from kiosk.runtime.counters import Counters
    from kiosk.runtime.ledger import Ledger

AT_ONCE: Final = 2
WAITING: Final = 500
"""Posts kept waiting in memory; any more are found again in the event file."""

PICTURES: Final = 40
"""Pictures fetched for one post: its avatar, sixteen photos, a link's preview, and as many emojis as servers allow."""

TRIES: Final = 3
LONGEST_PAUSE: Final = 120.0
KEPT: Final = 1000
PHOTO_KEPT: Final = 3600.0
FAILURE_KEPT: Final = 600.0
SCAN: Final = 5000
"""Posts of one standing looked through for missing pictures, the newest."""

RESCAN: Final = 10.0
"""Seconds between two such looks."""

_NEEDED: Final = (Standing.PENDING, Standing.STASHED, Standing.APPROVED)


class Fetcher(Protocol):
    """What brings a picture's bytes; `media.pictures.Pictures` is the real one."""

    async def picture(self, url: str) -> bytes:
        """Fetch; `Unavailable` may pass, any other `KioskError` will not."""
        ...


class Decoder(Protocol):
    """What makes a photo of bytes; `media.decode.PhotoDecoder` is the real one."""

    async def decode(self, picture: bytes) -> StoredPhoto:
        """Decode, or raise `MediaError` with the reason."""
        ...


class Recent:
    """What became of the newest pictures by address: an avatar that a hundred posts share is fetched once an hour."""

    def __init__(self, clock: Clock) -> None:
        """Start with none."""
        self._clock = clock
        self._kept: OrderedDict[str, tuple[float, Photo | PhotoFailure]] = OrderedDict()

    def get(self, url: str) -> Photo | PhotoFailure | None:
        """What became of it, or None where that is not known or too long ago."""
        until, outcome = self._kept.get(url, (0.0, None))
        if outcome is None or self._clock.monotonic() >= until:
            return None
        self._kept.move_to_end(url)
        return outcome

    def keep(self, url: str, outcome: Photo | PhotoFailure) -> None:
        """Remember an outcome; the one not asked for the longest time leaves."""
        seconds = PHOTO_KEPT if isinstance(outcome, Photo) else FAILURE_KEPT
        self._kept[url] = (self._clock.monotonic() + seconds, outcome)
        self._kept.move_to_end(url)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)


class Attachments:
    """Follows the ledger and settles the pictures of every post that may be shown, oldest post first."""

    def __init__(  # noqa: PLR0913  # each is one room of the program, handed in by name
        self,
        *,
        ledger: Ledger,
        pictures: Fetcher,
        decoder: Decoder,
        clock: Clock,
        counters: Counters,
        pause: float = 4.0,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """Retry after up to `pause` seconds, then up to four times that; `chance` draws from 0…1."""
        self._ledger = ledger
        self._pictures = pictures
        self._decoder = decoder
        self._clock = clock
        self._counters = counters
        self._pause = pause
        self._chance = chance
        self._recent = Recent(clock)
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._waiting: dict[PostUri, float] = {}
        self._working: set[PostUri] = set()
        self._tries: dict[PostUri, dict[str, int]] = {}
        self._incomplete = True
        self._look_again = clock.monotonic()
        self._news = asyncio.Event()
        ledger.listen(self._follow)

    async def run(self) -> None:
        """Settle pictures until cancelled."""
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(self._work())

    def _follow(self, changes: Sequence[Change]) -> None:
        for change in changes:
            before, state = change.before, change.after
            if not isinstance(state, PostState) or state.settled or state.standing not in _NEEDED:
                continue
            # Other changes, such as a second sighting, must not cut short the pause before a retry.
            if not isinstance(before, PostState) or before.post != state.post or before.standing not in _NEEDED:
                self._put(state.uri, self._clock.monotonic())

    def _put(self, uri: PostUri, due: float) -> None:
        if uri in self._working:
            return
        if uri not in self._waiting and len(self._waiting) >= WAITING:
            self._incomplete = True
            return
        self._waiting[uri] = min(due, self._waiting.get(uri, due))
        self._news.set()

    async def _work(self) -> None:
        while True:
            uri = await self._next()
            self._working.add(uri)
            due = None
            try:
                due = await self._settle(uri)
            except ArchiveError as error:
                self._counters.count("A picture could not be written down", error)
                self._incomplete = True
            finally:
                self._working.discard(uri)
            if due is None:
                self._tries.pop(uri, None)
            else:
                self._put(uri, due)

    async def _next(self) -> PostUri:
        while True:
            now = self._clock.monotonic()
            ready = next((uri for uri, due in self._waiting.items() if due <= now), None)
            if ready is not None:
                del self._waiting[ready]
                return ready
            if self._incomplete and not self._waiting and now >= self._look_again:
                await self._look()
                continue
            dues = [*self._waiting.values(), *([self._look_again] if self._incomplete and not self._waiting else [])]
            self._news.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(min(dues) - now if dues else None):
                    await self._news.wait()

    async def _look(self) -> None:
        """Find posts with missing pictures in the event file: at the start, and after more came than could wait."""
        self._incomplete = False
        self._look_again = self._clock.monotonic() + RESCAN
        try:
            for uri in await self._ledger.read(_unsettled):
                self._put(uri, self._clock.monotonic())
        except ArchiveError as error:
            self._counters.count("Posts with missing pictures could not be looked up", error)
            self._incomplete = True

    async def _settle(self, uri: PostUri) -> float | None:
        """Settle one post's pictures; return when to try again those that did not come, or None."""
        later: dict[str, float] = {}
        while True:
            state = await self._ledger.read(lambda file: file.state(uri))
            if not isinstance(state, PostState) or state.standing not in _NEEDED:
                return None
            missing = [url for url in dict.fromkeys(state.post.pictures) if url not in {*state.photos, *later}]
            if not missing:
                return min(later.values(), default=None)
            url = missing[0]
            if len(state.photos) + len(later) >= PICTURES:
                reason = f"Only the first {PICTURES} pictures of a post are fetched."
                await self._commit(uri, url, PhotoFailure(reason), None)
                continue
            due = await self._settle_one(uri, url)
            if due is not None:
                later[url] = due

    async def _settle_one(self, uri: PostUri, url: str) -> float | None:
        stored: StoredPhoto | None = None
        async with self._locks.setdefault(url, asyncio.Lock()):
            outcome = await self._known(url)
            if outcome is None:
                try:
                    stored = await self._decoder.decode(await self._pictures.picture(url))
                    outcome = stored.photo
                except Unavailable as error:
                    due = self._again(uri, url, error)
                    if due is not None:
                        return due
                    outcome = PhotoFailure(f"{error} It was tried {TRIES} times.")
                except KioskError as error:
                    outcome = PhotoFailure(str(error))
                except Exception as error:  # noqa: BLE001  # one picture must not end the fetching of all others
                    self._counters.count("A picture failed in an unforeseen way", error)
                    outcome = PhotoFailure("The picture failed in an unforeseen way; see the log.")
            await self._commit(uri, url, outcome, stored)
            self._recent.keep(url, outcome)
        return None

    async def _known(self, url: str) -> Photo | PhotoFailure | None:
        outcome = self._recent.get(url)
        if not isinstance(outcome, Photo):
            return outcome
        sha256 = outcome.sha256
        return outcome if await self._ledger.read(lambda file: file.has_photo(sha256)) else None

    def _again(self, uri: PostUri, url: str, error: Unavailable) -> float | None:
        """When to try once more: full jitter, or the server's own wish; None where the tries are used up."""
        tries = self._tries.setdefault(uri, {})
        tries[url] = tries.get(url, 0) + 1
        if tries[url] >= TRIES:
            return None
        seconds = self._chance() * self._pause * 4 ** (tries[url] - 1)
        return self._clock.monotonic() + min(max(seconds, error.retry_after or 0.0), LONGEST_PAUSE)

    async def _commit(self, uri: PostUri, url: str, outcome: Photo | PhotoFailure, stored: StoredPhoto | None) -> None:
        state = await self._ledger.read(lambda file: file.state(uri))
        if not isinstance(state, PostState) or url not in state.post.pictures:
            return  # deleted or edited meanwhile: nothing of it is kept
        now = self._clock.now()
        if isinstance(outcome, Photo):
            event = PhotoStored(at=now, uri=uri, url=url, photo=outcome)
        else:
            event = PhotoRefused(at=now, uri=uri, url=url, reason=outcome.reason)
        await self._ledger.commit(event, photos=(stored,) if stored else ())


def _unsettled(file: EventFile) -> list[PostUri]:
    states = (state for standing in _NEEDED for state in file.states(standing, limit=SCAN, newest=True))
    missing = sorted((state.received_at, state.uri) for state in states if not state.settled)
    return [uri for _, uri in missing]
