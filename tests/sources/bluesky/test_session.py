from __future__ import annotations

import asyncio
import json
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import pytest
from means import Drawer, means
from servers.appview import AppView
from servers.tag_server import real_client

from kiosk.domain.errors import BadPayload, Misconfigured, SourceError, Unavailable
from kiosk.sources.bluesky import session as bluesky_session
from kiosk.sources.bluesky.session import LOGINS, Session

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

ASK = ("/xrpc/app.bsky.feed.getPosts", [("uris", "at://did:plc:ada/app.bsky.feed.post/1")])
GOOD = "good"
EXPIRED = {"error": "ExpiredToken", "message": "Token has expired"}


class Gate(AppView):
    """An account's server: hands out numbered tokens and lets only the newest in."""

    def __init__(self) -> None:
        super().__init__()
        self.number = 0
        self.valid: set[str] = set()
        self.refreshing = True
        self.given: list[dict[str, Any]] = []
        self.posts = {"createSession": self.create, "refreshSession": self.refresh}

    def tokens(self) -> dict[str, Any]:
        self.number += 1
        self.valid = {f"access-{self.number}"}
        return {"accessJwt": f"access-{self.number}", "refreshJwt": f"refresh-{self.number}", "did": "did:plc:ada"}

    def create(self, given: dict[str, Any], _: str) -> tuple[int, Any]:
        self.given.append(given)
        if given["password"] != GOOD:
            return 401, {"error": "AuthenticationRequired", "message": "Invalid identifier or password"}
        return 200, self.tokens()

    def refresh(self, _: dict[str, Any], token: str) -> tuple[int, Any]:
        if not self.refreshing or token != f"Bearer refresh-{self.number}":
            return 400, EXPIRED
        return 200, self.tokens()

    def answer(self, target: str) -> tuple[int, Any]:
        if self.authorizations[-1].removeprefix("Bearer ") not in self.valid:
            return 400, EXPIRED
        return super().answer(target)


@pytest.fixture
def gate():
    with Gate() as running:
        yield running


def on(gate: Gate, scenario: Callable[[Session], Awaitable[Any]], vault: Drawer | None = None, token=GOOD) -> Any:
    async def whole() -> Any:
        async with aclosing(real_client()) as client:
            given = means(client, token=token, vault=vault or Drawer())
            return await scenario(Session(f"{gate.url}/", "@ada.test", given))

    return asyncio.run(whole())


async def ask(session: Session) -> int:
    return (await session.get(*ASK)).status_code


def test_the_first_question_logs_in_and_the_next_does_not(gate):
    async def scenario(session: Session) -> None:
        assert gate.requests == []
        assert await ask(session) == await ask(session) == 200

    on(gate, scenario)
    assert gate.given == [{"identifier": "ada.test", "password": "good"}]


def test_a_session_survives_a_restart(gate):
    vault = Drawer()
    for _ in range(3):
        assert on(gate, ask, vault) == 200
    assert len(gate.given) == 1
    assert "good" not in json.dumps(vault.kept), "the password is not kept"


def test_an_old_token_is_refreshed_and_the_new_one_kept(gate):
    vault = Drawer()
    on(gate, ask, vault)
    gate.valid.clear()
    assert on(gate, ask, vault) == 200
    assert on(gate, ask, vault) == 200
    assert len(gate.asked("refreshSession")) == 1
    assert len(gate.given) == 1


def test_many_questions_with_an_old_token_refresh_it_once(gate):
    vault = Drawer()
    on(gate, ask, vault)
    gate.valid.clear()

    async def scenario(session: Session) -> None:
        assert await asyncio.gather(*(ask(session) for _ in range(6))) == [200] * 6

    on(gate, scenario, vault)
    assert len(gate.asked("refreshSession")) == 1


def test_who_cannot_be_refreshed_logs_in_again(gate):
    vault = Drawer()
    on(gate, ask, vault)
    gate.valid.clear()
    gate.refreshing = False
    assert on(gate, ask, vault) == 200
    assert len(gate.given) == 2


def test_a_server_in_trouble_costs_no_login(gate):
    vault = Drawer()
    on(gate, ask, vault)
    gate.valid.clear()
    gate.trouble["refreshSession"] = (503, b"", {"Retry-After": "9"})
    with pytest.raises(Unavailable) as raised:
        on(gate, ask, vault)
    assert raised.value.retry_after == 9
    assert len(gate.given) == 1


def test_a_few_logins_an_hour_are_all_that_are_tried_over_restarts_too(gate, monkeypatch):
    vault = Drawer()
    gate.refreshing = False
    for _ in range(LOGINS):
        on(gate, ask, vault)
        gate.valid.clear()
    with pytest.raises(Unavailable, match="within the hour") as raised:
        on(gate, ask, vault)
    assert raised.value.retry_after == pytest.approx(3600, abs=30)
    assert len(gate.given) == LOGINS
    now = bluesky_session.time.time() + 3601
    monkeypatch.setattr(bluesky_session.time, "time", lambda: now)
    assert on(gate, ask, vault) == 200


def test_a_wrong_password_is_said_each_time_and_tried_a_few_times_only(gate):
    async def scenario(session: Session) -> None:
        for _ in range(10):
            with pytest.raises(Misconfigured, match=r"Invalid identifier or password.*App passwords"):
                await ask(session)

    on(gate, scenario, None, "bad")
    assert len(gate.given) == LOGINS


def test_a_limit_on_logins_is_heeded(gate):
    gate.trouble["createSession"] = (429, b"", {"Retry-After": "60"})
    with pytest.raises(Unavailable) as raised:
        on(gate, ask)
    assert raised.value.retry_after == 60


@pytest.mark.parametrize(
    "said", [b"{}", b"<html>", b'{"accessJwt": "a\\nb", "refreshJwt": "c"}', b'{"accessJwt": "", "refreshJwt": "c"}']
)
def test_tokens_that_are_none_are_not_kept(gate, said):
    vault = Drawer()
    gate.trouble["createSession"] = (200, said, {})
    with pytest.raises(BadPayload):
        on(gate, ask, vault)
    del gate.trouble["createSession"]
    assert on(gate, ask, vault) == 200


@pytest.mark.parametrize("kept", ["", "nonsense", "[]", '{"tokens": 1}', '{"logins": "x"}'])
def test_a_damaged_memory_counts_as_none(gate, kept):
    vault = Drawer()
    vault.put(f"bluesky {gate.url} ada.test", kept)
    assert on(gate, ask, vault) == 200


def test_a_session_that_is_refused_for_good_is_an_answer_and_no_loop(gate):
    gate.trouble["getPosts"] = (401, json.dumps(EXPIRED).encode(), {})
    assert on(gate, ask) == 401
    assert len(gate.asked("getPosts")) == 2


def test_a_server_that_is_not_there_is_a_source_error(gate):
    session_of = real_client()

    async def scenario() -> None:
        async with aclosing(session_of) as client:
            session = Session("http://127.0.0.1:1", "ada.test", means(client, ("hall",), GOOD))
            with pytest.raises(SourceError):
                await ask(session)

    asyncio.run(scenario())
