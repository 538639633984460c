"""Notes and pictures with the event's hashtags from Nostr: several relays at once, every signature checked.

Relays owe nothing to anybody: they forget, lie and go away. So an event is folded by its id, believed for its
signature alone, and gone only when its author said so (NIP-09), never because a relay has it no more.
See https://github.com/nostr-protocol/nips.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import aclosing
from typing import TYPE_CHECKING, Annotated, Any, Final

from msgspec import Meta

from kiosk.settings import Fault, SourceTable
from kiosk.sources.hashtags import carries, same_tag
from kiosk.sources.nostr.events import FAULTS, POSTS, parts_of
from kiosk.sources.nostr.memory import Memory
from kiosk.sources.nostr.names import short
from kiosk.sources.nostr.pool import Pool, host_of
from kiosk.sources.nostr.posts import people_in, post_of
from kiosk.sources.nostr.profiles import Profiles
from kiosk.sources.nostr.questions import ask_deletions, ask_posts, ask_profiles
from kiosk.sources.nostr.reading import OVERLAP, believed, marks_of, read_back
from kiosk.sources.nostr.relay import PAGE
from kiosk.sources.nostr.stream import Chorus
from kiosk.sources.source import Batch, Budget, Found, Recheck

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Collection, Iterable, Iterator, Mapping, Sequence

    import msgspec

    from kiosk.domain.model import Cursor, PostUri
    from kiosk.sources.nostr.events import Event
    from kiosk.sources.nostr.relay import Conversation
    from kiosk.sources.source import Means

MOST_RELAYS: Final = 8
SLICE: Final = 8
"""Posts made before others get their turn: two milliseconds."""

MOST_TOLD: Final = 5_000
"""Posts and people that one talk remembers to have dealt with."""


class NostrTable(SourceTable, frozen=True, kw_only=True):
    """Relays of Nostr; no account is needed."""

    relays: Annotated[
        tuple[str, ...],
        Meta(description="Addresses of the relays to read, at most 8.", examples=[("wss://relay.example.org",)]),
    ] = ("wss://relay.damus.io", "wss://nos.lol", "wss://relay.primal.net")

    @property
    def where(self) -> str:
        """The first relay."""
        return self.relays[0] if self.relays else ""

    def faults(self) -> Iterator[Fault]:
        """Each relay must be one; plain `ws` is for the venue's own."""
        if not 0 < len(self.relays) <= MOST_RELAYS:
            yield Fault("relays", f"one to {MOST_RELAYS} relays can be read", "wss://…")
        for relay in self.relays:
            scheme, _, rest = relay.partition("://")
            if scheme not in {"wss", "ws"} or not rest.split("/")[0] or any(map(str.isspace, relay)) or "@" in rest:
                yield Fault("relays", f"“{relay}” is no address of a relay", "wss://…")
            elif scheme == "ws" and not self.allow_private_addresses:
                yield Fault("relays", "plain ws is only for a relay inside the venue", "wss://…")


