from __future__ import annotations

import asyncio
import gzip
import time
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kiosk import __version__
from kiosk.domain.errors import Refused, Unavailable
from kiosk.media.client import API, GuardedClient, Limits

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Answer = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]

SMALL = Limits(seconds=2, largest=100_000, packed=True)


def page(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(head).encode() + body


@pytest.fixture
def fetch(serving) -> Any:
    def fetched(
        answer: Answer, path: str = "/", *, limits: Limits = SMALL, allow_private: bool = True, **more: Any
    ) -> Any:
        async def scene() -> Any:
            client = GuardedClient(limits, allow_private=allow_private)
            try:
                async with serving(answer) as base:
                    return await client.get(base + path, **more)
            finally:
                await client.aclose()

        return asyncio.run(scene())

    return fetched


def says(*answers: bytes) -> Answer:
    async def answer(_: bytes, writer: asyncio.StreamWriter) -> None:
        for part in answers:
            writer.write(part)

    return answer


def test_an_answer_arrives_with_status_headers_and_body(fetch):
    seen: list[bytes] = []

    async def answer(head: bytes, writer: asyncio.StreamWriter) -> None:
        seen.append(head)
        packed = gzip.compress(b'{"error": "gone"}')
        writer.write(page(packed, "Content-Encoding: gzip", "X-RateLimit-Limit: 300", status="404 Not Found"))

    response = fetch(answer, "/api?a=1", params=[("id[]", "1"), ("id[]", "2")], headers={"Authorization": "Bearer x"})
    assert response.status_code == 404
    assert response.json() == {"error": "gone"}
    assert response.headers["x-ratelimit-limit"] == "300"
    assert "content-encoding" not in response.headers
    head = seen[0].decode()
    assert head.startswith("GET /api?a=1&id%5B%5D=1&id%5B%5D=2 HTTP/1.1\r\n")
    assert f"User-Agent: TweetupWall/{__version__}\r\n" in head
    assert "Accept-Encoding: gzip\r\n" in head
    assert "Authorization: Bearer x\r\n" in head


def test_pictures_are_asked_for_unpacked(fetch):
    seen: list[bytes] = []

    async def answer(head: bytes, writer: asyncio.StreamWriter) -> None:
        seen.append(head)
        writer.write(page(b"x"))

    fetch(answer, limits=Limits(seconds=2, largest=10, packed=False))
    assert b"Accept-Encoding: identity\r\n" in seen[0]


def _bomb(megabytes: int) -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    return b"".join(packer.compress(bytes(1_000_000)) for _ in range(megabytes)) + packer.flush()


def _peak() -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0])


def test_a_gzip_bomb_is_refused_in_little_memory(fetch):
    bomb = _bomb(300)
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # starts VmHWM anew; proc(5)
    before = _peak()
    with pytest.raises(Refused, match="more than"):
        fetch(says(page(bomb, "Content-Encoding: gzip")), limits=API)
    grown = _peak() - before
    assert grown < 20_000, f"{grown} kB more"


def test_an_endless_answer_is_refused_at_the_cap(fetch):
    async def answer(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"1000\r\n" + bytes(0x1000) + b"\r\n")
            await writer.drain()

    with pytest.raises(Refused, match=r"more than 0\.1 MB"):
        fetch(answer)


def test_a_declared_size_above_the_cap_is_refused_before_the_body(fetch):
    with pytest.raises(Refused, match="more than"):
        fetch(says(b"HTTP/1.1 200 OK\r\nContent-Length: 100001\r\n\r\n"))


@pytest.mark.parametrize("where", ["body", "head", "nothing"])
def test_a_trickle_ends_at_the_deadline(where, fetch):
    async def answer(_: bytes, writer: asyncio.StreamWriter) -> None:
        if where != "nothing":
            writer.write(
                b"HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n" + (b"\r\n" if where == "body" else b"X-Long: ")
            )
        while True:
            if where != "nothing":
                writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.05)

    begun = time.monotonic()
    with pytest.raises(Unavailable, match="within 1 seconds"):
        fetch(answer, limits=Limits(seconds=1, largest=100_000, packed=True))
    assert 0.9 < time.monotonic() - begun < 2.0


def test_redirects_share_one_deadline(fetch):
    async def answer(_: bytes, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.4)
        writer.write(page(b"", "Location: /on", status="302 Found"))

    begun = time.monotonic()
    with pytest.raises(Unavailable, match="within 1 seconds"):
        fetch(answer, limits=Limits(seconds=1, largest=100, packed=True))
    assert time.monotonic() - begun < 2.0


def test_redirects_are_followed_and_end(fetch):
    async def answer(head: bytes, writer: asyncio.StreamWriter) -> None:
        step = int(head.split(b" ")[1].decode().rpartition("/")[2])
        writer.write(page(b"here") if step == 5 else page(b"", f"Location: {step + 1}", status="301 Moved"))

    assert fetch(answer, "/0").content == b"here"
    with pytest.raises(Refused, match="redirects more than 5 times"):
        fetch(says(page(b"", "Location: /", status="302 Found")))


