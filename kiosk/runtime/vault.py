"""What sources keep between starts and must not stand in the event file: sessions, in a file only we can read."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from pathlib import Path


class FileVault:
    """A small JSON file of mode 0600, replaced in one step at each change; a lost or damaged one counts as empty."""

    def __init__(self, path: Path) -> None:
        """Keep everything in `path`; it is made with the first value."""
        self._path = path
        self._kept: dict[str, str] | None = None

    def get(self, name: str) -> str:
        """What was kept under `name`, "" for nothing."""
        return self._all().get(name, "")

    def put(self, name: str, value: str) -> None:
        """Keep `value`; where the disk refuses, until the program ends."""
        kept = self._all()
        if kept.get(name, "") == value:
            return
        kept[name] = value
        fresh = self._path.with_name(self._path.name + ".new")
        with contextlib.suppress(OSError):
            handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(msgspec.json.encode(kept))
            fresh.replace(self._path)

    def _all(self) -> dict[str, str]:
        if self._kept is None:
            try:
                self._kept = msgspec.json.decode(self._path.read_bytes(), type=dict[str, str])
            except (OSError, msgspec.DecodeError, UnicodeError):
                self._kept = {}
        return self._kept
