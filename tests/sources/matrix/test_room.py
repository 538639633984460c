from __future__ import annotations

import asyncio
import json
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from servers.scripted import Answer, Scripted
from servers.tag_server import real_client

from kiosk.domain.errors import BadPayload, Misconfigured, Refused, Unavailable
from kiosk.sources.matrix import room as matrix_room
from kiosk.sources.matrix.events import EVENT, Member, sort_events
from kiosk.sources.matrix.homeserver import Homeserver
from kiosk.sources.matrix.room import Room

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

ID = "!hall:hall.test"
AT = "/_matrix/client/v3/rooms/%21hall%3Ahall.test"
JOIN = "/_matrix/client/v3/join/"
SAID = {
    "type": "m.room.message",
    "event_id": "$one",
    "sender": "@ada:hall.test",
    "origin_server_ts": 1,
    "content": {"msgtype": "m.text", "body": "Tea"},
}


@pytest.fixture
def server():
    with Scripted() as running:
        running.answers[JOIN] = Answer(200, {"room_id": ID})
        yield running


def on(server: Scripted, scenario: Callable[[Room], Awaitable[Any]], asked: str = "#hall:hall.test") -> Any:
    async def whole() -> Any:
        async with aclosing(real_client()) as client:
            return await scenario(Room(asked, Homeserver(server.url, "token", client, "hall.test"), "hall.test"))

    return asyncio.run(whole())


def edit(name: str, when: int, of: str = "$one", **changes: Any) -> dict[str, Any]:
    relation = {"rel_type": "m.replace", "event_id": of}
    content = {"msgtype": "m.text", "body": "*", "m.new_content": {"body": name}, "m.relates_to": relation}
    return SAID | {"event_id": name, "origin_server_ts": when, "content": content} | changes


def ordered(*items: Any) -> Any:
    return sort_events([msgspec.Raw(json.dumps(item).encode()) for item in items], "hall.test")


def test_a_room_is_entered_once_by_its_address_or_by_its_id(server):
    async def scenario(room: Room) -> str:
        await room.enter()
        await room.enter()
        return room.id

    assert on(server, scenario) == ID
    assert server.targets(JOIN) == [f"{JOIN}%23hall%3Ahall.test"]
    assert json.loads(server.asked[-1].body) == {}
    on(server, scenario, "!hall:hall.test:8448")
    assert server.targets(JOIN)[-1] == f"{JOIN}%21hall%3Ahall.test%3A8448?via=hall.test:8448&server_name=hall.test:8448"
    on(server, scenario, "!aG_jO8")
    assert server.targets(JOIN)[-1] == f"{JOIN}%21aG_jO8"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(403, {"errcode": "M_FORBIDDEN", "error": "No"}), Refused),
        (Answer(404, {"errcode": "M_NOT_FOUND", "error": "No"}), Misconfigured),
        (Answer(400, {"errcode": "M_INVALID_PARAM", "error": "No"}), Misconfigured),
        (Answer(404, {"errcode": "M_UNRECOGNIZED"}), Refused),
        (Answer(429, {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 5}), Unavailable),
        (Answer(200, {"room": ID}), BadPayload),
    ],
)
def test_a_room_that_cannot_be_entered_says_why_and_is_tried_again(server, answer, kind):
    server.answers[JOIN] = [answer, Answer(200, {"room_id": ID})]

    async def scenario(room: Room) -> str:
        with pytest.raises((Refused, Unavailable, BadPayload)) as caught:
            await room.enter()
        assert type(caught.value) is kind
        await room.enter()
        return room.id

    assert on(server, scenario) == ID


def test_one_who_is_out_enters_again(server):
    server.answers["/_matrix/client/v3/joined_rooms"] = [
        Answer(200, {"joined_rooms": [ID]}),
        Answer(200, {"joined_rooms": ["!other:hall.test"]}),
    ]

    async def scenario(room: Room) -> None:
        await room.enter()
        await room.confirm_membership()
        with pytest.raises(Refused, match="invite it again"):
            await room.confirm_membership()
        await room.enter()

    on(server, scenario)
    assert len(server.targets(JOIN)) == 2


