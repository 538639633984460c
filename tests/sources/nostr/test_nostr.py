from __future__ import annotations

import asyncio
import json
import time
from contextlib import aclosing
from typing import TYPE_CHECKING

import pytest
from relays import nostr, on_relays
from servers.relay import Relay, Writer, installed
from servers.tag_server import real_client

from kiosk.domain.errors import BadPayload, Refused, SourceError, Unavailable
from kiosk.domain.model import Cursor, Kind, PostUri
from kiosk.sources.nostr.names import short
from kiosk.sources.nostr.nostr import Nostr, NostrTable
from kiosk.sources.source import Batch, Recheck, Source, Streaming

if TYPE_CHECKING:
    from servers.small_relay import SmallRelay

ADA, EVE = Writer("ada"), Writer("eve")
NOW = time.time()
needs_relay = pytest.mark.skipif(not installed(), reason="needs nostr-relay; `sh tests/servers.sh` installs it")


def texts(batch: Batch | Recheck) -> list[str]:
    return [item.post.text for item in batch.found]


def asked(*notes: dict) -> dict[str, PostUri]:
    return {f"{note['id']}:{note['pubkey']}": PostUri(f"nostr:{note['id']}") for note in notes}


def test_a_relay_must_have_an_address():
    assert list(NostrTable().faults()) == []
    assert list(NostrTable(relays=("wss://relay.example.org/inbox",)).faults()) == []
    for wrong in ("https://relay.example.org", "relay.example.org", "wss://", "wss:// x", "wss://me:secret@x.example"):
        assert [fault.key for fault in NostrTable(relays=(wrong,)).faults()] == ["relays"], wrong
    assert "venue" in next(NostrTable(relays=("ws://10.0.0.7",)).faults()).what
    assert list(NostrTable(relays=("ws://10.0.0.7",), allow_private_addresses=True).faults()) == []
    assert len(list(NostrTable(relays=()).faults())) == 1
    assert len(list(NostrTable(relays=tuple(f"wss://{n}.example" for n in range(9))).faults())) == 1


def test_it_is_a_source_that_streams_and_asks_nothing_until_it_is_asked():
    async def scenario(source: Nostr, relay: SmallRelay) -> None:
        assert isinstance(source, Streaming)
        assert source.name == f"nostr {relay.url.removeprefix('ws://')}"
        promised: Source = source
        assert await promised.recheck({}) == Recheck()
        assert relay.connections == 0

    on_relays(scenario)


def test_posts_come_oldest_first_with_the_names_of_their_authors():
    async def scenario(source: Nostr, relay: SmallRelay) -> None:
        relay.events = [ADA.note(f"Note {n}", at=NOW - n) for n in range(3)] + [ADA.profile(name="Ada")]
        batch = await source.poll(None)
        assert texts(batch) == ["Note 2", "Note 1", "Note 0"]
        assert {item.post.author.name for item in batch.found} == {"Ada"}
        assert {item.post.author.handle for item in batch.found} == {short("npub", ADA.pubkey)}
        assert [item.local_id for item in batch.found] == [ADA.local_id(relay.events[n]) for n in (2, 1, 0)]
        assert (batch.bad, batch.gap, batch.gone, batch.more, batch.note) == ((), "", (), False, "")

    on_relays(scenario)


def test_tags_are_asked_for_in_lower_case_and_as_written_and_looked_at_again():
    async def scenario(source: Nostr, relay: SmallRelay) -> None:
        relay.events = [
            ADA.note("One", tag="größe"),
            ADA.note("Two", tag="Größe", at=NOW - 1),
            ADA.note("Three", tag="other"),
        ]
        assert texts(await source.poll(None)) == ["Two", "One"]
        assert relay.questions[0]["#t"] == ["größe", "Größe", "große"]
        relay.instead = lambda name, _: [*(["EVENT", name, each] for each in relay.events), ["EOSE", name]]
        assert "Three" not in texts(await source.poll(None)), "a relay may answer what it likes"

    on_relays(scenario, hashtags=["#Größe"])


