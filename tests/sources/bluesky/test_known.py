from __future__ import annotations

import json
from typing import Any

import pytest
from servers.appview import record, view

from kiosk.sources.bluesky import known as bluesky_known
from kiosk.sources.bluesky.jetstream import Told
from kiosk.sources.bluesky.known import Known
from kiosk.sources.bluesky.records import FAULTS

URI = view(1)["uri"]


def raw(*args: Any, **changes: Any) -> bytes:
    return json.dumps(view(*args, **changes)).encode()


def edit(text: str, cid: str, time: int = 5) -> Told:
    return Told(time, URI, cid, json.dumps(record(text)).encode(), update=True)


def text(viewed) -> str:
    return viewed.found.post.text


def test_a_post_that_was_met_is_known():
    known = Known()
    assert URI not in known
    known.read(raw(1))
    assert URI in known
    assert known.has_any_of("did:plc:ada")
    assert not known.has_any_of("did:plc:ad")


def test_an_edit_stands_over_the_view_until_the_appview_shows_another():
    known = Known()
    known.read(raw(1))
    assert text(known.edited(edit("New", "cid-2"))) == "New"
    assert text(known.read(raw(1))) == "New", "the AppView lags"
    caught_up = raw(1, record("New, as the AppView has it"), cid="cid-2")
    assert text(known.read(caught_up)) == "New, as the AppView has it"
    assert text(known.read(raw(1))) == "Hello to the #hall", "nothing stands over it any more"


def test_an_edit_of_what_was_never_met_is_nothing_to_us():
    assert Known().edited(edit("New", "cid-2")) is None


def test_an_edit_that_cannot_be_read_changes_nothing():
    known = Known()
    known.read(raw(1))
    with pytest.raises(FAULTS):
        known.edited(Told(5, URI, "cid-2", b'{"text": 1}', update=True))
    assert text(known.read(raw(1))) == "Hello to the #hall"
    known.edited(edit("Good", "cid-2"))
    with pytest.raises(FAULTS):
        known.edited(Told(6, URI, "cid-3", b'{"text": 1}', update=True))
    assert text(known.read(raw(1))) == "Good"


def test_what_a_stream_tells_again_is_no_edit():
    known = Known()
    known.read(raw(1))
    assert known.edited(Told(1, URI, "cid-1", b"{}")) is None, "a post is made once"
    assert known.edited(edit("As it is", "cid-1")) is None
    assert known.edited(edit("New", "cid-2")) is not None
    assert known.edited(edit("New", "cid-2")) is None
    assert known.edited(edit("Older", "cid-0", time=4)) is None
    assert text(known.edited(edit("Newer", "cid-3", time=6))) == "Newer"


def test_a_post_that_may_not_be_shown_any_more_is_lost_once():
    known = Known()
    hidden = raw(1, labels=[{"val": "!hide", "src": "did:plc:mod"}])
    assert not known.read(hidden).lost, "it was never shown"
    known.read(raw(1))
    assert known.read(hidden).lost
    assert URI not in known


def test_what_is_deleted_is_forgotten():
    known = Known()
    known.read(raw(1))
    known.read(raw(2))
    known.read(raw(3, did="did:plc:bob"))
    known.forget(URI)
    assert URI not in known
    known.forget_all_of("did:plc:ada")
    assert not known.has_any_of("did:plc:ada")
    assert known.has_any_of("did:plc:bob")


def test_only_so_much_is_remembered(monkeypatch):
    monkeypatch.setattr(bluesky_known, "MOST", 2)
    monkeypatch.setattr(bluesky_known, "LARGEST", 2_000)
    known = Known()
    for name in (1, 2, 1, 3):
        known.read(raw(name))
    assert [view(name)["uri"] in known for name in (1, 2, 3)] == [True, False, True]
    assert known.read(raw(4, record("x" * 3_000))).found is not None
    assert view(4)["uri"] not in known
