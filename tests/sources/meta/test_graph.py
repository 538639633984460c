from __future__ import annotations

import asyncio
import json
from contextlib import aclosing
from datetime import UTC, datetime, timedelta

import pytest
from factories import EVENING
from hypothesis import given
from hypothesis import strategies as st
from servers.graph_api import MISSING, TOKEN, GraphApi, problem
from servers.tag_server import Trouble, real_client

from kiosk.domain.errors import BadPayload, Misconfigured, Portal, Refused, SourceError, Unavailable
from kiosk.sources.meta.graph import THROTTLED, Graph, GraphRefusedError, address, moment, usage


@pytest.fixture
def server():
    with GraphApi() as running:
        yield running


def ask(server: GraphApi, question=lambda graph: graph.get("me", [("fields", "username")]), token: str = TOKEN):
    async def whole():
        async with aclosing(real_client()) as client:
            graph = Graph(client, server.url, token, "Meta")
            return await question(graph), graph

    return asyncio.run(whole())


@pytest.mark.parametrize(
    ("trouble", "error", "why"),
    [
        (problem(4, "Application request limit reached"), Unavailable, "pause"),
        (problem(17, "User request limit reached"), Unavailable, "pause"),
        (problem(613, "Calls to this api have exceeded the rate limit"), Unavailable, "pause"),
        (problem(80002, "There have been too many calls to this Instagram account"), Unavailable, "pause"),
        (problem(999, "Odd", 429), Unavailable, "pause"),
        (Trouble(429), Unavailable, "pause"),
        (problem(1, "Please reduce the amount of data"), Unavailable, "trouble"),
        (problem(2, "Service temporarily unavailable", 500), Unavailable, "trouble"),
        (problem(999, "Odd", 500, is_transient=True), Unavailable, "trouble"),
        (Trouble(503, b"<html>"), Unavailable, "trouble"),
        (Trouble(408), Unavailable, "trouble"),
        (problem(190, "Session has expired", 401), Misconfigured, "token_file"),
        (problem(102, "Session key invalid"), Misconfigured, "token_file"),
        (problem(10, "Application does not have permission", 500), Refused, "permissions"),
        (problem(200, "Requires instagram_basic"), Refused, "permissions"),
        (problem(368, "Temporarily blocked"), Refused, "Temporarily blocked"),
        (problem(100, "Odd", error_user_msg="In plain words."), Refused, "In plain words"),
        (Trouble(404, b"?"), Refused, "404"),
        (Trouble(403, b"<html>log in</html>"), Portal, "log-in page"),
        (Trouble(200, b"<!DOCTYPE html>"), Portal, "log-in page"),
        (Trouble(511, b"<html>"), SourceError, "511"),
        (Trouble(302, b""), BadPayload, "302"),
    ],
)
def test_each_error_is_told_by_its_code_and_said_in_a_sentence(server, trouble, error, why):
    server.troubles = [trouble]
    with pytest.raises(error, match=why):
        ask(server)


def test_an_error_with_status_200_is_an_error(server):
    server.troubles = [Trouble(200, problem(190, "expired").body)]
    with pytest.raises(Misconfigured):
        ask(server)


def test_the_token_is_never_repeated(server):
    with pytest.raises(Misconfigured) as caught:
        ask(server, token="EAAwrong")  # noqa: S106  # none
    assert "EAAwrong" not in str(caught.value)
    with pytest.raises(Misconfigured, match="name a token_file"):
        ask(server, token="")


def test_a_pause_lasts_as_long_as_the_api_says(server):
    limit = problem(4, "Application request limit reached")
    server.troubles = [
        Trouble(limit.status, limit.body, {"Retry-After": "77"}),
        Trouble(limit.status, limit.body, {"X-Business-Use-Case-Usage": _business(estimated_time_to_regain_access=19)}),
        limit,
    ]
    for seconds in (77, 19 * 60, THROTTLED):
        with pytest.raises(Unavailable) as caught:
            ask(server)
        assert caught.value.retry_after == pytest.approx(seconds, abs=1)


def _business(**figures: int) -> str:
    return json.dumps({"178": [{"type": "instagram", "call_count": 40, "total_cputime": 5} | figures]})


def test_what_is_used_of_the_allowance_is_kept_in_mind(server):
    server.headers = {"X-App-Usage": '{"call_count": 28, "total_time": 25, "total_cputime": 31}'}
    _, graph = ask(server)
    assert graph.used == 31
    assert graph.rest_until is None
    server.headers = {"X-Business-Use-Case-Usage": _business(estimated_time_to_regain_access=3)}
    _, graph = ask(server)
    assert graph.used == 40
    assert graph.rest_until is not None
    assert graph.rest_until == pytest.approx(datetime.now(UTC) + timedelta(minutes=3), abs=timedelta(seconds=5))


@given(
    st.one_of(
        st.text(),
        st.recursive(
            st.none() | st.integers() | st.floats() | st.text(),
            lambda inner: (
                st.lists(inner)
                | st.dictionaries(st.sampled_from(["call_count", "178", "estimated_time_to_regain_access"]), inner)
            ),
            max_leaves=8,
        ).map(json.dumps),
    )
)
def test_no_usage_header_breaks_the_reader(said):
    used, rest = usage({"x-app-usage": said, "x-business-use-case-usage": said})
    assert used is None or 0 <= used <= 100_000
    assert 0 <= rest <= 24 * 60


def test_a_page_tells_where_the_next_begins_and_its_address_is_not_followed(server):
    body = {"data": [{"id": "1"}], "paging": {"cursors": {"before": "x", "after": "y"}, "next": "https://evil.example"}}
    server.troubles = [Trouble(200, json.dumps(body).encode())]
    page, _ = ask(server, lambda graph: graph.page("x", []))
    assert ([json.loads(bytes(item)) for item in page.items], page.after) == ([{"id": "1"}], "y")
    del body["paging"]["next"]
    server.troubles = [Trouble(200, json.dumps(body).encode())]
    assert ask(server, lambda graph: graph.page("x", []))[0].after == ""


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"data": {}}', b'{"data": [}', b"\xff", b"[" * 100_000])
def test_what_is_no_page_is_said(server, body):
    server.troubles = [Trouble(200, body)]
    with pytest.raises(BadPayload):
        ask(server, lambda graph: graph.page("x", []))


def test_what_is_not_there_and_what_is_not_known_are_told_apart(server):
    for trouble, missing, parameter in (
        (MISSING, True, False),
        (problem(24, "The requested resource does not exist"), True, False),
        (problem(100, "Tried accessing nonexisting field"), False, True),
        (problem(368, "Blocked"), False, False),
    ):
        server.troubles = [trouble]
        with pytest.raises(GraphRefusedError) as caught:
            ask(server)
        assert (caught.value.missing, caught.value.parameter) == (missing, parameter)


def test_times_need_a_zone():
    assert moment("2026-11-23T19:00:00+0100") == EVENING
    for said in ("2026-11-23T19:00:00", "yesterday", ""):
        with pytest.raises(ValueError, match=r"."):
            moment(said)


def test_only_web_addresses_are_addresses():
    assert address("https://scontent.example/x.jpg") == "https://scontent.example/x.jpg"
    assert [address(url) for url in (None, "", "data:x", "https://x/" + "y" * 4_000)] == ["", "", "", ""]
