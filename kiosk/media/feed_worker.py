"""What runs inside the sandboxed process for feeds: RSS and Atom become plain values; see `json_feed` for the third.

Imports no Qt and nothing of the program but pure functions of its domain; all is loaded before the limits close in.
See https://www.rssboard.org/rss-specification, RFC 4287 and https://www.rssboard.org/media-rss.
"""

from __future__ import annotations

import codecs
import io
import re
import warnings
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, cast

import feedparser  # pyright: ignore[reportMissingTypeStubs]
from msgspec.structs import replace

from kiosk.domain.feeds import (
    LONGEST_ID,
    MOST_SENTENCES,
    FeedEntry,
    PageHint,
    ParsedFeed,
    page_hint,
    pictures_in,
    pictures_of,
)
from kiosk.domain.text import MAX_HTML, clean, one_line, plain_from_html
from kiosk.media.confinement import confine
from kiosk.media.json_feed import read_json

if TYPE_CHECKING:
    from collections.abc import Callable

_parse = cast("Callable[..., Any]", feedparser.parse)  # it carries no types

ENTRIES: Final = 200
"""Entries of a feed that are kept: its newest."""

_ENCODINGS: Final = (
    *("ascii", "utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "idna"),
    *(f"iso-8859-{part}" for part in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16)),
    *(f"cp125{page}" for page in range(9)),
    *("koi8-r", "koi8-u", "gb2312", "gbk", "gb18030", "big5", "shift_jis", "euc-jp", "iso-2022-jp", "euc-kr"),
)
"""What Python must have loaded before no file can be opened any more."""

_LEADING: Final = re.compile(rb"(?:\xef\xbb\xbf)?(?:\s|<!--.*?-->|<\?.*?\?>)*", re.DOTALL)
_PAGE: Final = re.compile(rb"<!doctype\s+html|<html|<head|<body", re.IGNORECASE)
_MAIL: Final = re.compile(r"\S{1,300}@\S{1,300}")

Outcome = ParsedFeed | PageHint | str
"""A feed; or what a web page says that came in its place; or the sentence that says why there is neither."""


def prepare(memory: int) -> None:
    """Load everything that parsing needs, by parsing one feed of each kind, then close in."""
    warnings.simplefilter("ignore")
    feedparser.api.PREFERRED_XML_PARSERS.clear()  # it would look for another one in the file system every time
    for encoding in _ENCODINGS:
        codecs.lookup(encoding)
    for feed in _REHEARSAL:
        read(feed, "application/xml; charset=iso-8859-1")
    confine(memory)


def read(body: bytes, content_type: str) -> Outcome:
    """Read a feed of any kind; `content_type` is the answer's header."""
    leading = _LEADING.match(body)
    start = body[leading.end() if leading else 0 :][:64]
    try:
        if start[:1] in {b"{", b"["}:
            return _newest(read_json(body))
        if _PAGE.match(start):
            return page_hint(body[: MAX_HTML * 2].decode("utf-8", "replace"))
        return _newest(_read_xml(body, content_type))
    except MemoryError:
        return "The feed needs more memory than is allowed for one."
    except Exception as error:  # noqa: BLE001  # whatever the parsers raise on foreign bytes ends here, in the sandbox
        return f"The feed cannot be read: {_said(error)}."


def _said(error: BaseException) -> str:
    return one_line(str(error), limit=150).rstrip(".") or type(error).__name__


def _newest(feed: ParsedFeed) -> ParsedFeed:
    """The newest entries of a feed that has too many, in the feed's own order."""
    if len(feed.entries) <= ENTRIES:
        return feed
    oldest = datetime.min.replace(tzinfo=UTC)
    numbers = range(len(feed.entries))
    newest = sorted(numbers, key=lambda number: feed.entries[number].published or oldest, reverse=True)[:ENTRIES]
    return replace(feed, entries=tuple(feed.entries[number] for number in sorted(newest)))


def _read_xml(body: bytes, content_type: str) -> ParsedFeed:
    # Without a charset, what the XML itself declares counts (RFC 7303); feedparser would take US-ASCII for text/xml.
    said = content_type if "charset" in content_type.lower() else "application/xml"
    parsed: Any = _parse(
        io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False, response_headers={"content-type": said}
    )
    feed = parsed["feed"]
    if not parsed.get("version"):
        raise ValueError("it is neither RSS, Atom nor JSON Feed")
    moment = _moment(feed, "updated_parsed") or _moment(feed, "published_parsed")
    entries: list[FeedEntry] = []
    bad: list[str] = []
    for entry in parsed["entries"]:
        try:
            entries.append(_entry(entry, feed, moment))
        except Exception as error:  # noqa: BLE001  # one entry loses only itself
            bad.append(f"An entry cannot be read: {_said(error)}.")
    image = _part(feed, "image")
    return ParsedFeed(
        title=one_line(_plain(feed, "title"), limit=200),
        link=str(feed.get("link") or ""),
        image=str(image.get("href") or image.get("url") or feed.get("logo") or feed.get("icon") or ""),
        ttl=_seconds(feed.get("ttl")),
        entries=tuple(entries),
        bad=tuple(bad[:MOST_SENTENCES]),
    )


