from __future__ import annotations

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import trustme

from kiosk.domain.errors import Refused
from kiosk.media.client import GuardedClient, Limits, venue_trust

if TYPE_CHECKING:
    from collections.abc import Callable

SMALL = Limits(seconds=5, largest=1000, packed=True)


@pytest.fixture
def served(serving) -> Callable[[trustme.LeafCert, ssl.SSLContext], bytes]:
    """Fetches a page from a TLS server on loopback that shows the given certificate."""

    async def answer(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nsafe")

    def fetched(certificate: trustme.LeafCert, trust: ssl.SSLContext) -> bytes:
        async def scene() -> bytes:
            tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            certificate.configure_cert(tls)
            client = GuardedClient(SMALL, allow_private=True, trust=trust)
            async with serving(answer, tls) as base:
                try:
                    return (await client.get(base.replace("127.0.0.1", "localhost"))).content
                finally:
                    await client.aclose()

        return asyncio.run(scene())

    return fetched


def _trusting(authority: trustme.CA) -> ssl.SSLContext:
    trust = venue_trust()
    authority.configure_trust(trust)
    return trust


def test_a_good_certificate_is_believed(served):
    authority = trustme.CA()
    assert served(authority.issue_cert("localhost"), _trusting(authority)) == b"safe"


def test_an_unknown_authority_is_refused(served):
    with pytest.raises(Refused, match="certificate of localhost is not good"):
        served(trustme.CA().issue_cert("localhost"), venue_trust())


def test_another_hosts_certificate_is_refused(served):
    authority = trustme.CA()
    with pytest.raises(Refused, match="not good"):
        served(authority.issue_cert("example.social"), _trusting(authority))


def test_a_name_that_is_no_alternative_name_does_not_count(served):
    authority = trustme.CA()
    with pytest.raises(Refused, match="not good"):
        served(authority.issue_cert(common_name="localhost"), _trusting(authority))


def test_an_expired_certificate_is_refused(served):
    authority = trustme.CA()
    expired = authority.issue_cert("localhost", not_after=datetime.now(UTC) - timedelta(days=1))
    with pytest.raises(Refused, match="expired"):
        served(expired, _trusting(authority))


def test_the_operating_systems_authorities_are_optional():
    plain, both = venue_trust(), venue_trust(operating_system=True)
    assert plain.verify_mode is both.verify_mode is ssl.CERT_REQUIRED
    assert plain.check_hostname
    assert both.check_hostname
    assert len(both.get_ca_certs()) >= len(plain.get_ca_certs()) > 50
