"""Places posts come from: one folder per network, one line in SOURCES; a network is imported once it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kiosk.settings import SourceTable
    from kiosk.sources.source import Means, Source


class Network(NamedTuple):
    """A kind of source: where below this package its table stands, and what makes a source of one.

    All networks together take longer to import than the wall takes to its first frame, and an event names two or three.
    """

    table: str
    source: str

    @property
    def options(self) -> type[SourceTable]:
        """The keys of its `[[source]]` table."""
        return _named(self.table)

    @property
    def make(self) -> Callable[[Any, Means], Source]:
        """What makes a source of a table; making asks nothing."""
        return _named(self.source)


def _named(place: str) -> Any:  # the contract tests hold every line of SOURCES to its types
    return resolve_name(f"{__name__}.{place}")


SOURCES: Final[Mapping[str, Network]] = {
    "mastodon": Network("mastodon.mastodon:MastodonTable", "mastodon.mastodon:Mastodon"),
    "bluesky": Network("bluesky.bluesky:BlueskyTable", "bluesky.bluesky:Bluesky"),
    "feed": Network("feed.feed:FeedTable", "feed.feed:Feed"),
    "x": Network("x.x:XTable", "x.stream:x_source"),
    "folder": Network("folder.folder:FolderTable", "folder.folder:Folder"),
    "spool": Network("spool.spool:SpoolTable", "spool.spool:Spool"),
    "nostr": Network("nostr.nostr:NostrTable", "nostr.nostr:Nostr"),
    "matrix": Network("matrix.matrix:MatrixTable", "matrix.matrix:Matrix"),
    "telegram": Network("telegram.telegram:TelegramTable", "telegram.telegram:Telegram"),
    "mail": Network("mail.mail:MailTable", "mail.mail:Mail"),
    "threads": Network("meta.threads:ThreadsTable", "meta.threads:Threads"),
    "instagram": Network("meta.instagram:InstagramTable", "meta.instagram:Instagram"),
}
"""Adding a network is one folder and one line here."""


class _Options(Mapping[str, "type[SourceTable]"]):
    """The tables of all networks, each imported when it is looked at."""

    def __getitem__(self, kind: str) -> type[SourceTable]:
        return SOURCES[kind].options

    def __iter__(self) -> Iterator[str]:
        return iter(SOURCES)

    def __len__(self) -> int:
        return len(SOURCES)

    def __contains__(self, kind: object) -> bool:
        return kind in SOURCES


OPTIONS: Final = _Options()
"""The keys of each network's table, as `settings.load` wants them."""


def make_source(table: SourceTable, means: Means) -> Source:
    """Make the source that a `[[source]]` table asks for."""
    return SOURCES[table.kind].make(table, means)
