"""Everything that can happen, as one tagged union; the journal is a sequence of these and nothing else."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003  # msgspec reads the annotation at run time
from enum import StrEnum
from typing import Final

import msgspec

from kiosk.domain.model import (
    ContentHash,
    Echo,
    Photo,
    Post,
    PostUri,
    Sighting,
    State,
    Verdict,
)


class Happening(msgspec.Struct, frozen=True, tag_field="event", kw_only=True):
    """What all events share: when it happened, in UTC."""

    at: datetime


class EventDescribed(Happening, frozen=True, tag="event-described"):
    """The gathering itself, as the header and the slate name it; `timezone` is an IANA name."""

    name: str
    hashtags: tuple[str, ...] = ()
    join: str = ""
    timezone: str = "UTC"


class PostReceived(Happening, frozen=True, tag="post-received"):
    """A post was met for the first time, with the rules' opinion of it."""

    post: Post
    sighting: Sighting
    verdict: Verdict = Verdict()


class PostEdited(Happening, frozen=True, tag="post-edited"):
    """A known post has new content."""

    post: Post
    sighting: Sighting
    verdict: Verdict = Verdict()


class PostSighted(Happening, frozen=True, tag="post-sighted"):
    """A known post, unchanged, was met on another source."""

    uri: PostUri
    sighting: Sighting


class PostEchoed(Happening, frozen=True, tag="post-echoed"):
    """The same person posted the same words elsewhere, too; `uri` is the post that stands for both."""

    uri: PostUri
    echo: Echo


class EchoLost(Happening, frozen=True, tag="echo-lost"):
    """A copy of this post elsewhere is gone, or says something else now."""

    uri: PostUri
    echo: PostUri


class PostDeleted(Happening, frozen=True, tag="post-deleted"):
    """A post is gone at its origin."""

    uri: PostUri
    reason: str = ""


class PhotoStored(Happening, frozen=True, tag="photo-stored"):
    """The picture behind `url`, of this post, was fetched, decoded and stored."""

    uri: PostUri
    url: str
    photo: Photo


class PhotoRefused(Happening, frozen=True, tag="photo-refused"):
    """The picture behind `url`, of this post, will not be shown, and why."""

    uri: PostUri
    url: str
    reason: str


class Decided(Happening, frozen=True):
    """What all decisions share: on which post, by whom."""

    uri: PostUri
    by: str


class Approved(Decided, frozen=True, tag="approved"):
    """A moderator has seen exactly this content and wants it on the wall."""

    content: ContentHash


class Rejected(Decided, frozen=True, tag="rejected"):
    """A moderator does not want this post on the wall."""

    reason: str = ""


class Stashed(Decided, frozen=True, tag="stashed"):
    """A moderator will decide later."""


class Hidden(Decided, frozen=True, tag="hidden"):
    """A moderator took a post off the wall."""

    reason: str = ""


class Requeued(Decided, frozen=True, tag="requeued"):
    """A moderator put a post back into the queue."""


class Cause(StrEnum):
    """Why a cue was shown: its turn had come, or somebody at the desk wanted it."""

    TURN = "turn"
    PINNED = "pinned"
    FEATURED = "featured"
    BACK = "back"


class CueShown(Happening, frozen=True, tag="cue-shown"):
    """Proof of play: these posts were shown in this scene for so many seconds, ending at `at`.

    `by` wanted it, where it was not its turn; `held_by` kept it up for longer than it would have stayed.
    """

    scene: str
    uris: tuple[PostUri, ...]
    seconds: float
    cause: Cause = Cause.TURN
    by: str = ""
    held_by: str = ""


class Pinned(Happening, frozen=True, tag="pinned"):
    """A moderator wants this post, or else this scene, again at every `every`-th cue, at 0 for good.

    There is one pin at a time. A post that may no longer be shown takes its pin along.
    """

    by: str
    scene: str = ""
    uri: PostUri | None = None
    every: int = 0


class Unpinned(Happening, frozen=True, tag="unpinned"):
    """A moderator wants nothing pinned."""

    by: str


class PacingNoted(Happening, frozen=True, tag="pacing-noted"):
    """How evenly the wall moved until `at`: frames painted, refreshes that passed without the picture that was due,
    the longest gap and the time in motion in seconds; `drawn` says what drew.
    """

    frames: int
    late: int
    longest: float
    seconds: float
    drawn: str = ""


class PanicRaised(Happening, frozen=True, tag="panic-raised"):
    """Nothing but the safe slate may be shown."""

    by: str


class PanicCleared(Happening, frozen=True, tag="panic-cleared"):
    """The wall may show approved posts again."""

    by: str


PostEvent = (
    PostReceived
    | PostEdited
    | PostSighted
    | PostEchoed
    | EchoLost
    | PostDeleted
    | PhotoStored
    | PhotoRefused
    | Approved
    | Rejected
    | Stashed
    | Hidden
    | Requeued
)
"""An event that belongs to one post and changes its state."""

Event = PostEvent | EventDescribed | CueShown | Pinned | Unpinned | PacingNoted | PanicRaised | PanicCleared


class Change(msgspec.Struct, frozen=True):
    """One committed event and what it did to its post (`before` and `after` are None for other events)."""

    event: Event
    before: State | None = None
    after: State | None = None


def uri_of(event: Event) -> PostUri | None:
    """The post an event belongs to, or None."""
    if isinstance(event, PostReceived | PostEdited):
        return event.post.uri
    if isinstance(event, PostSighted | PostEchoed | EchoLost | PostDeleted | PhotoStored | PhotoRefused | Decided):
        return event.uri
    return None


_ENCODER: Final = msgspec.json.Encoder()
_DECODER: Final = msgspec.json.Decoder(Event)


def encode(event: Event) -> bytes:
    """One line of JSON without the newline; `decode` gives the event back exactly."""
    return _ENCODER.encode(event)


def decode(line: bytes | str) -> Event:
    """Read what `encode` wrote.

    Raises:
        msgspec.ValidationError: for anything else.

    """
    return _DECODER.decode(line)
