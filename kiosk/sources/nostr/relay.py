"""One relay's conversation (NIP-01): questions with their answers, and subscriptions that stay open.

One reader at a time: what comes for an open subscription while a question is answered is kept for later. See
https://github.com/nostr-protocol/nips/blob/master/01.md, and 42.md for relays that want to know who reads.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from kiosk.domain.errors import BadPayload, Refused, Unavailable
from kiosk.domain.text import one_line
from kiosk.sources.nostr.events import FAULTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kiosk.sources.source import Channel

    Filter = Mapping[str, Any]

ANSWER: Final = 10.0
"""Seconds until everything stored must have come."""

PAGE: Final = 500
"""Events asked for at a time; what most relays give at most."""

MOST: Final = 2 * PAGE
"""Events taken in answer to one question, and kept for open subscriptions meanwhile."""

MOST_BYTES: Final = 8_000_000
"""Bytes of those, each."""

GARBAGE: Final = 100
"""Messages in a row that cannot be read, after which a relay is not listened to any more."""

SLOW_DOWN: Final = 60.0
"""Seconds a relay is left alone after it said `rate-limited`; it never says how long."""

_MESSAGE: Final = msgspec.json.Decoder(list[msgspec.Raw])
_TEXT: Final = msgspec.json.Decoder(str)
_MEMBERS: Final = frozenset({"auth-required", "restricted"})
_NEVER: Final = frozenset({"blocked", "unsupported", "invalid", "pow", "mute"})
_NOT_NOW: Final = frozenset({"rate-limited", "rejected", "error"})
_REFUSALS: Final = _MEMBERS | _NEVER | _NOT_NOW


class Heard(NamedTuple):
    """One message: its label (EVENT, EOSE, CLOSED, NOTICE …), the subscription, and an event or words."""

    label: str
    subscription: str = ""
    raw: msgspec.Raw | None = None
    words: str = ""


class Conversation:
    """What is said over one open channel with the relay called `host`."""

    def __init__(self, channel: Channel, host: str) -> None:
        """Say nothing yet."""
        self.host = host
        self._channel = channel
        self._messages = channel.messages()
        self._kept: deque[tuple[str, msgspec.Raw]] = deque()
        self._kept_bytes = 0
        self._open: set[str] = set()
        self._dispensable: set[str] = set()
        self._asked = 0
        self._notice = ""

    async def aclose(self) -> None:
        """Stop listening."""
        await self._messages.aclose()

    async def ask(self, question: Filter) -> list[msgspec.Raw]:
        """Everything stored that matches, in the relay's order.

        Raises:
            Unavailable: where the relay does not answer in time, or not now.
            Refused: where it does not answer us.
            BadPayload: where it sends much more than was asked for, or nonsense.

        """
        self._asked += 1
        name = f"q{self._asked}"
        events = await self.begin(name, question)
        self._open.discard(name)
        await self._say(["CLOSE", name])
        return events

    async def begin(self, name: str, question: Filter) -> list[msgspec.Raw]:
        """As `ask`, but the subscription called `name` stays open for `next`."""
        await self.subscribe(name, question)
        events: list[msgspec.Raw] = []
        size = 0
        try:
            async with asyncio.timeout(ANSWER):
                while (heard := await self._hear()).label != "EOSE" or heard.subscription != name:
                    self._object(heard)
                    if heard.raw is None:
                        continue
                    if heard.subscription != name:
                        self._keep(heard.subscription, heard.raw)
                        continue
                    events.append(heard.raw)
                    size += len(memoryview(heard.raw))
                    if len(events) > MOST or size > MOST_BYTES:
                        raise BadPayload(f"{self.host} sends much more than it was asked for; it is left alone.")
        except TimeoutError as error:
            said = f" It said: {self._notice}" if self._notice else ""
            raise Unavailable(f"{self.host} did not answer within {ANSWER:g} seconds.{said}") from error
        return events

    async def subscribe(self, name: str, question: Filter, *, needed: bool = True) -> None:
        """Open a subscription, or replace the one of this name; what is stored for it comes with what is new.

        The relay may refuse one that is not `needed` without an end to the conversation.
        """
        self._open.add(name)
        if not needed:
            self._dispensable.add(name)
        await self._say(["REQ", name, question])

    async def next(self) -> msgspec.Raw:
        """The next event of any open subscription, however long it takes.

        Raises:
            Unavailable: where the relay broke off or ended a subscription.
            Refused: where it does not serve us any more.
            BadPayload: where it sends nonsense.

        """
        while not self._kept:
            heard = await self._hear()
            self._mind_closed(heard)
            if heard.raw is not None and heard.subscription in self._open:
                return heard.raw
        raw = self._kept.popleft()[1]
        self._kept_bytes -= len(memoryview(raw))
        return raw

    def _keep(self, name: str, raw: msgspec.Raw) -> None:
        if name not in self._open:
            return
        self._kept_bytes += len(memoryview(raw))
        if len(self._kept) == MOST or self._kept_bytes > MOST_BYTES:
            raise BadPayload(f"{self.host} sends faster than it can be read.")
        self._kept.append((name, raw))

    async def _say(self, message: list[Any]) -> None:
        await self._channel.send(msgspec.json.encode(message).decode())

    async def _hear(self) -> Heard:
        """The next message that can be read."""
        for _ in range(GARBAGE):
            try:
                message = await anext(self._messages)
            except StopAsyncIteration:
                raise Unavailable(f"{self.host} closed the connection.") from None
            try:
                return _read(message)
            except FAULTS:
                continue
        raise BadPayload(f"{self.host} does not speak as a Nostr relay does.")

    def _object(self, heard: Heard) -> None:
        """Raise where a message says that there will be no answer; some relays only send a NOTICE instead of CLOSED."""
        self._mind_closed(heard)
        if heard.label == "NOTICE":
            self._notice = heard.words
            if _prefix(heard.words) in _REFUSALS:
                raise self._refusal(heard.words)

    def _mind_closed(self, heard: Heard) -> None:
        if heard.label != "CLOSED" or heard.subscription not in self._open:
            return
        self._open.discard(heard.subscription)
        if heard.subscription not in self._dispensable:
            raise self._refusal(heard.words)

    def _refusal(self, words: str) -> Refused | Unavailable:
        prefix = _prefix(words)
        if prefix in _MEMBERS:
            return Refused(
                f"{self.host} wants to know who reads ({words}), which the wall does not tell; take it out of `relays`."
            )
        if prefix in _NEVER:
            return Refused(f"{self.host} does not answer what the wall asks ({words}); take it out of `relays`.")
        wish = SLOW_DOWN if prefix == "rate-limited" else None
        return Unavailable(f"{self.host} does not answer now ({words or 'without a word'}).", retry_after=wish)


def _prefix(words: str) -> str:
    return words.partition(":")[0].casefold()


def _read(message: str | bytes) -> Heard:
    """Read one message; raises one of FAULTS for what is none."""
    parts = _MESSAGE.decode(message)
    label = _TEXT.decode(parts[0]) if parts else ""
    first = _TEXT.decode(parts[1]) if len(parts) > 1 and label in {"EVENT", "EOSE", "CLOSED", "NOTICE"} else ""
    match label:
        case "EVENT":
            if len(parts) < 3:  # noqa: PLR2004  # label, subscription, event
                raise ValueError("an event is missing")
            return Heard(label, first, parts[2].copy())
        case "CLOSED":
            words = _TEXT.decode(parts[2]) if len(parts) > 2 else ""  # noqa: PLR2004  # label, subscription, words
            return Heard(label, first, words=one_line(words, limit=200))
        case "NOTICE":
            return Heard(label, words=one_line(first, limit=200))
        case "EOSE":
            return Heard(label, first)
        case "AUTH" | "OK" | "COUNT":
            return Heard(label)
        case _:
            raise ValueError("it is no message of a relay")
