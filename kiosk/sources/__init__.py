"""Places posts come from: one file per network, one line in SOURCES."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

from kiosk.sources.mastodon import Mastodon

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kiosk.settings import SourceTable
    from kiosk.sources.source import Means, Source


class Network(Protocol):
    """A class of sources: made from its own table and what the program gives it."""

    @property
    def Options(self) -> type[SourceTable]:  # noqa: N802  # a class within the class
        """The keys of its `[[source]]` table."""
        ...

    def __call__(self, table: Any, means: Means) -> Source:
        """Make the source that a table of `Options` asks for; asks nothing of the network yet."""
        ...


SOURCES: Final[Mapping[str, Network]] = {
    "mastodon": Mastodon,
}
"""Adding a network is one file and one line here."""

OPTIONS: Final = {kind: network.Options for kind, network in SOURCES.items()}
"""The options of each network's `[[source]]` table."""


def make_source(table: SourceTable, means: Means) -> Source:
    """Make the source that a `[[source]]` table asks for."""
    return SOURCES[table.kind](table, means)
