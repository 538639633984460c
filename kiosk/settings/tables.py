"""The tables of EVENT.toml: every option declared once, with its type, its default and one sentence."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Iterator  # noqa: TC003  # msgspec resolves a struct's hints at run time
from pathlib import Path
from typing import Annotated, ClassVar, Final, Literal

import msgspec
from msgspec import Meta

from kiosk.domain.airtime import Fairness
from kiosk.domain.errors import SettingsError
from kiosk.domain.legibility import WIDE, Hall
from kiosk.domain.turns import Turn
from kiosk.settings.turns import Fault, TurnTable

ModeName = Literal["review", "trusted"]
RendererName = Literal["auto", "software", "opengl"]


class EventTable(msgspec.Struct, frozen=True):
    """The gathering itself."""

    name: Annotated[str, Meta(description="What the header and the slate call the event.", examples=["My tweetup"])] = (
        "Tweetup"
    )
    hashtags: Annotated[
        tuple[str, ...],
        Meta(description="Tags that make a post belong to the event, with or without #.", examples=[("mytweetup",)]),
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
        "mosaic",
        "spotlight",
        "photos",
    )
    screen_height: Annotated[
        float, Meta(ge=0, le=100, description="The picture's height in metres; 0: nobody has measured.")
    ] = 0.0
    screen_width: Annotated[
        float, Meta(ge=0, le=300, description="Its width in metres; 0: by `area`, or as wide as 16:9.")
    ] = 0.0
    farthest_seat: Annotated[
        float,
        Meta(
            ge=0,
            le=1000,
            description="Metres from the picture to the last row: text is as large as can be read from there.",
        ),
    ] = 0.0
    cooling: Annotated[
        float,
        Meta(ge=0, le=86_400, description="Seconds for which a post rests after it was shown, while there are others."),
    ] = Fairness().cooling
    per_author: Annotated[
        int, Meta(ge=1, le=600, description="Posts of one author in five minutes, while there are others.")
    ] = Fairness().per_author
    theme: Annotated[
        str,
        Meta(
            description="The look: `night`, `paper`, `noon` or `carnival`, or a theme of your own: "
            "the path of its TOML file, ending in `.toml`, beside this file."
        ),
    ] = "night"
    pixel_shift: Annotated[
        bool, Meta(description="Move the whole picture by a pixel now and then, so that nothing burns into the screen.")
    ] = True
    speed: Annotated[
        float,
        Meta(
            ge=0,
            le=2000,
            description="Pixels a second that columns move by, a screen in 10 s at most; 0: by `seconds_per_screen`.",
        ),
    ] = 0.0
    seconds_per_screen: Annotated[
        float,
        Meta(ge=10, le=600, description="Seconds in which columns move by one screen; the nearest even step is taken."),
    ] = 20.0
    columns: Annotated[int, Meta(ge=0, le=6, description="Columns of cards, 1 to 6; 0: by the screen's shape.")] = 0
    area: Annotated[
        tuple[int, ...],
        Meta(description="The part of the output that is seen: x, y, width, height in pixels; empty: all of it."),
    ] = ()
    renderer: Annotated[
        RendererName, Meta(description="What draws: `auto` is OpenGL on a real GPU, else the software renderer.")
    ] = "auto"


class SourceTable(msgspec.Struct, frozen=True, kw_only=True):
    """A place posts come from; repeat the table for more. Each network adds keys of its own to these."""

    needs_hashtags: ClassVar[bool] = True
    """Whether there is nothing to read without the event's hashtags."""

    kind: Annotated[str, Meta(description="The network.")] = "mastodon"
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

    @property
    def where(self) -> str:
        """What the table's `server`, `address` or `folder` says, to tell it from others of its kind."""
        return next((str(value) for key in _PLACES if (value := getattr(self, key, ""))), "")

    def faults(self) -> Iterator[Fault]:
        """What only this network knows to be wrong with its table; nothing here."""
        return iter(())

    def server_faults(self, key: str, *schemes: str) -> Iterator[Fault]:
        """Check that `key` holds the address of a server, `https://…` unless `schemes` say otherwise."""
        secure = schemes or ("https",)
        address = str(getattr(self, key))
        scheme, _, rest = address.partition("://")
        plain = scheme in _PLAIN and _PLAIN[scheme] in secure
        if not (scheme in secure or plain) or not re.fullmatch(r"[^/\s]+/?", rest):
            yield Fault(key, f"“{address}” is no server address", f"{secure[0]}://…")
        elif plain and not self.allow_private_addresses:
            yield Fault(key, f"plain {scheme} is only for a server inside the venue", f"{_PLAIN[scheme]}://…")


_PLAIN: Final = {"http": "https", "ws": "wss"}
_PLACES: Final = ("server", "address", "folder", "user")


class Settings(msgspec.Struct, frozen=True):
    """A checked EVENT.toml; `folder` is where it stands."""

    event: EventTable = EventTable()
    moderation: ModerationTable = ModerationTable()
    wall: WallTable = WallTable()
    turn: tuple[TurnTable, ...] = ()
    source: tuple[SourceTable, ...] = ()
    folder: Path = Path()

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The playlist, however it was written."""
        return tuple(table.turn for table in self.turn) or tuple(Turn(scene) for scene in self.wall.playlist)

    @property
    def hall(self) -> Hall:
        """The screen and who looks at it, as far as somebody has measured."""
        wall = self.wall
        aspect = WIDE
        if wall.screen_width and wall.screen_height:
            aspect = wall.screen_width / wall.screen_height
        elif wall.area:
            aspect = wall.area[2] / wall.area[3]
        return Hall(wall.screen_height, wall.farthest_seat, aspect, wall.columns)

    @property
    def fairness(self) -> Fairness:
        """How airtime is shared."""
        return Fairness(cooling=self.wall.cooling, per_author=self.wall.per_author)

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
        whose = f"{source.kind} {source.where}".strip()
        raise SettingsError(
            f"The token file “{name}” of {whose} cannot be read or is empty; put the token into {places[-1]}.",
            key="token_file",
        )

    def _beside(self, name: str) -> Path:
        path = Path(name)
        with contextlib.suppress(RuntimeError):  # a ~name that is nobody's home
            path = path.expanduser()
        return self.folder / path


def assets_folder() -> Path:
    """Where what an event may swap stands: beside the installed program, or beside the package in a checkout."""
    installed = Path(sys.prefix) / "share" / "kiosk" / "assets"
    return installed if installed.is_dir() else Path(__file__).parents[2] / "assets"
