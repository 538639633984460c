"""Every option of EVENT.toml, declared once: key, type, default, one sentence; read, checked and explained here."""

from __future__ import annotations

import contextlib
import os
import re
import sys
import tomllib
import zoneinfo
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal, NamedTuple, TypeGuard, TypeVar, get_args, get_type_hints

import msgspec
from msgspec import Meta

from kiosk.domain.errors import SettingsError
from kiosk.domain.scenes import SCENES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

ModeName = Literal["review", "trusted"]
ThemeName = Literal["night", "paper"]
THEMES: Final[tuple[str, ...]] = get_args(ThemeName)


class EventTable(msgspec.Struct, frozen=True):
    """The gathering itself."""

    name: Annotated[str, Meta(description="What the header and the slate call the event.")] = "Tweetup"
    hashtags: Annotated[
        tuple[str, ...], Meta(description="Tags that make a post belong to the event, with or without #.")
    ] = ()
    file: Annotated[
        str, Meta(description="The event file; a relative path starts at the folder of this TOML file.")
    ] = "event.wall"
    timezone: Annotated[str, Meta(description="The venue's time zone, for the glass only (IANA name).")] = "UTC"
    join: Annotated[str, Meta(description="How to take part, in the header; empty: made from the first hashtag.")] = ""


class ModerationTable(msgspec.Struct, frozen=True):
    """Who decides, and what is flagged for them."""

    mode: Annotated[
        ModeName,
        Meta(
            description="The most that the desk's M key may switch to: `review` (a person decides each post) or "
            "`trusted` (listed authors pass, for 30 minutes). Every start is in review."
        ),
    ] = "review"
    moderator: Annotated[str, Meta(description="The name written beside the desk's decisions.")] = "desk"
    blocked_words: Annotated[
        tuple[str, ...], Meta(description="Words that flag a post for the moderator; matched folded.")
    ] = ()
    blocked_authors: Annotated[tuple[str, ...], Meta(description="Handles whose posts never enter the queue.")] = ()
    trusted_authors: Annotated[
        tuple[str, ...], Meta(description="Handles that pass without review in mode trusted.")
    ] = ()


class WallTable(msgspec.Struct, frozen=True):
    """The audience's window."""

    screen: Annotated[
        str, Meta(description="The output that shows the wall, as `kiosk doctor` names it; empty: the last one.")
    ] = ""
    playlist: Annotated[tuple[str, ...], Meta(description="Scenes in their order, repeated for ever.")] = (
        "scroll",
        "spotlight",
        "spotlight",
    )
    theme: Annotated[ThemeName, Meta(description="The look: `night` or `paper`.")] = "night"


class SourceTable(msgspec.Struct, frozen=True):
    """A place posts come from; repeat the table for more."""

    kind: Annotated[str, Meta(description="The network.")] = "mastodon"
    server: Annotated[str, Meta(description="Its address, such as `https://mastodon.social`.")] = ""
    token_file: Annotated[
        str,
        Meta(
            description="File that holds the access token, where one is needed; "
            "a bare name is looked up among systemd's credentials first."
        ),
    ] = ""
    interval: Annotated[float, Meta(ge=5, le=3600, description="Seconds between two polls.")] = 20.0
    allow_private_addresses: Annotated[
        bool, Meta(description="Allow a server inside the venue's own network (and plain http).")
    ] = False


class Settings(msgspec.Struct, frozen=True):
    """A checked EVENT.toml; `folder` is where it stands."""

    event: EventTable = EventTable()
    moderation: ModerationTable = ModerationTable()
    wall: WallTable = WallTable()
    source: tuple[SourceTable, ...] = ()
    folder: Path = Path()

    @property
    def event_file(self) -> Path:
        """Where the event is saved."""
        return self._beside(self.event.file)

    def token(self, source: SourceTable) -> str:
        """Read a source's token, "" where it needs none.

        A bare name is looked up among systemd's credentials first, as itself and as `tokens_NAME`, which is what
        `LoadCredential=tokens:FOLDER` makes of a folder's files (systemd.exec(5)), then beside the TOML file.

        Raises:
            SettingsError: where the file named cannot be read or is empty.

        """
        if not source.token_file:
            return ""
        name = source.token_file
        credentials = os.environ.get("CREDENTIALS_DIRECTORY")
        places = [self._beside(name)]
        if credentials and "/" not in name:
            places = [Path(credentials, name), Path(credentials, f"tokens_{name}"), *places]
        for place in places:
            try:
                token = place.read_text("utf-8-sig").strip()
            except (OSError, ValueError):  # also text that is not UTF-8, or a name that no file can have
                continue
            if token:
                return token
        raise SettingsError(
            f"The token file “{name}” of {source.server} cannot be read or is empty; put the token into {places[-1]}.",
            key="token_file",
        )

    def _beside(self, name: str) -> Path:
        path = Path(name)
        with contextlib.suppress(RuntimeError):  # a ~name that is nobody's home
            path = path.expanduser()
        return self.folder / path


_TABLES: Final[Mapping[str, type[msgspec.Struct]]] = {
    "event": EventTable,
    "moderation": ModerationTable,
    "wall": WallTable,
    "source": SourceTable,
}


