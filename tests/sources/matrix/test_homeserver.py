from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from recordings import SHARED
from servers.scripted import Answer, Scripted
from servers.tag_server import real_client

from kiosk.domain.errors import BadPayload, Misconfigured, Portal, Refused, Unavailable
from kiosk.sources.matrix.homeserver import Homeserver, errcode

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

TOKEN = "the wall's own"  # noqa: S105  # on loopback
MXC = "mxc://hall.test/abc"
NEW, OLD = "/_matrix/client/v1/media/download/hall.test/abc", "/_matrix/media/v3/download/hall.test/abc"
UNKNOWN = {"errcode": "M_UNRECOGNIZED", "error": "Unrecognized request"}
needs_recording = pytest.mark.skipif(
    not (SHARED / "matrix").is_dir(), reason="needs a recorded answer, which is not part of the project"
)


@pytest.fixture
def server():
    with Scripted() as running:
        yield running


def on(server: Scripted, scenario: Callable[[Homeserver], Awaitable[Any]], *, token: str = TOKEN) -> Any:
    async def whole() -> Any:
        async with aclosing(real_client()) as client:
            return await scenario(Homeserver(server.url, token, client, "hall.test"))

    return asyncio.run(whole())


def accepted(server: Scripted, answer: Answer) -> bytes:
    """What comes of an answer to any question."""
    server.answers["/_matrix/client/v3/anything"] = answer

    async def scenario(home: Homeserver) -> bytes:
        response = await home.get("/v3/anything")
        home.accept(response)
        return response.content

    return on(server, scenario)


def test_the_token_goes_with_every_question_and_not_into_addresses(server):
    assert accepted(server, Answer(200, {"a": 1})) == b'{"a": 1}'
    assert server.asked[-1].headers["Authorization"] == f"Bearer {TOKEN}"
    assert TOKEN not in server.asked[-1].target
    assert "Authorization" not in server.asked[0].headers, "the well-known file is for everybody"


def test_a_domain_may_say_where_its_homeserver_is(server):
    with Scripted() as elsewhere:
        server.answers["/.well-known/matrix/client"] = Answer(200, {"m.homeserver": {"base_url": f"{elsewhere.url}/"}})
        elsewhere.answers["/_matrix/client/v3/anything"] = Answer(200, {})

        async def scenario(home: Homeserver) -> None:
            for _ in range(3):
                home.accept(await home.get("/v3/anything"))

        on(server, scenario)
        assert server.targets() == ["/.well-known/matrix/client"], "it is asked once"
        assert elsewhere.targets() == ["/_matrix/client/v3/anything"] * 3


@pytest.mark.parametrize("body", [b"<html>", {}, {"m.homeserver": {"base_url": "ftp://x"}}, {"m.homeserver": 3}])
def test_a_well_known_file_that_says_nothing_is_passed_over(server, body):
    server.answers["/.well-known/matrix/client"] = Answer(200, body)
    assert accepted(server, Answer(200, {})) == b"{}"


def test_a_log_in_page_settles_nothing(server):
    server.answers["/"] = Answer(200, b"<!DOCTYPE html><title>Welcome to the hotel</title>")

    async def scenario(home: Homeserver) -> None:
        with pytest.raises(Portal, match="log-in page"):
            home.accept(await home.get("/v3/anything"))
        server.answers = {"/_matrix/client/v3/anything": Answer(200, {})}
        home.accept(await home.get("/v3/anything"))

    on(server, scenario)
    assert server.targets("/.well-known") == ["/.well-known/matrix/client"] * 2


def test_without_a_token_nothing_is_asked(server):
    with pytest.raises(Misconfigured, match="token_file"):
        on(server, lambda home: home.get("/v3/sync"), token="")
    assert server.asked == []


def limited(**more: Any) -> dict[str, Any]:
    return {"errcode": "M_LIMIT_EXCEEDED", "error": "Too Many Requests"} | more


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (Answer(429, limited(retry_after_ms=2_500)), 2.5),
        (Answer(429, limited(retry_after_ms=2_500), {"Retry-After": "7"}), 7.0),
        (Answer(429, limited(), {"Retry-After": "40"}), 40.0),
        (Answer(429, limited(retry_after_ms=10**12)), 900.0),
        (Answer(429, limited(retry_after_ms="soon")), None),
        (Answer(429, b"slow down"), None),
        (Answer(502, b"<html>Bad Gateway</html>"), None),
        (Answer(503, b"", {"Retry-After": "3"}), 3.0),
        (Answer(524, b"<html>"), None),
    ],
)
def test_what_may_pass_is_waited_for_as_long_as_the_server_wishes(server, answer, seconds):
    with pytest.raises(Unavailable) as caught:
        accepted(server, answer)
    assert caught.value.retry_after == seconds


@needs_recording
def test_a_recorded_gateway_without_a_body_is_in_trouble(server):
    head, _, body = (SHARED / "matrix" / "http_502.txt").read_bytes().replace(b"\r\n", b"\n").partition(b"\n\n")
    status = int(head.split()[1])
    with pytest.raises(Unavailable, match="in trouble"):
        accepted(server, Answer(status, body, {"Content-Type": "text/html; charset=utf-8"}))


