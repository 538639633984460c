from __future__ import annotations

import signal
import time

from app.offscreen import running, systemd

EVENT = '[event]\nname = "Show"\n'


def test_systemd_hears_that_it_lives_only_while_frames_are_painted(tmp_path):
    (tmp_path / "event.toml").write_text(EVENT, "utf-8")
    with (
        systemd(tmp_path) as listener,
        running(
            "run", "event.toml", folder=tmp_path, NOTIFY_SOCKET=str(listener.path), WATCHDOG_USEC="3000000"
        ) as child,
    ):
        listener.wait(lambda lines: lines.count("WATCHDOG=1") >= 3, 30)
        child.send_signal(signal.SIGSTOP)
        time.sleep(0.5)
        heard = len(listener.listen())
        time.sleep(3)
        assert len(listener.listen()) == heard, "a stopped program fed the watchdog"
        child.send_signal(signal.SIGCONT)
        listener.wait(lambda lines: len(lines) > heard, 10)
        child.send_signal(signal.SIGTERM)
        assert child.wait(15) == 0


def test_the_windows_close_and_the_file_is_folded_together_at_the_end(tmp_path):
    (tmp_path / "event.toml").write_text(EVENT, "utf-8")
    with (
        systemd(tmp_path) as listener,
        running("run", "event.toml", folder=tmp_path, NOTIFY_SOCKET=str(listener.path)) as child,
    ):
        listener.wait(lambda lines: "READY=1" in lines, 30)
        child.send_signal(signal.SIGTERM)
        assert child.wait(15) == 0
    assert "Traceback" not in (tmp_path / "log").read_text("utf-8")
    assert not list(tmp_path.glob("event.wall-wal"))
