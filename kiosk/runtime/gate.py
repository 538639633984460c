"""The gate: the one answer to “may this be on the glass?”, kept in memory so that asking costs nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kiosk.domain.events import uri_of
from kiosk.domain.model import PostState
from kiosk.domain.moderation import content_hash, showable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kiosk.domain.events import Change
    from kiosk.domain.model import ContentHash, PostUri

CAPACITY: Final = 600
"""How many approved posts are kept in rotation; the oldest approvals leave first."""


class Gate:
    """Holds the newest approved posts and follows every change; anything it does not hold may not be shown."""

    def __init__(self, approved: Iterable[PostState] = ()) -> None:
        """Start closed but for `approved`; see `open_to`."""
        self._open: dict[PostUri, PostState] = {}
        self._withheld: set[PostUri] = set()
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

    def withhold(self, uri: PostUri) -> None:
        """Stop showing a post at once, before the decision is durable and even if it never becomes so."""
        self._withheld.add(uri)
        self._open.pop(uri, None)

    def release(self, uri: PostUri) -> None:
        """Let the next approval open a withheld post again; called when a moderator approves it anew."""
        self._withheld.discard(uri)

    def follow(self, changes: Sequence[Change]) -> tuple[PostUri, ...]:
        """Apply committed changes; return the posts that may no longer be shown as they were."""
        shut: list[PostUri] = []
        for change in changes:
            uri = uri_of(change.event)
            if uri is None:
                continue
            known = self._open.get(uri)
            after = change.after
            if isinstance(after, PostState) and showable(after):
                if uri in self._withheld:
                    continue
                if known is None or known.approved != after.approved:
                    self._open.pop(uri, None)
                    if known is not None:
                        shut.append(uri)
                self._admit(after)
                continue
            self._withheld.discard(uri)
            if known is not None:
                del self._open[uri]
                shut.append(uri)
        return tuple(shut)

    def _admit(self, state: PostState) -> None:
        if not showable(state):
            return
        self._open[state.uri] = state
        while len(self._open) > CAPACITY:
            del self._open[next(iter(self._open))]
