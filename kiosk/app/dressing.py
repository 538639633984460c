"""How an event comes to its look: the theme's file is read, its pictures are decoded, and Qt is given the result."""

from __future__ import annotations

from pathlib import Path

from kiosk.app.stills import open_stills
from kiosk.settings import load_theme
from kiosk.ui.brand import Brand


async def dressed(name: str, folder: Path = Path()) -> Brand:
    """Read the theme of that name; a path begins at `folder`.

    Raises:
        SettingsError: where theme, logo or background is refused, with the reason.

    """
    theme = load_theme(name, folder)
    stills = await open_stills(theme)
    return Brand(
        theme,
        logo=stills.logo.png if stills.logo else b"",
        background=stills.background.png if stills.background else b"",
        veil=stills.veil,
    )
