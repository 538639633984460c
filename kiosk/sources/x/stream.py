"""X's filtered stream: posts that match a rule of ours, as they are written; an accelerator beside the polls.

See https://docs.x.com/x-api/posts/filtered-stream/introduction: rules belong to the app and outlive the connection, a
blank line comes every 20 seconds, and of deletions nothing is said.
"""

from __future__ import annotations

from contextlib import aclosing
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, cast

import httpx
import msgspec

from kiosk.domain.errors import BadPayload, Misconfigured, Portal, Unavailable
from kiosk.sources.source import HEARTBEAT, Batch, stream_cursor
from kiosk.sources.x.answers import refusal, sentence
from kiosk.sources.x.pages import read_page, table_of
from kiosk.sources.x.shapes import each
from kiosk.sources.x.spending import Spent
from kiosk.sources.x.x import FIELDS, LEAST, X

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from kiosk.domain.model import Cursor
    from kiosk.sources.source import Means
    from kiosk.sources.x.x import XTable

TAG: Final = "tweetup-wall"
"""What our rule is called among those of the app; others are left alone. An app has one stream, so one rule is ours."""

_STREAM: Final = "/2/tweets/search/stream"
_RULES: Final = "/2/tweets/search/stream/rules"


class XRule(msgspec.Struct):
    """A rule as the API lists it."""

    id: str
    value: str = ""
    tag: str = ""


class _Matched(msgspec.Struct):
    id: str = ""


class StreamingX(X):
    """A search on X that is heard of at once too."""

    async def stream(self, cursor: Cursor | None) -> AsyncGenerator[Batch]:
        """Yield each post as it is written; the first batch is empty and says that the stream stands.

        Raises:
            Unavailable: for anything that may pass: silence, a connection too many, the day's money spent.
            Refused: where X does not stream to us.

        """
        self._check()
        self._spending.restore(_spent(cursor), datetime.now(UTC), "stream")
        if self._spending.affordable(LEAST, datetime.now(UTC)) < LEAST:
            raise self._spending.exhausted(self.name, datetime.now(UTC))
        rule, others = await self._rule()
        opening = self._client.open(self._server + _STREAM, params=FIELDS, headers=self._headers, silence=HEARTBEAT)
        async with opening as answer:
            if answer.status_code != HTTPStatus.OK:
                refused = httpx.Response(answer.status_code, headers=answer.headers, content=await answer.body())
                raise refusal(refused, datetime.now(UTC))
            yield Batch(note=_crowd(others))
            async with aclosing(answer.lines()) as lines:
                async for line in lines:
                    if line.strip():
                        yield self._heard(line, rule)
                    if self._spending.affordable(1, datetime.now(UTC)) < 1:
                        raise self._spending.exhausted(self.name, datetime.now(UTC))

    def _heard(self, line: str, rule: str) -> Batch:
        """One line: a post, or the reason why the stream ends; one that is neither loses only itself."""
        try:
            value, page = table_of(line), read_page(line)
        except Portal:
            raise
        except BadPayload as error:
            return Batch(bad=(str(error),))
        if "data" not in value:
            words = page.problems[0].words if page.problems else "without a word"
            raise Unavailable(f"X ended the stream: {words}")
        self._spending.count(page.read, datetime.now(UTC))
        matched = {match.id for match in each(value.get("matching_rules"), _Matched)}
        spent = msgspec.structs.replace(self._spending.written(), resources=())
        return Batch(
            found=page.found if not matched or rule in matched else (),
            cursor=stream_cursor(self.name, msgspec.json.encode(spent).decode()),
            bad=tuple(self._untold(*page.bad, *map(sentence, page.problems))),
        )

    async def _rule(self) -> tuple[str, int]:
        """The id of our rule, made where it is not there yet, and how many others the app has."""
        rules = each(self._rules(await self._client.get(self._server + _RULES, headers=self._headers)), XRule)
        ours = [rule for rule in rules if rule.tag == TAG]
        stale = [rule.id for rule in ours if rule.value != self._query]
        if stale:
            await self._change({"delete": {"ids": stale}})
        kept = next((rule.id for rule in ours if rule.value == self._query), "")
        if not kept:
            added = await self._change({"add": [{"value": self._query, "tag": TAG}]})
            kept = next((rule.id for rule in added), "")
        if not kept:
            raise Misconfigured("X took no rule for the stream; check `query`.")
        return kept, len(rules) - len(ours)

    async def _change(self, change: dict[str, Any]) -> list[XRule]:
        answer = await self._client.post(self._server + _RULES, json=change, headers=self._headers)
        said = self._rules(answer)
        problems = read_page(answer.content).problems
        if problems and not said:
            raise Misconfigured(f"X does not take the rule for the stream: {problems[0].words}")
        return each(said, XRule)

    def _rules(self, answer: httpx.Response) -> list[Any]:
        if answer.status_code not in {HTTPStatus.OK, HTTPStatus.CREATED}:
            raise refusal(answer, datetime.now(UTC))
        listed = table_of(answer.content).get("data")
        return cast("list[Any]", listed) if isinstance(listed, list) else []


def x_source(table: XTable, means: Means) -> X:
    """What a table asks for: a search that is polled, or one that is streamed too."""
    return StreamingX(table, means) if table.stream else X(table, means)


def _crowd(others: int) -> str:
    if not others:
        return ""
    return f"The app has {others} other stream rules; what they match is paid for too, and shown nowhere here."


def _spent(cursor: Cursor | None) -> Spent:
    try:
        return msgspec.json.decode(cursor.value, type=Spent) if cursor is not None else Spent()
    except (msgspec.DecodeError, UnicodeError):
        return Spent()
