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
from kiosk.ui.errands import Errands
from kiosk.ui.health import Health
from kiosk.ui.preview import Preview
from kiosk.ui.qt import Property, QmlUncreatable
from kiosk.ui.rows import LOADED, DeskPost, PostRows, belongs
from kiosk.ui.thumbnails import Thumbnails

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence
    from typing import Any

    from kiosk.domain.events import Change
    from kiosk.domain.model import Sha256
    from kiosk.runtime.clocks import Clock
    from kiosk.runtime.counters import Counters
    from kiosk.runtime.desk import Desk
    from kiosk.runtime.gate import Gate
    from kiosk.runtime.ledger import Ledger
    from kiosk.runtime.modes import Modes
    from kiosk.runtime.panic import Panic
    from kiosk.runtime.supervisor import SourceHealth
    from kiosk.ui.photos import CardProvider, PhotoShelf
    from kiosk.ui.press import Press
    from kiosk.ui.stage import WallStage

QML_IMPORT_NAME = "Kiosk"
QML_IMPORT_MAJOR_VERSION = 1

STANDINGS: Final = (Standing.PENDING, Standing.APPROVED, Standing.STASHED, Standing.REJECTED)
QUEUE: Final = "queue"
AIR: Final = "air"

UNREAD: Final = 2.0
"""Seconds after an edit of the selected post for which nobody can have read its new words."""


