"""Everything that brings posts and pictures into a ledger, joined: the sources with their means, and who works them."""

from __future__ import annotations

from contextlib import AsyncExitStack
from functools import partial
from typing import TYPE_CHECKING, Self

from kiosk.domain.errors import SettingsError
from kiosk.domain.moderation import Rules
from kiosk.media.client import PICTURE, GuardedClient
from kiosk.media.decode import PhotoDecoder
from kiosk.media.feeds import FeedParser
from kiosk.media.pictures import Pictures
from kiosk.media.throttle import Throttle
from kiosk.runtime.attachments import Attachments
from kiosk.runtime.ingest import Ingest
from kiosk.runtime.keeper import Watched
from kiosk.runtime.pictures import AnyPicture
from kiosk.runtime.recheck import Recheck
from kiosk.runtime.stage import take_away
from kiosk.runtime.supervisor import Supervisor
from kiosk.runtime.vault import FileVault
from kiosk.sources import make_source
from kiosk.sources.source import Means

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from pathlib import Path
    from typing import Any

    from kiosk.runtime.clocks import Clock
    from kiosk.runtime.counters import Counters
    from kiosk.runtime.gate import Gate
    from kiosk.runtime.ledger import Ledger
    from kiosk.runtime.stage import Stage
    from kiosk.settings import Settings, SourceTable
    from kiosk.sources.source import Source


class Reach:
    """What all sources of an event share: turns at hosts, the sandboxed worker, the vault; closed in mirror order."""

    def __init__(self, settings: Settings) -> None:
        """Open nothing yet."""
        self._settings = settings
        self._throttle = Throttle()
        self._stack = AsyncExitStack()
        self.decoder = PhotoDecoder()
        self._feeds = FeedParser()
        self._vault = FileVault(vault_of(settings.event_file))
        private = any(table.allow_private_addresses for table in settings.source)
        pictures = GuardedClient(PICTURE, allow_private=private, throttle=self._throttle.below())
        self._stack.push_async_callback(self.decoder.close)
        self._stack.push_async_callback(self._feeds.close)
        self._stack.push_async_callback(pictures.aclose)
        self.pictures = Pictures(pictures)

    async def __aenter__(self) -> Self:
        """Hand itself out."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close every connection and worker."""
        await self._stack.aclose()

    def source(self, table: SourceTable) -> Source:
        """Make the source that a table asks for; it asks nothing yet.

        Raises:
            SettingsError: where its token cannot be read.
            Misconfigured: where the table asks for what cannot be.

        """
        client = GuardedClient(allow_private=table.allow_private_addresses, throttle=self._throttle)
        self._stack.push_async_callback(client.aclose)
        means = Means(
            client=client,
            hashtags=self._settings.event.hashtags,
            token=self._settings.token(table),
            folder=self._settings.folder,
            vault=self._vault,
            parse_feed=self._feeds.parse,
            caption=self.decoder.caption,
        )
        return make_source(table, means)

    def sources(self) -> list[Source]:
        """Every source of the event, in the order of its file.

        Raises:
            SettingsError: where two are the same, or a token cannot be read.

        """
        made = [self.source(table) for table in self._settings.source]
        names = [source.name for source in made]
        for name in names:
            if names.count(name) > 1:
                raise SettingsError(f"Two [[source]] tables read the same place, {name}; remove one.", key="source")
        return made


class Intake:
    """The rooms between the network and the ledger; `tasks` run as long as the program."""

    def __init__(  # noqa: PLR0913  # each is one room of the program, handed in by name
        self,
        reach: Reach,
        settings: Settings,
        *,
        ledger: Ledger,
        gate: Gate,
        stage: Stage,
        clock: Clock,
        counters: Counters,
    ) -> None:
        """Join them; nothing is asked before the tasks run."""
        lists = settings.moderation
        rules = Rules(lists.blocked_words, lists.blocked_authors, lists.trusted_authors)
        ingest = Ingest(ledger, rules, clock, partial(take_away, gate, stage))
        sources = reach.sources()
        watched = [
            Watched(source, table.interval, table.kind) for source, table in zip(sources, settings.source, strict=True)
        ]
        self.supervisor = Supervisor(watched=watched, ingest=ingest, ledger=ledger, clock=clock, counters=counters)
        self._recheck = Recheck(
            sources={source.name: source for source in sources},
            gate=gate,
            stage=stage,
            ingest=ingest,
            counters=counters,
        )
        self._attachments = Attachments(
            ledger=ledger,
            pictures=AnyPicture(reach.pictures, sources),
            decoder=reach.decoder,
            clock=clock,
            counters=counters,
        )

    @property
    def tasks(self) -> list[Callable[[], Coroutine[Any, Any, None]]]:
        """What runs until the end: reading, asking again, bringing pictures."""
        return [self.supervisor.run, self._recheck.run, self._attachments.run]


def vault_of(event_file: Path) -> Path:
    """Where sessions are kept: beside the event file, and never in it, because that is handed on."""
    return event_file.with_name(event_file.name + ".sessions")
