"""Every scene of a saved event as pictures, in each look and size: how an event will look, at a glance."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Final

from kiosk.app.dressing import dressed
from kiosk.app.loop import in_qt
from kiosk.app.sheet import Sheet
from kiosk.app.snapshot import opened, posed
from kiosk.domain.errors import UsageError
from kiosk.domain.scenes import SCENES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from kiosk.runtime.counters import Counters
    from kiosk.ui.brand import Brand
    from kiosk.ui.shell import Shell

SIZES: Final = ((1920, 1080), (3840, 2160), (1080, 1920))
"""Width and height in pixels where no size is asked for: a projector, a wall of LEDs, an upright panel."""

DRAWN: Final = tuple(dict.fromkeys([*SCENES, "slate"]))
"""What is drawn, in this order."""


def gallery(
    path: Path,
    themes: Sequence[str],
    *,
    sizes: Sequence[tuple[int, int]] = SIZES,
    folder: Path,
    say: Callable[[str], None],
) -> int:
    """Draw every scene and the slate into `folder`, as SCENE-THEME-WxH.png, and of each theme a sheet of them all.

    Each picture is said as it is there.

    Raises:
        KioskError: where the recording cannot be read, a theme is refused or a picture not be written.

    """
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    brands = [asyncio.run(dressed(theme)) for theme in themes]
    pictures = len(DRAWN) * len(sizes)
    for number, brand in enumerate(brands):

        def told(drawn: int, output: Path, before: int = number * pictures) -> None:
            say(f"{before + drawn:4} of {len(brands) * pictures}  {output}")

        _in_one_look(path, brand, sizes, folder, told)
    return 0


def _in_one_look(
    path: Path, brand: Brand, sizes: Sequence[tuple[int, int]], folder: Path, told: Callable[[int, Path], None]
) -> None:
    async def play(shell: Shell, counters: Counters) -> None:
        sheet = Sheet(sizes)
        async with opened(shell, counters, path) as house:
            shell.pose()
            window = shell.wall(house.stage, moving=False)
            window.show()
            for number, (size, scene) in enumerate(((size, scene) for size in sizes for scene in DRAWN), 1):
                window.setGeometry(0, 0, *size)
                house.stage.slate(raised=False)
                house.stage.resize(*size)
                await posed(house, scene)
                output = folder / f"{scene}-{brand.theme.name}-{size[0]}x{size[1]}.png"
                picture = window.grabWindow()
                if not picture.save(str(output)):
                    raise UsageError(f"The picture {output} could not be written.")
                sheet.hang(picture)
                told(number, output)
        sheet.save(folder / f"sheet-{brand.theme.name}.jpg")

    in_qt(play, brand, "software")
