from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING

import pytest
from relays import in_talk
from servers.relay import Writer
from servers.small_relay import SmallRelay

from kiosk.domain.errors import BadPayload, Refused, Unavailable
from kiosk.sources.nostr import relay as nostr_relay
from kiosk.sources.nostr.relay import GARBAGE, MOST, SLOW_DOWN

if TYPE_CHECKING:
    import msgspec

ADA = Writer("ada")
NOTES = [ADA.note(f"Note {number}", at=time.time() - number) for number in range(3)]
ALL = {"kinds": [1]}


def ids(raws: list[msgspec.Raw]) -> list[str]:
    return [json.loads(bytes(raw))["id"] for raw in raws]


def test_a_question_is_answered_with_everything_stored_and_closed():
    async def scenario(talk, relay) -> None:
        assert ids(await talk.ask(ALL)) == [note["id"] for note in NOTES]
        assert ids(await talk.ask({"ids": [NOTES[1]["id"]]})) == [NOTES[1]["id"]]
        await talk.ask(ALL)
        assert relay.listening("q1") == relay.listening("q2") == []

    in_talk(scenario, SmallRelay(*NOTES))


def test_what_comes_for_an_open_subscription_is_kept_while_a_question_is_answered():
    async def scenario(talk, relay) -> None:
        assert await talk.begin("posts", ALL) == []
        await relay.publish(*NOTES)
        assert ids(await talk.ask({"ids": [NOTES[2]["id"]]})) == [NOTES[2]["id"]]
        assert ids([await talk.next() for _ in NOTES]) == [note["id"] for note in NOTES]
        await relay.say(["EVENT", "nobody asked", NOTES[0]])
        late = ADA.note("Late")
        await relay.publish(late)
        assert ids([await talk.next()]) == [late["id"]]

    in_talk(scenario)


@pytest.mark.parametrize(
    ("words", "error", "said"),
    [
        ("auth-required: we only serve members", Refused, "wants to know who reads"),
        ("restricted: permission denied", Refused, "wants to know who reads"),
        ("blocked: not you", Refused, "does not answer what the wall asks"),
        ("unsupported: #t", Refused, "does not answer what the wall asks"),
        ("error: the database is away", Unavailable, "does not answer now"),
        ("", Unavailable, "without a word"),
    ],
)
def test_a_relay_that_closes_a_question_says_why(words, error, said):
    async def scenario(talk, _) -> None:
        with pytest.raises(error, match=said) as raised:
            await talk.ask(ALL)
        assert words in str(raised.value)

    relay = SmallRelay()
    relay.instead = lambda name, _: [["CLOSED", name, words]]
    in_talk(scenario, relay)


@pytest.mark.parametrize("answer", [["CLOSED", "q1", "rate-limited: slow down"], ["NOTICE", "rate-limited"]])
def test_a_relay_that_is_asked_too_often_is_left_alone_for_a_while(answer):
    async def scenario(talk, _) -> None:
        with pytest.raises(Unavailable) as raised:
            await talk.ask(ALL)
        assert raised.value.retry_after == SLOW_DOWN

    relay = SmallRelay()
    relay.instead = lambda _, __: [answer]
    in_talk(scenario, relay)


def test_a_challenge_alone_is_no_refusal_and_a_notice_no_error():
    async def scenario(talk, _) -> None:
        assert len(await talk.ask(ALL)) == len(NOTES)

    relay = SmallRelay(*NOTES)
    relay.greeting = [["AUTH", "challenge"], ["NOTICE", "Welcome to the relay: read the rules"], ["OK", "x", True, ""]]
    in_talk(scenario, relay)


def test_a_relay_that_never_finishes_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(nostr_relay, "ANSWER", 0.2)

    async def scenario(talk, _) -> None:
        with pytest.raises(Unavailable, match=r"did not answer within 0.2 seconds\. It said: busy"):
            await talk.ask(ALL)

    relay = SmallRelay()
    relay.instead = lambda name, _: [["EVENT", name, NOTES[0]], ["NOTICE", "busy"]]
    in_talk(scenario, relay)


def test_a_flood_is_not_taken_in():
    async def scenario(talk, _) -> None:
        with pytest.raises(BadPayload, match="more than it was asked for"):
            await talk.ask(ALL)

    relay = SmallRelay()
    relay.instead = lambda name, _: [["EVENT", name, NOTES[0]]] * 10_000
    in_talk(scenario, relay)


def test_a_flood_of_bytes_is_not_taken_in():
    async def scenario(talk, _) -> None:
        with pytest.raises(BadPayload, match="more than it was asked for"):
            await talk.ask(ALL)

    relay = SmallRelay()
    relay.instead = lambda name, _: [["EVENT", name, {"content": "x" * 900_000}]] * 12
    in_talk(scenario, relay)


def test_a_flood_for_open_subscriptions_is_not_kept():
    async def scenario(talk, relay) -> None:
        await talk.begin("posts", ALL)
        relay.instead = lambda _, __: [["EVENT", "posts", NOTES[0]]] * (MOST + 1)
        with pytest.raises(BadPayload, match="faster than it can be read"):
            await talk.ask(ALL)

    in_talk(scenario)


NONSENSE = [
    "",
    "[]",
    "{}",
    "nonsense",
    '["EVENT"]',
    '["EVENT",7,{}]',
    '["EVENT","q1"]',
    "[" * 5_000,
    b"\xff\x00",
    '["X"]',
    "7",
]


def test_nonsense_loses_only_itself_and_too_much_of_it_ends_the_talk():
    async def scenario(talk, relay) -> None:
        assert len(await talk.ask(ALL)) == len(NOTES)
        relay.instead = lambda _, __: ["nonsense"] * GARBAGE
        with pytest.raises(BadPayload, match="does not speak as a Nostr relay does"):
            await talk.ask(ALL)

    relay = SmallRelay(*NOTES)
    relay.greeting = [*NONSENSE]
    in_talk(scenario, relay)


def test_a_subscription_that_can_be_spared_may_be_refused():
    async def scenario(talk, relay) -> None:
        await talk.begin("posts", ALL)
        relay.instead = lambda name, _: [["CLOSED", name, "unsupported: too many authors"]]
        relay.asked.clear()
        await talk.subscribe("gone", {"kinds": [5]}, needed=False)
        await relay.asked.wait()
        await asyncio.sleep(0.05)
        assert relay.questions[-1] == {"kinds": [5]}
        relay.instead = lambda _, __: None
        await relay.publish(NOTES[0])
        assert ids([await talk.next()]) == [NOTES[0]["id"]]
        await relay.say(["CLOSED", "posts", "error: shutting down idle subscription"])
        with pytest.raises(Unavailable, match="shutting down"):
            await talk.next()

    in_talk(scenario)


def test_a_relay_that_goes_away_is_unavailable():
    async def scenario(talk, relay) -> None:
        await talk.begin("posts", ALL)
        ending = asyncio.ensure_future(relay.stop())
        with pytest.raises(Unavailable):
            await talk.next()
        await ending
        await relay.start()

    in_talk(scenario)
