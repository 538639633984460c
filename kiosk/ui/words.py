"""Words as a card shows them: directions kept apart, times as people say them, a place held for each custom emoji.

The blank is U+2800 between two narrow spaces that do not break. Our font has both; together they are as wide as the
font is high. Foreign text never holds U+2800: `domain.text.clean` takes it out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from unicodedata import bidirectional

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

BLANK: Final = "\u2800"
HELD: Final = f"\u202f{BLANK}\u202f"
"""What stands in a text where an emoji is drawn."""

_APART: Final = "\u200b"
"""Where a line may break between two emojis."""

ISOLATE: Final = "\u2066"
POP: Final = "\u2069"
"""What an emoji is put between among letters that run the other way: left-to-right isolate (UAX 9) and its end."""

_LEFTWARD: Final = frozenset({"R", "AL"})

_MINUTE: Final = 60
_HOUR: Final = 3600
_DAY: Final = 86400


class Words(msgspec.Struct, frozen=True):
    """A plain text with blanks, and the addresses of the emojis that belong there, in the order of the text."""

    text: str = ""
    emojis: tuple[str, ...] = ()


def worded(text: str, emojis: Mapping[str, str]) -> Words:
    """Hold a place for each `:shortcode:` that has an address in `emojis`; any other stays as it is written.

    As at Mastodon, a shortcode within a word or a number is none (app/lib/text_formatter.rb).
    """
    if not emojis or ":" not in text:
        return Words(text)
    # U+2800 is a left-to-right letter (UAX 9), so it is isolated among letters that run the other way.
    place = f"{ISOLATE}{HELD}{POP}" if _LEFTWARD.intersection(map(bidirectional, text)) else HELD
    names = "|".join(re.escape(name) for name in sorted(emojis, key=len, reverse=True))
    found: list[str] = []

    def held(match: re.Match[str]) -> str:
        found.append(emojis[match[1]])
        return f"{place}{_APART}" if text[match.end() : match.end() + 1] == ":" else place

    return Words(re.sub(rf"(?<![A-Za-z0-9]):({names}):(?![A-Za-z0-9])", held, text), (*found,))


def shortened(words: Words, most: int) -> Words:
    """Words of at most `most` characters; an emoji counts as those that hold its place."""
    if len(words.text) <= most:
        return words
    text = words.text[: most - 1]
    return Words(text + "…", words.emojis[: text.count(BLANK)])


def isolated(text: str) -> str:
    """Keep a field's direction to itself (UAX 9: first strong isolate … pop directional isolate)."""
    return f"\u2068{text}\u2069" if text else ""


def age(then: datetime, now: datetime) -> str:
    """How long ago, as one would say it."""
    seconds = max(0.0, (now - then).total_seconds())
    if seconds < _MINUTE:
        return "now"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE:.0f} min"
    if seconds < _DAY:
        return f"{seconds // _HOUR:.0f} h"
    return f"{seconds // _DAY:.0f} d"
