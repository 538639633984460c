"""Turns what a source found into events: new, edited, met elsewhere, gone, or nothing; one transaction a read."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import TYPE_CHECKING, Final, NamedTuple

from msgspec.structs import replace

from kiosk.domain.echo import is_echo, words_key
from kiosk.domain.events import EchoLost, PostDeleted, PostEchoed, PostEdited, PostReceived, PostSighted
from kiosk.domain.model import Echo, PostState, Sighting, Standing, Tombstone
from kiosk.domain.moderation import judge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from kiosk.archive.event_file import EventFile
    from kiosk.domain.events import Event
    from kiosk.domain.model import Cursor, Post, PostUri, State
    from kiosk.domain.moderation import Rules
    from kiosk.runtime.clocks import Clock
    from kiosk.runtime.ledger import Ledger
    from kiosk.sources.source import Batch, Found, Recheck

DEPARTED: Final = 10_000
"""Ids that were told to be gone before they were met, remembered so that they never come."""


class Taken(NamedTuple):
    """What came of a batch: how many posts were new, and when the newest of them was made (UTC)."""

    received: int = 0
    newest: datetime | None = None


class _Known(NamedTuple):
    """What the event file knows of a finding: itself, the post it is a copy of, and one it might be a copy of."""

    state: State | None
    of: PostState | None
    twin: PostState | None


class Ingest:
    """Commits each batch with the cursor that covers it, so that reading one twice changes nothing.

    What left or changed is taken off the wall first, by `take_away`, and committed second.
    """

    def __init__(
        self,
        ledger: Ledger,
        rules: Rules,
        clock: Clock,
        take_away: Callable[[Sequence[PostUri]], None] = lambda _: None,
    ) -> None:
        """Judge by `rules`."""
        self._ledger = ledger
        self._rules = rules
        self._clock = clock
        self._take_away = take_away
        self._turn = asyncio.Lock()
        self._departed: OrderedDict[tuple[str, str], None] = OrderedDict()

    async def take(self, source: str, batch: Batch) -> Taken:
        """Commit what is new, changed or gone in a batch.

        Raises:
            ArchiveError: where nothing of it became durable; the cursor has not moved then either.

        """
        async with self._turn:
            gone = await self._gone(source, batch.gone, batch.gone_under)
            left = {event.uri for event in gone}
            found = [item for item in batch.found if (source, item.local_id) not in self._departed]
            events = [event for event in await self._events(source, found) if _post_of(event) not in left]
            await self._commit([*gone, *events], batch.cursor)
        fresh = [event.post.created_at for event in events if isinstance(event, PostReceived)]
        return Taken(len(fresh), max(fresh, default=None))

    async def follow(self, source: str, answer: Recheck, posts: Mapping[str, PostUri]) -> None:
        """Commit what a source said of `posts`, by its ids for them: what is gone, and what was edited.

        Raises:
            ArchiveError: where nothing of it became durable; what was taken off the wall stays away.

        """
        async with self._turn:
            now = self._clock.now()
            gone = [PostDeleted(at=now, uri=posts[identity], reason=f"gone at {source}") for identity in answer.gone]
            if gone:
                self._take_away([event.uri for event in gone])  # even where the event file cannot be read any more
            found = [item for item in answer.found if item.post.uri in posts.values()]
            edited = [event for event in await self._events(source, found) if isinstance(event, PostEdited)]
            await self._commit([*gone, *edited], None)

    async def _commit(self, events: Sequence[Event], cursor: Cursor | None) -> None:
        leaving = [uri for event in events if (uri := _leaving(event)) is not None]
        if leaving:
            self._take_away(leaving)
        if events or cursor is not None:
            await self._ledger.commit(*events, cursor=cursor)

    async def _gone(self, source: str, ids: Sequence[str], beginnings: Sequence[str]) -> list[PostDeleted | EchoLost]:
        if not ids and not beginnings:
            return []

        def look(file: EventFile) -> list[tuple[PostUri, PostUri | None]]:
            met = file.whereabouts.sighted(source, ids)
            self._remember(source, [identity for identity in ids if identity not in met])
            under = [uri for each in beginnings for uri in file.whereabouts.sighted_under(source, each)]
            known = dict.fromkeys([*met.values(), *under])
            return [(uri, file.whereabouts.echoed(uri)) for uri in known if not isinstance(file.state(uri), Tombstone)]

        now = self._clock.now()
        return [
            PostDeleted(at=now, uri=uri, reason=f"gone at {source}")
            if of is None
            else EchoLost(at=now, uri=of, echo=uri)
            for uri, of in await self._ledger.read(look)
        ]

    def _remember(self, source: str, ids: Iterable[str]) -> None:
        for identity in ids:
            self._departed[source, identity] = None
        while len(self._departed) > DEPARTED:
            self._departed.popitem(last=False)

    async def _events(self, source: str, found: Sequence[Found]) -> list[Event]:
        """What these findings mean for the posts that are known."""
        found = list({item.post.uri: item for item in found}.values())
        if not found:
            return []
        known = await self._ledger.read(lambda file: _known(file, [item.post for item in found]))
        events: list[Event] = []
        for item, each in zip(found, known, strict=True):
            events += self._event(each, item.post, Sighting(source, item.local_id))
        return events

    def _event(self, known: _Known, post: Post, sighting: Sighting) -> list[Event]:
        now, state = self._clock.now(), known.state
        if state is None:
            return self._first_met(known, post, sighting)
        if isinstance(state, Tombstone):
            return []
        if newer(post, state) and same_origin(sighting, state):
            return [PostEdited(at=now, post=post, sighting=sighting, verdict=judge(post, self._rules))]
        return [] if sighting in state.sightings else [PostSighted(at=now, uri=post.uri, sighting=sighting)]

    def _first_met(self, known: _Known, post: Post, sighting: Sighting) -> list[Event]:
        """A post that has no state of its own: new, or a copy of one that has."""
        now = self._clock.now()
        received = PostReceived(at=now, post=post, sighting=sighting, verdict=judge(post, self._rules))
        if known.of is not None:
            still = still_echoes(post, known.of)
            return [] if still else [EchoLost(at=now, uri=known.of.uri, echo=post.uri), received]
        if known.twin is not None:
            return [PostEchoed(at=now, uri=known.twin.uri, echo=Echo(post.uri, post.author.handle, sighting, post.url))]
        return [received]


def _known(file: EventFile, posts: Sequence[Post]) -> list[_Known]:
    """What is known of each of these, asked for together."""
    states = file.known([post.uri for post in posts])
    echoes = file.whereabouts.echoes(post.uri for post in posts if post.uri not in states)
    return [_known_of(file, post, states.get(post.uri), echoes.get(post.uri)) for post in posts]


def _known_of(file: EventFile, post: Post, state: State | None, echoed: PostUri | None) -> _Known:
    if state is not None:
        return _Known(state, None, None)
    if echoed is not None:
        of = file.state(echoed)
        return _Known(None, of if isinstance(of, PostState) else None, None)
    return _Known(None, None, file.whereabouts.original(post))


def still_echoes(post: Post, of: PostState) -> bool:
    """Whether a known copy still says what the post that stands for it says."""
    return words_key(post) == words_key(of.post) and is_echo(post, of.post)


def _leaving(event: Event) -> PostUri | None:
    """The post whose pixels an event takes away."""
    if isinstance(event, PostEdited):
        return event.post.uri
    return event.uri if isinstance(event, PostDeleted) else None


def _post_of(event: Event) -> PostUri | None:
    return event.post.uri if isinstance(event, PostReceived | PostEdited) else None


def newer(post: Post, state: PostState) -> bool:
    """Whether a post as it was met now has other content than the one that is known.

    The preview of a link is made by the server some time after the post and is no doing of the author's: where it
    alone came or changed, a post that was approved stays as it was approved.
    """
    if post.edited_at == state.post.edited_at and state.standing is Standing.APPROVED:
        post = replace(post, card=state.post.card)
    return post.edited_at != state.post.edited_at or _content(post) != _content(state.post)


def same_origin(sighting: Sighting, state: PostState) -> bool:
    """Whether this is the source that the known content came from: others cache names and pictures their own way."""
    return state.sightings[0].source == sighting.source


def _content(post: Post) -> tuple[object, ...]:
    shown = (post.author, post.text, post.sensitive, post.warning, post.attachments)
    return (*shown, post.emojis, post.quote, post.poll, post.card)
