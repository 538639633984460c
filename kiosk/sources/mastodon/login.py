"""Obtains a user's token from a Mastodon server: OAuth 2.0 with a code that the user carries over by hand.

See https://docs.joinmastodon.org/client/token/ and https://docs.joinmastodon.org/methods/oauth/. The program asks
for the scope `read` and nothing else: such a token can post nothing.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar
from urllib.parse import urlencode, urlsplit

import msgspec

from kiosk.domain.errors import BadPayload, Portal, Refused
from kiosk.domain.text import one_line
from kiosk.sources.mastodon.api import Api
from kiosk.sources.mastodon.embeds import FAULTS
from kiosk.sources.source import Budget

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from kiosk.sources.source import Client

SCOPES: Final = "read"
_NAME: Final = "Tweetup Wall"
_WRONG_CODE: Final = frozenset(
    {
        HTTPStatus.BAD_REQUEST,  # RFC 6749 5.2
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.UNPROCESSABLE_ENTITY,  # snac
    }
)
_OUT_OF_BAND: Final = "urn:ietf:wg:oauth:2.0:oob"


class SignedIn(NamedTuple):
    """A token and the full name of the account that it belongs to."""

    token: str
    account: str


class App(msgspec.Struct, frozen=True):
    """What a server calls this program since it was registered there."""

    client_id: str
    client_secret: str


class _Token(msgspec.Struct):
    access_token: str


class _Account(msgspec.Struct):
    acct: str


async def login(server: str, client: Client, ask: Callable[[str], str]) -> SignedIn:
    """Sign a user in: `ask` shows them a sentence with an address and returns the code that they copied from there.

    Raises:
        Unavailable: the server may answer later.
        Refused: it will not, or the code is not right.
        BadPayload: it answered with something else.

    """
    address = server_address(server)
    app = await register(address, client)
    code = ask(
        f"Open {authorize_address(address, app)} in a browser, sign in, allow “{_NAME}” to read, and copy the code "
        "that is shown: "
    )
    token = await exchange(address, app, code.strip(), client)
    return SignedIn(token, await verify(address, token, client))


def server_address(server: str) -> str:
    """The address of a server as people name it: `mastodon.social`, `https://mastodon.social/`.

    Raises:
        Refused: where it is none.

    """
    wrong = f"“{server}” is no server address, such as https://mastodon.social."
    named = server.strip()
    try:
        parts = urlsplit(named if "://" in named else f"https://{named}")
    except ValueError as error:
        raise Refused(wrong) from error
    if parts.scheme not in {"https", "http"} or not parts.hostname or "@" in parts.netloc:
        raise Refused(wrong)
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise Refused(wrong)
    return f"{parts.scheme}://{parts.netloc}"


async def register(address: str, client: Client) -> App:
    """Make this program known to the server: https://docs.joinmastodon.org/methods/apps/#create."""
    form = {"client_name": _NAME, "redirect_uris": _OUT_OF_BAND, "scopes": SCOPES}
    response = await client.post(f"{address}/api/v1/apps", form=form)
    _accept(response, address, client)
    return _read(response, App, address)


def authorize_address(address: str, app: App) -> str:
    """Where the user allows it: https://docs.joinmastodon.org/methods/oauth/#authorize."""
    asked = {"response_type": "code", "client_id": app.client_id, "redirect_uri": _OUT_OF_BAND, "scope": SCOPES}
    return f"{address}/oauth/authorize?{urlencode(asked)}"


async def exchange(address: str, app: App, code: str, client: Client) -> str:
    """Give the code for a token: https://docs.joinmastodon.org/methods/oauth/#token."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "redirect_uri": _OUT_OF_BAND,
        "scope": SCOPES,
    }
    response = await client.post(f"{address}/oauth/token", form=form)
    _accept_code(response, address)
    _accept(response, address, client)
    return _read(response, _Token, address).access_token


async def verify(address: str, token: str, client: Client) -> str:
    """The full name of the account that a token belongs to: …/methods/accounts/#verify_credentials."""
    api = Api(address, token, client, Budget())
    response = await api.ask("/api/v1/accounts/verify_credentials")
    _accept_code(response, address)
    api.accept(response)
    name = one_line(_read(response, _Account, address).acct, limit=120).lstrip("@")
    return f"@{name}" if "@" in name else f"@{name}@{_host(address)}"


def _accept_code(response: httpx.Response, address: str) -> None:
    """Refuse where a code is wrong; snac gives a token for any, and says only then that it is nobody's."""
    if response.status_code in _WRONG_CODE:
        raise Refused(f"{_host(address)} does not accept this code; it is good once and for a few minutes, try again.")


def _accept(response: httpx.Response, address: str, client: Client) -> None:
    Api(address, "", client, Budget()).accept(response)


T = TypeVar("T")


def _read(response: httpx.Response, kind: type[T], address: str) -> T:
    try:
        return msgspec.json.decode(response.content, type=kind)
    except FAULTS as error:
        if response.content.lstrip()[:1] == b"<":
            raise Portal(
                f"{_host(address)} answered with a web page; is this network's log-in page in the way?"
            ) from error
        raise BadPayload(f"{_host(address)} answered the log-in with something that cannot be read.") from error


def _host(address: str) -> str:
    return urlsplit(address).netloc
