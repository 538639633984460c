"""What may be shown: the rules' verdict, the hash a decision binds to, and the gate's one question."""

from __future__ import annotations

import hashlib
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import msgspec

from kiosk.domain.model import ContentHash, Opinion, Photo, Post, PostState, Standing, State, Verdict
from kiosk.domain.text import folded

if TYPE_CHECKING:
    from collections.abc import Iterator

_ENCODER: Final = msgspec.json.Encoder(order="sorted")
_SHORT: Final = 4
"""Letters of a listed word that may stand inside ordinary ones; it is looked for only on its own."""


class Mode(StrEnum):
    """Who may put a post on the wall. Every start is in REVIEW."""

    REVIEW = "review"
    TRUSTED = "trusted"


class Rules(msgspec.Struct, frozen=True):
    """The lists of the event file; words are matched folded, authors by their full handle."""

    blocked_words: tuple[str, ...] = ()
    blocked_authors: tuple[str, ...] = ()
    trusted_authors: tuple[str, ...] = ()


def judge(post: Post, rules: Rules) -> Verdict:
    """Say what the rules think of a post: REJECT for a blocked author, HOLD with reasons for anything odd,
    ALLOW for a trusted author with nothing odd, HOLD otherwise. Words only flag; people decide.
    """
    handle = post.author.handle.casefold().lstrip("@")
    if handle in _handles(rules.blocked_authors):
        return Verdict(Opinion.REJECT, ("The author is on the list of blocked authors.",))
    reasons = tuple(_oddities(post, rules))
    trusted = handle in _handles(rules.trusted_authors)
    return Verdict(Opinion.ALLOW if trusted and not reasons else Opinion.HOLD, reasons)


def _handles(listed: tuple[str, ...]) -> set[str]:
    return {handle.casefold().lstrip("@") for handle in listed}


def _oddities(post: Post, rules: Rules) -> Iterator[str]:
    if post.sensitive:
        yield "The author marked it as sensitive."
    if post.warning:
        yield f"Content warning: {post.warning}"
    if not (post.text or post.attachments or post.quote or post.poll or post.card):
        yield "It has neither text nor a picture."
    if not rules.blocked_words:
        return
    for place, words in _shown(post):
        for blocked in _listed(words, rules.blocked_words) if words else ():
            yield f"Listed word “{blocked}” in the {place}."


def _listed(words: str, blocked_words: tuple[str, ...]) -> Iterator[str]:
    """The listed words that these words hold."""
    spaced, squeezed = folded(words)
    spaced = f" {spaced} "
    for blocked in blocked_words:
        wanted, tight = _wanted(blocked)
        if not wanted:  # no letters in it: an emoji or another sign, compared as it stands
            sign = _bare(blocked)
            held = sign != "" and sign in _bare(words)
        else:
            held = wanted in spaced or (tight != "" and tight in squeezed)
        if held:
            yield blocked


@lru_cache(maxsize=4096)
def _wanted(blocked: str) -> tuple[str, str]:
    """What is looked for between spaces, and, where it is long enough to stand anywhere, what without them."""
    spaced, tight = folded(blocked)
    return f" {spaced} " if spaced else "", tight if len(tight) > _SHORT else ""


def _bare(words: str) -> str:
    return "".join(words.replace("\ufe0f", "").split())


def _shown(post: Post) -> Iterator[tuple[str, str]]:
    """Every string that can reach a pixel, with the name of its place."""
    yield "text", post.text
    yield "name", post.author.name
    yield "handle", post.author.handle
    yield "content warning", post.warning
    for item in post.attachments:
        yield "picture's description", item.alt
    for emoji in post.emojis:
        yield "name of an emoji", emoji.shortcode
    for choice in post.poll:
        yield "poll", choice
    yield from _borrowed(post)


def _borrowed(post: Post) -> Iterator[tuple[str, str]]:
    """What others wrote and the card repeats: the quoted post, and the preview of the link."""
    if post.quote:
        yield "quoted text", post.quote.text
        yield "quoted author's name", post.quote.author.name
        yield "quoted author's handle", post.quote.author.handle
    if post.card:
        yield "link's title", post.card.title
        yield "link's description", post.card.description
        yield "link's provider", post.card.provider
        yield "link's address", post.card.url


def content_hash(state: PostState) -> ContentHash:
    """Hash everything of a post that can reach a pixel: text, names, avatar, warning, photos, alt text, and what
    hangs on it (emojis, quote, poll, link).

    A picture counts by the bytes that we would show; one that failed or has not come counts as absent. A post that
    nothing hangs on hashes as it did before there was anything to hang on it, so that old decisions still bind.
    """
    post = state.post
    pictures = [
        (url, photo.sha256 if isinstance(photo := state.photos.get(url), Photo) else "") for url in post.pictures
    ]
    shown = (
        post.author.name,
        post.author.handle,
        post.text,
        post.warning,
        post.created_at,
        [(item.kind, item.url, item.alt, item.focus) for item in post.attachments],
        pictures,
    )
    hung = _hung(post)
    return ContentHash(hashlib.sha256(_ENCODER.encode((*shown, hung) if any(hung) else shown)).hexdigest())


def _hung(post: Post) -> tuple[object, ...]:
    """What hangs on a post, field by field: emojis, quote, poll, link; each is empty where there is none."""
    quote, card = post.quote, post.card
    return (
        [(emoji.shortcode, emoji.url) for emoji in post.emojis],
        (quote.author.name, quote.author.handle, quote.text) if quote else (),
        post.poll,
        (card.url, card.title, card.description, card.provider, card.image) if card else (),
    )


def showable(state: State | None) -> bool:
    """Whether a frame may hold this post: its newest decision approves exactly this content."""
    return (
        isinstance(state, PostState) and state.standing is Standing.APPROVED and state.approved == content_hash(state)
    )
