from __future__ import annotations

import time

import httpx
import pytest

from kiosk.domain.errors import BadPayload, Portal, Refused, Unavailable
from kiosk.sources.bluesky.xrpc import body, complaint, expired, no_answer, trouble


def answer(status: int, content: bytes = b"{}", **headers: str) -> httpx.Response:
    return httpx.Response(status, content=content, headers={key.replace("_", "-"): headers[key] for key in headers})


def test_a_good_answer_has_a_body():
    assert body(answer(200, b'{"posts": []}'), "bsky.example") == b'{"posts": []}'


@pytest.mark.parametrize(
    ("response", "kind", "words"),
    [
        (answer(200, b" <!DOCTYPE html>"), Portal, "log-in page"),
        (answer(302), Portal, "log-in page"),
        (answer(511), Portal, "log-in page"),
        (answer(401, b'{"error": "AuthMissing", "message": "Authentication Required"}'), Refused, "app password"),
        (answer(403, b"<html>Forbidden</html>"), Refused, "app password"),
        (answer(404, b"Not Found"), Refused, "does not speak the AT Protocol"),
        (answer(404, b'{"error": "NotFound", "message": "no such feed"}'), Refused, "no such feed"),
        (answer(400, b'{"error": "InvalidRequest", "message": "too many\\nuris"}'), Refused, "too many uris"),
        (answer(408), Unavailable, "in trouble"),
        (answer(502, b'{"error": "UpstreamFailure"}'), Unavailable, "in trouble"),
        (answer(429), Unavailable, "asks for a pause"),
    ],
)
def test_every_other_answer_says_what_is_wrong_and_with_whom(response, kind, words):
    with pytest.raises(kind, match=words) as raised:
        body(response, "bsky.example")
    assert "bsky.example" in str(raised.value)


def test_a_limit_is_waited_out_to_the_second():
    reset = str(int(time.time()) + 120)
    error = trouble(answer(429, RateLimit_Limit="3000", RateLimit_Remaining="0", RateLimit_Reset=reset), "x")
    assert isinstance(error, Unavailable)
    assert error.retry_after == pytest.approx(120, abs=1.5)
    error = trouble(answer(503, Retry_After="7"), "x")
    assert isinstance(error, Unavailable)
    assert error.retry_after == 7


@pytest.mark.parametrize(
    ("status", "error", "old"),
    [
        (400, "ExpiredToken", True),
        (401, "ExpiredToken", True),
        (400, "InvalidToken", True),
        (401, "AuthMissing", True),
        (400, "InvalidRequest", False),
        (403, "ExpiredToken", False),
        (200, "ExpiredToken", False),
    ],
)
def test_an_old_token_is_known_by_its_name(status, error, old):
    assert expired(answer(status, b'{"error": "%s"}' % error.encode())) is old


@pytest.mark.parametrize("content", [b"", b"[]", b"<html>", b'{"error": 1}', b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_complaint_is_an_empty_one(content):
    assert complaint(answer(400, content)).error == ""


def test_a_good_status_with_nonsense_is_a_bad_payload():
    assert isinstance(no_answer("x"), BadPayload)
