"""What is pinned to the wall: the newest pin, for as long as its post may be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.domain.events import Pinned, Unpinned, uri_of
from kiosk.domain.moderation import showable

if TYPE_CHECKING:
    from kiosk.domain.events import Change


def pin_after(pin: Pinned | None, change: Change) -> Pinned | None:
    """What is pinned after one more change: a pinned post that may no longer be shown takes its pin along."""
    event = change.event
    if isinstance(event, Pinned):
        return event
    if isinstance(event, Unpinned):
        return None
    mine = pin is not None and pin.uri is not None and pin.uri == uri_of(event)
    return None if mine and not showable(change.after) else pin
