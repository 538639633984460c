"""What relays are asked beside the tags: who somebody is, whether a post still stands, and who deleted what."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from kiosk.sources.nostr.events import DELETION, PROFILE, Event, parts_of
from kiosk.sources.nostr.reading import believed
from kiosk.sources.nostr.relay import PAGE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kiosk.sources.nostr.profiles import Profiles
    from kiosk.sources.nostr.relay import Conversation

AT_ONCE: Final = 100
"""Ids or people in one question."""


async def ask_profiles(talk: Conversation, people: Sequence[str], profiles: Profiles) -> None:
    """Have `profiles` learn what a relay knows of these keys.

    Raises:
        SourceError: where the relay does not answer; so do the others here.

    """
    for some in _hundreds(people):
        question = {"kinds": [PROFILE], "authors": some, "limit": len(some)}
        events, _ = await believed(await talk.ask(question), talk.host, time.time())
        for event in events:
            profiles.learn(event)


async def ask_deletions(talk: Conversation, posts: Sequence[str]) -> set[str]:
    """Which of these local ids their authors deleted, as far as a relay knows.

    Only the authors' own deletions are asked for, since anybody may flood a relay with others that mean nothing.
    """
    gone: set[str] = set()
    for some in _hundreds(posts):
        ids, authors = _apart(some)
        question = {"kinds": [DELETION], "#e": ids, "authors": authors, "limit": PAGE}
        events, _ = await believed(await talk.ask(question), talk.host, time.time())
        gone.update(*(event.deleted() for event in events))
    return gone & set(posts)


async def ask_posts(talk: Conversation, posts: Sequence[str]) -> list[Event]:
    """Those of these local ids that a relay has."""
    met: list[Event] = []
    for some in _hundreds(posts):
        ids, _ = _apart(some)
        events, _ = await believed(await talk.ask({"ids": ids, "limit": len(ids)}), talk.host, time.time())
        met += [event for event in events if event.local_id in some]
    return met


def _apart(posts: Sequence[str]) -> tuple[list[str], list[str]]:
    """Ids and authors of local ids, each once."""
    parts = [each for each in map(parts_of, posts) if each is not None]
    return list(dict.fromkeys(each[0] for each in parts)), list(dict.fromkeys(each[1] for each in parts))


def _hundreds(items: Sequence[str]) -> Iterator[list[str]]:
    return (list(items[start : start + AT_ONCE]) for start in range(0, len(items), AT_ONCE))
