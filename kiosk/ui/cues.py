"""The show in the moderator's hand: what is up, what comes next, and the orders to the director."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtQml import QmlElement

from kiosk.domain.events import Cause
from kiosk.domain.model import PostState
from kiosk.ui.qt import Property, QmlUncreatable
from kiosk.ui.words import isolated

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence
    from typing import Any

    from kiosk.domain.events import Change
    from kiosk.domain.model import PostUri
    from kiosk.domain.scenes import Cue
    from kiosk.runtime.gate import Gate
    from kiosk.runtime.ledger import Ledger
    from kiosk.runtime.orders import Orders
    from kiosk.ui.deskpost import DeskPost

    Command = Callable[[Coroutine[Any, Any, str]], None]

QML_IMPORT_NAME = "Kiosk"
QML_IMPORT_MAJOR_VERSION = 1

EVERY: Final = 4
"""At which cue a pin comes back, unless it stays for good."""

NO_POST: Final = "Select the post first."
NOTHING_UP: Final = "No scene is on the wall."
_WHY: Final = {Cause.TURN: "", Cause.PINNED: "pinned", Cause.FEATURED: "featured", Cause.BACK: "shown again"}


@QmlElement
@QmlUncreatable("made by the desk")
class Cues(QObject):
    """Each order is carried out at once, or refused with a sentence at the desk."""

    changed = Signal()

    def __init__(
        self, orders: Orders, gate: Gate, ledger: Ledger, *, selected: Callable[[], DeskPost | None], command: Command
    ) -> None:
        """Follow `orders`; `selected` is the post that keys act on, `command` carries out and tells refusals."""
        super().__init__()
        self._orders, self._gate = orders, gate
        self._selected, self._command = selected, command
        orders.listen(self.changed.emit)
        ledger.listen(self._follow)

    def _follow(self, changes: Sequence[Change]) -> None:
        """What comes next depends on what may be shown."""
        states = (state for change in changes for state in (change.before, change.after))
        if any(isinstance(state, PostState) and state.approved for state in states):
            self.changed.emit()

    @Slot()
    def feature(self) -> None:
        """Show the selected post alone, now."""
        post = self._selected()
        self._say(self._orders.feature(post.uri) if post else NO_POST)

    @Slot()
    def hold(self) -> None:
        """Keep the cue that is up, or let it go on."""
        self._say(self._orders.hold())

    @Slot()
    def next(self) -> None:
        """Go on to the next cue."""
        self._say(self._orders.next())

    @Slot()
    def back(self) -> None:
        """Show the cue before this one again."""
        self._say(self._orders.back())

    @Slot()
    def pin(self) -> None:
        """Pin the selected post: once to come back, twice for good, three times not at all."""
        post = self._selected()
        if post is None:
            self._say(NO_POST)
        else:
            self._pin(lambda every: self._orders.pin_post(post.uri, every), post.uri, "")

    @Slot()
    def pinScene(self) -> None:  # noqa: N802  # QML sees it
        """Pin the scene that is up: once to come back, twice for good, three times not at all."""
        up = self._orders.up
        if up is None:
            self._say(NOTHING_UP)
        else:
            self._pin(lambda every: self._orders.pin_scene(up.cue.scene, every), None, up.cue.scene)

    @Slot()
    def unpin(self) -> None:
        """Pin nothing."""
        self._command(self._orders.unpin())

    def _pin(self, pin: Callable[[int], Coroutine[Any, Any, str]], uri: PostUri | None, scene: str) -> None:
        now = self._orders.pin
        if now is None or (now.uri, now.scene) != (uri, scene):
            self._command(pin(EVERY))
        else:
            self._command(pin(0) if now.every else self._orders.unpin())

    def _say(self, answer: str) -> None:
        async def told() -> str:
            return answer

        self._command(told())

    def _named(self, cue: Cue | None) -> str:
        """A cue in words: its scene, and whose post it is where it is one."""
        if cue is None:
            return "nothing yet"
        whose = self._author(cue.posts[0]) if len(cue.posts) == 1 else ""
        many = f"{len(cue.posts)} posts" if len(cue.posts) > 1 else whose
        return " · ".join(part for part in (cue.scene.capitalize(), many) if part)

    def _author(self, uri: PostUri) -> str:
        state = self._gate.state(uri)
        return isolated(state.post.author.name or state.post.author.handle) if state else ""

    @Property(str, notify=changed)
    def now(self) -> str:
        """What is up, and why where it was not its turn."""
        up = self._orders.up
        why = f"{_WHY[up.cause]}{f' by {up.by}' if up.by else ''}" if up and _WHY[up.cause] else ""
        return " · ".join(part for part in (self._named(up.cue if up else None), why) if part)

    @Property(str, notify=changed)
    def upcoming(self) -> str:
        """What comes after it, as things stand."""
        return self._named(self._orders.upcoming())

    @Property(bool, notify=changed)
    def held(self) -> bool:
        """Whether the cue that is up stays until it is let go."""
        return bool(self._orders.held_by)

    @Property(str, notify=changed)
    def pinned(self) -> str:
        """What is pinned and how, "" for nothing."""
        pin = self._orders.pin
        if pin is None:
            return ""
        what = pin.scene.capitalize() if pin.uri is None else self._author(pin.uri)
        return f"{what} · at every {pin.every}th cue" if pin.every else f"{what} · until unpinned"
