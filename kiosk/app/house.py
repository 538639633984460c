"""The rooms that a live event, a replay, the demo and a snapshot share, wired once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.domain.model import PostState, Standing
from kiosk.domain.moderation import Mode
from kiosk.domain.turns import playlist
from kiosk.runtime.desk import Desk
from kiosk.runtime.director import Director
from kiosk.runtime.gate import CAPACITY, Gate
from kiosk.runtime.modes import Modes
from kiosk.runtime.orders import Orders
from kiosk.runtime.panic import Panic
from kiosk.runtime.rotation import Rotation
from kiosk.runtime.talk import Talk
from kiosk.settings.stops import stop_words
from kiosk.ui.bigwords import BigWords
from kiosk.ui.brand import READABLE
from kiosk.ui.errands import Errands
from kiosk.ui.stage import WallStage

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kiosk.domain.events import EventDescribed
    from kiosk.domain.model import Sha256
    from kiosk.runtime.clocks import Clock
    from kiosk.runtime.counters import Counters
    from kiosk.runtime.health import SourceHealth
    from kiosk.runtime.ledger import Ledger
    from kiosk.settings import Settings
    from kiosk.ui.desk import DeskView
    from kiosk.ui.shell import Shell


class House:
    """The rooms that a live event, a replay, the demo and a snapshot share, wired; `furnish` fills them."""

    def __init__(self, shell: Shell, ledger: Ledger, clock: Clock, counters: Counters, settings: Settings) -> None:
        """Wire the rooms around a ledger that is open. Panic is read first, so that no frame precedes it."""
        self.shell, self.ledger, self.clock, self.counters = shell, ledger, clock, counters
        self.settings = settings
        self.panic = Panic(latch_of(settings.event_file))
        self.gate = Gate()
        self.modes = Modes(Mode(settings.moderation.mode), clock)
        self.health: Callable[[], list[SourceHealth]] = list
        self.shelf = shell.shelf(self._photo)
        shell.beat.pace(*shell.brand.pace(settings.wall.speed, settings.wall.seconds_per_screen), READABLE)
        shell.read_from_afar(settings.hall.least)
        show = playlist(settings.turns, settings.fairness)
        self.talk = Talk(self.gate, clock, stop_words())
        self.rotation = Rotation(self.gate, clock, show, settings.event.timezone, self.talk.count)
        self.stage = WallStage(
            gate=self.gate,
            draw=self.rotation.draw,
            shelf=self.shelf,
            press=shell.press,
            cards=shell.cards,
            clock=clock,
            counters=counters,
            columns=settings.wall.columns,
            least=settings.hall.least,
            words=BigWords(self.talk.terms, shell.brand.theme.font.family),
        )
        self.orders = Orders(
            rotation=self.rotation,
            gate=self.gate,
            ledger=ledger,
            panic=self.panic,
            clock=clock,
            counters=counters,
            by=settings.moderation.moderator,
        )
        self.director = Director(
            stage=self.stage,
            gate=self.gate,
            rotation=self.rotation,
            orders=self.orders,
            ledger=ledger,
            panic=self.panic,
            clock=clock,
            counters=counters,
        )
        self.commands = Desk(
            ledger=ledger,
            gate=self.gate,
            stage=self.stage,
            panic=self.panic,
            clock=clock,
            counters=counters,
            by=settings.moderation.moderator,
        )
        self._errands = Errands(counters, "Panic from the wall's keyboard failed")
        self.stage.panic = self._panic_chord

    def _panic_chord(self) -> None:
        """Panic from the wall's own keyboard, where there is no desk; a desk takes this over and may leave it, too."""
        if not self.panic.raised:
            self._errands.begin(self._raise())

    async def _raise(self) -> None:
        await self.commands.panic()

    async def furnish(self, described: EventDescribed) -> None:
        """Open the gate to what was approved before, newest first in memory, and name the gathering."""
        approved = await self.ledger.read(lambda f: f.states(Standing.APPROVED, limit=CAPACITY, newest=True))
        self.gate.open_to(reversed(approved))
        self.rotation.remember(await self.ledger.read(lambda f: f.shown([state.uri for state in approved])))
        pin = await self.ledger.read(lambda f: f.pinned())
        self.orders.remember(pin)
        if pin and (uri := pin.uri):
            pinned = await self.ledger.read(lambda f: f.state(uri))
            self.gate.open_to([pinned] if isinstance(pinned, PostState) else [])
        self.talk.about(described.hashtags)
        self.stage.describe(described)

    async def _photo(self, sha256: Sha256, thumbnail: bool) -> bytes | None:  # noqa: FBT001  # the shelf hands it on
        return await self.ledger.read(lambda f: f.photo(sha256, thumbnail=thumbnail))

    def announce(self) -> None:
        """Tell whoever shows the house's health that it changed."""
        self.counters.changed()

    def desk(self) -> DeskView:
        """Make what the moderator's window shows."""
        from kiosk.ui.desk import DeskView  # noqa: PLC0415  # a wall alone is up sooner without it

        return DeskView(
            desk=self.commands,
            orders=self.orders,
            ledger=self.ledger,
            gate=self.gate,
            stage=self.stage,
            panic=self.panic,
            modes=self.modes,
            counters=self.counters,
            clock=self.clock,
            health=lambda: self.health(),  # noqa: PLW0108  # the sources come later and replace it
            shelf=self.shelf,
            press=self.shell.press,
            cards=self.shell.cards,
            title=self.settings.event.name,
            timezone=self.settings.event.timezone,
        )


def latch_of(event_file: Path) -> Path:
    """Where panic is latched: beside the event file, so that it belongs to the event."""
    return event_file.with_name(event_file.name + ".panic")
