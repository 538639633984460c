"""The composition root: builds the rooms, owns the loop, the start order and its mirror, the stop order."""

from kiosk.app.live import run
from kiosk.app.recorded import demo, replay
from kiosk.app.show import Windows
from kiosk.app.snapshot import snapshot

__all__ = ["Windows", "demo", "replay", "run", "snapshot"]
