"""What a worker gives up before it reads foreign bytes; imports next to nothing, because workers load it."""

from __future__ import annotations

import os
import resource
import sys


def confine(memory: int) -> None:
    """Give up new files and sockets, and more than `memory` bytes of address space; for the worker itself to call.

    Everything the job needs must have been loaded before.
    """
    os.nice(10)
    sys.path.clear()  # a late import fails for lack of a place, not by chance for lack of a file number
    limits = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NOFILE: 3,  # the streams that are open; poll() fails below the number it is given
        resource.RLIMIT_AS: memory,
    }
    for limit, most in limits.items():
        resource.setrlimit(limit, (most, most))
