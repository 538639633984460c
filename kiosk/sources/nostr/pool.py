"""Several relays asked at once: what one does not have or does not answer, another may."""

from __future__ import annotations

import asyncio
from contextlib import aclosing, asynccontextmanager
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import urlsplit

from kiosk.domain.errors import BadPayload, Portal, Refused, SourceError, Unavailable
from kiosk.sources.nostr.relay import Conversation

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence

    from kiosk.sources.source import Client

LONGEST: Final = 30.0
"""Seconds that one relay may take for everything it is asked at once."""

REST: Final = 60.0
"""Seconds that a relay which failed is left out of questions to all, while others answer."""

REFUSED_REST: Final = 900.0

_T = TypeVar("_T")


class Pool:
    """The relays of one source; `note` says which of them did not answer the last time."""

    def __init__(self, relays: Sequence[str], client: Client) -> None:
        """Connect to none yet."""
        self.relays = tuple(dict.fromkeys(relays))
        self._client = client
        self._resting: dict[str, tuple[float, SourceError]] = {}

    @asynccontextmanager
    async def conversation(self, relay: str) -> AsyncGenerator[Conversation]:
        """Talk with one relay; it may be silent for as long as it answers pings."""
        async with (
            self._client.websocket(relay, silence=0) as channel,
            aclosing(Conversation(channel, host_of(relay))) as talk,
        ):
            yield talk

    async def each(self, ask: Callable[[Conversation, str], Awaitable[_T]]) -> dict[str, _T]:
        """What the relays that answer answered, by address.

        Raises:
            SourceError: where none did.

        """
        now = asyncio.get_running_loop().time()
        awake = [relay for relay in self.relays if self._resting.get(relay, (0.0,))[0] <= now] or list(self.relays)
        answers = dict(zip(awake, await asyncio.gather(*(self._one(relay, ask) for relay in awake)), strict=True))
        given: dict[str, _T] = {}
        for relay, answer in answers.items():
            if isinstance(answer, SourceError):
                self._resting[relay] = (now + _rest(answer), answer)
            else:
                self._resting.pop(relay, None)
                given[relay] = answer
        if not given:
            raise together({relay: error for relay, (_, error) in self._resting.items()})
        return given

    async def _one(self, relay: str, ask: Callable[[Conversation, str], Awaitable[_T]]) -> _T | SourceError:
        try:
            async with asyncio.timeout(LONGEST), self.conversation(relay) as talk:
                return await ask(talk, relay)
        except TimeoutError:
            return Unavailable(f"{host_of(relay)} did not answer within {LONGEST:g} seconds.")
        except SourceError as error:
            return error

    def all_answered(self, answers: Mapping[str, object]) -> bool:
        """Whether nothing more could be learned than what these answers say."""
        return set(answers) == set(self.relays)

    @property
    def note(self) -> str:
        """A sentence for the operator where only some relays answer."""
        if not self._resting:
            return ""
        answering = len(self.relays) - len(self._resting)
        said = " ".join(str(error) for _, error in self._resting.values())
        return f"{answering} of {len(self.relays)} relays answer. {said}"


def host_of(relay: str) -> str:
    """What a relay is called."""
    try:
        return urlsplit(relay).netloc or relay
    except ValueError:
        return relay


def together(faults: Mapping[str, SourceError]) -> SourceError:
    """One error for all relays: the one that says most about what to do, with each one's sentence."""
    errors = list(faults.values())
    said = " ".join(dict.fromkeys(str(error) for error in errors))
    for kind in (Portal, Unavailable, BadPayload):
        alike = [error for error in errors if isinstance(error, kind)]
        if not alike:
            continue
        wishes = [error.retry_after for error in alike if isinstance(error, Unavailable) and error.retry_after]
        if kind is Unavailable:
            return Unavailable(said, retry_after=min(wishes) if len(wishes) == len(alike) else None)
        return kind(said)
    return Refused(said or "There is no relay to ask; name some in `relays`.")


def _rest(error: SourceError) -> float:
    if isinstance(error, Unavailable) and error.retry_after:
        return max(error.retry_after, REST)
    return REFUSED_REST if isinstance(error, Refused) else REST
