"""The AT Protocol's firehose, read as Jetstream reads it: DAG-CBOR, CAR files and commits made into version 1's frames.

See https://atproto.com/specs/event-stream, https://ipld.io/specs/codecs/dag-cbor/spec and https://ipld.io/specs/transport/car/carv1.
"""

from __future__ import annotations

import base64
import hashlib
import struct
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

LINK = 42
"""The CBOR tag of a content identifier."""


class Cid(bytes):
    """A content identifier in its binary form."""

    def __str__(self) -> str:
        return "b" + base64.b32encode(self).decode().lower().rstrip("=")


def cid_from(text: str) -> Cid:
    body = text[1:].upper()
    return Cid(base64.b32decode(body + "=" * (-len(body) % 8)))


def cid_of(block: bytes) -> Cid:
    """The identifier of a DAG-CBOR block: version 1, dag-cbor, SHA-256."""
    return Cid(b"\x01\x71\x12\x20" + hashlib.sha256(block).digest())


def decode(data: bytes) -> tuple[Any, bytes]:
    """The first value, and what follows it."""
    major, rest = data[0] >> 5, data[1:]
    count, rest = _count(data[0] & 31, rest)
    if major in {2, 3}:
        text, rest = rest[:count], rest[count:]
        return (text if major == 2 else text.decode()), rest
    if major == 4:
        items = []
        for _ in range(count):
            item, rest = decode(rest)
            items.append(item)
        return items, rest
    if major == 5:
        entries = {}
        for _ in range(count):
            key, rest = decode(rest)
            entries[key], rest = decode(rest)
        return entries, rest
    if major == 6:
        value, rest = decode(rest)
        assert count == LINK
        return Cid(value[1:]), rest  # a zero byte stands before it
    if major == 7:
        return _simple(data[0] & 31, count), rest
    return (count if major == 0 else -1 - count), rest


def _count(small: int, rest: bytes) -> tuple[int, bytes]:
    if small < 24:
        return small, rest
    size = 1 << (small - 24)
    return int.from_bytes(rest[:size], "big"), rest[size:]


def _simple(small: int, count: int) -> Any:
    if small == 27:
        return struct.unpack(">d", count.to_bytes(8, "big"))[0]
    return {20: False, 21: True, 22: None}[small]


def encode(value: Any) -> bytes:  # noqa: PLR0911  # one for each kind of value
    """Canonical DAG-CBOR: map keys by length, then by bytes."""
    match value:
        case None | bool():
            return bytes([0xE0 | {False: 20, True: 21, None: 22}[value]])
        case int():
            return _head(0, value) if value >= 0 else _head(1, -1 - value)
        case float():
            return b"\xfb" + struct.pack(">d", value)
        case Cid():
            return _head(6, LINK) + encode(b"\0" + value)
        case bytes():
            return _head(2, len(value)) + value
        case str():
            return _head(3, len(value.encode())) + value.encode()
        case list():
            return _head(4, len(value)) + b"".join(map(encode, value))
        case dict():
            keys = sorted(value, key=lambda key: (len(key.encode()), key.encode()))
            return _head(5, len(keys)) + b"".join(encode(key) + encode(value[key]) for key in keys)
    raise TypeError(type(value))


def _head(major: int, count: int) -> bytes:
    if count < 24:
        return bytes([major << 5 | count])
    size = next(size for size in (1, 2, 4, 8) if count < 1 << 8 * size)
    return bytes([major << 5 | 24 + size.bit_length() - 1]) + count.to_bytes(size, "big")


def to_json(value: Any) -> Any:
    """The JSON form of the AT Protocol's data model: https://atproto.com/specs/data-model."""
    match value:
        case Cid():
            return {"$link": str(value)}
        case bytes():
            return {"$bytes": base64.b64encode(value).decode().rstrip("=")}
        case list():
            return [to_json(each) for each in value]
        case dict():
            return {key: to_json(each) for key, each in value.items()}
    return value


def from_json(value: Any) -> Any:
    match value:
        case {"$link": str(text)}:
            return cid_from(text)
        case {"$bytes": str(text)}:
            return base64.b64decode(text + "=" * (-len(text) % 4))
        case list():
            return [from_json(each) for each in value]
        case dict():
            return {key: from_json(each) for key, each in value.items()}
    return value


def blocks_of(car: bytes) -> dict[Cid, bytes]:
    """The blocks of a CAR file by their identifiers."""
    size, rest = _varint(car)
    rest = rest[size:]
    blocks: dict[Cid, bytes] = {}
    while rest:
        size, rest = _varint(rest)
        section, rest = rest[:size], rest[size:]
        blocks[Cid(section[:36])] = section[36:]
    return blocks


def car_of(blocks: dict[Cid, bytes]) -> bytes:
    header = encode({"version": 1, "roots": []})
    return b"".join(_lengthed(part) for part in (header, *(cid + block for cid, block in blocks.items())))


def _lengthed(part: bytes) -> bytes:
    size, head = len(part), b""
    while size >= 128:
        head += bytes([size & 127 | 128])
        size >>= 7
    return head + bytes([size]) + part


def _varint(data: bytes) -> tuple[int, bytes]:
    number = shift = index = 0
    while True:
        number |= (data[index] & 127) << shift
        shift += 7
        index += 1
        if not data[index - 1] & 128:
            return number, data[index:]


def frames(message: bytes, now: int | None = None) -> Iterator[dict[str, Any]]:
    """What Jetstream's version 1 tells for one message of subscribeRepos; `now` is microseconds since 1970."""
    head, rest = decode(message)
    said, _ = decode(rest)
    time_us = time.time_ns() // 1000 if now is None else now
    match head.get("t"):
        case "#commit":
            blocks = blocks_of(said["blocks"])
            for op in said["ops"]:
                yield {"did": said["repo"], "time_us": time_us, "kind": "commit", "commit": _commit(said, op, blocks)}
        case "#identity" | "#account":
            kind = head["t"][1:]
            yield {"did": said["did"], "time_us": time_us, "kind": kind, kind: to_json(said)}


def _commit(said: dict[str, Any], op: dict[str, Any], blocks: dict[Cid, bytes]) -> dict[str, Any]:
    collection, _, rkey = op["path"].partition("/")
    commit = {"rev": said["rev"], "operation": op["action"], "collection": collection, "rkey": rkey}
    if op["action"] != "delete":
        record, _ = decode(blocks[op["cid"]])
        commit |= {"record": to_json(record), "cid": str(op["cid"])}
    return commit
