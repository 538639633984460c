"""What a reader counts as one character, and how wide it is: enough of UAX 29 and UAX 11 to break text nowhere else."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_ZWJ: Final = "\u200d"
_VIRAMA: Final = 9
"""The combining class of the signs that join two consonants into one cluster (GB9c)."""

_EXTENDING: Final = frozenset("\u200c\u200d\u0e33\u0eb3\u2069")
"""What belongs to the character before it: joiners, two vowels, and the ends of what `ui.words` puts round an emoji."""

_OPENING: Final = frozenset("\u2066\u2067\u2068")
"""What belongs to the character after it: the beginnings of isolates."""

_SKIN: Final = range(0x1F3FB, 0x1F400)
_TAGS: Final = range(0xE0020, 0xE0080)
_SELECTORS: Final = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))
_REGIONAL: Final = range(0x1F1E6, 0x1F200)
_JAMO: Final = range(0x1160, 0x1200)
_PICTURES: Final = range(0x2190, 0x1FB00)
_PAIR: Final = 2
_HELD: Final = "\u2800"
"""The blank that `ui.words` holds a custom emoji's place with, between two of the next."""

_NARROW: Final = "\u202f"

_BROAD: Final = frozenset("MWmw@%—…ǱǲǳŒÆœ")
_EXTREME: Final = {"\ufdfd": 12, "\ufdfa": 4, "\ufdfb": 4, "\u2e3b": 4, "\u2e3a": 3, "\U0001242b": 6, "\u0bf5": 3}
"""Single characters that fonts draw as wide as a sentence."""


def graphemes(text: str) -> tuple[str, ...]:
    """Cut a text into what a reader counts as characters; joined, they are the text again."""
    return tuple(_clusters(text))


def _clusters(text: str) -> Iterator[str]:
    start = 0
    for index in range(1, len(text) + 1):
        if index == len(text) or not _glued(text, start, index):
            yield text[start:index]
            start = index


def _glued(text: str, start: int, index: int) -> bool:
    """Whether the character at `index` belongs to the cluster that began at `start`."""
    before, char = text[index - 1], text[index]
    if before < "\u0300" and char < "\u0300":
        return before == "\r" and char == "\n"
    if _HELD in {before, char} and _NARROW in {before, char}:
        return True
    if before in _OPENING or _extends(char):
        return before != "\n"
    if before == _ZWJ:
        return ord(char) in _PICTURES
    if ord(char) in _REGIONAL and ord(before) in _REGIONAL:
        return (index - start) % _PAIR == 1
    return unicodedata.combining(before) == _VIRAMA and unicodedata.category(char) == "Lo"


@lru_cache(maxsize=4096)
def _extends(char: str) -> bool:
    code = ord(char)
    return (
        char in _EXTENDING
        or unicodedata.category(char) in {"Mn", "Mc", "Me"}
        or any(code in one for one in (_SKIN, _TAGS, _JAMO, *_SELECTORS))
    )


def width(text: str) -> int:
    """How much room a text takes, in ordinary Latin letters: ideographs and emojis count twice, marks nothing."""
    return sum(map(_breadth, graphemes(text)))


@lru_cache(maxsize=4096)
def _breadth(cluster: str) -> int:
    base = cluster.strip("\u202f\u2066\u2067\u2068\u2069")[:1]
    if not base:
        return 0
    if base in _EXTREME:
        return _EXTREME[base]
    wide = unicodedata.east_asian_width(base) in "WF" or base == _HELD or base in _BROAD
    pictured = "\ufe0f" in cluster or _ZWJ in cluster or ord(base) in _REGIONAL
    return 2 if wide or pictured else 1