def test_the_same_cursor_again_finds_nothing_new_and_asks_for_no_profile():
    async def scenario(source: Nostr, relay: SmallRelay) -> None:
        relay.events = [ADA.note(f"Note {n}", at=NOW - n) for n in range(30)]
        first = await source.poll(None)
        again = await source.poll(first.cursor)
        assert (again.found, again.cursor, again.more) == ((), first.cursor, False)
        await relay.publish(ADA.note("New"))
        assert texts(await source.poll(again.cursor)) == ["New"]
        after_a_restart = nostr(source._pool._client, [relay.url])
        assert texts(await after_a_restart.poll(Cursor(first.cursor.source, first.cursor.value))) == ["New"]

    on_relays(scenario)


def test_what_was_read_and_not_committed_is_told_again():
    async def scenario(source: Nostr, relay: SmallRelay) -> None:
        cursor = (await source.poll(None)).cursor
        relay.events = [ADA.note("Hello")]
        assert texts(await source.poll(cursor)) == ["Hello"]
        assert texts(await source.poll(cursor)) == ["Hello"]

    on_relays(scenario)


@pytest.mark.parametrize("value", ["", "nonsense", "[1]", "\0", '{"relays": null}'])
def test_a_foreign_cursor_is_no_fault(value):
    async def scenario(source: Nostr, relay: SmallRelay) -> None:
        relay.events = [ADA.note("Hello")]
        assert texts(await source.poll(Cursor(source.name, value))) == ["Hello"]

    on_relays(scenario)


def test_an_event_on_two_relays_is_one_post():
    async def scenario(source: Nostr, one: SmallRelay, two: SmallRelay) -> None:
        both = ADA.note("Both", at=NOW - 2)
        one.events = [both, ADA.note("One", at=NOW - 1)]
        two.events = [both, ADA.note("Two"), ADA.profile(name="Ada")]
        batch = await source.poll(None)
        assert texts(batch) == ["Both", "One", "Two"]
        assert {item.post.author.name for item in batch.found} == {"Ada"}, "a name that one relay knows serves all"
        assert (await source.poll(batch.cursor)).found == ()

    on_relays(scenario, 2)


def test_each_relay_is_read_on_from_where_it_was_left():
    async def scenario(source: Nostr, one: SmallRelay, two: SmallRelay) -> None:
        one.events = [ADA.note("Old", at=NOW - 9_000)]
        two.events = [ADA.note("Old too", at=NOW - 8_000)]
        cursor = (await source.poll(None)).cursor
        two.instead = lambda name, _: [["CLOSED", name, "error: away"]]
        one.events.append(ADA.note("New"))
        batch = await source.poll(cursor)
        assert texts(batch) == ["New"]
        assert "1 of 2 relays answer" in batch.note
        two.instead = lambda _, __: None
        two.events.append(ADA.note("Meanwhile", at=NOW - 7_000))
        source._pool._resting.clear()
        assert texts(await source.poll(batch.cursor)) == ["Meanwhile"], "older than what the other relay has read"

    on_relays(scenario, 2)


def test_a_long_outage_is_caught_up_in_bounded_steps():
    async def scenario(source: Nostr, relay: SmallRelay) -> None:
        relay.events = [ADA.note("First", at=NOW - 3_600)]
        cursor = (await source.poll(None)).cursor
        relay.events += [ADA.note(f"Note {n}", at=NOW - 3_500 + n) for n in range(2_500)]
        met: list[str] = []
        batch = Batch(cursor=cursor, more=True)
        while batch.more:
            batch = await source.poll(batch.cursor)
            assert len(batch.found) <= 1_000
            met += texts(batch)
        assert sorted(met) == sorted(f"Note {n}" for n in range(2_500)), "each once"
        assert (await source.poll(batch.cursor)).found == ()

    on_relays(scenario)


def test_forged_events_are_counted_and_never_posts():
    async def scenario(source: Nostr, relay: SmallRelay) -> None:
        good = ADA.note("Good")
        relay.events = [
            good,
            ADA.note("a") | {"content": "Forged"},
            good | {"sig": EVE.note("x")["sig"], "id": "0" * 64},
        ]
        batch = await source.poll(None)
        assert texts(batch) == ["Good"]
        assert len(batch.bad) == 2
        assert all("not believed" in sentence for sentence in batch.bad)

    on_relays(scenario)


