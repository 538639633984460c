"""A feed's entries made into Posts; one that cannot be shown loses only itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urljoin, urlsplit

from kiosk.domain.model import Attachment, Author, Kind, Post, PostUri
from kiosk.domain.text import clean, one_line
from kiosk.sources.source import Found

if TYPE_CHECKING:
    from datetime import datetime

    from kiosk.domain.feeds import FeedEntry, ParsedFeed

_LONGEST_ADDRESS: Final = 2_000
_GLOBAL: Final = re.compile(r"(?:https?://[^/]|tag:|urn:)", re.IGNORECASE)
"""Ids that nobody else gives to something else: RFC 4287 4.2.6 asks for a URI, RSS 2.0 for anything."""

_HALVES: Final = re.compile("[\ud800-\udfff]")
"""Halves of characters, which JSON can write (RFC 8259, 8.2) and UTF-8 cannot: no event file could keep them."""


class Place(NamedTuple):
    """Where a feed was read: the address as the organiser wrote it, where redirects led, and which schemes are good.

    `modified` is when the server says the feed last changed.
    """

    address: str
    ended: str
    schemes: tuple[str, ...]
    modified: datetime | None = None

    @property
    def host(self) -> str:
        """The host that the organiser chose."""
        return urlsplit(self.address).hostname or self.address

    def web_address(self, link: str) -> str:
        """A link of the feed made whole, "" for one of another kind or of insane length."""
        try:
            whole = urljoin(self.ended, link.strip()) if link.strip() else ""
        except ValueError:
            return ""
        sane = len(whole) <= _LONGEST_ADDRESS and not _HALVES.search(whole)
        return whole if sane and whole.startswith(self.schemes) else ""


def found(entry: FeedEntry, feed: ParsedFeed, place: Place) -> Found:
    """Make a post of an entry; its local id begins with its date, where it has one of its own.

    Raises:
        ValueError: with the reason, where nothing can be shown of it.

    """
    created = entry.published or place.modified
    if created is None:
        raise ValueError("neither it nor its feed says when it was written")
    text = _text(entry)
    pictures = tuple(
        Attachment(Kind.PHOTO, url, clean(alt, limit=1_500))
        for address, alt in entry.pictures
        if (url := place.web_address(address))
    )
    if not text and not pictures:
        raise ValueError("it has neither words nor pictures")
    uri = _uri(entry.id, feed, place)
    post = Post(
        uri=uri,
        author=_author(entry, feed, place),
        text=text,
        created_at=created,
        url=place.web_address(entry.link),
        edited_at=entry.updated if entry.dated and entry.updated and entry.updated > created else None,
        tags=tuple(filter(None, (one_line(tag, limit=100) for tag in entry.tags))),
        language=one_line(entry.language, limit=16),
        attachments=pictures,
    )
    return Found(post, f"{created:%Y-%m-%dT%H:%M:%S} {uri}" if entry.dated and entry.published else uri)


def _uri(identity: str, feed: ParsedFeed, place: Place) -> PostUri:
    known = clean(identity, limit=_LONGEST_ADDRESS)
    if _GLOBAL.match(known):
        return PostUri(known)
    return PostUri(f"feed:{urlsplit(place.web_address(feed.link)).hostname or place.host}/{known}")


def _text(entry: FeedEntry) -> str:
    title, text = entry.title.strip(), entry.text.strip()
    told = one_line(text, limit=5_000).casefold().startswith(one_line(title, limit=5_000).rstrip(" .…").casefold())
    return clean(text if not title or (text and told) else f"{title}\n\n{text}")


def _author(entry: FeedEntry, feed: ParsedFeed, place: Place) -> Author:
    """Who wrote: the handle begins with the host that the organiser chose, so that no entry can borrow another's."""
    name = one_line(entry.author) or one_line(feed.title) or place.host
    handle = f"{place.host}/{name}" if entry.author else place.host
    return Author(handle=one_line(handle, limit=160), name=name, avatar=place.web_address(feed.image))
