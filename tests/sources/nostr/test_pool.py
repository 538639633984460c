from __future__ import annotations

import asyncio
import time
from contextlib import aclosing

import pytest
from servers.relay import Writer
from servers.small_relay import SmallRelay
from servers.tag_server import real_client

from kiosk.domain.errors import BadPayload, Portal, Refused, SourceError, Unavailable
from kiosk.sources.nostr import pool as nostr_pool
from kiosk.sources.nostr.pool import Pool, host_of, together

ADA = Writer("ada")


def on_pool(scenario, *relays: SmallRelay):
    async def whole():
        async with aclosing(real_client()) as client:
            for relay in relays:
                await relay.start()
            try:
                return await scenario(Pool([relay.url for relay in relays], client))
            finally:
                for relay in relays:
                    await relay.stop()

    return asyncio.run(whole())


async def count(talk, _) -> int:
    return len(await talk.ask({"kinds": [1]}))


def closing(words: str) -> SmallRelay:
    relay = SmallRelay()
    relay.instead = lambda name, _: [["CLOSED", name, words]]
    return relay


def test_every_relay_is_asked_and_answers_for_itself():
    one, two = SmallRelay(ADA.note("One")), SmallRelay(ADA.note("One"), ADA.note("Two"))

    async def scenario(pool: Pool) -> None:
        answers = await pool.each(count)
        assert answers == {one.url: 1, two.url: 2}
        assert pool.all_answered(answers)
        assert pool.note == ""

    on_pool(scenario, one, two)


def test_a_relay_that_fails_is_named_and_left_alone_while_another_answers():
    bad, good = closing("error: away"), SmallRelay(ADA.note("One"))

    async def scenario(pool: Pool) -> None:
        for _ in range(3):
            answers = await pool.each(count)
            assert answers == {good.url: 1}
            assert not pool.all_answered(answers)
        assert pool.note.startswith(f"1 of 2 relays answer. {host_of(bad.url)} does not answer now")
        assert (bad.connections, good.connections) == (1, 3)

    on_pool(scenario, bad, good)


def test_a_relay_that_answers_again_is_asked_again(monkeypatch):
    monkeypatch.setattr(nostr_pool, "REST", 0.0)
    bad, good = closing("error: away"), SmallRelay()

    async def scenario(pool: Pool) -> None:
        await pool.each(count)
        bad.instead = lambda _, __: None
        assert pool.all_answered(await pool.each(count))
        assert pool.note == ""

    on_pool(scenario, bad, good)


def test_where_none_answers_all_of_them_are_asked_again_the_next_time():
    one, two = closing("error: away"), closing("rate-limited: slow down")

    async def scenario(pool: Pool) -> None:
        with pytest.raises(Unavailable, match=r"away.*slow down"):
            await pool.each(count)
        one.instead = lambda _, __: None
        assert await pool.each(count) == {one.url: 0}

    on_pool(scenario, one, two)


def test_a_relay_that_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(nostr_pool, "LONGEST", 0.3)
    slow, good = SmallRelay(), SmallRelay()
    slow.instead = lambda _, __: []

    async def scenario(pool: Pool) -> None:
        begun = time.monotonic()
        assert await pool.each(count) == {good.url: 0}
        assert time.monotonic() - begun < 3

    on_pool(scenario, slow, good)


def test_a_fault_of_our_own_is_not_hidden():
    async def wrong(_, __) -> None:
        raise ZeroDivisionError

    async def scenario(pool: Pool) -> None:
        with pytest.raises(ZeroDivisionError):
            await pool.each(wrong)

    on_pool(scenario, SmallRelay())


@pytest.mark.parametrize(
    ("errors", "kind", "wish"),
    [
        ([Refused("a"), Refused("b")], Refused, None),
        ([Refused("a"), Unavailable("b")], Unavailable, None),
        ([Unavailable("a", retry_after=60), Unavailable("b", retry_after=30)], Unavailable, 30),
        ([Unavailable("a", retry_after=60), Unavailable("b")], Unavailable, None),
        ([BadPayload("a"), Refused("b")], BadPayload, None),
        ([Unavailable("a"), Portal("b")], Portal, None),
        ([], Refused, None),
    ],
)
def test_one_error_speaks_for_all(errors: list[SourceError], kind, wish):
    error = together(dict(enumerate(errors)))
    assert type(error) is kind
    assert getattr(error, "retry_after", None) == wish
    assert all(str(each) in str(error) for each in errors)
    assert str(error)


def test_a_relay_is_called_by_its_host():
    assert host_of("wss://relay.example.org/path") == "relay.example.org"
    assert host_of("ws://127.0.0.1:7000") == "127.0.0.1:7000"
    assert host_of("nonsense") == "nonsense"
    assert host_of("wss://[") == "wss://["
