"""The next cue: the round's next turn whose conditions hold, a pin that comes back between, and never a blank wall."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from kiosk.domain.airtime import Airtime, aired, next_posts
from kiosk.domain.events import Pinned  # noqa: TC001  # msgspec reads the annotations at run time
from kiosk.domain.model import PostState  # noqa: TC001
from kiosk.domain.reading import has_photo, pages
from kiosk.domain.scenes import SCENES, Cue
from kiosk.domain.turns import Turn, open_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kiosk.domain.model import PostUri
    from kiosk.domain.scenes import Scene
    from kiosk.domain.turns import Playlist

ENOUGH: Final = 4
"""Posts from which on a scene of many looks full; with fewer, scenes of single posts have the stage."""

INVITING: Final = 5.0
"""Seconds after which a wall without posts looks for some again."""

ALONE: Final = "spotlight"
"""The scene that shows a post which was pinned or featured, and the one that stands in where no turn can."""


class Hall(msgspec.Struct, frozen=True):
    """What a choice depends on besides the playlist: the posts that may be shown, oldest approval first, the time in
    seconds of one steady clock, the minute of the venue's day, what is pinned, and how many terms the last hour has.
    """

    posts: tuple[PostState, ...]
    now: float
    minute: int = 0
    pin: Pinned | None = None
    terms: int = 0


class Show(msgspec.Struct, frozen=True):
    """Where the show stands: the airtime so far, the next place in the round, and the cues since the pin's."""

    airtime: Airtime = Airtime()
    place: int = 0
    since_pin: int = 1_000


class Step(msgspec.Struct, frozen=True):
    """The next cue, None where nothing may be shown, and the show after it; `pin` is what brought it, if a pin did."""

    cue: Cue | None
    show: Show
    pin: Pinned | None = None


def next_step(playlist: Playlist, show: Show, hall: Hall) -> Step:
    """Choose the next cue: the pin's where it is due, else the next turn of the round that may have its turn.

    Before the wall would be blank, turns that show posts are forgiven what they wait for, and at last a single post
    stands in, whatever the playlist says.
    """
    pin = hall.pin
    if pin and show.since_pin >= pin.every and (cue := pinned_cue(pin, playlist, show, hall)):
        return Step(cue, msgspec.structs.replace(_after(cue, show, hall), since_pin=1), pin)
    count, lonely = len(playlist.round), not _others(playlist, hall)
    for forgiving in (False, True):
        for step in range(count):
            turn = playlist.round[(show.place + step) % count]
            if not (due(turn, hall, alone=lonely) or (forgiving and _shows_posts(SCENES[turn.scene]))):
                continue
            if cue := _cast(turn, playlist, show, hall):
                after = _after(cue, show, hall)
                place = (show.place + step + 1) % count
                return Step(cue, msgspec.structs.replace(after, place=place, since_pin=show.since_pin + 1))
    cue = _cast(Turn(ALONE), playlist, show, hall) or _invitation(playlist)
    return Step(cue, _after(cue, show, hall) if cue else show)


def due(turn: Turn, hall: Hall, *, alone: bool = False) -> bool:
    """Whether a turn may have its turn now: it would not be empty, nor look it unless it is `alone`."""
    scene = SCENES[turn.scene]
    posts = len(hall.posts)
    photos = sum(map(has_photo, hall.posts)) if turn.photos or scene.photos else 0
    least = ENOUGH if _crowd(scene) and not alone else int(_shows_posts(scene))
    return (
        open_at(turn.between, hall.minute)
        and posts >= turn.posts
        and hall.terms >= scene.terms
        and photos >= turn.photos
        and (photos if scene.photos else posts) >= least
    )


def _shows_posts(scene: Scene) -> bool:
    return scene.flows or scene.slots > 0


def _crowd(scene: Scene) -> bool:
    """Whether a scene is made for many posts at a time."""
    return scene.flows or scene.slots > 1


def _others(playlist: Playlist, hall: Hall) -> bool:
    """Whether a scene of single posts could show every post now, so that scenes of many may wait for more."""
    return any(
        SCENES[turn.scene].slots == 1
        and due(turn, hall)
        and hall.posts
        and len(_castable(SCENES[turn.scene], hall)) == len(hall.posts)
        for turn in playlist.round
    )


def _castable(scene: Scene, hall: Hall) -> tuple[PostState, ...]:
    return tuple(filter(has_photo, hall.posts)) if scene.photos else hall.posts


def _cast(turn: Turn, playlist: Playlist, show: Show, hall: Hall) -> Cue | None:
    """Give a turn its posts; None where it would be empty."""
    scene = SCENES[turn.scene]
    if not scene.slots:
        return Cue(scene.name, (), turn.dwell or scene.dwell) if hall.posts or not scene.flows else None
    states = next_posts(scene, _castable(scene, hall), show.airtime, playlist.fairness, hall.now)
    return _with(scene, states, turn.dwell) if states else None


def _with(scene: Scene, states: Sequence[PostState], dwell: float = 0.0) -> Cue:
    return Cue(scene.name, tuple(state.uri for state in states), sum(pages(scene, states, dwell)))


def _invitation(playlist: Playlist) -> Cue | None:
    """A scene that draws posts for itself, empty: the wall invites the hall to post."""
    flowing = next((turn.scene for turn in playlist.round if SCENES[turn.scene].flows), None)
    return Cue(flowing, (), INVITING) if flowing else None


def _after(cue: Cue, show: Show, hall: Hall) -> Show:
    airtime = aired(show.airtime, cue.scene, cue.posts, hall.now, held=hall.posts)
    return msgspec.structs.replace(show, airtime=airtime)


def alone(state: PostState) -> Cue:
    """A cue for this one post."""
    return _with(SCENES[ALONE], (state,))


def pinned_cue(pin: Pinned, playlist: Playlist, show: Show, hall: Hall) -> Cue | None:
    """The cue that a pin brings, None where what is pinned cannot be shown."""
    if pin.uri is None:
        return _cast(Turn(pin.scene), playlist, show, hall) if pin.scene in SCENES else None
    state = next((state for state in hall.posts if state.uri == pin.uri), None)
    return alone(state) if state else None


def page_cues(cue: Cue, posts: Sequence[PostState], count: int = 0) -> Iterator[Cue]:
    """The pages of a cue one after another, each with its own dwell.

    `posts` are those of its posts still shown, `count` the pages that a wall has measured for it, 0 where none has.
    A cue that its turn lets stay for longer than its posts take shares that time among its pages.
    """
    if not posts:
        yield cue
        return
    scene = SCENES[cue.scene]
    longer = cue.dwell / sum(pages(scene, posts))
    for page, seconds in enumerate(pages(scene, posts, count=count)):
        yield Cue(cue.scene, cue.posts, seconds * longer, page)


def risen(cue: Cue) -> PostUri | None:
    """The post that a page of the photo mosaic is about, None for a page that shows all of its posts."""
    scene = SCENES[cue.scene]
    return cue.posts[cue.page - 1] if scene.photos and scene.slots > 1 and cue.page else None
