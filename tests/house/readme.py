"""Writes the README's table of options from their declaration: `python tests/house/readme.py`."""

from __future__ import annotations

from pathlib import Path

from kiosk.settings import options, toml_value

README = Path(__file__).parents[2] / "README.md"
BEGIN = "<!-- options: written by tests/house/readme.py -->\n"
END = "<!-- end of options -->"


def with_table(text: str) -> str:
    """The README's text with the table between its two marks as it must be now."""
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    rows = ["| table | key | type | default | meaning |", "| --- | --- | --- | --- | --- |"]
    for option in options():
        table = f"[[{option.table}]]" if option.table == "source" else f"[{option.table}]"
        kind = option.type.replace("|", "\\|")
        rows.append(f"| `{table}` | `{option.key}` | {kind} | `{toml_value(option.default)}` | {option.sentence} |")
    return before + BEGIN + "\n".join(rows) + "\n" + END + after


if __name__ == "__main__":
    README.write_text(with_table(README.read_text("utf-8")), "utf-8")