def test_a_relay_that_alters_what_another_tells_truly_harms_nothing():
    async def scenario(source: Nostr, liar: SmallRelay, honest: SmallRelay) -> None:
        note = ADA.note("True")
        liar.events = [note | {"content": "False"}, ADA.deletion(note) | {"pubkey": EVE.pubkey}]
        honest.events = [note]
        batch = await source.poll(None)
        assert (texts(batch), len(batch.bad), batch.gone) == (["True"], 1, ())
        answer = await source.recheck(asked(note))
        assert (texts(answer), answer.gone) == (["True"], ())

    on_relays(scenario, 2)


def test_a_post_of_tomorrow_is_bad_and_a_repost_nothing():
    async def scenario(source: Nostr, relay: SmallRelay) -> None:
        relay.events = [ADA.note("Tomorrow", at=NOW + 86_400), EVE.event(6, "{}", [["t", "hall"]])]
        batch = await source.poll(None)
        assert batch.found == ()
        assert len(batch.bad) == 1
        relay.instead = lambda name, _: [["EVENT", name, relay.events[1]], ["EOSE", name]]
        assert (await source.poll(None)).found == ()

    on_relays(scenario)


def test_a_post_that_was_deleted_or_is_over_is_none():
    async def scenario(source: Nostr, one: SmallRelay, two: SmallRelay) -> None:
        deleted, over, standing = ADA.note("Deleted"), ADA.note("Over", ["expiration", "1000"]), ADA.note("Standing")
        one.events = [deleted, over, standing]
        two.events = [ADA.deletion(deleted), EVE.deletion(standing)]
        batch = await source.poll(None)
        assert texts(batch) == ["Standing"]
        assert batch.gone == (ADA.local_id(deleted),)

    on_relays(scenario, 2)


def test_a_recheck_tells_what_stands_and_what_its_author_deleted():
    async def scenario(source: Nostr, one: SmallRelay, two: SmallRelay) -> None:
        stands, deleted, lost, others = (ADA.note(f"Note {n}") for n in range(4))
        one.events = [stands, deleted, others, ADA.profile(name="Ada")]
        two.events = [ADA.deletion(deleted), EVE.deletion(stands, lost)]
        answer = await source.recheck(asked(stands, deleted, lost))
        assert texts(answer) == ["Note 0"]
        assert answer.found[0].post.author.name == "Ada"
        assert answer.gone == (ADA.local_id(deleted),)
        assert len(answer.bad) == 1, "relays forget, which is no deletion"
        assert short("note", lost["id"]) in answer.bad[0]
        deletions = [question for question in one.questions if question.get("kinds") == [5]]
        assert [question["authors"] for question in deletions] == [[ADA.pubkey]], "others' deletions mean nothing"

    on_relays(scenario, 2)


def test_a_recheck_survives_a_restart_and_needs_no_relay_that_still_has_the_post():
    async def scenario(_: Nostr, relay: SmallRelay) -> None:
        note = ADA.note("Hello")
        relay.events = [ADA.deletion(note)]
        fresh = nostr(_._pool._client, [relay.url])
        assert (await fresh.recheck(asked(note))).gone == (ADA.local_id(note),)

    on_relays(scenario)


def test_a_recheck_sees_a_new_name_and_not_the_lack_of_one():
    async def scenario(source: Nostr, one: SmallRelay, two: SmallRelay) -> None:
        note = ADA.note("Hello")
        one.events = [note]
        two.events = [ADA.profile(name="Ada")]
        assert (await source.recheck(asked(note))).found[0].post.author.name == "Ada"
        two.instead = lambda name, _: [["CLOSED", name, "error: away"]]
        assert (await source.recheck(asked(note))).found[0].post.author.name == "Ada"
        fresh = nostr(source._pool._client, [one.url, two.url])
        answer = await fresh.recheck(asked(note))
        assert answer.found == ()
        assert "stays as it is" in answer.bad[0]
        one.events.append(ADA.profile(name="Ada L."))
        assert (await fresh.recheck(asked(note))).found[0].post.author.name == "Ada L."

    on_relays(scenario, 2)


