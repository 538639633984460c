from __future__ import annotations

import subprocess

import pytest

from kiosk.ui import renderer
from kiosk.ui.renderer import choose_renderer, driver_name


@pytest.fixture
def free(monkeypatch):
    """A user who asks for nothing."""
    monkeypatch.delenv("QT_QUICK_BACKEND", raising=False)
    return monkeypatch


@pytest.fixture
def devices(tmp_path):
    """A machine's /dev, with a GPU."""
    (tmp_path / "dri").mkdir()
    (tmp_path / "dri" / "renderD128").touch()
    return tmp_path


def answered(monkeypatch, name: str) -> None:
    monkeypatch.setattr(renderer, "driver_name", lambda: name)


def test_a_real_gpu_draws_with_opengl(free, devices):
    answered(free, "Mesa Intel(R) UHD Graphics 620 (KBL GT2)")
    chosen = choose_renderer(devices=devices)
    assert chosen.opengl
    assert "UHD Graphics 620" in chosen.words


@pytest.mark.parametrize(
    "name", ["llvmpipe (LLVM 15.0.6, 256 bits)", "softpipe", "Google SwiftShader", "virgl (LLVMPIPE)"]
)
def test_opengl_that_the_processor_computes_is_none(free, devices, name):
    answered(free, name)
    chosen = choose_renderer(devices=devices)
    assert not chosen.opengl
    assert name in chosen.why


def test_a_driver_that_does_not_answer_is_none(free, devices):
    answered(free, "")
    assert choose_renderer(devices=devices) == (False, "the GPU's driver did not answer")


def test_a_machine_without_a_device_is_not_asked(free, tmp_path):
    free.setattr(renderer, "driver_name", lambda: pytest.fail("nobody should ask"))
    assert choose_renderer(devices=tmp_path) == (False, "this machine has no GPU")


def test_the_users_word_wins_then_the_event_file(free, devices):
    answered(free, "Mesa Intel")
    assert not choose_renderer("software", devices=devices).opengl
    assert choose_renderer("opengl", on_screen=False).opengl
    free.setenv("QT_QUICK_BACKEND", "software")
    assert not choose_renderer("opengl", devices=devices).opengl


def test_off_screen_nothing_is_asked(free, devices):
    assert not choose_renderer(on_screen=False, devices=devices).opengl


@pytest.mark.parametrize(
    "program",
    [
        "import os; os.abort()",
        "import time; time.sleep(60)",
        "raise SystemExit(1)",
        "",
    ],
)
def test_a_driver_that_dies_hangs_or_fails_takes_nothing_with_it(monkeypatch, tmp_path, program):
    script = tmp_path / "driver.py"
    script.write_text(program, "utf-8")
    monkeypatch.setattr(renderer, "__file__", str(script))
    monkeypatch.setattr(renderer, "PATIENCE", 0.5)
    assert driver_name() == ""


def test_the_child_answers_with_what_the_driver_says(monkeypatch, tmp_path):
    script = tmp_path / "driver.py"
    script.write_text("print('Mesa Intel')", "utf-8")
    monkeypatch.setattr(renderer, "__file__", str(script))
    assert driver_name() == "Mesa Intel"


def test_the_real_child_says_something_or_nothing_and_ends(monkeypatch):
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    try:
        assert isinstance(driver_name(), str)
    except subprocess.TimeoutExpired:
        pytest.fail("it was not bounded")
