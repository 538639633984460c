"""What a spool's cursor covers: folders that are to be moved, and ids to be forgotten, once it is durable."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import msgspec

from kiosk.sources.spool.boxes import Place  # noqa: TC001  # msgspec reads the annotation at run time
from kiosk.sources.spool.submission import ID

if TYPE_CHECKING:
    from kiosk.domain.model import Cursor

_FAULTS: Final = (msgspec.DecodeError, UnicodeError, RecursionError, ValueError, OverflowError)


class Row(msgspec.Struct, frozen=True, array_like=True):
    """A folder in `new/` that was read: to be moved to `taken/`, or removed where `version` is ""."""

    place: Place
    id: str
    version: str

    def renamed(self, name: str) -> Row:
        """The same with another name of its folder."""
        return Row(self.place._replace(name=name), self.id, self.version)

    def to_remove(self) -> Row:
        """The same, to be removed."""
        return Row(self.place, self.id, "")

    @property
    def sane(self) -> bool:
        """Whether it can only mean a folder in `new/` and one in `taken/`."""
        name = self.place.name
        plain = "/" not in name and "\0" not in name and not name.startswith(".") and name != ""
        return plain and ID.fullmatch(self.id) is not None and self.version.isalnum() == bool(self.version)


class Kept(msgspec.Struct, frozen=True):
    """Everything that a cursor covers and that is not followed up yet."""

    rows: tuple[Row, ...] = ()
    withdrawn: tuple[str, ...] = ()

    def encode(self) -> str:
        """As a cursor's value; names are bytes to the system and stand as Latin-1."""
        rows = tuple(row.renamed(os.fsencode(row.place.name).decode("latin-1")) for row in self.rows)
        return msgspec.json.encode(Kept(rows, self.withdrawn)).decode()


def recall(cursor: Cursor | None) -> Kept:
    """What a cursor covers; nothing where there is none or it cannot be read."""
    try:
        kept = msgspec.json.decode(cursor.value, type=Kept) if cursor else Kept()
        rows = tuple(row.renamed(os.fsdecode(row.place.name.encode("latin-1"))) for row in kept.rows)
    except _FAULTS:
        return Kept()
    sane = all(row.sane for row in rows) and all(map(ID.fullmatch, kept.withdrawn))
    return Kept(rows, kept.withdrawn) if sane else Kept()
