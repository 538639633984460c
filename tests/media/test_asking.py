from __future__ import annotations

import httpx
import pytest

from kiosk import __version__
from kiosk.domain.errors import Refused
from kiosk.media.asking import check, redirected, request


def test_every_request_says_who_asks_and_how_the_answer_may_be_packed():
    asked = request("GET", "https://example.org/?a=1", params=[("id[]", "2")], headers={"Accept": "text/css"})
    assert str(asked.url) == "https://example.org/?a=1&id%5B%5D=2"
    assert asked.headers["user-agent"] == f"TweetupWall/{__version__}"
    assert (asked.headers["accept"], asked.headers["accept-encoding"]) == ("text/css", "gzip")
    assert request("GET", "https://example.org", packed=False).headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("url", ["https://\0", "https://" + "x" * 70_000], ids=ascii)
def test_what_is_no_address_is_refused(url):
    with pytest.raises(Refused):
        check(request("GET", url).url, allow_plain=True)


@pytest.mark.parametrize(
    ("url", "plain", "passes"),
    [
        ("https://example.org", False, True),
        ("wss://example.org", False, True),
        ("http://example.org", False, False),
        ("ws://example.org", False, False),
        ("http://10.0.0.1", True, True),
        ("ws://10.0.0.1", True, True),
        ("ftp://example.org", True, False),
        ("https://ada:secret@example.org", True, False),
        ("https:///path", True, False),
    ],
)
def test_only_secure_addresses_without_passwords_pass(url, plain, passes):
    try:
        check(httpx.URL(url), allow_plain=plain)
    except Refused:
        assert not passes
    else:
        assert passes


@pytest.mark.parametrize(
    ("location", "kept"),
    [("/b", True), ("https://example.org/b", True), ("https://example.com/b", False), ("http://example.org/b", False)],
)
def test_a_redirect_takes_no_secret_to_another_origin(location, kept):
    asked = request("GET", "https://example.org/a", headers={"Authorization": "Bearer x", "Accept": "x"})
    again = redirected(asked, location, packed=True)
    assert ("authorization" in again.headers) is kept
    assert again.headers["accept"] == "x"
    assert again.headers["host"] == again.url.host
