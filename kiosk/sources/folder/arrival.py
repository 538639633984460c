"""Whether a file has arrived whole: cameras, uploads and sync clients write slowly, and in place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kiosk.sources.folder.listing import Stamp

SETTLE: Final = 4.0
"""Seconds between two looks that must find a file unchanged; a little less than the shortest interval of polls."""

OLD: Final = 5.0
"""Seconds since its last change after which one look suffices."""

PATIENCE: Final = 60.0
"""Seconds that a photo without its proper end is waited for: an upload may stall."""

_MOST_BOXES: Final = 1_000


class Arrivals:
    """Remembers files that are new or changed from look to look."""

    def __init__(self) -> None:
        """Nothing was seen yet."""
        self._seen: dict[str, tuple[Stamp, float]] = {}

    def settled(self, files: Mapping[str, Stamp], *, now: float, today: float) -> dict[str, float]:
        """Those files that do not grow any more, and for how many seconds they are known not to.

        `now` is monotonic, `today` seconds since 1970. What is not among `files` is forgotten.
        """
        seen: dict[str, tuple[Stamp, float]] = {}
        settled: dict[str, float] = {}
        for path, stamp in files.items():
            before = self._seen.get(path)
            since = before[1] if before is not None and before[0] == stamp else now
            seen[path] = (stamp, since)
            age = today - stamp.changed / 1e9
            if age >= OLD or now - since >= SETTLE:
                settled[path] = max(age, now - since)
        self._seen = seen
        return settled


def whole(photo: bytes) -> bool:
    """Whether a photo ends as its format wants; one of an unknown format does.

    See ITU-T T.81 B.1.1.3 (JPEG), PNG 11.2.5, RIFF (WebP), GIF89a 27 and ISO/IEC 14496-12 4.2 (HEIF, AVIF).
    """
    if photo.startswith(b"\xff\xd8"):
        return photo.rstrip(b"\0").endswith(b"\xff\xd9")
    if photo.startswith(b"\x89PNG"):
        return b"IEND" in photo[-16:]
    if photo.startswith(b"GIF8"):
        return photo.rstrip(b"\0").endswith(b";")
    if photo.startswith(b"RIFF"):
        return int.from_bytes(photo[4:8], "little") + 8 <= len(photo)
    return photo[4:8] != b"ftyp" or _boxes_fit(photo)


def _boxes_fit(photo: bytes) -> bool:
    at = 0
    for _ in range(_MOST_BOXES):
        size = int.from_bytes(photo[at : at + 4], "big")
        if size == 0:  # the last one goes on to the end
            return at + 8 <= len(photo)
        at += max(8, int.from_bytes(photo[at + 8 : at + 16], "big") if size == 1 else size)
        if at >= len(photo):
            return at == len(photo)
    return False
