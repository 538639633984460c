from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest
from servers.tag_server import Trouble, real_client

from kiosk.domain.errors import BadPayload, Unavailable
from kiosk.sources.mastodon.accounts import Accounts
from kiosk.sources.mastodon.api import Api
from kiosk.sources.source import Budget


def looked_up(server, *handles: str, times: int = 1):
    async def whole():
        async with aclosing(real_client()) as client:
            accounts = Accounts(Api(server.url, "", client, Budget()), handles)
            for _ in range(times):
                found = await accounts.timelines()
            return [timeline.path for timeline in found], accounts.note

    return asyncio.run(whole())


def test_an_account_is_looked_up_once(server):
    server.accounts = {"ada": "1", "grace@else.example": "a/b"}
    paths = ["/api/v1/accounts/1/statuses", "/api/v1/accounts/a%2Fb/statuses"]
    assert looked_up(server, "@ada", "grace@else.example", times=3) == (paths, "")
    assert len(server.requests) == 2


def test_an_account_that_is_not_known_is_asked_for_again_and_named(server):
    paths, note = looked_up(server, "@nobody", "ada", times=2)
    assert paths == ["/api/v1/accounts/1/statuses"]
    assert "knows no account @nobody; check `accounts`" in note
    assert len(server.requests) == 3


def test_no_accounts_ask_nothing(server):
    assert looked_up(server) == ([], "")
    assert server.requests == []


@pytest.mark.parametrize(("trouble", "kind"), [(Trouble(500), Unavailable), (Trouble(200, b"[]"), BadPayload)])
def test_an_answer_that_is_none_is_an_error(server, trouble, kind):
    server.troubles = [trouble]
    with pytest.raises(kind):
        looked_up(server, "ada")
