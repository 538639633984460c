"""The options as people read them: in `kiosk init`'s commented file and in the README."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, NamedTuple, get_args, get_type_hints

import msgspec

from kiosk.settings.tables import EventTable, ModerationTable, SourceTable, WallTable
from kiosk.settings.turns import TurnTable

if TYPE_CHECKING:
    from collections.abc import Iterator

TABLES: Final[Mapping[str, type[msgspec.Struct]]] = {
    "event": EventTable,
    "moderation": ModerationTable,
    "wall": WallTable,
    "wall.turn": TurnTable,
    "source": SourceTable,
}
"""The tables that a file may hold, by name."""

Kinds = Mapping[str, type[SourceTable]]
"""The networks that `[[source]]` may name, each with its table."""

Value = str | float | bool | tuple[str, ...] | tuple[int, ...]
"""What an option may hold."""


class Option(NamedTuple):
    """One option, as the README and `kiosk init` print it; `example` is a value that shows its form, if any."""

    table: str
    key: str
    type: str
    default: Value
    sentence: str
    example: Value | None = None


def options() -> Iterator[Option]:
    """Every option that all events share, in the order of its declaration; `[[source]]` keys common to all networks."""
    for table, struct in TABLES.items():
        yield from options_in(table, struct)


def network_options(kind: str, struct: type[SourceTable]) -> Iterator[Option]:
    """The options of a network's own table: what it adds to the common ones, or sets to another default."""
    common = {option.key: option.default for option in options_in("source", SourceTable)}
    for option in options_in("source", struct):
        if option.key != "kind" and (option.key not in common or common[option.key] != option.default):
            yield option._replace(table=f"source, {kind}")


def options_in(table: str, struct: type[msgspec.Struct]) -> Iterator[Option]:
    """Every option of one table, in the order of its declaration."""
    hints = get_type_hints(struct, include_extras=True)
    for field in msgspec.structs.fields(struct):
        kind, meta = get_args(hints[field.name])
        example = meta.examples[0] if meta.examples else None
        yield Option(table, field.name, type_name(kind), field.default, meta.description, example)


_TYPE_NAMES: Final[Mapping[object, str]] = {str: "text", float: "number", int: "whole number", bool: "true or false"}


def type_name(kind: object) -> str:
    """A type as a person would call it."""
    choices = get_args(kind)
    if choices and choices[-1] is not Ellipsis:
        return " or ".join(f'"{choice}"' for choice in choices)
    return _TYPE_NAMES.get(kind, "list of whole numbers" if choices[:1] == (int,) else "list of texts")


def toml_value(value: Value) -> str:
    """Write a default as TOML does."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, tuple):
        return "[" + ", ".join(toml_value(item) for item in value) + "]"
    return f"{value:g}"


def header(table: str) -> str:
    """A table's header line in TOML; sources and turns stand in two brackets because there may be many."""
    return f"[[{table}]]" if table.startswith(("source", "wall.turn")) else f"[{table}]"


def template(kinds: Kinds) -> str:
    """A commented EVENT.toml that holds every option at its default, ready to be edited; one source is switched on."""
    lines = ["# An event for Tweetup Wall. Lines that start with # show the defaults.", ""]
    for table, struct in TABLES.items():
        first = next(iter(kinds)) if table == "source" else ""
        found = kinds[first] if first else struct
        optional = "# " if table == "wall.turn" else ""
        lines += ["", f"# {struct.__doc__}", optional + header(table)]
        for option in options_in(table, found):
            lines += [f"# {optional and '  '}{option.sentence}", _line(option, first)]
    for kind, struct in list(kinds.items())[1:]:
        lines += ["", f"# {_first_sentence(struct)}", "# [[source]]", f'# kind = "{kind}"']
        for option in network_options(kind, struct):
            lines += [f"#   {option.sentence}", f"# {option.key} = {_shown(option)}"]
    return "\n".join(lines) + "\n"


def _line(option: Option, kind: str) -> str:
    if option.key == "kind":
        return f'kind = "{kind}"'
    if option.key in _TO_BE_EDITED:
        return f"{option.key} = {_shown(option)}"
    return f"# {option.key} = {_shown(option) if option.table == 'wall.turn' else toml_value(option.default)}"


def _shown(option: Option) -> str:
    return toml_value(option.default if option.example is None else option.example)


def _first_sentence(struct: type[msgspec.Struct]) -> str:
    return " ".join((struct.__doc__ or "").split("\n\n")[0].split())


_TO_BE_EDITED: Final = frozenset({"name", "hashtags", "server"})
"""Options that stand in the file with an example instead of their default."""
