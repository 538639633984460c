"""What a Mastodon server tells of itself: where it streams, and to whom it shows its hashtag timelines.

See https://docs.joinmastodon.org/entities/Instance/ and, for servers before 4.0, …/entities/V1_Instance/.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import quote

import msgspec

from kiosk.domain.errors import BadPayload, SourceError
from kiosk.sources.mastodon.embeds import FAULTS

if TYPE_CHECKING:
    from kiosk.sources.mastodon.api import Api

OPEN: Final = "public"
TRIES: Final = 3
"""How often an answer is asked for that a server in trouble does not give."""


class Instance(NamedTuple):
    """`streaming` is a ws: or wss: address, "" for none; `local` and `remote` say who may see tagged posts.

    They are `public`, `authenticated` or `disabled`, since Mastodon 4.5; servers that say nothing count as public.
    """

    streaming: str = ""
    local: str = OPEN
    remote: str = OPEN


class _Feeds(msgspec.Struct):
    local: str = OPEN
    remote: str = OPEN


class _Access(msgspec.Struct):
    hashtag_feeds: _Feeds = msgspec.field(default_factory=_Feeds)


class _Urls(msgspec.Struct):
    streaming: str | None = None
    streaming_api: str | None = None


class _Configuration(msgspec.Struct):
    urls: _Urls = msgspec.field(default_factory=_Urls)
    timelines_access: _Access = msgspec.field(default_factory=_Access)


class _Document(msgspec.Struct):
    configuration: _Configuration = msgspec.field(default_factory=_Configuration)
    urls: _Urls = msgspec.field(default_factory=_Urls)


class _Day(msgspec.Struct):
    uses: str | int = 0


class _Tag(msgspec.Struct):
    history: list[_Day] = []


async def instance_of(api: Api) -> Instance:
    """Read the server's document, the older one where there is no newer.

    Raises:
        SourceError: where neither can be had.

    """
    response = await api.ask("/api/v2/instance")
    if response.status_code != HTTPStatus.OK:
        response = await api.get("/api/v1/instance")
    try:
        document = msgspec.json.decode(response.content, type=_Document)
    except FAULTS as error:
        raise BadPayload(f"{api.name} describes itself in a way that cannot be read.") from error
    urls, feeds = document.configuration.urls, document.configuration.timelines_access.hashtag_feeds
    streaming = urls.streaming or document.urls.streaming_api or document.urls.streaming or ""
    return Instance(streaming if streaming.startswith(("ws://", "wss://")) else "", feeds.local, feeds.remote)


async def uses_of(api: Api, tag: str) -> int:
    """How often the server counted a tag in the last days; 0 where it does not say.

    See https://docs.joinmastodon.org/methods/tags/#get, which needs no token.
    """
    response = await api.ask(f"/api/v1/tags/{quote(tag, safe='')}")
    try:
        history = msgspec.json.decode(response.content, type=_Tag).history
        return sum(int(day.uses) for day in history[:31]) if response.status_code == HTTPStatus.OK else 0
    except FAULTS:
        return 0


class Explanations:
    """Finds out, once, why hashtag timelines may look empty, and says it for as long as it matters."""

    def __init__(self, api: Api) -> None:
        """Ask through `api`."""
        self._api = api
        self._instance: Instance | None = None
        self._uses: dict[str, int] = {}
        self._tries = 0

    async def note(self, empty: list[str]) -> str:
        """A sentence for the operator, "" where all is as it should be; `empty` are tags without any post.

        With a token there is nothing to explain: what it may not see is refused, and what is empty is empty.
        """
        if self._api.token:
            return ""
        try:
            return self._access(await self._document()) or await self._unseen(empty)
        except SourceError:
            self._tries += 1
            return ""

    async def _document(self) -> Instance:
        if self._instance is None and self._tries < TRIES:
            self._instance = await instance_of(self._api)
        return self._instance or Instance()

    def _access(self, instance: Instance) -> str:
        name, login = self._api.name, f"`kiosk login mastodon {self._api.address}` makes a token for token_file."
        if instance.local == instance.remote == "disabled":
            return f"{name} has switched its hashtag timelines off: its posts can come from accounts and lists only."
        if OPEN not in {instance.local, instance.remote}:
            return f"{name} shows hashtag timelines only to its members: {login}"
        if instance.remote != OPEN:
            return f"{name} shows only its own members' posts to programs without a token: {login}"
        if instance.local != OPEN:
            return f"{name} hides its own members' posts from programs without a token: {login}"
        return ""

    async def _unseen(self, empty: list[str]) -> str:
        for tag in empty:
            if tag not in self._uses and self._tries < TRIES:
                self._uses[tag] = await uses_of(self._api, tag)
            if uses := self._uses.get(tag):
                return (
                    f"{self._api.name} shows no post with #{tag}, yet counted {uses} in the last days. Either they are "
                    "not public, or it hides hashtag timelines from programs without a token (Mastodon can since 4.5): "
                    f"`kiosk login mastodon {self._api.address}` makes one for token_file."
                )
        return ""
