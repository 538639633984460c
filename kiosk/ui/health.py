"""Whether anything is wrong: every source's state, figures and words, and the faults that were survived."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtQml import QmlElement

from kiosk.ui.qt import Property, QmlUncreatable
from kiosk.ui.told import RESTING, told

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from zoneinfo import ZoneInfo

    from kiosk.runtime.counters import Counters
    from kiosk.runtime.health import SourceHealth
    from kiosk.ui.told import Told

QML_IMPORT_NAME = "Kiosk"
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
@QmlUncreatable("made by the health of the desk")
class SourceView(QObject):
    """One source as the panel draws it; the object stays while what it tells changes."""

    changed = Signal()

    def __init__(self, name: str, what: Told, parent: QObject) -> None:
        """Tell of the source of that name."""
        super().__init__(parent)
        self.source = name
        self.told = what

    def tell(self, what: Told) -> None:
        """Tell of this from now on."""
        if what != self.told:
            self.told = what
            self.changed.emit()

    @Property(str, constant=True)
    def name(self) -> str:
        """The source's name."""
        return self.source

    @Property(str, notify=changed)
    def mark(self) -> str:
        """The state as a shape: a disc is well, a triangle waits, a square wants a hand."""
        return self.told.mark

    @Property(int, notify=changed)
    def rank(self) -> int:
        """How much it wants of the operator: 0 nothing, 1 nothing yet, 2 patience, 3 a hand."""
        return self.told.rank

    @Property(str, notify=changed)
    def state(self) -> str:
        """The state in words."""
        return self.told.state

    @Property(str, notify=changed)
    def facts(self) -> str:
        """Its figures in one line."""
        return self.told.facts

    @Property(str, notify=changed)
    def words(self) -> str:
        """What an operator must know, a sentence a line; "" where all is well."""
        return self.told.words


@QmlElement
@QmlUncreatable("made by the desk")
class Health(QObject):
    """What the desk's health panel lists; times are the venue's."""

    changed = Signal()
    sourcesChanged = Signal()

    def __init__(self, health: Callable[[], Sequence[SourceHealth]], counters: Counters, zone: ZoneInfo) -> None:
        """Ask `health` and `counters` anew whenever they changed."""
        super().__init__()
        self._health = health
        self._counters = counters
        self._zone = zone
        self._sources: list[SourceView] = []
        self.changed.connect(self._look)  # a fault may be counted on any thread; this is done on ours
        counters.changed = self.changed.emit
        self._look()

    @Slot()
    def _look(self) -> None:
        known = {view.source: view for view in self._sources}
        views: list[SourceView] = []
        for health in self._health():
            what = told(health, self._zone)
            view = known.get(health.name) or SourceView(health.name, what, self)
            view.tell(what)
            views.append(view)
        views.sort(key=lambda view: -max(view.told.rank, RESTING))
        if views != self._sources:
            self._sources = views
            self.sourcesChanged.emit()

    @Property("QVariantList", notify=sourcesChanged)
    def sources(self) -> list[SourceView]:
        """Every source, those that want something first, else as the event's file lists them."""
        return self._sources

    @Property(int, notify=changed)
    def well(self) -> int:
        """How many sources want nothing."""
        return sum(view.told.rank <= RESTING for view in self._sources)

    @Property("QStringList", notify=changed)
    def faults(self) -> list[str]:
        """One line per kind of fault that was survived."""
        return self._counters.lines()
