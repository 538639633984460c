"""The gate: the one answer to “may this be on the glass?”, kept in memory so that asking costs nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kiosk.domain.events import uri_of
from kiosk.domain.model import PostState, Tombstone
from kiosk.domain.moderation import content_hash, showable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kiosk.domain.events import Change
    from kiosk.domain.model import ContentHash, PostUri, State

CAPACITY: Final = 600
"""How many approved posts are kept in rotation; the oldest approvals leave first."""

WITHHELD: Final = 10_000
"""How many posts that were taken down by hand are remembered; the oldest are forgotten first."""


class Gate:
    """Holds the newest approved posts and follows every change; anything it does not hold may not be shown."""

    def __init__(self, approved: Iterable[PostState] = ()) -> None:
        """Start closed but for `approved`; see `open_to`."""
        self._open: dict[PostUri, PostState] = {}
        self._withheld: dict[PostUri, int] = {}
        self._orders = 0
        self.kept: PostUri | None = None
        """A post that does not leave the rotation because of its age: what is pinned."""
        self.open_to(approved)

    def open_to(self, approved: Iterable[PostState]) -> None:
        """Admit what was approved before, oldest decision first; what is not showable stays out."""
        for state in approved:
            self._admit(state)

    def passes(self, uri: PostUri, content: ContentHash) -> bool:
        """Whether a frame may hold exactly this content of this post, now."""
        state = self._open.get(uri)
        return state is not None and state.approved == content == content_hash(state)

    def state(self, uri: PostUri) -> PostState | None:
        """The post as approved, or None where it may not be shown."""
        return self._open.get(uri)

    def open_posts(self) -> tuple[PostState, ...]:
        """Every post that may be shown, oldest decision first."""
        return tuple(self._open.values())

    def number(self) -> int:
        """Number an order at the moment it is given, so that a later one wins however long each takes."""
        self._orders += 1
        return self._orders

    def withhold(self, uri: PostUri, order: int | None = None) -> None:
        """Stop showing a post at once, before the decision is durable and even if it never becomes so."""
        self._withheld[uri] = max(self._withheld.pop(uri, 0), order or self.number())
        self._open.pop(uri, None)
        while len(self._withheld) > WITHHELD:
            del self._withheld[next(iter(self._withheld))]

    def release(self, uri: PostUri, order: int) -> int | None:
        """Let the approval of that number open a post again that was withheld before it was given.

        Tells by which order it was withheld, so that an approval that came to nothing can withhold it again.
        """
        return self._withheld.pop(uri) if self._withheld.get(uri, order) < order else None

    def follow(self, changes: Sequence[Change]) -> tuple[PostUri, ...]:
        """Apply committed changes; return the posts that may no longer be shown as they were."""
        shut: list[PostUri] = []
        for change in changes:
            uri = uri_of(change.event)
            if uri is None:
                continue
            known, after = self._open.get(uri), change.after
            if isinstance(after, PostState) and showable(after):
                if uri in self._withheld:
                    continue
                if _approval(change.before) not in {None, after.approved}:
                    self._open.pop(uri, None)
                    shut.append(uri)
                self._admit(after)
                continue
            if isinstance(after, Tombstone):
                self._withheld.pop(uri, None)
            if known is not None or _approval(change.before) is not None:
                self._open.pop(uri, None)
                shut.append(uri)
        return tuple(shut)

    def _admit(self, state: PostState) -> None:
        if not showable(state):
            return
        self._open[state.uri] = state
        while len(self._open) > CAPACITY:
            del self._open[next(uri for uri in self._open if uri != self.kept)]


def _approval(state: State | None) -> ContentHash | None:
    """The content that was approved, so that pixels are found even of a post that left the rotation."""
    return state.approved if isinstance(state, PostState) else None