def test_an_id_of_something_else_is_not_asked_for():
    async def scenario(source: Nostr, relay: SmallRelay) -> None:
        answer = await source.recheck({"nonsense": PostUri("nostr:nonsense")})
        assert (answer.found, answer.gone, len(answer.bad)) == ((), (), 1)
        assert relay.questions == []

    on_relays(scenario)


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ("auth-required: members only", Refused),
        ("restricted: permission denied", Refused),
        ("rate-limited: slow down", Unavailable),
        ("error: away", Unavailable),
    ],
)
def test_where_no_relay_answers_that_is_an_error_and_no_post_is_gone(words, error):
    async def scenario(source: Nostr, relay: SmallRelay) -> None:
        relay.instead = lambda name, _: [["CLOSED", name, words]]
        for question in (source.poll(None), source.recheck(asked(ADA.note("Hello"))), anext(source.stream(None))):
            with pytest.raises(error, match=words.split(": ")[1]) as raised:
                await question
            if words.startswith("rate"):
                assert raised.value.retry_after == 60

    on_relays(scenario)


def test_a_flood_in_answer_to_a_poll_harms_no_other_relay():
    async def scenario(source: Nostr, flood: SmallRelay, good: SmallRelay) -> None:
        events = [EVE.note(f"Flood {n}") for n in range(1_500)]
        flood.instead = lambda name, _: [["EVENT", name, events[n % 1_500]] for n in range(10_000)]
        good.events = [ADA.note("Hello")]
        batch = await source.poll(None)
        assert texts(batch) == ["Hello"]
        assert "much more than it was asked for" in batch.note
        with pytest.raises(BadPayload):
            await nostr(source._pool._client, [flood.url]).poll(None)

    on_relays(scenario, 2)


def test_a_poll_that_is_cancelled_stops_at_once_and_can_be_asked_again():
    async def scenario(source: Nostr, relay: SmallRelay) -> None:
        relay.events = [ADA.note("Hello")]
        relay.instead = lambda _, __: []
        begun = time.monotonic()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await source.poll(None)
        assert time.monotonic() - begun < 2
        relay.instead = lambda _, __: None
        assert texts(await source.poll(None)) == ["Hello"]

    on_relays(scenario)


NONSENSE = [
    "",
    "nonsense",
    "[]",
    "[1]",
    '["EVENT"]',
    '["EVENT","q1",7]',
    '["EOSE",7]',
    '{"a":1}',
    "[" * 9_000,
    "<html>",
    b"\x00",
]


@pytest.mark.parametrize("answer", NONSENSE)
def test_whatever_a_relay_answers_only_source_errors_come_of_it(answer, monkeypatch):
    monkeypatch.setattr("kiosk.sources.nostr.relay.ANSWER", 0.3)

    async def scenario(source: Nostr, relay: SmallRelay) -> None:
        relay.instead = lambda _, __: [answer] * 3
        for question in (source.poll(None), source.recheck(asked(ADA.note("Hello")))):
            with pytest.raises(SourceError):
                await question

    on_relays(scenario)


def test_a_server_that_is_no_relay_is_told(server):
    async def scenario(source: Nostr, _: SmallRelay) -> None:
        other = nostr(source._pool._client, [server.url.replace("http", "ws")])
        with pytest.raises(SourceError, match=r"127\.0\.0\.1"):
            await other.poll(None)

    on_relays(scenario)


async def heard(relay: SmallRelay, author: Writer = ADA) -> None:
    """Wait until the relay was told that this author's deletions are listened for."""
    while not any(author.pubkey in question["authors"] for question in relay.listening("gone")):
        await asyncio.wait_for(relay.asked.wait(), 10)
        relay.asked.clear()


async def until(batches, wanted) -> Batch:
    """The next batch that has what is wanted."""
    async with asyncio.timeout(10):
        while not wanted(batch := await anext(batches)):
            pass
    return batch