Value = str | float | bool | tuple[str, ...]
"""What an option may hold."""


class Option(NamedTuple):
    """One option, as the README and `kiosk init` print it."""

    table: str
    key: str
    type: str
    default: Value
    sentence: str


def options() -> Iterator[Option]:
    """Every option in the order of its declaration."""
    for table, struct in _TABLES.items():
        hints = get_type_hints(struct, include_extras=True)
        for field in msgspec.structs.fields(struct):
            kind, meta = get_args(hints[field.name])
            yield Option(table, field.name, _type_name(kind), field.default, meta.description)


_TYPE_NAMES: Final[Mapping[object, str]] = {str: "text", float: "number", bool: "true or false"}


def _type_name(kind: object) -> str:
    choices = get_args(kind)
    if choices and choices[-1] is not Ellipsis:
        return " or ".join(f'"{choice}"' for choice in choices)
    return _TYPE_NAMES.get(kind, "list of texts")


def toml_value(value: Value) -> str:
    """Write a default as TOML does."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, tuple):
        return "[" + ", ".join(toml_value(item) for item in value) + "]"
    return f"{value:g}"


def _header(table: str) -> str:
    return f"[[{table}]]" if table == "source" else f"[{table}]"


def template() -> str:
    """A commented EVENT.toml that holds every option at its default, ready to be edited."""
    lines = ["# An event for Tweetup Wall. Lines that start with # show the defaults.", ""]
    table = ""
    for option in options():
        if option.table != table:
            table = option.table
            struct = _TABLES[table]
            lines += ["", f"# {struct.__doc__}", _header(table)]
        lines += [
            f"# {option.sentence}",
            _TEMPLATE_LINES.get(option.key, f"# {option.key} = {toml_value(option.default)}"),
        ]
    return "\n".join(lines) + "\n"


_TEMPLATE_LINES: Final = {
    "name": 'name = "My tweetup"',
    "hashtags": 'hashtags = ["mytweetup"]',
    "kind": 'kind = "mastodon"',
    "server": 'server = "https://mastodon.social"',
}


def load(path: Path, kinds: Collection[str]) -> Settings:
    """Read and check an EVENT.toml; `kinds` are the networks that `[[source]]` may name.

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

    def settings(self, tables: dict[str, object], kinds: Collection[str]) -> Settings:
        for name, found in tables.items():
            if name not in _TABLES:
                raise self._stray(name, found)
        sources = tables.get("source", [])
        if not _is_list(sources):
            raise self._fault("source", "", 0, "write [[source]] with two brackets", "")
        result = Settings(
            event=self._table(EventTable, "event", tables.get("event", {})),
            moderation=self._table(ModerationTable, "moderation", tables.get("moderation", {})),
            wall=self._table(WallTable, "wall", tables.get("wall", {})),
            source=tuple(self._table(SourceTable, "source", table, index) for index, table in enumerate(sources)),
            folder=self._path.parent,
        )
        self._check(result, kinds)
        return result

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
                raise self._fault(name, key, index, f"“{key}” wants {_type_name(kind)} ({error})", hint) from error
        return struct(**values)

    def _stray(self, name: str, found: object) -> SettingsError:
        """A table that is not known, or a key above all tables."""
        if _is_table(found) or (_is_list(found) and any(_is_table(item) for item in found)):
            return self._fault(name, "", 0, f"there is no table [{name}]", _nearest(name, _TABLES))
        for table, struct in _TABLES.items():
            if name in struct.__struct_fields__:
                return self._fault("", name, 0, f"“{name}” stands above all tables; move it below {_header(table)}", "")
        keys = [key for struct in _TABLES.values() for key in struct.__struct_fields__]
        return self._fault("", name, 0, f"“{name}” stands above all tables and is no key", _nearest(name, keys))

    def _check(self, settings: Settings, kinds: Collection[str]) -> None:
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
        if settings.source and not settings.event.hashtags:
            raise self._fault("event", "hashtags", 0, "hashtags is empty; name at least one tag to look for", "")
        for index, source in enumerate(settings.source):
            if source.kind not in kinds:
                raise self._fault(
                    "source", "kind", index, f"there is no network “{source.kind}”", _nearest(source.kind, kinds)
                )
            if not re.fullmatch(r"https?://[^/\s]+/?", source.server):
                raise self._fault("source", "server", index, f"“{source.server}” is no server address", "https://…")
            if source.server.startswith("http://") and not source.allow_private_addresses:
                raise self._fault(
                    "source", "server", index, "plain http is only for a server inside the venue", "https://…"
                )

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


def _nearest(word: str, valid: Collection[str]) -> str:
    close = get_close_matches(word, [str(name) for name in valid], n=1, cutoff=0.5)
    return close[0] if close else ""


def assets_folder() -> Path:
    """Where what an event may swap stands: beside the installed program, or beside the package in a checkout."""
    installed = Path(sys.prefix) / "share" / "kiosk" / "assets"
    return installed if installed.is_dir() else Path(__file__).parent.parent / "assets"
