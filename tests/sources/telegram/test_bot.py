from __future__ import annotations

import asyncio
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, Any

import httpx
import msgspec
import pytest
from hypothesis import given
from mangling import CHANGES, CUTS, mangled, often
from servers.bot_api import TOKEN, BotApi, refusal, result
from servers.scripted import Answer, Scripted
from servers.tag_server import real_client

from kiosk.domain.errors import BadPayload, Misconfigured, Portal, Refused, SourceError, Unavailable
from kiosk.sources.telegram import bot as telegram_bot
from kiosk.sources.telegram.bot import Bot

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

SECRET = TOKEN.partition(":")[2]


@pytest.fixture
def api():
    with BotApi() as running:
        yield running


def on(server: Scripted, scenario: Callable[[Bot], Awaitable[Any]]) -> Any:
    async def whole() -> Any:
        async with aclosing(real_client()) as client:
            return await scenario(Bot(server.url, TOKEN, client))

    return asyncio.run(whole())


def asked(api: BotApi, answer: Answer) -> Any:
    """What comes of an answer to any question."""
    api.troubles = [answer]
    return on(api, lambda bot: bot.ask("getMe", dict))


def test_a_method_is_called_with_the_token_and_its_result_read(api):
    assert asked(api, result({"a": 1})) == {"a": 1}
    assert api.targets() == [f"/bot{TOKEN}/getMe"]
    with pytest.raises(BadPayload, match="no answer to its question"):
        on(api, lambda bot: bot.ask("getMe", list))


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (Answer(401, refusal(401, "Unauthorized")), Misconfigured, "does not know the token"),
        (Answer(404, refusal(404, "Not Found")), Misconfigured, "does not know the token"),
        (Answer(403, refusal(403, "Forbidden: bot was kicked")), Refused, "status 403: Forbidden: bot was kicked"),
        (Answer(400, refusal(400, "Bad\u202e Request")), Refused, "Bad Request"),
        (Answer(409, refusal(409, "Conflict: can't use getUpdates while webhook is active")), Refused, "webhook"),
        (Answer(200, b"<!DOCTYPE html>"), Portal, "log-in page"),
        (Answer(511, b"<html>"), Portal, "log-in page"),
        (Answer(200, b"OK"), BadPayload, "check `server`"),
        (Answer(200, b""), BadPayload, "check `server`"),
        (Answer(404, b"<html>nginx"), BadPayload, "check `server`"),
        (Answer(200, b"[" * 100_000), BadPayload, "check `server`"),
    ],
)
def test_refusals_say_what_to_do_and_keep_the_token_to_themselves(api, answer, kind, words):
    with pytest.raises(SourceError, match=words) as caught:
        asked(api, answer)
    assert type(caught.value) is kind
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (Answer(429, refusal(429, "Too Many Requests: retry after 35", retry_after=35)), 35.0),
        (Answer(429, refusal(429, "Too Many Requests: retry after 35", retry_after=35), {"Retry-After": "9"}), 35.0),
        (Answer(429, refusal(429, "Too Many Requests"), {"Retry-After": "9"}), 9.0),
        (Answer(429, b"slow down", {"Retry-After": "9"}), 9.0),
        (Answer(429, refusal(429, "x", retry_after=10**9)), 900.0),
        (Answer(500, refusal(500, "Internal Server Error: restart")), None),
        (Answer(502, b"<html><title>502 Bad Gateway</title>"), None),
    ],
)
def test_what_may_pass_is_waited_for_as_long_as_telegram_wishes(api, answer, seconds):
    with pytest.raises(Unavailable) as caught:
        asked(api, answer)
    assert caught.value.retry_after == seconds


def test_another_program_is_met_with_patience_until_it_shows_that_it_stays(api):
    other = Answer(409, refusal(409, "Conflict: terminated by other getUpdates request"))

    async def scenario(bot: Bot) -> None:
        for kind in (Unavailable, Unavailable, None, Unavailable, Unavailable, Refused, Refused):
            if kind is None:
                assert await bot.ask("getUpdates", list) == []
                continue
            api.troubles = [other]
            with pytest.raises((Unavailable, Refused), match="Another program reads") as caught:
                await bot.ask("getUpdates", list)
            assert type(caught.value) is kind

    on(api, scenario)


def test_no_answer_at_all_keeps_the_token_to_itself():
    with BotApi() as ended:
        pass
    with pytest.raises(Unavailable, match="cannot be reached") as caught:
        on(ended, lambda bot: bot.ask("getMe", dict))
    assert SECRET not in str(caught.value)


def test_a_picture_is_fetched_by_its_file_id(api):
    api.files["AgAD_-1"] = b"picture"
    assert on(api, lambda bot: bot.picture("AgAD_-1")) == b"picture"
    assert api.targets() == [f"/bot{TOKEN}/getFile?file_id=AgAD_-1", f"/file/bot{TOKEN}/photos/AgAD_-1.jpg"]


def _refused(api: BotApi, reference: str, kind: type[SourceError]) -> None:
    with pytest.raises(SourceError) as caught:
        on(api, lambda bot: bot.picture(reference))
    assert type(caught.value) is kind
    assert SECRET not in str(caught.value)


def test_a_picture_that_does_not_come_is_refused_or_tried_again(api, monkeypatch):
    for reference in ("", "a/b", "../x", "https://elsewhere.example", "x" * 400):
        _refused(api, reference, Refused)
    assert api.asked == [], "what is no file id is not asked for"
    _refused(api, "unknown", Refused)
    api.files["empty"] = b""
    _refused(api, "empty", Refused)
    api.troubles = [Answer(200, b"<html>")]
    _refused(api, "empty", Unavailable)
    api.troubles = [result({"file_id": "gone", "file_path": "photos/gone.jpg"})]
    _refused(api, "gone", Unavailable)
    for path in ("", "/var/lib/telegram-bot-api/x.jpg", "photos/../../x", "https://elsewhere.example/x", "a b", None):
        api.troubles = [result({"file_id": "x", **({} if path is None else {"file_path": path})})]
        _refused(api, "x", Refused)
    monkeypatch.setattr(telegram_bot, "LARGEST_PICTURE", 100)
    api.files["large"] = b"x" * 200
    _refused(api, "large", Refused)


def test_half_a_letter_does_not_take_the_page_with_it(api):
    assert asked(api, result({"text": "\ud800 half"})) == {"text": "? half"}


class _Same:
    """A client that answers everything with the same body."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    async def get(self, url: str, **_: Any) -> httpx.Response:
        return httpx.Response(200, content=self.body, request=httpx.Request("GET", url))


def _survive(body: bytes) -> None:
    async def whole() -> None:
        bot = Bot("https://api.example", TOKEN, _Same(body))  # type: ignore[arg-type]
        await bot.ask("getUpdates", list[msgspec.Raw])

    with suppress(SourceError):
        asyncio.run(whole())


WHOLE = {"ok": True, "result": [{"update_id": 1}], "description": "x", "parameters": {"retry_after": 3}}


@often(2_000)
@given(CHANGES, CUTS)
def test_no_mutation_of_an_answer_gets_past_the_documented_errors(changes, cuts):
    _survive(mangled(WHOLE, changes, cuts))


@pytest.mark.campaign
@often(10_000)
@given(CHANGES, CUTS)
def test_ten_thousand_mutations_do_not_either(changes, cuts):
    _survive(mangled(WHOLE, changes, cuts))
