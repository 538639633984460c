from __future__ import annotations

import pytest
from app.offscreen import DEMO, kiosk
from PIL import Image

from kiosk.domain.scenes import SCENES


@pytest.mark.parametrize("scene", [*SCENES, "slate", "desk"])
def test_a_snapshot_is_the_same_every_time(scene, tmp_path):
    for name in ("one.png", "two.png"):
        result = kiosk("snapshot", DEMO, "--scene", scene, "--size", "1280x720", "-o", tmp_path / name, folder=tmp_path)
        assert result.returncode == 0, result.stderr
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "two.png").read_bytes()
    with Image.open(tmp_path / "one.png") as picture:
        assert picture.size == (1280, 720)


def test_where_the_picture_cannot_be_written_the_sentence_says_so(tmp_path):
    result = kiosk("snapshot", DEMO, "--scene", "slate", "-o", tmp_path / "none" / "x.png", folder=tmp_path)
    assert result.returncode == 2
    assert "There is no folder" in result.stderr
