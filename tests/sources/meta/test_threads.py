from __future__ import annotations

import asyncio
import time
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from servers.graph_api import ME, MISSING, TOKEN, GraphApi, problem
from servers.tag_server import Trouble, real_client

from kiosk.domain.errors import BadPayload, Misconfigured, Refused, SourceError, Unavailable
from kiosk.domain.model import Cursor, PostUri
from kiosk.sources.meta import threads as threads_module
from kiosk.sources.meta.threads import Threads, ThreadsTable
from kiosk.sources.meta.threads_quota import PACE, QUOTA
from kiosk.sources.source import Means, Recheck

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


@pytest.fixture
def server():
    with GraphApi() as running:
        yield running


def on(server: GraphApi, scenario: Callable[[Threads], Awaitable[Any]], *, tags=("hall",), token=TOKEN) -> Any:
    async def whole() -> Any:
        async with aclosing(real_client()) as client:
            means = Means(client, tags, token, Path(), None, None, None)
            return await scenario(Threads(ThreadsTable(token_file="x"), means, server.url))  # noqa: S106  # a file's name

    return asyncio.run(whole())


def poll(server: GraphApi, cursor: Cursor | None = None, **options: Any) -> Any:
    return on(server, lambda source: source.poll(cursor), **options)


def numbers(batch: Any) -> list[int]:
    return [int(item.local_id) - 18_000_000 for item in batch.found]


def uris(*ids: int) -> dict[str, PostUri]:
    return {str(18_000_000 + number): PostUri(f"threads:{18_000_000 + number}") for number in ids}


def test_the_newest_posts_with_a_tag_are_read_oldest_first(server):
    for number in range(1, 8):
        server.thread(number)
    server.thread(9, tag="elsewhere")
    batch = poll(server, tags=("#hall",))
    assert numbers(batch) == list(range(1, 8))
    assert (batch.bad, batch.gap, batch.note) == ((), "", "")
    asked = server.asked("keyword_search")
    assert [each["q"] for each in asked] == ["hall"]
    assert batch.wait == pytest.approx(PACE)


def test_reading_again_costs_one_search_and_changes_nothing(server):
    for number in range(1, 8):
        server.thread(number)
    first = poll(server)
    again = poll(server, first.cursor)
    assert again.found == first.found
    assert len(server.asked("keyword_search")) == 2


def test_a_backlog_is_read_without_a_gap(server):
    server.thread(1)
    cursor = poll(server).cursor
    for number in range(2, 352):
        server.thread(number)
    batch = poll(server, cursor)
    assert numbers(batch) == list(range(1, 352))
    assert len(server.asked("keyword_search")) == 1 + 4
    assert batch.gap == ""


def test_an_endless_backlog_is_given_up_and_said(server, monkeypatch):
    monkeypatch.setattr(threads_module, "MOST_PAGES", 2)
    server.thread(1)
    cursor = poll(server).cursor
    for number in range(2, 402):
        server.thread(number)
    batch = poll(server, cursor)
    assert len(batch.found) > 100
    assert "more than 200 new posts with #hall" in batch.gap


def test_posts_of_another_topic_are_left_out_and_those_of_none_are_believed(server):
    server.thread(1, tag="other", text="but see #Hall", _found_by="hall")
    server.thread(2, tag="other", _found_by="hall")
    server.thread(3, topic_tag=None, _found_by="hall")
    server.thread(4, media_type="REPOST_FACADE")
    assert numbers(poll(server)) == [1, 3]


def test_an_app_that_sees_only_itself_is_explained(server):
    server.approved = False
    server.thread(1, user="ada")
    assert poll(server).note.endswith(f"finds only what @{ME} posted.")
    server.thread(2, user=ME)
    batch = poll(server)
    assert numbers(batch) == [2]
    assert f"only posts of @{ME}" in batch.note
    assert "threads_keyword_search" in batch.note
    server.approved = True
    assert poll(server).note == ""


def test_one_bad_item_loses_only_itself(server):
    server.thread(1)
    server.thread(2, username=7)
    batch = poll(server)
    assert (numbers(batch), len(batch.bad)) == ([1], 1)
    assert batch.bad[0].startswith("Threads sent an item that cannot be read")


