"""Whether two posts are one: the same person, the same words, near in time, on two networks or under two accounts."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from kiosk.domain.text import folded

if TYPE_CHECKING:
    from kiosk.domain.model import Author, Post

NEAR: Final = timedelta(minutes=30)
"""How far apart two posts may have been made and still be one: cross-posting programs poll."""

SHORTEST: Final = 12
"""Letters that a text needs; shorter ones ("hello", "+1") say nothing of who wrote them."""

REMEMBERED: Final = 1_000
"""Characters of a text whose key is remembered for a while."""

_ADDRESSES: Final = re.compile(r"(?:https?://|www\.)\S+|\b[\w-]+(?:\.[\w-]+)+/\S*", re.IGNORECASE)
_CUT: Final = "…"


def words_key(post: Post) -> str:
    """A key that copies of a post share whatever network they went through, "" where there are too few words.

    Addresses do not count, because networks shorten them in their own ways, nor do hashtags at the end, case,
    punctuation and spaces.
    """
    return _key(post.text) if len(post.text) > REMEMBERED else _remembered_key(post.text)


@lru_cache(maxsize=2048)
def _remembered_key(text: str) -> str:
    """It is asked for when a post is looked up and again when it is kept."""
    return _key(text)


def _key(text: str) -> str:
    text = _ADDRESSES.sub(" ", text).replace(_CUT, " ")
    _, tight = folded(_without_tags_at_the_end(text))
    return hashlib.sha256(tight.encode()).hexdigest()[:32] if len(tight) >= SHORTEST else ""


def _without_tags_at_the_end(text: str) -> str:
    words = text.split()
    while words and words[-1].startswith(("#", "＃")):
        words.pop()
    return " ".join(words) or text


def is_echo(post: Post, of: Post) -> bool:
    """Whether `post` is the same person's copy of `of` under another account; the caller has compared the words."""
    if post.uri == of.uri or abs(post.created_at - of.created_at) > NEAR:
        return False
    return _address(post.author) != _address(of.author) and same_person(post.author, of.author)


def same_person(one: Author, other: Author) -> bool:
    """Whether two accounts seem to be one person's: they go by the same name, or by the same handle elsewhere."""
    names = {_name(one.name), _name(other.name)}
    if len(names) == 1 and "" not in names:
        return True
    handles = {_local(one.handle), _local(other.handle)}
    return len(handles) == 1 and "" not in handles


def _address(author: Author) -> str:
    return author.handle.casefold().strip("@")


def _name(name: str) -> str:
    plain = unicodedata.normalize("NFKC", name).casefold()
    return "".join(char for char in plain if char.isalnum())


def _local(handle: str) -> str:
    """What a person is called within their network: `@ada@example.social`, `@ada.bsky.social` and `@ada` are ada."""
    return re.split(r"[@.]", _address_of(handle), maxsplit=1)[0]


def _address_of(handle: str) -> str:
    return unicodedata.normalize("NFKC", handle).casefold().lstrip("@")
