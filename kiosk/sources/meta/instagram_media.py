"""An Instagram media object, as a hashtag's search tells of it, made into a Post: it has no author.

See https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-hashtag/recent-media.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

from kiosk.domain.model import Attachment, Author, Kind, Post, PostUri
from kiosk.domain.text import clean, one_line
from kiosk.sources.meta.graph import MOST_PICTURES, address, moment
from kiosk.sources.source import Found

if TYPE_CHECKING:
    from collections.abc import Iterator

FIELDS: Final = "id,caption,media_type,media_url,permalink,timestamp,children{media_type,media_url}"
AUTHOR: Final = Author(handle="instagram.com", name="Instagram")
"""The API names no author; nobody can be blocked or trusted by this handle."""

_KINDS: Final = {"IMAGE": Kind.PHOTO, "VIDEO": Kind.OTHER}
"""Of a video the search brings no still."""


class _Part(msgspec.Struct):
    media_type: str = ""
    media_url: str | None = None


class _Children(msgspec.Struct):
    data: list[_Part]


class _Media(_Part):
    id: str | int = ""
    caption: str | None = None
    permalink: str | None = None
    timestamp: str = ""
    children: _Children | None = None


_MEDIA: Final = msgspec.json.Decoder(_Media)


def read_media(item: bytes | msgspec.Raw) -> Found:
    """Read one media object.

    Raises:
        msgspec.DecodeError, ValueError, OverflowError, RecursionError, UnicodeError: where it cannot be read.

    """
    media = _MEDIA.decode(item)
    identity = one_line(str(media.id), limit=64)
    if not re.fullmatch(r"[0-9A-Za-z_]+", identity):
        raise ValueError("its id is none")
    attachments = tuple(_attachments(media))
    remarks = ["Instagram does not tell who posted this; its page does."]
    if any(item.kind is Kind.OTHER for item in attachments):
        remarks.append("It holds a video, which cannot be shown.")
    post = Post(
        uri=PostUri(f"instagram:{identity}"),
        author=AUTHOR,
        text=clean(media.caption or ""),
        created_at=moment(media.timestamp),
        url=address(media.permalink),
        attachments=attachments,
        remarks=tuple(remarks),
    )
    return Found(post, identity)


def _attachments(media: _Media) -> Iterator[Attachment]:
    parts = media.children.data[:MOST_PICTURES] if media.children else [media]
    for part in parts:
        kind = _KINDS.get(part.media_type, Kind.OTHER)
        yield Attachment(kind, address(part.media_url) if kind is Kind.PHOTO else "")