def test_the_quota_is_counted_over_restarts_and_kept(server):
    cursor = None
    server.thread(1)
    for left in range(QUOTA - 1, QUOTA - 4, -1):

        async def scenario(source: Threads, cursor=cursor) -> tuple[Any, int]:
            batch = await source.poll(cursor)
            return batch, source.budget.left

        batch, known = on(server, scenario)
        assert known == left
        cursor = batch.cursor
    hour = str(int(time.time()) // 3_600)
    spent = Cursor("Threads", msgspec.json.encode({"known": {}, "asked": {hour: QUOTA}}).decode())
    searches = len(server.asked("keyword_search"))
    with pytest.raises(Unavailable, match="2,200 searches in 24 hours") as caught:
        poll(server, spent)
    assert caught.value.retry_after > 3_600
    assert len(server.asked("keyword_search")) == searches


def test_searches_that_find_nothing_do_not_count(server):
    async def scenario(source: Threads) -> int:
        await source.poll(None)
        return source.budget.left

    assert on(server, scenario) == QUOTA


def test_an_api_that_knows_fewer_fields_is_asked_for_fewer(server):
    server.fields = frozenset(["id", "text", "media_type", "permalink", "timestamp", "username", "is_quote_post"])
    server.thread(1)

    async def scenario(source: Threads) -> Any:
        first = await source.poll(None)
        return first, await source.poll(first.cursor), await source.recheck(uris(1))

    first, again, answer = on(server, scenario)
    assert numbers(first) == numbers(again) == numbers(answer) == [1]
    assert len(server.asked("keyword_search")) == 3


@pytest.mark.parametrize("value", ["", "null", "[]", "{", '{"known": 7}', '{"asked": {"1": -1}}', "\ud800"])
def test_a_cursor_that_cannot_be_read_counts_as_none(server, value):
    server.thread(1)
    assert numbers(poll(server, Cursor("Threads", value))) == [1]


def test_a_recheck_tells_what_stands_and_what_is_gone(server):
    for number in (1, 2, 3):
        server.thread(number)

    async def scenario(source: Threads) -> Any:
        await source.poll(None)
        del server.threads[2]
        server.threads[3]["text"] = "Edited"
        return await source.recheck(uris(1, 2, 3))

    answer = on(server, scenario)
    assert numbers(answer) == [1, 3]
    assert answer.found[1].post.text == "Edited"
    assert (list(answer.gone), answer.bad) == (list(uris(2)), ())


def test_a_single_post_is_gone_only_where_another_is_shown(server):
    for number in (1, 2):
        server.thread(number)

    async def scenario(source: Threads) -> Any:
        await source.poll(None)
        del server.threads[2]
        seen = await source.recheck(uris(2))
        server.single_posts = False
        return seen, await source.recheck(uris(1, 2))

    seen, unseen = on(server, scenario)
    assert list(seen.gone) == list(uris(2))
    assert (unseen.found, unseen.gone, len(unseen.bad)) == ((), (), 2)
    assert "deletions cannot be seen" in unseen.bad[0]


def test_ones_own_post_proves_nothing_about_others(server):
    server.thread(1, user="ada")
    server.thread(2, user=ME)

    async def scenario(source: Threads) -> Any:
        await source.poll(None)
        server.single_posts = False
        return await source.recheck(uris(1, 2))

    answer = on(server, scenario)
    assert (numbers(answer), answer.gone, len(answer.bad)) == ([2], (), 1)


def test_an_outage_says_nothing_about_posts(server):
    for number in range(1, 9):
        server.thread(number)

    async def scenario(source: Threads) -> Any:
        await source.poll(None)
        asked = len(server.requests)
        server.always = {"/1800000": Trouble(500)}
        answer = await source.recheck(uris(*range(1, 9)))
        return answer, len(server.requests) - asked

    answer, asked = on(server, scenario)
    assert (answer.found, answer.gone) == ((), ())
    assert len(answer.bad) == asked == threads_module.FAILURES


def test_a_limit_ends_the_recheck_at_once(server):
    server.thread(1)

    async def scenario(source: Threads) -> Any:
        await source.poll(None)
        server.always = {"/1800000": problem(4, "Application request limit reached")}
        return await source.recheck(uris(1, 2, 3))

    answer = on(server, scenario)
    assert (answer.gone, len(answer.bad)) == ((), 1)


def test_to_ask_about_nothing_costs_nothing(server):
    assert on(server, lambda source: source.recheck({})) == Recheck()
    assert server.requests == []


def test_a_missing_or_expired_token_is_for_a_person_to_mend(server):
    for token in ("", "EAAold"):
        with pytest.raises(Misconfigured):
            poll(server, token=token)


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (MISSING, Refused),
        (Trouble(200, b"{}"), BadPayload),
        (Trouble(200, b'{"data": {}}'), BadPayload),
        (Trouble(200, b"<html>"), BadPayload),
        (Trouble(500), Unavailable),
        (problem(10, "no permission", 500), Refused),
    ],
)
def test_whatever_it_answers_only_source_errors_come_of_it(server, trouble, error):
    server.always = {"keyword_search": trouble}
    with pytest.raises(error):
        poll(server)
    server.always = {"/me": trouble}
    with pytest.raises(SourceError):
        poll(server)


def test_a_poll_that_is_cancelled_stops_at_once_and_can_be_asked_again(server):
    server.thread(1)
    server.troubles = [Trouble(delay=20)]

    async def scenario(source: Threads) -> Any:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await source.poll(None)
        return await source.poll(None)

    assert numbers(on(server, scenario)) == [1]


def test_a_table_needs_a_token():
    assert {fault.key for fault in ThreadsTable().faults()} == {"token_file"}
    assert not list(ThreadsTable(token_file="threads.token").faults())  # noqa: S106  # a file's name
