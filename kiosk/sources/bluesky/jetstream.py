"""Jetstream's frames of both versions, read by one parser: posts made, changed and deleted, accounts that closed.

Version 1 is https://github.com/bluesky-social/jetstream-legacy, version 2 the lexicon
network.bsky.jetstream.subscribeEvents of https://github.com/bluesky-social/jetstream. Positions are microseconds
since 1970 in both, so that one cursor serves every server.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urlencode, urlsplit, urlunsplit

import msgspec

from kiosk.domain.errors import Unavailable
from kiosk.domain.text import one_line
from kiosk.sources.bluesky.records import POSTS, address, carries, moment, read_record

if TYPE_CHECKING:
    from collections.abc import Callable

SECOND: Final = 1_000_000
"""Microseconds in one."""

SUBSCRIBE_V1: Final = "/subscribe"
SUBSCRIBE_V2: Final = "/xrpc/network.bsky.jetstream.subscribeEvents"
DICTIONARY_V2: Final = "/xrpc/network.bsky.jetstream.getZstdDictionary"
SUBPROTOCOL_V2: Final = "xrpc.v1.json"

LARGEST: Final = 64_000
"""Bytes of a record that is read: hundreds of posts may wait for their labels. A post's words have at most 3,000."""

_MAGIC: Final = b"\x37\xa4\x30\xec"
_TIMES: Final = 1_000_000_000_000_000
"""Version 2 reads cursors from here on as times, those below as its own sequence numbers."""

_DID: Final = re.compile(r"did:[a-z]+:[a-zA-Z0-9._:%-]{1,200}")
_PASSING: Final = frozenset({"throttled", "desynchronized"})
"""An account's states that are the network's trouble and no will of anybody's."""


class _Commit(msgspec.Struct):
    operation: str
    collection: str
    rkey: str
    cid: str = ""
    record: msgspec.Raw = msgspec.Raw(b"")


class _Account(msgspec.Struct):
    active: bool
    status: str | None = None


class _Payload(msgspec.Struct):
    """What stands in a `message` frame of version 2: one struct for all kinds."""

    type: str = msgspec.field(name="$type", default="")
    did: str = ""
    time: str = ""
    operation: str = ""
    collection: str = ""
    rkey: str = ""
    cid: str = ""
    record: msgspec.Raw = msgspec.Raw(b"")
    account: _Account | None = None
    name: str = ""
    message: str = ""


class _Frame(msgspec.Struct):
    did: str = ""
    time_us: int = 0
    kind: str = ""
    commit: _Commit | None = None
    account: _Account | None = None
    type: str = msgspec.field(name="$type", default="")
    payload: _Payload | None = None
    error: str = ""
    message: str = ""


_FRAME: Final = msgspec.json.Decoder(_Frame)


class Told(NamedTuple):
    """What one frame says, at `time` (microseconds since 1970, 0 where it says none).

    `written` is the address of a post that was made or changed (`update`), with its `cid` and `record`, and is said
    only of posts that are wanted; `deleted` is the address of one that is no more, `closed` the DID of an account
    that is not to be seen any more; `gap` is a sentence where the server could not go back as far as it was asked
    to, `bad` one for a frame that could not be read.
    """

    time: int = 0
    written: str = ""
    cid: str = ""
    record: bytes = b""
    update: bool = False
    deleted: str = ""
    closed: str = ""
    gap: str = ""
    bad: str = ""


def read_frame(message: str | bytes, wanted: frozenset[str], known: Callable[[str], bool] = lambda _: False) -> Told:
    """Read one frame; posts are wanted for one of the tags (made by `same_tag`), or because they are `known`.

    Raises:
        Unavailable: where the frame says that the server ends the stream.
        ValueError: and its kin in FAULTS, where it is no frame.

    """
    frame = _FRAME.decode(message)
    if frame.type == "error":
        raise Unavailable(f"Jetstream ends the stream: {one_line(frame.message or frame.error, limit=200)}")
    if frame.payload is not None:
        return _second(frame.payload, wanted, known)
    if frame.commit is not None:
        return _committed(frame.did, frame.time_us, frame.commit, wanted, known)
    return _closed(frame.did, frame.time_us, frame.account)