@pytest.mark.parametrize(
    "target",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://[fe80::1]/",
        "http://[::ffff:169.254.169.254]/",
        "http://2852039166/",
        "http://0/",
    ],
)
def test_a_redirect_to_a_forbidden_address_is_refused(target, fetch):
    with pytest.raises(Refused, match="was not contacted"):
        fetch(says(page(b"", f"Location: {target}", status="302 Found")))


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://example.org/", "gopher://x/", "//user:pw@127.0.0.1/"])
def test_a_redirect_to_something_else_is_refused(target, fetch):
    with pytest.raises(Refused):
        fetch(says(page(b"", f"Location: {target}", status="302 Found")))


def test_a_token_stays_with_its_host(serving):
    heads: list[bytes] = []

    async def scene() -> None:
        async def other(head: bytes, writer: asyncio.StreamWriter) -> None:
            heads.append(head)
            writer.write(page(b"", "Set-Cookie: a=b"))

        async with serving(other) as elsewhere:
            there = says(page(b"", f"Location: {elsewhere}/", status="302 Found"))
            client = GuardedClient(SMALL, allow_private=True)
            async with serving(there) as base:
                await client.get(base, headers={"Authorization": "Bearer secret"})
            await client.get(elsewhere)
            await client.aclose()

    asyncio.run(scene())
    assert len(heads) == 2
    assert not any(b"secret" in head for head in heads)
    assert not any(b"cookie" in head.lower() for head in heads)


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "127.1", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "[::1]"]
)
def test_loopback_is_refused_in_every_spelling(host, serving):
    async def scene() -> None:
        async with serving(says()) as base:
            client = GuardedClient(SMALL)
            with pytest.raises(Refused, match="was not contacted"):
                await client.get(f"https://{host}:{base.rpartition(':')[2]}/")

    asyncio.run(scene())


def test_plain_http_needs_permission(fetch):
    with pytest.raises(Refused, match="only https"):
        fetch(says(page(b"x")), allow_private=False)


def test_a_kept_connection_that_was_reset_is_asked_anew_once(serving):
    asked: dict[asyncio.StreamWriter, int] = {}

    async def answer(_: bytes, writer: asyncio.StreamWriter) -> None:
        asked[writer] = asked.get(writer, 0) + 1
        if asked[writer] == 1:
            writer.write(page(b"one"))
        else:
            writer.transport.abort()

    async def scene() -> list[bytes]:
        client = GuardedClient(SMALL, allow_private=True)
        async with serving(answer) as base:
            bodies = [(await client.get(base)).content for _ in range(2)]
        await client.aclose()
        return bodies

    assert asyncio.run(scene()) == [b"one", b"one"]
    assert list(asked.values()) == [2, 1]


def test_a_fresh_connection_that_is_reset_is_not_asked_again(fetch):
    asked = 0

    async def answer(_: bytes, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        asked += 1
        writer.transport.abort()

    with pytest.raises(Unavailable, match="broke off"):
        fetch(answer)
    assert asked == 1


def test_nobody_there_is_unavailable(serving):
    async def scene() -> None:
        async with serving(says()) as base:
            pass
        client = GuardedClient(SMALL, allow_private=True)
        with pytest.raises(Unavailable, match="cannot be reached"):
            await client.get(base)
        with pytest.raises(Unavailable, match="cannot be reached"):
            await client.get("https://no-such-host.invalid/")

    asyncio.run(scene())


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org",
        "https://",
        "javascript:1",
        "https://[::1",
        "https://" + "a" * 70 + ".example/",
        "https://\x00/",
    ],
)
def test_what_is_no_web_address_is_refused(url):
    async def scene() -> None:
        with pytest.raises((Refused, Unavailable)):
            await GuardedClient(SMALL).get(url)

    asyncio.run(scene())


@pytest.mark.parametrize(
    "nonsense",
    [
        b"\x00\x01\x02\r\n\r\n",
        b"SSH-2.0-OpenSSH\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        b"HTTP/9.9 ???\r\n\r\n",
    ],
)
def test_nonsense_is_unavailable(nonsense, fetch):
    with pytest.raises(Unavailable):
        fetch(says(nonsense))


def test_a_token_that_cannot_be_sent_is_refused(fetch):
    with pytest.raises(Refused, match="token_file"):
        fetch(says(page(b"x")), headers={"Authorization": "Bearer a\nb"})


def test_cancelled_requests_leave_no_place_taken(serving):
    async def scene() -> bytes:
        slow = asyncio.Event()

        async def answer(head: bytes, writer: asyncio.StreamWriter) -> None:
            if b"/slow" in head:
                await slow.wait()
            writer.write(page(b"quick"))

        client = GuardedClient(SMALL, allow_private=True)
        async with serving(answer) as base:
            waiting = [asyncio.create_task(client.get(base + "/slow")) for _ in range(30)]
            await asyncio.sleep(0.1)
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
            body = (await client.get(base + "/quick")).content
            slow.set()
        await client.aclose()
        return body

    assert asyncio.run(scene()) == b"quick"
