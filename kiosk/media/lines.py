"""An answer without an end, read line by line: each line capped, each pause bounded."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING, Final, cast

import httpcore
import httpx

from kiosk.domain.errors import Refused, Unavailable
from kiosk.media.body import read_body
from kiosk.media.troubles import told

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

LONGEST: Final = 1_000_000
"""Bytes of one line."""

_ERROR: Final = 100_000
"""Bytes of the body of an answer that is an error."""


class LineAnswer:
    """One answer as it arrives; see `sources.source.Lines`."""

    def __init__(self, answer: httpcore.Response, host: str, silence: float) -> None:
        """Read from `host`, which may be silent for `silence` seconds."""
        self.status_code = answer.status
        self.headers = httpx.Headers(answer.headers)
        self._answer = answer
        self._host = host
        self._silence = silence

    async def lines(self) -> AsyncGenerator[str]:
        """Each line without its end, an empty one for a heartbeat.

        Raises:
            Unavailable: where the server is silent for too long or breaks off in a line.
            Refused: for a line that is too long, or where the answer is packed.

        """
        if self.headers.get("content-encoding", "identity") != "identity":
            raise Refused(f"{self._host} packs its stream, which was not asked for.")
        held = bytearray()
        async with aclosing(cast("AsyncGenerator[bytes]", self._answer.aiter_stream())) as chunks:
            while True:
                try:
                    with told(self._host, self._silence):
                        async with asyncio.timeout(self._silence):
                            chunk = await anext(chunks, b"")
                except Unavailable as error:
                    if isinstance(error.__cause__, TimeoutError | httpcore.ReadTimeout):
                        raise silent(self._host, self._silence) from error
                    raise
                held += chunk
                *whole, rest = held.split(b"\n")
                held = bytearray(rest)
                for line in whole:
                    yield line.rstrip(b"\r").decode("utf-8", "replace")
                if not chunk:
                    return
                if len(held) > LONGEST:
                    raise Refused(f"{self._host} sent a line of more than {LONGEST / 1_000_000:g} MB.")

    async def body(self) -> bytes:
        """The whole body, for an answer that is an error; at most 100 KB."""
        with told(self._host, self._silence):
            async with (
                asyncio.timeout(self._silence),
                aclosing(cast("AsyncGenerator[bytes]", self._answer.aiter_stream())) as chunks,
            ):
                return await read_body(chunks, self.headers.get("content-encoding", ""), _ERROR, self._host)


def silent(host: str, seconds: float) -> Unavailable:
    """The error for a stream of which nothing was heard, not even a heartbeat."""
    return Unavailable(f"{host} has been silent for {seconds:g} seconds; it is called anew.")