def test_a_stream_tells_posts_once_for_each_relay_and_deletions_of_their_authors():
    async def scenario(source: Nostr, one: SmallRelay, two: SmallRelay) -> None:
        two.events = [ADA.profile(name="Ada")]
        async with aclosing(source.stream(None)) as batches:
            assert await anext(batches) == Batch()
            note, other = ADA.note("Live"), EVE.note("Other")
            await one.publish(note, other, ADA.note("No tag of ours", tag="other"))
            assert texts(await until(batches, lambda batch: batch.found)) == ["Live"]
            await one.publish(note)
            await two.publish(note)
            await heard(two)
            told = await until(batches, lambda batch: batch.found and batch.found[0].post.author.name == "Ada")
            assert texts(told) == ["Live"]
            await two.publish(EVE.deletion(note), ADA.deletion(ADA.note("Never met")), ADA.deletion(note))
            assert (await until(batches, lambda batch: batch.gone)).gone == (ADA.local_id(note),)

    on_relays(scenario, 2)


def test_a_post_that_comes_after_its_deletion_is_not_shown():
    async def scenario(source: Nostr, one: SmallRelay, two: SmallRelay) -> None:
        async with aclosing(source.stream(None)) as batches:
            await anext(batches)
            await one.publish(ADA.note("First"))
            await until(batches, lambda batch: batch.found)
            await heard(one)
            late = ADA.note("Late")
            await one.publish(ADA.deletion(late))
            await one.publish(late, ADA.note("Next"))
            assert texts(await until(batches, lambda batch: batch.found)) == ["Next"]
        two.events = [late]
        assert "Late" not in texts(await source.poll(None))

    on_relays(scenario, 2)


def test_deletions_of_posts_that_a_poll_met_are_heard_too():
    async def scenario(source: Nostr, relay: SmallRelay) -> None:
        old, older = ADA.note("Old", at=NOW - 9_000), EVE.note("Older", at=NOW - 9_100)
        relay.events = [old]
        await source.poll(None)
        async with aclosing(source.stream(None)) as batches:
            await anext(batches)
            await heard(relay)
            await relay.publish(ADA.deletion(old))
            assert (await until(batches, lambda batch: batch.gone)).gone == (ADA.local_id(old),)
            relay.events = [older]
            await source.poll(None)
            await heard(relay, EVE)
            await relay.publish(EVE.deletion(older))
            assert (await until(batches, lambda batch: batch.gone)).gone == (EVE.local_id(older),)

    on_relays(scenario)


def test_a_stream_counts_what_is_forged_and_goes_on():
    async def scenario(source: Nostr, relay: SmallRelay) -> None:
        async with aclosing(source.stream(None)) as batches:
            await anext(batches)
            await relay.publish(ADA.note("a") | {"content": "Forged"})
            assert len((await until(batches, lambda batch: batch.bad)).bad) == 1
            await relay.publish(ADA.note("Hello"))
            assert texts(await until(batches, lambda batch: batch.found)) == ["Hello"]

    on_relays(scenario)


def test_a_stream_that_is_left_leaves_nothing_behind():
    async def scenario(source: Nostr, relay: SmallRelay) -> None:
        async with aclosing(source.stream(None)) as batches:
            await anext(batches)
            assert relay.listening("posts")
        assert source._chorus is None
        await asyncio.sleep(0.05)
        assert relay.listening("posts") == []

    on_relays(scenario)


# Against the real relay.


@pytest.fixture(scope="module")
def relay(tmp_path_factory):
    with Relay(tmp_path_factory.mktemp("relay") / "one") as running:
        yield running


@pytest.fixture(scope="module")
def second(tmp_path_factory):
    with Relay(tmp_path_factory.mktemp("relay") / "two") as running:
        yield running


def on_real(scenario, *relays: Relay, tag: str = "hall"):
    async def whole():
        async with aclosing(real_client()) as client:
            return await scenario(nostr(client, [relay.url for relay in relays], [tag]))

    return asyncio.run(whole())


