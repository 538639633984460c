from __future__ import annotations

import subprocess
import sys

from app.offscreen import kiosk, running, systemd

from kiosk.archive.event_file import EventFile

EVENT = """
[event]
name = "Live"
hashtags = ["live"]
[[source]]
kind = "mastodon"
server = "http://127.0.0.1:9"
interval = 5
allow_private_addresses = true
"""


def test_a_source_that_is_down_does_not_keep_the_wall_down(tmp_path):
    (tmp_path / "event.toml").write_text(EVENT, "utf-8")
    with systemd(tmp_path) as listener, running("run", "event.toml", folder=tmp_path, NOTIFY_SOCKET=str(listener.path)):
        listener.wait(lambda lines: "READY=1" in lines, 30)


def test_a_second_program_on_the_same_event_file_is_sent_away(tmp_path):
    (tmp_path / "event.toml").write_text(EVENT, "utf-8")
    with systemd(tmp_path) as listener, running("run", "event.toml", folder=tmp_path, NOTIFY_SOCKET=str(listener.path)):
        listener.wait(lambda lines: "READY=1" in lines, 30)
        result = kiosk("run", "event.toml", folder=tmp_path)
        assert result.returncode == 1
        assert "open in another kiosk" in result.stderr


def test_the_gathering_is_written_down_once(tmp_path):
    (tmp_path / "event.toml").write_text(EVENT, "utf-8")
    for _ in range(2):
        with (
            systemd(tmp_path) as listener,
            running("run", "event.toml", folder=tmp_path, NOTIFY_SOCKET=str(listener.path)) as child,
        ):
            listener.wait(lambda lines: "READY=1" in lines, 30)
            child.terminate()
            assert child.wait(15) == 0
        listener.path.unlink()
    file = EventFile.open(tmp_path / "event.wall")
    described = file.described()
    assert described is not None
    assert described.name == "Live"
    assert described.join == "Post with #live"
    assert len(file.journal()) == 1
    file.close()


def test_a_wrong_key_is_named_before_any_window(tmp_path):
    (tmp_path / "event.toml").write_text(EVENT.replace("interval", "intervall"), "utf-8")
    result = kiosk("run", "event.toml", folder=tmp_path)
    assert result.returncode == 2
    assert "interval" in result.stderr
    assert not (tmp_path / "event.wall").exists()


def test_the_wall_is_up_before_the_networks_rooms_are_even_loaded():
    command = [sys.executable, "-c", "import sys, kiosk.cli, kiosk.app.live; print(*sys.modules)"]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert "PySide6.QtQuick" in loaded
    assert not {"httpx", "kiosk.app.intake", "kiosk.sources.mastodon.mastodon", "kiosk.media.decode"} & set(loaded)


def test_a_source_that_cannot_be_made_ends_the_program_with_a_sentence(tmp_path):
    (tmp_path / "event.toml").write_text(EVENT + 'token_file = "nowhere.token"\n', "utf-8")
    result = kiosk("run", "event.toml", folder=tmp_path)
    assert result.returncode == 2
    assert "nowhere.token" in result.stderr
    assert "Traceback" not in result.stderr
