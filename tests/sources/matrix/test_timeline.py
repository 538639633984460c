from __future__ import annotations

import asyncio
import json
from contextlib import aclosing
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from mangling import CHANGES, CUTS, mangled, often
from recordings import SHARED
from servers.scripted import Answer, Scripted
from servers.tag_server import real_client

from kiosk.domain.errors import SourceError, Unavailable
from kiosk.domain.model import Cursor
from kiosk.sources.matrix import timeline as matrix_timeline
from kiosk.sources.matrix.homeserver import Homeserver
from kiosk.sources.matrix.timeline import MOST_PAGES, PAGE, Place, Stretch, Timeline, read_place

if TYPE_CHECKING:
    import httpx

ID = "!hall:hall.test"
SYNC, MESSAGES = "/_matrix/client/v3/sync", "/_matrix/client/v3/rooms/%21hall%3Ahall.test/messages"
SINCE = Place("s1")


@pytest.fixture
def server():
    with Scripted() as running:
        yield running


def read(server: Scripted, place: Place, *, patience: float = 0, seconds: float = 10.0, room: str = ID) -> Stretch:
    async def whole() -> Stretch:
        async with aclosing(real_client(seconds)) as client:
            home = Homeserver(server.url, "token", client, "hall.test")
            return await Timeline(home, "hall.test").read(room, place, patience)

    return asyncio.run(whole())


def synced(*numbers: int, now: str = "s9", prev: str | None = None, **more: Any) -> Answer:
    timeline = {"events": [{"n": n} for n in numbers], "limited": prev is not None, "prev_batch": prev}
    joined = {"timeline": timeline, "state": {"events": [{"state": now}]}}
    return Answer(200, {"next_batch": now, "rooms": {"join": {ID: joined, "!other:x": {}}} | more})


def page(*numbers: int, end: str | None = None) -> Answer:
    return Answer(200, {"chunk": [{"n": n} for n in numbers], "start": "t", **({"end": end} if end else {})})


def numbers(stretch: Stretch) -> list[int]:
    return [json.loads(bytes(each))["n"] for each in stretch.events]


def asked(server: Scripted, start: str) -> list[dict[str, list[str]]]:
    return [parse_qs(urlsplit(target).query) for target in server.targets(start)]


def test_a_place_survives_in_a_cursor():
    place = Place("s1", "t2", "s0", 7)
    assert read_place(Cursor("x", place.written())) == place
    assert read_place(None) == Place()
    for value in ("", "[]", "{", '{"since": 1}', "\ud800"):
        assert read_place(Cursor("x", value)) == Place()


def test_the_first_read_is_the_newest_page_of_this_room_alone(server):
    server.answers[SYNC] = synced(1, 2, prev="t5")
    stretch = read(server, Place())
    assert (numbers(stretch), len(stretch.state), stretch.gap) == ([1, 2], 1, "")
    assert stretch.place == Place("s9"), "what was before the first read is not read"
    (question,) = asked(server, SYNC)
    wanted = json.loads(question["filter"][0])
    assert wanted["room"]["rooms"] == [ID]
    assert wanted["room"]["timeline"]["limit"] == PAGE
    assert wanted["room"]["timeline"]["lazy_load_members"]
    assert wanted["presence"] == wanted["account_data"] == wanted["room"]["ephemeral"] == {"not_types": ["*"]}
    assert (question["timeout"], question["set_presence"], "since" in question) == (["0"], ["offline"], False)


def test_a_read_goes_on_from_its_token_with_patience(server):
    server.answers[SYNC] = synced()
    assert read(server, SINCE, patience=15).place == Place("s9")
    (question,) = asked(server, SYNC)
    assert (question["since"], question["timeout"]) == (["s1"], ["15000"])


def test_a_limited_timeline_is_filled_back_to_the_last_token(server):
    server.answers[SYNC] = synced(8, 9, prev="t7")
    server.answers[MESSAGES] = [page(7, 6, end="t5"), page(end="t4"), page(5, 4)]
    stretch = read(server, SINCE)
    assert (numbers(stretch), stretch.place) == ([4, 5, 6, 7, 8, 9], Place("s9"))
    assert [question["from"] for question in asked(server, MESSAGES)] == [["t7"], ["t5"], ["t4"]]
    assert all(question["to"] == ["s1"] and question["dir"] == ["b"] for question in asked(server, MESSAGES))


