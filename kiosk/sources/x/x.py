"""Posts from X by its API v2: recent search with a counter of what it costs, and lookup of what may be shown.

Every post that is read is paid for, so reading stops before a request that could pass the organiser's cap. See
https://docs.x.com/x-api/posts/search/integrate/paginate and https://docs.x.com/x-api/posts/lookup/introduction.
"""

from __future__ import annotations

import re
from collections import deque
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, ClassVar, Final

import msgspec
from msgspec import Meta

from kiosk.domain.errors import Misconfigured, SourceError
from kiosk.domain.model import Cursor
from kiosk.settings import Fault, SourceTable
from kiosk.sources.source import Batch, Budget, Recheck
from kiosk.sources.x.answers import GONE, note, refusal, sentence
from kiosk.sources.x.pages import Page, read_page
from kiosk.sources.x.reading import Read, start_from
from kiosk.sources.x.spending import Prices, Spending

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import httpx

    from kiosk.domain.model import PostUri
    from kiosk.sources.source import Means

PAGE: Final = 100
LEAST: Final = 10
"""Posts asked for at a time; the API's own limits."""

MOST_PAGES: Final = 10
"""Pages read in one poll; what is left is read by the next."""

LONGEST_QUERY: Final = 512

_SEARCH: Final = "/2/tweets/search/recent"
_LOOKUP: Final = "/2/tweets"
_REFERENCED: Final = "referenced_tweets.id"
_MORE_FIELDS: Final = "possibly_sensitive,referenced_tweets,attachments,entities,note_tweet,withheld"

FIELDS: Final = (
    ("tweet.fields", f"author_id,created_at,edit_history_tweet_ids,lang,{_MORE_FIELDS}"),
    ("expansions", f"author_id,attachments.media_keys,attachments.poll_ids,{_REFERENCED},{_REFERENCED}.author_id"),
    ("user.fields", "name,username,profile_image_url,protected,withheld"),
    ("media.fields", "media_key,type,url,preview_image_url,alt_text"),
    ("poll.fields", "options"),
)
"""What every request asks for, always the same, so that the same post comes out the same."""


class XTable(SourceTable, frozen=True, kw_only=True):
    """X (formerly Twitter), by its paid API: recent search and, where wanted, the filtered stream."""

    needs_hashtags: ClassVar[bool] = False

    server: Annotated[str, Meta(description="The API's address.")] = "https://api.x.com"
    query: Annotated[
        str,
        Meta(
            description="What to look for, in X's own syntax; empty: any of the event's hashtags. Never reposts.",
            examples=["#mytweetup lang:en"],
        ),
    ] = ""
    interval: Annotated[float, Meta(ge=5, le=3600, description="Seconds between two polls.")] = 60.0
    daily_cap: Annotated[
        float, Meta(ge=0, description="The most to spend on one UTC day, in US dollars; then reading stops.")
    ] = 25.0
    price: Annotated[float, Meta(ge=0, le=10, description="What X takes for one post, in US dollars.")] = 0.005
    author_price: Annotated[
        float, Meta(ge=0, le=10, description="What X takes for one author who comes with a post, in US dollars.")
    ] = 0.01
    media_price: Annotated[
        float, Meta(ge=0, le=10, description="What X takes for one picture that comes with a post, in US dollars.")
    ] = 0.005
    stream: Annotated[
        bool, Meta(description="Hear of posts at once through the filtered stream too; it costs the same.")
    ] = False

    @property
    def prices(self) -> Prices:
        """What each kind of resource costs."""
        return Prices(self.price, self.author_price, self.media_price)

    def faults(self) -> Iterator[Fault]:
        """A token, a query that X takes, and a cap that allows at least one request."""
        yield from self.server_faults("server")
        if not self.token_file:
            yield Fault("token_file", "X answers only with the bearer token of an app", "tokens/x")
        if len(self.query) > LONGEST_QUERY - 20:
            yield Fault("query", f"it is longer than {LONGEST_QUERY - 20} characters")
        least = LEAST * self.prices.worst
        if self.daily_cap < least:
            yield Fault("daily_cap", f"one request may cost ${least:.2f}, so nothing could be read", f"{least:.2f}")


