"""Reads an EVENT.toml and checks it; a fault names file, line, key and the nearest valid one."""

from __future__ import annotations

import zoneinfo
from typing import TYPE_CHECKING, Final

from kiosk.domain.scenes import SCENES
from kiosk.settings.document import Document, is_list, is_table, nearest
from kiosk.settings.tables import EventTable, ModerationTable, Settings, SourceTable, WallTable
from kiosk.settings.template import TABLES, header, type_name
from kiosk.settings.theme import theme_file, theme_names
from kiosk.settings.turns import TurnTable

if TYPE_CHECKING:
    from pathlib import Path

    from kiosk.domain.errors import SettingsError
    from kiosk.settings.template import Kinds

AREA: Final = 4
"""How many numbers say where an area is."""

SMALLEST: Final = 64
"""Pixels that each side of the wall has at least."""


def load(path: Path, kinds: Kinds) -> Settings:
    """Read and check an EVENT.toml; `kinds` are the networks that `[[source]]` may name, with their tables.

    Raises:
        SettingsError: naming file, line, key and the nearest valid one.

    """
    return _Reader(Document.read(path, "`kiosk init` writes a file to start from.")).settings(kinds)


class _Reader:
    """Checks one event's tables, and what no table knows of another."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._table = document.table
        self._fault = document.fault

    def settings(self, kinds: Kinds) -> Settings:
        tables = self._document.tables
        for name, found in tables.items():
            if name not in TABLES:
                raise self._stray(name, found, kinds)
        sources = tables.get("source", [])
        if not is_list(sources):
            raise self._fault("source", "", 0, "write [[source]] with two brackets", "")
        result = Settings(
            event=self._table(EventTable, "event", tables.get("event", {})),
            moderation=self._table(ModerationTable, "moderation", tables.get("moderation", {})),
            wall=self._wall(tables.get("wall", {})),
            turn=self._turns(tables.get("wall", {})),
            source=tuple(self._source(table, index, kinds) for index, table in enumerate(sources)),
            folder=self._document.path.parent,
        )
        self._check(result)
        return result

    def _wall(self, found: object) -> WallTable:
        """The wall's own keys, without the turns that stand in tables below it."""
        if is_table(found):
            for key in found:
                if key not in (*WallTable.__struct_fields__, "turn"):
                    near = nearest(key, (*WallTable.__struct_fields__, "turn"))
                    raise self._fault("wall", key, 0, f"[wall] has no key “{key}”", near)
            found = {key: value for key, value in found.items() if key != "turn"}
        return self._table(WallTable, "wall", found)

    def _turns(self, wall: object) -> tuple[TurnTable, ...]:
        if not is_table(wall):
            return ()
        found = wall.get("turn", [])
        if not is_list(found):
            raise self._fault("wall.turn", "", 0, "write [[wall.turn]] with two brackets", "")
        if found and "playlist" in wall:
            raise self._fault("wall", "playlist", 0, "there are [[wall.turn]] tables, too; leave one of the two", "")
        turns = tuple(self._table(TurnTable, "wall.turn", table, index) for index, table in enumerate(found))
        for index, turn in enumerate(turns):
            for fault in turn.faults():
                raise self._fault("wall.turn", fault.key, index, fault.what, fault.hint)
        return turns

    def _source(self, found: object, index: int, kinds: Kinds) -> SourceTable:
        """A network's own table; its kind is looked at first, because it decides which keys there are."""
        kind = found.get("kind", SourceTable().kind) if is_table(found) else SourceTable().kind
        if not isinstance(kind, str):
            raise self._fault("source", "kind", index, f"“kind” wants {type_name(str)}", "")
        if kind not in kinds:
            raise self._fault("source", "kind", index, f"there is no network “{kind}”", nearest(kind, kinds))
        return self._table(kinds[kind], "source", found, index)

    def _stray(self, name: str, found: object, kinds: Kinds) -> SettingsError:
        """A table that is not known, or a key above all tables."""
        if is_table(found) or (is_list(found) and any(is_table(item) for item in found)):
            return self._fault(name, "", 0, f"there is no table [{name}]", nearest(name, TABLES))
        places = [*TABLES.items(), *(("source", struct) for struct in kinds.values())]
        for table, struct in places:
            if name in struct.__struct_fields__:
                return self._fault("", name, 0, f"“{name}” stands above all tables; move it below {header(table)}", "")
        keys = [key for _, struct in places for key in struct.__struct_fields__]
        return self._fault("", name, 0, f"“{name}” stands above all tables and is no key", nearest(name, keys))

    def _check_hall(self, settings: Settings) -> None:
        wall = settings.wall
        if (wall.farthest_seat or wall.screen_width) and not wall.screen_height:
            key = "farthest_seat" if wall.farthest_seat else "screen_width"
            raise self._fault("wall", key, 0, f"{key} says nothing without screen_height; measure the picture, too", "")

    def _check(self, settings: Settings) -> None:
        try:
            zoneinfo.ZoneInfo(settings.event.timezone)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
            zone = settings.event.timezone
            hint = nearest(zone, zoneinfo.available_timezones())
            raise self._fault("event", "timezone", 0, f"“{zone}” is no time zone", hint) from error
        for scene in settings.wall.playlist:
            if scene not in SCENES:
                raise self._fault("wall", "playlist", 0, f"there is no scene “{scene}”", nearest(scene, SCENES))
        theme = settings.wall.theme
        if not theme_file(theme, settings.folder).is_file():
            what = f"there is no theme “{theme}”; there are {', '.join(theme_names())}, or a path that ends in .toml"
            raise self._fault("wall", "theme", 0, what, nearest(theme, theme_names()))
        if not settings.wall.playlist:
            raise self._fault("wall", "playlist", 0, "the playlist is empty; name at least one scene", "")
        self._check_hall(settings)
        area = settings.wall.area
        if area and (len(area) != AREA or min(area) < 0 or min(area[2:]) < SMALLEST):
            what = f"area wants four numbers, x, y, width and height, the last two at least {SMALLEST}"
            raise self._fault("wall", "area", 0, what, "")
        for index, source in enumerate(settings.source):
            if source.needs_hashtags and not settings.event.hashtags:
                raise self._fault("event", "hashtags", 0, "hashtags is empty; name at least one tag to look for", "")
            for fault in source.faults():
                raise self._fault("source", fault.key, index, fault.what, fault.hint)
