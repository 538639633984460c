from __future__ import annotations

import asyncio
import re
import shutil
from contextlib import aclosing
from typing import Any

import pytest
from servers.snac import Snac
from servers.tag_server import Trouble, real_client

from kiosk.domain.errors import BadPayload, Portal, Refused, Unavailable
from kiosk.sources.mastodon.login import SignedIn, authorize_address, login, register, server_address

APP = Trouble(200, b'{"client_id": "c", "client_secret": "s", "name": "Tweetup Wall"}')
TOKEN = Trouble(200, b'{"access_token": "t", "token_type": "Bearer", "scope": "read"}')
ACCOUNT = Trouble(200, b'{"id": "1", "acct": "ada", "username": "ada"}')


def signed_in(server: str, ask: Any) -> SignedIn:
    async def whole() -> SignedIn:
        async with aclosing(real_client()) as client:
            return await login(server, client, ask)

    return asyncio.run(whole())


@pytest.mark.skipif(not shutil.which("snac"), reason="needs the snac server")
def test_a_user_signs_in_at_a_real_server_and_the_token_is_theirs(tmp_path):
    with Snac(tmp_path / "snac") as snac:
        said: list[str] = []

        def ask(sentence: str) -> str:
            said.append(sentence)
            return f" {snac.consent(re.search(r'http[^ ]+', sentence)[0])}\n"

        token, account = signed_in(snac.url + "/", ask)
        assert account == f"@ada@{snac.url.removeprefix('http://')}"
        assert len(said) == 1
        assert "scope=read" in said[0]
        itself = snac.client.get("/api/v1/accounts/verify_credentials", headers={"Authorization": f"Bearer {token}"})
        assert itself.json()["acct"] == "ada"
        with pytest.raises(Refused, match="does not accept this code"):
            signed_in(snac.url, lambda _: "00000000")


def test_each_step_asks_for_what_the_interface_wants(server):
    server.troubles = [APP, TOKEN, ACCOUNT]
    assert signed_in(server.url, lambda _: "code") == SignedIn("t", f"@ada@{server.url.removeprefix('http://')}")
    assert server.requests == ["/api/v1/apps", "/oauth/token", "/api/v1/accounts/verify_credentials"]
    apps, token = server.forms
    assert apps["scopes"] == token["scope"] == "read"
    assert apps["redirect_uris"] == token["redirect_uri"] == "urn:ietf:wg:oauth:2.0:oob"
    assert (token["grant_type"], token["code"]) == ("authorization_code", "code")
    assert "Bearer t" in server.tokens


FAULTS = {
    "no such interface": ([Trouble(404)], Refused, "check `server`"),
    "a log-in page": ([Trouble(200, b"<html>")], Portal, "log-in page"),
    "a redirect": ([Trouble(302)], Portal, "log-in page"),
    "trouble": ([Trouble(503)], Unavailable, "trouble"),
    "nonsense": ([Trouble(200, b"[]")], BadPayload, "cannot be read"),
    "a wrong code": ([APP, Trouble(400, b'{"error": "invalid_grant"}')], Refused, "does not accept this code"),
    "a token that is none": ([APP, Trouble(200, b"{}")], BadPayload, "cannot be read"),
    "a token that is refused": ([APP, TOKEN, Trouble(401)], Refused, "does not accept this code"),
}


@pytest.mark.parametrize(("troubles", "kind", "words"), FAULTS.values(), ids=FAULTS)
def test_each_fault_has_its_kind_and_its_words(server, troubles, kind, words):
    server.troubles = list(troubles)
    with pytest.raises(kind, match=words):
        signed_in(server.url, lambda _: "code")


@pytest.mark.parametrize("name", ["example.social", "https://example.social/", " https://example.social "])
def test_a_server_is_named_as_people_name_it(name):
    assert server_address(name) == "https://example.social"


@pytest.mark.parametrize("name", ["", "https://", "ftp://x", "https://a/b", "ada@example.social", "https://[x"])
def test_what_is_no_server_is_refused_before_anything_is_asked(name):
    with pytest.raises(Refused, match="no server address"):
        server_address(name)


def test_the_address_to_open_is_escaped(server):
    server.troubles = [Trouble(200, b'{"client_id": "a&b c", "client_secret": "s"}')]

    async def scenario() -> str:
        async with aclosing(real_client()) as client:
            return authorize_address(server.url, await register(server.url, client))

    assert "client_id=a%26b+c&" in asyncio.run(scenario())
