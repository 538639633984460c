"""Bluesky's records and the AppView's views of them, made into Posts; a bad one loses only itself.

See the lexicons at https://github.com/bluesky-social/atproto/tree/main/lexicons/app/bsky.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from kiosk.domain.model import Post, PostUri
from kiosk.domain.text import clean, one_line
from kiosk.sources.bluesky.authors import UNKNOWN_HANDLE, Profile, author_of
from kiosk.sources.bluesky.embeds import Embedded, embedded
from kiosk.sources.bluesky.labels import Label, Ruling, ruling
from kiosk.sources.source import Found

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

POSTS: Final = "app.bsky.feed.post"
"""The collection that posts are records of."""

FAULTS: Final = (msgspec.DecodeError, UnicodeError, RecursionError, ValueError, OverflowError)
"""What reading a foreign record may raise."""

_TAG: Final = "app.bsky.richtext.facet#tag"
_ADDRESS: Final = re.compile(rf"at://(did:[a-z]+:[a-zA-Z0-9._:%-]{{1,200}})/{POSTS}/([a-zA-Z0-9._~:-]{{1,512}})")
_CHANGED: Final = "Its pictures were changed; they are not shown before Bluesky itself shows them."


class _Slice(msgspec.Struct):
    byte_start: int = msgspec.field(name="byteStart")
    byte_end: int = msgspec.field(name="byteEnd")


class _Feature(msgspec.Struct):
    type: str = msgspec.field(name="$type", default="")
    tag: str | None = None


class _Facet(msgspec.Struct):
    features: list[_Feature]
    index: _Slice | None = None


class _SelfLabels(msgspec.Struct):
    values: list[Label] = []


class Record(msgspec.Struct):
    """A post's own record, as its author's server keeps it; what is not read here is left alone."""

    text: str
    type: str = msgspec.field(name="$type", default=POSTS)
    created_at: str = msgspec.field(name="createdAt", default="")
    facets: list[msgspec.Raw] | None = None
    tags: list[str] | None = None
    langs: list[str] | None = None
    labels: _SelfLabels | None = None
    embed: msgspec.Raw = msgspec.Raw(b"null")


class View(msgspec.Struct):
    """A post as the AppView shows it: app.bsky.feed.defs#postView."""

    uri: str
    author: Profile
    record: msgspec.Raw
    cid: str = ""
    indexed_at: str = msgspec.field(name="indexedAt", default="")
    embed: msgspec.Raw = msgspec.Raw(b"null")
    labels: list[Label] | None = None


class Newer(NamedTuple):
    """A post's record as Jetstream told it at `time`, for as long as the AppView still shows the version `over`."""

    cid: str
    record: bytes
    over: str
    time: int = 0


class Viewed(NamedTuple):
    """What a view comes to: the post, or None where it may not be shown; `cid` names the version that was seen.

    `lost` says that it was met before and might be shown then.
    """

    uri: str
    cid: str
    found: Found | None
    lost: bool = False


_VIEW: Final = msgspec.json.Decoder(View)
_RECORD: Final = msgspec.json.Decoder(Record)
_FACET: Final = msgspec.json.Decoder(_Facet)


def read_view(raw: bytes | msgspec.Raw, newer: Mapping[str, Newer] | None = None) -> Viewed:
    """Read one postView; where `newer` has a version that goes over this one, the words are that version's.

    Raises:
        ValueError: and its kin in FAULTS, where it is no such view.

    """
    view = _VIEW.decode(raw)
    match = _ADDRESS.fullmatch(view.uri)
    if match is None or match[1] != view.author.did:
        raise ValueError("its address is no post of its author's")
    shown = _RECORD.decode(view.record)
    newest = newer.get(view.uri) if newer else None
    record = _RECORD.decode(newest.record) if newest is not None and newest.over == view.cid else shown
    if record.type != POSTS:
        raise ValueError("its record is no post")
    said = [*(record.labels.values if record.labels else ()), *(view.labels or ()), *(view.author.labels or ())]
    judged = ruling(said)
    if judged.hidden:
        return Viewed(view.uri, view.cid, None)
    if record is shown or _same(record.embed, shown.embed):
        inside = embedded(view.embed)
    else:
        inside = Embedded(remarks=(_CHANGED,))
    return Viewed(view.uri, view.cid, Found(_post(view, record, inside, judged), view.uri))


