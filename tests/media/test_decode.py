from __future__ import annotations

import asyncio
import hashlib
import io
import multiprocessing
import os
import resource
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from kiosk.domain.errors import MediaError
from kiosk.media.decode import MEMORY, PhotoDecoder

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


def _jpeg(width: int = 64, height: int = 48) -> bytes:
    buffer = io.BytesIO()
    Image.effect_noise((width, height), 60).convert("RGB").save(buffer, "JPEG")
    return buffer.getvalue()


def _slow() -> bytes:
    """A permitted picture that takes a good part of a second."""
    buffer = io.BytesIO()
    noise = Image.effect_noise((1000, 1000), 90).convert("RGB")
    sheet = Image.new("RGB", (4000, 5000))
    for at in range(20):
        sheet.paste(noise, (at % 4 * 1000, at // 4 * 1000))
    sheet.save(buffer, "JPEG", progressive=True, quality=60)
    return buffer.getvalue()


def _run(scene: Callable[[PhotoDecoder], Awaitable[None]], **how: float) -> None:
    async def whole() -> None:
        decoder = PhotoDecoder(**how)
        try:
            await scene(decoder)
        finally:
            await decoder.close()
        assert not _workers()

    asyncio.run(whole())


def _workers() -> list[int]:
    return [child.pid for child in multiprocessing.active_children() if child.pid]


async def _busy() -> int:
    """The worker's number, once it has computed for 60 ms on what it was given."""
    (number,) = _workers()

    def spent() -> int:
        fields = Path(f"/proc/{number}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])

    begun = spent()
    async with asyncio.timeout(20):
        while spent() < begun + 6:  # another process has no asyncio.Event
            await asyncio.sleep(0.005)
    return number


def test_a_photo_comes_in_two_sizes_under_the_hash_of_its_wall_bytes():
    async def scene(decoder: PhotoDecoder) -> None:
        stored = await decoder.decode(_jpeg(1200, 900))
        assert stored.photo.sha256 == hashlib.sha256(stored.wall).hexdigest()
        assert (stored.photo.width, stored.photo.height) == Image.open(io.BytesIO(stored.wall)).size == (1200, 900)
        assert Image.open(io.BytesIO(stored.thumbnail)).size == (480, 360)

    _run(scene)


def test_equal_bytes_give_equal_photos():
    async def scene(decoder: PhotoDecoder) -> None:
        picture = _jpeg()
        assert await decoder.decode(picture) == await decoder.decode(picture)

    _run(scene)


def test_a_refused_picture_says_why_and_the_next_one_works():
    async def scene(decoder: PhotoDecoder) -> None:
        with pytest.raises(MediaError, match="neither JPEG"):
            await decoder.decode(b"<svg/>")
        await decoder.decode(_jpeg())

    _run(scene)


def test_the_worker_lives_in_its_limits():
    async def scene(decoder: PhotoDecoder) -> None:
        await decoder.decode(_jpeg())
        assert decoder._sandbox._pool is not None

        async def there(function: Callable[..., object], *given: object) -> object:
            return await asyncio.wrap_future(decoder._sandbox._pool.schedule(function, args=given, timeout=10))

        assert await there(resource.getrlimit, resource.RLIMIT_AS) == (MEMORY, MEMORY)
        assert await there(resource.getrlimit, resource.RLIMIT_CORE) == (0, 0)
        assert await there(resource.getrlimit, resource.RLIMIT_FSIZE) == (0, 0)
        assert await there(os.nice, 0) >= 10
        with pytest.raises(OSError, match="Too many open files"):
            await there(open, "/etc/passwd")
        with pytest.raises(OSError, match="Too many open files"):
            await there(os.pipe)
        with pytest.raises(MemoryError):
            await there(bytes, MEMORY)

    _run(scene)


def test_a_worker_killed_in_mid_job_costs_only_that_photo():
    async def scene(decoder: PhotoDecoder) -> None:
        await decoder.decode(_jpeg())
        slow = asyncio.create_task(decoder.decode(_slow()))
        next_one = asyncio.create_task(decoder.decode(_jpeg()))
        os.kill(await _busy(), signal.SIGKILL)
        with pytest.raises(MediaError, match="crashed its decoder"):
            await slow
        assert (await next_one).photo.width == 64

    _run(scene)


def test_a_worker_killed_while_idle_costs_no_photo():
    async def scene(decoder: PhotoDecoder) -> None:
        await decoder.decode(_jpeg())
        os.kill(_workers()[0], signal.SIGKILL)
        await asyncio.sleep(0.3)
        assert (await decoder.decode(_jpeg())).photo.width == 64

    _run(scene)


def test_a_picture_that_takes_too_long_is_refused_and_the_next_one_works():
    async def scene(decoder: PhotoDecoder) -> None:
        await decoder.decode(_jpeg())
        slow = asyncio.create_task(decoder.decode(_slow()))
        os.kill(await _busy(), signal.SIGSTOP)
        begun = time.monotonic()
        with pytest.raises(MediaError, match="longer than 1 seconds"):
            await slow
        assert time.monotonic() - begun < 8
        assert (await decoder.decode(_jpeg())).photo.width == 64

    _run(scene, seconds=1.0)


def test_a_picture_that_needs_too_much_memory_is_refused():
    async def scene(decoder: PhotoDecoder) -> None:
        buffer = io.BytesIO()
        Image.new("RGBA", (5000, 4800)).save(buffer, "PNG")
        with pytest.raises(MediaError, match="more memory than is allowed"):
            await decoder.decode(buffer.getvalue())
        assert (await decoder.decode(_jpeg())).photo.width == 64

    _run(scene, memory=200_000_000)


def test_workers_are_replaced_after_their_share():
    async def scene(decoder: PhotoDecoder) -> None:
        met: set[int] = set()
        for _ in range(5):
            await decoder.decode(_jpeg())
            met |= set(_workers())
            await asyncio.sleep(0.3)
        assert len(met) >= 2

    _run(scene, tasks=2)


def test_a_cancelled_wait_leaves_the_decoder_usable():
    async def scene(decoder: PhotoDecoder) -> None:
        await decoder.decode(_jpeg())
        slow = asyncio.create_task(decoder.decode(_slow()))
        await _busy()
        slow.cancel()
        await asyncio.gather(slow, return_exceptions=True)
        assert (await decoder.decode(_jpeg())).photo.width == 64

    _run(scene)


def test_closing_ends_a_stopped_worker_too():
    async def scene(decoder: PhotoDecoder) -> None:
        await decoder.decode(_jpeg())
        os.kill(_workers()[0], signal.SIGSTOP)

    _run(scene)
