from __future__ import annotations

import stat

from kiosk.runtime.vault import FileVault


def test_what_is_kept_survives_a_restart_and_nobody_else_can_read_it(tmp_path):
    path = tmp_path / "event.wall.sessions"
    FileVault(path).put("bluesky", "secret")
    assert FileVault(path).get("bluesky") == "secret"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_nothing_kept_is_an_empty_text(tmp_path):
    assert FileVault(tmp_path / "none").get("x") == ""
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_file_counts_as_empty_and_is_replaced(tmp_path):
    path = tmp_path / "kept"
    path.write_bytes(b"{\xff")
    vault = FileVault(path)
    assert vault.get("x") == ""
    vault.put("x", "1")
    assert FileVault(path).get("x") == "1"


def test_where_the_disk_refuses_it_is_kept_until_the_end(tmp_path):
    vault = FileVault(tmp_path / "no such folder" / "kept")
    vault.put("x", "1")
    assert vault.get("x") == "1"
