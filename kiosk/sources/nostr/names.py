"""Nostr's names for keys and notes (NIP-19): bech32 words around 32 bytes, short enough for a card.

See https://github.com/nostr-protocol/nips/blob/master/19.md and, for bech32,
https://github.com/bitcoin/bips/blob/master/bip-0173.mediawiki.
"""

from __future__ import annotations

from base64 import b32encode
from functools import lru_cache, reduce
from typing import Final, NamedTuple


def _xor(one: int, other: int) -> int:
    return one ^ other


LONGEST: Final = 1_000
"""Letters of a name that are read; NIP-19 allows 5,000, for lists of relays that are not used here."""

KEY: Final = 32
"""Bytes of a public key and of an event's id."""

_LETTERS: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_VALUES: Final = {letter: value for value, letter in enumerate(_LETTERS)}
_BASE32: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_AS_BECH32: Final = bytes.maketrans(_BASE32, _LETTERS.encode())
_FROM_BASE32: Final = bytes.maketrans(_BASE32, bytes(range(32)))
"""Bech32 cuts bytes into groups of five bits as RFC 4648's base 32 does, and has other letters for them."""

_GENERATOR: Final = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_STEPS: Final = tuple(
    reduce(_xor, (term for place, term in enumerate(_GENERATOR) if (top >> place) & 1), 0) for top in range(32)
)
"""What the five bits that leave the checksum's register put into it."""

_CHECKSUM: Final = 6
_PLAIN: Final = {"npub": "npub", "note": "note"}
_LISTED: Final = {"nprofile": "npub", "nevent": "note"}
"""Names that hold type, length and value of several things; type 0 is the one meant."""


class Named(NamedTuple):
    """What a name stands for: `kind` is npub (a person) or note (an event), `hex` its 64 lower-case digits."""

    kind: str
    hex: str


def named(word: str) -> Named | None:
    """Read an npub, nprofile, note or nevent; None for anything else, naddr and mistyped words included."""
    decoded = decode(word)
    if decoded is None:
        return None
    prefix, data = decoded
    if prefix in _PLAIN and len(data) == KEY:
        return Named(_PLAIN[prefix], data.hex())
    if prefix in _LISTED:
        value = _first_of_type_0(data)
        return Named(_LISTED[prefix], value.hex()) if len(value) == KEY else None
    return None


@lru_cache(maxsize=2048)
def short(prefix: str, identity: str) -> str:
    """A name as a person may still compare it: `npub1` and ten letters, then the last six, 80 bits in all.

    The last six are bech32's checksum over everything, so that both ends must be matched by whoever wants to look
    like somebody else.
    """
    word = encode(prefix, bytes.fromhex(identity))
    return f"{word[: len(prefix) + 11]}…{word[-_CHECKSUM:]}"


def encode(prefix: str, data: bytes) -> str:
    """Write `data` as a bech32 word with `prefix`."""
    word = b32encode(data).rstrip(b"=")
    check = _polymod([*_expanded(prefix), *word.translate(_FROM_BASE32), *[0] * _CHECKSUM]) ^ 1
    ending = "".join(_LETTERS[(check >> 5 * (_CHECKSUM - 1 - place)) & 31] for place in range(_CHECKSUM))
    return f"{prefix}1{word.translate(_AS_BECH32).decode()}{ending}"


def decode(word: str) -> tuple[str, bytes] | None:
    """Read a lower-case bech32 word: prefix and data; None where it is none or its checksum is wrong."""
    prefix, mark, letters = word[:LONGEST].rpartition("1")
    if not mark or not prefix or len(letters) < _CHECKSUM or len(word) > LONGEST:
        return None
    values = [_VALUES.get(letter, -1) for letter in letters]
    if min(values) < 0 or not prefix.isascii() or _polymod([*_expanded(prefix), *values]) != 1:
        return None
    data = _joined(values[:-_CHECKSUM])
    return None if data is None else (prefix, bytes(data))


def _expanded(prefix: str) -> list[int]:
    return [*(ord(char) >> 5 for char in prefix), 0, *(ord(char) & 31 for char in prefix)]


def _polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        check = (check & 0x1FFFFFF) << 5 ^ value ^ _STEPS[check >> 25]
    return check


def _joined(values: list[int]) -> list[int] | None:
    """Join groups of five bits to bytes; None where what is left over is more than padding."""
    held = bits = 0
    joined: list[int] = []
    for value in values:
        held = (held << 5 | value) & 0xFFFF
        bits += 5
        if bits >= 8:  # noqa: PLR2004  # a byte
            bits -= 8
            joined.append(held >> bits & 0xFF)
    return None if bits >= 5 or held & (1 << bits) - 1 else joined  # noqa: PLR2004  # a group


def _first_of_type_0(data: bytes) -> bytes:
    while len(data) >= 2:  # noqa: PLR2004  # one byte of type, one of length
        kind, length = data[0], data[1]
        if kind == 0:
            return data[2 : 2 + length] if length == KEY else b""
        data = data[2 + length :]
    return b""
