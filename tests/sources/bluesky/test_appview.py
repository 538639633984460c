from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import pytest
from means import means
from servers.appview import AppView as Server
from servers.appview import view
from servers.tag_server import real_client

from kiosk.domain.errors import BadPayload, Portal, Refused, SourceError, Unavailable
from kiosk.sources.bluesky.appview import AppView
from kiosk.sources.bluesky.session import Session
from kiosk.sources.source import Budget

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

TOKENS = {"accessJwt": "access", "refreshJwt": "refresh"}
ADA = [view(name)["uri"] for name in range(1, 5)]


@pytest.fixture
def public():
    with Server() as running:
        running.views = {view(name)["uri"]: view(name) for name in (1, 2)}
        yield running


@pytest.fixture
def home():
    with Server() as running:
        running.views = {view(name)["uri"]: view(name) for name in (1, 2, 3)}
        running.posts = {"createSession": lambda *_: (200, TOKENS)}
        yield running


def on(public: Server, scenario: Callable[[AppView], Awaitable[Any]], home: Server | None = None, budget=None) -> Any:
    async def whole() -> Any:
        async with aclosing(real_client()) as client:
            session = Session(home.url, "ada.test", means(client, ("hall",), "good")) if home else None
            return await scenario(AppView(public.url, session, client, budget or Budget()))

    return asyncio.run(whole())


def test_without_an_account_the_public_appview_is_asked(public):
    views = on(public, lambda appview: appview.posts(ADA))
    assert list(views) == ADA[:2]
    assert public.authorizations == [""]


def test_with_an_account_its_own_server_is_asked(public, home):
    views = on(public, lambda appview: appview.posts(ADA), home)
    assert list(views) == ADA[:3]
    assert public.requests == []
    assert home.authorizations[-1] == "Bearer access"


def test_where_that_fails_the_public_one_answers_and_it_is_left_alone_for_a_while(public, home):
    home.trouble["getPosts"] = (503, b"", {})

    async def scenario(appview: AppView) -> None:
        assert list(await appview.posts(ADA)) == ADA[:2]
        assert list(await appview.posts(ADA)) == ADA[:2]

    on(public, scenario, home)
    assert len(home.asked("getPosts")) == 1
    assert len(public.asked("getPosts")) == 2


def test_where_both_fail_the_error_is_the_public_ones(public, home):
    home.trouble["getPosts"] = (503, b"", {})
    public.trouble["getPosts"] = (429, b"", {"Retry-After": "30"})
    with pytest.raises(Unavailable) as raised:
        on(public, lambda appview: appview.posts(ADA), home)
    assert raised.value.retry_after == 30


def test_a_search_goes_to_the_accounts_server_and_nowhere_else(public, home):
    home.trouble["searchPosts"] = (403, b"", {})
    with pytest.raises(Refused):
        on(public, lambda appview: appview.search([("q", "#hall")]), home)
    assert public.requests == []


def test_what_is_left_of_the_limit_is_kept_true(public, home):
    home.headers = {"RateLimit-Limit": "3000", "RateLimit-Remaining": "2983", "RateLimit-Reset": "4102444800"}
    public.headers = {"RateLimit-Limit": "7", "RateLimit-Remaining": "6", "RateLimit-Reset": "4102444800"}
    for server, figures in ((home, (2983, 3000)), (None, (6, 7))):
        budget = Budget()
        on(public, lambda appview: appview.posts(ADA), server, budget)
        assert (budget.left, budget.limit) == figures
        assert budget.resets is not None


def test_posts_that_were_not_asked_for_and_broken_ones_are_left_out(public):
    public.trouble["getPosts"] = (200, b'{"posts": [1, {"uri": "at://x"}, {"uri": "%s"}]}' % ADA[0].encode(), {})
    assert list(on(public, lambda appview: appview.posts(ADA))) == ADA[:1]


@pytest.mark.parametrize(
    ("said", "kind"), [(b"{}", BadPayload), (b"[]", BadPayload), (b"\xff", BadPayload), (b"<html>", Portal)]
)
def test_an_answer_that_is_none_is_an_error_and_no_deletion(public, said, kind):
    public.trouble["getPosts"] = (200, said, {})
    with pytest.raises(kind):
        on(public, lambda appview: appview.posts(ADA))


@pytest.mark.parametrize(
    ("answer", "good"),
    [
        ((400, b'{"error": "AccountDeactivated"}', {}), True),
        ((200, b'{"did": "did:plc:ada"}', {}), True),
        ((400, b"Bad Request", {}), False),
        ((404, b"Not Found", {}), False),
        ((500, b"", {}), False),
        ((200, b"[]", {}), False),
        ((200, b"<html>", {}), False),
    ],
)
def test_an_appview_in_order_knows_what_an_account_is(public, answer, good):
    public.trouble["getProfile"] = answer
    if good:
        on(public, lambda appview: appview.check("did:plc:ada"))
    else:
        with pytest.raises(SourceError):
            on(public, lambda appview: appview.check("did:plc:ada"))
