"""What a source is given to work with, as tests hand it in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.domain.captions import Caption
from kiosk.sources.mastodon.mastodon import Mastodon, MastodonTable
from kiosk.sources.source import Means

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kiosk.domain.feeds import ParsedFeed


class Drawer:
    """A vault that is a dictionary."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def get(self, name: str) -> str:
        return self.kept.get(name, "")

    def put(self, name: str, value: str) -> None:
        self.kept[name] = value


async def _no_feed(_: bytes, __: str) -> ParsedFeed:
    raise AssertionError("this test has no feeds")


async def _no_caption(_: bytes) -> Caption:
    return Caption()


def means(client: Any, hashtags: Sequence[str] = ("hall",), token: str = "", **rest: Any) -> Means:
    """Means around a client; `rest` replaces what else there is."""
    given = {
        "folder": Path(),
        "vault": Drawer(),
        "parse_feed": _no_feed,
        "caption": _no_caption,
        **rest,
    }
    return Means(client=client, hashtags=hashtags, token=token, **given)


def mastodon(server: str, client: Any, hashtags: Sequence[str] = ("hall",), token: str = "") -> Mastodon:
    """A Mastodon source on loopback."""
    return Mastodon(MastodonTable(server=server, allow_private_addresses=True), means(client, hashtags, token))
