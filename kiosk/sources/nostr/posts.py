"""Notes and pictures of Nostr made into Posts: what was attached leaves the text, and people are called by name.

Notes are plain text (NIP-10); pictures come as `imeta` tags (NIP-92, NIP-68, with the fields of NIP-94) or, as most
programs still do it, as bare addresses. See https://github.com/nostr-protocol/nips.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from kiosk.domain.model import Attachment, Author, Emoji, Kind, Post, PostUri
from kiosk.domain.text import clean, one_line
from kiosk.sources.nostr.events import PICTURE, POSTS
from kiosk.sources.nostr.names import encode, named, short

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kiosk.sources.nostr.events import Event
    from kiosk.sources.nostr.profiles import Profile

MOST_PICTURES: Final = 16
MOST_TAGS: Final = 50
MOST_EMOJIS: Final = 30
MOST_MENTIONS: Final = 10
"""People mentioned in a post whose names are looked up; others keep the short form of their key."""

_LONGEST: Final = 20_000
"""Characters of a text that are looked through; a card shows 5,000."""

_LONGEST_ADDRESS: Final = 2_000
_ADDRESS: Final = re.compile(r"https?://[^\s<>\"]{1,2000}")
_CLOSING: Final = ".,;:!?)]}'\"’”»"
_SUFFIXES: Final = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif", ".heic")
_MENTION: Final = re.compile(
    r"(?<![\w/@:=?&#])(?:nostr:|@)?((?:npub|nprofile|note|nevent|naddr)1[02-9ac-hj-np-z]{6,1000})(?!\w)"
)
_SHORTCODE: Final = re.compile(r"[\w-]{1,60}")
_LANGUAGES: Final = "ISO-639-1"


def post_of(event: Event, profile: Callable[[str], Profile | None]) -> Post:
    """Make a Post of a verified event of kind 1 or 20; `profile` tells what is known of a key.

    Raises:
        ValueError: where it is of another kind, or made at a time that no calendar has.

    """
    if event.kind not in POSTS:
        raise ValueError(f"it is of kind {event.kind}, which is no post")
    attachments = tuple(_attachments(event))
    attached = {item.url for item in attachments} | {entry.get("url", "") for entry in _described(event)}
    text = _without(attached, _words(event))
    quoted = set(event.values("q"))
    return Post(
        uri=PostUri(f"nostr:{event.id}"),
        author=_author(event.pubkey, profile(event.pubkey)),
        text=clean(_named(text, quoted, profile)),
        created_at=datetime.fromtimestamp(event.created_at, UTC),
        url=f"https://njump.me/{encode('note', bytes.fromhex(event.id))}",
        tags=tuple(dict.fromkeys(one_line(tag, limit=100) for tag in [*event.values("t")][:MOST_TAGS])),
        language=_language(event),
        sensitive=event.sensitive,
        warning=one_line(next(event.values("content-warning"), ""), limit=200),
        attachments=attachments,
        emojis=_emojis(event, text),
        remarks=("It quotes another note, which is not shown.",) if quoted else (),
    )


def people_in(event: Event) -> list[str]:
    """The keys whose names a post needs: its author's, and those it mentions."""
    found: list[str] = []
    if event.kind in POSTS:
        for match in _MENTION.finditer(_words(event)):
            meant = named(match[1])
            if meant is not None and meant.kind == "npub" and meant.hex not in found:
                found.append(meant.hex)
            if len(found) == MOST_MENTIONS:
                break
    return [event.pubkey, *found]


def _author(pubkey: str, profile: Profile | None) -> Author:
    """The handle is the short form of the key: a NIP-05 address is only what somebody says of themselves."""
    handle = short("npub", pubkey)
    if profile is None:
        return Author(handle, handle)
    return Author(handle, profile.name or handle, profile.picture, profile.bot)


def _words(event: Event) -> str:
    title = next(event.values("title"), "").strip() if event.kind == PICTURE else ""
    content = event.content[:_LONGEST]
    return content if not title or title in content else f"{title}\n{content}"