def _entry(entry: Any, feed: Any, feed_moment: datetime | None) -> FeedEntry:
    link = str(entry.get("link") or "")
    identity = str(entry.get("id") or link)
    if not identity.strip() or max(len(identity), len(link)) > LONGEST_ID:
        raise ValueError("it has neither an id nor a link, or an endless one")
    bodies = [str(part.get("value") or "") for part in entry.get("content") or ()]
    own = _moment(entry, "published_parsed") or _moment(entry, "updated_parsed")
    return FeedEntry(
        id=identity,
        link=link,
        title=_plain(entry, "title"),
        text=_plain(entry, "summary") or next((text for text in map(plain_from_html, bodies) if text), ""),
        author=_author(entry),
        published=own or feed_moment,
        updated=_moment(entry, "updated_parsed"),
        dated=own is not None,
        tags=tuple(one_line(str(tag.get("term") or ""), limit=100) for tag in (entry.get("tags") or ())[:50]),
        pictures=_pictures(entry, [str(entry.get("summary") or ""), *bodies], link or str(feed.get("link") or "")),
        language=str(_part(entry, "title_detail").get("language") or feed.get("language") or "")[:16],
    )


def _part(of: Any, key: str) -> Any:
    nothing: dict[str, Any] = {}
    return of.get(key) or nothing


def _plain(of: Any, key: str) -> str:
    text = str(of.get(key) or "")
    kind = str(_part(of, f"{key}_detail").get("type") or "")
    return plain_from_html(text) if "html" in kind or "<" in text else clean(text)


def _author(entry: Any) -> str:
    """The name; an address of mail, which RSS asks for, is nobody's to show."""
    said = str(entry.get("author") or _part(entry, "author_detail").get("name") or "")
    return one_line(_MAIL.sub(" ", said).strip(" ()<>"))


def _moment(of: Any, key: str) -> datetime | None:
    """A time as feedparser makes it (UTC); read past its mapping, which answers with another date and a warning."""
    parts = cast("Any", dict[str, Any].get(of, key))
    try:
        return datetime(*parts[:6], tzinfo=UTC) if parts else None
    except (TypeError, ValueError, OverflowError):
        return None


def _pictures(entry: Any, htmls: list[str], base: str) -> tuple[tuple[str, str], ...]:
    media = [
        (str(item.get("url") or ""), "")
        for item in entry.get("media_content") or ()
        if item.get("medium") == "image" or str(item.get("type") or "").startswith("image/")
    ]
    enclosed = [
        (str(item.get("href") or ""), str(item.get("title") or ""))
        for item in entry.get("links") or ()
        if item.get("rel") == "enclosure" and str(item.get("type") or "").startswith("image/")
    ]
    written = [picture for html in htmls for picture in pictures_in(html)]
    thumbnails = [(str(item.get("url") or ""), "") for item in entry.get("media_thumbnail") or ()]
    return pictures_of([*media, *enclosed, *written], base) or pictures_of(thumbnails, base)


def _seconds(minutes: Any) -> float:
    said = str(minutes or "").strip()
    return 60.0 * int(said) if said.isascii() and said.isdecimal() and len(said) < 6 else 0.0  # noqa: PLR2004  # weeks


_REHEARSAL: Final = (
    b"""<?xml version="1.0" encoding="iso-8859-1"?><rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/">
    <channel><title>a &amp; b</title><ttl>5</ttl><item><guid>1</guid><title>&lt;b&gt;x</title><description>
    <![CDATA[<p>x<img src="https://example.org/a.png"></p>]]></description><media:content medium="image" url="u"/>
    <pubDate>Mon, 23 Nov 2026 18:00:00 +0100</pubDate></item></channel></rss>""",
    b"""<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><content type="xhtml"><div>x</div></content>
    <updated>2026-11-23T18:00:00Z</updated></entry></feed>""",
    b"<rss><channel><item><title>never &nbsp; closed<item>",
    b'{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": 1, "content_html": "<p>x</p>"}]}',
    b"<!doctype html><title>Sign in</title><link rel=alternate type=application/atom+xml href=/feed>",
)
