from __future__ import annotations

import ssl

import httpcore
import pytest

from kiosk.domain.errors import Refused, Unavailable
from kiosk.media.troubles import told


def _bad_certificate() -> httpcore.ConnectError:
    error = httpcore.ConnectError("no")
    cause = ssl.SSLCertVerificationError("no")
    cause.verify_message = "certificate has expired"
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (TimeoutError(), Unavailable, "within 7 seconds"),
        (httpcore.ReadTimeout(), Unavailable, "does not answer"),
        (httpcore.ConnectError("refused"), Unavailable, "cannot be reached"),
        (httpcore.ReadError("reset"), Unavailable, "broke off"),
        (httpcore.RemoteProtocolError("odd"), Unavailable, "broke off"),
        (httpcore.LocalProtocolError("odd"), Refused, "check its token_file"),
        (OSError("unplugged"), Unavailable, "cannot be reached"),
        (_bad_certificate(), Refused, "certificate has expired"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_each_trouble_is_a_sentence_that_names_the_host(error, kind, words):
    with pytest.raises(kind, match=words) as trouble, told("example.org", 7):
        raise error
    assert "example.org" in str(trouble.value)
    assert trouble.value.__cause__ is error


def test_what_is_no_trouble_of_the_network_passes():
    with pytest.raises(ZeroDivisionError), told("example.org", 7):
        raise ZeroDivisionError
    with pytest.raises(Refused, match="as it was"), told("example.org", 7):
        raise Refused("as it was")
