"""Brings a picture's bytes from wherever they are: the web, or the source that alone can fetch them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from kiosk.domain.errors import MediaError, Unavailable
from kiosk.sources.source import Picturing, picture_reference

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kiosk.runtime.attachments import Fetcher
    from kiosk.sources.source import Source

LARGEST: Final = 15_000_000
"""Bytes of one picture."""

SECONDS: Final = 60.0
"""Seconds that a source may take for one picture."""


class AnyPicture:
    """Asks the web for web addresses and a source for its own; see `sources.source.picture_address`."""

    def __init__(self, web: Fetcher, sources: Iterable[Source]) -> None:
        """Ask `web` for what no source claims."""
        self._web = web
        self._sources = {source.name: source for source in sources if isinstance(source, Picturing)}

    async def picture(self, url: str) -> bytes:
        """Return the bytes behind an address.

        Raises:
            Unavailable: where a later try may succeed.
            KioskError: where it will not.

        """
        own = picture_reference(url)
        if own is None:
            return await self._web.picture(url)
        name, reference = own
        source = self._sources.get(name)
        if source is None:
            raise MediaError(f"The picture belongs to the source {name}, which is not in the event's file any more.")
        try:
            async with asyncio.timeout(SECONDS):
                found = await source.picture(reference)
        except TimeoutError as error:
            raise Unavailable(f"{name} did not give the picture within {SECONDS:g} seconds.") from error
        if len(found) > LARGEST:
            raise MediaError(f"The picture has more than {LARGEST / 1_000_000:g} MB.")
        return found
