"""One TOML file of ours: read, its tables checked against their declaration, and a fault said with its line."""

from __future__ import annotations

import re
import tomllib
from difflib import get_close_matches
from typing import TYPE_CHECKING, TypeGuard, TypeVar, get_args, get_type_hints

import msgspec

from kiosk.domain.errors import SettingsError
from kiosk.settings.template import type_name

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

S = TypeVar("S", bound=msgspec.Struct)


class Document:
    """A file's tables, and where in its text each of them stands."""

    def __init__(self, path: Path, text: str) -> None:
        """Parse `text`, which was read from `path`.

        Raises:
            SettingsError: where it is not TOML, naming the line.

        """
        self.path = path
        self._lines = text.splitlines()
        try:
            self.tables: dict[str, object] = tomllib.loads(text)
        except (ValueError, RecursionError) as error:  # also a number of 5000 digits, or a list in a list in a list…
            line = re.search(r"at line (\d+)", str(error))
            raise SettingsError(f"{path}:{line[1] if line else len(self._lines)}: not TOML: {error}") from error

    @classmethod
    def read(cls, path: Path, advice: str) -> Document:
        """Read a file; `advice` is what to do where it is not there.

        Raises:
            SettingsError: where it cannot be read, is not UTF-8 or not TOML.

        """
        try:
            text = path.read_text("utf-8-sig")
        except UnicodeDecodeError as error:
            raise SettingsError(f"{path}: the file is not UTF-8 text; save it as UTF-8.") from error
        except (OSError, ValueError) as error:  # ValueError: a name that no file can have
            raise SettingsError(f"{path}: {getattr(error, 'strerror', None) or error}; {advice}") from error
        return cls(path, text)

    def table(self, struct: type[S], name: str, found: object, index: int = 0) -> S:
        """Check one table against its declaration.

        Raises:
            SettingsError: naming file, line, key and the nearest valid one.

        """
        if not is_table(found):
            raise self.fault(name, "", index, f"“{name}” must be a table: [{name}]", "")
        values: dict[str, object] = {}
        hints = get_type_hints(struct, include_extras=True)
        for key, value in found.items():
            if key not in hints:
                raise self.fault(name, key, index, f"[{name}] has no key “{key}”", nearest(key, hints))
            try:
                values[key] = msgspec.convert(value, hints[key])
            except msgspec.ValidationError as error:
                kind = get_args(hints[key])[0]
                choices = [choice for choice in get_args(kind) if isinstance(choice, str)]
                hint = nearest(value, choices) if isinstance(value, str) else ""
                raise self.fault(name, key, index, f"“{key}” wants {type_name(kind)} ({error})", hint) from error
        return struct(**values)

    def fault(self, table: str, key: str, index: int, what: str, hint: str) -> SettingsError:
        """Say what is wrong in the `index`-th table of that name, with the nearest thing that would be right."""
        sentence = f"{self.path}:{self._line(table, key, index)}: {what}"
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


def is_table(found: object) -> TypeGuard[dict[str, object]]:
    """Whether a value is a table; TOML's keys are always texts."""
    return isinstance(found, dict)


def is_list(found: object) -> TypeGuard[list[object]]:
    """Whether a value is a list."""
    return isinstance(found, list)


def nearest(word: str, valid: Iterable[str]) -> str:
    """The valid word that is most like `word`, "" where none is."""
    close = get_close_matches(word, [str(name) for name in valid], n=1, cutoff=0.5)
    return close[0] if close else ""
