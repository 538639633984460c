"""The wall as the director's stage: brings posts onto the glass through the gate and takes them off at once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtQml import QmlElement

from kiosk.domain.moderation import content_hash
from kiosk.domain.scenes import SCENES
from kiosk.ui.cards import CardStrip
from kiosk.ui.columns import Columns
from kiosk.ui.errands import Errands
from kiosk.ui.posts import PostView
from kiosk.ui.qt import Property, QmlUncreatable
from kiosk.ui.shown import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from PySide6.QtGui import QImage

    from kiosk.domain.events import EventDescribed
    from kiosk.domain.model import PostState, PostUri
    from kiosk.domain.scenes import Cue
    from kiosk.runtime.clocks import Clock
    from kiosk.runtime.counters import Counters
    from kiosk.runtime.gate import Gate
    from kiosk.ui.photos import CardProvider, PhotoShelf
    from kiosk.ui.press import Press

    Draw = Callable[[Collection[PostUri]], PostState | None]

QML_IMPORT_NAME = "Kiosk"
QML_IMPORT_MAJOR_VERSION = 1

AHEAD: Final = 0.5
"""How far below the screen cards are laid out beforehand, in screens."""

FARTHEST: Final = 100_000
"""Pixels after which the strip's origin is moved: the scene graph counts in 32-bit floats."""

HEADER_SHARE: Final = 0.105
"""The header's height, as a share of the screen's."""


