"""A news feed as it was parsed: what the sandbox hands to the source, whatever format the feed was written in."""

from __future__ import annotations

import re
from datetime import datetime  # noqa: TC003  # msgspec reads the annotation at run time
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urljoin

import msgspec
from selectolax.lexbor import LexborHTMLParser

from kiosk.domain.text import MAX_HTML, clean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from selectolax.lexbor import LexborNode


LONGEST_ID: Final = 2_000
MOST_PICTURES: Final = 16
MOST_SENTENCES: Final = 200


class FeedEntry(msgspec.Struct, frozen=True):
    """One entry; texts are plain, times UTC, `pictures` are (address, alt), `id` and `link` as the feed says them.

    `published` is None where neither the entry nor its feed says when; `dated` is whether the entry itself does.
    """

    id: str
    link: str = ""
    title: str = ""
    text: str = ""
    author: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    dated: bool = True
    tags: tuple[str, ...] = ()
    pictures: tuple[tuple[str, str], ...] = ()
    language: str = ""


class ParsedFeed(msgspec.Struct, frozen=True):
    """A whole feed: its own title and picture, and a sentence for each entry that could not be read.

    `ttl` is how many seconds the feed says it stays as it is, 0 where it does not say.
    """

    title: str = ""
    link: str = ""
    image: str = ""
    ttl: float = 0.0
    entries: tuple[FeedEntry, ...] = ()
    bad: tuple[str, ...] = ()


class PageHint(NamedTuple):
    """What a web page that came in a feed's place says: where its feed stands, and whether it asks to log in."""

    feed: str = ""
    log_in: bool = False


def pictures_in(html: str) -> list[tuple[str, str]]:
    """Address and alt text of the pictures in an entry's HTML, without smileys and counting pixels.

    Only the first 64 KB are looked at.
    """
    found: list[tuple[str, str]] = []
    for node in LexborHTMLParser(html[:MAX_HTML]).css("img[src]"):
        said = node.attributes
        small = {said.get("width") or "", said.get("height") or ""} & {"0", "1"}
        if said.get("src") and not small and not _SMILEY.search(said.get("class") or ""):
            found.append((said.get("src") or "", said.get("alt") or ""))
    return found


def pictures_of(found: Iterable[tuple[str, str]], base: str) -> tuple[tuple[str, str], ...]:
    """At most 16 pictures, each once and with the first alt text that any mention of it has; addresses made whole."""
    whole: dict[str, str] = {}
    for address, alt in found:
        if address:
            url = urljoin(base, address)
            whole[url] = whole.get(url) or clean(alt, limit=1_500)
    return tuple(whole.items())[:MOST_PICTURES]


def page_hint(html: str) -> PageHint:
    """Read a web page's `<link rel=alternate>` (https://html.spec.whatwg.org/#rel-alternate) and its log-in form."""
    page = LexborHTMLParser(html[:MAX_HTML])
    links = page.css('link[rel~="alternate"][href]')
    feed = next((node.attributes.get("href") or "" for node in links if _type(node) in _FEED_TYPES), "")
    title = page.css_first("title")
    asks = page.css_first("input[type=password]") is not None
    return PageHint(feed, asks or (title is not None and _LOG_IN.search(title.text()) is not None))


def _type(node: LexborNode) -> str:
    return (node.attributes.get("type") or "").strip().lower()


_FEED_TYPES: Final = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"}
)
_SMILEY: Final = re.compile(r"\b(?:emoji|smiley|wp-smiley)\b")
_LOG_IN: Final = re.compile(r"\b(?:log[ -]?[io]n|sign[ -]?in|wi-?fi|hot-?spot|captive|portal)\b", re.IGNORECASE)
