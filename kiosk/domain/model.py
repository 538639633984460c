"""The words of the program as frozen values: posts, where they stand, and what a machine thinks of them."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003  # msgspec reads the annotation at run time
from enum import StrEnum
from typing import NewType

import msgspec

PostUri = NewType("PostUri", str)
"""A post's global name: the same on every server that carries it."""

Sha256 = NewType("Sha256", str)
"""64 lower-case hex digits."""

ContentHash = NewType("ContentHash", str)
"""SHA-256 over everything of a post that can reach a pixel."""


class Author(msgspec.Struct, frozen=True):
    """Who posted. `handle` is the full address (`@ada@example.social`), `name` what they call themselves."""

    handle: str
    name: str
    avatar: str = ""
    bot: bool = False


class Kind(StrEnum):
    """What an attachment is; only PHOTO and the still of a VIDEO are ever fetched."""

    PHOTO = "photo"
    VIDEO = "video"
    OTHER = "other"


class Attachment(msgspec.Struct, frozen=True):
    """Something attached to a post. `url` is the picture to fetch; `focus` is x, y in 0…1 from top left."""

    kind: Kind
    url: str
    alt: str = ""
    focus: tuple[float, float] | None = None


class Emoji(msgspec.Struct, frozen=True):
    """A picture that a server draws in place of `:shortcode:` (the shortcode without its colons)."""

    shortcode: str
    url: str


class Quote(msgspec.Struct, frozen=True):
    """Another's post inside a post, where its author allows that; its text is shown, its pictures are not."""

    author: Author
    text: str
    url: str = ""


class Card(msgspec.Struct, frozen=True):
    """The preview of a link, as the server made it; `image` is the address of its picture."""

    url: str
    title: str
    description: str = ""
    provider: str = ""
    image: str = ""


class Post(msgspec.Struct, frozen=True):
    """What an attendee posted: plain text only, times in UTC, never a network's own type.

    `poll` holds the choices as they were posted, without votes; `remarks` are sentences for the moderator that
    never reach the wall.
    """

    uri: PostUri
    author: Author
    text: str
    created_at: datetime
    url: str = ""
    edited_at: datetime | None = None
    tags: tuple[str, ...] = ()
    language: str = ""
    sensitive: bool = False
    warning: str = ""
    attachments: tuple[Attachment, ...] = ()
    emojis: tuple[Emoji, ...] = ()
    quote: Quote | None = None
    poll: tuple[str, ...] = ()
    card: Card | None = None
    remarks: tuple[str, ...] = ()

    @property
    def pictures(self) -> tuple[str, ...]:
        """Addresses of every picture a card needs: the avatar first, then photos, the link's picture, emojis."""
        photos = tuple(item.url for item in self.attachments if item.kind is not Kind.OTHER)
        preview = self.card.image if self.card else ""
        drawn = tuple(item.url for item in self.emojis)
        return tuple(dict.fromkeys(url for url in (self.author.avatar, *photos, preview, *drawn) if url))


class Sighting(msgspec.Struct, frozen=True):
    """Where a post was met: the source's name and the id that source knows it by."""

    source: str
    local_id: str


class Echo(msgspec.Struct, frozen=True):
    """The same words by the same person on another network: folded into one post, and named at the desk."""

    uri: PostUri
    handle: str
    sighting: Sighting
    url: str = ""


class Cursor(msgspec.Struct, frozen=True):
    """How far a source has been read; `value` means something to that source only."""

    source: str
    value: str


class Photo(msgspec.Struct, frozen=True, tag="photo"):
    """A picture that we decoded and encoded anew, kept under the hash of its wall-sized bytes; sizes in pixels."""

    sha256: Sha256
    width: int
    height: int


class PhotoFailure(msgspec.Struct, frozen=True, tag="failure"):
    """Why a picture is not there."""

    reason: str


class Opinion(StrEnum):
    """What a machine may think of a post; it never decides."""

    HOLD = "hold"
    ALLOW = "allow"
    REJECT = "reject"


class Verdict(msgspec.Struct, frozen=True):
    """A rule's opinion with its reasons, each a sentence for the moderator."""

    opinion: Opinion = Opinion.HOLD
    reasons: tuple[str, ...] = ()


class Standing(StrEnum):
    """Where a post stands in moderation."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    STASHED = "stashed"


class PostState(msgspec.Struct, frozen=True, tag="post"):
    """Everything known of one post: the fold of its events.

    `approved` is the content a moderator's newest decision approved; `photos` maps each picture's address
    to what became of it; `revision` counts the events folded so far.
    """

    post: Post
    received_at: datetime
    standing: Standing = Standing.PENDING
    verdict: Verdict = Verdict()
    approved: ContentHash | None = None
    sightings: tuple[Sighting, ...] = ()
    echoes: tuple[Echo, ...] = ()
    photos: dict[str, Photo | PhotoFailure] = {}
    decided_by: str = ""
    decided_at: datetime | None = None
    reason: str = ""
    revision: int = 1

    @property
    def uri(self) -> PostUri:
        """The post's global name."""
        return self.post.uri

    @property
    def settled(self) -> bool:
        """Whether every picture has either arrived or failed, so that a decision covers all of them."""
        return all(url in self.photos for url in self.post.pictures)


class Tombstone(msgspec.Struct, frozen=True, tag="tombstone"):
    """A post that was deleted at its origin: it has no content left and can never come back."""

    uri: PostUri
    deleted_at: datetime
    revision: int = 1


State = PostState | Tombstone
