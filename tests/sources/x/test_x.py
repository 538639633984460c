from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from servers.tag_server import Trouble
from servers.x_server import XServer
from sources.x_world import on

from kiosk.domain.errors import BadPayload, Misconfigured, Portal, Refused, SourceError, Unavailable
from kiosk.domain.model import Cursor, PostUri
from kiosk.sources.source import Streaming
from kiosk.sources.x import x
from kiosk.sources.x.spending import Prices
from kiosk.sources.x.x import PAGE, X, XTable, query_of

if TYPE_CHECKING:
    from kiosk.sources.source import Batch, Recheck


@pytest.fixture
def server():
    with XServer() as running:
        yield running


def numbers(server: XServer, answer: Batch | Recheck) -> list[int]:
    known = {server.uri(number): number for number in range(1, 2_500)}
    return [known[item.post.uri] for item in answer.found]


def asked(batch: Batch) -> dict[str, PostUri]:
    return {item.local_id: item.post.uri for item in batch.found}


def poll(server: XServer, cursor: Cursor | None = None, **options: Any) -> Batch:
    return on(server, lambda source: source.poll(cursor), **options)


def test_the_newest_page_is_read_oldest_first(server):
    for number in range(1, 131):
        server.add(number)
    batch = poll(server)
    assert numbers(server, batch) == list(range(31, 131))
    assert (batch.bad, batch.more, batch.gap, batch.note) == ((), False, "", "")
    (target,) = server.requests
    said = parse_qs(urlsplit(target).query)
    assert (said["query"], said["max_results"]) == (["(#hall) -is:retweet"], [str(PAGE)])


def test_what_came_since_is_read_with_a_minute_of_overlap_and_nothing_is_paid_twice(server):
    for number in range(1, 101):
        server.add(number)

    async def scenario(source: X) -> None:
        batch = await source.poll(None)
        server.add(101)
        again = await source.poll(batch.cursor)
        assert numbers(server, again) == list(range(41, 102))
        assert source.budget.spent == pytest.approx(101 * 0.005 + 0.01)
        assert source.budget.spent == pytest.approx(server.bill)
        server.add(99 - 40, "Indexed late")
        assert 59 in numbers(server, await source.poll(again.cursor))

    on(server, scenario)


def test_a_backlog_is_read_without_a_gap_over_several_polls(server, monkeypatch):
    monkeypatch.setattr(x, "MOST_PAGES", 3)
    server.add(1)

    async def scenario(source: X) -> None:
        batch = await source.poll(None)
        for number in range(2, 1_002):
            server.add(number)
        seen: set[int] = set()
        polls = 0
        while True:
            batch = await source.poll(batch.cursor)
            assert batch.found == tuple(sorted(batch.found, key=lambda item: item.post.created_at))
            seen |= set(numbers(server, batch))
            polls += 1
            if not batch.more:
                break
            server.add(1_001 + polls)
        assert seen >= set(range(2, 1_002))
        assert polls == 4
        assert numbers(server, await source.poll(batch.cursor))[-1] == 1_001 + polls - 1

    on(server, scenario)


def test_a_place_in_a_backlog_that_is_forgotten_costs_no_post(server, monkeypatch):
    monkeypatch.setattr(x, "MOST_PAGES", 1)
    server.add(1)
    first = poll(server)
    for number in range(2, 152):
        server.add(number)
    batch = poll(server, first.cursor)
    value = json.loads(batch.cursor.value) | {"next": "expired"}
    assert set(numbers(server, poll(server, Cursor(batch.cursor.source, json.dumps(value))))) == set(range(52, 152))


def test_an_empty_search_does_not_forget_where_it_began(server):
    batch = poll(server)
    assert batch.found == ()
    begun = int((datetime.now(UTC) - server.begin).total_seconds())
    for number in range(begun + 1, begun + 131):
        server.add(number)
    assert len(poll(server, batch.cursor).found) == 130


def test_a_cursor_older_than_the_window_is_a_gap_that_is_named(server):
    server.add(1)
    server.begin -= timedelta(days=30)
    old = json.dumps({"since": server.identity(1)})
    server.begin += timedelta(days=30)
    batch = poll(server, Cursor("x.com", old))
    assert "seven days" in batch.gap
    assert numbers(server, batch) == [1]
    assert poll(server, batch.cursor).gap == ""


