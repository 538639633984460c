from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from factories import MET, at
from hypothesis import given
from mangling import CHANGES, CUTS, mangled, often
from servers.bot_api import ADA, ALONE, GRACE, HALL, NEWS

from kiosk.domain.events import PostReceived, decode, encode
from kiosk.domain.model import Attachment, Kind, Post
from kiosk.sources.source import picture_address
from kiosk.sources.telegram import updates as telegram_updates
from kiosk.sources.telegram.updates import (
    ALBUM,
    FAULTS,
    LARGEST_PICTURE,
    Albums,
    Message,
    Updates,
    local_id,
    read_post,
    read_updates,
)

SOURCE = "Telegram bot 1"
SAID: dict[str, Any] = {"message_id": 7, "date": 1_795_802_400, "chat": HALL, "from": ADA, "text": "Tea at five"}


def size(name: str, width: int, bytes_: int | None = 1_000) -> dict[str, Any]:
    return {"file_id": name, "file_unique_id": "u", "width": width, "height": width, "file_size": bytes_}


def updates(*items: Any) -> Updates:
    return read_updates([msgspec.Raw(json.dumps(item).encode()) for item in items], SOURCE)


def message(**changes: Any) -> Message:
    (only,) = updates({"update_id": 1, "message": SAID | changes}).messages
    return only


def post(**changes: Any) -> Post | None:
    return read_post([message(**changes)], SOURCE)


def photo(name: str, kind: Kind = Kind.PHOTO) -> Attachment:
    return Attachment(kind, picture_address(SOURCE, name))


def test_a_message_becomes_a_post():
    read = post()
    assert read is not None
    assert (read.uri, read.url) == ("https://t.me/c/1234567890/7",) * 2
    assert (read.text, read.author.handle, read.author.name) == ("Tea at five", "@ada@t.me", "Ada Lovelace")
    assert read.created_at == datetime(2026, 11, 27, 18, 0, tzinfo=UTC)
    assert (read.edited_at, read.attachments, read.sensitive, read.remarks) == (None, (), False, ())
    assert local_id(message()) == "-1001234567890/7"


def test_who_has_no_public_name_is_known_by_a_number_that_is_no_phone_number():
    read = post(**{"from": GRACE})
    assert read is not None
    assert (read.author.handle, read.author.name) == ("@id43@t.me", "Grace")


def test_a_private_message_has_a_name_but_no_link_and_is_said_to_be_private():
    read = post(chat=ALONE)
    assert read is not None
    assert (read.uri, read.url, read.remarks) == ("telegram:42/7", "", ("It was sent to the bot in private.",))
    small = post(chat={"id": -555, "type": "group", "title": "Small"}, has_protected_content=True)
    assert small is not None
    assert (small.uri, small.url, small.remarks) == ("telegram:-555/7", "", ("Its chat forbids forwarding.",))


def test_a_channel_speaks_for_itself_and_keeps_its_name_when_its_address_changes():
    said = {"chat": NEWS, "from": None, "sender_chat": NEWS}
    read = post(**said)
    assert read is not None
    assert (read.author.handle, read.author.name) == ("@hallnews@t.me", "News")
    assert (read.uri, read.url) == ("https://t.me/c/9876543210/7", "https://t.me/hallnews/7")
    renamed = post(**said | {"chat": NEWS | {"username": "other"}})
    assert renamed is not None
    assert renamed.uri == read.uri


def test_an_admin_who_speaks_for_the_group_is_the_group():
    hidden = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
    spoken = message(**{"from": hidden}, sender_chat=HALL)
    assert spoken.is_post
    read = read_post([spoken], SOURCE)
    assert read is not None
    assert (read.author.handle, read.author.name) == ("@chat1001234567890@t.me", "The hall")


def test_the_largest_photo_that_a_bot_may_fetch_is_taken():
    sizes = [size("small", 90), size("large", 1280, None), size("huge", 9000, LARGEST_PICTURE + 1)]
    read = post(text=None, photo=sizes, caption="Our tea")
    assert read is not None
    assert (read.text, read.attachments) == ("Our tea", (photo("large"),))


@pytest.mark.parametrize(
    ("content", "attachments"),
    [
        ({"document": {"file_id": "doc", "mime_type": "image/png"}}, (photo("doc"),)),
        ({"document": {"file_id": "doc", "mime_type": "application/pdf"}}, ()),
        ({"document": {"file_id": "doc", "mime_type": "image/png", "file_size": LARGEST_PICTURE + 1}}, ()),
        ({"video": {"file_id": "v", "thumbnail": size("still", 320)}}, (photo("still", Kind.VIDEO),)),
        ({"video": {"file_id": "v"}}, ()),
        ({"photo": [size("huge", 9000, LARGEST_PICTURE + 1)]}, ()),
        ({"sticker": {"file_id": "s"}}, ()),
    ],
)
def test_other_files_are_pictures_stills_or_nothing(content, attachments):
    read = post(text=None, caption="Words", **content)
    assert read is not None
    assert read.attachments == attachments
    alone = post(text=None, **content)
    assert (alone is None) == (not attachments)


@pytest.mark.parametrize(
    "changes",
    [
        {"has_media_spoiler": True},
        {"entities": [{"type": "bold"}, {"type": "spoiler", "offset": 0, "length": 2}]},
        {"caption_entities": [{"type": "spoiler"}]},
    ],
)
def test_what_is_shown_only_to_those_who_tap_is_sensitive(changes):
    read = post(**changes)
    assert read is not None
    assert read.sensitive


