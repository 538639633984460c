"""Foreign text made safe to lay out, and folded to be compared; see the Unicode rules named beside each step."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from selectolax.lexbor import LexborHTMLParser

MAX_HTML: Final = 64 * 1024
"""Characters of HTML that are parsed; fast parsers are quadratic on deep nesting."""

MAX_CODE_POINTS: Final = 5_000
MAX_MARKS: Final = 3
MAX_LINES: Final = 24

_LINE_BREAKS: Final = re.compile(r"\r\n?|[\u2028\u2029\x0b\x0c\x85]")
_GAPS: Final = re.compile(r"[^\S\n]+")
_EMPTY_LINES: Final = re.compile(r"\n{3,}")
_BIDI_CONTROLS: Final = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_JOINERS: Final = frozenset("\u200c\u200d\ufe0e\ufe0f")
_TAG_BLOCK: Final = range(0xE0000, 0xE0080)
_LEET: Final = str.maketrans("013457@$", "oieastas")


def clean(text: str, *, limit: int = MAX_CODE_POINTS) -> str:
    """Make foreign text safe to lay out, at most `limit` code points long.

    NFC; lone surrogates, C0 and C1 controls, bidi controls (UAX 9), tag characters and non-characters
    removed; at most 3 combining marks on a base; at most 24 lines, no two empty ones in a row.
    """
    text = text[: limit * 4].encode("utf-8", "ignore").decode("utf-8", "ignore")
    text = unicodedata.normalize("NFC", _LINE_BREAKS.sub("\n", text))
    kept: list[str] = []
    marks = 0
    for char in text:
        if not _allowed(char):
            continue
        marks = marks + 1 if unicodedata.combining(char) or unicodedata.category(char) in {"Mn", "Me"} else 0
        if marks <= MAX_MARKS or char in _JOINERS:
            kept.append(char)
    lines = _EMPTY_LINES.sub("\n\n", _GAPS.sub(" ", "".join(kept))).strip().split("\n")
    return "\n".join(line.strip() for line in lines[:MAX_LINES])[:limit].strip()


def _allowed(char: str) -> bool:
    code = ord(char)
    if char == "\n" or char in _JOINERS:
        return True
    if char in _BIDI_CONTROLS or code in _TAG_BLOCK or (code & 0xFFFE) == 0xFFFE:  # noqa: PLR2004  # U+xxFFFE, U+xxFFFF
        return False
    return unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn"}


def one_line(text: str, *, limit: int = 80) -> str:
    """Clean a name, a handle or a tag: `clean` text on a single line."""
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
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold()).translate(_LEET)
    letters = "".join(char if char.isalnum() else " " for char in plain if not _ignorable(char))
    spaced = " ".join(letters.split())
    return spaced, spaced.replace(" ", "")


def _ignorable(char: str) -> bool:
    return unicodedata.category(char) in {"Mn", "Me", "Cf"}
