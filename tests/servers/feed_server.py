"""A blog on loopback with one feed, in all three formats, with validators, and every trouble a test asks for."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from factories import EVENING
from servers.loopback import Answer, Asked, LoopbackServer

KINDS = {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}


class FeedServer(LoopbackServer):
    """Serves `statuses` (by number, newest is the highest) at /rss, /atom and /json; `size` is how many it holds."""

    def __init__(self) -> None:
        super().__init__()
        self.statuses: dict[int, dict[str, Any]] = {}
        self.size = 200
        self.ttl = 0
        self.headers: dict[str, str] = {}
        """Sent with every right answer."""
        self.validates = {"etag", "last-modified"}
        self.changed = EVENING

    def add(self, number: int, text: str | None = None, tag: str = "hall", **changes: Any) -> dict[str, Any]:
        """An entry of ada's with `tag`, published `number` seconds into the evening."""
        self.changed += timedelta(seconds=1)
        self.statuses[number] = {
            "uri": f"{self.url}/posts/{number}",
            "title": "",
            "html": f"<p>{f'Post {number} for #{tag}' if text is None else text}</p>",
            "author": "Ada",
            "published": EVENING + timedelta(seconds=number),
            "updated": None,
            "tags": [tag],
            "picture": "",
        } | changes
        return self.statuses[number]

    def edit(self, number: int, text: str) -> None:
        """Change an entry's words."""
        self.changed += timedelta(seconds=1)
        self.statuses[number] |= {"html": f"<p>{text}</p>", "updated": EVENING + timedelta(hours=1)}

    def delete(self, number: int) -> None:
        """Take an entry out of the feed."""
        self.changed += timedelta(seconds=1)
        del self.statuses[number]

    def answer(self, asked: Asked) -> Answer:
        kind = asked.target.partition("?")[0].strip("/")
        if kind not in KINDS:
            return Answer(404, {"Content-Type": "text/html"}, b"<!doctype html><title>Not here</title>")
        entries = [self.statuses[number] for number in sorted(self.statuses, reverse=True)][: self.size]
        body = {"rss": self._rss, "atom": self._atom, "json": self._json}[kind](entries).encode()
        etag, modified = f'"{hashlib.sha256(body).hexdigest()[:12]}"', format_datetime(self.changed, usegmt=True)
        said = {"etag": etag, "last-modified": modified}
        headers = self.headers | {name: said[name] for name in self.validates}
        if self._unchanged(asked, etag):
            return Answer(304, headers)
        return Answer(200, {"Content-Type": f"{KINDS[kind]}; charset=utf-8", **headers}, body)

    def _unchanged(self, asked: Asked, etag: str) -> bool:
        """RFC 9110 13.2.2: If-Modified-Since counts only where there is no If-None-Match."""
        if "if-none-match" in asked.headers and "etag" in self.validates:
            return asked.headers["if-none-match"] == etag
        since = asked.headers.get("if-modified-since")
        return bool(since) and "last-modified" in self.validates and self.changed <= parsedate_to_datetime(since)

    def _rss(self, entries: list[dict[str, Any]]) -> str:
        def item(entry: dict[str, Any]) -> str:
            date = entry["published"]
            return (
                f"<item><guid isPermaLink='false'>{escape(entry['uri'])}</guid><title>{escape(entry['title'])}</title>"
                f"<link>{escape(entry['uri'])}</link><description>{escape(entry['html'])}</description>"
                + (f"<pubDate>{format_datetime(date)}</pubDate>" if date else "")
                + (f"<atom:updated>{entry['updated'].isoformat()}</atom:updated>" if entry["updated"] else "")
                + (f"<dc:creator>{escape(entry['author'])}</dc:creator>" if entry["author"] else "")
                + "".join(f"<category>{escape(tag)}</category>" for tag in entry["tags"])
                + (
                    f"<media:content medium='image' url={quoteattr(entry['picture'])}></media:content>"
                    if entry["picture"]
                    else ""
                )
                + "</item>"
            )

        ttl = f"<ttl>{self.ttl}</ttl>" if self.ttl else ""
        return (
            '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
            'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/"><channel>'
            f"<title>Ada’s blog</title><link>{self.url}/</link><description>Notes</description>{ttl}"
            f"{''.join(map(item, entries))}</channel></rss>"
        )

    def _atom(self, entries: list[dict[str, Any]]) -> str:
        def item(entry: dict[str, Any]) -> str:
            updated: datetime | None = entry["updated"] or entry["published"]
            return (
                f"<entry><id>{escape(entry['uri'])}</id><title>{escape(entry['title'])}</title>"
                f"<link href={quoteattr(entry['uri'])}/><summary type='html'>{escape(entry['html'])}</summary>"
                + (f"<published>{entry['published'].isoformat()}</published>" if entry["published"] else "")
                + (f"<updated>{updated.isoformat()}</updated>" if updated else "")
                + (f"<author><name>{escape(entry['author'])}</name></author>" if entry["author"] else "")
                + "".join(f"<category term={quoteattr(tag)}/>" for tag in entry["tags"])
                + (
                    f"<link rel='enclosure' type='image/jpeg' href={quoteattr(entry['picture'])}/>"
                    if entry["picture"]
                    else ""
                )
                + "</entry>"
            )

        return (
            f'<feed xmlns="http://www.w3.org/2005/Atom"><id>{self.url}/</id><title>Ada’s blog</title>'
            f"<link href={quoteattr(self.url + '/')}/>{''.join(map(item, entries))}</feed>"
        )

    def _json(self, entries: list[dict[str, Any]]) -> str:
        def item(entry: dict[str, Any]) -> dict[str, Any]:
            said = {
                "id": entry["uri"],
                "url": entry["uri"],
                "title": entry["title"],
                "content_html": entry["html"],
                "date_published": entry["published"] and entry["published"].isoformat(),
                "date_modified": entry["updated"] and entry["updated"].isoformat(),
                "authors": [{"name": entry["author"]}] if entry["author"] else None,
                "tags": entry["tags"],
                "attachments": [{"url": entry["picture"], "mime_type": "image/jpeg"}] if entry["picture"] else None,
            }
            return {name: value for name, value in said.items() if value}

        version = "https://jsonfeed.org/version/1.1"
        feed = {"version": version, "title": "Ada’s blog", "home_page_url": f"{self.url}/"}
        return json.dumps(feed | {"items": list(map(item, entries))})
