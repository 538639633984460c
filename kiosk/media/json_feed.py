"""JSON Feed read inside the sandboxed process: every value is checked, and one bad item loses only itself.

See https://www.jsonfeed.org/version/1.1/; version 1 differs by `author` in place of `authors`.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, cast

from kiosk.domain.feeds import LONGEST_ID, MOST_SENTENCES, FeedEntry, ParsedFeed, pictures_in, pictures_of
from kiosk.domain.text import clean, one_line, plain_from_html


def read_json(body: bytes) -> ParsedFeed:
    """Read a whole feed.

    Raises:
        ValueError: where it is none.

    """
    feed = _table(json.loads(body.decode("utf-8-sig")))
    if "jsonfeed.org" not in _text(feed, "version"):
        raise ValueError("it is JSON, but no JSON Feed")
    entries: list[FeedEntry] = []
    bad: list[str] = []
    for item in _list(feed, "items"):
        try:
            entries.append(_entry(_table(item), feed))
        except (ValueError, OverflowError) as error:
            bad.append(f"An entry cannot be read: {one_line(str(error), limit=150)}.")
    return ParsedFeed(
        title=one_line(_text(feed, "title"), limit=200),
        link=_text(feed, "home_page_url"),
        image=_text(feed, "icon") or _text(feed, "favicon"),
        entries=tuple(entries),
        bad=tuple(bad[:MOST_SENTENCES]),
    )


def _entry(item: dict[str, Any], feed: dict[str, Any]) -> FeedEntry:
    link = _text(item, "url") or _text(item, "external_url")
    number = item.get("id")
    identity = _text(item, "id") or (str(number) if type(number) in {int, float} else "") or link
    if not identity.strip() or max(len(identity), len(link)) > LONGEST_ID:
        raise ValueError("it has neither an id nor a link, or an endless one")
    html = _text(item, "content_html")
    published, updated = _moment(item, "date_published"), _moment(item, "date_modified")
    return FeedEntry(
        id=identity,
        link=link,
        title=clean(_text(item, "title")),
        text=clean(_text(item, "summary")) or clean(_text(item, "content_text")) or plain_from_html(html),
        author=_author(item) or _author(feed),
        published=published or updated,
        updated=updated,
        tags=tuple(one_line(str(tag), limit=100) for tag in _list(item, "tags")[:50]),
        pictures=_pictures(item, html, link or _text(feed, "home_page_url")),
        language=(_text(item, "language") or _text(feed, "language"))[:16],
    )


def _table(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("it is no object")  # noqa: TRY004  # the document is wrong, not the program
    return cast("dict[str, Any]", value)


def _list(of: dict[str, Any], key: str) -> list[Any]:
    value = of.get(key)
    return cast("list[Any]", value) if isinstance(value, list) else []


def _tables(values: list[Any]) -> list[dict[str, Any]]:
    return [cast("dict[str, Any]", each) for each in values if isinstance(each, dict)]


def _text(of: dict[str, Any], key: str) -> str:
    """A text, "" for anything else; feeds were seen to hold lists where texts belong."""
    value = of.get(key)
    return value if isinstance(value, str) else ""


def _author(of: dict[str, Any]) -> str:
    named = (_text(each, "name") for each in _tables(_list(of, "authors") or [of.get("author")]))
    return next((one_line(name) for name in named if name), "")


def _moment(item: dict[str, Any], key: str) -> datetime | None:
    """A time with its zone (RFC 3339), None for anything else."""
    try:
        moment = datetime.fromisoformat(_text(item, key))
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _pictures(item: dict[str, Any], html: str, base: str) -> tuple[tuple[str, str], ...]:
    attached = _tables(_list(item, "attachments"))
    enclosed = [(_text(each, "url"), _text(each, "title")) for each in attached if _shows(each)]
    found = [*enclosed, (_text(item, "image"), ""), *pictures_in(html)]
    return pictures_of(found, base) or pictures_of([(_text(item, "banner_image"), "")], base)


def _shows(attachment: dict[str, Any]) -> bool:
    return _text(attachment, "mime_type").startswith("image/")
