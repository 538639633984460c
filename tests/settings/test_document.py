from __future__ import annotations

import pytest

from kiosk.domain.errors import SettingsError
from kiosk.settings.document import Document, is_list, is_table, nearest


def test_what_cannot_be_read_says_what_to_do(tmp_path):
    with pytest.raises(SettingsError, match=r"none\.toml: No such file or directory; make one\."):
        Document.read(tmp_path / "none.toml", "make one.")
    with pytest.raises(SettingsError, match="make one"):
        Document.read(tmp_path / "a\0b.toml", "make one.")
    broken = tmp_path / "broken.toml"
    broken.write_bytes(b"\xff")
    with pytest.raises(SettingsError, match="not UTF-8"):
        Document.read(broken, "")


def test_a_line_that_is_not_toml_is_named(tmp_path):
    with pytest.raises(SettingsError, match=r"x\.toml:2: not TOML"):
        Document(tmp_path / "x.toml", '[a]\nb = "\n')


def test_shapes_and_near_words_are_known():
    assert is_table({"a": 1})
    assert not is_table([1])
    assert is_list([1])
    assert not is_list({})
    assert nearest("nigth", ["night", "paper"]) == "night"
    assert nearest("zzz", ["night", "paper"]) == ""