@needs_relay
def test_real_a_post_with_a_picture_is_met_by_poll_and_gone_when_it_is_deleted(relay):
    writer, cat = Writer("poll"), "https://x.example/cat.jpg"
    picture = ["imeta", f"url {cat}", "m image/jpeg", "alt A cat asleep", "dim 300x200"]
    note = writer.note(f"Hello #pollhall {cat}", picture, tag="pollhall")
    relay.publish(writer.profile(name="Ada", picture="https://x.example/a.png"), note)

    async def scenario(source: Nostr) -> None:
        batch = await source.poll(None)
        post = batch.found[0].post
        assert (post.text, post.author.name, post.author.avatar) == (
            "Hello #pollhall",
            "Ada",
            "https://x.example/a.png",
        )
        assert [(item.kind, item.url, item.alt) for item in post.attachments] == [(Kind.PHOTO, cat, "A cat asleep")]
        assert (await source.poll(batch.cursor)).found == ()
        assert (await source.recheck(asked(note))).found == batch.found
        await asyncio.to_thread(relay.publish, writer.deletion(note))
        assert (await source.recheck(asked(note))).gone == (writer.local_id(note),)
        assert (await source.poll(None)).found == ()

    on_real(scenario, relay, tag="pollhall")


@needs_relay
def test_real_a_post_is_told_by_the_stream_and_its_deletion_within_a_second(relay):
    writer = Writer("stream")

    async def scenario(source: Nostr) -> None:
        async with aclosing(source.stream(None)) as batches:
            assert await anext(batches) == Batch()
            note = writer.event(
                20, "The hall", [["t", "streamhall"], ["imeta", "url https://x.example/1", "m image/png"]]
            )
            await asyncio.to_thread(relay.publish, note)
            batch = await until(batches, lambda batch: batch.found)
            assert len(batch.found[0].post.attachments) == 1
            begun = time.monotonic()
            await asyncio.to_thread(relay.publish, writer.deletion(note))
            assert (await until(batches, lambda batch: batch.gone)).gone == (writer.local_id(note),)
            assert time.monotonic() - begun < 1

    on_real(scenario, relay, tag="streamhall")


@needs_relay
def test_real_a_backlog_of_hundreds_is_read_whole_and_once_from_two_relays(relay, second):
    """nostr-relay leaves `until` itself out of a page."""
    writer = Writer("backlog")
    notes = [writer.note(f"Note {n}", tag="backlog", at=NOW - n // 9) for n in range(700)]
    relay.publish(*notes[:500])
    second.publish(*notes[300:])

    async def scenario(source: Nostr) -> None:
        first = await source.poll(None)
        marks = {"relays": {each.url: {"newest": 1} for each in (relay, second)}}
        cursor = Cursor(source.name, json.dumps(marks))
        met, batch = [], Batch(cursor=cursor, more=True)
        while batch.more:
            batch = await source.poll(batch.cursor)
            met += texts(batch)
        assert len(met) == len(set(met)) == 700
        assert set(texts(first)) <= set(met)

    on_real(scenario, relay, second, tag="backlog")


@needs_relay
def test_real_a_stream_outlives_one_of_two_relays(relay, tmp_path):
    writer = Writer("outlives")

    async def scenario(source: Nostr) -> None:
        async with aclosing(source.stream(None)) as batches:
            await anext(batches)
            await anext(batches)
            await asyncio.to_thread(mortal.stop)
            await asyncio.to_thread(relay.publish, writer.note("One", tag="mortal"))
            assert texts(await until(batches, lambda batch: batch.found)) == ["One"]
            await asyncio.to_thread(mortal.start)
            await asyncio.to_thread(mortal.publish, writer.note("Two", tag="mortal"))
            assert texts(await until(batches, lambda batch: batch.found)) == ["Two"]

    with Relay(tmp_path / "mortal") as mortal:
        on_real(scenario, relay, mortal, tag="mortal")


@needs_relay
def test_real_a_relay_for_members_only_says_so(tmp_path):
    async def scenario(source: Nostr) -> None:
        with pytest.raises(Refused, match="wants to know who reads"):
            await source.poll(None)

    with Relay(tmp_path / "members", authentication={"enabled": True, "actions": {"query": "r"}}) as members:
        on_real(scenario, members)


@needs_relay
def test_real_a_relay_that_is_asked_too_often_is_left_alone(tmp_path):
    async def scenario(source: Nostr) -> None:
        async def often() -> None:
            for _ in range(5):
                await source.poll(None)

        with pytest.raises(Unavailable, match="rate-limited") as raised:
            await often()
        assert raised.value.retry_after == 60

    with Relay(tmp_path / "busy", rate_limits={"global": {"REQ": "2/minute"}}) as busy:
        on_real(scenario, busy)
