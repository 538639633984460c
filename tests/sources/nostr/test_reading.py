from __future__ import annotations

import asyncio
import json
import time

import msgspec
import pytest
from relays import in_talk
from servers.relay import Writer
from servers.small_relay import SmallRelay, matches

from kiosk.domain.model import Cursor
from kiosk.sources.nostr import reading as nostr_reading
from kiosk.sources.nostr.reading import KNOWN, MOST_BAD, OVERLAP, Mark, Marks, believed, marks_of, read_back

ADA = Writer("ada")
NOW = int(time.time())
TAGGED = {"kinds": [1], "#t": ["hall"]}


def notes(count: int, every: float = 1.0, upto: int = NOW) -> list[dict]:
    """So many notes, the newest first."""
    return [ADA.note(f"Note {number}", at=upto - int(number * every)) for number in range(count)]


def read(relay: SmallRelay, mark: Mark | None = None):
    return in_talk(lambda talk, _: read_back(talk, TAGGED, mark, NOW), relay)


def read_all(relay: SmallRelay, mark: Mark) -> tuple[set[str], list]:
    met: set[str] = set()
    readings = []
    while not readings or readings[-1].more:
        readings.append(read(relay, mark))
        met |= {event.id for event in readings[-1].events}
        mark = readings[-1].mark
        assert len(readings) < 100
    return met, readings


def test_the_first_reading_is_the_newest_page():
    relay = SmallRelay(*notes(30))
    relay.most = 10
    reading = read(relay)
    assert [event.content for event in reading.events] == [f"Note {number}" for number in range(10)]
    assert (reading.mark, reading.more, reading.gap, reading.bad) == (Mark(NOW), False, "", [])
    assert len(relay.questions) == 1


def test_nothing_is_read_of_nothing():
    assert read(SmallRelay()).mark == Mark()
    assert read(SmallRelay(), Mark(NOW - 50)).mark == Mark(NOW - 50)


def test_what_came_since_is_read_and_the_overlap_again():
    relay = SmallRelay(*notes(40, every=60))
    reading = read(relay, Mark(NOW - 600))
    assert [event.created_at for event in reading.events] == [NOW - 60 * number for number in range(26)]
    assert reading.mark == Mark(NOW)
    assert relay.questions[0]["since"] == NOW - 600 - OVERLAP


@pytest.mark.parametrize("exclusive", [False, True])
@pytest.mark.parametrize("every", [1, 0.1])
def test_a_backlog_is_read_to_its_end_whatever_the_relay_thinks_of_until(exclusive, every):
    """NIP-01 counts the moment `until` in; nostr-relay does not."""
    relay = SmallRelay(*notes(300, every))
    relay.most = 37

    def out_of_page(name: str, question: dict) -> list | None:
        if not exclusive or "until" not in question:
            return None
        inclusive = question | {"until": question["until"] - 1}
        page = [["EVENT", name, event] for event in relay.events if matches(event, inclusive)]
        return [*page[: relay.most], ["EOSE", name]]

    relay.instead = out_of_page
    met, readings = read_all(relay, Mark(NOW - 1_000))
    assert met == {event["id"] for event in relay.events}
    assert readings[-1].mark == Mark(NOW)
    assert [reading.gap for reading in readings if reading.gap] == []
    assert all(len(reading.events) <= nostr_reading.PAGES * relay.most for reading in readings)


def test_an_endless_backlog_is_given_up_and_said(monkeypatch):
    monkeypatch.setattr(nostr_reading, "MOST_PAGES", 6)
    relay = SmallRelay(*notes(300))
    relay.most = 10
    met, readings = read_all(relay, Mark(NOW - 1_000))
    assert len(met) < 100
    assert "more than 3,000 new posts" in readings[-1].gap
    assert readings[-1].mark == Mark(NOW)


def test_a_relay_that_heeds_neither_since_nor_until_is_not_read_for_ever():
    relay = SmallRelay(*notes(10, every=200))
    relay.instead = lambda name, _: [*(["EVENT", name, event] for event in relay.events), ["EOSE", name]]
    met, readings = read_all(relay, Mark(NOW - 300))
    assert met == {event["id"] for event in relay.events if event["created_at"] >= NOW - 300 - OVERLAP}
    assert len(readings) == 1


def test_a_relay_that_answers_with_newer_events_than_were_asked_for_does_not_turn_the_reading_round():
    relay = SmallRelay(*notes(60))
    relay.most = 10
    newer = iter(notes(200, every=0.01, upto=NOW + 10))

    def always_newer(name: str, question: dict) -> list | None:
        return [["EVENT", name, next(newer)], ["EOSE", name]] if "until" in question else None

    relay.instead = always_newer
    met, readings = read_all(relay, Mark(NOW - 300))
    assert (len(met), len(readings)) == (10, 1)


def test_a_post_of_tomorrow_does_not_move_the_mark_beyond_now():
    ahead = ADA.note("Soon", at=NOW + 600)
    reading = read(SmallRelay(ahead, *notes(3)), Mark(NOW - 50))
    assert ahead["id"] in {event.id for event in reading.events}
    assert reading.mark == Mark(NOW)


def test_a_forged_event_neither_counts_nor_moves_the_mark():
    forged = ADA.note("x", at=NOW - 800) | {"content": "y"}
    reading = read(SmallRelay(*notes(3), forged), Mark(NOW - 10))
    assert len(reading.events) == 3
    assert len(set(reading.bad)) == 1
    assert "altered" in reading.bad[0]


def test_of_many_bad_events_some_are_told_and_all_counted():
    raws = [msgspec.Raw(json.dumps({"id": number}).encode()) for number in range(500)]
    events, bad = asyncio.run(believed(raws, "relay.example", NOW))
    assert events == []
    assert len(bad) == MOST_BAD + 1
    assert "480 more" in bad[-1]


def test_others_get_their_turn_while_signatures_are_checked():
    raws = [msgspec.Raw(json.dumps(each).encode()) for each in notes(500)]

    async def scenario() -> float:
        longest, last = 0.0, time.perf_counter()
        checking = asyncio.ensure_future(believed(raws, "relay.example", NOW))
        while not checking.done():
            await asyncio.sleep(0)
            longest, last = max(longest, time.perf_counter() - last), time.perf_counter()
        assert len(checking.result()[0]) == 500
        return longest

    assert min(asyncio.run(scenario()) for _ in range(3)) < 0.02


def test_a_cursor_holds_marks_and_what_is_committed():
    raws = [msgspec.Raw(json.dumps(each).encode()) for each in notes(3)]
    events, _ = asyncio.run(believed(raws, "relay.example", NOW))
    cursor = Marks({"wss://a": Mark(1), "wss://b": Mark(2)}).moved({"wss://a": Mark(5, 1, 3, 2)}, events[:2], "nostr")
    marks = marks_of(cursor)
    assert marks.relays == {"wss://a": Mark(5, 1, 3, 2), "wss://b": Mark(2)}
    assert marks.fresh(events) == events[2:]
    many = Marks(known=b"".join(number.to_bytes(5) for number in range(KNOWN)))
    full = marks_of(many.moved({}, events, "nostr"))
    assert full.fresh(events) == []
    assert len(full.known) == len(many.known)
    assert len(many.moved({}, events, "nostr").value) < 25_000


@pytest.mark.parametrize("value", ["", "nonsense", "[1]", "\0", '{"relays": {"a": 1}}', '{"known": [7]}', "\ud800"])
def test_a_cursor_that_is_none_of_ours_counts_as_none(value):
    assert marks_of(Cursor("nostr", value)) == Marks()
    assert marks_of(None) == Marks()
