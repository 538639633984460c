from __future__ import annotations

import asyncio
from contextlib import aclosing
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from factories import EVENING
from servers.graph_api import ACCOUNT, TOKEN, GraphApi, problem
from servers.tag_server import Trouble, real_client

from kiosk.domain.errors import BadPayload, Misconfigured, Refused, Unavailable
from kiosk.domain.model import Cursor, PostUri
from kiosk.sources.meta import instagram as instagram_module
from kiosk.sources.meta.instagram import Instagram, InstagramTable
from kiosk.sources.source import Means, Recheck

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


@pytest.fixture
def server():
    with GraphApi() as running:
        yield running


def on(server: GraphApi, scenario: Callable[[Instagram], Awaitable[Any]], *, tags=("hall",), token=TOKEN) -> Any:
    async def whole() -> Any:
        async with aclosing(real_client()) as client:
            means = Means(client, tags, token, Path(), None, None, None)
            return await scenario(Instagram(InstagramTable(user=ACCOUNT), means, server.url))

    return asyncio.run(whole())


def poll(server: GraphApi, cursor: Cursor | None = None, **options: Any) -> Any:
    return on(server, lambda source: source.poll(cursor), **options)


def numbers(batch: Any) -> list[int]:
    return [int(item.local_id) - 17_900_000 for item in batch.found]


def uris(*ids: int) -> dict[str, PostUri]:
    return {str(17_900_000 + number): PostUri(f"instagram:{17_900_000 + number}") for number in ids}


def test_recent_photos_are_read_oldest_first_and_the_missing_author_is_explained(server):
    for number in range(1, 6):
        server.photo(number)
    batch = poll(server)
    assert numbers(batch) == [1, 2, 3, 4, 5]
    assert (batch.bad, batch.gap) == ((), "")
    assert "neither who posted" in batch.note
    assert batch.found[0].post.author.name == "Instagram"
    assert [each["user_id"] for each in server.asked("")] == [ACCOUNT, ACCOUNT]


def test_a_tags_id_is_asked_for_once_and_kept(server):
    server.photo(1)
    first = poll(server)
    again = poll(server, first.cursor)
    assert again.found == first.found
    assert len(server.asked("ig_hashtag_search")) == 1


def test_a_backlog_is_read_page_by_page_though_all_pages_have_the_same_cursor(server):
    server.photo(1)
    cursor = poll(server).cursor
    for number in range(2, 182):
        server.photo(number)
    batch = poll(server, cursor)
    assert numbers(batch) == list(range(1, 182))
    assert (batch.gap, len(server.asked("recent_media"))) == ("", 1 + 4)


def test_an_endless_backlog_is_given_up_and_said(server, monkeypatch):
    monkeypatch.setattr(instagram_module, "MOST_PAGES", 2)
    server.photo(1)
    cursor = poll(server).cursor
    for number in range(2, 182):
        server.photo(number)
    assert "new posts with #hall" in poll(server, cursor).gap


def test_a_tag_that_nobody_has_used_is_said_and_does_not_stop_the_others(server):
    server.photo(1)
    batch = poll(server, tags=("nobody", "hall"))
    assert numbers(batch) == [1]
    assert "knows no post with #nobody yet" in batch.note


def test_more_tags_than_a_week_allows_are_for_a_person_to_mend(server):
    with pytest.raises(Misconfigured, match="30 hashtags"):
        poll(server, tags=[f"tag{number}" for number in range(31)])
    assert server.requests == []


def test_a_bad_item_loses_only_itself(server):
    server.photo(1)
    server.photo(2, permalink=7)
    batch = poll(server)
    assert (numbers(batch), len(batch.bad)) == ([1], 1)


def test_the_allowance_is_told_in_hundredths_and_saved(server):
    server.photo(1)

    async def scenario(source: Instagram) -> Any:
        return await source.poll(None), source.budget

    for used, pause in ((20, 0.0), (85, 300.0), (99, 900.0)):
        server.headers = {"X-App-Usage": f'{{"call_count": {used}}}'}
        batch, budget = on(server, scenario)
        assert (batch.wait, budget.left, budget.limit) == (pause, 100 - used, 100)
    server.headers = {}
    _, budget = on(server, scenario)
    assert (budget.left, budget.limit) == (None, None)


def test_a_recheck_finds_what_is_still_listed_and_calls_nothing_gone(server, monkeypatch):
    for number in range(1, 121):
        server.photo(number)

    async def scenario(source: Instagram) -> Any:
        await source.poll(None)
        server.photo(3, caption="Edited #hall")
        del server.media[2]
        first = await source.recheck(uris(1, 2, 3))
        asked = len(server.requests)
        again = await source.recheck(uris(1, 120))
        assert len(server.requests) == asked, "what was just read is not read again"
        monkeypatch.setattr(instagram_module, "FRESH", 0.0)
        server.now = EVENING + timedelta(days=1, seconds=60)
        return first, again, await source.recheck(uris(1, 120))

    first, again, late = on(server, scenario)
    assert (sorted(numbers(first)), first.gone, len(first.bad)) == ([1, 3], (), 1)
    assert "instagram:17900002" in first.bad[0]
    assert next(item.post.text for item in first.found if item.local_id == "17900003") == "Edited #hall"
    assert sorted(numbers(again)) == [1, 120]
    assert (numbers(late), late.gone) == ([120], ())


def test_to_ask_about_nothing_costs_nothing(server):
    assert on(server, lambda source: source.recheck({})) == Recheck()
    assert server.requests == []


@pytest.mark.parametrize(
    ("part", "trouble", "error"),
    [
        ("ig_hashtag", problem(18, "Max hashtags"), Refused),
        ("ig_hashtag", Trouble(200, b'{"data": [{"id": "x/y"}]}'), BadPayload),
        ("ig_hashtag", Trouble(200, b'{"data": [7]}'), BadPayload),
        ("recent_media", problem(80002, "Too many calls"), Unavailable),
        ("recent_media", problem(10, "Needs Public Content Access"), Refused),
        ("recent_media", Trouble(200, b"<html>"), BadPayload),
        ("recent_media", Trouble(502), Unavailable),
    ],
)
def test_whatever_it_answers_only_source_errors_come_of_it_and_no_post_is_lost(server, part, trouble, error):
    server.always = {part: trouble}
    with pytest.raises(error):
        poll(server)
    with pytest.raises(error):
        on(server, lambda source: source.recheck(uris(1)))


@pytest.mark.parametrize("value", ["", "null", "[]", "{", '{"ids": 7}', '{"known": {"hall": 1}}', "\ud800"])
def test_a_cursor_that_cannot_be_read_counts_as_none(server, value):
    server.photo(1)
    assert numbers(poll(server, Cursor("x", value))) == [1]


def test_a_poll_that_is_cancelled_stops_at_once_and_can_be_asked_again(server):
    server.photo(1)
    server.troubles = [Trouble(delay=20)]

    async def scenario(source: Instagram) -> Any:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await source.poll(None)
        return await source.poll(None)

    assert numbers(on(server, scenario)) == [1]


@pytest.mark.parametrize(
    ("options", "keys"),
    [
        ({}, {"user", "token_file"}),
        ({"user": "ada", "token_file": "x"}, {"user"}),
        ({"user": "²", "token_file": "x"}, {"user"}),
        ({"user": ACCOUNT, "token_file": "x"}, set()),
    ],
)
def test_a_table_says_what_is_wrong_with_it(options, keys):
    assert {fault.key for fault in InstagramTable(**options).faults()} == keys
