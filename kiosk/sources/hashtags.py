"""Hashtags as Mastodon's servers compare them, and the set of tags that makes a post belong to an event.

The steps are those of `HashtagNormalizer`, `ASCIIFolding` and `Tag::Naming` at https://github.com/mastodon/mastodon:
NFKC; lower case, letter by letter; accents taken from Latin letters up to U+017E; then everything removed that is
neither a letter, a vowel's mark, a digit, one of four separators nor a Thai tone.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kiosk.domain.model import Post

_SEPARATORS: Final = frozenset("_\u00b7\u30fb\u200c")
_FOLDED: Final = {
    ord(char): unicodedata.normalize("NFD", char)[0]
    for char in map(chr, range(0xE0, 0x17F))
    if len(unicodedata.normalize("NFD", char)) > 1
} | str.maketrans("ðđħıĸłŋøŧ", "ddhiklnot")
_VIRAMAS: Final = frozenset({1, 6, 7, 8, 9})
_THAI: Final = range(0x0E00, 0x0E80)
_ACCENTS: Final = (
    range(0x0300, 0x0370),
    range(0x1AB0, 0x1ABF),
    range(0x1DC0, 0x1DE7),
    range(0x20D0, 0x2100),
    range(0xFE00, 0xFE10),
    range(0xFE20, 0xFE30),
)
"""Marks without Unicode's property Alphabetic, which Ruby's `[[:alnum:]]` asks for; Python does not know it."""

REMEMBERED: Final = 100
"""Characters of a tag whose compared form is remembered."""

_TAG: Final = re.compile(r"(?<![\w/)])[#\uff03]([^\s#\uff03!-/:-@\[-^`{-~]+)")


def same_tag(tag: str) -> str:
    """A tag as it is compared, without its #; "" for one that holds nothing a server would keep."""
    return _compared(tag) if len(tag) > REMEMBERED else _remembered(tag)


@lru_cache(maxsize=4096)
def _remembered(tag: str) -> str:
    """The same tags come again and again."""
    return _compared(tag)


def _compared(tag: str) -> str:
    lower = "".join(char.lower() for char in unicodedata.normalize("NFKC", tag.strip().lstrip("#\uff03")))
    return "".join(char for char in lower.translate(_FOLDED) if _kept(char))


@lru_cache(maxsize=4096)
def _kept(char: str) -> bool:
    if char in _SEPARATORS:
        return True
    category = unicodedata.category(char)
    if category[0] == "M":
        return ord(char) in _THAI or not (
            unicodedata.combining(char) in _VIRAMAS or any(ord(char) in each for each in _ACCENTS)
        )
    return category[0] == "L" or category in {"Nd", "Nl"}


def tags_of(post: Post) -> frozenset[str]:
    """Every tag of a post as it is compared: those its server lists, and those that stand in its words."""
    return frozenset(map(same_tag, post.tags)) | frozenset(_written(post.text))


def _written(text: str) -> Iterable[str]:
    for match in _TAG.finditer(text):
        run = match[1]
        end = next((index for index, char in enumerate(run) if not _may_stand(char)), len(run))
        yield same_tag(run[:end])


@lru_cache(maxsize=4096)
def _may_stand(char: str) -> bool:
    return char in _SEPARATORS or unicodedata.category(char)[0] in "LMN"


def carries(post: Post, wanted: frozenset[str]) -> bool:
    """Whether a post has one of the tags (made by `same_tag`), in its list of tags or in its text."""
    return not wanted.isdisjoint(tags_of(post))


class TagSet(NamedTuple):
    """Which posts belong: those with one of `some`, each of `every` and none of `none`; all made by `same_tag`."""

    some: frozenset[str]
    every: frozenset[str] = frozenset()
    none: frozenset[str] = frozenset()

    def takes(self, post: Post, *, invited: bool = False) -> bool:
        """Whether a post belongs; an `invited` one, from a list or an account that is read whole, needs no tag."""
        if not (self.none or self.every) and (invited or not self.some.isdisjoint(map(same_tag, post.tags))):
            return True  # as most do: their words need not be searched
        tags = tags_of(post)
        if not self.none.isdisjoint(tags):
            return False
        return invited or (not self.some.isdisjoint(tags) and self.every <= tags)


def tag_set(some: Iterable[str], every: Iterable[str] = (), none: Iterable[str] = ()) -> TagSet:
    """Make a set of tags as an organiser writes them, with or without #."""
    return TagSet(_comparable(some), _comparable(every), _comparable(none))


def _comparable(tags: Iterable[str]) -> frozenset[str]:
    return frozenset(same_tag(tag) for tag in tags) - {""}