def _post(view: View, record: Record, inside: Embedded, judged: Ruling) -> Post:
    author = author_of(view.author)
    rkey = view.uri.rsplit("/", 1)[1]
    whose = view.author.did if view.author.handle == UNKNOWN_HANDLE else author.handle.lstrip("@")
    return Post(
        uri=PostUri(view.uri),
        author=author,
        text=clean(record.text),
        created_at=created(record.created_at, view.indexed_at),
        url=f"https://bsky.app/profile/{whose}/post/{rkey}",
        tags=tuple(dict.fromkeys(one_line(tag.lstrip("#"), limit=100) for tag in _tags(record))),
        language=one_line((record.langs or [""])[0] if record.langs else "", limit=16),
        sensitive=bool(judged.warnings),
        warning=one_line("; ".join(judged.warnings), limit=200),
        attachments=inside.attachments,
        quote=inside.quote,
        card=inside.card,
        remarks=(*judged.remarks, *inside.remarks),
    )


def address(did: str, rkey: str) -> str:
    """A post's address, which is its global name: https://atproto.com/specs/at-uri-scheme; "" for none."""
    whole = f"at://{did}/{POSTS}/{rkey}"
    return whole if _ADDRESS.fullmatch(whole) else ""


def is_address(text: str) -> bool:
    """Whether this is the address of a post."""
    return _ADDRESS.fullmatch(text) is not None


def created(said: str, indexed: str) -> datetime:
    """When a post was made (UTC): what its author says, but never later than it was first seen.

    So Bluesky sorts posts, see https://docs.bsky.app/docs/advanced-guides/timestamps.

    Raises:
        ValueError: where neither is a time.

    """
    claimed, seen = moment(said), moment(indexed)
    if claimed is None or seen is None:
        if claimed is None and seen is None:
            raise ValueError("it has no time")
        return claimed or seen or datetime.now(UTC)
    return min(claimed, seen)


def moment(text: str) -> datetime | None:
    """A time with its zone, as https://atproto.com/specs/lexicon#datetime wants it, in UTC; None for anything else."""
    try:
        read = datetime.fromisoformat(text)
        return read.astimezone(UTC) if read.tzinfo else None
    except (ValueError, OverflowError):
        return None


def same_tag(tag: str) -> str:
    """A tag as it is compared: without #, NFKC, case folded."""
    return unicodedata.normalize("NFKC", tag.strip().lstrip("#＃")).casefold()


def carries(record: Record, wanted: frozenset[str]) -> bool:
    """Whether a record has one of the tags (made by `same_tag`), in its facets or in its list of tags."""
    return any(same_tag(tag) in wanted for tag in _tags(record))


def read_record(raw: bytes | msgspec.Raw) -> Record:
    """Read a post's record.

    Raises:
        ValueError: and its kin in FAULTS, where it is none.

    """
    return _RECORD.decode(raw)


def _tags(record: Record) -> Iterable[str]:
    """The tags that facets name, the words that they mark, and those that do not stand in the text at all."""
    yield from (record.tags or ())[:50]
    for raw in (record.facets or ())[:200]:
        try:
            facet = _FACET.decode(raw)
        except FAULTS:
            continue
        for feature in facet.features[:10]:
            if feature.type == _TAG:
                tag = feature.tag or _marked(record.text, facet.index)
                if tag:
                    yield tag


def _marked(text: str, index: _Slice | None) -> str:
    """The words that a facet marks: its offsets count bytes of UTF-8; "" where they cut a character or lie outside."""
    if index is None:
        return ""
    whole = text.encode("utf-8", "ignore")
    if not 0 <= index.byte_start < index.byte_end <= len(whole):
        return ""
    try:
        return whole[index.byte_start : index.byte_end].decode()
    except UnicodeDecodeError:
        return ""


def _same(one: msgspec.Raw, other: msgspec.Raw) -> bool:
    read: list[Any] = [msgspec.json.decode(each) for each in (one, other)]
    return read[0] == read[1]
