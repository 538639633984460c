"""Reading an answer's body with a cap on what it unpacks to, in memory that never exceeds the cap by much."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final

from kiosk.domain.errors import Refused, Unavailable

if TYPE_CHECKING:
    from collections.abc import AsyncIterable

RATIO: Final = 100
"""How many times its size an answer may unpack to; JSON of real timelines stays below 20."""

UNSUSPECTED: Final = 256 * 1024
"""Unpacked bytes up to which the ratio is not looked at."""

_STEP: Final = 64 * 1024
_GZIP: Final = zlib.MAX_WBITS | 16


async def read_body(chunks: AsyncIterable[bytes], encoding: str, cap: int, host: str) -> bytes:
    """Collect a body, unpacked, of at most `cap` bytes; `encoding` is the Content-Encoding header.

    Raises:
        Refused: where it is larger, unpacks suspiciously far, or is packed in a way nobody asked for.
        Unavailable: where it is damaged or ends early.

    """
    name = encoding.strip().lower()
    if name in {"", "identity"}:
        return await _plain(chunks, cap, host)
    if name in {"gzip", "x-gzip"}:
        return await _unpacked(chunks, cap, host)
    raise Refused(f"{host} sent an answer packed as “{name}”, which was not asked for.")


async def _plain(chunks: AsyncIterable[bytes], cap: int, host: str) -> bytes:
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if len(body) > cap:
            raise too_large(host, cap)
    return bytes(body)


async def _unpacked(chunks: AsyncIterable[bytes], cap: int, host: str) -> bytes:
    body, arrived = bytearray(), 0
    gzip = zlib.decompressobj(_GZIP)
    try:
        async for chunk in chunks:
            arrived += len(chunk)
            rest = chunk
            while rest and not gzip.eof:
                body += gzip.decompress(rest, _STEP)
                rest = gzip.unconsumed_tail
                if len(body) > cap:
                    raise too_large(host, cap)
                if len(body) > max(UNSUSPECTED, RATIO * arrived):
                    raise Refused(f"{host} sent an answer that unpacks to more than {RATIO} times its size.")
        body += gzip.flush()
    except zlib.error as error:
        raise Unavailable(f"{host} sent a damaged answer ({error}).") from error
    if arrived and not gzip.eof:
        raise Unavailable(f"{host} broke off in the middle of its answer.")
    return bytes(body)


def too_large(host: str, cap: int) -> Refused:
    """The error for an answer above its cap, given in bytes."""
    return Refused(f"{host} sent more than {cap / 1_000_000:g} MB, the most that is read.")