def _described(event: Event) -> Iterator[dict[str, str]]:
    """What each `imeta` tag says, first come: its entries are a key, a space and a value."""
    for tag in event.tags:
        if tag[:1] == ["imeta"]:
            entries: dict[str, str] = {}
            for entry in tag[1:]:
                key, _, value = entry.partition(" ")
                entries.setdefault(key, value.strip())
            yield entries


def _attachments(event: Event) -> list[Attachment]:
    found: dict[str, Attachment] = {}
    for entries in _described(event):
        item = _attachment(entries, event.kind)
        if item is not None:
            found.setdefault(entries["url"], item)
    for match in _ADDRESS.finditer(event.content[:_LONGEST]):
        url = match[0].rstrip(_CLOSING)
        if _seems_picture(url):
            found.setdefault(url, Attachment(Kind.PHOTO, url))
    return list(found.values())[:MOST_PICTURES]


def _attachment(entries: dict[str, str], kind: int) -> Attachment | None:
    url, media = entries.get("url", ""), entries.get("m", "").casefold()
    if not _is_address(url):
        return None
    alt = clean(entries.get("alt", ""), limit=1_500)
    if media.startswith("video/"):
        still = next((entries[key] for key in ("image", "thumb") if _is_address(entries.get(key, ""))), "")
        return Attachment(Kind.VIDEO, still, alt) if still else Attachment(Kind.OTHER, url, alt)
    photo = media.startswith("image/") or (not media and (kind == PICTURE or _seems_picture(url)))
    return Attachment(Kind.PHOTO if photo else Kind.OTHER, url, alt)


def _is_address(url: str) -> bool:
    return len(url) <= _LONGEST_ADDRESS and url.startswith(("https://", "http://")) and not any(map(str.isspace, url))


def _seems_picture(url: str) -> bool:
    try:
        return urlsplit(url).path.casefold().endswith(_SUFFIXES)
    except ValueError:  # half an IPv6 address
        return False


def _without(attached: set[str], text: str) -> str:
    def kept(match: re.Match[str]) -> str:
        url = match[0].rstrip(_CLOSING)
        return match[0][len(url) :] if url in attached else match[0]

    return _ADDRESS.sub(kept, text)


def _named(text: str, quoted: set[str], profile: Callable[[str], Profile | None]) -> str:
    """People by name, other notes by the short form of theirs; one that is quoted is not shown."""
    looked_up: set[str] = set()

    def called(match: re.Match[str]) -> str:
        meant = named(match[1])
        if meant is None:
            return match[0]
        if meant.kind == "note":
            return "" if meant.hex in quoted else short("note", meant.hex)
        known = profile(meant.hex) if meant.hex in looked_up or len(looked_up) < MOST_MENTIONS else None
        looked_up.add(meant.hex)
        return f"@{known.name}" if known is not None and known.name else f"@{short('npub', meant.hex)}"

    return _MENTION.sub(called, text)


def _emojis(event: Event, text: str) -> tuple[Emoji, ...]:
    """Pictures for `:shortcodes:` (NIP-30), only those that the text has."""
    found: dict[str, Emoji] = {}
    for tag in event.tags:
        if tag[:1] != ["emoji"] or len(tag) < 3 or len(found) == MOST_EMOJIS:  # noqa: PLR2004  # name, shortcode, address
            continue
        if _SHORTCODE.fullmatch(tag[1]) and _is_address(tag[2]) and f":{tag[1]}:" in text:
            found.setdefault(tag[1], Emoji(tag[1], tag[2]))
    return tuple(found.values())


def _language(event: Event) -> str:
    """The label of namespace ISO-639-1 (NIP-32)."""
    labels = (tag[1] for tag in event.tags if tag[:1] == ["l"] and tag[2:3] == [_LANGUAGES])
    return one_line(next(labels, ""), limit=16)
