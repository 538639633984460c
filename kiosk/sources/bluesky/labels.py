"""What Bluesky's moderation labels mean for a public screen: not taken, taken with a warning, or a remark.

See https://docs.bsky.app/docs/advanced-guides/moderation and https://atproto.com/specs/label.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from kiosk.domain.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST: Final = 100
"""Labels of one post that are read."""

HIDING: Final = frozenset(
    {"!hide", "!takedown", "!unspecced-takedown", "!suspend", "!no-unauthenticated", "dmca-violation", "doxxing"}
)
"""Labels of a post or its author that keep it off a public screen; `!no-unauthenticated` is the author's own wish."""

BOT: Final = "bot"
"""The label with which an account says of itself that a program posts."""

_WARNINGS: Final = {
    "!warn": "Bluesky's moderators warn of it",
    "porn": "Adult content",
    "sexual": "Sexually suggestive",
    "nudity": "Nudity",
    "sexual-figurative": "Sexually suggestive drawing",
    "graphic-media": "Disturbing pictures",
    "gore": "Disturbing pictures",
    "corpse": "Disturbing pictures",
    "torture": "Disturbing pictures",
    "self-harm": "Self-harm",
    "sensitive": "Sensitive subject",
    "extremist": "Extremism",
    "intolerant": "Intolerance",
    "icon-intolerant": "Intolerance",
    "threat": "Threats",
    "rude": "Rude words",
    "illicit": "Illicit goods or deeds",
    "security": "Security concerns",
    "unsafe-link": "Unsafe link",
    "impersonation": "Impersonation",
    "misinformation": "Misinformation",
    "misleading": "Misleading",
    "scam": "Scam",
    "spam": "Spam",
    "engagement-farming": "Engagement farming",
    "inauthentic": "Inauthentic account",
}
"""The protocol's own labels and those of Bluesky's moderation service, with what the desk says of them."""


class Label(msgspec.Struct):
    """A label as the AppView hands it out, or as an author puts it on a record (`val` alone)."""

    val: str
    src: str = ""
    neg: bool | None = None
    exp: str | None = None


class Ruling(NamedTuple):
    """What labels come to: `hidden` posts are not taken; `warnings` make one sensitive; `remarks` are for the desk."""

    hidden: bool = False
    warnings: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def ruling(labels: Iterable[Label]) -> Ruling:
    """Judge all labels of a post and its author together; withdrawn and expired ones count for nothing."""
    standing = _standing(labels)
    warnings = dict.fromkeys(_WARNINGS[value] for value in standing if value in _WARNINGS)
    others = [value for value in standing if value not in _WARNINGS and value not in HIDING and value != BOT]
    return Ruling(
        hidden=not HIDING.isdisjoint(standing),
        warnings=tuple(warnings),
        remarks=tuple(f"Labelled “{one_line(value)}” on Bluesky." for value in others),
    )


def says_bot(labels: Iterable[Label]) -> bool:
    """Whether an account's labels say that a program posts there."""
    return BOT in _standing(labels)


def _standing(labels: Iterable[Label]) -> list[str]:
    first = list(labels)[:MOST]
    withdrawn = {(label.src, label.val) for label in first if label.neg}
    return list(
        dict.fromkeys(label.val for label in first if (label.src, label.val) not in withdrawn and not _over(label.exp))
    )


def _over(expiry: str | None) -> bool:
    """Whether a label has expired; one whose expiry cannot be read stands."""
    if not expiry:
        return False
    try:
        moment = datetime.fromisoformat(expiry)
    except ValueError:
        return False
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) < datetime.now(UTC)