@pytest.mark.parametrize(
    "value", ["", "nonsense", "[1]", "\0", '{"since": 3}', '{"since": "x"}', '{"since": "9999999999999999999999"}']
)
def test_a_foreign_cursor_is_no_fault(value, server):
    server.add(1)
    assert numbers(server, poll(server, Cursor("x.com", value))) == [1]


def test_an_edit_is_the_same_post_with_a_new_id_to_ask_for(server):
    server.add(1)

    async def scenario(source: X) -> None:
        batch = await source.poll(None)
        server.edit(1, "Better words #hall")
        (edited,) = (await source.poll(batch.cursor)).found
        assert (edited.post.uri, edited.post.text) == (batch.found[0].post.uri, "Better words #hall")
        assert edited.local_id == server.identity(1, 1) != batch.found[0].local_id
        assert edited.post.created_at == batch.found[0].post.created_at
        assert edited.post.edited_at == edited.post.created_at + timedelta(seconds=30)
        for identity in (edited.local_id, batch.found[0].local_id):
            answer = await source.recheck({identity: edited.post.uri})
            assert (answer.found, answer.gone, answer.bad) == ((edited,), (), ())

    on(server, scenario)


def test_an_older_version_never_replaces_a_newer_one(server):
    server.add(1)
    server.edit(1, "Better words #hall")
    server.old_versions = True
    (item,) = poll(server).found
    assert (item.post.text, item.local_id) == ("Better words #hall", server.identity(1, 1))


def test_a_recheck_tells_of_deleted_and_hidden_posts(server):
    for number in range(1, 6):
        server.add(number)

    async def scenario(source: X) -> None:
        posts = asked(await source.poll(None))
        del server.statuses[2]
        server.hidden = {4}
        answer = await source.recheck(posts)
        assert numbers(server, answer) == [1, 3, 5]
        assert set(answer.gone) == {server.identity(2), server.identity(4)}
        assert answer.bad == ()

    on(server, scenario)


def test_what_is_denied_once_only_is_not_gone(server):
    server.add(1)

    async def scenario(source: X) -> None:
        posts = asked(await source.poll(None))
        denied = json.dumps({"errors": [server._problem(server.identity(1))]}).encode()
        server.troubles = [Trouble(200, denied)]
        answer = await source.recheck(posts)
        assert (numbers(server, answer), answer.gone, answer.bad) == ([1], (), ())

    on(server, scenario)


def test_what_an_answer_passes_over_is_unknown(server):
    server.add(1)

    async def scenario(source: X) -> None:
        posts = asked(await source.poll(None))
        server.troubles = [Trouble(200, b"{}")]
        answer = await source.recheck({**posts, "strange": PostUri("x")})
        assert (answer.found, answer.gone) == ((), ())
        assert len(answer.bad) == 2

    on(server, scenario)


def test_many_posts_are_asked_about_a_hundred_at_a_time(server):
    for number in range(1, 251):
        server.add(number)
    posts = {server.identity(number): PostUri(server.uri(number)) for number in range(1, 251)}
    answer = on(server, lambda source: source.recheck(posts))
    assert len(answer.found) == 250
    assert len(server.requests) == 3


def test_to_ask_about_nothing_costs_nothing(server):
    assert on(server, lambda source: source.recheck({})).found == ()
    assert server.requests == []


WORST = Prices(0.005, 0.01, 0.005).worst


def test_reading_stops_before_a_request_that_could_pass_the_cap(server):
    """Every post brings all that it can bring; the server's own bill never passes the cap."""
    for number in range(1, 400):
        _expensive(server, number)

    async def scenario(source: X) -> None:
        batch = await source.poll(Cursor("x.com", json.dumps({"since": server.identity(0)})))
        assert batch.found, "what was paid for is handed on"
        assert "`daily_cap`" in batch.note
        assert batch.more
        with pytest.raises(Unavailable, match=r"00:00 UTC, or once `daily_cap`") as caught:
            await source.poll(batch.cursor)
        assert f"${source.budget.spent:.2f} of $8.00" in str(caught.value)
        assert 0 < (caught.value.retry_after or 0) <= 86_400
        assert (source.budget.spent, source.budget.cap) == (pytest.approx(server.bill), 8.0)
        assert 8.0 - 10 * WORST < server.bill <= 8.0
        assert [parse_qs(target)["max_results"] for target in server.requests] == [["100"], ["23"]]

    on(server, scenario, daily_cap=8.0)


