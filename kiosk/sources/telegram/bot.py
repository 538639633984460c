"""A Telegram bot as its Bot API knows it: what it asks, its files, and refusals as sentences that say what to do.

The token stands in every address that is asked for, so no address may stand in a sentence or a post. See
https://core.telegram.org/bots/api#making-requests and `#getfile`.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from kiosk.domain.errors import BadPayload, Misconfigured, Portal, Refused, Unavailable
from kiosk.domain.text import one_line
from kiosk.sources.headers import clamped, retry_after
from kiosk.sources.telegram.updates import FAULTS, LARGEST_PICTURE

if TYPE_CHECKING:
    from collections.abc import Sequence

    import httpx

    from kiosk.sources.source import Client

T = TypeVar("T")

CONFLICTS: Final = 3
"""Times in a row that somebody else's question ends ours, after which they are another program that stays."""

_TOKEN: Final = re.compile(r"(\d{3,20}):[A-Za-z0-9_-]{20,100}", re.ASCII)
_FILE: Final = re.compile(r"[A-Za-z0-9_-]{1,300}", re.ASCII)
_PATH: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_./-]{0,300}", re.ASCII)


class _Parameters(msgspec.Struct, frozen=True):
    retry_after: float | None = None


class _Answer(msgspec.Struct, frozen=True):
    ok: bool
    result: msgspec.Raw = msgspec.Raw(b"null")
    description: str = ""
    parameters: _Parameters | None = None


class _File(msgspec.Struct, frozen=True):
    file_path: str = ""


_ANSWER: Final = msgspec.json.Decoder(_Answer)


class Bot:
    """Asks as one bot; `name` is how it is called in sentences, by its number, which is no secret."""

    def __init__(self, server: str, token: str, client: Client) -> None:
        """Ask nothing yet."""
        valid = _TOKEN.fullmatch(token)
        self.name = f"Telegram bot {valid[1]}" if valid else "Telegram"
        self._server = server.rstrip("/")
        self._token = valid[0] if valid else ""
        self._client = client
        self._conflicts = 0

    async def ask(
        self, method: str, kind: type[T], params: Sequence[tuple[str, str]] = (), seconds: float | None = None
    ) -> T:
        """Call a method, and read its result as `kind`.

        Raises:
            Misconfigured: a token that is none.
            Refused: what will not be answered, also because another program reads this bot.
            Unavailable: what may be answered later, with Telegram's wish.
            BadPayload: what is no answer of the Bot API.

        """
        if not self._token:
            raise Misconfigured(
                f"{self.name} has no valid token; put the one that @BotFather gave, like 123456:ABC…, into the "
                "token_file."
            )
        url = f"{self._server}/bot{self._token}/{method}"
        result = self._result(await self._client.get(url, params=params, seconds=seconds))
        self._conflicts = 0 if method == "getUpdates" else self._conflicts
        try:
            return msgspec.json.decode(result, type=kind)
        except FAULTS as error:
            raise BadPayload(f"Telegram sent {self.name} something that is no answer to its question.") from error

    async def picture(self, reference: str) -> bytes:
        """Fetch a picture by its `file_id`, at most 20 MB; https://core.telegram.org/bots/api#getfile.

        Raises:
            Unavailable: where a later try may succeed.
            Refused: where it will not.

        """
        if not _FILE.fullmatch(reference):
            raise Refused(f"“{one_line(reference)}” is no file of Telegram's.")
        try:
            path = (await self.ask("getFile", _File, [("file_id", reference)])).file_path
        except BadPayload as error:  # a log-in page in the way: it goes away
            raise Unavailable(str(error)) from error
        if not _PATH.fullmatch(path) or ".." in path:
            raise Refused(f"{self.name} does not say where the picture is.")
        url = f"{self._server}/file/bot{self._token}/{path}"
        response = await self._client.get(url, seconds=30, largest=LARGEST_PICTURE)
        if response.status_code != HTTPStatus.OK or response.headers.get("content-type", "").startswith("text/html"):
            raise Unavailable(
                f"{self.name} could not fetch the picture now (status {response.status_code}).",
                retry_after=retry_after(response, datetime.now(UTC)),
            )
        if not response.content:
            raise Refused(f"{self.name} was sent an empty picture.")
        return response.content

    def _result(self, response: httpx.Response) -> msgspec.Raw:
        """What was asked for; anything else is an error that says what to do."""
        status = response.status_code
        try:
            answer = _answer(response.content)
        except FAULTS as error:
            raise self._no_answer(response) from error
        if answer.ok and status == HTTPStatus.OK:
            return answer.result
        said = one_line(answer.description, limit=200)
        if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            wish = answer.parameters.retry_after if answer.parameters else None
            pause = retry_after(response, datetime.now(UTC)) if wish is None else clamped(wish)
            raise Unavailable(f"Telegram asks {self.name} for a pause ({said}).", retry_after=pause)
        if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND}:
            raise Misconfigured(f"Telegram does not know the token of {self.name}; ask @BotFather for the right one.")
        if status == HTTPStatus.CONFLICT and "webhook" in said.casefold():
            raise Refused(f"{self.name} sends its updates to a webhook: remove it (deleteWebhook) or use another bot.")
        if status == HTTPStatus.CONFLICT:
            self._conflicts += 1
            sentence = f"Another program reads {self.name}; end it, or make a bot for the wall alone at @BotFather."
            # A single time it may have been `kiosk check` beside the wall, which must not cost minutes.
            raise Unavailable(sentence) if self._conflicts < CONFLICTS else Refused(sentence)
        raise Refused(f"Telegram refuses what {self.name} asks (status {status}: {said}).")

    def _no_answer(self, response: httpx.Response) -> Unavailable | BadPayload:
        status, page = response.status_code, response.content.lstrip()[:1] == b"<"
        if status == HTTPStatus.NETWORK_AUTHENTICATION_REQUIRED or (page and status < HTTPStatus.BAD_REQUEST):
            return Portal("Telegram is not reached; a web page answered. Is this network's log-in page in the way?")
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.TOO_MANY_REQUESTS:
            wish = retry_after(response, datetime.now(UTC))
            return Unavailable(f"Telegram is in trouble (status {status}).", retry_after=wish)
        return BadPayload(f"Something else than Telegram's Bot API answered (status {status}); check `server`.")


def _answer(body: bytes) -> _Answer:
    try:
        return _ANSWER.decode(body)
    except msgspec.DecodeError:
        # Python's reader forgives half a surrogate pair, so that one message does not take its page with it.
        return _ANSWER.decode(json.dumps(json.loads(body), ensure_ascii=False).encode("utf-8", "replace"))