class Nostr:
    """One source for all relays; it is named by the first of them, so that others may be added later."""

    def __init__(self, table: NostrTable, means: Means) -> None:
        """Read the event's hashtags (any of them), as written and in the lower case that NIP-24 asks for."""
        tags = [tag.strip().lstrip("#") for tag in means.hashtags]
        self.name = f"nostr {host_of(table.where)}"
        self.budget = Budget()
        self._wanted = frozenset(map(same_tag, tags)) - {""}
        spellings = dict.fromkeys(each for tag in tags for each in (tag.lower(), tag, same_tag(tag)) if each)
        self._question: Mapping[str, Any] = {"kinds": list(POSTS), "#t": list(spellings)}
        self._pool = Pool(table.relays, means.client)
        self._profiles = Profiles()
        self._memory = Memory()
        self._chorus: Chorus | None = None

    async def poll(self, cursor: Cursor | None) -> Batch:
        """Read every relay's new posts, oldest first, each once, and ask whether they were deleted since.

        Raises:
            SourceError: where no relay answers.

        """
        marks, now = marks_of(cursor), time.time()
        readings = await self._pool.each(
            lambda talk, relay: read_back(talk, self._question, marks.relays.get(relay), now)
        )
        note = self._pool.note
        met = {event.id: event for reading in readings.values() for event in reading.events}
        fresh = sorted(marks.fresh(met.values()), key=lambda event: (event.created_at, event.id))
        posts = [event for event in fresh if self._memory.stands(event, now)]
        deleted = await self._look_up(posts) if posts else set[str]()
        found, bad = await self._found(event for event in posts if event.local_id not in deleted)
        await self._meet(posts)
        return Batch(
            found=tuple(found),
            cursor=marks.moved({relay: reading.mark for relay, reading in readings.items()}, fresh[::-1], self.name),
            bad=(*(sentence for reading in readings.values() for sentence in reading.bad), *bad),
            more=any(reading.more for reading in readings.values()),
            gap=" ".join(reading.gap for reading in readings.values() if reading.gap),
            gone=tuple(sorted(deleted)),
            note=note,
        )

    async def _look_up(self, posts: Collection[Event]) -> set[str]:
        """Learn the profiles that posts need, and which of them are deleted."""
        wanted = self._profiles.wanted(_people(posts), time.monotonic())

        async def ask(talk: Conversation, _: str) -> set[str]:
            await ask_profiles(talk, wanted, self._profiles)
            return await ask_deletions(talk, [event.local_id for event in posts])

        answers = await self._pool.each(ask)
        if self._pool.all_answered(answers):
            self._profiles.asked(wanted, time.monotonic())
        return set[str]().union(*answers.values())

    async def _found(self, events: Iterable[Event]) -> tuple[list[Found], list[str]]:
        """Posts of events, those alone that have one of the tags; and sentences for events that make none."""
        found: list[Found] = []
        bad: list[str] = []
        for count, event in enumerate(events, 1):
            if count % SLICE == 0:
                await asyncio.sleep(0)
            try:
                post = post_of(event, self._profiles.get)
            except FAULTS as error:
                bad.append(f"{short('note', event.id)} cannot be shown: {str(error)[:200]}.")
                continue
            if carries(post, self._wanted):
                found.append(Found(post, event.local_id))
        return found, bad

    async def _meet(self, posts: Iterable[Event]) -> None:
        """Remember posts, and listen for their authors' deletions."""
        new = self._memory.meet(posts)
        watched = self._memory.deletions(time.time())
        if new and watched and self._chorus is not None:
            await self._chorus.watch(watched)

    async def stream(self, cursor: Cursor | None) -> AsyncGenerator[Batch]:
        """Yield what comes from any relay; one that breaks off is called anew on its own.

        No cursor is needed: each relay first tells what it has of the last OVERLAP seconds, and polls know the rest.

        Raises:
            SourceError: where every relay is down at the same time.

        """
        del cursor
        chorus = Chorus(self._pool, self._lately, self._digest)
        self._chorus = chorus
        try:
            watched = self._memory.deletions(time.time())
            if watched:
                await chorus.watch(watched)
            async with aclosing(chorus.batches()) as batches:
                async for batch in batches:
                    yield batch
        finally:
            if self._chorus is chorus:
                self._chorus = None

    def _lately(self) -> Mapping[str, Any]:
        return {**self._question, "since": int(time.time()) - OVERLAP, "limit": PAGE}

    async def _digest(self, talk: Conversation, raws: Sequence[msgspec.Raw], told: set[str]) -> Batch:
        """Make a batch of what one relay told; `told` are ids and people that this talk has dealt with."""
        now = time.time()
        events, bad = await believed(raws, talk.host, now)
        gone = self._memory.lose(events)
        posts = [
            event
            for event in events
            if event.kind in POSTS and event.id not in told and self._memory.stands(event, now)
        ]
        unknown = [each for each in _people(posts) if self._profiles.get(each) is None and each not in told]
        await ask_profiles(talk, unknown, self._profiles)
        if len(told) > MOST_TOLD:
            told.clear()
        told.update(unknown, (event.id for event in posts))
        found, faults = await self._found(posts)
        await self._meet(posts)
        return Batch(found=tuple(found), bad=(*bad, *faults), gone=tuple(gone))

    async def recheck(self, posts: Mapping[str, PostUri]) -> Recheck:
        """Ask every relay for these events and for their authors' deletions of them.

        Raises:
            SourceError: where no relay answers.

        """
        known = [local for local in posts if parts_of(local) is not None]
        bad = [f"“{local[:80]}” is no id of a note on Nostr." for local in posts if parts_of(local) is None]
        if not known:
            return Recheck(bad=tuple(bad))
        answers = await self._pool.each(lambda talk, _: self._ask_again(talk, known))
        events = {event.local_id: event for met, _ in answers.values() for event in met}
        gone = set[str]().union(*(deleted for _, deleted in answers.values()))
        gone |= {local for local, event in events.items() if not self._memory.stands(event, time.time())}
        standing = [event for local, event in events.items() if local not in gone]
        await self._meet(standing)
        doubtful = set[str]()
        if self._pool.all_answered(answers):
            self._profiles.asked(_people(standing), time.monotonic())
        else:
            doubtful = {event.local_id for event in standing if not self._knows_people_of(event)}
        found, faults = await self._found(event for event in standing if event.local_id not in doubtful)
        missing = [local for local in known if local not in gone and local not in events]
        bad += [f"No relay has {_called(local)} any more; it stays, for nobody deleted it." for local in missing]
        bad += [f"{_called(local)} stays as it is: not every relay said who wrote it." for local in doubtful]
        return Recheck(tuple(found), tuple(local for local in known if local in gone), (*bad, *faults))

    def _knows_people_of(self, event: Event) -> bool:
        return all(self._profiles.get(each) is not None for each in people_in(event))

    async def _ask_again(self, talk: Conversation, posts: Sequence[str]) -> tuple[list[Event], set[str]]:
        """The posts that one relay still has, and those that it knows to be deleted; learn their profiles as well."""
        gone = await ask_deletions(talk, posts)
        met = await ask_posts(talk, posts)
        authors = [parts[1] for parts in map(parts_of, posts) if parts is not None]
        await ask_profiles(talk, self._profiles.wanted([*authors, *_people(met)], time.monotonic()), self._profiles)
        return met, gone


def _people(events: Iterable[Event]) -> list[str]:
    return list(dict.fromkeys(each for event in events for each in people_in(event)))


def _called(local: str) -> str:
    return short("note", local.partition(":")[0])
