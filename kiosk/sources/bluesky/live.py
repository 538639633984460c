"""Follows one Jetstream connection: frames come in, candidates are looked up beside it, batches go out.

A deletion never waits for a look-up: both feed one inbox, and what takes a post away leaves at once. The cursor never
passes a post that still waits, so that what a broken connection loses is told again.
"""

from __future__ import annotations

import asyncio
import unicodedata
from contextlib import aclosing, suppress
from time import monotonic
from typing import TYPE_CHECKING, Final, NamedTuple

from kiosk.domain.errors import SourceError, Unavailable
from kiosk.sources.bluesky.candidates import LINGER, Candidates
from kiosk.sources.bluesky.jetstream import SECOND, Told, read_frame
from kiosk.sources.bluesky.outbox import Outbox
from kiosk.sources.bluesky.records import FAULTS
from kiosk.sources.source import Batch, stream_cursor

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence

    from kiosk.sources.bluesky.known import Known
    from kiosk.sources.source import Channel

INBOX: Final = 100
"""Frames read ahead; where they are not taken, the server waits."""

FULL: Final = 250
"""Posts waiting to be asked about for the first time, from which on no more frames are taken: after an outage,
Jetstream tells of an hour within seconds. Where the AppView does not answer, the stream goes on all the same."""

GAP: Final = 600 * SECOND
"""Microseconds between what was asked for and the first frame, from which on something is missing."""

SHORTEST_REST: Final = 2.0
LONGEST_REST: Final = 60.0
"""Seconds until the AppView is asked again after it did not answer."""


class _Views(NamedTuple):
    """What a look-up brought, or why it brought nothing."""

    asked: Sequence[str]
    views: Mapping[str, bytes]
    error: SourceError | None = None


