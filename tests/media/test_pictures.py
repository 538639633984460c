from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from kiosk.domain.errors import Refused, Unavailable
from kiosk.media.client import PICTURE, GuardedClient
from kiosk.media.pictures import Pictures

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def fetched(serving) -> Callable[..., bytes]:
    def fetch(status: str, body: bytes = b"pixels", *headers: str) -> bytes:
        async def answer(head: bytes, writer: asyncio.StreamWriter) -> None:
            assert b"Accept: image/jpeg" in head
            assert b"svg" not in head
            lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
            writer.write("\r\n".join(lines).encode() + body)

        async def scene() -> bytes:
            client = GuardedClient(PICTURE, allow_private=True)
            try:
                async with serving(answer) as base:
                    return await Pictures(client).picture(f"{base}/media/1.jpg")
            finally:
                await client.aclose()

        return asyncio.run(scene())

    return fetch


def test_a_picture_arrives_as_it_is(fetched):
    body = bytes(range(256)) * 4000
    assert fetched("200 OK", body) == body


@pytest.mark.parametrize("status", ["404 Not Found", "403 Forbidden", "410 Gone", "204 No Content", "206 Partial"])
def test_what_will_not_come_is_refused(fetched, status):
    with pytest.raises(Refused, match=f"status {status[:3]}"):
        fetched(status, b"" if status.startswith("204") else b"x")


def test_an_empty_picture_is_refused(fetched):
    with pytest.raises(Refused, match="empty"):
        fetched("200 OK", b"")


@pytest.mark.parametrize(
    ("header", "seconds"), [("Retry-After: 12", 12.0), ("Retry-After: 999999", 3600.0), ("Retry-After: soon", None)]
)
def test_what_may_come_later_says_when(fetched, header, seconds):
    with pytest.raises(Unavailable, match="status 429") as caught:
        fetched("429 Too Many Requests", b"x", header)
    assert caught.value.retry_after == seconds


def test_a_picture_of_more_than_15_megabytes_is_refused(fetched):
    with pytest.raises(Refused, match="15 MB"):
        fetched("200 OK", bytes(15_000_001))
