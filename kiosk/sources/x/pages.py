"""A page of the X API's answers: its posts, what was wrong, what it cost; a bad item loses only itself."""

from __future__ import annotations

import json
from typing import Any, Final, NamedTuple, cast

import msgspec

from kiosk.domain.errors import BadPayload, Portal
from kiosk.domain.text import one_line
from kiosk.sources.source import Found
from kiosk.sources.x.posts import made
from kiosk.sources.x.shapes import (
    FAULTS,
    Included,
    Problem,
    XMedia,
    XPoll,
    XPost,
    XUser,
    each,
    inner,
    number_of,
    text_of,
)

_LONGEST_TOKEN: Final = 1_000


class Page(NamedTuple):
    """What one answer holds; `read` are the resources that it is paid for by (`x_spending`).

    `outdated` are the newest ids of posts of which only an older version came.
    """

    found: tuple[Found, ...]
    bad: tuple[str, ...]
    problems: tuple[Problem, ...]
    outdated: tuple[str, ...]
    read: tuple[str, ...]
    newest: str
    next: str


def read_page(body: bytes | str) -> Page:
    """Read an answer with one post or many, oldest first, without reposts and posts of protected accounts.

    Raises:
        BadPayload: where it is no answer of the X API.

    """
    value = table_of(body)
    data = value.get("data")
    items = cast("list[Any]", data) if isinstance(data, list) else [] if data is None else [data]
    included = _included(inner(value, "includes"))
    posts, bad = _newest_versions(items)
    found: list[Found] = []
    for post in posts:
        try:
            shown = made(post, included) if post.id == post.versions[-1] else None
        except FAULTS as error:
            bad.append(f"X sent a post that cannot be shown: {one_line(str(error), limit=150)}.")
            continue
        if shown is not None:
            found.append(Found(shown, post.id))
    return Page(
        found=tuple(sorted(found, key=lambda item: (item.post.created_at, item.post.uri))),
        bad=tuple(bad),
        problems=tuple(each(value.get("errors"), Problem)),
        outdated=tuple(post.versions[-1] for post in posts if post.id != post.versions[-1]),
        read=(
            *map(_paid, items),
            *(_resource(kind, key) for kind, keys in zip("umlp", included, strict=True) for key in keys),
        ),
        newest=max((post.id for post in posts), key=number_of, default=""),
        next=_token(text_of(inner(value, "meta"), "next_token")),
    )


def _token(said: str) -> str:
    """The next page's token, "" for what cannot be asked with or kept in a cursor."""
    return said if said.isascii() and len(said) <= _LONGEST_TOKEN else ""


def _newest_versions(items: list[Any]) -> tuple[list[XPost], list[str]]:
    """Each post once, in the newest version that is there, and a sentence for each item that is none."""
    newest: dict[str, XPost] = {}
    bad: list[str] = []
    for item in items:
        try:
            post = msgspec.convert(item, XPost)
            first = post.versions[0]
        except FAULTS as error:
            bad.append(f"X sent an item that cannot be read: {one_line(str(error), limit=150)}.")
            continue
        if first not in newest or number_of(post.id) > number_of(newest[first].id):
            newest[first] = post
    return list(newest.values()), bad


def _paid(item: Any) -> str:
    """An item that cannot be read is paid for all the same."""
    return _resource("p", text_of(cast("dict[str, Any]", item), "id") if isinstance(item, dict) else "")


def _resource(kind: str, key: str) -> str:
    """What a resource is called on the bill; ids are ASCII, and the cursor that keeps the bill can hold no other."""
    return kind + key[:40].encode("ascii", "replace").decode()


def table_of(body: bytes | str) -> dict[str, Any]:
    """An answer as the object that every answer of the X API is.

    Raises:
        Portal: where it is a web page.
        BadPayload: where it is anything else.

    """
    try:
        value = _decoded(body)
    except FAULTS as error:
        start = body.lstrip()[:1]
        if start in {b"<", "<"}:
            raise Portal("X answered with a web page; is this network's log-in page in the way?") from error
        raise BadPayload("X answered with something that is no JSON.") from error
    if not isinstance(value, dict):
        raise BadPayload("X answered with JSON that holds no posts.")
    return cast("dict[str, Any]", value)


def _decoded(body: bytes | str) -> Any:
    try:
        return msgspec.json.decode(body)
    except msgspec.DecodeError:
        return json.loads(body)  # it forgives half a surrogate pair, which then loses its item and not the page


def _included(includes: dict[str, Any]) -> Included:
    return Included(
        {user.id: user for user in each(includes.get("users"), XUser)},
        {media.media_key: media for media in each(includes.get("media"), XMedia)},
        {poll.id: poll for poll in each(includes.get("polls"), XPoll)},
        {post.id: post for post in each(includes.get("tweets"), XPost)},
    )
