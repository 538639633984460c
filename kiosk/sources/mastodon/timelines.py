"""Timelines of the Mastodon API read without gaps: the newest page whole every time, and behind it what was missed.

Ids are opaque and not in order of arrival. So the newest page is read as it is and folded by uri; where it holds
nothing that was known, a gap opens, which older pages fill, some at each poll, until they meet what was known. See
https://docs.joinmastodon.org/methods/timelines/ and https://docs.joinmastodon.org/api/guidelines/#pagination.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta  # msgspec reads the annotation at run time
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import quote

import httpx
import msgspec

from kiosk.domain.errors import SourceError, Unavailable
from kiosk.domain.model import Cursor
from kiosk.sources.headers import allowance, clamped, pause_between
from kiosk.sources.mastodon.api import GONE
from kiosk.sources.mastodon.statuses import read_page, read_status

if TYPE_CHECKING:
    from kiosk.domain.model import PostUri
    from kiosk.sources.hashtags import TagSet
    from kiosk.sources.mastodon.api import Api
    from kiosk.sources.source import Found

PAGE: Final = 40
"""Statuses asked for at a time; the API's own limit."""

PAGES_A_POLL: Final = 25
SECONDS_A_POLL: Final = 10.0
"""Older pages read in one poll, and the time they may take."""

MOST_PAGES: Final = 320
"""Pages read back at most after an outage: 12,800 posts of a timeline, an hour at 200 a minute."""

MOST_GAPS: Final = 5
REMEMBERED: Final = 200
"""Ids of a timeline's newest posts kept in the cursor, to know where the last read ended."""

AIMED_AT: Final = 80
"""Of those, the ones that end a gap: more than two pages, so that deletions do not hide them all."""

REST: Final = 10.0
"""Seconds without older pages where a server that fails at them names no time of its own."""

_LATE: Final = timedelta(minutes=10)


class Timeline(NamedTuple):
    """A list of statuses, newest first; `what` follows the word “posts”. `invited` ones belong without a tag."""

    path: str
    what: str
    params: tuple[tuple[str, str], ...] = ()
    invited: bool = False


class Gap(msgspec.Struct):
    """Posts that were missed: they stand behind the id `before`, down to one of the ids `aims` or the time `since`."""

    before: str
    aims: list[str]
    since: datetime
    until: datetime
    pages: int = 0


class Place(msgspec.Struct):
    """How far a timeline has been read: ids of its newest posts, the time of the newest, gaps from new to old."""

    newest: datetime
    known: list[str] = []
    gaps: list[Gap] = []


_PLACES: Final = msgspec.json.Decoder(dict[str, Place])


def places_of(cursor: Cursor | None) -> dict[str, Place]:
    """The place in each timeline, by its path; a cursor that cannot be read counts as none."""
    try:
        return _PLACES.decode(cursor.value) if cursor is not None else {}
    except (msgspec.DecodeError, UnicodeError, ValueError):
        return {}


def cursor_of(name: str, places: dict[str, Place]) -> Cursor:
    """The cursor that `places_of` reads."""
    return Cursor(name, msgspec.json.encode(places).decode())


class Haul:
    """What one poll brings together, and how much more it may read."""

    def __init__(self) -> None:
        """Begin now."""
        self.found: dict[PostUri, Found] = {}
        self.bad: list[str] = []
        self.gap = ""
        self.note = ""
        self.wait = 0.0
        self.pages = 0
        self.empty: list[Timeline] = []
        """Timelines that showed nothing and never did."""
        self.left: int | None = None
        self._ends = asyncio.get_running_loop().time() + SECONDS_A_POLL

    def full(self) -> bool:
        """Whether this poll has read its share of older pages."""
        return self.pages >= PAGES_A_POLL or asyncio.get_running_loop().time() >= self._ends


class _Page(NamedTuple):
    response: httpx.Response
    ids: list[str]
    oldest: datetime | None
    newest: datetime | None


