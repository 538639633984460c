"""A long text in pages: turned at the end of a paragraph, a sentence or a word, within a word only if it must be."""

from __future__ import annotations

import re
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from kiosk.domain.graphemes import graphemes, width

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Fits = Callable[[str], bool]
    """Whether a text has room on one page."""

MORE: Final = "…"
"""The mark that a text goes on elsewhere."""

_SLACK: Final = 0.3
"""By how much of an even page's width a page may be longer or shorter to end where a sentence does."""

_PARAGRAPH, _SENTENCE, _CLAUSE, _WORD, _IDEOGRAPH, _LETTER = range(6)
"""How much a break jars, from not at all to plainly."""

_CLOSERS: Final = "\"'”’»›)\\]」』）】》〉"
_CJK: Final = "\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_BREAKS: Final = (
    (_PARAGRAPH, re.compile(r"\n+")),
    (_SENTENCE, re.compile(rf"[.!?…؟۔।॥։።]+[{_CLOSERS}]*[ ]+|[。！？｡]+[{_CLOSERS}]*[ ]*")),
    (_CLAUSE, re.compile(rf"[,;:،؛–—]+[{_CLOSERS}]*[ ]+|[、，；：]+[{_CLOSERS}]*[ ]*")),
    (_WORD, re.compile(r"[ \u200b]+")),
)
_NEVER_FIRST: Final = frozenset(
    "、。，．・：；？！゛゜ヽヾゝゞ々ー’”）〕］｝〉》」』】°′″℃￠％ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ｡｣､･ｰ"
)
"""What may not begin a line, and so no page, in Japanese (JIS X 4051)."""

_NEVER_LAST: Final = frozenset("‘“（〔［｛〈《「『【￥＄￡｢")


class Break(NamedTuple):
    """A place where a page may end: the next one begins at `at`; `jars` is how much a reader minds."""

    at: int
    jars: int


def pages(text: str, fits: Fits) -> tuple[str, ...]:
    """Cut a text into as few pages as `fits` allows, of much the same length, each without white space at its ends.

    Nothing is lost but white space between pages. A page that `fits` refuses holds a single character. There is
    always one page, of an empty text too.
    """
    if fits(text) or not text.strip():
        return (text,)
    breaks = breaks_of(text)
    spans = _greedy(text, breaks, fits)
    even = _even(text, breaks, len(spans))
    better = even if len(even) == len(spans) and all(fits(text[a:b].strip()) for a, b in even) else spans
    return tuple(page for a, b in better if (page := text[a:b].strip()))


def excerpt(text: str, fits: Fits) -> str:
    """Shorten a text to what `fits`, at the end of a sentence where one is near, else of a word, with a mark that
    more exists; a text that fits stays as it is.
    """
    if fits(text):
        return text
    breaks = breaks_of(text)
    start, end = _longest(text, 0, breaks, lambda part: fits(_marked(part)))
    return _marked(text[start:end].strip())


def _marked(part: str) -> str:
    """After a sentence the mark stands apart, since nothing was cut within it."""
    ended = re.search(rf"[.!?…؟۔।。！？｡][{_CLOSERS}]*$", part)
    return f"{part}\u00a0{MORE}" if ended else f"{part.rstrip(' ,;:–—、，')}{MORE}"


def breaks_of(text: str) -> list[Break]:
    """Every place where a page may end, in order, the end of the text as the last."""
    found: dict[int, int] = {len(text): _PARAGRAPH}
    for jars, pattern in _BREAKS:
        for match in pattern.finditer(text):
            if match.end() < len(text):
                found.setdefault(match.end(), jars)
    for at in _between_ideographs(text):
        found.setdefault(at, _IDEOGRAPH)
    return [Break(at, found[at]) for at in sorted(found)]


def _between_ideographs(text: str) -> list[int]:
    pairs = re.finditer(rf"(?<=[{_CJK}])(?=[{_CJK}])", text)
    return [m.start() for m in pairs if text[m.start()] not in _NEVER_FIRST and text[m.start() - 1] not in _NEVER_LAST]


def _greedy(text: str, breaks: Sequence[Break], fits: Fits) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    start = 0
    while start < len(text):
        span = _longest(text, start, [each for each in breaks if each.at > start], fits)
        spans.append(span)
        start = span[1]
    return spans


def _longest(text: str, start: int, breaks: Sequence[Break], fits: Fits) -> tuple[int, int]:
    """The longest page from `start`, or one a little shorter that ends better; within a word if nothing else fits."""
    number = _most(lambda n: fits(text[start : breaks[n - 1].at].strip()), len(breaks))
    if number == 0:
        letters = graphemes(text[start : breaks[0].at])
        number = max(1, _most(lambda n: fits("".join(letters[:n]).strip()), len(letters)))
        return start, start + len("".join(letters[:number]))
    enough = start + (breaks[number - 1].at - start) * (1 - _SLACK)
    near = [each for each in breaks[:number] if each.at >= enough]
    return start, min(near, key=lambda each: (each.jars, -each.at)).at


def _most(holds: Callable[[int], bool], count: int) -> int:
    """The largest number up to `count` for which `holds`, where it holds for all smaller ones; 0 if for none."""
    low, high = 0, count
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if holds(middle) else (low, middle - 1)
    return low


def _widths(text: str, breaks: Sequence[Break]) -> list[int]:
    """How wide each piece between two breaks is."""
    return [width(text[a:b]) for a, b in pairwise((0, *(each.at for each in breaks)))]


def _even(text: str, breaks: Sequence[Break], count: int) -> list[tuple[int, int]]:
    """Pages of much the same width, each turned at the least jarring place near its even end."""
    places = list(zip(breaks, accumulate(_widths(text, breaks)), strict=True))
    share = places[-1][1] / count
    spans: list[tuple[int, int]] = []
    start = 0
    for number in range(1, count):
        ahead = [(each, across) for each, across in places if start < each.at < len(text)]
        if not ahead:
            break
        wanted, slack = share * number, share * _SLACK
        close = [(each, across) for each, across in ahead if abs(across - wanted) <= slack] or ahead
        best = min(close, key=lambda place: (place[0].jars + abs(place[1] - wanted) / slack, place[0].at))
        spans.append((start, best[0].at))
        start = best[0].at
    return [*spans, (start, len(text))]