@QmlElement
@QmlUncreatable("made by the shell")
class WallStage(QObject):
    """Implements `runtime.stage.Stage`. A post's pixels exist in exactly two places: its pressed card, and an
    item that shows the card; `withdraw` drops both before it returns.
    """

    sceneChanged = Signal()
    raisedChanged = Signal()
    spotlightChanged = Signal()
    emptyChanged = Signal()
    describedChanged = Signal()
    sizeChanged = Signal()
    restart = Signal()
    dropped = Signal(str)

    def __init__(  # noqa: PLR0913  # each is one room of the program, handed in by name
        self,
        *,
        gate: Gate,
        draw: Draw,
        shelf: PhotoShelf,
        press: Press,
        cards: CardProvider,
        clock: Clock,
        counters: Counters,
    ) -> None:
        """Show nothing yet; `resize` says how large the wall is."""
        super().__init__()
        self._gate = gate
        self._draw = draw
        self._shelf = shelf
        self._press = press
        self._cards = cards
        self._clock = clock
        self._counters = counters
        self._strip = CardStrip()
        self._columns = Columns(1920, 967, 1080)
        self._size = (1920, 1080)
        self._keys: dict[str, PostUri] = {}
        self._coming: set[PostUri] = set()
        self._scene = "scroll"
        self._spotlight = ""
        self._raised = False
        self._described: EventDescribed | None = None
        self._serial = 0
        self._errands = Errands(counters, "A card could not be made")
        self._in_turn = asyncio.Lock()
        self.changed: Callable[[], None] = lambda: None
        self.panic: Callable[[], None] = lambda: None

    def show(self, cue: Cue) -> None:
        """Cross-fade to a cue's scene."""
        if SCENES[cue.scene].flows:
            self._enter(cue.scene)
            self.fill()
        elif cue.posts:
            state = self._gate.state(cue.posts[0])
            if state is not None:
                self._errands.begin(self._feature(state, cue.scene))

    def withdraw(self, uris: Collection[PostUri]) -> None:
        """Take these posts' pixels away; the next frame is painted without them."""
        for key in [key for key, uri in self._keys.items() if uri in uris]:
            self._forget(key)
            self._strip.move(self._columns.leave(key))
        self._changed()

    def slate(self, *, raised: bool) -> None:
        """Cover everything with the safe slate, or uncover a stage that was emptied first."""
        self.withdraw(tuple(self._keys.values()))
        self._raised = raised
        self.raisedChanged.emit()
        if not raised:
            self._columns.clear(0)
            self.restart.emit()
            self._enter("scroll")
            self.fill()

    def on_glass(self) -> tuple[PostUri, ...]:
        """Which posts have pixels on the wall now."""
        return tuple(dict.fromkeys(self._keys.values()))

    async def ready(self) -> None:
        """Wait until every card that was asked for has come."""
        await self._errands.finished()

    def describe(self, described: EventDescribed) -> None:
        """Name the gathering in the header and on the slate."""
        self._described = described
        self.describedChanged.emit()

    def resize(self, width: int, height: int) -> None:
        """Lay the wall out anew for a window of that size in pixels."""
        if (width, height) == self._size:
            return
        self.withdraw(tuple(self._keys.values()))
        self._size = (width, height)
        self._columns = Columns(width, height - self.header, height)
        self.restart.emit()
        self.sizeChanged.emit()
        self.fill()

    @property
    def header(self) -> int:
        """The header's height in pixels."""
        return round(self._size[1] * HEADER_SHARE)

    def fill(self, offset: int = 0) -> None:
        """Draw posts for as long as the strip has room below what is seen at `offset`."""
        if self._raised:
            return
        room = offset + self._columns.height * (1 + AHEAD)
        while self._columns.shortest < room and len(self._coming) < 2 * len(SCENES):
            state = self._draw((*self.on_glass(), *self._coming))
            if state is None:
                return
            self._coming.add(state.uri)
            self._errands.begin(self._join(state, offset))

    async def _join(self, state: PostState, offset: int) -> None:
        async with self._in_turn:  # cards join in the order in which they were drawn
            try:
                card = await self._pressed("PostCard", state, self._columns.card_width, 0)
            finally:
                self._coming.discard(state.uri)
            if card is not None:
                key = self._keep(state, card)
                self._strip.add(self._columns.join(key, round(card.height() / card.devicePixelRatio())))
                self._changed()
        self.fill(offset)

    async def _feature(self, state: PostState, scene: str) -> None:
        width, height = self._size[0], self._size[1] - self.header
        card = await self._pressed("SpotlightCard", state, width, height)
        if card is None:
            return
        old, self._spotlight = self._spotlight, self._keep(state, card)
        self.spotlightChanged.emit()
        self._enter(scene)
        if old:
            await asyncio.sleep(1.5)  # it fades beneath the new one
            self._forget(old)
        self._changed()

    async def _pressed(self, component: str, state: PostState, width: int, height: int) -> QImage | None:
        """Press a card; None where the post may no longer be shown by the time that its pictures are here."""
        post, size = shown(state, self._clock.now()), self._size
        await self._shelf.fetch(post.pictures)
        if self._raised or size != self._size or not self._gate.passes(state.uri, content_hash(state)):
            return None
        card = self._press.card(component, PostView(post), width=width, height=height, screen_height=size[1])
        await asyncio.sleep(0)
        still = self._gate.passes(state.uri, content_hash(state)) and not self._raised and size == self._size
        return card if still else None

    def _keep(self, state: PostState, card: QImage) -> str:
        self._serial += 1
        key = str(self._serial)
        self._cards.put(key, card)
        self._keys[key] = state.uri
        return key

    def _forget(self, key: str) -> None:
        self._cards.drop(key)
        self._keys.pop(key, None)
        self._strip.remove(key)
        self.dropped.emit(key)
        if key == self._spotlight:
            self._spotlight = ""
            self.spotlightChanged.emit()
            self._enter("scroll")

    def _enter(self, scene: str) -> None:
        if scene != self._scene:
            self._scene = scene
            self.sceneChanged.emit()

    def _changed(self) -> None:
        self.emptyChanged.emit()
        self.changed()

    @Slot()
    def panicChord(self) -> None:  # noqa: N802  # QML sees it
        """Somebody pressed the panic chord on the wall's own keyboard."""
        self.panic()

    @Slot(int, result=int)
    def advance(self, offset: int) -> int:
        """The strip has moved so far: forget what left above, draw what is needed below.

        Returns by how much the strip's origin was moved down, so that places stay small numbers for days.
        """
        for key in self._columns.pass_above(offset):
            self._forget(key)
            self._changed()
        shift = offset if offset > FARTHEST else 0
        if shift:
            self._strip.move(self._columns.rebase(shift))
        self.fill(offset - shift)
        return shift

    @Property(QObject, constant=True)
    def strip(self) -> QObject:
        """The Scroll scene's cards."""
        return self._strip

    @Property(int, notify=emptyChanged)
    def end(self) -> int:
        """How far down the strip has content, in pixels."""
        return self._columns.shortest

    @Property(bool, notify=emptyChanged)
    def empty(self) -> bool:
        """Whether there is nothing on the glass, so that the wall invites instead."""
        return not self._keys

    @Property(str, notify=sceneChanged)
    def scene(self) -> str:
        """The scene that is up, as its QML component is called."""
        return SCENES[self._scene].qml

    @Property(str, notify=spotlightChanged)
    def spotlight(self) -> str:
        """The key of the spotlight's card, "" for none."""
        return self._spotlight

    @Property(bool, notify=raisedChanged)
    def raised(self) -> bool:
        """Whether the safe slate covers everything."""
        return self._raised

    @Property(int, notify=sizeChanged)
    def headerHeight(self) -> int:  # noqa: N802  # QML sees it
        """The header's height in pixels."""
        return self.header

    @Property(str, notify=describedChanged)
    def title(self) -> str:
        """The event's name."""
        return self._described.name if self._described else "Tweetup Wall"

    @Property(str, notify=describedChanged)
    def hashtag(self) -> str:
        """The event's first hashtag, with its #."""
        tags = self._described.hashtags if self._described else ()
        return f"#{tags[0].lstrip('#')}" if tags else ""

    @Property(str, notify=describedChanged)
    def join(self) -> str:
        """How to take part."""
        return self._described.join if self._described else ""
