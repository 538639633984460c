"""The look of an event on Qt's side: a theme's values are given to QML's Theme before the first window is made."""

from __future__ import annotations

from itertools import cycle, islice
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from PySide6.QtGui import QColor, QFontDatabase
from PySide6.QtQml import QQmlProperty

from kiosk.domain.errors import SettingsError
from kiosk.settings import Theme
from kiosk.settings.theme import TONES
from kiosk.ui.backdrop import BrandProvider

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtCore import QObject
    from PySide6.QtQml import QQmlEngine

UNHURRIED: Final = 120.0
"""Seconds in which Scroll moves by one screen where motion is reduced."""


READABLE: Final = 10.0
"""Seconds that a card in Scroll has at least between the lower edge and the upper one: 300 letters need as long."""

MATTE: Final = 0x99
"""How much of the matte's colour lies over a blurred photo, 0 to 255."""


class Brand(NamedTuple):
    """What an event looks like: its theme, logo and background as PNG of our own making (b"": none), and how much of
    the stage's colour lies over the background, 0 to 1.
    """

    theme: Theme
    logo: bytes = b""
    background: bytes = b""
    veil: float = 0.0

    def pace(self, speed: float, seconds: float) -> tuple[float, float]:
        """Scroll's pace as it was asked for, or hardly any where motion is reduced: pixels a second (0: by the other),
        and seconds per screen.
        """
        if self.theme.motion.reduced_motion:
            return 0.0, max(UNHURRIED, seconds)
        return speed, seconds


PLAIN: Final = Brand(Theme())
"""The first theme, without anything of the event's own."""


def dress(engine: QQmlEngine, brand: Brand) -> None:
    """Give the engine's Theme the values of `brand`.

    Raises:
        SettingsError: where the theme's font is not there.

    """
    _bring_fonts(brand.theme)
    engine.removeImageProvider("brand")
    engine.addImageProvider("brand", BrandProvider(brand))
    theme = cast("QObject", engine.singletonInstance("Kiosk", "Theme"))
    for name, value in _values(brand).items():
        if not QQmlProperty.write(theme, name, value):
            raise RuntimeError(f"Theme.qml takes no {name}")


def _bring_fonts(theme: Theme) -> None:
    for file in theme.font.files:
        if QFontDatabase.addApplicationFont(str(theme.beside(file))) < 0:
            raise SettingsError(f"The font {theme.beside(file)} of theme {theme.name} cannot be read.", key="files")
    if theme.font.family not in QFontDatabase.families():
        raise SettingsError(
            f"There is no font “{theme.font.family}”, which theme {theme.name} asks for: "
            "name the file that brings it under [font] files.",
            key="family",
        )


def _values(brand: Brand) -> dict[str, object]:
    theme = brand.theme
    colours, motion = theme.colours, theme.motion
    still = motion.reduced_motion
    return {
        "family": theme.font.family,
        "stage": QColor(colours.stage),
        "stageInk": QColor(colours.stage_ink),
        "stageQuiet": QColor(colours.stage_quiet),
        "accent": QColor(colours.accent),
        "matte": QColor.fromString(f"#{MATTE:02x}{colours.matte[1:]}"),
        "papers": _tones(colours.papers),
        "inks": _tones(colours.inks),
        "quiets": _tones(colours.quiets),
        "crossfade": 0 if still else motion.crossfade,
        "settle": 0 if still else motion.settle,
        "reducedMotion": still,
        "logo": bool(brand.logo),
        "backdrop": theme.background.kind != "plain",
        "driftPeriod": 0 if still else round(theme.background.minutes * 60_000),
    }


def _tones(colours: Iterable[str]) -> list[QColor]:
    """As many tones as posts may have, met again from the first on where the theme has fewer."""
    return [QColor(colour) for colour in islice(cycle(colours), TONES)]
