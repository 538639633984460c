"""The organiser's own pictures, logo and background, decoded in the sandbox before a window is made."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, NamedTuple

from kiosk.domain.contrast import veil, written
from kiosk.domain.errors import MediaError, SettingsError

if TYPE_CHECKING:
    from pathlib import Path

    from kiosk.media.decode import PhotoDecoder, Still
    from kiosk.settings import Theme

LARGEST: Final = 32_000_000
"""Bytes that a picture of the theme's may have."""


class Stills(NamedTuple):
    """A theme's pictures, None where it has none; `veil` is the share of the stage's colour over the background."""

    logo: Still | None = None
    background: Still | None = None
    veil: float = 0.0


async def open_stills(theme: Theme) -> Stills:
    """Read and decode what pictures a theme names.

    Raises:
        SettingsError: naming the file that is missing, damaged or too large.

    """
    wanted = (theme.logo.file, theme.background.file if theme.background.kind == "picture" else "")
    if not any(wanted):
        return Stills()
    from kiosk.media.decode import PhotoDecoder  # noqa: PLC0415  # most themes name no picture, and a wall wants to be up soon

    decoder = PhotoDecoder()
    try:
        logo, background = [await _opened(decoder, theme, file) if file else None for file in wanted]
    finally:
        await decoder.close()
    if background is None:
        return Stills(logo)
    inks = [(ink, least) for _, ink, least in theme.stage_inks]
    shown = [written(channels) for channels in background.sample]
    return Stills(logo, background, veil(theme.colours.stage, shown, inks))


async def _opened(decoder: PhotoDecoder, theme: Theme, file: str) -> Still:
    path = theme.beside(file)
    try:
        return await decoder.still(await asyncio.to_thread(_bytes, path))
    except MediaError as error:
        raise SettingsError(f"{path}, of theme {theme.name}: {error}", key="file") from error


def _bytes(path: Path) -> bytes:
    """Read a picture's bytes; a folder, a device or a giant is refused.

    Raises:
        MediaError: with the reason.

    """
    try:
        if not path.is_file():
            raise MediaError("there is no such file.")
        if path.stat().st_size > LARGEST:
            raise MediaError(f"the picture has more than {LARGEST // 1_000_000} MB.")
        return path.read_bytes()
    except OSError as error:
        raise MediaError(f"it cannot be read: {error.strerror}.") from error
