"""Values for tests: every word of the domain with one good default, so that a test says only what it is about."""

from __future__ import annotations

import hashlib
import io
from datetime import UTC, datetime, timedelta
from typing import Any

from PIL import Image

from kiosk.archive.event_file import StoredPhoto
from kiosk.domain.events import Approved, PhotoStored, PostReceived
from kiosk.domain.fold import fold
from kiosk.domain.model import Attachment, Author, Kind, Photo, Post, PostState, PostUri, Sha256, Sighting, Verdict
from kiosk.domain.moderation import content_hash

EVENING = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
ADA = Author(handle="@ada@example.social", name="Ada Lovelace")
MET = Sighting("mastodon example.social", "1")


def at(seconds: float) -> datetime:
    """So many seconds into the evening."""
    return EVENING + timedelta(seconds=seconds)


def post(name: str | int = 1, **changes: Any) -> Post:
    """A post whose URI ends in `name`; any field may be given."""
    given: dict[str, Any] = {
        "uri": PostUri(f"https://example.social/posts/{name}"),
        "author": ADA,
        "text": f"Post number {name}, and hello to the hall!",
        "created_at": EVENING,
    }
    return Post(**(given | changes))


def photo_of(url: str, alt: str = "") -> Attachment:
    return Attachment(Kind.PHOTO, url, alt)


def received(of: Post, seconds: float = 0, verdict: Verdict | None = None) -> PostReceived:
    return PostReceived(at=at(seconds), post=of, sighting=MET, verdict=verdict or Verdict())


def approved(state: PostState, seconds: float = 10, by: str = "desk") -> Approved:
    """A decision on exactly what `state` holds."""
    return Approved(at=at(seconds), uri=state.uri, by=by, content=content_hash(state))


def waiting(name: str | int = 1, **changes: Any) -> PostState:
    """The state of a post that was received and is PENDING."""
    state = fold(None, received(post(name, **changes)))
    assert isinstance(state, PostState)
    return state


def standing_approved(name: str | int = 1, **changes: Any) -> PostState:
    """The state of a post that a moderator approved as it stands."""
    state = waiting(name, **changes)
    after = fold(state, approved(state))
    assert isinstance(after, PostState)
    return after


def jpeg(size: tuple[int, int] = (64, 48), colour: tuple[int, int, int] = (200, 60, 40)) -> bytes:
    sink = io.BytesIO()
    Image.new("RGB", size, colour).save(sink, "JPEG", quality=90)
    return sink.getvalue()


def stored(size: tuple[int, int] = (64, 48), colour: tuple[int, int, int] = (200, 60, 40)) -> StoredPhoto:
    """A photo as the decode workers leave it, of one colour."""
    wall, thumbnail = jpeg(size, colour), jpeg((16, 12), colour)
    return StoredPhoto(Photo(Sha256(hashlib.sha256(wall).hexdigest()), *size), wall, thumbnail)


def photo_stored(uri: PostUri, url: str, photo: StoredPhoto, seconds: float = 1) -> PhotoStored:
    return PhotoStored(at=at(seconds), uri=uri, url=url, photo=photo.photo)