class X:
    """One search on X; `X` polls, `StreamingX` hears of posts at once besides."""

    def __init__(self, table: XTable, means: Means) -> None:
        """Read what matches the table's query, with its app's bearer token."""
        self.name = f"x.com ({table.query[:60]})" if table.query else "x.com"
        self.budget = Budget()
        self._server = table.server.rstrip("/")
        self._query = query_of(table.query, means.hashtags)
        self._token = means.token
        self._client = means.client
        self._told: deque[str] = deque(maxlen=200)
        self._spending = Spending(table.prices, table.daily_cap, self.budget)

    async def poll(self, cursor: Cursor | None) -> Batch:
        """Read what is new, oldest first; without a cursor the newest page.

        Raises:
            Unavailable: X may answer later, or the day's money is spent.
            Refused: it will not.
            BadPayload: it answered with something else.

        """
        self._check()
        now = datetime.now(UTC)
        read, gap = start_from(cursor, now)
        self._spending.restore(read.spent, now)
        batch = Batch(gap=gap)
        for number in range(MOST_PAGES):
            try:
                page, wait = await self._page_of(read)
            except SourceError as error:
                if number == 0:
                    raise
                # What was paid for is handed on; the next poll goes on from here, or says this again.
                return msgspec.structs.replace(batch, note=str(error), wait=getattr(error, "retry_after", 0.0) or 0.0)
            read = read.after(page, now)
            batch = self._batch(batch, read, page, wait)
            if not read.next:
                break
        return batch

    async def recheck(self, posts: Mapping[str, PostUri]) -> Recheck:
        """Look these posts up; those that X does not know any more, or keeps from everybody, are gone.

        Raises:
            SourceError: where X does not answer, which says nothing about the posts.

        """
        if not posts:
            return Recheck()
        self._check()
        ids = [identity for identity in posts if identity.isascii() and identity.isdecimal()]
        strange = [f"{self.name} knows no post by the id {identity[:40]}." for identity in posts if identity not in ids]
        answers = [await self._look_up(ids[start : start + PAGE], posts) for start in range(0, len(ids), PAGE)]
        answers.append(Recheck(bad=tuple(strange)))
        return Recheck(
            tuple(item for answer in answers for item in answer.found),
            tuple(identity for answer in answers for identity in answer.gone),
            tuple(words for answer in answers for words in answer.bad),
        )

    async def _page_of(self, read: Read) -> tuple[Page, float]:
        now = datetime.now(UTC)
        size = self._spending.affordable(PAGE, now)
        if size < LEAST:
            raise self._spending.exhausted(self.name, now)
        params = [("query", self._query), ("max_results", str(size))]
        params += [("since_id", read.asks_since)] if read.since else []
        try:
            page, wait = await self._get(_SEARCH, [*params, *([("next_token", read.next)] if read.next else [])])
        except Misconfigured:
            if not read.next:
                raise
            # The place in the backlog is not known any more: from the top.
            page, wait = await self._get(_SEARCH, params)
        return await self._renewed(page), wait

    def _batch(self, batch: Batch, read: Read, page: Page, wait: float) -> Batch:
        """What was read so far, and where the next poll goes on."""
        found = {item.post.uri: item for item in (*page.found, *batch.found)}  # pages go back in time
        kept = msgspec.structs.replace(read, spent=self._spending.written())
        return msgspec.structs.replace(
            batch,
            found=tuple(sorted(found.values(), key=lambda item: (item.post.created_at, item.post.uri))),
            cursor=Cursor(self.name, msgspec.json.encode(kept).decode()),
            bad=(*batch.bad, *self._untold(*page.bad, *map(sentence, page.problems))),
            more=bool(read.next),
            wait=wait,
        )

    def _untold(self, *sentences: str) -> list[str]:
        """Those not said yet: polls overlap, and so meet what cannot be read again and again."""
        fresh = [words for words in dict.fromkeys(sentences) if words not in self._told]
        self._told.extend(fresh)
        return fresh

    async def _look_up(self, ids: Sequence[str], posts: Mapping[str, PostUri]) -> Recheck:
        asked, unpaid = self._affordable(ids)
        if not asked:
            raise self._spending.exhausted(self.name, datetime.now(UTC))
        page, _ = await self._get(_LOOKUP, [("ids", ",".join(asked))])
        page = await self._renewed(page)
        found = {item.post.uri: item for item in page.found}
        missing = [identity for identity in asked if posts[identity] not in found]
        gone = _lost(page, missing)
        if gone:
            # A service in trouble may deny everything; only what it denies twice is gone. A denial costs nothing.
            again, _ = await self._get(_LOOKUP, [("ids", ",".join(gone))])
            found |= {item.post.uri: item for item in again.found}
            gone = [identity for identity in _lost(again, gone) if posts[identity] not in found]
        wanted = set(posts.values())
        unknown = [identity for identity in missing if identity not in gone and posts[identity] not in found]
        bad = [f"{self.name} did not say whether {posts[identity]} still stands." for identity in unknown]
        bad += [f"{posts[identity]} was not asked about: {self._spending.words(self.name)}" for identity in unpaid]
        return Recheck(tuple(item for uri, item in found.items() if uri in wanted), tuple(gone), tuple(bad))

    def _affordable(self, ids: Sequence[str]) -> tuple[list[str], list[str]]:
        """Which of them may be asked for, and which not today: those paid for already are free."""
        now = datetime.now(UTC)
        fresh = [identity for identity in ids if not self._spending.paid(f"p{identity}", now)]
        unpaid = fresh[self._spending.affordable(len(fresh), now) :]
        return [identity for identity in ids if identity not in unpaid], unpaid

    async def _renewed(self, page: Page) -> Page:
        """A page with the newest versions of posts of which it holds an older one, where they can be paid for."""
        newer, _ = self._affordable(page.outdated)
        if not newer:
            return page
        renewed, _ = await self._get(_LOOKUP, [("ids", ",".join(newer[:PAGE]))])
        return page._replace(found=(*page.found, *renewed.found), bad=(*page.bad, *renewed.bad))

    async def _get(self, path: str, params: Sequence[tuple[str, str]]) -> tuple[Page, float]:
        """One page, counted; seconds to leave before the next request."""
        response = await self._client.get(self._server + path, params=[*params, *FIELDS], headers=self._headers)
        wait = self._accept(response, self.budget if path == _SEARCH else Budget())
        page = read_page(response.content)
        self._spending.count(page.read, datetime.now(UTC))
        return page, wait

    def _accept(self, response: httpx.Response, budget: Budget) -> float:
        """Let only 200 pass; seconds to leave before the next request so that the limits last."""
        now = datetime.now(UTC)
        wait = note(budget, response, now)
        if response.status_code != HTTPStatus.OK:
            raise refusal(response, now)
        return wait

    @property
    def _headers(self) -> dict[str, str]:
        return {"Accept": "application/json", "Authorization": f"Bearer {self._token}"}

    def _check(self) -> None:
        if not self._token:
            raise Misconfigured(f"{self.name} wants the bearer token of an app: name a token_file.")
        if not self._query:
            raise Misconfigured(f"{self.name} has nothing to look for: give the event `hashtags`, or this a `query`.")
        if len(self._query) > LONGEST_QUERY:
            raise Misconfigured(f"{self.name} is asked for too many hashtags at once; name fewer, or a `query`.")


def query_of(query: str, hashtags: Sequence[str]) -> str:
    """What X is asked for: the organiser's query or any of the hashtags, never reposts; "" where there is neither."""
    tags = [f"#{tag.strip().lstrip('#')}" for tag in hashtags if tag.strip().lstrip("#")]
    wanted = re.sub(r"\s+", " ", query).strip() or " OR ".join(tags)
    return f"({wanted}) -is:retweet" if wanted else ""


def _lost(page: Page, asked: Sequence[str]) -> list[str]:
    """Those asked for that the answer says are deleted, suspended or private."""
    named = {problem.resource_id for problem in page.problems if problem.kind in GONE}
    return [identity for identity in asked if identity in named]
