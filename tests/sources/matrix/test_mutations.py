from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import Any

import httpx
import pytest
from factories import MET, at
from hypothesis import given
from hypothesis import strategies as st
from mangling import CHANGES, CUTS, mangled, often
from means import means

from kiosk.domain.errors import SourceError
from kiosk.domain.events import PostReceived, decode, encode
from kiosk.domain.model import Cursor
from kiosk.sources.matrix.matrix import Matrix, MatrixTable

ID = "!hall:hall.test"
SAID: dict[str, Any] = {
    "type": "m.room.message",
    "event_id": "$one",
    "sender": "@ada:hall.test",
    "origin_server_ts": 1_795_802_400_123,
    "content": {"msgtype": "m.image", "body": "Tea #hall", "filename": "t.jpg", "url": "mxc://hall.test/abc"},
}
NEW = {"msgtype": "m.text", "body": "Tea at six"}
EDIT: dict[str, Any] = SAID | {
    "event_id": "$two",
    "content": NEW | {"m.new_content": NEW, "m.relates_to": {"rel_type": "m.replace", "event_id": "$zero"}},
}
BUNDLED = SAID | {"unsigned": {"m.relations": {"m.replace": EDIT}}}
MEMBER = {"membership": "join", "displayname": "Ada", "avatar_url": "mxc://hall.test/face"}
ANSWERS: dict[str, Any] = {
    "/sync": {
        "next_batch": "s9",
        "rooms": {"join": {ID: {"timeline": {"events": [SAID, EDIT], "limited": True, "prev_batch": "t8"}}}},
    },
    "/messages": {"chunk": [SAID | {"event_id": "$three"}, EDIT | {"event_id": "$four"}], "state": [], "end": "t7"},
    "/event/": BUNDLED | {"event_id": "$zero"},
    "/relations/": {"chunk": [EDIT]},
    "/state/": MEMBER,
    "/profile/": MEMBER,
    "/joined_rooms": {"joined_rooms": [ID]},
}


class _Mangling:
    """A homeserver of which one kind of answer is mangled."""

    def __init__(self, kind: str, body: bytes) -> None:
        self.kind = kind
        self.body = body

    async def get(self, url: str, **_: Any) -> httpx.Response:
        kind = next((kind for kind in ANSWERS if kind in url), "")
        if not kind:
            return httpx.Response(404, json={"errcode": "M_NOT_FOUND"}, request=httpx.Request("GET", url))
        body = self.body if kind == self.kind else json.dumps(ANSWERS[kind]).encode()
        return httpx.Response(200, content=body, request=httpx.Request("GET", url))

    async def post(self, url: str, **_: Any) -> httpx.Response:
        return httpx.Response(200, json={"room_id": ID}, request=httpx.Request("POST", url))


def _survive(kind: str, body: bytes) -> None:
    async def whole() -> None:
        table = MatrixTable(server="https://hall.test", room=ID)
        source = Matrix(table, means(_Mangling(kind, body), token="token"))  # noqa: S106  # goes nowhere
        found: list[Any] = []
        with suppress(SourceError):
            batch = await source.poll(Cursor(source.name, '{"since": "s1"}'))
            found += batch.found
            assert all(isinstance(each, str) for each in (*batch.gone, *batch.bad, batch.note, batch.gap))
        with suppress(SourceError):
            answer = await source.recheck({"$zero": "", "$five": ""})
            found += answer.found
        for item in found:
            assert item.local_id.startswith("$")
            received = PostReceived(at=at(0), post=item.post, sighting=MET)
            assert decode(encode(received)) == received

    asyncio.run(whole())


def test_answers_that_are_not_mangled_are_read():
    _survive("", b"")


@often(2_000)
@given(st.sampled_from(sorted(ANSWERS)), CHANGES, CUTS)
def test_no_mutation_of_any_answer_gets_past_the_documented_errors(kind, changes, cuts):
    _survive(kind, mangled(ANSWERS[kind], changes, cuts))


@pytest.mark.campaign
@often(10_000)
@given(st.sampled_from(sorted(ANSWERS)), CHANGES, CUTS)
def test_ten_thousand_mutations_do_not_either(kind, changes, cuts):
    _survive(kind, mangled(ANSWERS[kind], changes, cuts))
