"""What people would see: pixels of an X display, read from outside the program, and keys pressed on it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from PIL import Image, ImageChops
from Xlib import XK, X
from Xlib.display import Display
from Xlib.ext import xtest

if TYPE_CHECKING:
    from collections.abc import Callable


class Area(NamedTuple):
    """A rectangle of the display in pixels."""

    x: int
    y: int
    width: int
    height: int


Colour = tuple[int, int, int]


class Glass:
    """One X display, such as `:7`."""

    def __init__(self, display: str) -> None:
        self.display = display
        self._connection = Display(display)
        self._root = self._connection.screen().root

    def picture(self, area: Area) -> Image.Image:
        image = self._root.get_image(*area, X.ZPixmap, 0xFFFFFFFF)
        return Image.frombuffer("RGB", (area.width, area.height), image.data, "raw", "BGRX", 0, 1)

    def count(self, colour: Colour, area: Area, *, tolerance: int = 24) -> int:
        """How many pixels of `area` are within `tolerance` of `colour` in each channel."""
        return self._mask(colour, area, tolerance).histogram()[255]

    def colours(self, area: Area) -> dict[Colour, int]:
        """How many pixels of `area` each colour has, at half its size; only exact colours can be told apart."""
        small = self.picture(area).resize((area.width // 2, area.height // 2), Image.Resampling.NEAREST)
        return {colour: number * 4 for number, colour in small.getcolors(1 << 24)}

    def place(self, colour: Colour, area: Area, *, tolerance: int = 24) -> Area | None:
        """The smallest rectangle of the display that holds that colour's pixels of `area`, None without any."""
        box = self._mask(colour, area, tolerance).getbbox()
        return box and Area(area.x + box[0], area.y + box[1], box[2] - box[0], box[3] - box[1])

    def _mask(self, colour: Colour, area: Area, tolerance: int) -> Image.Image:
        picture = self.picture(area)
        away = ImageChops.difference(picture, Image.new("RGB", picture.size, colour))
        masks = [band.point([255 * (step <= tolerance) for step in range(256)]) for band in away.split()]
        return ImageChops.darker(ImageChops.darker(masks[0], masks[1]), masks[2])

    def wait(self, condition: Callable[[], bool], *, seconds: float, pause: float = 0.05) -> float:
        """Wait until `condition` holds; how long that took, in seconds.

        Raises:
            TimeoutError: where it does not hold within `seconds`.

        """
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            if condition():
                return time.monotonic() - began
            time.sleep(pause)
        raise TimeoutError(f"not seen on {self.display} within {seconds} s")

    def wait_steadily(self, condition: Callable[[], bool], *, steady: float, seconds: float) -> float:
        """Wait until `condition` has held for `steady` seconds on end; when that began, in seconds from now.

        A cross-fade mixes colours for a moment; what holds longer is not a transition.

        Raises:
            TimeoutError: where it does not within `seconds`.

        """
        began = time.monotonic()
        since: float | None = None
        while (now := time.monotonic()) - began < seconds:
            since = (since or now) if condition() else None
            if since is not None and now - since >= steady:
                return since - began
            time.sleep(0.2)
        raise TimeoutError(f"not steadily so on {self.display} within {seconds} s")

    def window(self, title: str, *, seconds: float = 30) -> int:
        """The X window whose title begins so, waiting for it."""
        found: list[int] = []

        def look() -> bool:
            found[:] = [child.id for child in self._tree(self._root) if self._title(child).startswith(title)]
            return bool(found)

        self.wait(look, seconds=seconds, pause=0.2)
        return found[0]

    def _title(self, window: object) -> str:
        name = window.get_full_text_property(self._connection.intern_atom("_NET_WM_NAME"))
        return name if isinstance(name, str) else ""

    def _tree(self, window: object) -> list:
        children = window.query_tree().children
        return [*children, *(deep for child in children for deep in self._tree(child))]

    def focus(self, window: int) -> None:
        """Give a window the keyboard, as a window manager would."""
        self._connection.create_resource_object("window", window).set_input_focus(X.RevertToParent, X.CurrentTime)
        self._connection.sync()

    def press(self, *keys: str) -> None:
        """Press these keys together on the focused window, as a keyboard does (XTEST)."""
        codes = [self._connection.keysym_to_keycode(XK.string_to_keysym(key)) for key in keys]
        for kind, order in ((X.KeyPress, codes), (X.KeyRelease, codes[::-1])):
            for code in order:
                xtest.fake_input(self._connection, kind, code)
        self._connection.flush()

    def close(self) -> None:
        self._connection.close()
