"""The panic key as the desk shows it: one press raises the slate, leaving it asks, and a question grows old."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtQml import QmlElement

from kiosk.ui.qt import Property, QmlUncreatable

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

    from kiosk.runtime.desk import Desk
    from kiosk.runtime.panic import Panic

    Command = Callable[[Coroutine[Any, Any, str]], None]

QML_IMPORT_NAME = "Kiosk"
QML_IMPORT_MAJOR_VERSION = 1

ASKED_FOR: Final = 10.0
"""Seconds for which the question whether to leave panic stands; a press after that asks anew."""


@QmlElement
@QmlUncreatable("made by the desk")
class Alarm(QObject):
    """Whether panic is raised, and whether the moderator is being asked to leave it."""

    changed = Signal()

    def __init__(self, panic: Panic, desk: Desk, command: Command) -> None:
        """Follow `panic`; `command` carries out what the desk is told."""
        super().__init__()
        self._panic, self._desk, self._command = panic, desk, command
        self._asking = False
        self._questions = 0
        panic.listen(lambda _: self.changed.emit())

    def press(self) -> None:
        """Show the slate at once; in panic, ask first and leave it second."""
        if not self._panic.raised:
            self._command(self._desk.panic())
        elif self._asking:
            self._asking = False
            self._command(self._desk.calm())
        else:
            self._asking = True
            self._questions += 1
            asyncio.get_running_loop().call_later(ASKED_FOR, self._forget, self._questions)
        self.changed.emit()

    def stay(self) -> None:
        """Do not leave panic after all."""
        self._asking = False
        self.changed.emit()

    def _forget(self, question: int) -> None:
        if question == self._questions:
            self.stay()

    @Property(bool, notify=changed)
    def raised(self) -> bool:
        """Whether nothing but the safe slate may be shown."""
        return self._panic.raised

    @Property(bool, notify=changed)
    def asking(self) -> bool:
        """Whether the next press leaves panic."""
        return self._asking
