"""The commands. Qt is imported only by those that need a window; a user's mistake is a sentence, never a traceback."""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kiosk import __version__, settings
from kiosk.domain.errors import KioskError, SettingsError, UsageError
from kiosk.domain.scenes import SCENES
from kiosk.sources import OPTIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

EXAMPLES: Final = """\
examples:
  kiosk demo                                   the bundled demo event: wall and desk
  kiosk init tweetup.toml                      write a commented file to start from
  kiosk check tweetup.toml                     read it, reach every source, say what would happen
  kiosk fetch tweetup.toml                     only read the sources, without any window
  kiosk login mastodon https://example.social  get a token, for live streams and closed timelines
  kiosk run tweetup.toml                       wall on the outer screen, desk on yours
  kiosk replay evening.wall --speed 4          a saved event again, four times as fast, without a network
  kiosk snapshot evening.wall --scene spotlight --size 3840x2160 -o stage.png
  kiosk gallery evening.wall -o looks/         every scene in every theme as pictures
  kiosk doctor                                 what this machine has and lacks

exit codes: 0 done, 2 wrong usage or configuration, 1 anything else
"""


_LOOKS: Final = f"the look: {', '.join(settings.theme_names())}, or a file ending in .toml (night)"


def main(argv: Sequence[str]) -> int:
    """Run one command; return its exit code: 0 done, 2 usage or configuration, 1 anything else."""
    arguments = _parser().parse_args(argv)
    level = logging.DEBUG if arguments.verbose else logging.WARNING
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(message)s")
    try:
        return int(arguments.command(arguments))
    except (SettingsError, UsageError) as error:
        print(f"kiosk: {error}", file=sys.stderr)  # noqa: T201  # the command line speaks to its user
        return 2
    except (KioskError, OSError) as error:
        print(f"kiosk: {error}", file=sys.stderr)  # noqa: T201  # the command line speaks to its user
        return 1
    except KeyboardInterrupt:
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="kiosk",
        description="Tweetup Wall: what attendees post, shown to the hall, run safely by one operator.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"kiosk {__version__}")
    parser.add_argument("-v", "--verbose", action="store_true", help="log more, to the terminal")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    run = commands.add_parser("run", help="show a live event: wall and desk")
    run.add_argument("event", type=Path, metavar="EVENT.toml")
    one = run.add_mutually_exclusive_group()
    one.add_argument("--wall-only", action="store_true", help="no desk window")
    one.add_argument("--desk-only", action="store_true", help="no wall window")
    run.add_argument("--windowed", action="store_true", help="the wall in an ordinary window")
    run.set_defaults(command=_run)

    demo = commands.add_parser("demo", help="play the bundled demo event")
    demo.add_argument("--duration", type=_seconds, metavar="SECONDS", help="end by itself (without a display: 20)")
    demo.add_argument("--windowed", action="store_true", help="the wall in an ordinary window")
    demo.add_argument("--theme", default="night", metavar="THEME", help=_LOOKS)
    demo.set_defaults(command=_demo)

    _add_recorded(commands)

    fetch = commands.add_parser("fetch", help="read the sources into the event file, without any window")
    fetch.add_argument("event", type=Path, metavar="EVENT.toml")
    fetch.add_argument("--duration", type=_seconds, metavar="SECONDS", help="end by itself")
    fetch.set_defaults(command=_fetch)

    login = commands.add_parser("login", help="get a token for a server where you have an account")
    login.add_argument("network", choices=["mastodon"], metavar="mastodon")
    login.add_argument("server", metavar="SERVER", help="its address, such as https://mastodon.social")
    login.add_argument("-o", "--output", type=Path, metavar="FILE", help="where the token goes (SERVER.token)")
    login.add_argument("--allow-private-addresses", action="store_true", help="a server inside the venue's network")
    login.set_defaults(command=_login)

    check = commands.add_parser("check", help="read an EVENT.toml, reach every source, say what would happen")
    check.add_argument("event", type=Path, metavar="EVENT.toml")
    check.set_defaults(command=_check)

    doctor = commands.add_parser("doctor", help="say what this machine has and lacks")
    doctor.set_defaults(command=_doctor)

    init = commands.add_parser("init", help="write a commented EVENT.toml")
    init.add_argument("event", type=Path, nargs="?", default=Path("event.toml"), metavar="EVENT.toml")
    init.set_defaults(command=_init)
    return parser


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 <= value < 10 * 24 * 3600:
        raise argparse.ArgumentTypeError("seconds between 0 and ten days")
    return value


def _speed(text: str) -> float:
    value = float(text)
    if not 0.25 <= value <= 1000:  # noqa: PLR2004  # the bounds that the help states
        raise argparse.ArgumentTypeError("a speed between 0.25 and 1000")
    return value


def _size(text: str) -> tuple[int, int]:
    try:
        width, height = (int(part) for part in text.lower().split("x"))
    except ValueError as error:
        raise argparse.ArgumentTypeError("a size such as 1920x1080") from error
    if not (320 <= width <= 8192 and 320 <= height <= 8192):  # noqa: PLR2004  # what one picture may hold
        raise argparse.ArgumentTypeError("each side between 320 and 8192 pixels")
    return width, height


def _load(path: Path) -> settings.Settings:
    return settings.load(path, OPTIONS)


