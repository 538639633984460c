"""What a source that reads files is given in tests, and photos that differ; no server is needed for it."""

from __future__ import annotations

import hashlib
import os
import time
from functools import cache
from typing import TYPE_CHECKING, Any

from factories import jpeg

from kiosk.domain.captions import Caption
from kiosk.domain.errors import MediaError
from kiosk.sources.source import Means

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path


async def silent(picture: bytes) -> Caption:
    """Stands in for the sandbox: takes any JPEG, which says nothing of itself."""
    if not picture.startswith(b"\xff\xd8"):
        raise MediaError("The picture is neither JPEG, PNG, WebP, GIF, AVIF nor HEIF.")
    return Caption()


def means(folder: Path, caption: Callable[[bytes], Awaitable[Caption]] = silent) -> Means:
    nothing: Any = None
    return Means(
        client=nothing, hashtags=(), token="", folder=folder, vault=nothing, parse_feed=nothing, caption=caption
    )


def photo(number: int) -> bytes:
    """A small JPEG that differs from that of any other number."""
    plain = _plain()
    comment = f"number {number}".encode()
    return plain[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + plain[2:]


@cache
def _plain() -> bytes:
    return jpeg((16, 12))


def put(path: Path, content: bytes | str, *, age: float = 3600) -> str:
    """Write a file that was last changed `age` seconds ago; its SHA-256."""
    content = content.encode() if isinstance(content, str) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    moment = time.time() - age
    os.utime(path, (moment, moment))
    return hashlib.sha256(content).hexdigest()
