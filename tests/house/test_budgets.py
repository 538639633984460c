"""Sizes: when one is passed, find the missing concept instead of splitting by size."""

from __future__ import annotations

import ast
import statistics

from house.tree import PACKAGE, PYTHON, QML, ROOT, name


def lines(path) -> int:
    return len(path.read_text("utf-8").splitlines())


def test_python_files_stay_small():
    sizes = {name(path): lines(path) for path in PYTHON if path.name != "__init__.py"}
    assert statistics.median(sizes.values()) <= 120
    assert not {path: size for path, size in sizes.items() if size > 400}
    assert lines(PACKAGE / "runtime" / "ledger.py") <= 150


def test_qml_files_stay_small():
    sizes = {name(path): lines(path) for path in QML}
    assert statistics.median(sizes.values()) <= 80
    assert not {path: size for path, size in sizes.items() if size > 200}


def test_nine_functions_in_ten_are_within_thirty_lines():
    sizes = [
        node.end_lineno - node.lineno + 1
        for path in PYTHON
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno
    ]
    assert sum(size <= 30 for size in sizes) / len(sizes) >= 0.9


def test_every_module_and_public_class_opens_with_a_sentence():
    for path in PYTHON:
        tree = ast.parse(path.read_text("utf-8"))
        for node in (tree, *(n for n in ast.walk(tree) if isinstance(n, ast.ClassDef) and not n.name.startswith("_"))):
            words = ast.get_docstring(node) or ""
            assert words.split("\n\n")[0].rstrip()[-1:] in {".", ":"}, f"{name(path)}: {words[:60]!r}"


def test_the_readme_is_a_front_door():
    assert lines(ROOT / "README.md") <= 250


def test_the_architecture_is_one_page():
    assert lines(PACKAGE / "ARCHITECTURE.md") <= 90
