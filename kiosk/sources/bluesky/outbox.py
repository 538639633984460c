"""What a Bluesky stream has learned and not yet handed on: what hurries leaves at once, the rest together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kiosk.sources.source import Batch

if TYPE_CHECKING:
    from kiosk.domain.model import Cursor
    from kiosk.sources.bluesky.records import Viewed
    from kiosk.sources.source import Found

FLUSH: Final = 2.0
"""Seconds that what does not hurry may wait: deletions of posts that we never met, which others may have brought."""

MARK: Final = 10.0
"""Seconds between two cursors where nothing else happens."""

MOST: Final = 200
"""Deletions that are held back at most."""


class Outbox:
    """The next batch as it fills, since `since` (monotonic seconds)."""

    def __init__(self, since: float) -> None:
        """Hold nothing yet."""
        self.gap = ""
        self._found: dict[str, Found] = {}
        self._gone: dict[str, None] = {}
        self._gone_under: dict[str, None] = {}
        self._bad: list[str] = []
        self._since = since
        self._urgent = False

    def take(self, viewed: Viewed) -> None:
        """A post as it is now; one that may not be shown any more is gone."""
        if viewed.found is not None:
            self._found[viewed.uri] = viewed.found
            self._urgent = True
        elif viewed.lost or viewed.uri in self._found:
            self.leave(viewed.uri, urgent=True)

    def leave(self, uri: str, *, urgent: bool) -> None:
        """A post was deleted; `urgent` where it may be on the wall."""
        self._urgent = self._urgent or urgent or uri in self._found or len(self._gone) >= MOST
        self._found.pop(uri, None)
        self._gone[uri] = None

    def close(self, beginning: str, *, urgent: bool) -> None:
        """All posts whose ids begin so are gone."""
        self._urgent = self._urgent or urgent or len(self._gone_under) >= MOST
        self._found = {uri: found for uri, found in self._found.items() if not uri.startswith(beginning)}
        self._gone_under[beginning] = None

    def complain(self, sentence: str) -> None:
        """Say what could not be read."""
        self._bad.append(sentence[:300])

    def pause(self, now: float) -> float:
        """Seconds until the batch has to leave, 0 for now."""
        waits = self._gone or self._gone_under or self._bad or self.gap
        return 0.0 if self._urgent else max(0.0, self._since + (FLUSH if waits else MARK) - now)

    def batch(self, cursor: Cursor | None) -> Batch:
        """All of it, oldest first, covered by `cursor`."""
        return Batch(
            found=tuple(sorted(self._found.values(), key=lambda item: item.post.created_at)),
            cursor=cursor,
            bad=tuple(self._bad),
            gap=self.gap,
            gone=tuple(self._gone),
            gone_under=tuple(self._gone_under),
        )
