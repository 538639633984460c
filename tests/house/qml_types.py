"""Tells Qt's own linter which types Python brings, so that QML is checked against them."""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from house.tree import PACKAGE

MODULE = PACKAGE / "ui" / "qml" / "Kiosk"
SCRIPTS = Path(sys.executable).parent
MOST = 100


def qt(tool: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run one of Qt's tools, as PySide6 brings them."""
    return subprocess.run([SCRIPTS / f"pyside6-{tool}", *arguments], capture_output=True, text=True, check=False)


def typed_module(folder: Path) -> Path:
    """Copy our QML there with a description of every Python type in it; the copied module."""
    copy = folder / "Kiosk"
    shutil.copytree(MODULE, copy)
    sources = [path for path in sorted((PACKAGE / "ui").glob("*.py")) if "@QmlElement" in path.read_text("utf-8")]
    dumps = [_dump(source, folder) for source in sources]
    described = copy / "Kiosk.qmltypes"
    made = qt(
        "qmltyperegistrar", "--generate-qmltypes", described, "--import-name", "Kiosk",
        "--major-version", "1", "--minor-version", "0", "-o", folder / "unused.cpp", *dumps,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    with (copy / "qmldir").open("a", encoding="utf-8") as qmldir:
        qmldir.write("typeinfo Kiosk.qmltypes\n")
    return copy


def _dump(source: Path, folder: Path) -> Path:
    out = folder / f"{source.stem}.json"
    made = qt("metaobjectdump", source, "-o", out)
    assert made.returncode == 0, made.stderr
    units: list[dict[str, Any]] = json.loads(out.read_text("utf-8"))
    constants = _constants(source)
    for unit in units:
        for described in unit["classes"]:
            described["object"] = True  # the dump misses it where the base is one of our own classes
            for item in described.get("properties", ()):
                if (described["className"], item["name"]) in constants:  # and it drops `constant=True`
                    item["constant"] = True
    out.write_text(json.dumps(units), "utf-8")
    return out


def _constants(source: Path) -> set[tuple[str, str]]:
    """Class and name of every property that is declared `constant=True`."""
    found: set[tuple[str, str]] = set()
    for outer in ast.walk(ast.parse(source.read_text("utf-8"))):
        if isinstance(outer, ast.ClassDef):
            for inner in outer.body:
                if isinstance(inner, ast.FunctionDef) and any(map(_is_constant, inner.decorator_list)):
                    found.add((outer.name, inner.name))
    return found


def _is_constant(decorator: ast.expr) -> bool:
    return (
        isinstance(decorator, ast.Call)
        and isinstance(decorator.func, ast.Name)
        and decorator.func.id == "Property"
        and any(word.arg == "constant" for word in decorator.keywords)
    )