@QmlElement
@QmlUncreatable("made by the app")
class DeskView(QObject):
    """Every action is bound to the post that was selected when the key went down, and to the content it had then."""

    selectedChanged = Signal()
    countsChanged = Signal()
    messageChanged = Signal()
    previewChanged = Signal()
    standingChanged = Signal()
    modeChanged = Signal()

    def __init__(  # noqa: PLR0913  # each is one room of the program, handed in by name
        self,
        *,
        desk: Desk,
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
        self._row = {QUEUE: 0, AIR: 0}
        self._counts = dict.fromkeys(Standing, 0)
        self._message = ""
        self._edited_at = -UNREAD
        self._preview = Preview(shelf, press, cards, clock)
        self._photo, self._avatar = "", ""
        self._alarm = Alarm(panic, desk, self._command)
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
        self._row[QUEUE] = min(self._row[QUEUE], max(0, len(self._rows) - 1))
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
        after = change.after
        if isinstance(after, PostState) and belongs(after, self._standing):
            fresh = DeskPost(after, self._clock.now())
            if row >= 0:
                self._rows.replace(row, fresh)
            else:
                self._rows.add(fresh)
            if row == self._row[QUEUE] and isinstance(change.event, PostEdited):
                self._edited_at = self._clock.monotonic()
            if row in {self._row[QUEUE], -1}:
                self._selection_moved()
        elif row >= 0:
            self._leave(row, deleted=isinstance(after, Tombstone))

    def _leave(self, row: int, *, deleted: bool) -> None:
        """A post leaves the list; one that is being looked at stays, marked, where it was deleted at its origin."""
        selected = row == self._row[QUEUE]
        post = self._rows.at(row)
        if deleted and selected and post is not None:
            self._rows.replace(row, DeskPost(post.state, self._clock.now(), gone=True))
        else:
            self._rows.remove(row)
            if row < self._row[QUEUE]:
                self._row[QUEUE] -= 1
            self._row[QUEUE] = max(0, min(self._row[QUEUE], len(self._rows) - 1))
        if selected:
            self._selection_moved()
        if len(self._rows) < LOADED // 2 < self._counts[self._standing] - 1:
            self._errands.begin(self.load())

    def _glass_changed(self) -> None:
        now = self._clock.now()
        states = (self._gate.state(uri) for uri in self._stage.on_glass())
        self._air.mirror(DeskPost(state, now) for state in states if state is not None)
        self._row[AIR] = max(0, min(self._row[AIR], len(self._air) - 1))
        if self._column == AIR:
            self._selection_moved()

    def _current(self) -> DeskPost | None:
        rows = self._rows if self._column == QUEUE else self._air
        return rows.at(self._row[self._column])

    def _selection_moved(self) -> None:
        post = self._current()
        self._photo, self._avatar = "", ""
        self.selectedChanged.emit()
        if post is not None:
            self._errands.begin(self._bring(post))

    async def _bring(self, post: DeskPost) -> None:
        await self._shelf.fetch(post.post.pictures)
        if self._current() is post:
            self._photo, self._avatar = post.post.photo, post.post.avatar
            self.selectedChanged.emit()

    def _arrived(self, sha256: Sha256) -> None:
        self._rows.refresh(sha256)
        self._air.refresh(sha256)

    def _command(self, work: Coroutine[Any, Any, str]) -> None:
        async def carry_out() -> None:
            self._say(await work)

        self._errands.begin(carry_out())

    def _say(self, message: str) -> None:
        self._message = message
        self.messageChanged.emit()

    @Slot()
    def approve(self) -> None:
        """Approve the selected post as it is shown."""
        post = self._current()
        if self._column == QUEUE and self._clock.monotonic() - self._edited_at < UNREAD:
            self._say("Its author edited this post just now; read it again before you approve it.")
        elif post is not None and not post.gone:
            self._command(self._desk.approve(post.uri, post.content))

    @Slot()
    def reject(self) -> None:
        """Reject the selected post."""
        post = self._current()
        if post is not None:
            self._command(self._desk.reject(post.uri))

    @Slot()
    def stash(self) -> None:
        """Stash the selected post."""
        post = self._current()
        if post is not None:
            self._command(self._desk.stash(post.uri))

    @Slot()
    def hide(self) -> None:
        """Take the selected post off the wall; from the queue, the one on air that is marked."""
        post = self._current()
        if self._column == QUEUE and (post is None or post.state.standing is not Standing.APPROVED):
            post = self._air.at(self._row[AIR])
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
        self.previewChanged.emit()
        self._alarm.stay()

    @Slot()
    def switchMode(self) -> None:  # noqa: N802  # QML sees it
        """Change between review and trusted authors."""
        self._say(self._modes.switch())

    @Slot(int)
    def move(self, rows: int) -> None:
        """Move the selection; a deleted post that was kept for the eye leaves now."""
        column = self._column
        list_ = self._rows if column == QUEUE else self._air
        left = list_.at(self._row[column])
        target = max(0, min(self._row[column] + rows, len(list_) - 1))
        if column == QUEUE and left is not None and left.gone and target != self._row[column]:
            self._rows.remove(self._row[column])
            target -= target > self._row[column]
        self._row[column] = max(0, target)
        self._edited_at = -UNREAD
        self._selection_moved()
        if self._preview.address:
            self._draw_preview()

    @Slot(str, int)
    def choose(self, column: str, row: int) -> None:
        """Select a row of the queue or of what is on air."""
        self._column = column
        self._row[column] = row
        self._edited_at = -UNREAD
        self._selection_moved()

    @Slot(str)
    def enter(self, column: str) -> None:
        """Go to the queue or to what is on air."""
        self.choose(column, self._row[column])

    @Slot(int)
    def look(self, number: int) -> None:
        """Show the posts of another standing: 0 pending, 1 approved, 2 stashed, 3 rejected."""
        self._standing = STANDINGS[number]
        self._column, self._row[QUEUE] = QUEUE, 0
        self.standingChanged.emit()
        self._errands.begin(self.load())

    @Slot()
    def preview(self) -> None:
        """Show the selected post as the hall would see it, or stop."""
        if self._preview.address:
            self.stay()
        else:
            self._draw_preview()

    def _draw_preview(self) -> None:
        post = self._current()
        if post is not None:
            self._errands.begin(self._draw(post))

    async def _draw(self, post: DeskPost) -> None:
        await self._preview.draw(post.state)
        self.previewChanged.emit()

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
        return self._row[QUEUE]

    @Property(int, notify=selectedChanged)
    def airRow(self) -> int:  # noqa: N802  # QML sees it
        """Which row of what is on air is selected."""
        return self._row[AIR]

    @Property(str, notify=selectedChanged)
    def column(self) -> str:
        """Which of the two lists has the keys."""
        return self._column

    @Property(DeskPost, notify=selectedChanged)
    def selected(self) -> DeskPost | None:
        """The post that keys act on."""
        return self._current()

    @Property(str, notify=selectedChanged)
    def avatar(self) -> str:
        """The selected post's avatar, once it is here."""
        return self._avatar

    @Property(str, notify=selectedChanged)
    def photo(self) -> str:
        """The selected post's photo, once it is here."""
        return self._photo

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

    @Property(str, notify=previewChanged)
    def previewCard(self) -> str:  # noqa: N802  # QML sees it
        """The preview's address, "" for none."""
        return self._preview.address

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
