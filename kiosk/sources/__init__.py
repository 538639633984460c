"""Places posts come from: one file per network, one line in SOURCES."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kiosk.sources.mastodon import Mastodon

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kiosk.settings import SourceTable
    from kiosk.sources.source import Client, Source

SOURCES: Final = {"mastodon": Mastodon}
"""Adding a network is one file and one line here."""


def make_source(table: SourceTable, hashtags: Sequence[str], token: str, client: Client) -> Source:
    """Make the source that a `[[source]]` table asks for, reading through `client`."""
    return SOURCES[table.kind](table.server, hashtags, token, client)
