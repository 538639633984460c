"""Gives memory back to the system: pictures come and go by the megabyte, and must leave no holes behind."""

from __future__ import annotations

import ctypes
from contextlib import suppress
from typing import Final

M_TRIM_THRESHOLD: Final = -1
M_MMAP_THRESHOLD: Final = -3
LARGE: Final = 256 * 1024
"""Bytes from which a block is mapped by itself, and unmapped once it is freed."""


def give_memory_back() -> bool:
    """Have glibc map every large block by itself; whether it does so now.

    By itself it raises that bound to the largest block that was ever freed (mallopt(3)), up to 32 MB: pictures then lie
    among everything else, in the heap of each thread, and what they leave is never given back.
    """
    with suppress(AttributeError, OSError):  # another C library
        libc = ctypes.CDLL(None)
        return bool(libc.mallopt(M_MMAP_THRESHOLD, LARGE)) and bool(libc.mallopt(M_TRIM_THRESHOLD, LARGE))
    return False
