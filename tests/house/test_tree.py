"""The tree itself: what stands at the top, a test file for every module, and papers that tell the truth."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
from house.tree import PACKAGE, PYTHON, ROOT, name

from kiosk.cli import _parser

TOP = {"kiosk", "assets", "tests", "pyproject.toml", "README.md", "kiosk.service", "LICENSE"}
PAPERS = [ROOT / "README.md", PACKAGE / "ARCHITECTURE.md", PACKAGE / "DECISIONS.md"]
LOCKING = {"--universal", "--python-version", "--generate-hashes", "--no-emit-index-url", "--no-header"}
"""What the decision on locks says to type into a tool that is not ours."""


def tracked() -> list[str]:
    if not shutil.which("git"):
        pytest.skip("needs git, to know which files are ours")
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return listed.stdout.splitlines()


def test_nothing_else_stands_at_the_top():
    assert {path.split("/")[0] for path in tracked() if not path.startswith(".")} <= TOP


def test_every_module_has_a_test_file():
    missing = []
    for path in PYTHON:
        if path.name in {"__init__.py", "__main__.py"}:
            continue
        inside = path.relative_to(PACKAGE)
        if not (ROOT / "tests" / inside.parent / f"test_{inside.name}").is_file():
            missing.append(name(path))
    assert not missing


@pytest.mark.parametrize("paper", PAPERS, ids=name)
def test_paths_that_papers_name_exist(paper):
    text = paper.read_text("utf-8")
    for path in re.findall(r"(?<![\w/.])((?:kiosk|assets|tests)/[\w./-]*\w)", text):
        assert (ROOT / path).exists(), f"{name(paper)} names {path}"
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        if not target.startswith("http"):
            assert (ROOT / target).exists() or (paper.parent / target).exists(), f"{name(paper)} links to {target}"


def test_commands_and_options_that_papers_name_exist():
    known = _words(_parser())
    script = (ROOT / "assets" / "install.sh").read_text("utf-8") + (ROOT / "tests" / "run.sh").read_text("utf-8")
    for paper in PAPERS:
        text = paper.read_text("utf-8")
        for command in re.findall(r"`kiosk ([a-z]+)", text):
            assert command in known, f"{name(paper)} names kiosk {command}"
        for option in set(re.findall(r"(?<![\w-])(--[a-z][a-z-]+)", text)):
            assert option in known or option in script or option in LOCKING, f"{name(paper)} names {option}"


def _words(parser) -> set[str]:
    words: set[str] = set()
    for action in parser._actions:
        words |= set(action.option_strings)
        if isinstance(action.choices, dict):
            for command, inner in action.choices.items():
                words |= {command} | _words(inner)
    return words


def test_words_that_say_nothing_name_nothing():
    for path in PYTHON:
        for found in re.findall(r"^\s*(?:class|def) (\w+)", path.read_text("utf-8"), re.MULTILINE):
            assert not re.search(r"(Manager|Helper|Engine|Utils?)$", found), f"{name(path)}: {found}"


def test_what_installs_names_no_host():
    for path in tracked():
        if path.endswith(("constraints.txt", "tools.txt", ".sh", "pyproject.toml", ".ci/run")):
            assert "://" not in (ROOT / path).read_text("utf-8"), path


def test_no_path_of_this_machine_is_named():
    for path in tracked():
        if path.endswith((".py", ".sh", ".md", ".toml", ".txt", ".qml", ".service")):
            assert f"{ROOT}/" not in (ROOT / path).read_text("utf-8"), path
