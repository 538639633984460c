"""The command line as a user meets it: sentences and exit codes, never a traceback."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk import __version__

ROOT = Path(__file__).parents[1]


def kiosk(*arguments: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kiosk", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=60, check=False, env=_environment())


def _environment() -> dict[str, str]:

    kept = {name: value for name, value in os.environ.items() if name not in {"DISPLAY", "WAYLAND_DISPLAY"}}
    return kept | {"PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}


def test_version():
    result = kiosk("--version")
    assert (result.returncode, result.stdout.strip()) == (0, f"kiosk {__version__}")


def test_help_shows_examples_of_every_command():
    result = kiosk("--help")
    assert result.returncode == 0
    commands = re.findall(r"^    (\w+)  ", result.stdout, re.MULTILINE)
    assert set(commands) >= {"run", "demo", "replay", "snapshot", "check", "doctor", "init"}
    examples = result.stdout.split("examples:")[1]
    for command in commands:
        assert f"kiosk {command}" in examples


def test_help_needs_no_qt():
    probe = "import sys; from kiosk.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass\n"
    probe += "assert not any(name.startswith('PySide6') for name in sys.modules), 'Qt was imported'"
    result = subprocess.run([sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "required"),
        (("fly",), "invalid choice"),
        (("replay", "x.wall", "--speed", "0"), "between 0.25 and 1000"),
        (("replay", "x.wall", "--speed", "fast"), "invalid _speed value"),
        (("snapshot", "x.wall", "--scene", "scrol", "-o", "x.png"), "invalid choice"),
        (("snapshot", "x.wall", "--scene", "scroll", "--size", "big", "-o", "x.png"), "1920x1080"),
        (("snapshot", "x.wall", "--scene", "scroll", "-o", "/nowhere/x.png"), "There is no folder /nowhere"),
        (("snapshot", "x.wall", "--scene", "scroll", "--theme", "nigth", "-o", "x.png"), "did you mean “night”?"),
        (("demo", "--theme", "/nowhere/ours.toml"), "/nowhere/ours.toml: No such file"),
        (("run", "absent.toml"), "kiosk init"),
    ],
)
def test_wrong_usage_is_a_sentence_and_two(arguments, words):
    result = kiosk(*arguments)
    assert result.returncode == 2
    assert words in result.stderr
    assert "Traceback" not in result.stderr


def test_absent_recording_is_a_sentence_and_one(tmp_path):
    result = kiosk("replay", tmp_path / "absent.wall")
    assert result.returncode == 1
    assert "absent.wall" in result.stderr
    assert "Traceback" not in result.stderr


def test_init_writes_what_check_reads(tmp_path):
    event = tmp_path / "event.toml"
    assert kiosk("init", event).returncode == 0
    again = kiosk("init", event)
    assert again.returncode == 2
    assert "exists" in again.stderr
    event.write_text(
        event.read_text("utf-8").replace("https://mastodon.social", "http://127.0.0.1:9")
        + "allow_private_addresses = true\n",
        "utf-8",
    )
    result = kiosk("check", event)
    assert result.returncode == 1
    assert "#mytweetup" in result.stdout
    assert "✗ mastodon http://127.0.0.1:9" in result.stdout
    assert "Traceback" not in result.stderr


def test_wrong_key_names_file_line_and_nearest(tmp_path):
    event = tmp_path / "event.toml"
    event.write_text('[event]\nname = "x"\nhashtag = ["y"]\n', "utf-8")
    result = kiosk("check", event)
    assert result.returncode == 2
    assert f"{event}:3" in result.stderr
    assert "did you mean “hashtags”?" in result.stderr
