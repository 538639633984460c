"""What a Bluesky post carries besides its words: pictures, the still of a video, a link's preview, a quoted post.

See the `#view` definitions under https://github.com/bluesky-social/atproto/tree/main/lexicons/app/bsky/embed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import urlsplit

import msgspec

from kiosk.domain.model import Attachment, Card, Kind, Quote
from kiosk.domain.text import clean, one_line
from kiosk.sources.bluesky.authors import Profile, author_of, web_address
from kiosk.sources.bluesky.labels import Label, ruling

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_PICTURES: Final = 20
"""The gallery's own limit."""

_HOME: Final = "app.bsky.embed."
_UNSHOWN: Final = "It quotes a post that may not be shown here."
_UNSEEN: Final = "It quotes a post that is gone, blocked or detached."


class Embedded(NamedTuple):
    """What was embedded; `remarks` are sentences for the moderator about what was left out."""

    attachments: tuple[Attachment, ...] = ()
    card: Card | None = None
    quote: Quote | None = None
    remarks: tuple[str, ...] = ()


class _Picture(msgspec.Struct):
    fullsize: str | None = None
    thumb: str | None = None
    thumbnail: str | None = None
    alt: str | None = None


class _External(msgspec.Struct):
    uri: str
    title: str | None = None
    description: str | None = None
    thumb: str | None = None
    labels: list[Label] | None = None


class _Value(msgspec.Struct):
    text: str | None = None
    type: str = msgspec.field(name="$type", default="")


class _Quoted(msgspec.Struct):
    type: str = msgspec.field(name="$type", default="")
    uri: str = ""
    author: Profile | None = None
    value: _Value | None = None
    labels: list[Label] | None = None


class _Images(msgspec.Struct):
    images: list[_Picture]


class _Gallery(msgspec.Struct):
    items: list[_Picture]


class _Link(msgspec.Struct):
    external: _External


class _Quotation(msgspec.Struct):
    record: msgspec.Raw


class _Both(msgspec.Struct):
    record: msgspec.Raw
    media: msgspec.Raw


class _Kind(msgspec.Struct):
    type: str = msgspec.field(name="$type", default="")


def embedded(raw: bytes | msgspec.Raw) -> Embedded:
    """Read the `embed` of a view; what is of no known kind is left out.

    Raises:
        ValueError: and its kin, where one of a known kind is broken.

    """
    kind = (msgspec.json.decode(raw, type=_Kind | None) or _Kind()).type.removeprefix(_HOME)
    reader = _READERS.get(kind)
    return reader(raw) if reader else Embedded()


def _images(raw: bytes | msgspec.Raw) -> Embedded:
    return Embedded(tuple(map(_photo, msgspec.json.decode(raw, type=_Images).images[:MOST_PICTURES])))


def _gallery(raw: bytes | msgspec.Raw) -> Embedded:
    return Embedded(tuple(map(_photo, msgspec.json.decode(raw, type=_Gallery).items[:MOST_PICTURES])))


def _photo(picture: _Picture) -> Attachment:
    url = web_address(picture.fullsize) or web_address(picture.thumb or picture.thumbnail)
    return Attachment(Kind.PHOTO, url, clean(picture.alt or "", limit=1_500))


def _video(raw: bytes | msgspec.Raw) -> Embedded:
    video = msgspec.json.decode(raw, type=_Picture)
    return Embedded((Attachment(Kind.VIDEO, web_address(video.thumbnail), clean(video.alt or "", limit=1_500)),))


def _link(raw: bytes | msgspec.Raw) -> Embedded:
    link = msgspec.json.decode(raw, type=_Link).external
    url = web_address(link.uri)
    judged = ruling(link.labels or ())
    if not url or judged.hidden or judged.warnings:
        return Embedded()
    card = Card(
        url=url,
        title=one_line(link.title or "", limit=200),
        description=one_line(link.description or "", limit=500),
        provider=one_line((urlsplit(url).hostname or "").removeprefix("www."), limit=100),
        image=web_address(link.thumb),
    )
    return Embedded(card=card)


def _quotation(raw: bytes | msgspec.Raw) -> Embedded:
    """A quoted post; lists, feeds and starter packs stand in the same place and are not shown."""
    quoted = msgspec.json.decode(msgspec.json.decode(raw, type=_Quotation).record, type=_Quoted)
    kind = quoted.type.removeprefix(_HOME)
    if kind != "record#viewRecord":
        return Embedded(remarks=(_UNSEEN,)) if kind in _GONE else Embedded()
    if quoted.author is None or quoted.value is None or quoted.value.type != "app.bsky.feed.post":
        return Embedded()
    judged = ruling([*(quoted.labels or ()), *(quoted.author.labels or ())])
    if judged.hidden or judged.warnings:
        return Embedded(remarks=(_UNSHOWN,))
    author = author_of(quoted.author)
    url = f"https://bsky.app/profile/{quoted.author.did}/post/{quoted.uri.rsplit('/', 1)[-1]}"
    return Embedded(quote=Quote(author, clean(quoted.value.text or ""), web_address(url)))


def _both(raw: bytes | msgspec.Raw) -> Embedded:
    both = msgspec.json.decode(raw, type=_Both)
    media, quotation = embedded(both.media), _quotation(both.record)
    return media._replace(quote=quotation.quote, remarks=media.remarks + quotation.remarks)


_GONE: Final = frozenset({"record#viewNotFound", "record#viewBlocked", "record#viewDetached"})
_READERS: Final[dict[str, Callable[[Any], Embedded]]] = {
    "images#view": _images,
    "gallery#view": _gallery,
    "video#view": _video,
    "external#view": _link,
    "record#view": _quotation,
    "recordWithMedia#view": _both,
}
