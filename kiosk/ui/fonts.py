"""The wall's own fonts: its letters, and pictures for every emoji up to Unicode 17, whatever the machine has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtGui import QFontDatabase

from kiosk.ui.setting import laid_out

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtGui import QFont

EMOJI: Final = "Noto Color Emoji 17"
"""The family of our emoji: Google's Noto Color Emoji 2.051, under a name of its own so that an older one that the
machine has is never taken for it."""


def add_fonts(folder: Path) -> None:
    """Let Qt use the fonts of a folder, and draw emoji with ours before any other."""
    for font in sorted((*folder.glob("*.otf"), *folder.glob("*.ttf"))):
        QFontDatabase.addApplicationFont(str(font))
    if EMOJI in QFontDatabase.families() and EMOJI not in QFontDatabase.applicationEmojiFontFamilies():
        QFontDatabase.addApplicationEmojiFontFamily(EMOJI)


def family_of(text: str, font: QFont) -> str:
    """The family that Qt draws a text with where `font` is asked for, "" where some of it has no glyph at all."""
    layout = laid_out(text, font, 0.0)
    runs = layout.lineAt(0).glyphRuns()
    return runs[0].rawFont().familyName() if runs and not tofu(text, font) else ""


def tofu(text: str, font: QFont, width: float = 0.0) -> bool:
    """Whether any of a text, in lines of that width, comes out as glyph 0: the box for what no font can write."""
    layout = laid_out(text, font, width)
    lines = map(layout.lineAt, range(layout.lineCount()))
    return any(0 in run.glyphIndexes() for line in lines for run in line.glyphRuns())
