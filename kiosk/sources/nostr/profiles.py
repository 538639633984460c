"""What people on Nostr call themselves (NIP-01 kind 0, NIP-24), kept for a while and asked for in one go."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Final

import msgspec

from kiosk.domain.text import one_line
from kiosk.sources.nostr.events import FAULTS, PROFILE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kiosk.sources.nostr.events import Event

MOST: Final = 2_000
"""People remembered."""

FRESH: Final = 600.0
"""Seconds until somebody who has a profile is asked for again, to follow a change of name."""

ABSENT: Final = 60.0
"""Seconds until somebody of whom no relay had a profile is asked for again."""

_LONGEST_ADDRESS: Final = 2_000


class Profile(msgspec.Struct, frozen=True):
    """A person as they describe themselves; `name` and `picture` are "" where they do not."""

    name: str = ""
    picture: str = ""
    bot: bool = False
    created_at: int = -1
    id: str = ""

    def replaces(self, other: Profile) -> bool:
        """Whether this is the newer of two; of two made at once the lower id counts (NIP-01)."""
        return (-self.created_at, self.id) < (-other.created_at, other.id)


class _Content(msgspec.Struct):
    """Any of these may be of any type in the wild."""

    name: Any = None
    display_name: Any = None
    picture: Any = None
    bot: Any = None


_CONTENT: Final = msgspec.json.Decoder(_Content)


class Profiles:
    """The newest profile of each of the last MOST people met, and when each was last asked for."""

    def __init__(self) -> None:
        """Know nobody."""
        self._known: OrderedDict[str, Profile] = OrderedDict()
        self._asked: OrderedDict[str, float] = OrderedDict()

    def get(self, pubkey: str) -> Profile | None:
        """The newest profile that any relay had."""
        return self._known.get(pubkey)

    def wanted(self, pubkeys: Iterable[str], now: float) -> list[str]:
        """Whom to ask for: unknown, or not asked for lately; `now` is monotonic, in seconds."""
        return [each for each in dict.fromkeys(pubkeys) if now - self._asked.get(each, -1e9) >= self._patience(each)]

    def _patience(self, pubkey: str) -> float:
        return FRESH if pubkey in self._known else ABSENT

    def asked(self, pubkeys: Iterable[str], now: float) -> None:
        """Remember that every relay was asked for these and what it had was learned."""
        for pubkey in pubkeys:
            self._asked[pubkey] = now
            self._asked.move_to_end(pubkey)
        _trim(self._asked)

    def learn(self, event: Event) -> None:
        """Take a profile in, unless a newer one is known or it is none."""
        profile = read_profile(event)
        if profile is None:
            return
        known = self._known.get(event.pubkey)
        if known is None or profile.replaces(known):
            self._known[event.pubkey] = profile
        self._known.move_to_end(event.pubkey)
        _trim(self._known)


def _trim(kept: OrderedDict[str, Any]) -> None:
    while len(kept) > MOST:
        kept.popitem(last=False)


def read_profile(event: Event) -> Profile | None:
    """Read an event of kind 0; None where it is another or its content cannot be read."""
    if event.kind != PROFILE:
        return None
    try:
        content = _CONTENT.decode(event.content)
    except FAULTS:
        return None
    return Profile(
        name=_text(content.display_name) or _text(content.name),
        picture=_address(content.picture),
        bot=content.bot is True,
        created_at=event.created_at,
        id=event.id,
    )


def _text(value: Any) -> str:
    return one_line(value, limit=80) if isinstance(value, str) else ""


def _address(value: Any) -> str:
    fits = isinstance(value, str) and len(value) <= _LONGEST_ADDRESS and value.startswith(("https://", "http://"))
    return value if fits else ""
