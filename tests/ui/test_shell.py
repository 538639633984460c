from __future__ import annotations

import asyncio
import http.server
import os
import threading
import time
from typing import TYPE_CHECKING

import pytest
import shiboken6
from PySide6.QtCore import QUrl
from PySide6.QtGui import QFont, QFontDatabase, QFontInfo, QGuiApplication
from PySide6.QtQml import QQmlComponent, QQmlEngine

from kiosk.ui import shell as shell_module
from kiosk.ui.qt import make
from kiosk.ui.shell import choose_platform

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def desktop(monkeypatch):
    """A machine's environment, put back afterwards."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "QT_QUICK_BACKEND", "QV4_FORCE_INTERPRETER"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    return monkeypatch


@pytest.fixture
def listening() -> Iterator[tuple[str, list[str]]]:
    """A web server on loopback: its address, and what it was asked for."""
    asked: list[str] = []

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", asked
    server.shutdown()
    thread.join()
    server.server_close()


def wait(shell, condition, seconds: float = 3.0) -> bool:
    """Let Qt work until `condition` holds."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        shell.application.processEvents()
        time.sleep(0.005)
    return condition()


@pytest.mark.parametrize("name", ["DISPLAY", "WAYLAND_DISPLAY"])
def test_a_display_is_used_where_there_is_one(desktop, name):
    desktop.setenv(name, ":7")
    assert choose_platform()
    assert "QT_QPA_PLATFORM" not in os.environ


def test_without_a_display_windows_are_drawn_off_screen(desktop):
    assert not choose_platform()
    assert os.environ["QT_QPA_PLATFORM"] == "offscreen"


def test_what_the_user_chose_wins(desktop):
    desktop.setenv("QT_QPA_PLATFORM", "eglfs")
    desktop.setenv("QT_QUICK_BACKEND", "rhi")
    assert choose_platform()
    assert (os.environ["QT_QPA_PLATFORM"], os.environ["QT_QUICK_BACKEND"]) == ("eglfs", "rhi")
    desktop.setenv("DISPLAY", ":7")
    desktop.setenv("QT_QPA_PLATFORM", "offscreen")
    assert not choose_platform()


def test_no_memory_is_both_writable_and_executable(desktop):
    choose_platform()
    assert os.environ["QV4_FORCE_INTERPRETER"] == "1"


def test_the_walls_letters_are_its_own(shell):
    assert QFontInfo(QFont("Inter Display")).family() == "Inter Display"
    assert set(QFontDatabase.styles("Inter Display")) >= {"Medium", "Semi Bold", "Extra Bold"}


def test_the_program_does_not_end_because_a_window_was_closed(shell):
    assert not QGuiApplication.quitOnLastWindowClosed()


def test_qml_reaches_no_network(shell, listening, capfd):
    address, asked = listening
    kind = QQmlComponent(shell.engine)
    kind.setData(
        b"""import QtQuick
        Item {
            required property string address
            property bool ended: false
            Image { source: parent.address + "/picture.png" }
            Component.onCompleted: {
                const request = new XMLHttpRequest();
                request.onreadystatechange = () => { if (request.readyState === 4) ended = true; };
                request.open("GET", address + "/words");
                request.send();
            }
        }""",
        QUrl("file:///trial.qml"),
    )
    item = make(kind, {"address": address})
    assert wait(shell, lambda: item.property("ended"))
    wait(shell, lambda: False, seconds=0.1)
    shiboken6.delete(item)
    assert asked == []
    assert "refused" in capfd.readouterr().err, "QML must have tried"


def test_qml_from_the_network_is_not_run(shell, listening, capfd):
    address, asked = listening
    kind = QQmlComponent(shell.engine, QUrl(f"{address}/Evil.qml"))
    assert wait(shell, kind.isError)
    assert asked == []
    capfd.readouterr()


def test_without_our_factory_the_server_would_have_been_asked(shell, listening, capfd):
    address, asked = listening
    engine = QQmlEngine()
    kind = QQmlComponent(engine, QUrl(f"{address}/Evil.qml"))
    assert wait(shell, lambda: "/Evil.qml" in asked)
    shiboken6.delete(kind)
    shiboken6.delete(engine)
    capfd.readouterr()


def test_a_window_with_a_fault_is_an_error_in_qts_words(shell, tmp_path, monkeypatch):
    (tmp_path / "Faulty.qml").write_text("import QtQuick\nWindow { nonsense }")
    monkeypatch.setattr(shell_module, "MODULE", tmp_path)
    with pytest.raises(RuntimeError, match=r"Faulty\.qml"):
        shell.window("Faulty", {})
    assert shell.windows == []


def test_a_closed_window_is_gone_at_once(shell, hall, play):
    async def test() -> None:
        async with hall() as here:
            wall = await here.wall()
            _, desk = await here.desk()
            shell.close_windows()
            assert not shiboken6.isValid(wall)
            assert not shiboken6.isValid(desk)
            assert shell.windows == []

    play(test())


def test_the_wall_tells_when_it_last_painted(shell, hall, play):
    async def test() -> None:
        async with hall() as here:
            before = time.monotonic()
            await here.wall(moving=True)
            for _ in range(100):
                await asyncio.sleep(0.01)
                if shell.last_frame() > before:
                    break
            assert before < shell.last_frame() <= time.monotonic()
            first = shell.last_frame()
            await asyncio.sleep(0.8)
            assert shell.last_frame() > first, "an idle wall still beats, so that a dead one can be told from it"

    play(test())


def test_the_wall_is_laid_out_anew_for_its_windows_size(hall, play):
    async def test() -> None:
        async with hall() as here:
            window = await here.wall()
            window.resize(1280, 720)
            await asyncio.sleep(0.05)
            assert here.stage._glass.size == (1280, 720)

    play(test())


def test_the_wall_cannot_be_closed_by_accident(hall, play):
    async def test() -> None:
        async with hall() as here:
            window = await here.wall()
            assert not window.close()
            assert window.isVisible()

    play(test())