@pytest.mark.parametrize(
    "changes",
    [
        {"forward_origin": {"type": "user"}},
        {"forward_date": 1_795_802_000},
        {"from": ADA | {"is_bot": True}},
        {"from": None},
        {"text": "/start"},
        {"text": "/help@wall_bot please"},
    ],
)
def test_what_nobody_says_of_their_own_is_no_post(changes):
    assert not message(**changes).is_post


@pytest.mark.parametrize("text", ["Hello", "/ tea", "and/or", "/home/ada", "//", "/é"])
def test_words_with_a_slash_are_words(text):
    assert message(text=text).is_post


def test_pictures_of_an_album_are_one_post():
    albums = Albums()
    album = {"text": None, "media_group_id": "a"}
    first = message(**album, caption="Our tea", photo=[size("one", 9)], message_id=10)
    second = message(**album, photo=[size("two", 9)], message_id=11)
    assert read_post(albums.joined(first), SOURCE).attachments == (photo("one"),)
    whole = read_post(albums.joined(second), SOURCE)
    assert (whole.uri, whole.text) == ("https://t.me/c/1234567890/10", "Our tea")
    assert whole.attachments == (photo("one"), photo("two"))
    edited = message(**album, caption="Our cake", photo=[size("one", 9)], message_id=10, edit_date=1_795_802_999)
    again = read_post(albums.joined(edited), SOURCE)
    assert (again.uri, again.text, len(again.attachments)) == (whole.uri, "Our cake", 2)
    assert again.edited_at is not None
    elsewhere = message(**album, photo=[size("three", 9)], message_id=12, chat=NEWS)
    assert len(albums.joined(elsewhere)) == 1, "the same album's name in another chat is another album"


def test_an_album_that_comes_out_of_order_keeps_its_name():
    albums = Albums()
    album = {"text": None, "media_group_id": "a"}
    albums.joined(message(**album, photo=[size("two", 9)], message_id=11))
    whole = read_post(albums.joined(message(**album, photo=[size("one", 9)], message_id=10)), SOURCE)
    assert whole.uri == "https://t.me/c/1234567890/11"


def test_albums_are_bounded(monkeypatch):
    monkeypatch.setattr(telegram_updates, "ALBUMS", 5)
    albums = Albums()
    for group in range(20):
        for number in range(1, 30):
            joined = albums.joined(message(media_group_id=str(group), message_id=number))
        assert len(joined) == ALBUM
    assert len(albums._kept) == 5


def test_all_four_kinds_of_updates_are_read_and_others_passed_over():
    kinds = ("message", "edited_message", "channel_post", "edited_channel_post")
    result = updates(*({"update_id": n, kind: SAID} for n, kind in enumerate((*kinds, "poll", "my_chat_member"))))
    assert (len(result.messages), result.newest, result.bad) == (4, 5, [])
    assert updates() == Updates([], None, [])


@pytest.mark.parametrize(
    "item",
    [
        None,
        [],
        {"update_id": "5"},
        {"update_id": 5, "message": 7},
        {"update_id": 5, "message": SAID | {"date": None}},
        {"update_id": 5, "message": SAID | {"chat": {"id": "x", "type": "group"}}},
        {"update_id": 5, "message": SAID | {"photo": [{}]}},
    ],
)
def test_a_bad_update_loses_only_itself_and_is_passed(item):
    result = updates({"update_id": 1, "message": SAID}, item, {"update_id": 9, "message": SAID})
    assert (len(result.messages), len(result.bad), result.newest) == (2, 1, 9)
    assert result.bad[0].startswith("Telegram bot 1 was sent something that cannot be read: ")
    alone = updates(item)
    assert alone.newest == (5 if isinstance(item, dict) and item["update_id"] == 5 else None)


@pytest.mark.parametrize("date", [0, -5, 10**18])
def test_a_message_of_no_time_raises_what_is_expected(date):
    with pytest.raises(FAULTS):
        post(date=date)


def _survive(body: bytes) -> None:
    """Only the documented errors, and whatever was made of it is sound and fit for the journal."""
    try:
        items = msgspec.json.decode(body, type=list[msgspec.Raw])
    except FAULTS:
        return
    albums = Albums()
    for each in read_updates(items, SOURCE).messages:
        if not each.is_post:
            continue
        try:
            read = read_post(albums.joined(each), SOURCE)
        except FAULTS:
            continue
        if read is not None:
            assert read.text or read.attachments
            assert read.created_at.tzinfo is UTC
            assert read.author.name
            assert read.author.handle.endswith("@t.me")
            assert all(url.startswith("source:") for url in read.pictures)
            received = PostReceived(at=at(0), post=read, sighting=MET)
            assert decode(encode(received)) == received


PAGE = [
    {"update_id": 1, "message": SAID | {"entities": [{"type": "spoiler", "offset": 0, "length": 3}]}},
    {"update_id": 2, "edited_message": SAID | {"edit_date": 1_795_802_500, "photo": [size("a", 90), size("b", 900)]}},
    {"update_id": 3, "channel_post": SAID | {"chat": NEWS, "sender_chat": NEWS, "media_group_id": "a", "from": None}},
    {"update_id": 4, "message": SAID | {"document": {"file_id": "d", "mime_type": "image/png"}, "chat": ALONE}},
    {"update_id": 5, "message": SAID | {"video": {"file_id": "v", "thumbnail": size("t", 90)}, "media_group_id": "a"}},
]


@often(2_000)
@given(CHANGES, CUTS)
def test_no_mutation_of_updates_gets_past_the_documented_errors(changes, cuts):
    _survive(mangled(PAGE, changes, cuts))


@pytest.mark.campaign
@often(10_000)
@given(CHANGES, CUTS)
def test_ten_thousand_mutations_do_not_either(changes, cuts):
    _survive(mangled(PAGE, changes, cuts))
