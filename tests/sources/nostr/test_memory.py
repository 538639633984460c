from __future__ import annotations

import json
import time

from servers.relay import Writer

from kiosk.sources.nostr.events import Event, read_event
from kiosk.sources.nostr.memory import MET, WATCHED, Memory

ADA, EVE = Writer("ada"), Writer("eve")
NOW = time.time()


def read(event: dict) -> Event:
    return read_event(json.dumps(event).encode(), NOW)


def test_a_deletion_of_a_post_that_was_met_takes_it_away():
    memory, note = Memory(), ADA.note("Hello")
    assert memory.meet([read(note)])
    assert memory.stands(read(note), NOW)
    assert memory.lose([read(ADA.deletion(note))]) == [ADA.local_id(note)]
    assert not memory.stands(read(note), NOW)


def test_a_deletion_by_somebody_else_means_nothing():
    memory, note = Memory(), ADA.note("Hello")
    memory.meet([read(note)])
    assert memory.lose([read(EVE.deletion(note))]) == []
    assert memory.stands(read(note), NOW)


def test_a_post_that_comes_after_its_deletion_does_not_stand():
    memory, note = Memory(), ADA.note("Hello")
    assert memory.lose([read(ADA.deletion(note))]) == []
    assert not memory.stands(read(note), NOW)


def test_an_author_is_new_once():
    memory = Memory()
    assert memory.deletions(NOW) is None
    assert memory.meet([read(ADA.note("One"))])
    assert not memory.meet([read(ADA.note("Two"))])
    assert memory.meet([read(EVE.note("Three"))])
    assert memory.deletions(NOW)["authors"] == [ADA.pubkey, EVE.pubkey]


def test_only_so_much_is_remembered():
    memory = Memory()
    memory.meet(Event(f"{number:064x}", f"{number:064x}", 1, 1, [], "", "") for number in range(MET + 10))
    tags = [["e", f"{number:064x}"] for number in range(MET + 10)]
    memory.lose([Event("0" * 64, "0" * 64, 1, 5, tags, "", "")])
    assert len(memory._met) == len(memory._deleted) == MET
    assert len(memory.deletions(NOW)["authors"]) == WATCHED
