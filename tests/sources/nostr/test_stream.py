from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest
from servers.relay import Writer
from servers.small_relay import SmallRelay
from servers.tag_server import real_client

from kiosk.domain.errors import Refused, Unavailable
from kiosk.sources.nostr import stream as nostr_stream
from kiosk.sources.nostr.pool import Pool
from kiosk.sources.nostr.stream import DELETIONS, FIRST_PAUSE, LONGEST_PAUSE, REFUSED_PAUSE, Chorus, _pause_after
from kiosk.sources.source import Batch

ADA = Writer("ada")


async def digest(talk, raws, told) -> Batch:
    """What was heard, as ids of what is gone: the simplest batch there is."""
    fresh = [msg for raw in raws if (msg := bytes(raw).decode()) not in told]
    told.update(fresh)
    return Batch(gone=tuple(fresh))


def on_chorus(scenario, *relays: SmallRelay, ears=digest):
    async def whole():
        async with aclosing(real_client()) as client:
            for relay in relays:
                await relay.start()
            try:
                async with asyncio.timeout(20):
                    pool = Pool([relay.url for relay in relays], client)
                    chorus = Chorus(pool, lambda: {"kinds": [1]}, ears)
                    async with aclosing(chorus.batches()) as batches:
                        return await scenario(chorus, batches)
            finally:
                for relay in relays:
                    await relay.stop()

    return asyncio.run(whole())


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(nostr_stream, "FIRST_PAUSE", 0.05)


def test_an_empty_batch_says_that_a_relay_stands_and_what_comes_follows():
    relay = SmallRelay()

    async def scenario(_, batches) -> None:
        assert await anext(batches) == Batch()
        await relay.publish(ADA.note("Hello"))
        assert "Hello" in (await anext(batches)).gone[0]

    on_chorus(scenario, relay)


def test_a_relay_that_breaks_off_is_called_anew_while_the_other_goes_on():
    one, two = SmallRelay(), SmallRelay()

    async def scenario(_, batches) -> None:
        await anext(batches)
        await anext(batches)
        await one.stop()
        await two.publish(ADA.note("Meanwhile"))
        assert "Meanwhile" in (await anext(batches)).gone[0]
        one.events.append(ADA.note("Missed"))
        await one.start()
        assert "Missed" in (await anext(batches)).gone[0]
        await one.publish(ADA.note("Again"))
        assert "Again" in (await anext(batches)).gone[0]

    on_chorus(scenario, one, two)
    assert (one.connections, two.connections) == (2, 1)


def test_it_ends_when_all_relays_are_down_at_once():
    one, two = SmallRelay(), SmallRelay()

    async def scenario(_, batches) -> None:
        await anext(batches)
        await anext(batches)
        await one.stop()
        await two.stop()
        with pytest.raises(Unavailable):
            await anext(batches)
        await one.start()
        await two.start()

    on_chorus(scenario, one, two)


def test_relays_that_all_refuse_are_a_refusal():
    relay = SmallRelay()
    relay.instead = lambda name, _: [["CLOSED", name, "auth-required: members only"]]

    async def scenario(_, batches) -> None:
        with pytest.raises(Refused, match="members only"):
            await anext(batches)

    on_chorus(scenario, relay)


def test_a_fault_of_our_own_is_not_hidden():
    async def wrong(_, __, ___) -> Batch:
        raise ZeroDivisionError

    async def scenario(_, batches) -> None:
        with pytest.raises(ZeroDivisionError):
            await anext(batches)

    on_chorus(scenario, SmallRelay(), ears=wrong)


def test_what_is_watched_is_told_to_relays_that_stand_and_to_those_that_come_later():
    one, two = SmallRelay(), SmallRelay()

    async def scenario(chorus, batches) -> None:
        await anext(batches)
        await anext(batches)
        await chorus.watch({"kinds": [5], "authors": [ADA.pubkey]})
        await two.stop()
        await two.start()
        await anext(batches)
        deletion = ADA.deletion(ADA.note("Hello"))
        for relay in (one, two):
            assert relay.listening(DELETIONS) == [{"kinds": [5], "authors": [ADA.pubkey]}]
            await relay.publish(deletion)
            assert deletion["id"] in (await anext(batches)).gone[0]

    on_chorus(scenario, one, two)


def test_nothing_is_left_behind_when_it_is_left():
    async def scenario(_, batches) -> None:
        await anext(batches)
        await batches.aclose()
        assert [task for task in asyncio.all_tasks() if "_follow" in repr(task)] == []

    on_chorus(scenario, SmallRelay(), SmallRelay())


def test_relays_are_read_no_faster_than_their_batches_are_taken(monkeypatch):
    monkeypatch.setattr(nostr_stream, "MOST_WAITING", 2)
    taken: list[int] = []

    async def counting(talk, raws, told) -> Batch:
        taken.append(len(raws))
        return await digest(talk, raws, told)

    relay = SmallRelay()

    async def scenario(_, batches) -> None:
        await anext(batches)
        await relay.publish(*(ADA.note(str(number)) for number in range(50)))
        await asyncio.sleep(0.3)
        assert sum(taken) <= 4
        for number in range(50):
            assert f'"{number}"' in (await anext(batches)).gone[0]

    on_chorus(scenario, relay, ears=counting)


def test_pauses_grow_and_are_bounded():
    assert _pause_after(Unavailable("x"), 4.0) == 4.0
    assert _pause_after(Unavailable("x", retry_after=60), 4.0) == 60
    assert _pause_after(Refused("x"), 4.0) == REFUSED_PAUSE
    assert FIRST_PAUSE < LONGEST_PAUSE