@pytest.mark.parametrize("end", ["s1", "t7"])
def test_a_page_that_ends_where_it_began_or_where_it_should_is_the_last(server, end):
    server.answers[SYNC] = synced(9, prev="t7")
    server.answers[MESSAGES] = page(8, end=end)
    assert read(server, SINCE).place == Place("s9")


def test_a_read_of_many_pages_is_resumed(server, monkeypatch):
    monkeypatch.setattr(matrix_timeline, "PAGES_AT_ONCE", 2)
    server.answers[SYNC] = synced(9, prev="t8")
    server.answers[MESSAGES] = [page(8, end="t7"), page(7, end="t6"), page(6)]
    first = read(server, SINCE)
    assert (numbers(first), first.place) == ([7, 8, 9], Place("s9", "t6", "s1", 2))
    second = read(server, first.place)
    assert (numbers(second), second.place) == ([6], Place("s9"))
    assert len(server.targets(SYNC)) == 1, "what is behind comes first"


def test_the_end_of_what_is_filled_back_is_named(server):
    stretch = read(server, Place("s9", "t1", "s1", MOST_PAGES))
    assert stretch.place == Place("s9")
    assert "more than 30000 new messages" in stretch.gap
    server.answers[MESSAGES] = Answer(400, {"errcode": "M_INVALID_PARAM", "error": "No"})
    stretch = read(server, Place("s9", "t1", "s1", 2))
    assert stretch.place == Place("s9")
    assert "that was not read" in stretch.gap


def test_a_token_that_the_server_forgot_is_dropped_and_said(server):
    server.answers[SYNC] = [Answer(400, {"errcode": "M_UNKNOWN", "error": "Invalid token"}), synced(9)]
    stretch = read(server, SINCE)
    assert (numbers(stretch), stretch.place) == ([9], Place("s9"))
    assert "its newest page was read instead" in stretch.gap
    server.answers[SYNC] = Answer(400, {"errcode": "M_UNKNOWN", "error": "No"})
    with pytest.raises(SourceError):
        read(server, SINCE)


def test_an_interruption_leaves_the_place_as_it_was(server):
    server.answers[SYNC] = synced(9, prev="t8")
    server.answers[MESSAGES] = [page(8, end="t7"), Answer(503)]
    with pytest.raises(Unavailable):
        read(server, SINCE)


def test_one_who_left_is_told_so(server):
    server.answers[SYNC] = synced(leave={ID: {"timeline": {}}})
    assert read(server, SINCE).left
    server.answers[SYNC] = synced(leave={"!other:x": {}})
    assert not read(server, SINCE).left


@pytest.mark.skipif(not (SHARED / "matrix").is_dir(), reason="needs a recorded sync, which is not in the project")
def test_a_recorded_sync_is_read(server):
    server.answers[SYNC] = Answer(200, (SHARED / "matrix" / "sync.json").read_bytes())
    stretch = read(server, Place(), room="!SVkFJHzfwvuaIEawgC:localhost")
    assert (len(stretch.events), len(stretch.state)) == (1, 9)
    assert stretch.place == Place("s526_47314_0_7_1_1_1_11444_1")


WHOLE = {
    "next_batch": "s9",
    "rooms": {"join": {ID: {"timeline": {"events": [{"n": 1}], "limited": True, "prev_batch": "t8"}}}, "leave": {}},
    "chunk": [{"n": 2}],
    "end": "t7",
}


class _Same:
    """A client that answers everything with the same body."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    async def get(self, url: str, **_: Any) -> httpx.Response:
        import httpx  # noqa: PLC0415  # only made here

        return httpx.Response(200, content=self.body, request=httpx.Request("GET", url))


def _survive(body: bytes) -> None:
    async def whole() -> None:
        home = Homeserver("https://hall.test", "token", _Same(body), "hall.test")  # type: ignore[arg-type]
        stretch = await Timeline(home, "hall.test").read(ID, SINCE, 0)
        assert len(stretch.events) < 100_000

    try:
        asyncio.run(whole())
    except SourceError:
        return


@often(2_000)
@given(CHANGES, CUTS)
def test_no_mutation_of_an_answer_gets_past_the_documented_errors(changes, cuts):
    _survive(mangled(WHOLE, changes, cuts))


@pytest.mark.campaign
@often(10_000)
@given(CHANGES, CUTS)
def test_ten_thousand_mutations_do_not_either(changes, cuts):
    _survive(mangled(WHOLE, changes, cuts))
