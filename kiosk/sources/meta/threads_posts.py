"""A Threads media object made into a Post; see https://developers.facebook.com/docs/threads/reference/media-retrieval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from kiosk.domain.model import Attachment, Author, Kind, Post, PostUri
from kiosk.domain.text import clean, one_line
from kiosk.sources.meta.graph import MOST_PICTURES, address, moment
from kiosk.sources.source import Found

if TYPE_CHECKING:
    from collections.abc import Iterator

FIELDS: Final = (
    "id,text,media_type,media_url,thumbnail_url,permalink,timestamp,username,is_quote_post,alt_text,topic_tag,"
    "is_spoiler_media,children{media_type,media_url,thumbnail_url,alt_text}"
)
PLAIN_FIELDS: Final = "id,text,media_type,permalink,timestamp,username,is_quote_post"
"""The fields of the documentation's own example, for where the API does not know all of `FIELDS`."""

_REPOST: Final = "REPOST_FACADE"
_KINDS: Final = {"IMAGE": Kind.PHOTO, "VIDEO": Kind.VIDEO}


class _Media(msgspec.Struct):
    media_type: str = ""
    media_url: str | None = None
    thumbnail_url: str | None = None
    alt_text: str | None = None


class _Children(msgspec.Struct):
    data: list[_Media]


class _Thread(_Media):
    id: str | int = ""
    text: str | None = None
    permalink: str | None = None
    timestamp: str = ""
    username: str = ""
    is_quote_post: bool | None = None
    topic_tag: str | None = None
    is_spoiler_media: bool | None = None
    children: _Children | None = None


_THREAD: Final = msgspec.json.Decoder(_Thread)


def read_thread(item: bytes | msgspec.Raw) -> Found | None:
    """Read one media object; None for a repost.

    Raises:
        msgspec.DecodeError, ValueError, OverflowError, RecursionError, UnicodeError: where it cannot be read.

    """
    thread = _THREAD.decode(item)
    if thread.media_type == _REPOST:
        return None
    identity = one_line(str(thread.id), limit=64)
    if not identity.isascii() or not identity.isalnum():
        raise ValueError("its id is none")
    name = one_line(thread.username, limit=60).lstrip("@")
    if not name:
        raise ValueError("its author has no name")
    post = Post(
        uri=PostUri(f"threads:{identity}"),
        author=Author(handle=f"@{name}@threads.net", name=name),
        text=clean(thread.text or ""),
        created_at=moment(thread.timestamp),
        url=address(thread.permalink),
        tags=(one_line(thread.topic_tag, limit=100),) if thread.topic_tag else (),
        sensitive=bool(thread.is_spoiler_media),
        attachments=tuple(_attachments(thread)),
        remarks=("It quotes another post, which is not shown here.",) if thread.is_quote_post else (),
    )
    return Found(post, identity)


def _attachments(thread: _Thread) -> Iterator[Attachment]:
    parts = thread.children.data[:MOST_PICTURES] if thread.children else [thread]
    for part in parts:
        kind = _KINDS.get(part.media_type)
        if kind is not None:
            url = part.thumbnail_url if kind is Kind.VIDEO else part.media_url
            yield Attachment(kind, address(url), clean(part.alt_text or "", limit=1_500))
