"""The files that the house rules look at."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "kiosk"
PYTHON = sorted(PACKAGE.rglob("*.py"))
QML = sorted((PACKAGE / "ui" / "qml").rglob("*.qml"))


def name(path: Path) -> str:
    """A file as people call it: its path from the top of the tree."""
    return path.relative_to(ROOT).as_posix()
