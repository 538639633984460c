"""The accounts whose every post belongs to an event: their handles looked up, once, at the server that is read."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import msgspec

from kiosk.domain.errors import BadPayload
from kiosk.sources.mastodon.api import GONE
from kiosk.sources.mastodon.embeds import FAULTS
from kiosk.sources.mastodon.timelines import Timeline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kiosk.sources.mastodon.api import Api


class _Known(msgspec.Struct):
    id: str | int


class Accounts:
    """Finds the timeline of each account; `note` names the one that the server does not know."""

    def __init__(self, api: Api, handles: Sequence[str]) -> None:
        """Look `handles` up through `api`, when they are first needed."""
        self._api = api
        self._handles = handles
        self._found: dict[str, Timeline] = {}
        self.note = ""

    async def timelines(self) -> list[Timeline]:
        """The timelines of those accounts that the server knows, without boosts.

        See https://docs.joinmastodon.org/methods/accounts/#lookup and #statuses.

        Raises:
            SourceError: where it does not answer for one.

        """
        self.note = ""
        for handle in self._handles:
            if handle not in self._found:
                await self._look_up(handle)
        return list(self._found.values())

    async def _look_up(self, handle: str) -> None:
        name, _, home = handle.lstrip("@").partition("@")
        local = home in {"", urlsplit(self._api.address).netloc}
        response = await self._api.ask("/api/v1/accounts/lookup", [("acct", name if local else f"{name}@{home}")])
        if response.status_code in GONE:
            self.note = f"{self._api.name} knows no account {handle}; check `accounts`."
            return
        self._api.accept(response)
        try:
            identity = str(msgspec.json.decode(response.content, type=_Known).id)
        except FAULTS as error:
            raise BadPayload(f"{self._api.name} answered with something that is no account.") from error
        path = f"/api/v1/accounts/{quote(identity, safe='')}/statuses"
        self._found[handle] = Timeline(path, f"by {handle}", (("exclude_reblogs", "true"),), invited=True)
