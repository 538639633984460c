"""Every scene of a saved event as pictures, in each size that is asked for: how a theme suits an event, at a glance."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

from kiosk.app.dressing import dressed
from kiosk.app.loop import in_qt
from kiosk.app.snapshot import opened, posed
from kiosk.domain.errors import UsageError
from kiosk.domain.scenes import SCENES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from kiosk.runtime.counters import Counters
    from kiosk.ui.shell import Shell


def gallery(
    path: Path, theme: str, *, sizes: Sequence[tuple[int, int]], folder: Path, say: Callable[[str], None]
) -> int:
    """Draw every scene and the slate into `folder`, as SCENE-THEME-WxH.png; say each as it is there.

    Raises:
        KioskError: where the recording cannot be read, the theme is refused or a picture not be written.

    """
    brand = asyncio.run(dressed(theme))
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    scenes = [*SCENES, "slate"]

    async def play(shell: Shell, counters: Counters) -> None:
        async with opened(shell, counters, path) as house:
            shell.pose()
            window = shell.wall(house.stage, moving=False)
            window.show()
            for number, (size, scene) in enumerate(((size, scene) for size in sizes for scene in scenes), 1):
                window.setGeometry(0, 0, *size)
                house.stage.slate(raised=False)
                house.stage.resize(*size)
                await posed(house, scene)
                output = folder / f"{scene}-{brand.theme.name}-{size[0]}x{size[1]}.png"
                if not window.grabWindow().save(str(output)):
                    raise UsageError(f"The picture {output} could not be written.")
                say(f"{number:4} of {len(sizes) * len(scenes)}  {output}")

    return in_qt(play, brand, "software")