def test_a_message_is_there_or_not_or_the_server_does_not_say(server):
    server.answers[f"{AT}/event/%24one"] = Answer(200, SAID)
    server.answers[f"{AT}/event/%24gone"] = Answer(404, {"errcode": "M_NOT_FOUND", "error": "No"})
    server.answers[f"{AT}/event/%24topic"] = Answer(200, SAID | {"type": "m.room.topic"})
    server.answers[f"{AT}/event/%24odd"] = Answer(200, SAID | {"content": {"body": 7}})
    server.answers[f"{AT}/event/%24late"] = Answer(502, b"<html>")

    async def scenario(room: Room) -> None:
        assert (await room.event("$one")).words().body == "Tea"
        assert await room.event("$gone") is None
        assert await room.event("$topic") is None
        for identity, kind in [("$odd", BadPayload), ("$late", Unavailable), ("$unknown call", Refused)]:
            with pytest.raises(kind):
                await room.event(identity)

    on(server, scenario)


def test_edits_are_those_that_the_server_bundles_or_else_lists(server):
    listing = "/_matrix/client/v1/rooms/%21hall%3Ahall.test/relations/%24one/m.replace"
    server.answers[listing] = Answer(200, {"chunk": [edit("$a", 2), {"type": 3}, edit("$b", 3)]})
    bundling = EVENT.decode(json.dumps(SAID | {"unsigned": {"m.relations": {"m.replace": edit("$c", 4)}}}))
    plain = EVENT.decode(json.dumps(SAID))

    async def scenario(room: Room) -> None:
        await room.enter()
        assert [each.event_id for each in await room.edits_of(plain)] == ["$a", "$b"]
        server.answers[listing] = Answer(404, {"errcode": "M_UNRECOGNIZED"})
        assert await room.edits_of(plain) == []
        assert [each.event_id for each in await room.edits_of(bundling)] == ["$c"]
        before = len(server.asked)
        assert await room.edits_of(plain) == []
        assert len(server.asked) == before, "a server that bundles need not be asked"

    on(server, scenario)


def test_the_newest_edit_is_remembered_until_it_is_taken_back(server):
    original = EVENT.decode(json.dumps(SAID))

    async def scenario(room: Room) -> None:
        for each in (edit("$a", 2), edit("$c", 4), edit("$b", 3)):
            room.learn(ordered(), ordered(each))
        assert room.edit_of(original).event_id == "$c"
        assert room.unedited(["$a", "$x"]) == []
        assert room.unedited(["$c"]) == ["$one"]
        assert room.edit_of(original) is None

    on(server, scenario)


def test_what_is_remembered_is_bounded(server, monkeypatch):
    monkeypatch.setattr(matrix_room, "EDITS", 10)
    monkeypatch.setattr(matrix_room, "MEMBERS", 10)

    async def scenario(room: Room) -> tuple[int, int]:
        for number in range(50):
            member = SAID | {"type": "m.room.member", "state_key": f"@{number}:b", "content": {"displayname": "x"}}
            room.learn(ordered(member), ordered(edit("$e", 1, of=f"${number}")))
        return len(room._edits), len(room._members)

    assert on(server, scenario) == (10, 10)


def test_names_come_from_the_room_then_from_the_profile_and_are_asked_for_once(server):
    state, profile = f"{AT}/state/m.room.member/", "/_matrix/client/v3/profile/"
    server.answers[f"{state}%40ada"] = Answer(200, {"membership": "join", "displayname": "Ada"})
    server.answers[state] = Answer(200, {"membership": "leave"})
    server.answers[f"{profile}%40eve"] = Answer(200, {"displayname": "Eve"})
    server.answers[profile] = Answer(404, {"errcode": "M_NOT_FOUND", "error": "No"})

    async def scenario(room: Room) -> None:
        await room.enter()
        for _ in range(2):
            assert await room.member("@ada:hall.test") == Member("Ada")
            assert await room.member("@eve:hall.test") == Member("Eve")
            assert await room.member("@nobody:hall.test") == Member()
        server.answers[state] = Answer(503)
        with pytest.raises(Unavailable):
            await room.member("@late:hall.test")

    on(server, scenario)
    assert len(server.targets(state)) + len(server.targets(profile)) == 6


def test_an_operator_is_told_of_encryption_and_of_a_new_room(server):
    async def scenario(room: Room) -> list[str]:
        notes = [room.note]
        room.learn(ordered(), ordered(SAID | {"type": "m.room.encrypted"}))
        notes.append(room.note)
        room.learn(ordered(), ordered())
        notes.append(room.note)
        moved = SAID | {"type": "m.room.tombstone", "content": {"replacement_room": "!new:hall.test"}}
        room.learn(ordered(moved), ordered())
        return [*notes, room.note]

    first, second, third, last = on(server, scenario)
    assert first == ""
    assert "is encrypted" in second
    assert third == second, "it stays so"
    assert "!new:hall.test" in last
