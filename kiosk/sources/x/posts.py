"""A post of the X API made into a Post, with what was included for it.

An edit makes a new id: the first id of `edit_history_tweet_ids` is the post's identity, the last its newest version.
See https://docs.x.com/x-api/fundamentals/edit-posts.
"""

from __future__ import annotations

import html
from datetime import UTC
from typing import Any, Final, cast
from urllib.parse import urlsplit

from kiosk.domain.model import Attachment, Author, Card, Kind, Post, Quote
from kiosk.domain.text import clean, one_line
from kiosk.sources.x.shapes import (
    Included,
    XImage,
    XMedia,
    XOption,
    XPost,
    XReferenced,
    XTag,
    XUrl,
    XUser,
    each,
    inner,
    moment_of,
    text_of,
    uri_of,
)

_LONGEST_ADDRESS: Final = 2_000
_PICTURES: Final = 16
_NO_LANGUAGE: Final = frozenset({"und", "zxx", "art", "qam", "qct", "qht", "qme", "qst"})
_PICTURE_LINKS: Final = ("pic.x.com/", "pic.twitter.com/")


def made(post: XPost, included: Included) -> Post | None:
    """Make a Post; None for a repost and for what a protected account wrote.

    Raises:
        ValueError: with the reason, where it cannot be shown.

    """
    references = {one.type: one.id for one in each(post.referenced_tweets, XReferenced)}
    if "retweeted" in references or post.text.startswith("RT @"):
        return None
    user = included.users.get(post.author_id)
    if user is None:
        raise ValueError("its author did not come with it")
    if user.protected:
        return None
    first, edited = post.versions[0], len(post.versions) > 1
    quoted = included.posts.get(references.get("quoted", ""))
    quote = _quote(quoted, included)
    attachments = _attachments(post, included)
    withheld = [one for one in (post.withheld, user.withheld, quoted and quoted.withheld) if one]
    shown = post.created_at.astimezone(UTC) if post.created_at else moment_of(post.id)
    return Post(
        uri=uri_of(first),
        author=_author(user),
        text=_words(post, quoted.id if quoted is not None and quote else ""),
        created_at=moment_of(first) if edited else shown,
        url=f"https://x.com/{one_line(user.username, limit=40)}/status/{first}",
        edited_at=moment_of(post.id) if edited else None,
        tags=tuple(one_line(tag.tag, limit=100) for tag in each(_entities(post).get("hashtags"), XTag)[:50]),
        language="" if post.lang in _NO_LANGUAGE else one_line(post.lang or "", limit=16),
        sensitive=bool(post.possibly_sensitive or withheld or (quoted is not None and quoted.possibly_sensitive)),
        attachments=attachments,
        quote=quote,
        poll=_choices(post, included),
        card=None if attachments or quote else _card(post),
        remarks=tuple(map(_withheld, withheld)),
    )


def _author(user: XUser) -> Author:
    handle = one_line(user.username, limit=40)
    if not handle:
        raise ValueError("its author has no name")
    picture = _address(user.profile_image_url).replace("_normal.", "_400x400.")
    return Author(handle=f"@{handle}@x.com", name=one_line(user.name) or handle, avatar=picture)


def _quote(quoted: XPost | None, included: Included) -> Quote | None:
    user = included.users.get(quoted.author_id) if quoted is not None else None
    if quoted is None or user is None or user.protected:
        return None
    url = f"https://x.com/{one_line(user.username, limit=40)}/status/{quoted.id}"
    return Quote(author=_author(user), text=_words(quoted, ""), url=url)


def _note(post: XPost) -> dict[str, Any]:
    return cast("dict[str, Any]", post.note_tweet) if isinstance(post.note_tweet, dict) else {}


def _entities(post: XPost) -> dict[str, Any]:
    """Those of the whole text, where it is longer than 280 characters."""
    whole = inner(_note(post), "entities")
    short: dict[str, Any] = cast("dict[str, Any]", post.entities) if isinstance(post.entities, dict) else {}
    return {**short, **whole}


def _words(post: XPost, quoted: str) -> str:
    """The text with links as X shows them; the links of pictures and of the quoted post go, the things stand below."""
    text = text_of(_note(post), "text") or post.text
    for link in _urls(post):
        gone = _of_picture(link) or (quoted != "" and link.expanded_url.partition("?")[0].endswith(f"/status/{quoted}"))
        text = text.replace(link.url, "" if gone else link.display_url or link.url)
    return clean(html.unescape(text))


def _urls(post: XPost) -> list[XUrl]:
    short: dict[str, Any] = cast("dict[str, Any]", post.entities) if isinstance(post.entities, dict) else {}
    links = [*each(_entities(post).get("urls"), XUrl), *each(short.get("urls"), XUrl)]
    return [link for link in links[:100] if link.url]


def _of_picture(link: XUrl) -> bool:
    return link.media_key != "" or link.display_url.startswith(_PICTURE_LINKS)


def _attachments(post: XPost, included: Included) -> tuple[Attachment, ...]:
    keys = _keys(post, "media_keys")
    return tuple(_attachment(included.media[key]) for key in keys[:_PICTURES] if key in included.media)


def _keys(post: XPost, of: str) -> list[str]:
    attached = cast("dict[str, Any]", post.attachments) if isinstance(post.attachments, dict) else {}
    return each(attached.get(of), str)


def _attachment(media: XMedia) -> Attachment:
    kind = Kind.PHOTO if media.type == "photo" else Kind.VIDEO
    return Attachment(kind, _address(media.url if kind is Kind.PHOTO else media.preview_image_url), _alt(media))


def _alt(media: XMedia) -> str:
    return clean(html.unescape(media.alt_text), limit=1_500)


def _choices(post: XPost, included: Included) -> tuple[str, ...]:
    polls = [included.polls[key] for key in _keys(post, "poll_ids") if key in included.polls]
    options = [option for poll in polls for option in each(poll.options, XOption)]
    ordered = sorted(options, key=lambda option: option.position)
    return tuple(one_line(html.unescape(option.label)) for option in ordered[:10])


def _card(post: XPost) -> Card | None:
    for link in _urls(post):
        address = _address(link.unwound_url) or _address(link.expanded_url)
        if link.title and address and not _of_picture(link):
            images = sorted(each(link.images, XImage), key=lambda image: image.width)
            return Card(
                url=address,
                title=one_line(html.unescape(link.title), limit=200),
                description=one_line(html.unescape(link.description), limit=300),
                provider=one_line(urlsplit(address).hostname or ""),
                image=_address(images[-1].url) if images else "",
            )
    return None


def _withheld(said: Any) -> str:
    where = each(cast("dict[str, Any]", said).get("country_codes"), str) if isinstance(said, dict) else []
    return f"X withholds this in {one_line(', '.join(where), limit=100) or 'some places'}."


def _address(url: str) -> str:
    return url if len(url) <= _LONGEST_ADDRESS and url.startswith(("https://", "http://")) else ""
