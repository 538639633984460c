"""Pictures of every scene beside those that were found right; what differs is left as a picture to review.

After a change that is meant: `PYTHONPATH=. python tests/ui/test_look.py`; look at what git shows as changed; commit it.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from kiosk.domain.scenes import SCENES

ROOT = Path(__file__).parents[2]
FOUND_RIGHT = Path(__file__).parent / "look"
SIZES = ("1280x720", "720x1280", "1920x1080")
ACROSS = 480
"""Pixels that a picture is wide when it is kept and compared."""

MEAN, STRIKING, SHARE = 5.0, 60, 0.01
"""How much may differ, in steps of 255: on average, and at more than that share of the pixels."""


def drawn(folder: Path) -> None:
    """Draw every scene of the demo event, without a display."""
    sizes = [part for size in SIZES for part in ("--size", size)]
    command = [sys.executable, "-m", "kiosk", "gallery", ROOT / "assets" / "demo.wall", *sizes, "-o", folder]
    subprocess.run(command, cwd=ROOT, check=True, timeout=280, capture_output=True)


def small(path: Path) -> Image.Image:
    with Image.open(path) as picture:
        width, height = picture.size
        return picture.convert("RGB").resize((ACROSS, round(height * ACROSS / width)), Image.Resampling.LANCZOS)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("look")
    drawn(folder)
    return folder


@pytest.mark.timeout(300)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scene", [*SCENES, "slate"])
def test_a_scene_looks_as_it_did_when_it_was_looked_at(pictures, scene, size):
    new = small(pictures / f"{scene}-night-{size}.png")
    with Image.open(FOUND_RIGHT / f"{scene}-{size}.jpg") as kept:
        old = kept.convert("RGB")
    away = ImageChops.difference(new, old)
    striking = away.convert("L").point([255 * (step > STRIKING) for step in range(256)])
    share = ImageStat.Stat(striking).sum[0] / 255 / (new.width * new.height)
    if share > SHARE or max(ImageStat.Stat(away).mean) > MEAN:
        sheet = Image.new("RGB", (3 * new.width, new.height))
        for number, each in enumerate((old, new, striking.convert("RGB"))):
            sheet.paste(each, (number * new.width, 0))
        review = Path(tempfile.gettempdir()) / f"kiosk-look-{scene}-{size}.png"
        sheet.save(review)
        pytest.fail(f"{share:.1%} of the pixels differ; before, now and where: {review}")


def test_no_picture_is_kept_of_a_scene_that_is_gone():
    wanted = {f"{scene}-{size}.jpg" for scene in (*SCENES, "slate") for size in SIZES}
    assert {path.name for path in FOUND_RIGHT.glob("*")} == wanted


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        drawn(Path(made))
        FOUND_RIGHT.mkdir(exist_ok=True)
        for each in Path(made).glob("*.png"):
            small(each).save(FOUND_RIGHT / f"{each.stem.replace('-night', '')}.jpg", quality=90, subsampling=0)
