from __future__ import annotations

import pytest
from factories import ADA, photo_of, post, stored, waiting
from msgspec.structs import replace

from kiosk.domain.model import Attachment, Author, Kind, PhotoFailure, Tombstone

AVATAR = "https://example.social/ada.png"
WITH_AVATAR = Author(ADA.handle, ADA.name, AVATAR)


def test_the_pictures_of_a_card_are_the_avatar_and_then_the_photos():
    attachments = (
        photo_of("https://example.social/1.jpg"),
        Attachment(Kind.VIDEO, "https://example.social/still.jpg"),
        Attachment(Kind.OTHER, "https://example.social/sound.ogg"),
        Attachment(Kind.PHOTO, ""),
    )
    shown = post(author=WITH_AVATAR, attachments=attachments)
    assert shown.pictures == (AVATAR, "https://example.social/1.jpg", "https://example.social/still.jpg")


def test_a_post_without_pictures_needs_none():
    assert post().pictures == ()
    assert waiting().settled


def test_a_post_is_settled_once_each_picture_came_or_failed():
    state = waiting(author=WITH_AVATAR, attachments=(photo_of("https://example.social/1.jpg"),))
    assert not state.settled
    half = replace(state, photos={AVATAR: stored().photo})
    assert not half.settled
    whole = replace(half, photos={**half.photos, "https://example.social/1.jpg": PhotoFailure("gone")})
    assert whole.settled


def test_a_state_is_named_as_its_post_is():
    assert waiting(7).uri == post(7).uri


@pytest.mark.parametrize("value", [ADA, post(), waiting(), stored().photo], ids=lambda value: type(value).__name__)
def test_values_are_frozen(value):
    with pytest.raises(AttributeError):
        setattr(value, value.__struct_fields__[0], "changed")


def test_a_tombstone_has_no_room_for_content():
    assert set(Tombstone.__struct_fields__) == {"uri", "deleted_at", "revision"}
