from __future__ import annotations

import time

from app.offscreen import DEMO, kiosk
from PIL import Image


def test_the_demo_without_a_display_speaks_leaves_two_pictures_and_ends_by_itself(tmp_path):
    began = time.monotonic()
    result = kiosk("demo", "--duration", 6, folder=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "No display" in result.stdout
    assert result.stdout.count("on air  ") >= 3
    assert time.monotonic() - began < 30
    for name, size in (("wall.png", (1920, 1080)), ("desk.png", (1600, 900))):
        with Image.open(tmp_path / name) as picture:
            assert picture.size == size
            assert len(picture.convert("RGB").resize((64, 64)).getcolors(4096)) > 20, f"{name} is nearly empty"


def test_a_recording_is_never_written_to(tmp_path):
    copy = tmp_path / "demo.wall"
    copy.write_bytes(DEMO.read_bytes())
    copy.chmod(0o444)
    before = copy.read_bytes()
    assert kiosk("snapshot", copy, "--scene", "scroll", "-o", tmp_path / "out.png", folder=tmp_path).returncode == 0
    assert copy.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["demo.wall", "out.png"]


def test_a_recording_that_is_not_there_is_a_sentence(tmp_path):
    result = kiosk("replay", tmp_path / "none.wall", folder=tmp_path)
    assert result.returncode == 1
    assert "There is no event file" in result.stderr
    assert "Traceback" not in result.stderr
