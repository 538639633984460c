"""What every QML file keeps to."""

from __future__ import annotations

import re

import pytest
from house.qml_types import qt, typed_module
from house.tree import QML, name

LITERAL = re.compile(r'"#[0-9a-fA-F]{3,8}"|Qt\.rgba|Qt\.hsla|(?:color|ink)\s*:\s*"[a-z]+"')
OPENING = re.compile(r"(?:^|\s)([A-Z]\w*)(?:\.\w+)?\s*\{\s*$|:\s*([A-Z]\w*)\s*\{\s*$|(\{)\s*$")
ATTENDEE = re.compile(
    r"\b(?:post|selected|quote|link|modelData)\.(?:text|name|handle|warning|initial|alt|title|description|place|line"
    r"|byline|elsewhere|remarks)\b"
)


def test_qml_is_right_about_every_python_type(tmp_path):
    module = typed_module(tmp_path)
    done = qt("qmllint", "-W", "0", "-I", tmp_path, *sorted(module.rglob("*.qml")))
    assert done.returncode == 0, (done.stdout + done.stderr).replace(str(module), "Kiosk")


DRAWN_BY_POST_TEXT = {"PostText", "Paragraphs", "FittedText"}
"""The one component, and those that hand their words on to it."""


@pytest.mark.parametrize("path", QML, ids=name)
def test_qml_is_formatted(path):
    done = qt("qmlformat", "--ignore-settings", "-W", "-1", path)
    assert done.returncode == 0, done.stderr
    assert done.stdout == path.read_text("utf-8"), (
        f"format it: pyside6-qmlformat --ignore-settings -W -1 -i {name(path)}"
    )


@pytest.mark.parametrize("path", QML, ids=name)
def test_colours_stand_in_the_theme_alone(path):
    if path.name != "Theme.qml":
        assert not LITERAL.search(path.read_text("utf-8")), "give the colour a name in Theme.qml"


@pytest.mark.parametrize("path", QML, ids=name)
def test_everything_moves_by_one_easing_and_for_as_long_as_the_theme_says(path):
    text = path.read_text("utf-8")
    moves = re.findall(r"\b(?:Number|Color|Property|Rotation|Smoothed|Spring)Animation(?: on [\w.]+)? \{", text)
    assert len(moves) == text.count("easing.type: Theme.easing") == len(re.findall(r"\bduration: Theme\.", text))
    if path.name != "Theme.qml":
        assert "Easing." not in text
        assert not re.search(r"\b(?:duration|interval): *\d", text), "give the duration a name in Theme.qml"


@pytest.mark.parametrize("path", QML, ids=name)
def test_text_is_plain_and_what_attendees_wrote_is_drawn_by_one_component(path):
    text = path.read_text("utf-8")
    kinds = re.findall(r"^\s*(?:\w+: )?(Text|TextEdit|TextArea|TextInput|Label)\s*\{", text, re.MULTILINE)
    if path.name in {"PostText.qml", "DeskLabel.qml"}:
        assert kinds == ["Text"]
        assert "textFormat: Text.PlainText" in text
    else:
        assert not kinds, "use PostText, or DeskLabel for the desk's own words"
    assert not re.search(r"\b(RichText|StyledText|MarkdownText|AutoText)\b", text)
    for component, line in _bindings(text):
        if re.match(r"\s*text\s*:", line) and ATTENDEE.search(line):
            assert component in DRAWN_BY_POST_TEXT, f"{name(path)}: {line.strip()}"


def _bindings(text: str) -> list[tuple[str, str]]:
    """Every line with the name of the component that it stands in."""
    stack: list[str] = []
    found: list[tuple[str, str]] = []
    for line in text.splitlines():
        found.append((stack[-1] if stack else "", line))
        opened = OPENING.search(line)
        if opened:
            stack.append(opened[1] or opened[2] or "")
        elif line.strip().startswith("}") and stack:
            stack.pop()
    return found


def test_no_context_property_and_no_untyped_property_without_a_reason():
    for path in QML:
        for line in path.read_text("utf-8").splitlines():
            assert "property var" not in line or "//" in line, f"{name(path)}: {line.strip()}"