def _expensive(server: XServer, number: int) -> None:
    keys = [f"3_{number}{part}" for part in range(4)]
    server.media |= {key: {"media_key": key, "type": "photo", "url": "https://e.example/a.jpg"} for key in keys}
    refs = []
    for part, kind in enumerate(("quoted", "replied_to")):
        author, identity = f"{number}{part}", str(10_000 + number * 10 + part)
        server.users[author] = {"id": author, "username": f"u{author}", "name": "U"}
        server.elsewhere[identity] = {"id": identity, "text": "x", "author_id": author}
        refs.append({"type": kind, "id": identity})
    server.users[f"a{number}"] = {"id": f"a{number}", "username": f"a{number}", "name": "A"}
    server.add(number, author_id=f"a{number}", attachments={"media_keys": keys}, referenced_tweets=refs)


def test_what_was_spent_survives_a_restart(server):
    for number in range(1, 21):
        server.add(number)
    first = poll(server)

    async def scenario(source: X) -> None:
        await source.poll(Cursor(first.cursor.source, first.cursor.value))
        assert source.budget.spent == pytest.approx(20 * 0.005 + 0.01) == pytest.approx(server.bill)

    on(server, scenario)


def test_a_recheck_costs_only_what_was_not_read_today(server):
    for number in range(1, 4):
        server.add(number)

    async def scenario(source: X) -> None:
        posts = asked(await source.poll(None))
        spent = source.budget.spent
        await source.recheck(posts)
        assert source.budget.spent == spent
        server.add(4)
        await source.recheck({server.identity(4): PostUri(server.uri(4))})
        assert source.budget.spent == pytest.approx(spent + 0.005) == pytest.approx(server.bill)

    on(server, scenario)


def test_a_recheck_at_the_cap_asks_only_for_what_is_free(server):
    for number in range(1, 41):
        server.add(number)

    async def scenario(source: X) -> None:
        posts = asked(await source.poll(None))
        source._spending._cap = source.budget.spent
        fresh = {server.identity(41): PostUri(server.uri(41))}
        server.add(41)
        del server.statuses[2]
        answer = await source.recheck(posts | fresh)
        assert answer.gone == (server.identity(2),)
        assert len(answer.found) == 39
        assert ["daily_cap" in sentence for sentence in answer.bad] == [True]
        with pytest.raises(Unavailable, match="daily_cap"):
            await source.recheck(fresh)
        assert source.budget.spent == pytest.approx(server.bill)

    on(server, scenario)


def test_a_refusal_amid_a_backlog_hands_on_what_was_paid_for(server):
    server.add(1)

    async def scenario(source: X) -> None:
        batch = await source.poll(None)
        for number in range(2, 302):
            server.add(number)
        reset = str(int(datetime.now(UTC).timestamp()) + 300)
        server.troubles = [Trouble(), Trouble(), Trouble(429, b"", {"x-rate-limit-reset": reset})]
        batch = await source.poll(batch.cursor)
        assert len(batch.found) == 200
        assert batch.more
        assert 295 <= batch.wait <= 300
        assert "429" in batch.note
        rest = await source.poll(batch.cursor)
        assert set(numbers(server, batch)) | set(numbers(server, rest)) >= set(range(2, 302))

    on(server, scenario)


def test_the_budget_says_how_many_requests_are_left(server):
    reset = int(datetime.now(UTC).timestamp()) + 600
    server.headers = {
        "x-rate-limit-limit": "450",
        "x-rate-limit-remaining": "300",
        "x-rate-limit-reset": str(reset),
        "x-app-limit-24hour-limit": "10000",
        "x-app-limit-24hour-remaining": "20",
        "x-app-limit-24hour-reset": str(reset + 6000),
    }

    async def scenario(source: X) -> None:
        batch = await source.poll(None)
        assert (source.budget.left, source.budget.limit) == (20, 10_000)
        assert abs(source.budget.resets.timestamp() - reset - 6000) < 2
        assert batch.wait == pytest.approx(6600 / 20, abs=1)

    on(server, scenario)


