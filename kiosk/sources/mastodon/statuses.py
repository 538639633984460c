"""The Mastodon API's status, as servers of all kinds and ages send it, made into Posts; a bad one loses only itself."""

from __future__ import annotations

import json
from datetime import UTC, datetime  # msgspec reads the annotation at run time
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec
from msgspec import Meta

from kiosk.domain.errors import BadPayload, Portal
from kiosk.domain.model import Attachment, Kind, Post, PostUri
from kiosk.domain.text import clean, one_line, plain_from_html
from kiosk.sources.mastodon.authors import LONGEST_ADDRESS, Account, author_of, web_address
from kiosk.sources.mastodon.embeds import FAULTS, Embeds, drawn, parts_of
from kiosk.sources.source import Found

if TYPE_CHECKING:
    from collections.abc import Sequence

_KINDS: Final = {"image": Kind.PHOTO, "gifv": Kind.VIDEO, "video": Kind.VIDEO}
_OPEN: Final = frozenset({"public", "unlisted", ""})
MOST_PICTURES: Final = 16

_Moment = Annotated[datetime, Meta(tz=True)]


class _Media(msgspec.Struct):
    type: str | None = None
    url: str | None = None
    preview_url: str | None = None
    description: str | None = None
    meta: Any = None


class _Tag(msgspec.Struct):
    name: str


class _Status(Embeds, kw_only=True):
    id: str | int
    uri: str
    created_at: _Moment
    account: Account
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


class _Named(msgspec.Struct):
    id: str | int


_PAGE: Final = msgspec.json.Decoder(list[msgspec.Raw])
_STATUS: Final = msgspec.json.Decoder(_Status)
_NAMED: Final = msgspec.json.Decoder(_Named)


def read_page(body: bytes, server: str) -> tuple[list[Found], list[str], list[str]]:
    """Read a page of statuses: posts, a sentence for each item that could not be read, and every item's id.

    Boosts and posts that are not public are left out, without a sentence. An item that cannot be read keeps its id
    where it has one, for it is paged by.

    Raises:
        BadPayload: where the body is no page at all, `Portal` where it is a web page.

    """
    try:
        items = _items(body)
    except FAULTS as error:
        raise _no_page(body, server) from error
    found: list[Found] = []
    bad: list[str] = []
    ids: list[str] = []
    for item in items:
        try:
            status = _STATUS.decode(item)
            post = _post(status, server)
        except FAULTS as error:
            ids += _id_of(item)
            bad.append(f"{server} sent an item that cannot be read: {str(error)[:200]}")
            continue
        ids.append(str(status.id))
        if post is not None:
            found.append(Found(post, str(status.id)))
    return found, bad, ids


def _id_of(item: bytes | msgspec.Raw) -> list[str]:
    try:
        return [str(_NAMED.decode(item).id)]
    except FAULTS:
        return []


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
    except FAULTS as error:
        raise _no_page(body, server) from error
    return None if post is None else Found(post, str(status.id))


def _no_page(body: bytes, server: str) -> BadPayload:
    if body.lstrip()[:1] == b"<":
        return Portal(f"{server} answered with a web page instead of posts; is this network's log-in page in the way?")
    return BadPayload(f"{server} answered with something that is no list of posts.")


def _post(status: _Status, server: str) -> Post | None:
    if status.reblog is not None or (status.visibility or "") not in _OPEN:
        return None
    uri = clean(status.uri, limit=LONGEST_ADDRESS)
    if not uri.strip() or len(status.uri) > LONGEST_ADDRESS:
        raise ValueError("its uri is empty or endless")
    if status.id == "":
        raise ValueError("its id is empty")
    author = author_of(status.account, server)
    text, warning = plain_from_html(status.content or ""), one_line(status.spoiler_text or "", limit=200)
    parts = parts_of(status, server)
    quoted = (parts.quote.text, parts.quote.author.name) if parts.quote else ()
    return Post(
        uri=PostUri(uri),
        author=author,
        text=text,
        created_at=status.created_at.astimezone(UTC),
        url=web_address(status.url),
        edited_at=status.edited_at.astimezone(UTC) if status.edited_at else None,
        tags=tuple(one_line(tag.name, limit=100) for tag in (status.tags or [])[:50]),
        language=one_line(status.language or "", limit=16),
        sensitive=bool(status.sensitive),
        warning=warning,
        attachments=tuple(_attachment(media) for media in (status.media_attachments or [])[:MOST_PICTURES]),
        emojis=drawn(
            (parts.emojis[0], status.account.emojis, *parts.emojis[1:]),
            (text, author.name, warning, *parts.poll, *quoted),
        ),
        quote=parts.quote,
        poll=parts.poll,
        card=parts.card,
        remarks=parts.remarks,
    )


def _attachment(media: _Media) -> Attachment:
    kind = _KINDS.get(media.type or "", Kind.OTHER)
    url = media.preview_url if kind is Kind.VIDEO else media.url or media.preview_url
    return Attachment(kind, web_address(url), clean(media.description or "", limit=1_500), _focus(media.meta))


def _focus(meta: Any) -> tuple[float, float] | None:
    """Mastodon's focal point: x and y from -1 to 1 around the middle, y upwards."""
    focus = meta.get("focus") if isinstance(meta, dict) else None  # pyright: ignore[reportUnknownVariableType]
    if not isinstance(focus, dict):
        return None
    x, y = focus.get("x"), focus.get("y")  # pyright: ignore[reportUnknownVariableType]
    if not isinstance(x, int | float) or not isinstance(y, int | float) or not (abs(x) <= 1 and abs(y) <= 1):
        return None
    return (x + 1) / 2, (1 - y) / 2