class Listening:
    """One connection of the source called `name`, from the position `since` on (microseconds, 0 for what is new)."""

    def __init__(
        self,
        name: str,
        wanted: frozenset[str],
        known: Known,
        look_up: Callable[[Sequence[str]], Awaitable[Mapping[str, bytes]]],
        since: int = 0,
    ) -> None:
        """Want posts with the tags (made by `same_tag`); `look_up` asks the AppView for at most 25 of them."""
        self._name = name
        self._wanted = wanted
        self._known = known
        self._look_up = look_up
        self._since = since
        self._position = 0
        self._marked = 0
        self._candidates = Candidates()
        self._inbox: asyncio.Queue[Told | _Views | SourceError | None] = asyncio.Queue(INBOX)
        self._room = asyncio.Event()
        self._room.set()
        self._looking: asyncio.Task[None] | None = None
        self._rest = SHORTEST_REST
        self._complained = False
        self._out = Outbox(monotonic())

    async def batches(self, channel: Channel) -> AsyncGenerator[Batch]:
        """Yield an empty batch, then what happens, until the connection ends.

        Raises:
            Unavailable: where it breaks off.

        """
        yield Batch()
        reading = asyncio.create_task(self._read(channel))
        reading.add_done_callback(self._nudge)
        try:
            while True:
                over = await self._take_what_comes()
                now = monotonic()
                self._begin_look_up(now)
                self._mind_room()
                if over or self._out.pause(now) == 0.0:
                    yield self._batch(now)
                if over:
                    return
                if reading.done() and self._inbox.empty():
                    reading.result()  # what nobody foresaw
        finally:
            tasks = [reading, *([self._looking] if self._looking else [])]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _mind_room(self) -> None:
        """Let the server wait while the AppView answers and has not been asked about much."""
        if self._complained or self._candidates.fresh < FULL:
            self._room.set()
        else:
            self._room.clear()

    async def _read(self, channel: Channel) -> None:
        """Fill the inbox; its last item says how the connection ended."""
        last: SourceError | None = None
        try:
            async with aclosing(channel.messages()) as messages:
                async for message in messages:
                    await self._room.wait()
                    try:
                        await self._inbox.put(read_frame(message, self._wanted, self._awaits))
                    except FAULTS as error:
                        if self._concerns_us(message):
                            await self._inbox.put(Told(bad=f"Jetstream sent a frame that cannot be read: {error}"))
        except SourceError as error:
            last = error
        await self._inbox.put(last)

    def _awaits(self, uri: str) -> bool:
        """Whether whatever becomes of a post is to be told."""
        return uri in self._known or self._candidates.told(uri) is not None

    def _concerns_us(self, message: str | bytes) -> bool:
        """Whether a broken frame names one of the tags; of the others, the network is full."""
        text = message if isinstance(message, str) else message.decode("utf-8", "replace")
        folded = unicodedata.normalize("NFKC", text[:100_000]).casefold()
        return any(tag in folded for tag in self._wanted)

    async def _take_what_comes(self) -> bool:
        """Wait for the next thing or the next duty, and take all that is there; True where the connection ended.

        Raises:
            SourceError: where it ended in an error.

        """
        now = monotonic()
        pause = self._candidates.pause(now) if self._looking is None else None
        left = self._out.pause(now)
        try:
            async with asyncio.timeout(left if pause is None else min(left, pause)):
                first = await self._inbox.get()
        except TimeoutError:
            return False
        for item in (first, *(self._inbox.get_nowait() for _ in range(self._inbox.qsize()))):
            if item is None:
                return True
            if isinstance(item, SourceError):
                raise item
            if isinstance(item, Told):
                self._follow(item)
            else:
                self._settle(item)
        return False

    def _follow(self, told: Told) -> None:
        if told.time:
            if not self._position and self._since and told.time - self._since > GAP:
                self._out.gap = f"{self._name} could not be read back to where it ended; some posts may be missing."
            self._position = told.time
        self._out.gap = told.gap or self._out.gap
        if told.bad:
            self._out.complain(told.bad)
        if told.written:
            self._written(told)
        elif told.deleted:
            self._out.leave(told.deleted, urgent=told.deleted in self._known)
            self._candidates.forget(told.deleted)
            self._known.forget(told.deleted)
        elif told.closed:
            self._out.close(f"at://{told.closed}/", urgent=self._known.has_any_of(told.closed))
            self._candidates.forget_all_of(told.closed)
            self._known.forget_all_of(told.closed)

    def _written(self, told: Told) -> None:
        """An edit of a post that was met is shown as such at once; everything is looked up.

        What is told a second time, too: nobody knows here whether the first time became durable.
        """
        try:
            viewed = self._known.edited(told)
        except FAULTS as error:
            self._out.complain(f"{self._name} told of an edit that cannot be read: {str(error)[:200]}")
            return
        if viewed is not None:
            self._out.take(viewed)
        lost = self._candidates.add(told, monotonic())
        if lost:
            self._out.complain(f"{self._name} had more posts waiting for their labels than fit; {lost} were left.")

    def _begin_look_up(self, now: float) -> None:
        if self._looking is not None and self._looking.done():
            self._looking.result()  # what nobody foresaw
            self._looking = None
        due = self._candidates.due(now) if self._looking is None else []
        if due:
            self._looking = asyncio.create_task(self._ask(due))
            self._looking.add_done_callback(self._nudge)

    def _nudge(self, _: asyncio.Task[None]) -> None:
        """A task has ended, perhaps in a way that nobody foresaw: look at once."""
        with suppress(asyncio.QueueFull):
            self._inbox.put_nowait(Told())

    async def _ask(self, due: Sequence[str]) -> None:
        try:
            answer = _Views(due, await self._look_up(due))
        except SourceError as error:
            answer = _Views(due, {}, error)
        await self._inbox.put(answer)

    def _settle(self, answer: _Views) -> None:
        self._looking = None
        now = monotonic()
        if answer.error is not None:
            wish = answer.error.retry_after if isinstance(answer.error, Unavailable) else None
            self._candidates.postpone(answer.asked, now + max(wish or 0.0, self._rest))
            self._rest = min(LONGEST_REST, self._rest * 2)
            if not self._complained:
                self._out.complain(f"New posts wait until their labels can be asked for: {answer.error}")
            self._complained = True
            return
        self._rest, self._complained = SHORTEST_REST, False
        for uri in answer.asked:
            told = self._candidates.told(uri)
            if told is not None:  # else it was deleted meanwhile
                self._settle_one(uri, told, answer.views.get(uri), now)

    def _settle_one(self, uri: str, told: Told, view: bytes | None, now: float) -> None:
        if view is None:
            if not self._candidates.again(uri, now):
                self._out.complain("The AppView does not know a post that Jetstream told of; it is not shown.")
            return
        try:
            met = uri in self._known
            viewed = self._known.read(view)
            if not met and viewed.found is not None:
                viewed = self._known.edited(told) or viewed
        except FAULTS as error:
            self._candidates.forget(uri)
            self._out.complain(f"The AppView sent a post that cannot be read: {str(error)[:200]}")
            return
        self._out.take(viewed)
        # An edit that the AppView does not show yet is asked about again for a while: it may bring other pictures.
        if not told.update or viewed.cid == told.cid or not self._candidates.again(uri, now, LINGER):
            self._candidates.forget(uri)

    def _cursor(self) -> int:
        oldest = self._candidates.oldest()
        return self._position if oldest is None else min(self._position, oldest - 1)

    def _batch(self, now: float) -> Batch:
        """What is to leave; the cursor is said only where it has moved."""
        marked, self._marked = self._marked, self._cursor()
        cursor = stream_cursor(self._name, str(self._marked)) if 0 < self._marked != marked else None
        out, self._out = self._out, Outbox(now)
        return out.batch(cursor)
