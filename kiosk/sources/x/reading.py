"""How far a search on X was read: from after one id to another, a backlog's place, and the day's spending beside it.

Recent search goes seven days back and refuses to be asked for more; its ids hold their time, in milliseconds above 22
bits. See https://docs.x.com/x-api/posts/search/integrate/paginate.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from kiosk.sources.x.shapes import moment_of, number_of
from kiosk.sources.x.spending import Spent

if TYPE_CHECKING:
    from datetime import datetime

    from kiosk.domain.model import Cursor
    from kiosk.sources.x.pages import Page

OVERLAP: Final = timedelta(seconds=60)
"""How far before the newest post a read begins: posts are not indexed in order, and one read again is free."""

WINDOW: Final = timedelta(days=7)
FINISHED: Final = timedelta(hours=1)
"""How far back search goes, and how long a backlog from its far end may take."""


class Read(msgspec.Struct, frozen=True):
    """The newest id that was read; `next` and `newest` belong to a backlog that is being read back to `since`."""

    since: str = ""
    next: str = ""
    newest: str = ""
    spent: Spent = Spent()

    @property
    def asks_since(self) -> str:
        """What to ask for, "" for the newest page."""
        return identity_at(moment_of(self.since) - OVERLAP) if self.since else ""

    def after(self, page: Page, now: datetime) -> Read:
        """Where a page leads: further back in a backlog, else to its newest post; without one, to `now`."""
        newest = max(self.newest, page.newest, self.since, key=_order)
        if page.next and self.since:
            return Read(self.since, page.next, newest)
        return Read(since=newest or identity_at(now))


class Start(NamedTuple):
    """Where a poll begins, and what was missed where that is not where the last one ended."""

    read: Read
    gap: str = ""


def start_from(cursor: Cursor | None, now: datetime) -> Start:
    """Where to go on; a cursor that cannot be read counts as none."""
    known = _known(cursor)
    if not known.since or moment_of(known.since) - OVERLAP > now - WINDOW + FINISHED / 2:
        return Start(known)
    oldest = identity_at(now - WINDOW + FINISHED + OVERLAP)
    missed = f"{moment_of(known.since):%d %b %H:%M} to {moment_of(oldest):%d %b %H:%M} UTC"
    gap = f"X can be searched for seven days only; what was posted from {missed} was missed."
    return Start(Read(since=oldest, spent=known.spent), gap)


def _known(cursor: Cursor | None) -> Read:
    if cursor is None:
        return Read()
    try:
        read = msgspec.json.decode(cursor.value, type=Read)
        for identity in filter(None, (read.since, read.newest)):
            number_of(identity)
    except (msgspec.DecodeError, UnicodeError, ValueError):
        return Read()
    return read


def identity_at(moment: datetime) -> str:
    """The first id of a millisecond."""
    milliseconds = (moment - moment_of("0")) // timedelta(milliseconds=1)
    return str(max(1, milliseconds) << 22)


def _order(identity: str) -> int:
    return number_of(identity) if identity else 0
