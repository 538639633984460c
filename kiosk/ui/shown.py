"""What a card shows of a post: read from the folded post, plain, and bounded."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

import msgspec

from kiosk.domain.links import host_of, with_hosts
from kiosk.domain.model import Card, Photo, PostState, Quote, Sha256
from kiosk.domain.reading import LOOKED_AT, photos_of
from kiosk.settings.theme import TONES
from kiosk.ui.photos import Size
from kiosk.ui.words import Words, age, isolated, shortened, worded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

QUOTED: Final = 300
"""Characters of a quoted post that are shown at most."""

CHOICES: Final = 6
"""Choices of a poll that are shown at most."""


class Picture(msgspec.Struct, frozen=True):
    """A picture that has come: its address at our own provider, its sides in pixels, and where to look, in 0…1."""

    address: str = ""
    width: int = 0
    height: int = 0
    focus: tuple[float, float] = (0.5, 0.5)


class Quoted(msgspec.Struct, frozen=True):
    """Another's post that this one quotes."""

    name: Words
    handle: str
    words: Words


class Linked(msgspec.Struct, frozen=True):
    """The preview of a link; `place` is the host that it leads to, never the whole address."""

    title: str
    description: str
    place: str
    picture: Picture = Picture()


class Shown(msgspec.Struct, frozen=True):
    """What a card shows of a post; `pictures` names the bytes that it needs."""

    name: Words
    handle: str
    words: Words
    age: str
    initial: str
    tone: int
    avatar: str = ""
    warning: str = ""
    photos: tuple[Picture, ...] = ()
    quoted: Quoted | None = None
    choices: tuple[Words, ...] = ()
    linked: Linked | None = None
    pictures: tuple[tuple[Sha256, Size], ...] = ()


def shown(state: PostState, now: datetime, *, addresses: bool = False) -> Shown:
    """Read what a card shows from a folded post: addresses by their hosts, or whole for whoever approves them."""
    read = str if addresses else with_hosts
    post = state.post
    name = post.author.name or post.author.handle
    needed: dict[tuple[Sha256, Size], None] = {}
    avatar = state.photos.get(post.author.avatar)
    if isinstance(avatar, Photo):
        needed[avatar.sha256, Size.THUMB] = None
    photos = tuple(_photos(state))
    for photo in photos:
        needed[_hash_of(photo), Size(photo.address.rpartition("/")[2])] = None
    linked = _linked(post.card, state) if post.card else None
    if linked and linked.picture.address:
        needed[_hash_of(linked.picture), Size.THUMB] = None
    drawn = _emojis(state)
    result = Shown(
        name=_isolated(worded(name, drawn)),
        handle=isolated(post.author.handle),
        words=worded(read(post.text), drawn),
        age=age(post.created_at, now),
        initial=next((char.upper() for char in worded(name, drawn).text if char.isalnum()), "#"),
        tone=sum(state.uri.encode()) % TONES,
        avatar=f"image://photo/{avatar.sha256}/round" if isinstance(avatar, Photo) else "",
        warning=isolated(post.warning),
        photos=photos,
        quoted=_quoted(post.quote, drawn, read) if post.quote else None,
        choices=tuple(shortened(worded(read(choice), drawn), QUOTED) for choice in post.poll[:CHOICES]),
        linked=linked,
    )
    for address in _used(result):
        needed[Sha256(address.split("/")[3]), Size.THUMB] = None
    return msgspec.structs.replace(result, pictures=tuple(needed))


def _hash_of(picture: Picture) -> Sha256:
    return Sha256(picture.address.split("/")[3])


def _isolated(words: Words) -> Words:
    return Words(isolated(words.text), words.emojis)


def _photos(state: PostState) -> Iterator[Picture]:
    """The photos that have come, in the author's order; one alone is shown larger than several."""
    come = tuple(islice(photos_of(state), LOOKED_AT))
    size = Size.WALL if len(come) == 1 else Size.TILE
    for item, photo in come:
        focus = item.focus or (0.5, 0.5)
        yield Picture(f"image://photo/{photo.sha256}/{size}", photo.width, photo.height, focus)


def _emojis(state: PostState) -> dict[str, str]:
    """The address of each custom emoji whose picture has come, by its shortcode."""
    come = ((emoji.shortcode, state.photos.get(emoji.url)) for emoji in state.post.emojis)
    return {name: f"image://photo/{photo.sha256}/emoji" for name, photo in come if name and isinstance(photo, Photo)}


def _quoted(quote: Quote, drawn: Mapping[str, str], read: Callable[[str], str]) -> Quoted:
    return Quoted(
        name=_isolated(worded(quote.author.name or quote.author.handle, drawn)),
        handle=isolated(quote.author.handle),
        words=shortened(worded(read(quote.text), drawn), QUOTED),
    )


def _linked(card: Card, state: PostState) -> Linked:
    photo = state.photos.get(card.image)
    picture = (
        Picture(f"image://photo/{photo.sha256}/thumb", photo.width, photo.height)
        if isinstance(photo, Photo)
        else Picture()
    )
    place = host_of(card.url) or card.provider
    return Linked(card.title or place, card.description, isolated(place), picture)


def _used(card: Shown) -> Iterator[str]:
    """Addresses of every emoji that is drawn."""
    yield from (*card.name.emojis, *card.words.emojis)
    for choice in card.choices:
        yield from choice.emojis
    if card.quoted:
        yield from (*card.quoted.name.emojis, *card.quoted.words.emojis)
