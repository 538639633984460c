"""The wall as the director's stage: brings posts onto the glass through the gate and takes them off at once."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtQml import QmlElement

from kiosk.domain.reading import has_photo
from kiosk.domain.scenes import SCENES
from kiosk.ui.columns import Placed
from kiosk.ui.errands import Errands
from kiosk.ui.glass import Glass, extent
from kiosk.ui.hand import FADED, Hand
from kiosk.ui.layouts import LAYOUTS, View
from kiosk.ui.qt import Property, QmlUncreatable
from kiosk.ui.stream import Stream

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Collection

    from kiosk.domain.events import EventDescribed
    from kiosk.domain.model import PostState, PostUri
    from kiosk.domain.scenes import Cue, Scene
    from kiosk.runtime.clocks import Clock
    from kiosk.runtime.counters import Counters
    from kiosk.runtime.gate import Gate
    from kiosk.ui.bigwords import BigWords
    from kiosk.ui.layouts import Layout
    from kiosk.ui.photos import CardProvider, PhotoShelf
    from kiosk.ui.press import Press

    Draw = Callable[[str, Collection[PostUri]], PostState | None]

QML_IMPORT_NAME = "Kiosk"
QML_IMPORT_MAJOR_VERSION = 1

HEADER_SHARE: Final = 0.105
"""The header's height, as a share of the screen's."""

GROUND: Final = "scroll"
"""The scene that lies beneath all others, and that the stage goes back to where another has nothing left to show."""


MISFITS: Final = 4
"""After how many posts that found no room a page counts as full."""


@QmlElement
@QmlUncreatable("made by the shell")
class WallStage(QObject):
    """Implements `runtime.stage.Stage`. A post's pixels exist in exactly two places: its pressed card, and an
    item that shows the card; `withdraw` drops both before it returns.
    """

    sceneChanged = Signal()
    raisedChanged = Signal()
    emptyChanged = Signal()
    describedChanged = Signal()
    sizeChanged = Signal()

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
        columns: int = 0,
        least: float = 0.0,
        words: BigWords,
    ) -> None:
        """Show nothing yet; `resize` says how large the wall is. `draw` chooses the next post for a scene; text is at
        least the share `least` of the screen's height.
        """
        super().__init__()
        self._gate, self._least = gate, least
        self._glass = Glass(gate=gate, shelf=shelf, press=press, cards=cards, clock=clock)
        self._glass.columns = columns
        self._errands = Errands(counters, "A card could not be made")
        self._streams = {name: self._stream(scene, draw) for name, scene in SCENES.items() if scene.flows}
        self._hands = {name: Hand(self._glass, self) for name, scene in SCENES.items() if scene.slots}
        self._words = words
        self._wanted: Cue | None = None
        self._dealt: Cue | None = None
        self._scene = GROUND
        self._described: EventDescribed | None = None
        self.changed: Callable[[], None] = lambda: None
        self.panic: Callable[[], None] = lambda: None
        for stream in self._streams.values():
            stream.changed.connect(self._changed)

    def _stream(self, scene: Scene, draw: Draw) -> Stream:
        return Stream(self._glass, partial(draw, scene.name), self._errands, scene.cards[0], self)

    def show(self, cue: Cue) -> None:
        """Cross-fade to a cue's scene; a further page of the cue that is up goes on with the same cards."""
        scene = SCENES[cue.scene]
        self._wanted = cue
        if scene.flows:
            self._enter(cue.scene)
            self._streams[cue.scene].fill()
        elif scene.terms:
            self._words.deal(self._view(scene))
            self._enter(cue.scene if len(self._words) else GROUND)
        elif not scene.slots:
            self._enter(cue.scene)
        elif scene.photos and scene.slots > 1 and cue.page and self._goes_on(cue):
            self._errands.begin(self._rise(cue))
        elif cue.posts:
            self._errands.begin(self._deal(scene, cue))

    def pages(self, cue: Cue) -> int:
        """In how many pages a scene of one post shows it, 0 where a scene has pages of another kind."""
        scene = SCENES[cue.scene]
        state = self._gate.state(cue.posts[0]) if scene.slots == 1 and cue.posts else None
        if state is None or scene.photos:
            return 0
        return self._glass.pages(scene.cards[0], state, self._view(scene)[:2])

    def _goes_on(self, cue: Cue) -> bool:
        shown = self._dealt
        return shown is not None and (shown.scene, shown.posts) == (cue.scene, cue.posts)

    def withdraw(self, uris: Collection[PostUri]) -> None:
        """Take these posts' pixels away; the next frame is painted without them."""
        keys = self._glass.keys_of(uris)
        for key in keys:
            self._glass.forget(key)
        for holder in (*self._streams.values(), *self._hands.values()):
            holder.withdraw(keys)
        hand = self._hands.get(self._scene)
        self._words.recount()
        if (hand is not None and not len(hand)) or (SCENES[self._scene].terms and not len(self._words)):
            self._enter(GROUND)
        self._changed()

    def slate(self, *, raised: bool) -> None:
        """Cover everything with the safe slate, or uncover a stage that was emptied first."""
        self._glass.covered = raised
        self._words.clear()
        self.withdraw(self._glass.posts())
        self._wanted = self._dealt = None
        self.raisedChanged.emit()
        if not raised:
            for stream in self._streams.values():
                stream.begin_anew()
            self._enter(GROUND)
            self.fill()

    def on_glass(self) -> tuple[PostUri, ...]:
        """Which posts have pixels on the wall now."""
        return self._glass.posts()

    async def ready(self) -> None:
        """Wait until every card that was asked for has come."""
        await self._errands.finished()

    def describe(self, described: EventDescribed) -> None:
        """Name the gathering in the header and on the slate."""
        self._described = described
        self.describedChanged.emit()

    def resize(self, width: int, height: int) -> None:
        """Lay the wall out anew for a window of that size in pixels."""
        if (width, height) == self._glass.size:
            return
        self._glass.size = (width, height)
        self._words.resize(self._view(next(scene for scene in SCENES.values() if scene.terms)))
        self.withdraw(self._glass.posts())
        for name, stream in self._streams.items():
            stream.resize(*self._view(SCENES[name]))
        self.sizeChanged.emit()
        self.fill()

    @property
    def header(self) -> int:
        """The header's height in pixels."""
        return round(self._glass.size[1] * HEADER_SHARE)

    def _view(self, scene: Scene) -> View:
        width, height = self._glass.size
        return View(width, height if scene.bare else height - self.header, height, self._least)

    def fill(self) -> None:
        """Draw posts for the scene that is up, where it draws them for itself."""
        if stream := self._streams.get(self._scene):
            stream.fill()

    async def _deal(self, scene: Scene, cue: Cue) -> None:
        """Press a cue's cards, then show them all at once; one that took so long that another is wanted is too late."""
        layout = LAYOUTS[scene.name](self._view(scene), len(cue.posts))
        cards: list[Placed] = []
        page = cue.page if scene.slots == 1 else 0
        misfits = 0
        for state in filter(None, map(self._gate.state, cue.posts[: scene.slots])):
            if cue is self._wanted and misfits < MISFITS and (has_photo(state) or not scene.photos):
                placed = [card async for card in self._placed(scene, layout, state, page)]
                cards += placed
                misfits += not placed
        cards = [card for card in layout.settled(cards) if self._glass.holds(card.key)]
        if cue is not self._wanted:
            for card in cards:
                self._glass.forget(card.key)
            return
        if not cards:
            return
        self._dealt = cue
        dealing = asyncio.ensure_future(self._hands[scene.name].deal(cards, cue.dwell))
        await asyncio.sleep(0)
        self._enter(scene.name)
        self._changed()
        await dealing
        self._changed()

    async def _placed(self, scene: Scene, layout: Layout, state: PostState, page: int) -> AsyncIterator[Placed]:
        """Press a post's cards and give each its place; none where there is no room, or it may not be shown."""
        for part, component in enumerate(scene.cards):
            card = await self._glass.pressed(component, state, layout.room(part), page)
            if card is None:
                return
            key = self._glass.keep(state, card)
            placed = layout.place(key, part, extent(card))
            if placed is None:
                self._glass.forget(key)
                return
            yield placed

    async def _rise(self, cue: Cue) -> None:
        """Let the post of that page rise out of its place among the others."""
        hand = self._hands[cue.scene]
        state = self._gate.state(cue.posts[(cue.page - 1) % len(cue.posts)])
        if state is None:
            return
        mine = set(self._glass.keys_of((state.uri,)))
        origin = next((card for card in hand.cards() if card.key in mine), None)
        view = self._view(SCENES[cue.scene])
        card = origin and await self._glass.pressed("SpotlightCard", state, view[:2])
        if card is not None and origin is not None and cue is self._wanted:
            await hand.rise(Placed(self._glass.keep(state, card), 0, 0, *extent(card)), origin)
            self._changed()

    def _enter(self, scene: str) -> None:
        if scene != self._scene:
            left, self._scene = self._scene, scene
            self.sceneChanged.emit()
            self.emptyChanged.emit()
            if left in self._hands:
                self._errands.begin(self._clear(left))

    async def _clear(self, scene: str) -> None:
        """Forget what a scene held once it has faded out."""
        await asyncio.sleep(FADED)
        if self._scene != scene:
            self._hands[scene].clear()
            self._changed()

    def _changed(self) -> None:
        self.emptyChanged.emit()
        self.changed()

    @Slot()
    def panicChord(self) -> None:  # noqa: N802  # QML sees it
        """Somebody pressed the panic chord on the wall's own keyboard."""
        self.panic()

    @Slot(str, result=QObject)
    def stream(self, qml: str) -> QObject | None:
        """The cards of the scene with that component, where it draws for itself."""
        return self._streams.get(_named(qml))

    @Slot(str, result=QObject)
    def hand(self, qml: str) -> QObject | None:
        """The cards of the scene with that component, where it is dealt some."""
        return self._hands.get(_named(qml))

    @Property(QObject, constant=True)
    def words(self) -> BigWords:
        """The terms of the hour, as they are set."""
        return self._words

    @Property(bool, notify=emptyChanged)
    def empty(self) -> bool:
        """Whether there is nothing on the glass where posts should be, so that the wall invites instead."""
        scene = SCENES[self._scene]
        return bool(scene.cards) and not self._glass.posts()

    @Property(str, notify=sceneChanged)
    def scene(self) -> str:
        """The scene that is up, as its QML component is called."""
        return SCENES[self._scene].qml

    @Property(bool, notify=raisedChanged)
    def raised(self) -> bool:
        """Whether the safe slate covers everything."""
        return self._glass.covered

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


def _named(qml: str) -> str:
    return next(scene.name for scene in SCENES.values() if scene.qml == qml)