def error(name: str, text: str = "No") -> dict[str, str]:
    return {"errcode": name, "error": text}


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (Answer(401, error("M_UNKNOWN_TOKEN")), Misconfigured, "does not know this access token"),
        (Answer(401, error("M_MISSING_TOKEN")), Misconfigured, "log in again"),
        (Answer(403, error("M_FORBIDDEN", "You are\u202e not\nallowed")), Refused, r"M_FORBIDDEN: You are not allowed"),
        (Answer(404, UNKNOWN), Refused, "no Matrix homeserver .*check `server`"),
        (Answer(404, b"Not Found"), Refused, "check `server`"),
        (Answer(404, b"<html>Not Found"), Refused, "check `server`"),
        (Answer(302, b"<html>", {}), Portal, "log-in page"),
        (Answer(200, b"<html>"), Portal, "log-in page"),
        (Answer(511, b"<html>"), Portal, "log-in first"),
    ],
)
def test_what_will_not_pass_says_what_to_do(server, answer, kind, words):
    with pytest.raises(kind, match=words) as caught:
        accepted(server, answer)
    assert type(caught.value) is kind
    assert TOKEN not in str(caught.value)


def test_media_are_fetched_with_the_token(server):
    server.answers[NEW] = Answer(200, b"bytes", {"Content-Type": "image/png"})
    assert on(server, lambda home: home.picture(MXC)) == b"bytes"
    assert server.asked[-1].headers["Authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize("answer", [Answer(404, UNKNOWN), Answer(400, UNKNOWN), Answer(404, b"404 page not found")])
def test_media_of_older_servers_are_fetched_without_it(server, answer):
    server.answers |= {NEW: answer, OLD: Answer(200, b"bytes", {"Content-Type": "image/png"})}
    assert on(server, lambda home: home.picture(MXC)) == b"bytes"
    assert "Authorization" not in server.asked[-1].headers


def test_the_token_does_not_follow_media_to_another_place(server):
    with Scripted() as store:
        store.answers["/bucket"] = Answer(200, b"bytes", {"Content-Type": "image/png"})
        server.answers[NEW] = Answer(307, b"", {"Location": f"{store.url}/bucket/1"})
        assert on(server, lambda home: home.picture(MXC)) == b"bytes"
        assert "Authorization" not in store.asked[0].headers


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(404, error("M_NOT_FOUND")), Refused),
        (Answer(403, error("M_FORBIDDEN")), Refused),
        (Answer(200, b""), Refused),
        (Answer(504, error("M_NOT_YET_UPLOADED")), Unavailable),
        (Answer(429, limited(retry_after_ms=9)), Unavailable),
        (Answer(200, b"<html>Log in"), Unavailable),
        (Answer(200, b"Log in", {"Content-Type": "text/html"}), Unavailable),
    ],
)
def test_media_that_do_not_come_are_refused_or_tried_again(server, answer, kind):
    server.answers[NEW] = answer
    with pytest.raises((Refused, Unavailable)) as caught:
        on(server, lambda home: home.picture(MXC))
    assert type(caught.value) is kind


def test_a_picture_that_is_too_large_is_refused(server, monkeypatch):
    monkeypatch.setattr("kiosk.sources.matrix.homeserver.LARGEST_PICTURE", 1_000)
    server.answers[NEW] = Answer(200, b"x" * 2_000)
    with pytest.raises(Refused):
        on(server, lambda home: home.picture(MXC))


@pytest.mark.parametrize("reference", ["", "mxc://hall.test", "https://elsewhere.example/x", "mxc://a/../../b"])
def test_what_is_no_media_address_is_never_asked_for(server, reference):
    with pytest.raises(Refused, match="no picture of a homeserver"):
        on(server, lambda home: home.picture(reference))
    assert server.asked == []


class Thing(msgspec.Struct):
    words: list[str]


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b'{"words": [1]}', b"[" * 100_000, b"\xff", b'{"words": NaN}'])
def test_an_answer_of_another_shape_is_a_bad_payload(server, body):
    async def scenario(home: Homeserver) -> Any:
        return home.decoded(await home.get("/v3/thing"), Thing)

    server.answers["/_matrix/client/v3/thing"] = Answer(200, body)
    with pytest.raises(BadPayload, match="no part of a room"):
        on(server, scenario)


def test_half_a_letter_does_not_take_the_page_with_it(server):
    server.answers["/_matrix/client/v3/thing"] = Answer(200, {"words": ["good", "\ud800 half"]})

    async def scenario(home: Homeserver) -> Any:
        return home.decoded(await home.get("/v3/thing"), Thing)

    assert on(server, scenario) == Thing(["good", "? half"])


def test_an_error_has_its_name(server):
    async def scenario(home: Homeserver) -> Any:
        return errcode(await home.get("/v3/nothing"))

    assert on(server, scenario) == "M_UNRECOGNIZED"
    server.answers["/"] = Answer(404, b"[]")
    assert on(server, scenario) == ""
