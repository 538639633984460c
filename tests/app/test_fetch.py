from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest
from app.offscreen import ROOT, environment, kiosk, running
from servers.tag_server import TagServer

from kiosk.archive.event_file import EventFile
from kiosk.domain.model import Standing

EVENT = """
[event]
name = "Fetched"
hashtags = ["hall"]
[[source]]
server = "{}"
interval = 5
allow_private_addresses = true
"""


@pytest.fixture
def server():
    with TagServer() as running:
        yield running


def test_posts_go_into_the_event_file_and_the_sources_are_reported(tmp_path, server):
    server.add(1)
    server.add(2)
    (tmp_path / "event.toml").write_text(EVENT.format(server.url), "utf-8")
    result = kiosk("fetch", "event.toml", "--duration", "4", folder=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "polling · 2 posts seen · 0 shown" in result.stdout
    file = EventFile.open(tmp_path / "event.wall")
    assert file.counts()[Standing.PENDING] == 2
    described = file.described()
    assert described is not None
    assert described.name == "Fetched"
    file.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_good_order(tmp_path, server, number):
    (tmp_path / "event.toml").write_text(EVENT.format(server.url), "utf-8")
    with running("fetch", "event.toml", folder=tmp_path) as child:
        until = time.monotonic() + 20
        while not server.requests:
            assert time.monotonic() < until
            time.sleep(0.05)
        child.send_signal(number)
        assert child.wait(15) == 0
    assert "polling" in (tmp_path / "log").read_text("utf-8")


def test_fetching_imports_no_qt(tmp_path, server):
    (tmp_path / "event.toml").write_text(EVENT.format(server.url), "utf-8")
    probe = (
        "import sys; from kiosk.cli import main\n"
        "assert main(['fetch', 'event.toml', '--duration', '2']) == 0\n"
        "assert not any(name.startswith(('PySide6', 'shiboken', 'qasync')) for name in sys.modules), 'Qt was imported'"
    )
    command = [sys.executable, "-c", probe]
    result = subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert ROOT.is_dir()


def test_an_event_without_sources_is_wrong_usage(tmp_path):
    (tmp_path / "event.toml").write_text("[event]\n", "utf-8")
    result = kiosk("fetch", "event.toml", folder=tmp_path)
    assert result.returncode == 2
    assert "no [[source]]" in result.stderr


def test_an_event_file_that_a_wall_has_open_is_left_alone(tmp_path, server):
    (tmp_path / "event.toml").write_text(EVENT.format(server.url), "utf-8")
    file = EventFile.open(tmp_path / "event.wall")
    result = kiosk("fetch", "event.toml", folder=tmp_path)
    file.close()
    assert result.returncode == 1
    assert "open in another kiosk" in result.stderr
