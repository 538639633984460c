"""Turns of a playlist: how often each comes in a round, and at which times of day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from kiosk.domain.airtime import Fairness

if TYPE_CHECKING:
    from collections.abc import Sequence


class Turn(msgspec.Struct, frozen=True):
    """One entry of a playlist: a scene, and when it has its turn.

    `dwell` is the least it stays, in seconds (0: as its scene says); it comes round `weight` times in a round; it is
    skipped while fewer than `posts` posts, or `photos` posts with a photo, are approved, and outside `between`: two
    times of day at the venue in minutes after midnight, the second not included, over midnight where it is the
    smaller one.
    """

    scene: str
    dwell: float = 0.0
    weight: int = 1
    posts: int = 0
    photos: int = 0
    between: tuple[int, int] | None = None


class Playlist(msgspec.Struct, frozen=True):
    """A round of turns, as `playlist` made it from their weights, and what is fair within it."""

    round: tuple[Turn, ...]
    fairness: Fairness = Fairness()


def playlist(turns: Sequence[Turn], fairness: Fairness = Fairness()) -> Playlist:  # noqa: B008  # a frozen value
    """Spread each turn as evenly over a round as its weight allows; turns of one weight keep their order.

    The rule is smooth weighted round-robin: each turn gathers its weight at every step, the richest one comes and
    pays what all of them gathered.
    """
    total = sum(turn.weight for turn in turns)
    rich = [0] * len(turns)
    walk: list[Turn] = []
    for _ in range(total):
        rich = [have + turn.weight for have, turn in zip(rich, turns, strict=True)]
        best = max(range(len(turns)), key=lambda index: (rich[index], -index))
        rich[best] -= total
        walk.append(turns[best])
    return Playlist(tuple(walk), fairness)


def open_at(between: tuple[int, int] | None, minute: int) -> bool:
    """Whether a minute of the day lies between two others, over midnight where the second is the smaller one."""
    if between is None or between[0] == between[1]:
        return True
    begin, end = between
    return begin <= minute < end if begin < end else minute >= begin or minute < end
