from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest
from servers.tag_server import Trouble, real_client

from kiosk.domain.errors import Portal, Refused, Unavailable
from kiosk.sources.mastodon.api import Api
from kiosk.sources.source import Budget


def asked(server, path="/api/v1/statuses/1", token="", budget=None):
    async def whole():
        async with aclosing(real_client()) as client:
            return await Api(server.url + "/", token, client, budget or Budget()).get(path)

    return asyncio.run(whole())


def test_an_answer_comes_through_and_its_limits_are_noted(server):
    server.add(1)
    limits = {"X-RateLimit-Limit": "300", "X-RateLimit-Remaining": "299", "X-RateLimit-Reset": "60"}
    server.troubles = [Trouble(200, b"{}", limits)]
    budget = Budget()
    assert asked(server, budget=budget).content == b"{}"
    assert (budget.left, budget.limit) == (299, 300)
    assert asked(server, budget=budget).json()["id"] == "1"
    assert budget.left == 299, "an answer that says nothing changes nothing"


def test_even_a_refusal_tells_what_is_left(server):
    server.troubles = [Trouble(429, b"", {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "60"})]
    budget = Budget()
    with pytest.raises(Unavailable) as caught:
        asked(server, budget=budget)
    assert (budget.left, caught.value.retry_after) == (0, 60)


@pytest.mark.parametrize(
    ("trouble", "token", "words"),
    [
        (Trouble(401), "", "members: `kiosk login mastodon http://127"),
        (Trouble(401), "t", "does not accept the token"),
        (Trouble(422, b'{"error": "This method requires an authenticated user"}'), "", "kiosk login mastodon"),
        (Trouble(403, b'{"error": "This API requires an authenticated user"}'), "", "kiosk login mastodon"),
        (Trouble(403), "", "403"),
        (Trouble(422), "", "check `server`"),
    ],
)
def test_a_refusal_says_what_to_do(server, trouble, token, words):
    server.troubles = [trouble]
    with pytest.raises(Refused, match=words):
        asked(server, token=token)


@pytest.mark.parametrize("status", [202, 302, 511])
def test_what_no_server_of_this_kind_answers_comes_from_a_portal(server, status):
    server.troubles = [Trouble(status)]
    with pytest.raises(Portal):
        asked(server)
