"""A photo of a watched folder made into a Post: words beside it first, then its own, then the table's."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from kiosk.domain.model import Attachment, Author, Kind, Post, PostUri
from kiosk.domain.text import clean, one_line
from kiosk.sources.source import Found, picture_address

if TYPE_CHECKING:
    from kiosk.domain.captions import Caption
    from kiosk.sources.folder.sidecar import Words

_EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""Before this, the clock of whatever wrote the file was never set."""


class Photographs:
    """Makes posts for one source; what a photo does not say is said by the source's table."""

    def __init__(self, name: str, *, author: str, credit: str, text: str) -> None:
        """`name` is the source's."""
        self._name = name
        self._author, self._credit, self._text = one_line(author) or "Photographer", one_line(credit), clean(text)

    def post(self, sha256: str, changed: int, words: Words, caption: Caption) -> Found:
        """Make the post of a photo; `changed` is the time of its file in ns since 1970.

        Its uri is made of its bytes, so that a rename, a copy and a second source with the same photo are one post.
        """
        author = one_line(words.author) or one_line(caption.author) or self._author
        credit = one_line(words.credit) or one_line(caption.credit) or self._credit
        text = clean(words.text) or clean(caption.text) or self._text
        address = picture_address(self._name, sha256)
        return Found(
            Post(
                uri=PostUri(f"photo:sha256:{sha256}"),
                author=Author(handle=_handle(words.handle, author), name=author),
                text=clean("\n".join(part for part in (text, credit if credit != author else "") if part)),
                created_at=_moment(caption.taken, changed),
                tags=tuple(tag for each in words.tags[:50] if (tag := one_line(each, limit=100).lstrip("#"))),
                attachments=(Attachment(Kind.PHOTO, address, clean(words.alt, limit=1_500)),),
            ),
            sha256,
        )


def _handle(written: str, author: str) -> str:
    given = one_line(written, limit=120).lstrip("@")
    return f"@{given}" if given else "@" + ("".join(filter(str.isalnum, author.casefold())) or "photographer")


def _moment(taken: str, changed: int) -> datetime:
    """When it was taken, where the camera knew its time zone, else when the file was written; never in the future."""
    now = datetime.now(UTC)
    for moment in (_told(taken), _written(changed)):
        if moment is not None and _EARLIEST < moment <= now:
            return moment
    return now


def _told(taken: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(taken)
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _written(changed: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(changed / 1e9, UTC)
    except (ValueError, OverflowError, OSError):
        return None
