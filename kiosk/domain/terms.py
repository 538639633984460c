"""The terms of the hour: which words and hashtags how many different people wrote, by their display text alone."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from kiosk.domain.links import without_addresses

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

PEOPLE: Final = 2
"""From how many different authors on a word is a term."""

LONGEST: Final = 40
"""Characters of the longest term: what is longer is no word that a hall could read."""

MOST: Final = 60
"""Different words of one post that are counted: more than any person says in one."""

_SHORTEST: Final = 2

_NO_WORDS: Final = re.compile(r"[^\s@]*@[^\s@]+(?:@[^\s@]+)?|(?<![A-Za-z0-9]):[A-Za-z0-9_]+:(?![A-Za-z0-9])")
"""Handles, mail addresses and shortcodes of custom emojis."""

_JOINED: Final = frozenset("-\u2010\u200c\u200d_\u00b7")
"""What may stand within a word, between two letters."""

_UNSPACED: Final = (range(0x0E00, 0x1100), range(0x1780, 0x1800), range(0x3400, 0xA000), range(0x20000, 0x3FFFE))
"""Scripts written without spaces: Thai to Burmese, Khmer, and Han; a run that is short is taken for a word."""

_LONGEST_RUN: Final = 4
"""Signs of a run of Han that still are one word; 3 times as many where letters are signs."""

_HIRAGANA: Final = range(0x3041, 0x30A0)
_KATAKANA: Final = range(0x30A0, 0x3100)


class Said(NamedTuple):
    """Who wrote a text."""

    author: str
    text: str


class Term(NamedTuple):
    """A word as most people spelled it, and how many different people wrote it."""

    text: str
    people: int


def terms(said: Iterable[Said], ignored: Collection[str] = frozenset()) -> tuple[Term, ...]:
    """Count words by different authors, most people first, equals in the order of their letters.

    `ignored` are words that never count, as `folded_word` gives them. A word and its hashtag are one. Each author has
    one voice in each spelling; of spellings with as many voices the first in the order of code points stands.
    """
    people: defaultdict[str, set[str]] = defaultdict(set)
    voices: defaultdict[str, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for author, text in said:
        who = author.casefold()
        for key, spelling in words_of(text):
            if key not in ignored:
                people[key].add(who)
                voices[key][spelling].add(who)
    counted = sorted((-len(who), key) for key, who in people.items() if len(who) >= PEOPLE)
    return tuple(Term(_usual(voices[key]), -count) for count, key in counted)


def _usual(voices: dict[str, set[str]]) -> str:
    return min(voices, key=lambda spelling: (-len(voices[spelling]), spelling))


def folded_word(word: str) -> str:
    """Fold a word, so that its spellings are one: NFKC, case folded, without its #."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", word).casefold()).lstrip("#")


@lru_cache(maxsize=2048)
def words_of(text: str) -> tuple[tuple[str, str], ...]:
    """Each different word and hashtag of a text, folded and as it is spelled; at most `MOST`."""
    plain = _NO_WORDS.sub(" ", without_addresses(text))
    found: dict[tuple[str, str], None] = {}
    for word in _words(plain):
        key = folded_word(word)
        if len(key) >= _SHORTEST and len(word) <= LONGEST and not key.replace("-", "").isnumeric():
            found[key, word] = None
            if len(found) == MOST:
                break
    return tuple(found)


def _words(text: str) -> Iterator[str]:
    """Cut a text into words: runs of letters, marks and digits; what is written without spaces by its scripts."""
    start: int | None = None
    tagged = False
    for index, char in enumerate(f"{text}\n"):
        after = text[index + 1 : index + 2]
        if start is not None and (_within_word(char) or (char in _JOINED and _within_word(after))):
            continue
        if start is not None:
            word = text[start:index]
            yield from (word,) if tagged else _unspaced(word)
            start = None
        if char.isalnum():
            start, tagged = index, text[index - 1 : index] in {"#", "＃"}


@lru_cache(maxsize=4096)
def _within_word(char: str) -> bool:
    return char.isalnum() or (char != "" and unicodedata.category(char)[0] == "M")


def _unspaced(word: str) -> Iterator[str]:
    """The runs of one script in a word that may hold several words, where they are short enough to be one."""
    if not any(map(_script, word)):
        yield word
        return
    start = 0
    for index in range(1, len(word) + 1):
        kind = _script(word[start])
        if index < len(word) and (_script(word[index]) == kind or word[index] == "ー"):
            continue
        if len(word[start:index]) <= _LONGEST_OF[kind]:
            yield word[start:index]
        start = index


_LONGEST_OF: Final = {"": LONGEST, "kana": LONGEST, "han": _LONGEST_RUN, "letters": 3 * _LONGEST_RUN, "hiragana": 0}
"""The longest run of each script that is taken for a word; hiragana alone is grammar."""


@lru_cache(maxsize=4096)
def _script(char: str) -> str:
    code = ord(char)
    if code in _HIRAGANA or code in _KATAKANA:
        return "hiragana" if code in _HIRAGANA else "kana"
    if not any(code in signs for signs in _UNSPACED):
        return ""
    return "letters" if code < _HIRAGANA.start else "han"
