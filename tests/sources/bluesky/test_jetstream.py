from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from mangling import CHANGES, CUTS, mangled, often
from recordings import SHARED
from servers.appview import POSTS, record
from servers.firehose import car_of, cid_of, encode, frames, from_json
from servers.jetstream import posted, second

from kiosk.domain.errors import Unavailable
from kiosk.sources.bluesky.jetstream import (
    Told,
    dictionary_address,
    dictionary_id,
    is_second,
    read_frame,
    subscription,
)
from kiosk.sources.bluesky.records import FAULTS

HALL = frozenset({"hall"})
V2 = "wss://jetstream.example/xrpc/network.bsky.jetstream.subscribeEvents"
GOLDEN = SHARED / "bluesky" / "jetstream" / "golden_v1.jsonl"
needs_golden = pytest.mark.skipif(
    not GOLDEN.is_file(), reason="needs the recordings of Bluesky, which are not part of the project"
)


def golden() -> list[dict[str, Any]]:
    return [json.loads(line) for line in GOLDEN.read_text("utf-8").splitlines()]


def read(frame: dict[str, Any], version: int = 1, known: Any = lambda _: False) -> Told:
    return read_frame(json.dumps(frame if version == 1 else message(frame)), HALL, known)


def message(frame: dict[str, Any]) -> dict[str, Any]:
    return {"$type": "message", "payload": second(frame)}


both = pytest.mark.parametrize("version", [1, 2])


@both
def test_a_post_with_the_tag_is_told(version):
    frame = posted("did:plc:ada", "3k", record(), "bafy1")
    told = read(frame, version)
    assert (told.time, told.written, told.cid) == (frame["time_us"], f"at://did:plc:ada/{POSTS}/3k", "bafy1")
    assert json.loads(told.record) == record()
    assert (told.update, told.deleted, told.closed, told.gap, told.bad) == (False, "", "", "", "")


@both
def test_a_post_without_the_tag_only_moves_the_cursor(version):
    frame = posted("did:plc:ada", "3k", record("Hello"))
    assert read(frame, version) == Told(frame["time_us"])


@both
def test_an_edit_of_a_known_post_is_told_whatever_its_tags(version):
    frame = posted("did:plc:ada", "3k", record("Hello"), "bafy2", operation="update")
    told = read(frame, version, lambda uri: uri == f"at://did:plc:ada/{POSTS}/3k")
    assert (told.update, told.cid) == (True, "bafy2")


@both
def test_a_deletion_is_told_of_posts_only(version):
    frame = posted("did:plc:ada", "3k", {}, operation="delete")
    assert read(frame, version).deleted == f"at://did:plc:ada/{POSTS}/3k"
    frame["commit"]["collection"] = "app.bsky.feed.like"
    assert read(frame, version) == Told(frame["time_us"])


@both
@pytest.mark.parametrize(
    ("account", "closed"),
    [
        ({"active": False, "status": "deactivated"}, "did:plc:ada"),
        ({"active": False, "status": "takendown"}, "did:plc:ada"),
        ({"active": False}, "did:plc:ada"),
        ({"active": True}, ""),
        ({"active": False, "status": "throttled"}, ""),
        ({"active": False, "status": "desynchronized"}, ""),
    ],
)
def test_an_account_that_closes_is_told_and_the_networks_own_trouble_is_not(version, account, closed):
    frame = {"did": "did:plc:ada", "time_us": 1779719009132431, "kind": "account", "account": account}
    assert read(frame, version).closed == closed


def test_version_2_says_that_it_does_not_go_back_far_enough():
    frame = {"$type": "message", "payload": {"$type": "x#info", "name": "OutdatedCursor", "message": "resumed at 5"}}
    told = read_frame(json.dumps(frame), HALL)
    assert told.time == 0
    assert "does not go back" in told.gap


def test_version_2_ends_with_a_word():
    frame = {"$type": "error", "error": "ConsumerTooSlow", "message": "too slow"}
    with pytest.raises(Unavailable, match="too slow"):
        read_frame(json.dumps(frame), HALL)


@needs_golden
@both
def test_recorded_frames_are_read_and_none_of_them_concerns_us(version):
    for frame in golden():
        assert read(frame, version) == Told(frame["time_us"])


