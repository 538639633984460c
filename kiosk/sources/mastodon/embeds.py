"""What a status of the Mastodon API carries besides words and media: quote, poll, link preview and custom emojis.

Each is read on its own: one that is misshapen is left out, and the post stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, NamedTuple, TypeVar
from urllib.parse import urlsplit

import msgspec

from kiosk.domain.model import Card, Emoji, Quote
from kiosk.domain.text import one_line, plain_from_html
from kiosk.sources.mastodon.authors import Account, author_of, web_address

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MOST_EMOJIS: Final = 24
MOST_CHOICES: Final = 12
NOT_SHOWN: Final = "It quotes another post, which is not shown: its author has not agreed, or the server does not say."
WARNED: Final = "It quotes another post, which is not shown: it stands behind a content warning."

FAULTS: Final = (msgspec.DecodeError, UnicodeError, RecursionError, ValueError, OverflowError)
"""What reading a foreign value may raise."""

_PUBLIC: Final = frozenset({"public", "unlisted"})
_NOTHING: Final = msgspec.Raw(b"null")


class _Quoted(msgspec.Struct):
    account: Account
    content: str | None = None
    url: str | None = None
    uri: str | None = None
    visibility: str | None = None
    spoiler_text: str | None = None
    emojis: msgspec.Raw = _NOTHING


class _Quote(msgspec.Struct):
    state: str | None = None
    quoted_status: _Quoted | None = None


class _Choice(msgspec.Struct):
    title: str


class _Poll(msgspec.Struct):
    options: list[_Choice]
    emojis: msgspec.Raw = _NOTHING


class _Card(msgspec.Struct):
    url: str
    title: str
    description: str | None = None
    provider_name: str | None = None
    image: str | None = None


class _Emoji(msgspec.Struct):
    shortcode: Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[^:\s]+$")]
    url: str | None = None
    static_url: str | None = None


class Parts(NamedTuple):
    """What was made of the embeds; `emojis` are all that were sent, see `drawn`."""

    quote: Quote | None = None
    poll: tuple[str, ...] = ()
    card: Card | None = None
    emojis: tuple[msgspec.Raw, ...] = ()
    remarks: tuple[str, ...] = ()


class Embeds(msgspec.Struct):
    """The fields of a status that are read here, undecoded."""

    quote: msgspec.Raw = _NOTHING
    poll: msgspec.Raw = _NOTHING
    card: msgspec.Raw = _NOTHING
    emojis: msgspec.Raw = _NOTHING


T = TypeVar("T")


def _read(raw: msgspec.Raw, kind: type[T]) -> T | None:
    try:
        return msgspec.json.decode(raw, type=kind)
    except FAULTS:
        return None


def parts_of(embeds: Embeds, server: str) -> Parts:
    """Read a status's embeds.

    A quote is shown only where its author accepted it (https://docs.joinmastodon.org/entities/Quote/: unknown states
    count as unauthorized), and the preview of a link is left out where it would show what the quote may not, or twice.
    """
    found = _read(embeds.quote, _Quote)
    quoted = found.quoted_status if found is not None else None
    quote, remarks = None, ()
    if bytes(embeds.quote) not in {b"null", b"false"}:
        quote, remark = _quote(found, server)
        remarks = (remark,) if remark else ()
    poll = _read(embeds.poll, _Poll)
    card = None if remarks else _card(_read(embeds.card, _Card))
    if card is not None and quoted is not None and card.url in {quoted.url, quoted.uri}:
        card = None
    emojis = (embeds.emojis, *((quoted.emojis, quoted.account.emojis) if quote is not None and quoted else ()))
    return Parts(quote, _choices(poll), card, (*emojis, poll.emojis) if poll else emojis, remarks)


def _quote(found: _Quote | None, server: str) -> tuple[Quote | None, str]:
    """The quote as it may be shown, or why it is not."""
    quoted = found.quoted_status if found is not None and found.state == "accepted" else None
    if quoted is None or quoted.visibility not in _PUBLIC:
        return None, NOT_SHOWN
    if (quoted.spoiler_text or "").strip():
        return None, WARNED
    try:
        return Quote(
            author_of(quoted.account, server), plain_from_html(quoted.content or ""), web_address(quoted.url)
        ), ""
    except FAULTS:
        return None, NOT_SHOWN


def _choices(poll: _Poll | None) -> tuple[str, ...]:
    if poll is None:
        return ()
    return tuple(filter(None, (one_line(choice.title, limit=100) for choice in poll.options[:MOST_CHOICES])))


def _card(card: _Card | None) -> Card | None:
    """A preview with an address and a title; others say nothing that the post does not."""
    if card is None or not web_address(card.url) or not (title := one_line(card.title, limit=200)):
        return None
    try:
        home = (urlsplit(card.url).hostname or "").removeprefix("www.")
    except ValueError:
        return None
    return Card(
        url=card.url,
        title=title,
        description=one_line(card.description or "", limit=300),
        provider=one_line(card.provider_name or "", limit=80) or home,
        image=web_address(card.image),
    )


def drawn(emojis: Iterable[msgspec.Raw], texts: Iterable[str]) -> tuple[Emoji, ...]:
    """The custom emojis whose `:shortcode:` stands in one of the texts, still pictures, at most 24.

    A server lists more: those of an author's biography too. The first of two with the same shortcode counts.
    """
    words = "\n".join(texts)
    found: dict[str, Emoji] = {}
    for emoji in _sent(emojis):
        address = web_address(emoji.static_url) or web_address(emoji.url)
        if address and f":{emoji.shortcode}:" in words and len(found) < MOST_EMOJIS:
            found.setdefault(emoji.shortcode, Emoji(emoji.shortcode, address))
    return tuple(found.values())


def _sent(emojis: Iterable[msgspec.Raw]) -> Iterator[_Emoji]:
    for sent in emojis:
        for item in (_read(sent, list[msgspec.Raw]) or [])[:200]:
            emoji = _read(item, _Emoji)
            if emoji is not None:
                yield emoji
