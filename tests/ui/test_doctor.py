from __future__ import annotations

import pytest

from kiosk.ui import doctor
from kiosk.ui.doctor import examine


@pytest.fixture
def well(shell, monkeypatch):
    """A machine that lacks nothing."""
    monkeypatch.setattr(doctor, "LIBRARIES", {"libc.so.6": "libc6"})
    monkeypatch.setattr(doctor, "SAMPLES", {"Latin": ("a", "fonts-latin")})
    return monkeypatch


def said_by_examining() -> tuple[int, list[str]]:
    lines: list[str] = []
    return examine(lines.append), lines


def test_a_machine_that_lacks_nothing_is_well(well):
    code, lines = said_by_examining()
    assert code == 0
    assert "✓ libraries: all there" in lines
    assert "✓ fonts: all there" in lines
    assert not any("apt-get" in line for line in lines)


def test_the_versions_are_said_of_everything_that_a_fault_may_come_from(well):
    words = "\n".join(said_by_examining()[1])
    for name in ("kiosk", "Python 3.", "Qt 6.", "SQLite 3.", "PySide6-Essentials 6.", "pillow", "qasync", "httpx"):
        assert name in words


def test_the_newest_emoji_are_drawn_with_our_own_font(well):
    assert "✓ emoji up to Unicode 17, 🫈, are drawn with Noto Color Emoji 17" in said_by_examining()[1]
    well.setattr(doctor, "NEWEST", "a")
    assert any(line.startswith("✗ emoji up to Unicode 17, a, are") for line in said_by_examining()[1])


def test_a_missing_library_is_named_with_the_package_that_brings_it(well):
    well.setattr(doctor, "LIBRARIES", {"libc.so.6": "libc6", "libnot-there.so.9": "libnot-there9"})
    code, lines = said_by_examining()
    assert code == 1
    assert "✗ libraries missing: libnot-there9" in lines
    assert lines[-1] == "To install what is missing: sudo apt-get install libnot-there9"


def test_a_script_that_no_font_can_write_is_named_with_its_package_once(well):
    unassigned = "\U000e0fff"
    well.setattr(
        doctor, "SAMPLES", {"Latin": ("a", "x"), "Old": (unassigned, "fonts-old"), "Older": (unassigned, "fonts-old")}
    )
    code, lines = said_by_examining()
    assert code == 1
    assert "✗ fonts missing: Old (fonts-old), Older (fonts-old)" in lines
    assert lines[-1].endswith("apt-get install fonts-old")


def test_every_sample_is_one_character_of_its_script():
    assert all(len(sample) == 1 for sample, _ in doctor.SAMPLES.values())


def test_the_outputs_are_listed_as_the_event_file_names_them(well, shell):
    words = "\n".join(said_by_examining()[1])
    for screen in shell.application.screens():
        size = screen.geometry()
        assert f"output “{screen.name()}”: {size.width()}×{size.height()}" in words


def test_the_photo_formats_are_those_that_the_decoder_reads(well):
    line = next(line for line in said_by_examining()[1] if "photo formats" in line)
    assert "jpeg" in line.lower()
    assert "png" in line.lower()


def test_no_display_is_said_but_is_no_fault(well):
    code, lines = said_by_examining()
    assert code == 0
    assert any("no display" in line for line in lines)


def test_the_walls_own_letters_are_shown_to_be_there(well, shell):
    assert "✓ the wall's own letters, Inter Display, are drawn as Inter Display" in said_by_examining()[1]
    theme = shell.engine.singletonInstance("Kiosk", "Theme")
    assert theme.property("family") == doctor.OWN


def test_letters_that_are_not_there_are_marked(well):
    well.setattr(doctor, "OWN", "No Such Family")
    line = next(line for line in said_by_examining()[1] if "own letters" in line)
    assert line.startswith("✗")


def test_assets_that_are_missing_are_marked(well, tmp_path):
    well.setattr(doctor, "assets_folder", lambda: tmp_path)
    assert f"✗ assets: {tmp_path}" in said_by_examining()[1]
    (tmp_path / "demo.wall").touch()
    assert f"✓ assets: {tmp_path}" in said_by_examining()[1]
