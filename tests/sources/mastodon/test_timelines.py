from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from servers.reading import ids, poll, poll_on, with_source
from servers.tag_server import TagServer, Trouble

from kiosk.domain.model import Cursor
from kiosk.sources.mastodon import timelines as mastodon_timelines
from kiosk.sources.mastodon.timelines import AIMED_AT, MOST_GAPS, PAGE, PAGES_A_POLL, REMEMBERED, places_of

TAG = "/api/v1/timelines/tag/hall"


def fill(server: TagServer, numbers: range) -> None:
    for number in numbers:
        server.add(number)


def limits(left: int, seconds: float = 90, most: int = 300) -> dict[str, str]:
    reset = (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")
    return {"X-RateLimit-Limit": str(most), "X-RateLimit-Remaining": str(left), "X-RateLimit-Reset": reset}


def test_a_backlog_of_many_pages_is_read_without_a_gap(server):
    server.add(1)
    cursor = poll(server).cursor
    fill(server, range(2, 502))
    batch = poll(server, cursor)
    assert set(range(2, 502)) <= set(ids(batch))
    assert ids(batch) == sorted(ids(batch))
    assert (batch.gap, batch.more, batch.note) == ("", False, "")
    assert len(server.requests) == 1 + 13
    again = poll(server, batch.cursor)
    assert len(server.requests) == 1 + 13 + 1, "caught up, one page is enough"
    assert set(ids(again)) <= set(ids(batch))


@pytest.mark.campaign
def test_an_hours_outage_is_read_back_poll_by_poll_with_the_newest_page_each_time(server):
    server.add(1)
    cursor = poll(server).cursor
    fill(server, range(2, 12_002))
    server.requests.clear()
    begun = time.monotonic()
    batches = poll_on(server, cursor)
    assert set(ids(*batches)) >= set(range(2, 12_002))
    assert len(batches) == 12
    assert {batch.gap for batch in batches} == {""}
    assert all(len(batch.found) <= (PAGES_A_POLL + 1) * PAGE for batch in batches), "no poll holds more than its share"
    assert len(server.asked(f"{TAG}?limit=40&max_id")) == 300
    assert time.monotonic() - begun < 60
    assert not poll(server, batches[-1].cursor).more


def test_a_backlog_is_read_on_by_a_new_source_after_a_restart(server):
    server.add(1)
    batch = poll(server)
    fill(server, range(2, 3_002))
    seen: set[int] = set()
    for _ in range(3):
        batch = poll(server, Cursor(batch.cursor.source, str(batch.cursor.value)))
        seen |= set(ids(batch))
    assert seen >= set(range(2, 3_002))
    assert not batch.more


def test_posts_that_come_while_a_backlog_is_read_are_not_missed_either(server):
    server.add(1)
    cursor = poll(server).cursor
    top = 3_000
    fill(server, range(2, top + 1))
    seen: set[int] = set()

    async def scenario(source):
        nonlocal cursor, top
        more = True
        while more or top not in seen:
            batch = await source.poll(cursor)
            cursor, more = batch.cursor, batch.more
            seen.update(ids(batch))
            assert batch.gap == ""
            if top < 3_500:
                fill(server, range(top + 1, top + 101))  # more than a page: a gap in front of the gap
                top += 100

    with_source(server.url, scenario)
    assert seen >= set(range(2, top + 1))


def test_gaps_that_open_faster_than_they_are_filled_are_named_at_last(server, monkeypatch):
    monkeypatch.setattr(mastodon_timelines, "PAGES_A_POLL", 0)
    server.add(1)
    batch, gaps = poll(server), []
    for start in range(100, 100 * (MOST_GAPS + 3), 100):
        fill(server, range(start, start + 90))
        batch = poll(server, batch.cursor)
        gaps.append(batch.gap)
    assert [bool(gap) for gap in gaps] == [False] * MOST_GAPS + [True] * 2
    assert len(batch.cursor.value) < 30_000


def test_a_page_that_the_server_thinned_out_does_not_end_the_catching_up(server):
    """Servers filter after they have counted: https://docs.joinmastodon.org/api/guidelines/#pagination."""
    server.add(1)
    cursor = poll(server).cursor
    fill(server, range(2, 122))
    server.invisible = set(range(85, 120))
    assert set(ids(poll(server, cursor))) >= set(range(2, 122)) - server.invisible


def test_not_even_a_page_that_was_thinned_to_nothing_does(server):
    server.add(1)
    cursor = poll(server).cursor
    fill(server, range(2, 122))
    server.invisible = set(range(42, 122))
    assert set(ids(poll(server, cursor))) >= set(range(2, 42))


def test_a_page_of_items_that_cannot_be_read_is_paged_over(server):
    server.add(1)
    cursor = poll(server).cursor
    fill(server, range(2, 122))
    for number in range(42, 122):
        server.statuses[number]["created_at"] = "yesterday"
    batch = poll(server, cursor)
    assert set(ids(batch)) >= set(range(2, 42))
    assert len(batch.bad) == 80


def test_a_post_that_arrives_late_with_an_old_id_is_not_missed(server):
    for number in range(10, 30):
        server.add(number * 10)
    cursor = poll(server).cursor
    server.add(155)
    server.add(300)
    assert {155, 300} <= set(ids(poll(server, cursor)))


def test_what_was_known_may_be_deleted_without_a_loss(server):
    fill(server, range(1, 6))
    cursor = poll(server).cursor
    server.statuses.clear()
    fill(server, range(100, 190))
    batch = poll(server, cursor)
    assert (ids(batch), batch.gap, batch.more) == (list(range(100, 190)), "", False)


def test_everything_that_came_after_an_empty_beginning_is_read(server):
    cursor = poll(server).cursor
    begun = datetime.now(UTC)
    for number in range(1, 101):
        moment = (begun + timedelta(seconds=number)).isoformat()
        server.add(number, created_at=moment)
    batch = poll(server, cursor)
    assert (ids(batch), batch.gap, batch.more) == (list(range(1, 101)), "", False)


def test_what_a_server_hid_until_now_is_not_read_back_for_ever(server):
    """A token was given, say: the timeline that was empty now shows all that there ever was."""
    cursor = poll(server).cursor
    fill(server, range(1, 501))  # the evening of the factories, long before now
    batch = poll(server, cursor)
    assert len(batch.found) == 2 * PAGE
    assert (batch.gap, batch.more) == ("", False)


def test_an_endless_backlog_is_given_up_and_its_times_are_said(server, monkeypatch):
    monkeypatch.setattr(mastodon_timelines, "MOST_PAGES", 3)
    server.add(1)
    cursor = poll(server).cursor
    fill(server, range(2, 302))
    batch = poll(server, cursor)
    assert ids(batch) == list(range(142, 302))
    assert "more than 120 new posts with #hall" in batch.gap
    assert "between 2026-11-23 18:00 and 2026-11-23 18:02 (UTC) were not read" in batch.gap
    assert poll(server, batch.cursor).gap == ""


def test_a_server_that_knows_no_pages_is_not_asked_for_ever_and_its_gap_is_named(server):
    server.pages = False
    server.add(1)
    cursor = poll(server).cursor
    fill(server, range(2, 60))
    batch = poll(server, cursor)
    assert ids(batch) == list(range(40, 60))
    assert "may be missing" in batch.gap
    assert len(server.requests) == 4
    assert poll(server, batch.cursor).gap == ""


def test_an_interrupted_backlog_keeps_what_was_read_and_is_read_on(server):
    server.add(1)
    cursor = poll(server).cursor
    fill(server, range(2, 202))
    server.troubles = [Trouble(), Trouble(), Trouble(503)]
    batch = poll(server, cursor)
    assert ids(batch) == list(range(122, 202))
    assert "Older posts are still to be read" in batch.note
    assert not batch.more, "a server in trouble is not asked again at once"
    assert set(range(2, 122)) <= set(ids(poll(server, batch.cursor)))


@given(st.lists(st.integers(0, 12), max_size=6), st.integers(41, 400), st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_wherever_a_backlog_is_cut_nothing_is_lost(cuts, posts, data):
    with TagServer() as server:
        server.add(1)
        cursor = poll(server).cursor
        fill(server, range(2, posts))
        seen = {1}
        for cut in cuts:
            server.troubles = [Trouble()] * cut + [Trouble(data.draw(st.sampled_from([429, 502, 200])), b"<p>?")]
            try:
                batch = poll(server, cursor)
            except Exception:  # noqa: BLE001, S112  # nothing was taken and the cursor has not moved
                continue
            finally:
                server.troubles = []
            cursor = batch.cursor
            seen |= set(ids(batch))
        assert seen | set(ids(*poll_on(server, cursor))) >= set(range(1, posts))


def test_at_the_end_of_the_limit_for_older_pages_newer_posts_come_all_the_same(server):
    """Mastodon counts requests for older pages apart: https://docs.joinmastodon.org/api/rate-limits/."""
    server.add(1)
    first = poll(server).cursor
    fill(server, range(2, 1_000))
    server.rate, server.paged_rate = limits(250), limits(0, 0.9)

    async def scenario(source):
        one = await source.poll(first)
        server.add(5_000)
        two = await source.poll(one.cursor)
        return one, two

    one, two = with_source(server.url, scenario)
    assert (one.more, two.more) == (False, False)
    assert one.wait < 1
    assert "lets older posts be read on in about 1 min" in one.note
    assert 5_000 in ids(two)
    assert len(server.asked(f"{TAG}?limit=40&max_id")) == 1, "not one request before the allowed time"


def test_where_everything_has_one_limit_its_end_is_waited_for(server):
    server.add(1)
    first = poll(server).cursor
    fill(server, range(2, 1_000))
    server.rate, server.paged_rate = limits(2), limits(0)
    batch = poll(server, first)
    assert batch.wait == pytest.approx(90, abs=3)


def test_a_backlog_goes_on_once_the_limit_is_reset(server):
    server.add(1)
    first = poll(server).cursor
    fill(server, range(2, 200))
    server.paged_rate = limits(0, 0)

    async def scenario(source):
        one = await source.poll(first)
        server.paged_rate = {}
        await asyncio.sleep(source._reader.resting + 0.05)
        return one, await source.poll(one.cursor)

    one, two = with_source(server.url, scenario)
    assert set(ids(one, two)) >= set(range(2, 200))


def test_a_pause_that_an_older_page_asks_for_is_carried(server):
    server.add(1)
    first = poll(server).cursor
    fill(server, range(2, 200))
    server.troubles = [Trouble(), Trouble(429, headers={"Retry-After": "70"})]
    batch = poll(server, first)
    assert batch.wait == 70
    assert len(batch.found) == PAGE


def test_the_cursor_keeps_a_bounded_number_of_ids(server):
    fill(server, range(1, 41))
    batch = poll(server)
    for start in range(41, 700, 30):
        fill(server, range(start, start + 30))
        batch = poll(server, batch.cursor)
    (place,) = places_of(batch.cursor).values()
    assert len(place.known) == REMEMBERED > AIMED_AT


def test_two_timelines_share_what_one_poll_may_read(server):
    server.add(1)
    server.add(2, tag="stage")
    cursor = poll(server, tags=("hall", "stage")).cursor
    for number in range(3, 2_003):
        server.add(number, tag=("hall", "stage")[number % 2])
    batches = poll_on(server, cursor, tags=("hall", "stage"))
    assert set(ids(*batches)) >= set(range(3, 2_003))
    assert all(len(batch.found) <= (PAGES_A_POLL + 2) * PAGE for batch in batches)
