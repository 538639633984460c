from __future__ import annotations

from app.offscreen import DEMO, kiosk
from PIL import Image

from kiosk.domain.scenes import SCENES


def test_a_gallery_holds_every_scene_in_each_size(tmp_path):
    result = kiosk("gallery", DEMO, "--size", "640x360", "-o", tmp_path, "--theme", "paper", folder=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "Qt complained" not in result.stderr
    drawn = {path.name for path in tmp_path.glob("*.png")}
    assert drawn == {f"{scene}-paper-640x360.png" for scene in (*SCENES, "slate")}
    for path in tmp_path.glob("*.png"):
        with Image.open(path) as picture:
            assert picture.size == (640, 360)
            assert len(picture.convert("RGB").getcolors(1 << 20) or ()) > 20
    assert f"{len(drawn)} of {len(drawn)}" in result.stdout


def test_a_folder_that_is_not_there_is_said(tmp_path):
    result = kiosk("gallery", DEMO, "-o", tmp_path / "none", folder=tmp_path)
    assert result.returncode == 2
    assert "There is no folder" in result.stderr
