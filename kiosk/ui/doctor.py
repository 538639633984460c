"""`kiosk doctor`: what this machine has and lacks, each with what to do about it."""

from __future__ import annotations

import ctypes
import importlib.metadata
import os
import platform
import sys
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import qVersion
from PySide6.QtGui import QFont, QFontDatabase, QFontInfo, QGuiApplication, QImageReader, QRawFont

from kiosk.archive.event_file import sqlite_version
from kiosk.media.codecs import codecs
from kiosk.settings import assets_folder
from kiosk.ui.fonts import EMOJI, add_fonts, family_of
from kiosk.ui.renderer import choose_renderer
from kiosk.ui.shell import choose_platform

if TYPE_CHECKING:
    from collections.abc import Callable

    Say = Callable[[str], None]

LIBRARIES: Final = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libfontconfig.so.1": "libfontconfig1",
    "libXss.so.1": "libxss1",
}
"""Shared libraries that Qt's windows need and its wheel does not bring, and what keeps the screens awake, with
Debian's package for each."""

OWN: Final = "Inter Display"
"""The family that Theme.qml names; it stands in the assets."""

NEWEST: Final = "🫈"
"""An emoji that came with Unicode 17."""

SAMPLES: Final = {
    "Latin": ("a", "fonts-noto-core"),
    "Cyrillic": ("ж", "fonts-noto-core"),
    "Greek": ("ψ", "fonts-noto-core"),
    "Arabic": ("ع", "fonts-noto-core"),
    "Hebrew": ("ש", "fonts-noto-core"),
    "Devanagari": ("ह", "fonts-noto-core"),
    "Thai": ("ท", "fonts-noto-core"),
    "Chinese": ("漢", "fonts-noto-cjk"),
    "Japanese": ("あ", "fonts-noto-cjk"),
    "Korean": ("한", "fonts-noto-cjk"),
    "emoji": ("🎉", "fonts-noto-color-emoji"),
}


def examine(say: Say) -> int:
    """Say everything; 0 where nothing is missing, 1 otherwise."""
    packages = ("PySide6-Essentials", "qasync", "httpx", "pillow", "pebble", "msgspec", "apsw")
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in packages)
    say(f"kiosk {importlib.metadata.version('kiosk') if _installed() else 'from a checkout'} in {sys.prefix}")
    say(f"Python {platform.python_version()}, Qt {qVersion()}, SQLite {sqlite_version()}; {versions}")
    missing = [package for library, package in LIBRARIES.items() if not _loads(library)]
    say(_line("libraries", missing))
    shown = choose_platform()
    say(f"✓ drawn by: {choose_renderer(on_screen=shown).words}")
    application = QGuiApplication.instance() or QGuiApplication(["kiosk"])
    missing += _fonts(say)
    say(f"✓ photo formats: {', '.join(codecs())}; Qt reads our own: {_qt_formats()}")
    say(f"{'✓' if (assets_folder() / 'demo.wall').is_file() else '✗'} assets: {assets_folder()}")
    for screen in QGuiApplication.screens():
        size = screen.geometry()
        say(
            f"✓ output “{screen.name()}”: {size.width()}×{size.height()} at {size.x()},{size.y()}, "
            f"{screen.refreshRate():.0f} Hz, scale {screen.devicePixelRatio():g}"
        )
    if not shown:
        say("• no display: DISPLAY and WAYLAND_DISPLAY are empty, so windows would be drawn off-screen")
    if missing:
        say(f"To install what is missing: sudo apt-get install {' '.join(sorted(set(missing)))}")
    del application
    return 1 if missing else 0


def _fonts(say: Say) -> list[str]:
    """Find scripts that no installed font can write; their packages."""
    missing: dict[str, str] = {}
    for script, (sample, package) in SAMPLES.items():
        families = QFontDatabase.families()
        if not any(QRawFont.fromFont(QFont(family)).supportsCharacter(ord(sample)) for family in families):
            missing[script] = package
    say(_line("fonts", [f"{script} ({package})" for script, package in missing.items()]))
    add_fonts(assets_folder() / "fonts")
    drawn = QFontInfo(QFont(OWN)).family()
    say(f"{'✓' if drawn == OWN else '✗'} the wall's own letters, {OWN}, are drawn as {drawn}")
    newest = family_of(NEWEST, QFont(OWN))
    say(f"{'✓' if newest == EMOJI else '✗'} emoji up to Unicode 17, {NEWEST}, are drawn with {newest or 'no font'}")
    return list(missing.values())


def _line(what: str, missing: list[str]) -> str:
    return f"✗ {what} missing: {', '.join(missing)}" if missing else f"✓ {what}: all there"


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library, mode=os.RTLD_LAZY)
    except OSError:
        return False
    return True


def _qt_formats() -> str:
    return ", ".join(sorted(bytes(name.data()).decode() for name in QImageReader.supportedImageFormats()))


def _installed() -> bool:
    try:
        importlib.metadata.version("kiosk")
    except importlib.metadata.PackageNotFoundError:
        return False
    return True
