"""Foreign text made safe to lay out, and folded to be compared; see the Unicode rules named beside each step."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from selectolax.lexbor import LexborHTMLParser

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_HTML: Final = 64 * 1024
"""Characters of HTML that are parsed; fast parsers are quadratic on deep nesting."""

MAX_CODE_POINTS: Final = 5_000
MAX_MARKS: Final = 3
MAX_VOWEL_MARKS: Final = 5
MAX_LINES: Final = 24

MOST_LEARNED: Final = 10_000
"""Characters that a table remembers: more than any event's languages have."""

SHORT: Final = 80
"""Characters of a name or a tag whose cleaned and folded forms are remembered."""

_CONTROLS: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
"""What may not stand in a text, of ASCII."""

_LINE_BREAKS: Final = re.compile(r"\r\n?|[\u2028\u2029\x0b\x0c\x85]")
_GAPS: Final = re.compile(
    r" [{0} ]+|[{0}][{0} ]*".format(
        r"\t\r\x0b\x0c\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\u2800"
    )
)
"""All white space but line feeds, and the blank of Braille; single spaces may stay as they are."""

_EMPTY_LINES: Final = re.compile(r"\n{3,}")
_ZWNJ: Final = "\u200c"
_ZWJ: Final = "\u200d"
_KEYCAP: Final = "\u20e3"
_KEYCAP_BASES: Final = frozenset("#*0123456789")
_FIRST_PICTURE: Final = 0x2190
_EMOJI_SELECTOR: Final = "\ufe0f"
_BLANKS: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\ufffc")
"""Letters, marks and symbols that draw nothing (Default_Ignorable_Code_Point, UAX 44), and Qt's placeholder."""

_VISIBLE_FORMATS: Final = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2")
"""Format characters that draw a sign: Prepended_Concatenation_Mark, UAX 44."""

_TAGS: Final = {ord(char): 0xE0000 + ord(char) for char in "abcdefghijklmnopqrstuvwxyz"}
_TAG_BLOCK: Final = range(0xE0000, 0xE0080)
_FLAGS: Final = re.compile("\U0001f3f4(?:" + "gbeng|gbsct|gbwls".translate(_TAGS) + ")\U000e007f")
"""The only tag sequences recommended for interchange (UTS 51): England, Scotland and Wales."""

_TO_COME: Final = (
    range(0x20A0, 0x20D0),
    range(0x1F000, 0x1FB00),
    range(0x1FC00, 0x1FFFE),
    range(0x20000, 0x2FFFE),
    range(0x30000, 0x3FFFE),
)
"""Where currency signs, emoji and ideographs are added every year: newer ones than Python's tables stand here."""

_VOWEL_MARKS: Final = (range(0x0900, 0x1AB0), range(0xA800, 0xAC00), range(0x10A00, 0x12000))
"""Scripts that write vowels and tones as marks, several on one letter."""

_JOINING: Final = (range(0x0600, 0x0900), *_VOWEL_MARKS)
"""Scripts whose spelling needs the zero-width joiner and non-joiner (Unicode 9.2 and 12)."""

_SELECTORS: Final = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))
_IDEOGRAPHS: Final = (range(0x2E80, 0xA000), range(0xF900, 0xFB00), range(0x20000, 0x3FFFE))
_MYANMAR: Final = range(0x1000, 0x10A0)
_MONGOLIAN: Final = range(0x1820, 0x18AB)
_MONGOLIAN_SELECTORS: Final = frozenset("\u180b\u180c\u180d\u180f")
_LEET: Final = str.maketrans("013457@$", "oieastas")


def clean(text: str, *, limit: int = MAX_CODE_POINTS) -> str:
    """Make foreign text safe to lay out, at most `limit` code points long; cleaning twice changes nothing more.

    NFC; lone surrogates, C0 and C1 controls, bidi controls (UAX 9), blanks and non-characters removed; joiners,
    variation selectors and tags only where they change what is drawn: in emoji (UTS 51) and in scripts that need
    them; at most 3 combining marks on a base, 5 in scripts of `_VOWEL_MARKS`; at most 24 lines, no two empty ones
    in a row.
    """
    if not text:
        return ""
    text = _tidy(text[: limit * 4].encode("utf-8", "ignore").decode("utf-8", "ignore"))
    return text if len(text) <= limit else _tidy(text[:limit])


def _tidy(text: str) -> str:
    spaced = _GAPS.sub(" ", _LINE_BREAKS.sub("\n", text))
    text = _CONTROLS.sub("", spaced) if spaced.isascii() else _sifted(spaced)
    text = text if text == spaced else _GAPS.sub(" ", text)
    if "\n" not in text:
        return text.strip()
    text = "\n".join(map(str.strip, text.split("\n")))
    lines = _EMPTY_LINES.sub("\n\n", text.strip()).split("\n")
    return "\n".join(lines[:MAX_LINES]).strip()


def _sifted(text: str) -> str:
    """NFC of a text without what may not stand in it."""
    composed = unicodedata.normalize("NFC", text)
    if not text.translate(_PLAIN) and (composed == text or not composed.translate(_PLAIN)):
        return composed  # as most texts are: nothing in it has to be looked at one by one
    text = unicodedata.normalize("NFC", "".join(char for char in text if _allowed(char)))
    flags = {index for match in _FLAGS.finditer(text) for index in range(*match.span())}
    kept: list[str] = []
    marks = 0
    for index, char in enumerate(text):
        before = kept[-1] if kept else ""
        if _invisible(char):
            if index in flags or _changes_something(char, before, text[index + 1 : index + 2]):
                kept.append(char)
            continue
        marks = marks + 1 if _mark(char) else 0
        if marks <= MAX_MARKS or (marks <= MAX_VOWEL_MARKS and _within(char, _VOWEL_MARKS) and char not in kept[-2:]):
            kept.append(char)
    return unicodedata.normalize("NFC", "".join(kept))


