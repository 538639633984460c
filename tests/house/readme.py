"""Writes the README's tables of options from their declaration: `python tests/house/readme.py`."""

from __future__ import annotations

from pathlib import Path

from kiosk.settings import header, network_options, options, theme_options, toml_value
from kiosk.sources import OPTIONS

README = Path(__file__).parents[2] / "README.md"
BEGIN = "<!-- options: written by tests/house/readme.py -->\n"
END = "<!-- end of options -->"
THEMES = README.parent / "assets" / "themes" / "README.md"
LONG = 24
"""Characters of a default that a cell holds."""


def with_table(text: str) -> str:
    """The README's text with the tables between its two marks as they must be now."""
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    rows = ["| table | key | type | default | meaning |", "| --- | --- | --- | --- | --- |"]
    for option in options():
        kind = option.type.replace("|", "\\|")
        cells = (
            f"`{header(option.table)}`",
            f"`{option.key}`",
            kind,
            f"`{toml_value(option.default)}`",
            option.sentence,
        )
        rows.append("| " + " | ".join(cells) + " |")
    rows += [
        "",
        "| `kind` | its own keys, with their defaults; `kiosk init` writes a sentence beside each |",
        "| --- | --- |",
    ]
    rows += [f"| `{kind}` | {_keys(kind)} |" for kind in OPTIONS]
    return before + BEGIN + "\n".join(rows) + "\n" + END + after


def theme_paper() -> str:
    """The whole page beside the themes: every key with its type, its default and a sentence."""
    lines = [
        "# Themes",
        "",
        'A theme is a TOML file: the look of the wall. Name one in EVENT.toml, `[wall] theme = "noon"`, or copy one',
        'beside EVENT.toml, change it and name its path: `theme = "ours.toml"`. What a theme does not name stays as in',
        "`night`. Pictures and fonts stand beside it. `kiosk check` says what is wrong, and which colour would pass",
        "where two are too near: words have 7:1 against their ground, lesser ones 4.5:1, as WCAG 2.2 counts it.",
        "",
        "| table | key | type | default | meaning |",
        "| --- | --- | --- | --- | --- |",
    ]
    for option in theme_options():
        default = f"`{toml_value(option.default)}`"
        lines.append(f"| `[{option.table}]` | `{option.key}` | {option.type} | {default} | {option.sentence} |")
    return "\n".join(lines) + "\n"


def _keys(kind: str) -> str:
    keys = []
    for option in network_options(kind, OPTIONS[kind]):
        value = toml_value(option.default)
        keys.append(f"`{option.key} = {value if len(value) <= LONG else '…'}`")
    return ", ".join(keys)


if __name__ == "__main__":
    README.write_text(with_table(README.read_text("utf-8")), "utf-8")
    THEMES.write_text(theme_paper(), "utf-8")
