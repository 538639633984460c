"""Nostr's events (NIP-01): believed only when their id is their hash and their author signed it.

See https://github.com/nostr-protocol/nips/blob/master/01.md; signatures are BIP-340,
https://github.com/bitcoin/bips/blob/master/bip-0340.mediawiki.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Annotated, Final

import msgspec
from coincurve import PublicKeyXOnly
from msgspec import Meta

if TYPE_CHECKING:
    from collections.abc import Iterator

PROFILE: Final = 0
NOTE: Final = 1
DELETION: Final = 5
PICTURE: Final = 20
"""Kinds of events; NIP-01, NIP-09 and NIP-68. Reposts (6 and 16, NIP-18) are never asked for."""

POSTS: Final = (NOTE, PICTURE)

AHEAD: Final = 15 * 60
"""Seconds that an event may be made in the future, by a clock that goes fast."""

LARGEST: Final = 100_000
"""Bytes of an event that is read."""

MOST_TAGS: Final = 2_000

FAULTS: Final = (msgspec.DecodeError, UnicodeError, RecursionError, ValueError, OverflowError)
"""What reading a foreign event may raise."""

_Hex64 = Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]
_ESCAPED: Final = re.compile(rb"(?<!\\)((?:\\\\)*)\\u00([01][0-9a-f])")
_HEX: Final = re.compile(r"[0-9a-f]{64}")


class Event(msgspec.Struct, frozen=True):
    """One event as its author made it; `created_at` is in seconds since 1970, by the author's own clock."""

    id: _Hex64
    pubkey: _Hex64
    created_at: Annotated[int, Meta(ge=0, le=1 << 40)]
    kind: Annotated[int, Meta(ge=0, le=65_535)]
    tags: Annotated[list[list[str]], Meta(max_length=MOST_TAGS)]
    content: str
    sig: Annotated[str, Meta(pattern=r"\A[0-9a-f]{128}\Z")]

    @property
    def local_id(self) -> str:
        """Id and author in one: a deletion by anybody else names something that is not there."""
        return local_id(self.id, self.pubkey)

    def values(self, name: str) -> Iterator[str]:
        """The value of each tag with this name."""
        return (tag[1] for tag in self.tags if len(tag) > 1 and tag[0] == name)

    @property
    def sensitive(self) -> bool:
        """Whether readers should be asked first: NIP-36, or a label of its namespace (NIP-32)."""
        return any(
            tag[:1] == ["content-warning"] or (tag[:1] == ["l"] and tag[2:3] == ["content-warning"])
            for tag in self.tags
        )

    def expired(self, now: int) -> bool:
        """Whether its author wanted it gone by `now`, in seconds since 1970 (NIP-40)."""
        return any(value.isdecimal() and len(value) < 16 and int(value) <= now for value in self.values("expiration"))  # noqa: PLR2004  # no moment has so many digits

    def deleted(self) -> set[str]:
        """The ids, each with this author, that a deletion asks to be gone (NIP-09); whoever's they may be."""
        if self.kind != DELETION:
            return set()
        return {local_id(each, self.pubkey) for each in self.values("e") if _HEX.fullmatch(each)}


_EVENT: Final = msgspec.json.Decoder(Event)


def local_id(identity: str, pubkey: str) -> str:
    """What this source knows a post by: its event's id and its author's key."""
    return f"{identity}:{pubkey}"


def parts_of(local: str) -> tuple[str, str] | None:
    """Id and key of a `local_id`, None where it is none."""
    identity, _, pubkey = local.partition(":")
    return (identity, pubkey) if _HEX.fullmatch(identity) and _HEX.fullmatch(pubkey) else None


def read_event(raw: bytes | msgspec.Raw, now: float) -> Event:
    """Read an event that a relay sent; `now` is in seconds since 1970.

    Raises:
        ValueError, or another of FAULTS: with the reason, where it is malformed, forged, or made in the future.

    """
    if len(memoryview(raw)) > LARGEST:
        raise ValueError(f"it is larger than {LARGEST:,} bytes")
    event = _EVENT.decode(raw)
    if event.created_at > now + AHEAD:
        raise ValueError("it says that it was made in the future")
    if not _is_hash(event):
        raise ValueError("its id is not its hash: it was altered")
    key = PublicKeyXOnly(bytes.fromhex(event.pubkey))
    if not key.verify(bytes.fromhex(event.sig), bytes.fromhex(event.id)):
        raise ValueError("its signature is forged")
    return event


def _is_hash(event: Event) -> bool:
    """Whether the id is the hash of the rest.

    NIP-01 wants control characters verbatim, and most programs escape them as JSON does; either is accepted, since
    no text has both forms.
    """
    text = msgspec.json.encode([0, event.pubkey, event.created_at, event.kind, event.tags, event.content])
    if hashlib.sha256(text).hexdigest() == event.id:
        return True
    verbatim = _ESCAPED.sub(lambda found: found[1] + bytes([int(found[2], 16)]), text)
    return hashlib.sha256(verbatim).hexdigest() == event.id
