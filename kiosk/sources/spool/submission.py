"""The document of a hand-over: `post.json`, version 1, as `kiosk.sources.spool.spool` describes it for a stranger."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Final, Literal
from urllib.parse import quote

import msgspec
from msgspec import Meta

from kiosk.domain.model import Attachment, Author, Kind, Post, PostUri
from kiosk.domain.text import clean, one_line

LARGEST: Final = 64 * 1024
"""Bytes of a document."""

ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
"""What names a submission, in the document and as a file in `withdrawn/`."""

_Moment = Annotated[datetime, Meta(tz=True)]
_Share = Annotated[float, Meta(ge=0, le=1)]
_FAULTS: Final = (msgspec.DecodeError, UnicodeError, RecursionError, ValueError, OverflowError)


class Person(msgspec.Struct, frozen=True):
    """Who posted."""

    name: Annotated[str, Meta(min_length=1)]
    handle: str = ""


class Picture(msgspec.Struct, frozen=True):
    """A photo in the same folder."""

    file: str
    alt: str = ""
    focus: tuple[_Share, _Share] | None = None


class Submission(msgspec.Struct, frozen=True):
    """A post as it is handed over, or, with `withdraw`, the wish that one be taken back."""

    version: Literal[1]
    id: str = ""
    author: Person | None = None
    text: str = ""
    created_at: _Moment | None = None
    tags: tuple[str, ...] = ()
    language: str = ""
    photos: Annotated[tuple[Picture, ...], Meta(max_length=8)] = ()
    withdraw: str = ""


def read_submission(document: bytes) -> Submission:
    """Read a document.

    Raises:
        ValueError: with a sentence for whoever wrote it.

    """
    try:
        given = msgspec.json.decode(document, type=Submission)
        if given.created_at is not None:
            given = msgspec.structs.replace(given, created_at=given.created_at.astimezone(UTC))
    except _FAULTS as error:
        raise ValueError(f"post.json is wrong: {error}"[:300]) from error
    if given.withdraw:
        return Submission(version=1, withdraw=_checked(given.withdraw))
    _checked(given.id)
    if given.author is None or not one_line(given.author.name):
        raise ValueError("post.json is wrong: it has no author with a name")
    if not clean(given.text) and not given.photos:
        raise ValueError("post.json is wrong: it has neither text nor photos")
    for photo in given.photos:
        if "/" in photo.file or "\0" in photo.file or not photo.file or photo.file.startswith("."):
            raise ValueError(f"post.json is wrong: “{one_line(photo.file)}” is no file in its folder")
    return given


def post_of(given: Submission, addresses: tuple[str, ...], *, spool: str, host: str, written: float) -> Post:
    """Make the post; `addresses` are those of its photos, `written` is when its folder was (seconds since 1970).

    The handle ends in `host`, so that nobody here passes for somebody elsewhere; an empty `host` believes it.
    """
    author = given.author or Person("?")
    name = one_line(author.name)
    now = datetime.now(UTC)
    moment = given.created_at or datetime.fromtimestamp(written, UTC)
    return Post(
        uri=PostUri(f"spool:{quote(spool)}:{given.id}"),
        author=Author(handle=_handle(author.handle or name, host), name=name),
        text=clean(given.text),
        created_at=min(moment, now),
        tags=tuple(tag for each in given.tags[:50] if (tag := one_line(each, limit=100).lstrip("#"))),
        language=one_line(given.language, limit=16),
        attachments=tuple(
            Attachment(Kind.PHOTO, address, clean(photo.alt, limit=1_500), photo.focus)
            for address, photo in zip(addresses, given.photos, strict=True)
        ),
    )


def _handle(written: str, host: str) -> str:
    handle = "".join(one_line(written, limit=120).split()).lstrip("@") or "somebody"
    return f"@{handle.replace('@', '.')}@{host}" if host else f"@{handle}"


def _checked(identity: str) -> str:
    if not ID.fullmatch(identity):
        raise ValueError(
            f"post.json is wrong: “{one_line(identity)}” is no id; it takes 1 to 100 letters, digits, dots, "
            "- and _, and begins with a letter or a digit"
        )
    return identity
