from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import pytest

from kiosk.domain.errors import Refused, Unavailable
from kiosk.media import lines as module
from kiosk.media.client import GuardedClient

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Writer = asyncio.StreamWriter

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"


@pytest.fixture
def streamed(serving) -> Any:
    def read(say: Callable[[Writer], Awaitable[None]], silence: float = 2.0) -> list[str]:
        got: list[str] = []

        async def answer(_: bytes, writer: Writer) -> None:
            await say(writer)
            writer.close()

        async def scene() -> None:
            async with (
                aclosing(GuardedClient(allow_private=True)) as client,
                serving(answer) as base,
                client.open(base + "/stream", silence=silence) as stream,
                aclosing(stream.lines()) as lines,
            ):
                if stream.status_code != 200:
                    got.append((await stream.body()).decode())
                    return
                async for line in lines:
                    got.append(line)  # noqa: PERF401  # what came before a fault counts

        try:
            asyncio.run(scene())
        except (Unavailable, Refused) as fault:
            got.append(f"{type(fault).__name__}: {fault}")
        return got

    return read


def test_lines_come_whole_however_they_were_cut(streamed):
    async def say(writer: Writer) -> None:
        writer.write(HEAD)
        for part in (b":thump\n\nev", b"ent: update\r", b"\ndata: \xc3", b"\xa4\n"):
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(0.01)

    assert streamed(say) == [":thump", "", "event: update", "data: ä"]


def test_silence_ends_a_stream_with_a_sentence_and_heartbeats_prevent_it(streamed):
    async def say(writer: Writer) -> None:
        writer.write(HEAD)
        for _ in range(5):
            writer.write(b":thump\n")
            await writer.drain()
            await asyncio.sleep(0.15)
        await asyncio.sleep(2)

    got = streamed(say, silence=0.4)
    assert got[:-1] == [":thump"] * 5
    assert got[-1].endswith("has been silent for 0.4 seconds; it is called anew.")


def test_an_endless_line_is_refused(streamed, monkeypatch):
    monkeypatch.setattr(module, "LONGEST", 1000)

    async def say(writer: Writer) -> None:
        writer.write(HEAD + b"x" * 5000)
        await writer.drain()
        await asyncio.sleep(1)

    assert streamed(say)[-1].startswith("Refused: 127.0.0.1 sent a line")


def test_a_packed_stream_is_refused(streamed):
    async def say(writer: Writer) -> None:
        writer.write(HEAD.replace(b"\r\n\r\n", b"\r\nContent-Encoding: gzip\r\n\r\n") + b"x")

    assert streamed(say) == ["Refused: 127.0.0.1 packs its stream, which was not asked for."]


def test_a_stream_that_breaks_in_a_line_is_unavailable(streamed):
    async def say(writer: Writer) -> None:
        writer.write(HEAD.replace(b"\r\n\r\n", b"\r\nContent-Length: 100\r\n\r\n") + b"a\nb")

    got = streamed(say)
    assert got[0] == "a"
    assert got[-1].startswith("Unavailable: 127.0.0.1 broke off")


def test_an_answer_that_is_an_error_has_a_body(streamed):
    async def say(writer: Writer) -> None:
        writer.write(b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 4\r\n\r\nlate")

    assert streamed(say) == ["late"]