@lru_cache(maxsize=4096)
def _allowed(char: str) -> bool:
    """Whether a character may stand in a text at all; an invisible one only if its neighbours give it a meaning."""
    code = ord(char)
    if char == "\n" or char in _VISIBLE_FORMATS or _invisible(char):
        return True
    if char in _BLANKS or (code & 0xFFFE) == 0xFFFE:  # noqa: PLR2004  # U+xxFFFE, U+xxFFFF
        return False
    category = unicodedata.category(char)
    return _within(char, _TO_COME) if category == "Cn" else category not in {"Cc", "Cf", "Cs", "Co"}


@lru_cache(maxsize=4096)
def _invisible(char: str) -> bool:
    return char in {_ZWNJ, _ZWJ} or char in _MONGOLIAN_SELECTORS or _within(char, (_TAG_BLOCK, *_SELECTORS))


def _changes_something(char: str, before: str, after: str) -> bool:
    """Whether an invisible character has a meaning between these two."""
    if char in {_ZWNJ, _ZWJ}:
        return _joins(char, before, after)
    return before != "" and not _invisible(before) and _selects(char, before, after)


def _joins(char: str, before: str, after: str) -> bool:
    if before and _within(before, _JOINING) and unicodedata.category(before)[0] in "LM":
        return True
    pictures = before != "" and after != "" and _pictorial(after) and (_pictorial(before) or before == _EMOJI_SELECTOR)
    return char == _ZWJ and pictures


def _selects(char: str, before: str, after: str) -> bool:
    if ord(char) in _TAG_BLOCK:
        return False
    if char in _MONGOLIAN_SELECTORS:
        return ord(before) in _MONGOLIAN
    if before in _KEYCAP_BASES:
        return char == _EMOJI_SELECTOR and after == _KEYCAP
    varied = not before.isascii() and unicodedata.category(before)[0] in "SP"
    drawn = _pictorial(before) or varied or before == "ℹ" or ord(before) in _MYANMAR
    return _within(before, _IDEOGRAPHS) or (drawn and char <= _EMOJI_SELECTOR)


def _pictorial(char: str) -> bool:
    return ord(char) >= _FIRST_PICTURE and unicodedata.category(char) in {"So", "Sm", "Sk", "Cn"}


@lru_cache(maxsize=4096)
def _mark(char: str) -> bool:
    return unicodedata.combining(char) != 0 or unicodedata.category(char) in {"Mn", "Me"}


def _within(char: str, ranges: tuple[range, ...]) -> bool:
    return any(ord(char) in one for one in ranges)


class _Table(dict[int, str]):
    """What `str.translate` makes of each character, learned as characters are met: it is much faster than a loop."""

    def __init__(self, becomes: Callable[[str], str]) -> None:
        super().__init__()
        self._becomes = becomes

    def __missing__(self, code: int) -> str:
        becomes = self._becomes(chr(code))
        if len(self) < MOST_LEARNED:
            self[code] = becomes
        return becomes


_PLAIN: Final = _Table(lambda char: char if _invisible(char) or _mark(char) or not _allowed(char) else "")
"""Leaves of a text what has to be looked at with its neighbours."""


def one_line(text: str, *, limit: int = 80) -> str:
    """Clean a name, a handle or a tag: `clean` text on a single line."""
    return _short_line(text, limit) if len(text) <= SHORT else " ".join(clean(text, limit=limit).split())


@lru_cache(maxsize=4096)
def _short_line(text: str, limit: int) -> str:
    """The same people and tags come again and again."""
    return " ".join(clean(text, limit=limit).split())


def plain_from_html(html: str) -> str:
    """Read a post's HTML as clean plain text: paragraphs and breaks become line breaks, markup goes.

    Only the first 64 KB are parsed. Link text is kept as the author's server shortened it: parts that
    Mastodon marks `invisible` are dropped and `ellipsis` gets its three dots.
    """
    tree = LexborHTMLParser(html[:MAX_HTML])
    for node in tree.css("script, style, .invisible, .quote-inline"):
        node.decompose()
    for node in tree.css("a .ellipsis"):
        node.insert_after("…")
    for node in tree.css("br"):
        node.replace_with("\n")
    for node in tree.css("p, li, blockquote, pre, div"):
        node.insert_after("\n\n")
    root = tree.body
    return clean(root.text() if root is not None else "")


def folded(text: str) -> tuple[str, str]:
    """Fold text for comparison with word lists: once with single spaces between words, once without any.

    NFKC, case folded, marks and ignorables removed, common digit-for-letter substitutions undone.
    """
    return _short_folded(text) if len(text) <= SHORT else _folded(text)


@lru_cache(maxsize=2048)
def _short_folded(text: str) -> tuple[str, str]:
    """As with cleaning: the same people come again and again."""
    return _folded(text)


def _folded(text: str) -> tuple[str, str]:
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    words = plain.translate(_LETTERS).split()
    return " ".join(words), "".join(words)


def _letter(char: str) -> str:
    """What a character counts as in a comparison: a letter or digit, a space, or nothing."""
    if unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return ""
    char = char.translate(_LEET)
    return char if char.isalnum() else " "


_LETTERS: Final = _Table(_letter)
