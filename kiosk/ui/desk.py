"""The moderator's window as QML sees it: lists, what is selected, and one slot per key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtQml import QmlElement

from kiosk.domain.events import PostEdited, uri_of
from kiosk.domain.model import PostState, Standing, Tombstone
from kiosk.domain.moderation import Mode
from kiosk.ui.alarm import Alarm
from kiosk.ui.cues import Cues
from kiosk.ui.deskpost import DeskPost
from kiosk.ui.errands import Errands
from kiosk.ui.health import Health
from kiosk.ui.mark import Mark
from kiosk.ui.preview import Preview
from kiosk.ui.qt import Property, QmlUncreatable
from kiosk.ui.rows import LOADED, PostRows, belongs
from kiosk.ui.thumbnails import Thumbnails

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence
    from typing import Any

    from kiosk.domain.events import Change
    from kiosk.domain.model import PostUri, Sha256
    from kiosk.runtime.clocks import Clock
    from kiosk.runtime.counters import Counters
    from kiosk.runtime.desk import Desk
    from kiosk.runtime.gate import Gate
    from kiosk.runtime.health import SourceHealth
    from kiosk.runtime.ledger import Ledger
    from kiosk.runtime.modes import Modes
    from kiosk.runtime.orders import Orders
    from kiosk.runtime.panic import Panic
    from kiosk.ui.photos import CardProvider, PhotoShelf
    from kiosk.ui.press import Press
    from kiosk.ui.stage import WallStage

QML_IMPORT_NAME = "Kiosk"
QML_IMPORT_MAJOR_VERSION = 1

STANDINGS: Final = (Standing.PENDING, Standing.APPROVED, Standing.STASHED, Standing.REJECTED)
QUEUE: Final = "queue"
AIR: Final = "air"


@QmlElement
@QmlUncreatable("made by the app")
class DeskView(QObject):
    """Every action is bound to the post that was selected when the key went down, and to the content it had then."""

    selectedChanged = Signal()
    picturedChanged = Signal()
    countsChanged = Signal()
    messageChanged = Signal()
    standingChanged = Signal()
    modeChanged = Signal()

    def __init__(  # noqa: PLR0913  # each is one room of the program, handed in by name
        self,
        *,
        desk: Desk,
        orders: Orders,
        ledger: Ledger,
        gate: Gate,
        stage: WallStage,
        panic: Panic,
        modes: Modes,
        counters: Counters,
        clock: Clock,
        health: Callable[[], Sequence[SourceHealth]],
        shelf: PhotoShelf,
        press: Press,
        cards: CardProvider,
        title: str,
        timezone: str,
    ) -> None:
        """Follow the ledger from now on; `load` reads what is there already."""
        super().__init__()
        self._desk, self._ledger, self._gate, self._stage = desk, ledger, gate, stage
        self._modes, self._clock = modes, clock
        self._shelf = shelf
        self._title = title
        self._zone = ZoneInfo(timezone)
        self._health = Health(health, counters, self._zone)
        self._errands = Errands(counters, "The desk could not do what it was asked")
        thumbnails = Thumbnails(shelf, self._errands, self._arrived)
        self._rows = PostRows(thumbnails.address)
        self._air = PostRows(thumbnails.address)
        self._standing = Standing.PENDING
        self._column = QUEUE
        self._marks = {QUEUE: Mark(self._rows, clock), AIR: Mark(self._air, clock)}
        self._counts = dict.fromkeys(Standing, 0)
        self._message = ""
        self._decided: set[PostUri] = set()
        self._preview = Preview(shelf, press, cards, clock)
        self._pictured = False
        self._alarm = Alarm(panic, desk, self._command)
        self._cues = Cues(orders, gate, ledger, selected=self._current, command=self._command)
        ledger.listen(self._follow)
        stage.changed = self._glass_changed
        stage.panic = self.panic
        modes.changed = self.modeChanged.emit

    async def load(self) -> None:
        """Read the list of the standing that is looked at, oldest first."""
        standing = self._standing
        states = await self._ledger.read(lambda file: file.states(standing, limit=LOADED))
        counts = await self._ledger.read(lambda file: file.counts())
        now = self._clock.now()
        self._rows.fill(DeskPost(state, now) for state in states)
        self._counts = counts
        self._marks[QUEUE].follow()
        self.countsChanged.emit()
        self._selection_moved()

    def _follow(self, changes: Sequence[Change]) -> None:
        for change in changes:
            uri = uri_of(change.event)
            if uri is None:
                continue
            for state, step in ((change.before, -1), (change.after, 1)):
                if isinstance(state, PostState):
                    self._counts[state.standing] += step
            self._place(change)
        self.countsChanged.emit()

    def _place(self, change: Change) -> None:
        uri = uri_of(change.event)
        row = -1 if uri is None else self._rows.row_of(uri)
        after, mark = change.after, self._marks[QUEUE]
        if isinstance(after, PostState) and belongs(after, self._standing):
            fresh = DeskPost(after, self._clock.now())
            if row < 0:
                self._rows.add(fresh)
                if not mark.follow():
                    self._selection_moved()
                return
            self._rows.replace(row, fresh)
            if row == mark.row:
                if isinstance(change.event, PostEdited):
                    mark.startle()
                self._selection_moved()
        elif row >= 0:
            self._leave(row, deleted=isinstance(after, Tombstone))

    def _leave(self, row: int, *, deleted: bool) -> None:
        """A post leaves the queue; one that is being read stays, marked, where it was deleted at its origin."""
        mark, post = self._marks[QUEUE], self._rows.at(row)
        if post is not None and deleted and row == mark.row:
            self._rows.replace(row, DeskPost(post.state, self._clock.now(), gone="deleted at its origin"))
            self._selection_moved()
        elif post is not None:
            self._rows.remove(row)
            if mark.follow():
                self.selectedChanged.emit()
            else:
                if post.uri not in self._decided:
                    mark.startle()
                self._selection_moved()
            self._decided.discard(post.uri)
        if len(self._rows) < LOADED // 2 < self._counts[self._standing] - 1:
            self._errands.begin(self.load())

    def _glass_changed(self) -> None:
        """Follow the glass. What is being looked at stays, marked, when it scrolls away: H still means it."""
        now, mark = self._clock.now(), self._marks[AIR]
        states = [state for uri in self._stage.on_glass() if (state := self._gate.state(uri)) is not None]
        rows = [DeskPost(state, now) for state in states]
        looked_at = mark.post if self._column == AIR else None
        if looked_at and all(row.uri != looked_at.uri for row in rows) and (state := self._gate.state(looked_at.uri)):
            rows.append(DeskPost(state, now, gone="has left the wall for now; H keeps it off"))
        self._air.mirror(rows)
        if mark.follow():
            self.selectedChanged.emit()
        elif self._column == AIR:
            self._selection_moved()

    def _current(self) -> DeskPost | None:
        return self._marks[self._column].post

    def _selection_moved(self) -> None:
        post = self._current()
        self._show_pictures(here=False)  # before the next post is shown, or QML asks for its pictures at once
        self.selectedChanged.emit()
        if post is not None:
            self._errands.begin(self._bring(post))

    async def _bring(self, post: DeskPost) -> None:
        await self._shelf.fetch(post.post.pictures)
        if self._current() is post:
            self._show_pictures(here=True)

    def _show_pictures(self, *, here: bool) -> None:
        self._pictured = here
        self.picturedChanged.emit()

    def _arrived(self, sha256: Sha256) -> None:
        self._rows.refresh(sha256)
        self._air.refresh(sha256)

    def _command(self, work: Coroutine[Any, Any, str]) -> None:
        async def carry_out() -> None:
            self._say(await work)

        self._errands.begin(carry_out())

    def _decide(self, post: DeskPost, work: Coroutine[Any, Any, str]) -> None:
        self._decided.add(post.uri)
        self._command(work)

    def _say(self, message: str) -> None:
        self._message = message
        self.messageChanged.emit()

    def _read(self) -> bool:
        """Whether the selected post can have been read; it says so where it cannot."""
        if not self._marks[self._column].read:
            self._say("This post was edited, or came here by itself, just now; read it first.")
        return self._marks[self._column].read

    @Slot()
    def approve(self) -> None:
        """Approve the selected post as it is shown."""
        post = self._current()
        if post is not None and not post.gone and self._read():
            self._decide(post, self._desk.approve(post.uri, post.content))

    @Slot()
    def reject(self) -> None:
        """Reject the selected post."""
        post = self._current()
        if post is not None and self._read():
            self._decide(post, self._desk.reject(post.uri))

    @Slot()
    def stash(self) -> None:
        """Stash the selected post."""
        post = self._current()
        if post is not None and self._read():
            self._decide(post, self._desk.stash(post.uri))

    @Slot()
    def hide(self) -> None:
        """Take the selected post off the wall; from the queue, the one on air that is marked."""
        post = self._current()
        if self._column == QUEUE and (post is None or post.state.standing is not Standing.APPROVED):
            post = self._marks[AIR].post
        if post is not None:
            self._command(self._desk.hide(post.uri))

    @Slot()
    def undo(self) -> None:
        """Take back the last decision."""
        self._command(self._desk.undo())

    @Slot()
    def panic(self) -> None:
        """Show the slate at once; in panic, ask twice before leaving it."""
        self._alarm.press()

    @Slot()
    def stay(self) -> None:
        """Do not leave panic after all, and close what lies above the desk."""
        self._preview.drop()
        self._alarm.stay()

    @Slot()
    def switchMode(self) -> None:  # noqa: N802  # QML sees it
        """Change between review and trusted authors."""
        self._say(self._modes.switch())

    @Slot(int)
    def move(self, rows: int) -> None:
        """Move the selection; a post that was kept for the eye leaves now."""
        mark = self._marks[self._column]
        mark.put(mark.row + rows)
        self._selection_moved()
        if self._preview.up:
            self._draw_preview()

    @Slot(str, int)
    def choose(self, column: str, row: int) -> None:
        """Select a row of the queue or of what is on air."""
        self._column = column
        self._marks[column].put(row)
        self._selection_moved()

    @Slot(int)
    def look(self, number: int) -> None:
        """Show the posts of another standing: 0 pending, 1 approved, 2 stashed, 3 rejected."""
        self._standing = STANDINGS[number]
        self._column = QUEUE
        self._rows.fill(())
        self._marks[QUEUE].put(0)
        self.standingChanged.emit()
        self._errands.begin(self.load())

    @Slot()
    def preview(self) -> None:
        """Show the selected post as the hall would see it, or stop."""
        if self._preview.up:
            self.stay()
        else:
            self._draw_preview()

    def _draw_preview(self) -> None:
        post = self._current()
        if post is not None:
            self._errands.begin(self._preview.draw(post.state))

    @Property(QObject, constant=True)
    def rows(self) -> QObject:
        """The list that is looked at."""
        return self._rows

    @Property(QObject, constant=True)
    def air(self) -> QObject:
        """What is on the wall."""
        return self._air

    @Property(int, notify=selectedChanged)
    def row(self) -> int:
        """Which row of the queue is selected."""
        return self._marks[QUEUE].row

    @Property(int, notify=selectedChanged)
    def airRow(self) -> int:  # noqa: N802  # QML sees it
        """Which row of what is on air is selected."""
        return self._marks[AIR].row

    @Property(str, notify=selectedChanged)
    def column(self) -> str:
        """Which of the two lists has the keys."""
        return self._column

    @Property(DeskPost, notify=selectedChanged)
    def selected(self) -> DeskPost | None:
        """The post that keys act on."""
        return self._current()

    @Property(bool, notify=picturedChanged)
    def pictured(self) -> bool:
        """Whether the selected post's pictures are here."""
        return self._pictured

    @Property("QVariantList", notify=countsChanged)
    def counts(self) -> list[int]:
        """How many posts there are: pending, approved, stashed, rejected."""
        return [self._counts[standing] for standing in STANDINGS]

    @Property(int, notify=standingChanged)
    def looking(self) -> int:
        """Which standing is looked at, as a number of `counts`."""
        return STANDINGS.index(self._standing)

    @Property(str, notify=messageChanged)
    def message(self) -> str:
        """Why the last action was refused, "" where it was carried out."""
        return self._message

    @Property(Preview, constant=True)
    def card(self) -> Preview:
        """The preview of a post."""
        return self._preview

    @Property(Cues, constant=True)
    def cues(self) -> Cues:
        """What is up on the wall, and the orders to the director."""
        return self._cues

    @Property(Alarm, constant=True)
    def alarm(self) -> Alarm:
        """Whether panic is raised."""
        return self._alarm

    @Property(bool, notify=modeChanged)
    def trusting(self) -> bool:
        """Whether trusted authors pass without review."""
        return self._modes.mode is Mode.TRUSTED

    @Property(Health, constant=True)
    def health(self) -> Health:
        """Whether anything is wrong."""
        return self._health

    @Property(str, constant=True)
    def title(self) -> str:
        """The event's name."""
        return self._title

    @Slot(result=str)
    def clock(self) -> str:
        """The time at the venue."""
        return self._clock.now().astimezone(self._zone).strftime("%H:%M:%S")
