from __future__ import annotations

import asyncio
import io

import pytest
from PIL import Image

from kiosk.app.stills import LARGEST, open_stills
from kiosk.domain.contrast import BODY, blend, ratio
from kiosk.domain.errors import SettingsError
from kiosk.settings import Theme
from kiosk.settings.theme import BackgroundTable, LogoTable


def _theme(folder, *, logo: str = "", background: str = "") -> Theme:
    kind = "picture" if background else "plain"
    return Theme(logo=LogoTable(logo), background=BackgroundTable(kind=kind, file=background), folder=folder)


def _open(theme: Theme):
    return asyncio.run(open_stills(theme))


def test_a_theme_without_pictures_starts_nothing(tmp_path):
    assert _open(_theme(tmp_path)) == (None, None, 0.0)


def test_a_logo_keeps_its_transparency_and_nothing_else(tmp_path):
    Image.new("RGBA", (300, 100), (255, 0, 0, 128)).save(tmp_path / "logo.png", description="by me")
    logo = _open(_theme(tmp_path, logo="logo.png")).logo
    assert (logo.width, logo.height) == (300, 100)
    decoded = Image.open(io.BytesIO(logo.png))
    assert decoded.getpixel((5, 5)) == (255, 0, 0, 128)
    assert not decoded.info.get("description")


def test_a_bright_background_is_veiled_so_that_words_stay_readable(tmp_path):
    Image.new("RGB", (640, 360), "white").save(tmp_path / "sky.jpg")
    stills = _open(_theme(tmp_path, background="sky.jpg"))
    assert 0 < stills.veil < 1
    assert ratio(Theme().colours.stage_ink, blend(Theme().colours.stage, "#ffffff", stills.veil)) >= BODY


def test_a_dark_background_needs_no_veil(tmp_path):
    Image.new("RGB", (640, 360), "#0a0f1f").save(tmp_path / "dark.png")
    assert _open(_theme(tmp_path, background="dark.png")).veil == 0


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("none.png", None, "there is no such file"),
        ("broken.png", b"\x89PNG\r\n\x1a\nxxxx", "damaged"),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "neither JPEG, PNG, WebP"),
        ("giant.png", b"\0" * (LARGEST + 1), "more than 32 MB"),
        ("../..", None, "there is no such file"),
    ],
)
def test_a_picture_that_cannot_be_had_is_refused_with_the_reason(tmp_path, name, content, words):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(SettingsError, match=words) as fault:
        _open(_theme(tmp_path, logo=name))
    assert str(tmp_path / name) in str(fault.value)
