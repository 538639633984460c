"""What a picture says of itself, whichever of its blocks says it."""

from __future__ import annotations

from typing import NamedTuple


class Caption(NamedTuple):
    """Who took a picture, what it shows, to whom it is credited, and when it was taken; "" for what it does not say.

    Texts are as they stood in the picture, not yet cleaned. `taken` is an ISO 8601 time, with an offset from UTC
    only where the camera knew one.
    """

    author: str = ""
    text: str = ""
    credit: str = ""
    taken: str = ""
