"""Turns what a source found into events: new, edited, met elsewhere, or nothing at all; one transaction a read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.domain.events import PostDeleted, PostEdited, PostReceived, PostSighted
from kiosk.domain.model import PostState, Sighting, Tombstone
from kiosk.domain.moderation import judge

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kiosk.domain.events import Event
    from kiosk.domain.model import Post, PostUri, State
    from kiosk.domain.moderation import Rules
    from kiosk.runtime.clocks import Clock
    from kiosk.runtime.ledger import Ledger
    from kiosk.sources.source import Batch, Found


class Ingest:
    """Commits each batch with the cursor that covers it, so that reading one twice changes nothing."""

    def __init__(self, ledger: Ledger, rules: Rules, clock: Clock) -> None:
        """Judge by `rules`."""
        self._ledger = ledger
        self._rules = rules
        self._clock = clock

    async def take(self, source: str, batch: Batch) -> int:
        """Commit what is new in a batch; how many posts were.

        Raises:
            ArchiveError: where nothing of it became durable; the cursor has not moved then either.

        """
        events = await self.events(source, batch.found)
        await self._ledger.commit(*events, cursor=batch.cursor)
        return sum(isinstance(event, PostReceived) for event in events)

    async def events(self, source: str, found: Iterable[Found]) -> list[Event]:
        """What these findings mean for the posts that are known."""
        findings = list(found)
        uris = [item.post.uri for item in findings]
        known = await self._ledger.read(lambda file: file.known(uris))
        events: list[Event] = []
        for item in findings:
            event = self._event(known.get(item.post.uri), item.post, Sighting(source, item.local_id))
            if event is not None:
                events.append(event)
        return events

    def gone(self, uri: PostUri, source: str) -> PostDeleted:
        """A post that its origin does not have any more."""
        return PostDeleted(at=self._clock.now(), uri=uri, reason=f"gone at {source}")

    def _event(self, state: State | None, post: Post, sighting: Sighting) -> Event | None:
        now = self._clock.now()
        if state is None:
            return PostReceived(at=now, post=post, sighting=sighting, verdict=judge(post, self._rules))
        if isinstance(state, Tombstone):
            return None
        if newer(post, state) and same_origin(sighting, state):
            return PostEdited(at=now, post=post, sighting=sighting, verdict=judge(post, self._rules))
        if sighting not in state.sightings:
            return PostSighted(at=now, uri=post.uri, sighting=sighting)
        return None


def newer(post: Post, state: PostState) -> bool:
    """Whether a post as it was met now has other content than the one that is known."""
    return post.edited_at != state.post.edited_at or _content(post) != _content(state.post)


def same_origin(sighting: Sighting, state: PostState) -> bool:
    """Whether this is the source that the known content came from: others cache names and pictures their own way."""
    return state.sightings[0].source == sighting.source


def _content(post: Post) -> tuple[object, ...]:
    return (post.author, post.text, post.sensitive, post.warning, post.attachments)
