"""Which post is shown next: fresh ones first, then whoever waited longest, never one that is on the glass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.domain.model import Photo, PostState

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from kiosk.domain.model import PostUri


def next_for_scroll(
    posts: Sequence[PostState], airings: Mapping[PostUri, int], on_glass: Collection[PostUri]
) -> PostState | None:
    """Choose for a scene that draws for itself.

    `posts` stand in the order of their approval; `airings` tells when each was last drawn, as a count of
    draws. One that was never drawn comes before all others, oldest approval first.
    """
    waiting = [state for state in posts if state.uri not in on_glass]
    return min(waiting, key=lambda state: airings.get(state.uri, -1), default=None)


def next_for_spotlight(
    posts: Sequence[PostState], airings: Mapping[PostUri, int], on_glass: Collection[PostUri]
) -> PostState | None:
    """Choose for a scene of one post: never shown before any other, then with a photo, then the newest approval."""
    waiting = [(index, state) for index, state in enumerate(posts) if state.uri not in on_glass]
    if not waiting:
        return None
    return min(waiting, key=lambda item: (airings.get(item[1].uri, -1), not has_photo(item[1]), -item[0]))[1]


def has_photo(state: PostState) -> bool:
    """Whether a picture other than the avatar arrived with the post."""
    avatar = state.post.author.avatar
    return any(isinstance(photo, Photo) for url, photo in state.photos.items() if url != avatar)


def reading_time(state: PostState) -> float:
    """Seconds a hall needs for a post: 3 to arrive at it and 14 characters a second, between 7 and 20."""
    return min(20.0, max(7.0, 3.0 + len(state.post.text) / 14.0))
