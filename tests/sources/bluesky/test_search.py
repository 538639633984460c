from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
from factories import EVENING
from servers.appview import record, view

from kiosk.domain.errors import BadPayload, Refused
from kiosk.domain.model import Cursor
from kiosk.sources.bluesky.known import Known
from kiosk.sources.bluesky.search import PAGE, PAGES, Search


class Index:
    """A search index: `held` views by their number, one second apart, newest first."""

    def __init__(self) -> None:
        self.held: dict[int, Any] = {}
        self.asked: list[dict[str, str]] = []
        self.forgets = False
        self.deepest = 1 << 30
        self.known = Known()

    def add(self, *numbers: int, tag: str = "hall", **changes: Any) -> None:
        for number in numbers:
            at = (EVENING + timedelta(seconds=number)).isoformat().replace("+00:00", "Z")
            self.held[number] = view(number, record(f"{number} #{tag}", tag, createdAt=at), **changes)

    async def ask(self, question: Any) -> bytes:
        asked = dict(question)
        self.asked.append(asked)
        if asked.get("cursor") and self.forgets:
            raise Refused("no such cursor")
        tag = asked["q"]
        hits = [held for _, held in sorted(self.held.items(), reverse=True) if tag in held["record"]["text"]]
        start = int(asked.get("cursor", "0"))
        end = min(start + int(asked["limit"]), self.deepest)
        more = {"cursor": str(end)} if end < min(len(hits), self.deepest) else {}
        return json.dumps({"posts": hits[start:end], **more}).encode()

    def read(self, cursor: Cursor | None = None, *tags: str, deep: bool = True):
        search = Search("bsky.example", self.known, self.ask, deep=deep)
        return asyncio.run(search.read(tags or ("hall",), cursor))


def numbers(batch) -> list[int]:
    return [int(item.local_id.rsplit("/", 1)[1]) for item in batch.found]


def test_the_newest_page_is_read_oldest_first():
    index = Index()
    index.add(*range(250))
    batch = index.read()
    assert numbers(batch) == list(range(150, 250))
    assert (batch.more, batch.gap, batch.bad) == (False, "", ())
    assert index.asked == [{"q": "#hall", "sort": "latest", "limit": str(PAGE)}]


def test_the_same_cursor_with_nothing_new_finds_nothing_new():
    index = Index()
    index.add(*range(250))
    first = index.read()
    again = index.read(first.cursor)
    assert (set(numbers(again)) <= set(range(250)), again.cursor) == (True, first.cursor)
    assert len(index.asked) <= 5


def test_a_backlog_is_read_over_several_polls_without_a_gap():
    index = Index()
    index.add(*range(10))
    cursor = index.read().cursor
    index.add(*range(10, 3_000))
    found, polls = set(), 0
    while True:
        batch = index.read(cursor)
        assert len(batch.found) <= PAGE * PAGES
        assert batch.gap == ""
        found |= set(numbers(batch))
        cursor, polls = batch.cursor, polls + 1
        if not batch.more:
            break
    assert found >= set(range(10, 3_000))
    assert polls == 3
    index.add(3_000)
    assert max(numbers(index.read(cursor))) == 3_000


def test_what_came_while_a_backlog_is_read_is_found_afterwards():
    index = Index()
    index.add(*range(10))
    cursor = index.read().cursor
    index.add(*range(10, 1_500))
    batch = index.read(cursor)
    assert batch.more
    index.add(*range(1_500, 1_700))
    found = set(numbers(batch))
    while batch.more:
        batch = index.read(batch.cursor)
        found |= set(numbers(batch))
    found |= set(numbers(index.read(batch.cursor)))
    assert found >= set(range(10, 1_700))


def test_a_place_that_the_server_has_forgotten_begins_anew():
    index = Index()
    index.add(*range(10))
    cursor = index.read().cursor
    index.add(*range(10, 1_500))
    batch = index.read(cursor)
    assert batch.more
    index.forgets = True
    assert max(numbers(index.read(batch.cursor))) == 1_499


def test_a_search_that_ends_before_what_was_read_names_the_gap():
    index = Index()
    index.add(*range(10))
    batch = index.read()
    index.add(*range(10, 9_000))
    index.deepest = 6_000
    while True:
        batch = index.read(batch.cursor)
        if not batch.more:
            break
    assert "posts may be missing" in batch.gap


def test_without_an_account_only_the_newest_page_is_asked_for_and_the_gap_is_named():
    index = Index()
    index.add(*range(10))
    cursor = index.read(deep=False).cursor
    index.add(*range(10, 1_000))
    batch = index.read(cursor, deep=False)
    assert numbers(batch) == list(range(900, 1_000))
    assert "posts may be missing" in batch.gap
    assert [asked.get("cursor") for asked in index.asked] == [None, None]


def test_each_tag_has_its_own_place_and_a_post_with_both_comes_once():
    index = Index()
    index.add(*range(5))
    index.add(*range(10, 15), tag="Foyer")
    index.held[20] = view(20, record("#hall and #Foyer", "hall", "Foyer", createdAt="2026-11-23T18:00:20Z"))
    batch = index.read(None, "hall", "Foyer")
    assert numbers(batch) == [*range(5), *range(10, 15), 20]
    assert batch.cursor is not None
    assert set(json.loads(batch.cursor.value)) == {"hall", "Foyer"}


def test_what_only_mentions_the_tag_is_not_taken():
    index = Index()
    index.held[1] = view(1, record("#hall", facets=[]))
    assert numbers(index.read()) == []


def test_a_post_that_cannot_be_read_loses_only_itself():
    index = Index()
    index.add(*range(5))
    index.held[2]["author"] = None
    batch = index.read()
    assert numbers(batch) == [0, 1, 3, 4]
    assert len(batch.bad) == 1


def test_what_may_not_be_shown_is_not_found_and_gone_where_it_was_met_before():
    index = Index()
    index.add(1, 2)
    cursor = index.read().cursor
    for number in (2, 3):
        index.add(number, labels=[{"val": "!hide", "src": "did:plc:mod"}])
    batch = index.read(cursor)
    assert numbers(batch) == [1]
    assert batch.gone == (view(2)["uri"],)


@pytest.mark.parametrize("value", ["", "nonsense", "[1]", "\0", '{"hall": null}', '{"hall": {"newest": 3}}'])
def test_a_foreign_cursor_counts_as_none(value):
    index = Index()
    index.add(1)
    assert numbers(index.read(Cursor("x", value))) == [1]


@pytest.mark.parametrize("said", [b"{}", b"[]", b"\xff", b'{"posts": 1}'])
def test_what_is_no_result_is_a_bad_payload(said):
    index = Index()

    async def ask(_: Any) -> bytes:
        return said

    index.ask = ask
    with pytest.raises(BadPayload):
        index.read()