def test_parts_that_are_missing_are_said_once(server):
    server.add(1, referenced_tweets=[{"type": "quoted", "id": "99"}])
    server.statuses[2] = {"id": "x"}
    server.statuses[2] = server.add(2, author_id="404")

    async def scenario(source: X) -> None:
        batch = await source.poll(None)
        assert numbers(server, batch) == [1]
        assert len(batch.bad) == 2
        assert any("Could not find tweet" in sentence for sentence in batch.bad)
        assert (await source.poll(batch.cursor)).bad == ()

    on(server, scenario)


PROBLEM = "https://api.twitter.com/2/problems/"


@pytest.mark.parametrize(
    ("status", "body", "kind", "said"),
    [
        (
            400,
            {"errors": [{"message": "unmatched ("}], "title": "Invalid Request", "type": PROBLEM + "invalid-request"},
            Misconfigured,
            r"unmatched \(.*`query`",
        ),
        (401, {"title": "Unauthorized"}, Misconfigured, "bearer token"),
        (
            402,
            {"title": "CreditsDepleted", "type": PROBLEM + "credits", "detail": "no credits"},
            Refused,
            "top them up",
        ),
        (403, {"title": "CreditsDepleted"}, Refused, "credits are used up"),
        (
            403,
            {"reason": "client-not-enrolled", "title": "Client Forbidden", "type": PROBLEM + "client-forbidden"},
            Misconfigured,
            "no project",
        ),
        (
            403,
            {"title": "Unsupported Authentication", "type": PROBLEM + "unsupported-authentication"},
            Misconfigured,
            "another kind of token",
        ),
        (403, {"detail": "Not for you"}, Refused, "Not for you"),
        (
            429,
            {"title": "UsageCapExceeded", "type": PROBLEM + "usage-capped", "detail": "Monthly cap"},
            Refused,
            "own cap",
        ),
        (429, {"title": "Too Many Requests"}, Unavailable, "pause"),
        (503, {}, Unavailable, "in trouble"),
        (200, [], BadPayload, "no posts"),
        (404, {}, Refused, "404"),
    ],
)
def test_every_refusal_says_what_to_do(status, body, kind, said, server):
    server.always = {"/": Trouble(status, json.dumps(body).encode(), {"Retry-After": "7"})}
    for question in (lambda source: source.poll(None), lambda source: source.recheck({"1": PostUri("x")})):
        with pytest.raises(SourceError, match=said) as caught:
            on(server, question)
        assert type(caught.value) is kind
        assert isinstance(caught.value, Unavailable) is False or caught.value.retry_after == 7


def test_a_portal_is_told_from_a_refusal(server):
    for trouble in (Trouble(200, b"<!doctype html>"), Trouble(511, b"x"), Trouble(302, b"")):
        server.always = {"/": trouble}
        with pytest.raises(Portal):
            poll(server)


def test_without_token_or_anything_to_look_for_nothing_is_asked(server):
    with pytest.raises(Misconfigured, match="token_file"):
        poll(server, token="")
    with pytest.raises(Misconfigured, match="`hashtags`"):
        poll(server, hashtags=("", "#"))
    with pytest.raises(Misconfigured, match="too many hashtags"):
        poll(server, hashtags=tuple(f"tag{number}" for number in range(100)))
    assert server.requests == []


def test_the_query_never_asks_for_reposts():
    assert query_of("", ("#a", "b ")) == "(#a OR #b) -is:retweet"
    assert query_of(" from:ada\n OR x", ("#a",)) == "(from:ada OR x) -is:retweet"
    assert query_of("", ()) == ""


def test_only_a_source_that_streams_is_streaming(server):
    async def streams(source: X) -> bool:
        return isinstance(source, Streaming)

    assert not on(server, streams)
    assert on(server, streams, stream=True)


def test_a_wrong_table_is_told_at_once():
    good = {"kind": "x", "token_file": "x"}
    assert not list(XTable(**good).faults())
    for wrong, key in (
        ({"token_file": ""}, "token_file"),
        ({"query": "x" * 500}, "query"),
        ({"daily_cap": 0.1}, "daily_cap"),
        ({"server": "http://api.x.com"}, "server"),
    ):
        assert [fault.key for fault in XTable(**good | wrong).faults()] == [key]


def test_a_poll_that_is_cancelled_can_be_done_again(server):
    server.add(1)
    server.troubles = [Trouble(delay=20)]

    async def scenario(source: X) -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await source.poll(None)
        assert numbers(server, await source.poll(None)) == [1]

    on(server, scenario)
