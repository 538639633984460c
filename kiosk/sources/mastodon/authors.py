"""The Mastodon API's account made into an Author, and the web addresses that are kept of what such servers send."""

from __future__ import annotations

from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

import msgspec

from kiosk.domain.model import Author
from kiosk.domain.text import one_line

LONGEST_ADDRESS: Final = 2_000


class Account(msgspec.Struct):
    """What is read of an account: https://docs.joinmastodon.org/entities/Account/."""

    acct: str
    display_name: str | None = None
    url: str | None = None
    avatar: str | None = None
    avatar_static: str | None = None
    bot: bool | None = None
    emojis: msgspec.Raw = msgspec.Raw(b"[]")


def author_of(account: Account, server: str) -> Author:
    """Make an Author with a full handle; an account of the server itself is named by the home of its page.

    Raises:
        ValueError: where it has no handle or its page stands nowhere.

    """
    handle = one_line(account.acct, limit=120).lstrip("@")
    if not handle:
        raise ValueError("its author has no handle")
    if "@" not in handle:
        home = _host((account.url or "")[:LONGEST_ADDRESS]) or _host(server) or server
        handle = f"{handle}@{home}"
    return Author(
        handle=f"@{handle}",
        name=one_line(account.display_name or "", limit=80) or handle.split("@", maxsplit=1)[0],
        avatar=web_address(account.avatar_static or account.avatar),
        bot=bool(account.bot),
    )


@lru_cache(maxsize=4096)
def _host(url: str) -> str | None:
    return urlsplit(url).hostname


def web_address(url: str | None) -> str:
    """A web address of sane length, "" for anything else."""
    return url if url and len(url) <= LONGEST_ADDRESS and url.startswith(("https://", "http://")) else ""