@needs_golden
def test_the_converter_makes_of_the_firehose_what_jetstream_made_of_it():
    """Each recorded event is put back into the form it came in, its CIDs prove that, and converted again."""
    for frame in golden():
        commit, did = frame.get("commit"), frame["did"]
        if commit is None:
            kind = frame["kind"]
            events = encode({"op": 1, "t": f"#{kind}"}) + encode(frame[kind])
        else:
            block = encode(from_json(commit.get("record")))
            cid = cid_of(block) if "record" in commit else None
            assert str(cid or "") == commit.get("cid", "")
            path = f"{commit['collection']}/{commit['rkey']}"
            said = {
                "repo": did,
                "rev": commit["rev"],
                "blocks": car_of({cid: block} if cid else {}),
                "ops": [{"action": commit["operation"], "path": path, "cid": cid}],
            }
            events = encode({"op": 1, "t": "#commit"}) + encode(said)
        assert list(frames(events, frame["time_us"])) == [frame]


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "null",
        "[]",
        '{"did": 1}',
        '{"commit": {"operation": "create", "collection": "app.bsky.feed.post", "rkey": "a/b"}}',
        '{"did": "did:plc:a", "commit": {"operation": "create", "collection": "app.bsky.feed.post", "rkey": "1"}}',
        '{"payload": ' + "[" * 100_000,
        b"\xff",
    ],
)
def test_what_is_no_frame_raises_what_is_foreseen(raw):
    with pytest.raises(FAULTS):
        read_frame(raw, HALL)


@often(300)
@given(changes=CHANGES, cuts=CUTS)
def test_frames_that_no_server_sends_raise_only_what_is_foreseen(changes, cuts):
    frame = posted("did:plc:ada", "3k", record())
    for each in (frame, message(frame)):
        try:
            told = read_frame(mangled(each, changes, cuts), HALL)
        except (*FAULTS, Unavailable):
            continue
        assert told.written in {"", f"at://{told.written[5:].split('/')[0]}/{POSTS}/{told.written.split('/')[-1]}"}


@pytest.mark.campaign
@often(10_000)
@given(changes=CHANGES, cuts=CUTS)
def test_ten_thousand_such_frames_do(changes, cuts):
    try:
        read_frame(mangled(message(posted("did:plc:ada", "3k", record())), changes, cuts), HALL)
    except (*FAULTS, Unavailable):
        return


def query(url: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(url).query)


@pytest.mark.parametrize("server", ["wss://jetstream.example", "wss://jetstream.example/subscribe/"])
def test_version_1_is_asked_for_posts_from_a_time_on(server):
    asked = subscription(server, 1779719009132431, None)
    assert asked.url.startswith("wss://jetstream.example/subscribe?")
    assert query(asked.url) == {"wantedCollections": [POSTS], "cursor": ["1779719009132431"]}
    assert (asked.dictionary, asked.subprotocols) == (None, ())
    assert query(subscription(server, 0, b"zdict").url) == {"wantedCollections": [POSTS], "compress": ["true"]}


def test_version_2_is_asked_for_posts_and_accounts():
    dictionary = b"\x37\xa4\x30\xec" + (77).to_bytes(4, "little") + b"rest"
    asked = subscription(V2, 1779719009132431, dictionary)
    assert asked.url.startswith(f"{V2}?")
    assert query(asked.url) == {
        "kinds": ["commit", "account"],
        "collections": [POSTS],
        "cursor": ["1779719009132431"],
        "zstdDictionary": ["77"],
    }
    assert asked.subprotocols == ("xrpc.v1.json",)


def test_a_cursor_that_is_no_time_is_not_sent_because_version_2_would_take_it_for_a_number():
    assert "cursor" not in query(subscription(V2, 5_000, None).url)


def test_version_2_hands_out_its_dictionary():
    assert is_second(V2)
    assert not is_second("wss://jetstream.example")
    assert dictionary_address(V2) == "https://jetstream.example/xrpc/network.bsky.jetstream.getZstdDictionary"
    assert dictionary_address(V2.replace("wss", "ws")).startswith("http://")


def test_only_a_zstd_dictionary_is_one():
    assert dictionary_id(b"\x37\xa4\x30\xec\x01\x02\x00\x00more") == 0x201
    assert dictionary_id(b"\x37\xa4\x30\xec") == dictionary_id(b"<html>") == dictionary_id(b"") == 0
