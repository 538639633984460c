from __future__ import annotations

from app.offscreen import DEMO, kiosk
from PIL import Image

from kiosk.domain.scenes import SCENES
from kiosk.settings import theme_names


def test_a_gallery_holds_every_scene_in_every_theme_and_size(tmp_path):
    result = kiosk("gallery", DEMO, "--size", "640x360", "-o", tmp_path, folder=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "Qt complained" not in result.stderr
    drawn = {path.name for path in tmp_path.glob("*.png")}
    assert drawn == {f"{scene}-{theme}-640x360.png" for scene in (*SCENES, "slate") for theme in theme_names()}
    for path in tmp_path.glob("*.png"):
        with Image.open(path) as picture:
            assert picture.size == (640, 360)
            assert len(picture.convert("RGB").getcolors(1 << 20) or ()) > 20
    assert f"{len(drawn)} of {len(drawn)}" in result.stdout
    grounds = set()
    for theme in theme_names():
        with Image.open(tmp_path / f"sheet-{theme}.jpg") as sheet:
            assert sheet.height > 300
        with Image.open(tmp_path / f"slate-{theme}-640x360.png") as slate:
            grounds.add(slate.convert("RGB").getpixel((5, 5)))
    assert len(grounds) == len(theme_names()), "each theme is dressed anew"


def test_a_folder_that_is_not_there_is_said(tmp_path):
    result = kiosk("gallery", DEMO, "-o", tmp_path / "none", folder=tmp_path)
    assert result.returncode == 2
    assert "There is no folder" in result.stderr
