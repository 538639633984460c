"""Reads an EVENT.toml and checks it; a fault names file, line, key and the nearest valid one."""

from __future__ import annotations

import re
import tomllib
import zoneinfo
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final, TypeGuard, TypeVar, get_args, get_type_hints

import msgspec

from kiosk.domain.errors import SettingsError
from kiosk.domain.scenes import SCENES
from kiosk.settings.tables import EventTable, ModerationTable, Settings, SourceTable, WallTable
from kiosk.settings.template import TABLES, header, type_name

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

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
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path}: the file is not UTF-8 text; save it as UTF-8.") from error
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}; `kiosk init` writes a file to start from.") from error
    try:
        tables = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also a number of 5000 digits, or a list in a list in a list…
        line = re.search(r"at line (\d+)", str(error))
        raise SettingsError(f"{path}:{line[1] if line else len(text.splitlines())}: not TOML: {error}") from error
    reader = _Reader(path, text)
    return reader.settings(tables, kinds)


S = TypeVar("S", bound=msgspec.Struct)


class _Reader:
    """Checks one file's tables and says where in its text a fault stands."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._lines = text.splitlines()

    def settings(self, tables: dict[str, object], kinds: Kinds) -> Settings:
        for name, found in tables.items():
            if name not in TABLES:
                raise self._stray(name, found, kinds)
        sources = tables.get("source", [])
        if not _is_list(sources):
            raise self._fault("source", "", 0, "write [[source]] with two brackets", "")
        result = Settings(
            event=self._table(EventTable, "event", tables.get("event", {})),
            moderation=self._table(ModerationTable, "moderation", tables.get("moderation", {})),
            wall=self._table(WallTable, "wall", tables.get("wall", {})),
            source=tuple(self._source(table, index, kinds) for index, table in enumerate(sources)),
            folder=self._path.parent,
        )
        self._check(result)
        return result

    def _source(self, found: object, index: int, kinds: Kinds) -> SourceTable:
        """A network's own table; its kind is looked at first, because it decides which keys there are."""
        kind = found.get("kind", SourceTable().kind) if _is_table(found) else SourceTable().kind
        if not isinstance(kind, str):
            raise self._fault("source", "kind", index, f"“kind” wants {type_name(str)}", "")
        if kind not in kinds:
            raise self._fault("source", "kind", index, f"there is no network “{kind}”", _nearest(kind, kinds))
        return self._table(kinds[kind], "source", found, index)

    def _table(self, struct: type[S], name: str, found: object, index: int = 0) -> S:
        if not _is_table(found):
            raise self._fault(name, "", index, f"“{name}” must be a table: [{name}]", "")
        values: dict[str, object] = {}
        hints = get_type_hints(struct, include_extras=True)
        for key, value in found.items():
            if key not in hints:
                raise self._fault(name, key, index, f"[{name}] has no key “{key}”", _nearest(key, hints))
            try:
                values[key] = msgspec.convert(value, hints[key])
            except msgspec.ValidationError as error:
                kind = get_args(hints[key])[0]
                choices = [choice for choice in get_args(kind) if isinstance(choice, str)]
                hint = _nearest(value, choices) if isinstance(value, str) else ""
                raise self._fault(name, key, index, f"“{key}” wants {type_name(kind)} ({error})", hint) from error
        return struct(**values)

    def _stray(self, name: str, found: object, kinds: Kinds) -> SettingsError:
        """A table that is not known, or a key above all tables."""
        if _is_table(found) or (_is_list(found) and any(_is_table(item) for item in found)):
            return self._fault(name, "", 0, f"there is no table [{name}]", _nearest(name, TABLES))
        places = [*TABLES.items(), *(("source", struct) for struct in kinds.values())]
        for table, struct in places:
            if name in struct.__struct_fields__:
                return self._fault("", name, 0, f"“{name}” stands above all tables; move it below {header(table)}", "")
        keys = [key for _, struct in places for key in struct.__struct_fields__]
        return self._fault("", name, 0, f"“{name}” stands above all tables and is no key", _nearest(name, keys))

    def _check(self, settings: Settings) -> None:
        try:
            zoneinfo.ZoneInfo(settings.event.timezone)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
            zone = settings.event.timezone
            hint = _nearest(zone, zoneinfo.available_timezones())
            raise self._fault("event", "timezone", 0, f"“{zone}” is no time zone", hint) from error
        for scene in settings.wall.playlist:
            if scene not in SCENES:
                raise self._fault("wall", "playlist", 0, f"there is no scene “{scene}”", _nearest(scene, SCENES))
        if not settings.wall.playlist:
            raise self._fault("wall", "playlist", 0, "the playlist is empty; name at least one scene", "")
        area = settings.wall.area
        if area and (len(area) != AREA or min(area) < 0 or min(area[2:]) < SMALLEST):
            what = f"area wants four numbers, x, y, width and height, the last two at least {SMALLEST}"
            raise self._fault("wall", "area", 0, what, "")
        for index, source in enumerate(settings.source):
            if source.needs_hashtags and not settings.event.hashtags:
                raise self._fault("event", "hashtags", 0, "hashtags is empty; name at least one tag to look for", "")
            for fault in source.faults():
                raise self._fault("source", fault.key, index, fault.what, fault.hint)

    def _fault(self, table: str, key: str, index: int, what: str, hint: str) -> SettingsError:
        sentence = f"{self._path}:{self._line(table, key, index)}: {what}"
        return SettingsError(f"{sentence}; did you mean “{hint}”?" if hint else f"{sentence}.", key=key, hint=hint)

    def _line(self, table: str, key: str, index: int) -> int:
        """The line of `key` in the `index`-th table of that name ("": above all); the table's own without a key."""
        inside, seen, header = table == "", 0 if table == "" else -1, 0
        for number, line in enumerate(self._lines, 1):
            if match := re.match(r"\s*\[{1,2}\s*[\"']?([^\]\s\"']+)[\"']?\s*\]", line):
                inside = match[1] == table
                seen += inside
                header = number if inside and seen == index else header
            elif inside and seen == index and key and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*[.=]", line):
                return number
        return header or self._loose(table)

    def _loose(self, table: str) -> int:
        """The first line that speaks of a table without its own header: `wall = {…}`, `wall.theme = …`, `[wall.x]`."""
        words = rf"\s*\[*\s*[\"']?{re.escape(table)}[\"']?\s*[.=]"
        return next((number for number, line in enumerate(self._lines, 1) if table and re.match(words, line)), 1)


def _is_table(found: object) -> TypeGuard[dict[str, object]]:
    """TOML's keys are always texts."""
    return isinstance(found, dict)


def _is_list(found: object) -> TypeGuard[list[object]]:
    return isinstance(found, list)


def _nearest(word: str, valid: Iterable[str]) -> str:
    close = get_close_matches(word, [str(name) for name in valid], n=1, cutoff=0.5)
    return close[0] if close else ""
