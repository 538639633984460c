"""The one event loop: asyncio on Qt's, and how everything on it ends."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

os.environ.setdefault("QT_API", "pyside6")  # qasync reads it while it is imported

import qasync

from kiosk.app.thrift import give_memory_back
from kiosk.runtime.counters import Counters
from kiosk.settings import assets_folder
from kiosk.ui.renderer import choose_renderer
from kiosk.ui.shell import Shell, choose_platform

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from kiosk.ui.brand import Brand
    from kiosk.ui.renderer import RendererName

    Task = Callable[[], Coroutine[Any, Any, None]]

SWEEP: Final = 1.0
"""Seconds between two looks for cyclic garbage."""


def in_qt(
    play: Callable[[Shell, Counters], Coroutine[Any, Any, None]], brand: Brand, renderer: RendererName = "auto"
) -> int:
    """Run `play` on Qt's loop with a shell of that look; 0 when it ends, its error otherwise."""
    give_memory_back()
    chosen = choose_renderer(renderer, on_screen=choose_platform())
    counters = Counters()
    shell = Shell(counters, assets_folder() / "fonts", brand, renderer=chosen)
    try:
        with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(shell.application)) as runner:
            runner.run(_swept(play(shell, counters)))
    finally:
        shell.close()
    return 0


async def _swept(play: Coroutine[Any, Any, None]) -> None:
    """Run `play` with the cyclic garbage collected on this thread alone.

    Python collects on whichever thread allocates next, and a Qt object that dies on another thread than its own leaves
    its timers behind, which then fire at freed memory.
    """
    gc.disable()
    sweeping = asyncio.ensure_future(_sweep())
    try:
        await play
    finally:
        sweeping.cancel()
        gc.enable()


async def _sweep() -> None:
    while True:
        await asyncio.sleep(SWEEP)
        for generation, (count, limit) in reversed(
            list(enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True)))
        ):
            if count > limit:
                gc.collect(generation)
                break


async def together(tasks: list[Task]) -> None:
    """Run tasks until one of them fails; the others have ended when its error is raised."""
    running = [asyncio.ensure_future(task()) for task in tasks]
    try:
        await asyncio.gather(*running)
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def until(ended: asyncio.Event, tasks: list[Task], duration: float | None) -> None:
    """Run tasks until `ended`, a signal, the time is up, or one of them fails; its error is raised then."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)

    def finished(task: asyncio.Task[None]) -> None:
        if not task.cancelled() and task.exception() is not None:
            ended.set()

    running = [asyncio.ensure_future(task()) for task in tasks]
    for task in running:
        task.add_done_callback(finished)
    with suppress(TimeoutError):
        async with asyncio.timeout(duration):
            await ended.wait()
    for task in running:
        task.cancel()
    for result in await asyncio.gather(*running, return_exceptions=True):
        if isinstance(result, Exception):
            raise result
