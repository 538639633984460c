"""Who may import what from outside; the direction inside is import-linter's contract."""

from __future__ import annotations

import ast
import sys

from house.tree import PACKAGE, PYTHON, name

ROOMS = {
    "PySide6": {"ui", "app"},
    "shiboken6": {"ui", "app"},
    "qasync": {"app"},
    "httpx": {"media", "sources", "app"},
    "httpcore": {"media"},
    "certifi": {"media"},
    "PIL": {"media"},
    "pi_heif": {"media"},
    "websockets": {"media"},
    "zstandard": {"media"},
    "feedparser": {"media"},
    "coincurve": {"sources"},
    "pebble": {"media"},
    "apsw": {"archive"},
    "sqlite3": set(),
    "selectolax": {"domain"},
}
"""External packages that may stand in these rooms alone; msgspec may stand anywhere."""

PURE = {"asyncio", "time", "random", "os", "socket", "threading", "pathlib", "subprocess"}
"""What the domain, which is pure, has no use for."""


def imported(path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


def room(path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def test_external_packages_stand_where_the_design_allows_them():
    wrong = [
        f"{name(path)} imports {package}"
        for path in PYTHON
        for package in imported(path)
        if package in ROOMS and room(path) not in ROOMS[package]
    ]
    assert not wrong


def test_nothing_else_comes_from_outside():
    known = set(sys.stdlib_module_names) | set(ROOMS) | {"msgspec", "kiosk"}
    assert not {f"{name(path)}: {package}" for path in PYTHON for package in imported(path) - known}


def test_the_domain_is_pure():
    assert not {f"{name(p)}: {package}" for p in PYTHON if room(p) == "domain" for package in imported(p) & PURE}
