"""Whether anything is wrong, in sentences: every source's state, and the faults that were survived."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtQml import QmlElement

from kiosk.ui.qt import Property, QmlUncreatable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from kiosk.runtime.counters import Counters
    from kiosk.runtime.supervisor import SourceHealth

QML_IMPORT_NAME = "Kiosk"
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
@QmlUncreatable("made by the desk")
class Health(QObject):
    """What the desk's health panel lists; times are the venue's."""

    changed = Signal()

    def __init__(self, health: Callable[[], Sequence[SourceHealth]], counters: Counters, zone: ZoneInfo) -> None:
        """Ask `health` and `counters` anew whenever they changed."""
        super().__init__()
        self._health = health
        self._counters = counters
        self._zone = zone
        counters.changed = self.changed.emit

    @Property("QStringList", notify=changed)
    def sources(self) -> list[str]:
        """One entry per source: name, state, posts seen, last success, next poll, last error."""
        return [self._lines(health) for health in self._health()]

    @Property("QStringList", notify=changed)
    def faults(self) -> list[str]:
        """One line per kind of fault that was survived."""
        return self._counters.lines()

    def _lines(self, health: SourceHealth) -> str:
        def at(moment: datetime | None) -> str:
            return moment.astimezone(self._zone).strftime("%H:%M:%S") if moment else "–"

        facts = f"{health.posts_seen} posts · last {at(health.last_success)} · next {at(health.next_poll)}"
        lines = [f"{health.name} — {health.state}", facts, health.last_error, health.gap]
        return "\n".join(line for line in lines if line)
