"""Asks the origins again about what may be on the glass: deletions and edits that no source told us of."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from kiosk.domain.errors import ArchiveError, SourceError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from kiosk.domain.model import PostState, PostUri
    from kiosk.runtime.counters import Counters
    from kiosk.runtime.gate import Gate
    from kiosk.runtime.ingest import Ingest
    from kiosk.runtime.stage import Stage
    from kiosk.sources.source import Source

EVERY: Final = 45.0
"""Seconds between two rounds: with the requests' own time, every post on the glass is asked for within 60."""

ROUND: Final = 30
"""Posts asked about in a round; those on the glass come first, then others that may come round.

A server that answers for one post at a time is asked 200 times in five minutes; Mastodon's limit is 300, see
https://docs.joinmastodon.org/api/rate-limits/.
"""

SLICE: Final = 20
"""Posts asked about at a time; what was learned is committed before the next are asked for."""

DEADLINE: Final = 60.0
"""Seconds that one source may take in one round."""

_UNASKED: Final = "{} could not be asked whether posts on the wall still stand"


class Recheck:
    """Pixels go first, then the event is committed."""

    def __init__(  # noqa: PLR0913  # each is one room of the program, handed in by name
        self,
        *,
        sources: Mapping[str, Source],
        gate: Gate,
        stage: Stage,
        ingest: Ingest,
        counters: Counters,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Ask `sources`, by name."""
        self._sources = sources
        self._gate = gate
        self._stage = stage
        self._ingest = ingest
        self._counters = counters
        self._sleep = sleep
        self._turn = 0

    async def run(self) -> None:
        """Go round for ever."""
        while True:
            await self._sleep(EVERY)
            await self.once()

    async def once(self) -> None:
        """Ask about everything on the glass, and about the next of those that may come round."""
        by_source: dict[str, dict[str, PostUri]] = defaultdict(dict)
        for state in self._due():
            for sighting in state.sightings:
                if sighting.source in self._sources:
                    by_source[sighting.source][sighting.local_id] = state.uri
                    break
        await asyncio.gather(*(self._ask(name, posts) for name, posts in by_source.items()))

    def _due(self) -> list[PostState]:
        on_glass = [state for uri in self._stage.on_glass() if (state := self._gate.state(uri)) is not None]
        seen = {state.uri for state in on_glass}
        others = [state for state in self._gate.open_posts() if state.uri not in seen]
        room = max(0, ROUND - len(on_glass))
        start = self._turn % len(others) if others else 0
        self._turn += room
        return on_glass + (others[start:] + others[:start])[:room]

    async def _ask(self, name: str, posts: Mapping[str, PostUri]) -> None:
        """Ask in slices, so that what was learned of those on the glass is followed before others are asked for."""
        ids = list(posts)
        try:
            async with asyncio.timeout(DEADLINE):
                for start in range(0, len(ids), SLICE):
                    await self._follow(name, {identity: posts[identity] for identity in ids[start : start + SLICE]})
        except (SourceError, TimeoutError) as error:
            self._counters.count(_UNASKED.format(name), error)
        except ArchiveError as error:
            self._counters.count("A deletion or an edit could not be written down; the post stays away", error)

    async def _follow(self, name: str, posts: Mapping[str, PostUri]) -> None:
        answer = await self._sources[name].recheck(posts)
        for sentence in answer.bad:
            self._counters.count(_UNASKED.format(name), sentence)
        await self._ingest.follow(name, answer, posts)
