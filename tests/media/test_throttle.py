from __future__ import annotations

import asyncio

import pytest

from kiosk.domain.errors import Unavailable
from kiosk.media.throttle import Throttle


def test_few_run_at_one_host_and_not_many_in_all():
    running: dict[str, int] = {}
    peaks: dict[str, int] = {}

    async def hold(throttle: Throttle, host: str) -> None:
        async with throttle.turn(host):
            for name in (host, "all"):
                running[name] = running.get(name, 0) + 1
                peaks[name] = max(peaks.get(name, 0), running[name])
            await asyncio.sleep(0.005)
            for name in (host, "all"):
                running[name] -= 1

    async def crowd() -> None:
        throttle = Throttle(per_host=2, total=3)
        await asyncio.gather(*(hold(throttle, host) for host in "abcdef" for _ in range(5)))

    asyncio.run(crowd())
    assert peaks.pop("all") == 3
    assert max(peaks.values()) == 2


def test_a_slow_host_does_not_hold_the_others_up():
    async def scene() -> None:
        throttle, release = Throttle(per_host=1, total=2), asyncio.Event()

        async def slow() -> None:
            async with throttle.turn("slow"):
                await release.wait()

        waiting = [asyncio.create_task(slow()) for _ in range(10)]
        await asyncio.sleep(0)
        async with asyncio.timeout(1), throttle.turn("quick"):
            release.set()
        await asyncio.gather(*waiting)

    asyncio.run(scene())


def test_pictures_leave_a_place_at_their_host_to_questions():
    async def scene() -> None:
        throttle = Throttle(per_host=2, total=4)
        pictures, release = throttle.below(), asyncio.Event()
        held: list[str] = []

        async def hold(host: str) -> None:
            async with pictures.turn(host):
                held.append(host)
                await release.wait()

        waiting = [asyncio.create_task(hold(host)) for host in "aaabbbccc"]
        await asyncio.sleep(0.01)
        assert held == ["a", "b"], "one at a host, and two of four in all"
        async with asyncio.timeout(1), throttle.turn("a"), throttle.turn("b"):
            release.set()
        await asyncio.gather(*waiting)
        assert sorted(held) == list("aaabbbccc")

    asyncio.run(scene())


def test_nobody_waits_for_ever_and_a_cancelled_wait_keeps_no_place():
    async def scene() -> None:
        throttle = Throttle(per_host=1, total=1, patience=0.05)
        async with throttle.turn("host"):
            with pytest.raises(Unavailable, match="Too many requests"):
                async with throttle.turn("host"):
                    pass
            with pytest.raises(Unavailable):
                async with throttle.turn("other"):
                    pass
        for _ in range(20):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.001), throttle.turn("host"):
                    await asyncio.sleep(1)
        async with throttle.turn("host"):
            await asyncio.sleep(0)
        assert not dict(throttle._hosts)

    asyncio.run(scene())
