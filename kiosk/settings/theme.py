"""A theme: the look of the wall from a TOML file, every key declared once; one that cannot be read is refused."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

import msgspec
from msgspec import Meta

from kiosk.domain.contrast import BODY, QUIET, WASH, between, blend, passing, ratio, rgb
from kiosk.domain.errors import SettingsError
from kiosk.settings.document import Document, is_list, is_table, nearest
from kiosk.settings.tables import assets_folder
from kiosk.settings.template import Option, options_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TONES: Final = 6
"""The most card tones that a theme may have; a post keeps its own."""

Texts = tuple[str, ...]
BackgroundKind = Literal["plain", "gradient", "drift", "picture"]


class ColoursTable(msgspec.Struct, frozen=True):
    """What everything is painted with; each colour is written #rrggbb."""

    stage: Annotated[str, Meta(description="The ground that everything stands on; the safe slate too.")] = "#0a0f1f"
    stage_ink: Annotated[str, Meta(description="Words on the stage: 7:1 against it.")] = "#f8f5ee"
    stage_quiet: Annotated[str, Meta(description="Lesser words on the stage: 4.5:1 against it.")] = "#b7c0d8"
    accent: Annotated[str, Meta(description="The hashtag, bars and marks: 4.5:1 against the stage.")] = "#ff8552"
    matte: Annotated[str, Meta(description="What a blurred photo is toned with where it fills odd room.")] = "#060912"
    papers: Annotated[
        Texts,
        Meta(
            min_length=1,
            max_length=TONES,
            description="Card tones, one to six; a post keeps its own. One that stands twice is met twice as often.",
        ),
    ] = ("#18213f", "#18213f", "#f4efe4", "#1f2c57", "#ff8c5c", "#123a43")
    inks: Annotated[Texts, Meta(description="The words' colour on each card tone: 7:1 against it.")] = (
        "#f8f5ee",
        "#f8f5ee",
        "#14130f",
        "#f8f5ee",
        "#120500",
        "#effaf6",
    )
    quiets: Annotated[Texts, Meta(description="Names' and times' colour on each card tone: 4.5:1 against it.")] = (
        "#b7c0d8",
        "#b7c0d8",
        "#4a463d",
        "#c3ccec",
        "#3b1506",
        "#a9d3c9",
    )


class FontTable(msgspec.Struct, frozen=True):
    """What words are set in; what a font lacks comes from the machine's own fonts."""

    family: Annotated[str, Meta(min_length=1, description="The font's family; ours is always there.")] = "Inter Display"
    files: Annotated[Texts, Meta(description="Font files (.otf, .ttf) that bring it, beside the theme.")] = ()


class LogoTable(msgspec.Struct, frozen=True):
    """The host's mark: in the header, on the safe slate and where people are invited."""

    file: Annotated[
        str, Meta(description="A picture beside the theme (PNG with transparency is best, not SVG); empty: none.")
    ] = ""


class BackgroundTable(msgspec.Struct, frozen=True):
    """What lies behind the cards."""

    kind: Annotated[
        BackgroundKind,
        Meta(description="The stage's colour alone, a gradient, a gradient that drifts slowly, or a still picture."),
    ] = "plain"
    colours: Annotated[
        Texts, Meta(max_length=8, description="The gradient's colours, two or more; words must be readable on each.")
    ] = ()
    angle: Annotated[
        float, Meta(ge=0, le=360, description="Where the gradient runs to, in degrees: 0 up, 90 right, 180 down.")
    ] = 160.0
    minutes: Annotated[float, Meta(ge=1, le=60, description="How long the drift takes there and back, in minutes.")] = (
        6.0
    )
    file: Annotated[
        str, Meta(description="The picture, beside the theme; it is veiled as far as words on it need it.")
    ] = ""


class MotionTable(msgspec.Struct, frozen=True):
    """How things move: one easing for all, nothing faster than can be read."""

    crossfade: Annotated[int, Meta(ge=400, le=1400, description="Milliseconds from one scene to the next.")] = 900
    settle: Annotated[int, Meta(ge=300, le=1400, description="Milliseconds in which cards close a gap.")] = 600
    reduced_motion: Annotated[
        bool, Meta(description="Cuts instead of fades and moves, a still background, and Scroll hardly moves.")
    ] = False


class Theme(msgspec.Struct, frozen=True):
    """A checked theme; `folder` is where its file stands."""

    name: str = "night"
    colours: ColoursTable = ColoursTable()
    font: FontTable = FontTable()
    logo: LogoTable = LogoTable()
    background: BackgroundTable = BackgroundTable()
    motion: MotionTable = MotionTable()
    folder: Path = Path()

    def beside(self, name: str) -> Path:
        """Where a file that the theme names stands."""
        return self.folder / name

    @property
    def stages(self) -> Texts:
        """Every colour that words on the stage may lie on, a picture's aside."""
        drawn = self.background.kind in {"gradient", "drift"}
        return (self.colours.stage, *(between(self.background.colours) if drawn else ()))

    @property
    def stage_inks(self) -> tuple[tuple[str, str, float], ...]:
        """What words on the stage are set in: the key, its colour and the least contrast."""
        colours = self.colours
        return (
            ("stage_ink", colours.stage_ink, BODY),
            ("stage_quiet", colours.stage_quiet, QUIET),
            ("accent", colours.accent, QUIET),
        )


