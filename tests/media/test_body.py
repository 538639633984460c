from __future__ import annotations

import asyncio
import gzip
import json
import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.domain.errors import Refused, Unavailable
from kiosk.media.body import UNSUSPECTED, read_body

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable


async def _stream(chunks: Iterable[bytes]) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


def _read(chunks: Iterable[bytes], encoding: str = "", cap: int = 1_000_000) -> bytes:
    return asyncio.run(read_body(_stream(chunks), encoding, cap, "example.social"))


@given(body=st.binary(max_size=3000), cut=st.integers(1, 500))
@settings(max_examples=60, deadline=None)
def test_a_packed_body_comes_out_whole_however_it_is_cut(body, cut):
    packed = gzip.compress(body)
    assert _read([packed[at : at + cut] for at in range(0, len(packed), cut)], "gzip") == body


def test_a_body_that_fills_every_step_comes_out_whole():
    body = json.dumps([{"id": number, "content": os.urandom(40).hex()} for number in range(5000)]).encode()
    assert _read([gzip.compress(body)], "GZIP ") == body


def test_the_cap_counts_unpacked_bytes():
    with pytest.raises(Refused, match=r"more than 1 MB"):
        _read([gzip.compress(os.urandom(1_000_001))], "gzip")
    with pytest.raises(Refused, match=r"more than 1 MB"):
        _read([bytes(600_000), bytes(400_001)])
    assert len(_read([bytes(600_000), bytes(400_000)])) == 1_000_000


def test_a_suspicious_ratio_is_refused_below_the_cap():
    packed = gzip.compress(bytes(900_000))
    assert len(packed) * 100 < UNSUSPECTED
    with pytest.raises(Refused, match="100 times"):
        _read([packed], "gzip")


def test_damaged_short_and_unknown_packing_are_told_apart():
    packed = gzip.compress(os.urandom(5000))
    with pytest.raises(Unavailable, match="broke off"):
        _read([packed[:-9]], "gzip")
    with pytest.raises(Unavailable, match="damaged"):
        _read([b"this is no gzip at all"], "gzip")
    with pytest.raises(Refused, match="“br”"):
        _read([b"x"], "br")


def test_an_empty_packed_body_is_empty():
    assert _read([], "gzip") == b""
