"""How long a hall needs for what it is shown, and in how many pages a cue shows it."""

from __future__ import annotations

import math
import unicodedata
from typing import TYPE_CHECKING, Final

from kiosk.domain.model import Kind, Photo

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kiosk.domain.model import Attachment, PostState
    from kiosk.domain.scenes import Scene

ARRIVING: Final = 3.0
"""Seconds until a hall has found where to read."""

NARROW_SPEED: Final = 14.0
"""Letters a second, of scripts that spell: what broadcasters give subtitles (13 to 17), for people who also listen."""

WIDE_SPEED: Final = 6.0
"""East Asian wide characters a second (UAX 11): one says more than a letter; subtitles give them 4 to 9."""

LOOKING: Final = 2.0
"""Seconds that each photo adds."""

SHORTEST: Final = 7.0
LONGEST: Final = 20.0
"""Seconds that any one page stays at least, and at most."""

LOOKED_AT: Final = 4
"""Photos of one post that are shown."""

PORTION: Final = 20.0 - ARRIVING
"""Seconds of reading that one page of a long text holds."""

RISING: Final = 6
"""Posts that rise from the photo mosaic, one after another."""

GLANCED: Final = 0.5
"""The share of a page of several posts that one pair of eyes reads."""


def reading_time(state: PostState) -> float:
    """Seconds a hall needs for a whole post, its photos included: between 7 and 20."""
    return _within(ARRIVING + text_time(state) + LOOKING * photo_count(state))


def text_time(state: PostState) -> float:
    """Seconds that the words of a post take: its own, a quote's and a poll's."""
    post = state.post
    quoted = (post.quote.text,) if post.quote else ()
    return sum(map(_words_time, (post.text, *quoted, *post.poll)))


def _words_time(text: str) -> float:
    if text.isascii():
        return len(text) / NARROW_SPEED
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return (len(text) - wide) / NARROW_SPEED + wide / WIDE_SPEED


def photos_of(state: PostState) -> Iterator[tuple[Attachment, Photo]]:
    """The pictures, other than avatar, emojis and a link's, that arrived with the post, in its author's order."""
    for item in state.post.attachments:
        photo = state.photos.get(item.url)
        if item.kind is not Kind.OTHER and isinstance(photo, Photo):
            yield item, photo


def photo_count(state: PostState) -> int:
    """How many photos of a post are shown, at most four."""
    return min(LOOKED_AT, sum(1 for _ in photos_of(state)))


def has_photo(state: PostState) -> bool:
    """Whether a photo arrived with the post."""
    return any(True for _ in photos_of(state))


def portions(state: PostState) -> int:
    """In how many pages a post's words are read, 1 where they fit one: a guess, until a wall has measured them."""
    return max(1, math.ceil(text_time(state) / PORTION))


def pages(scene: Scene, states: Sequence[PostState], dwell: float = 0.0, count: int = 0) -> tuple[float, ...]:
    """Seconds that each page of a cue stays, one entry a page; `dwell` is the least that they come to.

    A scene of one post has a page for each portion of a long text and, beside the words, one for all of several photos
    and one for each of them: page 1 shows the first photo and the second portion. `count` is how many these are where
    a wall has measured them. A scene of one post's photos has a page for each; one of several posts' photos is whole on
    page 0, then each of up to six posts rises on a page of its own. All other scenes have a single page.
    """
    dwell = dwell or scene.dwell
    if not scene.slots or not states:
        return (dwell,)
    if scene.slots == 1 and scene.photos:
        return (max(dwell, reading_time(states[0])), *([dwell] * (photo_count(states[0]) - 1)))
    if scene.slots == 1:
        return _of_one(states[0], dwell, count)
    if scene.photos:
        return (dwell, *(reading_time(state) for state in states[:RISING]))
    together = ARRIVING + GLANCED * sum(text_time(state) + LOOKING * photo_count(state) for state in states)
    return (min(1.5 * dwell, max(dwell, together, *map(reading_time, states))),)


def _of_one(state: PostState, dwell: float, count: int) -> tuple[float, ...]:
    photos, words = photo_count(state), portions(state)
    count = count or max(1, photos + 1 if photos > 1 else 1, words)
    if count == 1:
        return (max(dwell, reading_time(state)),)
    words = count if count > photos + 1 and words > 1 else min(words, count)  # larger letters need more pages
    share = text_time(state) / words
    times = [ARRIVING + (share if page < words else 0.0) + LOOKING * (page < photos) for page in range(count)]
    return tuple(max(dwell / count, _within(each)) for each in times)


def _within(seconds: float) -> float:
    return min(LONGEST, max(SHORTEST, seconds))