TABLES: Final[Mapping[str, type[msgspec.Struct]]] = {
    "colours": ColoursTable,
    "font": FontTable,
    "logo": LogoTable,
    "background": BackgroundTable,
    "motion": MotionTable,
}
"""The tables that a theme may hold, by name."""


def theme_options() -> Iterator[Option]:
    """Every key of a theme, in the order of its declaration."""
    for table, struct in TABLES.items():
        yield from options_in(table, struct)


def theme_names() -> tuple[str, ...]:
    """The themes that come with the program."""
    return tuple(sorted(path.stem for path in (assets_folder() / "themes").glob("*.toml")))


def theme_file(name: str, folder: Path) -> Path:
    """Where the theme of that name stands; what ends in `.toml` is a path of its own, beginning at `folder`."""
    if not name.endswith(".toml"):
        return assets_folder() / "themes" / f"{name}.toml"
    path = Path(name)
    with contextlib.suppress(RuntimeError):  # a ~name that is nobody's home
        path = path.expanduser()
    return folder / path


def load_theme(name: str, folder: Path = Path()) -> Theme:
    """Read and check a theme: one of ours by its name, or a file of the event's own by its path.

    Raises:
        SettingsError: naming file, line, key and the nearest valid one, or the two colours that are too alike.

    """
    path = theme_file(name, folder)
    if not name.endswith(".toml") and name not in theme_names():
        near = nearest(name, theme_names())
        there = f"There is no theme “{name}”; there are {', '.join(theme_names())}, or a path that ends in .toml"
        raise SettingsError(f"{there}; did you mean “{near}”?" if near else f"{there}.", key="theme", hint=near)
    document = Document.read(path, "copy one of assets/themes to start from.")
    for table, found in document.tables.items():
        if table not in TABLES:
            raise _stray(document, table, found)
    tables = {table: document.table(struct, table, document.tables.get(table, {})) for table, struct in TABLES.items()}
    theme = msgspec.convert(tables, Theme, from_attributes=True)
    theme = msgspec.structs.replace(theme, name=path.stem, folder=path.parent)
    for table, key, what, hint in _faults(theme):
        raise document.fault(table, key, 0, what, hint)
    return theme


def _stray(document: Document, name: str, found: object) -> SettingsError:
    if is_table(found) or is_list(found):
        return document.fault(name, "", 0, f"there is no table [{name}]", nearest(name, TABLES))
    for table, struct in TABLES.items():
        if name in struct.__struct_fields__:
            return document.fault("", name, 0, f"“{name}” stands above all tables; move it below [{table}]", "")
    keys = [key for struct in TABLES.values() for key in struct.__struct_fields__]
    return document.fault("", name, 0, f"“{name}” stands above all tables and is no key", nearest(name, keys))


Fault = tuple[str, str, str, str]
"""Table, key, what is wrong with it, and the nearest thing that would be right."""


def _faults(theme: Theme) -> Iterator[Fault]:
    """What is wrong with a theme besides its types; files are looked at when they are needed."""
    faults = list(_no_colours(theme))
    yield from faults or (*_uneven(theme), *_unreadable(theme))


def _no_colours(theme: Theme) -> Iterator[Fault]:
    colours = msgspec.structs.asdict(theme.colours)
    for table, key, value in (
        *(("colours", key, value) for key, value in colours.items()),
        ("background", "colours", theme.background.colours),
    ):
        for colour in (value,) if isinstance(value, str) else value:
            try:
                rgb(colour)
            except ValueError as error:
                yield table, key, str(error), ""


def _uneven(theme: Theme) -> Iterator[Fault]:
    tones = len(theme.colours.papers)
    for key, inks in (("inks", theme.colours.inks), ("quiets", theme.colours.quiets)):
        if len(inks) != tones:
            yield "colours", key, f"“{key}” has {len(inks)} colours for {tones} papers; give each paper its own", ""
    background = theme.background
    if background.kind in {"gradient", "drift"} and len(background.colours) < 2:  # noqa: PLR2004  # a way has two ends
        yield "background", "colours", f"a background that is a {background.kind} needs two colours or more", ""
    if background.kind == "picture" and not background.file:
        yield "background", "file", "a background that is a picture needs its file", ""


def _unreadable(theme: Theme) -> Iterator[Fault]:
    """Inks that are too near to what they lie on; a card's also where a quoted post washes it."""
    colours = theme.colours
    for key, ink, least in theme.stage_inks:
        for stage in theme.stages:
            yield from _too_near(key, ink, stage, "the stage", least)
    for tone, (paper, ink, quiet) in enumerate(zip(colours.papers, colours.inks, colours.quiets, strict=False), 1):
        washed = blend(ink, paper, WASH)
        for key, words, least in (("inks", ink, BODY), ("quiets", quiet, QUIET)):
            yield from _too_near(key, words, paper, f"card tone {tone}", least)
            yield from _too_near(key, words, washed, f"a quoted post on card tone {tone}", least)


def _too_near(key: str, ink: str, ground: str, where: str, least: float) -> Iterator[Fault]:
    found = ratio(ink, ground)
    if found >= least:
        return
    what = f"“{ink}” on {where} (“{ground}”) has a contrast of {found:.2f}:1, and {least:g}:1 is the least"
    better = passing(ink, ground, least)
    if better:
        yield "colours", key, f"{what}; “{better}” would pass with {ratio(better, ground):.2f}:1", ""
    else:
        yield "colours", key, f"{what}; no colour reaches it there, so make the ground lighter or darker", ""
