from __future__ import annotations

from datetime import UTC, datetime
from typing import get_args

import msgspec
import pytest
from factories import at, post, received
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain import events
from kiosk.domain.events import (
    CueShown,
    Decided,
    Event,
    EventDescribed,
    Happening,
    PanicCleared,
    PanicRaised,
    PhotoStored,
    PostDeleted,
    PostEdited,
    PostEvent,
    decode,
    encode,
    uri_of,
)
from kiosk.domain.model import Photo, PostUri, Sha256

KINDS = get_args(Event)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
TIMES = st.datetimes(timezones=st.just(UTC))
PHOTOS = st.builds(Photo, st.just(Sha256("ab" * 32)), st.integers(1, 9000), st.integers(1, 9000))
st.register_type_strategy(str, TEXTS)
st.register_type_strategy(datetime, TIMES)
st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))
EVENTS = st.one_of([st.from_type(kind) for kind in KINDS])


@given(EVENTS)
def test_every_event_comes_back_exactly_as_it_was_written(event):
    line = encode(event)
    assert decode(line) == event
    assert type(decode(line.decode())) is type(event)
    assert b"\n" not in line


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_kind_has_a_tag_of_its_own_and_is_dated(kind):
    tags = [other.__struct_config__.tag for other in KINDS]
    assert tags.count(kind.__struct_config__.tag) == 1
    assert issubclass(kind, Happening)
    assert "at" in kind.__struct_fields__


def test_nothing_that_happens_is_left_out_of_the_union():
    concrete = {
        thing
        for thing in vars(events).values()
        if isinstance(thing, type) and issubclass(thing, Happening) and thing not in {Happening, Decided}
    }
    assert set(KINDS) == concrete


@given(EVENTS)
def test_an_event_belongs_to_a_post_exactly_if_it_changes_one(event):
    assert (uri_of(event) is not None) == isinstance(event, PostEvent)


def test_the_post_an_event_belongs_to():
    assert uri_of(received(post(3))) == post(3).uri
    assert uri_of(PostDeleted(at=at(0), uri=PostUri("https://x/1"))) == "https://x/1"
    assert uri_of(PanicRaised(at=at(0), by="desk")) is None
    assert uri_of(PanicCleared(at=at(0), by="desk")) is None
    assert uri_of(CueShown(at=at(0), scene="scroll", uris=(post().uri,), seconds=3)) is None


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{}",
        b"[]",
        b'{"event":"abduction","at":"2026-11-23T18:00:00Z"}',
        b'{"event":"post-deleted","at":"yesterday","uri":"x"}',
        b'{"event":"post-deleted","at":"2026-11-23T18:00:00Z"}',
        b'{"event":"panic-raised","at":"2026-11-23T18:00:00Z","by":7}',
        b'{"event":"panic-raised","at":"2026-11-23T18:00:00Z","by":"x"',
    ],
)
def test_a_line_of_anything_else_is_refused(line):
    with pytest.raises(msgspec.DecodeError):
        decode(line)


def test_a_line_of_a_later_version_with_more_in_it_is_read():
    line = b'{"event":"panic-raised","at":"2026-11-23T18:00:00Z","by":"desk","mood":"tense"}'
    assert decode(line) == PanicRaised(at=at(0), by="desk")


def test_a_line_begins_with_its_kind_so_that_the_archive_can_look_for_it():
    assert encode(EventDescribed(at=at(0), name="Tweetup")).startswith(b'{"event":"event-described"')


def test_an_edit_carries_the_whole_post_and_a_photo_its_place():
    edit = PostEdited(at=at(1), post=post(1, text="new"), sighting=received(post(1)).sighting)
    assert edit.post.text == "new"
    photo = PhotoStored(at=at(1), uri=post(1).uri, url="https://x/1.jpg", photo=Photo(Sha256("00" * 32), 4, 3))
    assert msgspec.json.decode(encode(photo))["photo"] == {
        "type": "photo",
        "sha256": "00" * 32,
        "width": 4,
        "height": 3,
    }
