"""Places posts come from: one file per network, one line in SOURCES."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kiosk.sources.bluesky.bluesky import Bluesky, BlueskyTable
from kiosk.sources.feed.feed import Feed, FeedTable
from kiosk.sources.folder.folder import Folder, FolderTable
from kiosk.sources.mail.mail import Mail, MailTable
from kiosk.sources.mastodon.mastodon import Mastodon, MastodonTable
from kiosk.sources.matrix.matrix import Matrix, MatrixTable
from kiosk.sources.meta.instagram import Instagram, InstagramTable
from kiosk.sources.meta.threads import Threads, ThreadsTable
from kiosk.sources.nostr.nostr import Nostr, NostrTable
from kiosk.sources.spool.spool import Spool, SpoolTable
from kiosk.sources.telegram.telegram import Telegram, TelegramTable
from kiosk.sources.x.stream import x_source
from kiosk.sources.x.x import XTable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kiosk.settings import SourceTable
    from kiosk.sources.source import Means, Source


class Network(NamedTuple):
    """A kind of source: the keys of its `[[source]]` table, and what makes a source of one; making asks nothing."""

    options: type[SourceTable]
    make: Callable[[Any, Means], Source]


SOURCES: Final[Mapping[str, Network]] = {
    "mastodon": Network(MastodonTable, Mastodon),
    "bluesky": Network(BlueskyTable, Bluesky),
    "feed": Network(FeedTable, Feed),
    "x": Network(XTable, x_source),
    "folder": Network(FolderTable, Folder),
    "spool": Network(SpoolTable, Spool),
    "nostr": Network(NostrTable, Nostr),
    "matrix": Network(MatrixTable, Matrix),
    "telegram": Network(TelegramTable, Telegram),
    "mail": Network(MailTable, Mail),
    "threads": Network(ThreadsTable, Threads),
    "instagram": Network(InstagramTable, Instagram),
}
"""Adding a network is one file and one line here."""

OPTIONS: Final = {kind: network.options for kind, network in SOURCES.items()}
"""The keys of each network's table, as `settings.load` wants them."""


def make_source(table: SourceTable, means: Means) -> Source:
    """Make the source that a `[[source]]` table asks for."""
    return SOURCES[table.kind].make(table, means)
