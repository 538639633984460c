from __future__ import annotations

import hashlib
import json
import time

import pytest
from recordings import SHARED
from servers.relay import Writer

from kiosk.sources.nostr.events import AHEAD, FAULTS, LARGEST, local_id, parts_of, read_event

RECORDED = SHARED / "nostr" / "messages.jsonl"
needs_recording = pytest.mark.skipif(
    not RECORDED.is_file(), reason="needs the recordings of real relays, which are not part of the project"
)
ADA, EVE = Writer("ada"), Writer("eve")
NOW = time.time()


def recorded() -> list[dict]:
    return [json.loads(line)[2] for line in RECORDED.read_text("utf-8").splitlines()]


def read(event: dict, now: float = NOW):
    return read_event(json.dumps(event).encode(), now)


@needs_recording
def test_every_event_that_a_real_relay_sent_is_believed():
    events = recorded()
    assert len(events) > 200
    for event in events:
        assert read(event).id == event["id"]


@needs_recording
def test_no_event_is_believed_once_a_word_of_it_is_changed():
    for event in recorded():
        for change in (
            {"content": event["content"] + " "},
            {"created_at": event["created_at"] + 1},
            {"kind": event["kind"] + 1},
            {"tags": [*event["tags"], ["t", "hall"]]},
            {"pubkey": EVE.pubkey},
            {"sig": event["sig"][:-1] + ("0" if event["sig"][-1] != "0" else "1")},
        ):
            with pytest.raises(FAULTS):
                read(event | change)


def test_an_altered_event_and_a_forged_signature_are_told_apart():
    note = ADA.note("Hello")
    assert read(note).content == "Hello"
    with pytest.raises(ValueError, match="altered"):
        read(note | {"content": "Good-bye"})
    with pytest.raises(ValueError, match="forged"):
        read(note | {"sig": EVE.note("Hello")["sig"]})
    forged = EVE.note("Hello")
    forged["pubkey"] = ADA.pubkey
    signed = [0, ADA.pubkey, forged["created_at"], 1, forged["tags"], "Hello"]
    forged["id"] = hashlib.sha256(json.dumps(signed, separators=(",", ":")).encode()).hexdigest()
    with pytest.raises(ValueError, match="forged"):
        read(forged)


def test_a_key_that_is_no_point_of_the_curve_is_no_fault_but_the_events():
    event = ADA.note("Hello") | {"pubkey": "f" * 64}
    signed = [0, "f" * 64, event["created_at"], 1, event["tags"], "Hello"]
    event["id"] = hashlib.sha256(json.dumps(signed, separators=(",", ":")).encode()).hexdigest()
    with pytest.raises(FAULTS):
        read(event)


@pytest.mark.parametrize(
    "text", ["\x00\x01\x1f", 'a "quoted" \\ word', "\\u0001", "\t\r\n\b\f", "\x7f\u2028é😀", "</script>"]
)
def test_both_ways_to_write_control_characters_are_believed(text):
    assert read(ADA.note(text)).content == text
    event = ADA.event(1, text, [])
    escapes = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
    verbatim = "".join(escapes.get(char, char) for char in text)
    digest = hashlib.sha256(f'[0,"{ADA.pubkey}",{event["created_at"]},1,[],"{verbatim}"]'.encode()).digest()
    event |= {"id": digest.hex(), "sig": ADA._key.sign_schnorr(digest).hex()}
    assert read(event).content == text


def test_a_clock_may_go_fast_but_not_by_much():
    assert read(ADA.note("Soon", at=NOW + AHEAD - 5)).content == "Soon"
    with pytest.raises(ValueError, match="future"):
        read(ADA.note("Then", at=NOW + AHEAD + 5))


def test_an_endless_event_is_not_read():
    with pytest.raises(ValueError, match="larger"):
        read(ADA.note("x" * LARGEST))


@pytest.mark.parametrize(
    "change",
    [
        {"id": "A" * 64},
        {"id": "a" * 64 + "\n"},
        {"sig": "0"},
        {"pubkey": None},
        {"created_at": -1},
        {"created_at": 1 << 60},
        {"created_at": 1.5},
        {"kind": 70_000},
        {"tags": [[1]]},
        {"tags": [["t", None]]},
        {"tags": [["t", "x"]] * 2_001},
        {"content": None},
    ],
    ids=str,
)
def test_what_is_no_event_is_not_believed(change):
    with pytest.raises(FAULTS):
        read(ADA.note("Hello") | change)


def test_a_deletion_names_posts_of_its_own_author_only():
    note = ADA.note("Hello")
    assert read(ADA.deletion(note)).deleted() == {ADA.local_id(note)}
    assert ADA.local_id(note) not in read(EVE.deletion(note)).deleted()
    assert read(note).deleted() == set()
    assert read(ADA.event(5, "", [["e"], ["e", "nonsense"], ["a", "1:x:y"]])).deleted() == set()


def test_a_local_id_holds_id_and_author():
    event = read(ADA.note("Hello"))
    assert parts_of(event.local_id) == (event.id, event.pubkey)
    assert local_id(event.id, event.pubkey) == event.local_id
    for wrong in ("", ":", event.id, f"{event.id}:", f"{event.local_id}0", event.local_id.upper()):
        assert parts_of(wrong) is None


def test_warnings_and_labels_of_their_namespace_make_a_post_sensitive():
    assert not read(ADA.note("Hello")).sensitive
    assert read(ADA.note("Hello", ["content-warning"])).sensitive
    assert read(ADA.note("Hello", ["content-warning", "Spiders"])).sensitive
    assert read(ADA.note("Hello", ["L", "content-warning"], ["l", "nudity", "content-warning"])).sensitive


def test_an_event_is_over_when_its_author_said_so():
    event = read(ADA.note("Hello", ["expiration", str(int(NOW))], ["expiration", "never"], ["expiration", "9" * 99]))
    assert event.expired(int(NOW))
    assert not event.expired(int(NOW) - 1)
