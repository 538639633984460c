"""Posts that one Bluesky source has met, as they were last seen: so that an edit is followed the moment it is told.

Jetstream tells of an edit before the AppView shows it, and an AppView may never do so. Until it does, the new words
stand over the old view.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Final, NamedTuple

from kiosk.sources.bluesky.records import FAULTS, Newer, Viewed, read_view

if TYPE_CHECKING:
    import msgspec

    from kiosk.sources.bluesky.jetstream import Told

MOST: Final = 1_000
"""Posts that are remembered; the longest unseen are forgotten first."""

LARGEST: Final = 64_000
"""Bytes of a view that is kept."""


class _Seen(NamedTuple):
    cid: str
    view: bytes


class Known:
    """What was met, by address."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._seen: OrderedDict[str, _Seen] = OrderedDict()
        self._edits: dict[str, Newer] = {}

    def __contains__(self, uri: str) -> bool:
        return uri in self._seen

    def has_any_of(self, did: str) -> bool:
        """Whether a post of this account was met."""
        return any(uri.startswith(f"at://{did}/") for uri in self._seen)

    def read(self, raw: bytes | msgspec.Raw) -> Viewed:
        """Read a view with the newest words that are known, and remember it.

        Raises:
            ValueError: and its kin in FAULTS, where it is no view of a post.

        """
        viewed = read_view(raw, self._edits)
        edit = self._edits.get(viewed.uri)
        if edit is not None and edit.over != viewed.cid:
            del self._edits[viewed.uri]  # the AppView has moved on
        if viewed.found is None or len(bytes(raw)) > LARGEST:
            lost = viewed.found is None and viewed.uri in self._seen
            self.forget(viewed.uri)
            return viewed._replace(lost=lost)
        self._seen[viewed.uri] = _Seen(viewed.cid, bytes(raw))
        self._seen.move_to_end(viewed.uri)
        while len(self._seen) > MOST:
            self._edits.pop(self._seen.popitem(last=False)[0], None)
        return viewed

    def edited(self, told: Told) -> Viewed | None:
        """A post that was met before, with the words that an edit gave it; None for what is nothing new.

        Raises:
            ValueError: and its kin in FAULTS, where the edit cannot be read; it changes nothing then.

        """
        seen, edit = self._seen.get(told.written), self._edits.get(told.written)
        if not told.update or seen is None or told.cid == seen.cid or (edit and told.time <= edit.time):
            return None
        self._edits[told.written] = Newer(told.cid, told.record, seen.cid, told.time)
        try:
            return self.read(seen.view)
        except FAULTS:
            self._edits.pop(told.written)
            if edit:
                self._edits[told.written] = edit
            raise

    def forget(self, uri: str) -> None:
        """Drop what is known of a post."""
        self._seen.pop(uri, None)
        self._edits.pop(uri, None)

    def forget_all_of(self, did: str) -> None:
        """Drop what is known of an account's posts."""
        for uri in [uri for uri in self._seen if uri.startswith(f"at://{did}/")]:
            self.forget(uri)
