from __future__ import annotations

import shutil
import time
from contextlib import closing

import pytest
from evening import display
from Xlib.display import Display
from Xlib.ext import screensaver

from kiosk.runtime.counters import Counters
from kiosk.ui.awake import Awake, ByDesktop, ByX

needs = pytest.mark.skipif(not shutil.which("Xvfb"), reason="needs Xvfb; `sh tests/run.sh` installs it")


class FakeMeans:
    """Works, or says why it does not."""

    def __init__(self, words: str = "") -> None:
        self.words, self.told = words, []

    def begin(self) -> str:
        self.told.append("begin")
        return self.words

    def end(self) -> None:
        self.told.append("end")


def test_every_means_is_begun_and_ended():
    counters, one, other = Counters(), FakeMeans(), FakeMeans("no bus")
    with Awake(counters, on_screen=True, means=(one, other)):
        assert one.told == ["begin"]
    assert one.told == other.told == ["begin", "end"]
    assert counters.total == 0, "one that works is enough"


def test_where_no_means_works_that_is_counted_with_the_reasons_and_the_show_goes_on():
    counters = Counters()
    with Awake(counters, on_screen=True, means=(FakeMeans("no display"), FakeMeans("no bus"))):
        pass
    assert counters.lines() == ["Nothing keeps the screens awake (1×): no display; no bus"]


def test_off_screen_there_is_nothing_to_keep_awake():
    counters = Counters()
    with Awake(counters, on_screen=False):
        pass
    assert counters.total == 0


def asleep(server: Display) -> bool:
    """Whether the X server's screensaver has come."""
    return server.screen().root.screensaver_query_info().state == screensaver.StateOn


@needs
def test_the_x_server_stays_awake_until_the_end_and_sleeps_after_it(monkeypatch):
    with display(320, 240) as screen, closing(Display(screen)) as server:
        monkeypatch.setenv("DISPLAY", screen)
        server.set_screen_saver(1, 0, 1, 1)
        server.sync()
        means = ByX()
        if words := means.begin():
            pytest.skip(words)
        time.sleep(2.5)
        assert not asleep(server)
        means.end()
        end = time.monotonic() + 10
        while not asleep(server) and time.monotonic() < end:
            time.sleep(0.1)
        assert asleep(server)


def test_without_a_display_or_a_bus_it_is_a_sentence(shell, monkeypatch):
    monkeypatch.setenv("DISPLAY", ":9999")
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
    assert ByX().begin()
    desktop = ByDesktop()
    assert desktop.begin()
    desktop.end()
