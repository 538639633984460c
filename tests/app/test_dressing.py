from __future__ import annotations

import asyncio

import pytest
from PIL import Image

from kiosk.app.dressing import dressed
from kiosk.domain.errors import SettingsError


def test_one_of_ours_is_worn_by_its_name():
    brand = asyncio.run(dressed("noon"))
    assert (brand.theme.name, brand.logo, brand.background, brand.veil) == ("noon", b"", b"", 0.0)


def test_a_theme_of_ones_own_brings_its_pictures(tmp_path):
    Image.new("RGB", (64, 32), "white").save(tmp_path / "p.png")
    text = '[logo]\nfile = "p.png"\n[background]\nkind = "picture"\nfile = "p.png"\n'
    (tmp_path / "ours.toml").write_text(text, "utf-8")
    brand = asyncio.run(dressed("ours.toml", tmp_path))
    assert brand.logo.startswith(b"\x89PNG")
    assert brand.background.startswith(b"\x89PNG")
    assert brand.veil > 0


def test_a_theme_that_is_not_there_is_a_sentence(tmp_path):
    with pytest.raises(SettingsError, match="There is no theme"):
        asyncio.run(dressed("nigth"))
