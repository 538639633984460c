from __future__ import annotations

import asyncio
import json
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import pytest
import zstandard
from recordings import SHARED
from servers.appview import record
from servers.jetstream import V2, Jetstream, posted
from servers.tag_server import real_client

from kiosk.domain.errors import BadPayload, Misconfigured, Refused, Unavailable
from kiosk.sources.bluesky.jetstream import dictionary_id
from kiosk.sources.bluesky.jetstream_servers import LARGEST_DICTIONARY, Servers

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from pathlib import Path

LEGACY = SHARED / "bluesky" / "jetstream" / "legacy_subscribe.zdict"
FRAME = posted("did:plc:ada", "3k", record())


def trained() -> bytes:
    """A dictionary trained on frames that we wrote."""
    frames = [json.dumps(posted(f"did:plc:{number}", str(number), record(f"{number} #hall"))) for number in range(500)]
    return zstandard.train_dictionary(8_192, [frame.encode() for frame in frames]).as_bytes()


def on(addresses: Sequence[str], scenario: Callable[[Servers], Awaitable[Any]], dictionary: Path | None = None) -> Any:
    async def whole() -> Any:
        async with aclosing(real_client()) as client:
            return await scenario(Servers(addresses, client, dictionary))

    return asyncio.run(whole())


async def first(servers: Servers, since: int = 0) -> Any:
    async with servers.follow(since, 5.0) as channel, aclosing(channel.messages()) as messages:
        return json.loads(await anext(messages))


def test_frames_come_plain_without_a_dictionary():
    with Jetstream() as server:
        server.tell(FRAME)
        assert on([server.url], lambda servers: first(servers, FRAME["time_us"])) == FRAME


def test_frames_of_version_1_come_packed_with_a_dictionary_from_a_file(tmp_path):
    (tmp_path / "zdict").write_bytes(trained())
    with Jetstream((tmp_path / "zdict").read_bytes()) as server:
        server.tell(FRAME)
        told = on([server.url], lambda servers: first(servers, FRAME["time_us"]), tmp_path / "zdict")
        assert "compress=true" in server.requests[0]
    assert told == FRAME


@pytest.mark.skipif(not LEGACY.is_file(), reason="needs the public dictionary, which is not part of the project")
def test_the_public_dictionary_is_one_that_we_take():
    with Jetstream(LEGACY.read_bytes()) as server:
        server.tell(FRAME)
        assert on([server.url], lambda servers: first(servers, FRAME["time_us"]), LEGACY) == FRAME
    assert dictionary_id(LEGACY.read_bytes()) == 1612007021


def test_version_2_hands_out_its_dictionary_once_and_packs_with_it():
    dictionary = trained()
    with Jetstream(dictionary) as server:
        server.tell(FRAME)

        async def scenario(servers: Servers) -> None:
            for _ in range(2):
                told = await first(servers, FRAME["time_us"])
                assert told["payload"]["commit" if "commit" in told["payload"] else "record"] == record()

        on([server.url + V2], scenario)
        asked = [request for request in server.requests if "getZstdDictionary" in request]
        assert len(asked) == 1
        assert f"zstdDictionary={dictionary_id(dictionary)}" in server.requests[-1]
        assert server.subprotocols == ["xrpc.v1.json"] * 2


def test_version_2_without_a_dictionary_comes_plain():
    with Jetstream() as server:
        server.tell(FRAME)
        told = on([server.url + V2], lambda servers: first(servers, FRAME["time_us"]))
        assert told["payload"]["record"] == record()
        assert "zstdDictionary" not in server.requests[-1]


def test_a_dictionary_that_is_not_taken_any_more_is_done_without_the_next_time():
    with Jetstream(trained()) as server:
        server.refusing = (400, b'{"error": "UnknownZstdDictionary"}')

        async def scenario(servers: Servers) -> None:
            with pytest.raises(Unavailable):
                await first(servers)
            server.refusing = None
            server.tell(FRAME)
            assert (await first(servers, FRAME["time_us"]))["$type"] == "message"

        on([server.url + V2], scenario)
        assert "zstdDictionary" not in server.requests[-1]


def test_frames_that_are_packed_in_another_way_than_agreed_come_plain_the_next_time():
    with Jetstream(trained()) as server:
        server.tell(FRAME)

        async def scenario(servers: Servers) -> None:
            with pytest.raises(BadPayload):
                async with servers.follow(FRAME["time_us"], 5.0):
                    raise BadPayload("packed in another way")
            assert (await first(servers, FRAME["time_us"]))["$type"] == "message"

        on([server.url + V2], scenario)
        assert "zstdDictionary" not in server.requests[-1]


@pytest.mark.parametrize("content", [None, b"", b"no dictionary", b"\x37\xa4\x30\xec" + b"x" * LARGEST_DICTIONARY])
def test_a_file_that_is_no_dictionary_is_said(tmp_path, content):
    path = tmp_path / "zdict"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Misconfigured, match="zdict"):
        on(["ws://127.0.0.1:1"], first, path)


def test_after_each_failure_the_next_server_has_its_turn():
    with Jetstream() as one, Jetstream() as other:
        for server in (one, other):
            server.tell(FRAME)

        async def scenario(servers: Servers) -> None:
            one.refusing = (503, b"")
            with pytest.raises(Unavailable):
                await first(servers)
            assert await first(servers, FRAME["time_us"]) == FRAME

        on([one.url, other.url], scenario)
        assert (len(one.requests), len(other.requests)) == (1, 1)


def test_a_server_that_breaks_off_loses_its_turn():
    with Jetstream() as one, Jetstream() as other:
        other.tell(FRAME)

        async def scenario(servers: Servers) -> None:
            with pytest.raises(Unavailable):
                async with servers.follow(0, 0.3) as channel, aclosing(channel.messages()) as messages:
                    await anext(messages)
            assert await first(servers, FRAME["time_us"]) == FRAME

        on([one.url, other.url], scenario)


def test_only_where_every_server_refuses_is_the_stream_refused():
    with Jetstream() as one, Jetstream() as other:
        one.refusing = other.refusing = (403, b"")

        async def scenario(servers: Servers) -> None:
            with pytest.raises(Unavailable, match="next Jetstream"):
                await first(servers)
            with pytest.raises(Refused):
                await first(servers)

        on([one.url, other.url], scenario)