def _second(payload: _Payload, wanted: frozenset[str], known: Callable[[str], bool]) -> Told:
    if payload.name == "OutdatedCursor":
        return Told(gap="Jetstream does not go back to where it was last read; some posts may be missing.")
    time = moment(payload.time)
    micros = 0 if time is None else int(time.timestamp()) * SECOND + time.microsecond
    if payload.operation:
        commit = _Commit(payload.operation, payload.collection, payload.rkey, payload.cid, payload.record)
        return _committed(payload.did, micros, commit, wanted, known)
    return _closed(payload.did, micros, payload.account)


def _committed(did: str, time: int, commit: _Commit, wanted: frozenset[str], known: Callable[[str], bool]) -> Told:
    if commit.collection != POSTS:
        return Told(time)
    whole = address(did, commit.rkey)
    if not whole:
        raise ValueError("it names no post")
    if commit.operation == "delete":
        return Told(time, deleted=whole)
    if len(memoryview(commit.record)) > LARGEST:
        raise ValueError(f"its record is larger than {LARGEST:,} bytes")
    if not known(whole) and not carries(read_record(commit.record), wanted):
        return Told(time)
    return Told(time, whole, commit.cid, bytes(commit.record), update=commit.operation == "update")


def _closed(did: str, time: int, account: _Account | None) -> Told:
    if account is None or account.active or account.status in _PASSING or not _DID.fullmatch(did):
        return Told(time)
    return Told(time, closed=did)


class Subscription(NamedTuple):
    """How to follow a server: where, and with which zstd dictionary, None for plain JSON."""

    url: str
    dictionary: bytes | None = None
    subprotocols: tuple[str, ...] = ()


def is_second(server: str) -> bool:
    """Whether an address is that of version 2."""
    return urlsplit(server).path.rstrip("/") == SUBSCRIBE_V2


def dictionary_address(server: str) -> str:
    """Where a server of version 2 hands out its dictionary."""
    parts = urlsplit(server)
    scheme = "http" if parts.scheme == "ws" else "https"
    return urlunsplit((scheme, parts.netloc, DICTIONARY_V2, "", ""))


def dictionary_id(dictionary: bytes) -> int:
    """The number that stands in a zstd dictionary (RFC 8878 section 5), 0 where it is none."""
    whole = len(dictionary) > 8 and dictionary.startswith(_MAGIC)  # noqa: PLR2004  # magic and number
    return int.from_bytes(dictionary[4:8], "little") if whole else 0


def subscription(server: str, since: int, dictionary: bytes | None) -> Subscription:
    """What to ask of a server, from the position `since` in microseconds on, 0 for what is new.

    Identities are of no use to us; accounts come in any case with version 1, whatever collections are asked for.
    """
    parts = urlsplit(server)
    position = [("cursor", str(since))] if since >= _TIMES else []
    packed: list[tuple[str, str]] = []
    if is_second(server):
        wanted = [("kinds", "commit"), ("kinds", "account"), ("collections", POSTS)]
        if dictionary:
            packed = [("zstdDictionary", str(dictionary_id(dictionary)))]
        path, subprotocols = SUBSCRIBE_V2, (SUBPROTOCOL_V2,)
    else:
        wanted = [("wantedCollections", POSTS)]
        if dictionary:
            packed = [("compress", "true")]
        path, subprotocols = parts.path.rstrip("/") or SUBSCRIBE_V1, ()
    query = urlencode([*wanted, *position, *packed])
    return Subscription(urlunsplit((parts.scheme, parts.netloc, path, query, "")), dictionary, subprotocols)
