"""Fair airtime: when each post was last on the glass, and whose turn it is therefore."""

from __future__ import annotations

from collections import Counter, defaultdict
from math import inf
from typing import TYPE_CHECKING, Final

import msgspec

from kiosk.domain.model import PostUri  # noqa: TC001  # msgspec reads the annotation at run time
from kiosk.domain.reading import has_photo

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from kiosk.domain.model import PostState
    from kiosk.domain.scenes import Scene

    Rank = tuple[bool, bool, bool, int, int, int, int]

SPARE: Final = 100
"""Posts that are remembered beyond twice those that may be shown."""


class Fairness(msgspec.Struct, frozen=True):
    """What is fair: nothing twice within `cooling` seconds, at most `per_author` posts of one author in `window`
    seconds. Each holds for as long as there is anything else to show.
    """

    cooling: float = 300.0
    per_author: int = 4
    window: float = 300.0


class Airing(msgspec.Struct, frozen=True):
    """One time on the glass: the how-manieth draw it was, and when, in seconds of one steady clock."""

    number: int
    at: float


NEVER: Final = Airing(-1, -inf)


class Airtime(msgspec.Struct, frozen=True):
    """Each post's latest airing in each scene; `draws` counts all there were."""

    airings: dict[PostUri, dict[str, Airing]] = {}
    draws: int = 0

    def last(self, uri: PostUri) -> Airing:
        """When a post was last shown in any scene, `NEVER` where it was not."""
        return max(self.airings.get(uri, {}).values(), key=lambda airing: airing.number, default=NEVER)

    def last_in(self, scene: str, uri: PostUri) -> Airing:
        """When a post was last shown in that scene."""
        return self.airings.get(uri, {}).get(scene, NEVER)


def seen_before(uris: Iterable[PostUri]) -> Airtime:
    """What is known after a restart: these were shown, long ago."""
    return Airtime({uri: {"": Airing(0, -inf)} for uri in uris}, 1)


def aired(airtime: Airtime, scene: str, uris: Collection[PostUri], now: float, *, held: Sequence[PostState]) -> Airtime:
    """Write down that posts are shown in a scene from `now` on; forget those that left `held`, once they are many."""
    airings, draws = dict(airtime.airings), airtime.draws
    for uri in uris:
        airings[uri] = {**airings.get(uri, {}), scene: Airing(draws, now)}
        draws += 1
    if len(airings) > 2 * len(held) + SPARE:
        kept = {state.uri for state in held} | set(uris)
        airings = {uri: scenes for uri, scenes in airings.items() if uri in kept}
    return Airtime(airings, draws)


def unaired(airtime: Airtime, before: Airtime, uris: Iterable[PostUri]) -> Airtime:
    """Take back what `aired` wrote of posts that found no room: they are as they were `before`."""
    airings = dict(airtime.airings)
    for uri in uris:
        if uri in before.airings:
            airings[uri] = before.airings[uri]
        else:
            airings.pop(uri, None)
    return Airtime(airings, airtime.draws)


def next_post(  # noqa: PLR0913, PLR0917  # everything that the choice depends on
    scene: Scene,
    posts: Sequence[PostState],
    airtime: Airtime,
    fairness: Fairness,
    now: float,
    taken: Collection[PostUri] = (),
) -> PostState | None:
    """Choose the one post whose turn it is in `scene`, None where all of them are `taken`.

    `posts` stand in the order of their approval. First comes what has cooled, then authors below their share, then
    what was never shown, then whoever had the least, then what waited longest.
    """
    rank = _Ranks(scene, posts, airtime, fairness, now)
    waiting = ((index, state) for index, state in enumerate(posts) if state.uri not in taken)
    return min(waiting, key=lambda item: rank(*item), default=(0, None))[1]


def next_posts(
    scene: Scene, posts: Sequence[PostState], airtime: Airtime, fairness: Fairness, now: float
) -> tuple[PostState, ...]:
    """Choose as many posts as `scene` has slots, as if `next_post` had chosen one after another."""
    rank = _Ranks(scene, posts, airtime, fairness, now)
    ordered = sorted(enumerate(posts), key=lambda item: rank(*item))
    before: dict[str, int] = defaultdict(int)
    turns: list[tuple[Rank, PostState]] = []
    for index, state in ordered:
        turns.append((rank(index, state, before[author_of(state)]), state))
        before[author_of(state)] += 1
    turns.sort(key=lambda turn: turn[0])
    return tuple(state for _, state in turns[: scene.slots])


class _Ranks:
    """Whose turn it is, as tuples: the lowest comes first."""

    def __init__(
        self, scene: Scene, posts: Sequence[PostState], airtime: Airtime, fairness: Fairness, now: float
    ) -> None:
        self._scene, self._airtime, self._fairness, self._now = scene, airtime, fairness, now
        since = now - fairness.window
        self._recent = Counter(author_of(state) for state in posts if airtime.last(state.uri).at > since)

    def __call__(self, index: int, state: PostState, more: int = 0) -> Rank:
        """The rank of the `index`-th post, where `more` posts of its author come before it."""
        last, in_scene = self._airtime.last(state.uri), self._airtime.last_in(self._scene.name, state.uri)
        alone = self._scene.slots == 1
        taste = (not has_photo(state), -index) if alone else (False, index)
        if self._now - last.at < self._fairness.cooling:
            return (True, False, True, 0, in_scene.number, last.number, index)
        had = self._recent[author_of(state)] + more
        capped = had >= self._fairness.per_author
        fresh = last is NEVER
        if fresh:
            return (False, capped, False, had, taste[0], 0, taste[1])
        return (False, capped, True, had, in_scene.number, last.number, index)


def author_of(state: PostState) -> str:
    """Whose airtime a post takes."""
    return state.post.author.handle.casefold()
