from __future__ import annotations

import pytest
from app.offscreen import kiosk, running, systemd

EVENT = '[event]\nname = "Slate"\n'


@pytest.fixture
def damaged(tmp_path):
    (tmp_path / "event.toml").write_text(EVENT, "utf-8")
    (tmp_path / "event.wall").write_bytes(b"this is no database, and never was one" * 200)
    return tmp_path


def test_at_a_terminal_a_damaged_event_file_is_a_sentence(damaged):
    result = kiosk("run", "event.toml", folder=damaged)
    assert result.returncode == 1
    assert "no event file" in result.stderr
    assert "Traceback" not in result.stderr


def test_in_a_venue_the_slate_stands_until_the_file_opens(damaged):
    with systemd(damaged) as listener, running("run", "event.toml", folder=damaged, NOTIFY_SOCKET=str(listener.path)):
        listener.wait(lambda lines: "READY=1" in lines, 20)
        assert any(line.startswith("STATUS=") and "no event file" in line for line in listener.lines)
        listener.wait(lambda lines: lines.count("WATCHDOG=1") >= 2, 20)
        (damaged / "event.wall").unlink()
        listener.wait(lambda lines: "STATUS=The event file is open." in lines, 20)
        heard = listener.lines.count("WATCHDOG=1")
        listener.wait(lambda lines: lines.count("WATCHDOG=1") >= heard + 2, 20)
        assert (damaged / "event.wall").stat().st_size > 0
