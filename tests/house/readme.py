"""Writes the README's tables of options from their declaration: `python tests/house/readme.py`."""

from __future__ import annotations

from pathlib import Path

from kiosk.settings import header, network_options, options, toml_value
from kiosk.sources import OPTIONS

README = Path(__file__).parents[2] / "README.md"
BEGIN = "<!-- options: written by tests/house/readme.py -->\n"
END = "<!-- end of options -->"
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


def _keys(kind: str) -> str:
    keys = []
    for option in network_options(kind, OPTIONS[kind]):
        value = toml_value(option.default)
        keys.append(f"`{option.key} = {value if len(value) <= LONG else '…'}`")
    return ", ".join(keys)


if __name__ == "__main__":
    README.write_text(with_table(README.read_text("utf-8")), "utf-8")
