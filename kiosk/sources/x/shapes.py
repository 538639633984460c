"""What the X API's objects look like, each read on its own, so that a wrong one loses only itself.

See https://docs.x.com/x-api/fundamentals/data-dictionary; what is not asked for or not there is left out by the API.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final, NamedTuple, TypeVar, cast

import msgspec
from msgspec import Meta

from kiosk.domain.model import PostUri
from kiosk.domain.text import one_line

FAULTS: Final = (msgspec.DecodeError, UnicodeError, RecursionError, ValueError, OverflowError, TypeError)
"""What reading foreign values was seen to raise."""

_EPOCH: Final = datetime.fromtimestamp(1_288_834_974.657, tz=UTC)
"""When X's ids began to hold their time, in milliseconds above 22 bits."""

_LONGEST_ID: Final = 20

_Moment = Annotated[datetime, Meta(tz=True)]
_Kind = TypeVar("_Kind")


class XUser(msgspec.Struct):
    """An account."""

    id: str
    username: str
    name: str = ""
    profile_image_url: str = ""
    protected: bool = False
    withheld: Any = None


class XMedia(msgspec.Struct):
    """A picture or a video; of a video the preview is what can be shown."""

    media_key: str
    type: str = ""
    url: str = ""
    preview_image_url: str = ""
    alt_text: str = ""


class XOption(msgspec.Struct):
    """One choice of a poll."""

    label: str
    position: int = 0


class XPoll(msgspec.Struct):
    """A poll that a post asks."""

    id: str
    options: Any = None


class XImage(msgspec.Struct):
    """A picture of a link's preview."""

    url: str
    width: int = 0


class XUrl(msgspec.Struct):
    """A link in a text: how it stands there (`url`), how it is shown, where it leads."""

    url: str
    expanded_url: str = ""
    display_url: str = ""
    unwound_url: str = ""
    media_key: str = ""
    title: str = ""
    description: str = ""
    images: Any = None


class XTag(msgspec.Struct):
    """A hashtag in a text, without #."""

    tag: str


class XReferenced(msgspec.Struct):
    """That a post is a repost of, quotes or replies to another."""

    type: str
    id: str


class XPost(msgspec.Struct):
    """A post, or one version of it."""

    id: str
    text: str = ""
    author_id: str = ""
    created_at: _Moment | None = None
    edit_history_tweet_ids: list[str] | None = None
    lang: str | None = None
    possibly_sensitive: bool | None = None
    referenced_tweets: Any = None
    attachments: Any = None
    entities: Any = None
    note_tweet: Any = None
    withheld: Any = None

    @property
    def versions(self) -> list[str]:
        """Its ids, oldest first."""
        return sorted({self.id, *(self.edit_history_tweet_ids or ())}, key=number_of)


class Problem(msgspec.Struct):
    """What went wrong with one thing that was asked for: https://docs.x.com/x-api/fundamentals/response-codes-and-errors."""

    title: str = ""
    detail: str = ""
    message: str = ""
    type: str = ""
    parameter: str = ""
    resource_id: str = ""
    disconnect_type: str = ""

    @property
    def kind(self) -> str:
        """The last part of its type, which is an address on one of the service's two hosts."""
        return self.type.rsplit("/", 1)[-1]

    @property
    def words(self) -> str:
        """What the service says of it."""
        return one_line(self.detail or self.message or self.title or self.kind or "something is wrong", limit=200)


class Included(NamedTuple):
    """What came with the posts because they refer to it, by its id."""

    users: dict[str, XUser]
    media: dict[str, XMedia]
    polls: dict[str, XPoll]
    posts: dict[str, XPost]


def moment_of(identity: str) -> datetime:
    """When an id was made, in milliseconds."""
    return _EPOCH + timedelta(milliseconds=number_of(identity) >> 22)


def uri_of(identity: str) -> PostUri:
    """The name of a post, by the first of its ids."""
    return PostUri(f"https://x.com/i/status/{identity}")


def number_of(identity: str) -> int:
    """An id as the number that orders it.

    Raises:
        ValueError: where it is none.

    """
    if not (identity.isascii() and identity.isdecimal() and len(identity) <= _LONGEST_ID):
        raise ValueError(f"“{one_line(identity, limit=40)}” is no id")
    return int(identity)


def inner(of: dict[str, Any], key: str) -> dict[str, Any]:
    """An object within an object, an empty one where there is none."""
    value = of.get(key)
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def text_of(of: dict[str, Any], key: str) -> str:
    """A text within an object, "" where there is none."""
    value = of.get(key)
    return value if isinstance(value, str) else ""


def each(values: Any, kind: type[_Kind]) -> list[_Kind]:
    """Those of a list that are what they should be."""
    found: list[_Kind] = []
    for value in cast("list[Any]", values) if isinstance(values, list) else ():
        try:
            found.append(msgspec.convert(value, kind))
        except FAULTS:
            continue
    return found
