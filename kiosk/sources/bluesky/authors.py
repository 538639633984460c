"""Bluesky's accounts as authors; see app.bsky.actor.defs#profileViewBasic.

https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/actor/defs.json
"""

from __future__ import annotations

from typing import Final

import msgspec

from kiosk.domain.model import Author
from kiosk.domain.text import one_line
from kiosk.sources.bluesky.labels import Label, says_bot

UNKNOWN_HANDLE: Final = "handle.invalid"
"""What the AppView says where a handle does not lead back to its account: https://atproto.com/specs/handle."""

_LONGEST_ADDRESS: Final = 2_000


class Profile(msgspec.Struct):
    """An author as the AppView shows them."""

    did: str
    handle: str
    display_name: str | None = msgspec.field(name="displayName", default=None)
    avatar: str | None = None
    labels: list[Label] | None = None


def author_of(profile: Profile) -> Author:
    """An author; one without a valid handle goes by their DID.

    Raises:
        ValueError: where there is neither.

    """
    handle = one_line(profile.did if profile.handle == UNKNOWN_HANDLE else profile.handle, limit=255).lstrip("@")
    if not handle:
        raise ValueError("its author has no handle")
    return Author(
        handle=f"@{handle}",
        name=one_line(profile.display_name or "", limit=80) or handle.split(".", maxsplit=1)[0],
        avatar=web_address(profile.avatar),
        bot=says_bot(profile.labels or ()),
    )


def web_address(url: str | None) -> str:
    """A web address of sane length, "" for anything else."""
    return url if url and len(url) <= _LONGEST_ADDRESS and url.startswith(("https://", "http://")) else ""
