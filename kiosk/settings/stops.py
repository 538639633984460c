"""The words that say nothing by themselves, in the languages of an event, from one file each."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from kiosk.domain.terms import folded_word
from kiosk.settings.tables import assets_folder

if TYPE_CHECKING:
    from pathlib import Path


@cache
def stop_words() -> frozenset[str]:
    """Every word of `assets/words/stop-LANGUAGE.txt`, folded; what cannot be read is no stop word.

    All languages at once: what a post says of its own language is a guess of the phone's.
    """
    files = sorted((assets_folder() / "words").glob("stop-*.txt"))
    return frozenset(folded_word(line.strip()) for file in files for line in _lines(file) if line.strip())


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text("utf-8").splitlines()
    except (OSError, ValueError):
        return []