def _add_recorded(commands: Any) -> None:  # argparse names its type only privately
    """Add what is done with a saved event."""
    replay = commands.add_parser("replay", help="play a saved event again, without a network")
    replay.add_argument("file", type=Path, metavar="FILE.wall")
    replay.add_argument("--speed", type=_speed, default=1.0, metavar="N", help="0.25 to 1000 times as fast (1)")
    replay.add_argument("--start", type=_seconds, default=0.0, metavar="SECONDS", help="begin this far into it")
    replay.add_argument("--windowed", action="store_true", help="the wall in an ordinary window")
    replay.add_argument("--theme", default="night", metavar="THEME", help=_LOOKS)
    replay.set_defaults(command=_replay)

    snapshot = commands.add_parser("snapshot", help="draw a saved event's scene into a picture, off-screen")
    snapshot.add_argument("file", type=Path, metavar="FILE.wall")
    snapshot.add_argument("--scene", required=True, choices=[*SCENES, "slate", "desk"], metavar="NAME")
    snapshot.add_argument("--size", type=_size, default=(1920, 1080), metavar="WxH", help="pixels (1920x1080)")
    snapshot.add_argument("-o", "--output", type=Path, required=True, metavar="OUT.png")
    snapshot.add_argument("--theme", default="night", metavar="THEME", help=_LOOKS)
    snapshot.set_defaults(command=_snapshot)

    gallery = commands.add_parser("gallery", help="draw every scene of a saved event in every theme, off-screen")
    gallery.add_argument("file", type=Path, metavar="FILE.wall")
    gallery.add_argument(
        "--size", type=_size, action="append", metavar="WxH", help="pixels; again for more (a projector, 4K, upright)"
    )
    gallery.add_argument("-o", "--output", type=Path, required=True, metavar="FOLDER")
    gallery.add_argument("--theme", action="append", metavar="THEME", help="a look; again for more (all there are)")
    gallery.set_defaults(command=_gallery)


def _run(arguments: argparse.Namespace) -> int:
    from kiosk.app.live import run  # noqa: PLC0415  # Qt only once a window is needed
    from kiosk.app.show import Windows  # noqa: PLC0415

    shown = Windows(wall=not arguments.desk_only, desk=not arguments.wall_only, windowed=arguments.windowed)
    return run(_load(arguments.event), shown)


def _demo(arguments: argparse.Namespace) -> int:
    from kiosk.app.recorded import demo  # noqa: PLC0415  # Qt only once a window is needed
    from kiosk.app.show import Windows  # noqa: PLC0415

    return demo(Windows(windowed=arguments.windowed), arguments.duration, theme=arguments.theme)


def _replay(arguments: argparse.Namespace) -> int:
    from kiosk.app.recorded import replay  # noqa: PLC0415  # Qt only once a window is needed
    from kiosk.app.show import Windows  # noqa: PLC0415

    shown = Windows(windowed=arguments.windowed)
    return replay(arguments.file, shown, speed=arguments.speed, start=arguments.start, theme=arguments.theme)


def _snapshot(arguments: argparse.Namespace) -> int:
    from kiosk.app.snapshot import snapshot  # noqa: PLC0415  # Qt only once a window is needed

    if not arguments.output.parent.is_dir():
        raise UsageError(f"There is no folder {arguments.output.parent}; make it first.")
    return snapshot(
        arguments.file, arguments.scene, size=arguments.size, output=arguments.output, theme=arguments.theme
    )


def _gallery(arguments: argparse.Namespace) -> int:
    from kiosk.app.gallery import SIZES, gallery  # noqa: PLC0415  # Qt only once a window is needed

    if not arguments.output.is_dir():
        raise UsageError(f"There is no folder {arguments.output}; make it first.")
    themes = arguments.theme or settings.theme_names()
    return gallery(arguments.file, themes, sizes=arguments.size or SIZES, folder=arguments.output, say=_say)


def _check(arguments: argparse.Namespace) -> int:
    from kiosk.app.check import check  # noqa: PLC0415  # the network only where it is asked for

    return asyncio.run(check(_load(arguments.event), print))


def _fetch(arguments: argparse.Namespace) -> int:
    from kiosk.app.fetch import fetch  # noqa: PLC0415  # the network only where it is asked for

    return asyncio.run(fetch(_load(arguments.event), _say, duration=arguments.duration))


def _login(arguments: argparse.Namespace) -> int:
    from kiosk.app.login import login  # noqa: PLC0415  # the network only where it is asked for

    return asyncio.run(
        login(arguments.server, arguments.output, _say, input, allow_private=arguments.allow_private_addresses)
    )


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201  # the command line speaks to its user


def _doctor(_: argparse.Namespace) -> int:
    from kiosk.ui.doctor import examine  # noqa: PLC0415  # Qt only where it is asked for

    return examine(print)


def _init(arguments: argparse.Namespace) -> int:
    try:
        with arguments.event.open("x", encoding="utf-8") as file:
            file.write(settings.template(OPTIONS))
    except FileExistsError as error:
        raise UsageError(f"{arguments.event} exists; name another file, or remove it first.") from error
    print(f"Wrote {arguments.event}. Name the event and its hashtag in it, then: kiosk check {arguments.event}")  # noqa: T201  # the command line speaks to its user
    return 0
