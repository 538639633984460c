from __future__ import annotations

import asyncio

import pytest

from kiosk.runtime.panic import Panic
from kiosk.ui import alarm as alarm_module
from kiosk.ui.alarm import Alarm


class Told:
    """A desk that only notes what it is told, and raises or clears panic."""

    def __init__(self, panic: Panic) -> None:
        self._panic = panic

    async def panic(self) -> str:
        self._panic.raise_()
        return ""

    async def calm(self) -> str:
        self._panic.clear()
        return ""


@pytest.fixture
def pressed(shell, tmp_path, monkeypatch):
    """Press the key so often, with pauses in seconds before each press; the alarm, and whether panic is raised."""
    monkeypatch.setattr(alarm_module, "ASKED_FOR", 0.2)

    def run(*pauses: float) -> tuple[Alarm, bool]:
        panic = Panic(tmp_path / "latch")
        tasks = []

        async def press() -> Alarm:
            alarm = Alarm(panic, Told(panic), lambda work: tasks.append(asyncio.ensure_future(work)))
            for pause in pauses:
                await asyncio.sleep(pause)
                alarm.press()
                await asyncio.gather(*tasks)
            return alarm

        return asyncio.run(press()), panic.raised

    return run


def test_one_press_raises_it(pressed):
    alarm, raised = pressed(0)
    assert raised
    assert alarm.property("raised")
    assert not alarm.property("asking")


def test_the_second_press_asks_and_the_third_leaves(pressed):
    alarm, raised = pressed(0, 0)
    assert raised
    assert alarm.property("asking")
    alarm, raised = pressed(0, 0)  # the latch is still there: the first press of these asks, the second leaves
    assert not raised


def test_a_question_grows_old_so_that_a_late_press_asks_anew(pressed):
    alarm, raised = pressed(0, 0, 0.4)
    assert raised
    assert alarm.property("asking")


def test_an_old_questions_end_does_not_end_a_newer_one(pressed):
    alarm, raised = pressed(0, 0, 0.25, 0.1)
    assert not raised
    assert not alarm.property("asking")
