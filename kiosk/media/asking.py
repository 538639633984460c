"""What may be asked for: requests are built and judged here, and each redirect is judged anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import httpx

from kiosk import __version__
from kiosk.domain.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

USER_AGENT: Final = f"TweetupWall/{__version__}"

_SECRET: Final = frozenset({"authorization", "cookie"})
"""Headers that go to the origin they were meant for, and to no other."""


def request(  # noqa: PLR0913  # the parts of a request
    method: str,
    url: str,
    *,
    params: Sequence[tuple[str, str]] = (),
    headers: Mapping[str, str] | None = None,
    content: bytes | None = None,
    packed: bool = True,
) -> httpx.Request:
    """Build a request that names us; `packed` lets the answer come in gzip.

    Raises:
        Refused: where `url` is no address or a header cannot be sent.

    """
    named = httpx.Headers(
        {"User-Agent": USER_AGENT, "Accept": "*/*", "Accept-Encoding": "gzip" if packed else "identity"}
    )
    try:
        merged = httpx.URL(url).copy_merge_params(list(params)) if params else httpx.URL(url)
        named.update(headers or {})
        return httpx.Request(method, merged, headers=named, content=content)
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise Refused(f"“{url[:200]}” is not a web address ({error}).") from error


def check(url: httpx.URL, *, allow_plain: bool) -> None:
    """Judge an address before anything is sent.

    Raises:
        Refused: for what is not https (or http, or their WebSocket kin, where `allow_plain`), or carries a password.

    """
    if url.scheme in {"http", "ws"} and not allow_plain:
        raise Refused(f"{url.host} is asked for over plain {url.scheme}; only {url.scheme}s is fetched.")
    if url.scheme not in {"http", "https", "ws", "wss"} or not url.host:
        raise Refused(f"“{str(url)[:200]}” is not a web address.")
    if url.userinfo:
        raise Refused(f"The address at {url.host} carries a password; use a token_file.")


def redirected(asked: httpx.Request, location: str, *, packed: bool) -> httpx.Request:
    """The request that a redirect asks for, without what was secret where it leads to another origin."""
    try:
        url = asked.url.join(location)
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise Refused(f"{asked.url.host} redirects to something that is no web address.") from error
    same = (url.scheme, url.host, url.port) == (asked.url.scheme, asked.url.host, asked.url.port)
    kept = {name: value for name, value in asked.headers.items() if name != "host" and (same or name not in _SECRET)}
    return request("GET", str(url), headers=kept, packed=packed)
