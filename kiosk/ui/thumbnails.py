"""Small pictures for lists: an address once the picture is here, and a word when it comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.ui.photos import Size

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiosk.domain.model import Sha256
    from kiosk.ui.errands import Errands
    from kiosk.ui.photos import PhotoShelf


class Thumbnails:
    """Brings each thumbnail once, when it is first asked for."""

    def __init__(self, shelf: PhotoShelf, errands: Errands, arrived: Callable[[Sha256], None]) -> None:
        """Fetch onto `shelf` and tell `arrived` of each picture that came."""
        self._shelf = shelf
        self._errands = errands
        self._arrived = arrived
        self._wanted: set[Sha256] = set()

    def address(self, sha256: Sha256) -> str:
        """Where QML finds the thumbnail, "" while it is on its way."""
        if self._shelf.holds(sha256, Size.THUMB):
            return f"image://photo/{sha256}/thumb"
        if sha256 not in self._wanted:
            self._wanted.add(sha256)
            self._errands.begin(self._fetch(sha256))
        return ""

    async def _fetch(self, sha256: Sha256) -> None:
        await self._shelf.fetch(((sha256, Size.THUMB),))
        self._wanted.discard(sha256)
        if self._shelf.holds(sha256, Size.THUMB):
            self._arrived(sha256)