class Reader:
    """Reads the timelines of one server into hauls."""

    def __init__(self, api: Api, wanted: TagSet) -> None:
        """Ask through `api` and keep what `wanted` takes, whatever the server thinks that the timeline holds."""
        self._api = api
        self._wanted = wanted
        self._rested = 0.0

    @property
    def resting(self) -> float:
        """Seconds until older pages may be asked for again."""
        return max(0.0, self._rested - asyncio.get_running_loop().time())

    async def read_newest(self, timeline: Timeline, place: Place | None, haul: Haul) -> Place:
        """Read the newest page, and open a gap where it does not reach what was known."""
        page = await self._read(timeline, "", haul)
        haul.wait = max(haul.wait, pause_between(page.response, datetime.now(UTC)))
        haul.left = allowance(page.response, datetime.now(UTC)).left
        newest = page.newest or datetime.now(UTC)
        if not page.ids and (place is None or not place.known):
            haul.empty.append(timeline)
        if place is None:
            return Place(newest, page.ids[:REMEMBERED])
        behind = _behind(page, "")
        if behind and set(place.known).isdisjoint(page.ids):
            gap = Gap(behind, place.known[:AIMED_AT], place.newest, page.oldest or newest)
            gaps = [gap, *place.gaps]
            if len(gaps) > MOST_GAPS:
                haul.gap = self._too_many(timeline, gaps.pop())
            return Place(newest, page.ids[:REMEMBERED], gaps)
        known = list(dict.fromkeys([*page.ids, *place.known]))[:REMEMBERED]
        return Place(max(newest, place.newest) if page.newest else place.newest, known, place.gaps)

    async def read_older(self, timeline: Timeline, place: Place, haul: Haul) -> None:
        """Fill the gaps as far as this poll may; what could not be asked stays open for the next one."""
        while place.gaps and not haul.full() and not self.resting:
            try:
                await self._fill(timeline, place, haul)
            except SourceError as error:
                # The newest page is there and must not wait for the older ones.
                wish = error.retry_after if isinstance(error, Unavailable) else None
                self._rest(wish or REST)
                haul.wait = max(haul.wait, wish or 0.0)
                haul.note = f"Older posts are still to be read: {error}"

    async def _fill(self, timeline: Timeline, place: Place, haul: Haul) -> None:
        """Read one page of the newest gap."""
        gap = place.gaps[0]
        haul.pages += 1
        page = await self._read(timeline, gap.before, haul)
        self._heed(page.response, haul)
        gap.pages += 1
        gap.until = page.oldest or gap.until
        behind = _behind(page, gap.before)
        if not set(gap.aims).isdisjoint(page.ids) or (not gap.aims and gap.until < gap.since - _LATE):
            place.gaps.pop(0)
            place.known = list(dict.fromkeys([*place.known, *gap.aims]))[:REMEMBERED]
        elif not behind:
            # The timeline ends here, so that older gaps end here too.
            if await self._lost(timeline, gap):
                haul.gap = self._ended(timeline, gap)
            place.gaps.clear()
        elif gap.pages >= MOST_PAGES:
            haul.gap = self._too_many(timeline, gap)
            place.gaps.pop(0)
        else:
            gap.before = behind

    async def _read(self, timeline: Timeline, before: str, haul: Haul) -> _Page:
        asked = [("limit", str(PAGE)), *timeline.params, *([("max_id", before)] if before else [])]
        response = await self._api.get(timeline.path, asked)
        items, faults, ids = read_page(response.content, self._api.name)
        haul.bad += faults
        for item in items:
            if self._wanted.takes(item.post, invited=timeline.invited):
                haul.found[item.post.uri] = item
        times = [item.post.created_at for item in items]
        return _Page(response, ids, min(times, default=None), max(times, default=None))

    def _heed(self, response: httpx.Response, haul: Haul) -> None:
        """Stop at the end of the limit; Mastodon's for older pages (300 in 15 minutes) leaves the newest page alone.

        See https://docs.joinmastodon.org/api/rate-limits/. Other servers have one limit for everything.
        """
        left, _, reset = allowance(response, datetime.now(UTC))
        if left == 0 and reset is not None:
            self._rest(clamped(reset))
            if haul.left is not None and haul.left <= haul.pages + MOST_GAPS:
                haul.wait = max(haul.wait, clamped(reset))

    def _rest(self, seconds: float) -> None:
        self._rested = asyncio.get_running_loop().time() + seconds

    async def _lost(self, timeline: Timeline, gap: Gap) -> bool:
        """Whether posts that the timeline should have reached still stand, so that others between may be missing."""
        for identity in gap.aims[:2]:
            try:
                response = await self._api.ask(f"/api/v1/statuses/{quote(identity, safe='')}")
                if response.status_code == HTTPStatus.OK:
                    item = read_status(response.content, self._api.name)
                    return item is not None and self._wanted.takes(item.post, invited=timeline.invited)
            except SourceError:
                return True
            if response.status_code not in GONE:
                return True
        return False

    def _too_many(self, timeline: Timeline, gap: Gap) -> str:
        most = max(gap.pages, 1) * PAGE
        return (
            f"{self._api.name} had more than {most} new posts {timeline.what}; those between {_said(gap.since)} and "
            f"{_said(gap.until)} (UTC) were not read."
        )

    def _ended(self, timeline: Timeline, gap: Gap) -> str:
        return (
            f"{self._api.name} does not show its older posts {timeline.what} any more; those between "
            f"{_said(gap.since)} and {_said(gap.until)} (UTC) may be missing."
        )


def _said(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def _behind(page: _Page, before: str) -> str:
    """The id behind which the next page begins, "" where there is none: by the Link header, else the last id."""
    try:
        link = httpx.URL(page.response.links.get("next", {}).get("url", "")).params.get("max_id", "")
    except (httpx.InvalidURL, ValueError, UnicodeError):
        link = ""
    behind = link or (page.ids[-1] if page.ids else "")
    return "" if behind == before else behind
