"""The Mastodon API's status, as servers of all kinds and ages send it, made into Posts; a bad one loses only itself."""

from __future__ import annotations

import json
import unicodedata
from datetime import UTC, datetime  # msgspec reads the annotation at run time
from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from kiosk.domain.errors import BadPayload
from kiosk.domain.model import Attachment, Author, Kind, Post, PostUri
from kiosk.domain.text import clean, one_line, plain_from_html
from kiosk.sources.source import Found

if TYPE_CHECKING:
    from collections.abc import Sequence

_KINDS: Final = {"image": Kind.PHOTO, "gifv": Kind.VIDEO, "video": Kind.VIDEO}
_LONGEST_ADDRESS: Final = 2_000
_OPEN: Final = frozenset({"public", "unlisted", ""})
MOST_PICTURES: Final = 16

_Moment = Annotated[datetime, Meta(tz=True)]


class _Account(msgspec.Struct):
    acct: str
    display_name: str | None = None
    url: str | None = None
    avatar: str | None = None
    avatar_static: str | None = None
    bot: bool | None = None


class _Media(msgspec.Struct):
    type: str | None = None
    url: str | None = None
    preview_url: str | None = None
    description: str | None = None
    meta: Any = None


class _Tag(msgspec.Struct):
    name: str


class _Status(msgspec.Struct):
    id: str | int
    uri: str
    created_at: _Moment
    account: _Account
    content: str | None = None
    url: str | None = None
    edited_at: _Moment | None = None
    visibility: str | None = None
    sensitive: bool | None = None
    spoiler_text: str | None = None
    language: str | None = None
    reblog: Any = None
    tags: list[_Tag] | None = None
    media_attachments: list[_Media] | None = None


_PAGE: Final = msgspec.json.Decoder(list[msgspec.Raw])
_STATUS: Final = msgspec.json.Decoder(_Status)
_FAULTS: Final = (msgspec.DecodeError, UnicodeError, RecursionError, ValueError, OverflowError)


def read_page(body: bytes, server: str) -> tuple[list[Found], list[str], list[str]]:
    """Read a page of statuses: posts, a sentence for each item that could not be read, and every item's id.

    Boosts and posts that are not public are left out, without a sentence.

    Raises:
        BadPayload: where the body is no page at all.

    """
    try:
        items = _items(body)
    except _FAULTS as error:
        raise BadPayload(_no_page(body, server)) from error
    found: list[Found] = []
    bad: list[str] = []
    ids: list[str] = []
    for item in items:
        try:
            status = _STATUS.decode(item)
            ids.append(str(status.id))
            post = _post(status, server)
        except _FAULTS as error:
            bad.append(f"{server} sent an item that cannot be read: {str(error)[:200]}")
            continue
        if post is not None:
            found.append(Found(post, str(status.id)))
    return found, bad, ids


def _items(body: bytes) -> Sequence[bytes | msgspec.Raw]:
    try:
        return _PAGE.decode(body)
    except msgspec.DecodeError:
        # Python's reader forgives half a surrogate pair, which then loses its item and not the page.
        return [json.dumps(item).encode() for item in msgspec.convert(json.loads(body), list[Any])]


def read_status(body: bytes, server: str) -> Found | None:
    """Read a single status; None for one that must not be shown (a boost, not public).

    Raises:
        BadPayload: where it is none.

    """
    try:
        status = _STATUS.decode(body)
        post = _post(status, server)
    except _FAULTS as error:
        raise BadPayload(_no_page(body, server)) from error
    return None if post is None else Found(post, str(status.id))


def _no_page(body: bytes, server: str) -> str:
    if body.lstrip()[:1] == b"<":
        return f"{server} answered with a web page instead of posts; is this network's log-in page in the way?"
    return f"{server} answered with something that is no list of posts."


def _post(status: _Status, server: str) -> Post | None:
    if status.reblog is not None or (status.visibility or "") not in _OPEN:
        return None
    uri = clean(status.uri, limit=_LONGEST_ADDRESS)
    if not uri.strip() or len(status.uri) > _LONGEST_ADDRESS:
        raise ValueError("its uri is empty or endless")
    if status.id == "":
        raise ValueError("its id is empty")
    return Post(
        uri=PostUri(uri),
        author=_author(status.account, server),
        text=plain_from_html(status.content or ""),
        created_at=status.created_at.astimezone(UTC),
        url=_address(status.url),
        edited_at=status.edited_at.astimezone(UTC) if status.edited_at else None,
        tags=tuple(one_line(tag.name, limit=100) for tag in (status.tags or [])[:50]),
        language=one_line(status.language or "", limit=16),
        sensitive=bool(status.sensitive),
        warning=one_line(status.spoiler_text or "", limit=200),
        attachments=tuple(_attachment(media) for media in (status.media_attachments or [])[:MOST_PICTURES]),
    )


def _author(account: _Account, server: str) -> Author:
    handle = one_line(account.acct, limit=120).lstrip("@")
    if not handle:
        raise ValueError("its author has no handle")
    if "@" not in handle:
        home = urlsplit(account.url or "").hostname or urlsplit(server).hostname or server
        handle = f"{handle}@{home}"
    return Author(
        handle=f"@{handle}",
        name=one_line(account.display_name or "", limit=80) or handle.split("@", maxsplit=1)[0],
        avatar=_address(account.avatar_static or account.avatar),
        bot=bool(account.bot),
    )


def _attachment(media: _Media) -> Attachment:
    kind = _KINDS.get(media.type or "", Kind.OTHER)
    url = media.preview_url if kind is Kind.VIDEO else media.url or media.preview_url
    return Attachment(kind, _address(url), clean(media.description or "", limit=1_500), _focus(media.meta))


def _focus(meta: Any) -> tuple[float, float] | None:
    """Mastodon's focal point: x and y from -1 to 1 around the middle, y upwards."""
    focus = meta.get("focus") if isinstance(meta, dict) else None  # pyright: ignore[reportUnknownVariableType]
    if not isinstance(focus, dict):
        return None
    x, y = focus.get("x"), focus.get("y")  # pyright: ignore[reportUnknownVariableType]
    if not isinstance(x, int | float) or not isinstance(y, int | float) or not (abs(x) <= 1 and abs(y) <= 1):
        return None
    return (x + 1) / 2, (1 - y) / 2


def _address(url: str | None) -> str:
    """A web address of sane length, "" for anything else."""
    return url if url and len(url) <= _LONGEST_ADDRESS and url.startswith(("https://", "http://")) else ""


def same_tag(tag: str) -> str:
    """A tag as it is compared: without #, NFKC, case folded."""
    return _folded(tag.strip().lstrip("#＃"))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def carries(post: Post, wanted: frozenset[str]) -> bool:
    """Whether a post has one of the tags (made by `same_tag`), in its list of tags or in its text."""
    if wanted.intersection(map(same_tag, post.tags)):
        return True
    words = _folded(post.text)
    return any(_stands_in(tag, words) for tag in wanted)


def _stands_in(tag: str, words: str) -> bool:
    start = words.find(f"#{tag}")
    while start >= 0:
        behind = words[start + len(tag) + 1 : start + len(tag) + 2]
        if not behind.isalnum() and behind != "_":
            return True
        start = words.find(f"#{tag}", start + 1)
    return False
