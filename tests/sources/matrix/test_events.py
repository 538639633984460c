from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from factories import MET, at
from hypothesis import given
from mangling import CHANGES, CUTS, mangled, often
from recordings import SHARED

from kiosk.domain.events import PostReceived, decode, encode
from kiosk.domain.model import Attachment, Kind, Post
from kiosk.sources.matrix.events import (
    EVENT,
    FAULTS,
    Event,
    Member,
    Sorted,
    global_name,
    mxc_parts,
    newest_edit,
    read_member,
    read_post,
    sort_events,
)
from kiosk.sources.source import picture_address

ROOM = "!hall:hall.test"
SOURCE = "hall.test #hall:hall.test"
SAID: dict[str, Any] = {
    "type": "m.room.message",
    "event_id": "$one",
    "sender": "@ada:hall.test",
    "origin_server_ts": 1_795_802_400_123,
    "content": {"msgtype": "m.text", "body": "Tea at five"},
    "unsigned": {"age": 97},
}
PICTURE = {
    "msgtype": "m.image",
    "body": "A teapot",
    "filename": "IMG_1.jpg",
    "url": "mxc://hall.test/abc",
    "info": {"mimetype": "image/jpeg", "w": 4000, "h": 3000, "thumbnail_url": "mxc://hall.test/small"},
}
ADA = Member("Ada Lovelace", "mxc://hall.test/face")
needs_events = pytest.mark.skipif(
    not (SHARED / "matrix").is_dir(), reason="needs recorded Matrix events, which are not part of the project"
)


def said(content: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    return SAID | changes | ({} if content is None else {"content": content})


def event(*args: Any, **changes: Any) -> Event:
    return EVENT.decode(json.dumps(said(*args, **changes)))


def edit(text: str, **changes: Any) -> dict[str, Any]:
    content = {
        "msgtype": "m.text",
        "body": f"* {text}",
        "m.new_content": {"msgtype": "m.text", "body": text},
        "m.relates_to": {"rel_type": "m.replace", "event_id": "$one"},
    }
    return said(content, event_id="$two", origin_server_ts=SAID["origin_server_ts"] + 60_000) | changes


def post(content: dict[str, Any] | None = None, **changes: Any) -> Post | None:
    return read_post(event(content, **changes), None, ADA, room=ROOM, source=SOURCE)


def ordered(*items: Any) -> Sorted:
    return sort_events([msgspec.Raw(json.dumps(item).encode()) for item in items], "hall.test")


def test_a_message_becomes_a_post_with_a_global_name_and_a_link():
    read = post()
    assert read is not None
    assert read.uri == "matrix:roomid/hall:hall.test/e/one"
    assert read.url == "https://matrix.to/#/!hall%3Ahall.test/%24one"
    assert read.text == "Tea at five"
    assert (read.author.handle, read.author.name) == ("@ada:hall.test", "Ada Lovelace")
    assert read.author.avatar == picture_address(SOURCE, "mxc://hall.test/face")
    assert read.created_at == datetime(2026, 11, 27, 18, 0, 0, 123_000, tzinfo=UTC)
    assert (read.edited_at, read.sensitive, read.attachments) == (None, False, ())


def test_a_picture_comes_with_its_caption_and_without_its_file_name():
    photo = (Attachment(Kind.PHOTO, picture_address(SOURCE, "mxc://hall.test/abc")),)
    for changes, text in [({}, "A teapot"), ({"filename": "A teapot"}, ""), ({"filename": None}, "")]:
        read = post(PICTURE | changes)
        assert read is not None
        assert (read.text, read.attachments) == (text, photo)


def test_of_a_video_its_still_is_shown():
    read = post(PICTURE | {"msgtype": "m.video"})
    assert read is not None
    assert read.attachments == (Attachment(Kind.VIDEO, picture_address(SOURCE, "mxc://hall.test/small")),)


def test_an_emote_is_text_and_markup_is_ignored():
    read = post({"msgtype": "m.emote", "body": "is dancing", "formatted_body": "<b>is dancing</b>"})
    assert read is not None
    assert read.text == "is dancing"


def test_what_was_hidden_behind_a_spoiler_is_sensitive():
    read = post({"msgtype": "m.text", "body": "He did it", "formatted_body": "<span data-mx-spoiler>He did it</span>"})
    assert read is not None
    assert read.sensitive


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"msgtype": "m.notice", "body": "A bot speaks"},
        {"msgtype": "m.file", "body": "talk.pdf", "url": "mxc://hall.test/abc"},
        {"msgtype": "m.audio", "body": "song.ogg", "url": "mxc://hall.test/abc"},
        {"msgtype": "m.location", "body": "Here", "geo_uri": "geo:1,2"},
        {"msgtype": "m.key.verification.request", "body": "Please verify"},
        {"msgtype": "m.text", "body": " \u200b"},
        {"msgtype": "m.image", "body": "x.jpg", "file": {"url": "mxc://hall.test/encrypted"}},
        {"msgtype": "m.image", "body": "x.jpg", "url": "https://elsewhere.example/x.jpg"},
    ],
)
def test_what_is_no_post_becomes_none(content):
    assert post(content) is None


def test_a_reply_loses_the_words_it_repeats():
    reply = {"m.relates_to": {"m.in_reply_to": {"event_id": "$zero"}}, "msgtype": "m.text"}
    for body, text in [
        ("> <@grace:hall.test> When is tea?\n> And where?\n\nAt five", "At five"),
        ("> * <@grace:hall.test> is hungry\n\n> really?\nYes", "> really?\nYes"),
        ("> my own quote\n\nAt five", "> my own quote\n\nAt five"),
        ("At five", "At five"),
    ]:
        read = post(reply | {"body": body})
        assert read is not None
        assert read.text == text
    alone = post({"msgtype": "m.text", "body": "> <@grace:hall.test> no reply\n\nsee"})
    assert alone is not None
    assert alone.text.startswith("> <@grace")


def test_a_thread_is_a_post_like_any_other():
    result = ordered(said(SAID["content"] | {"m.relates_to": {"rel_type": "m.thread", "event_id": "$zero"}}))
    assert [each.event_id for each in result.messages] == ["$one"]


def test_an_edit_keeps_the_name_and_the_moment_and_brings_new_words():
    ((original, replaced),) = [(each.event_id, each) for each in ordered(said()).messages]
    ((of, changed),) = ordered(edit("Tea at six")).edits
    read = read_post(replaced, changed, ADA, room=ROOM, source=SOURCE)
    assert of == original
    assert read is not None
    assert (read.uri, read.text) == ("matrix:roomid/hall:hall.test/e/one", "Tea at six")
    assert (read.edited_at - read.created_at).total_seconds() == 60


def test_only_the_author_edits_and_the_newest_edit_counts():
    mine = [EVENT.decode(json.dumps(edit(str(n), event_id=f"${n}", origin_server_ts=n))) for n in (1, 3, 2)]
    tie = EVENT.decode(json.dumps(edit("tie", event_id="$4", origin_server_ts=3)))
    theirs = EVENT.decode(json.dumps(edit("no", sender="@eve:hall.test", origin_server_ts=9)))
    assert newest_edit(event(), [None, theirs]) is None
    assert newest_edit(event(), [None, *mine, theirs]) is mine[1]
    assert newest_edit(event(), [tie, *mine]) is tie


def test_a_bundled_edit_is_found_and_a_half_one_is_none():
    assert event().bundled() is None
    bundle = {"unsigned": {"m.relations": {"m.replace": edit("Tea at six")}}}
    assert event(**bundle).bundled().event_id == "$two"
    assert event(unsigned={"m.relations": {"m.replace": {"event_id": "$two"}}}).bundled() is None


def test_redactions_of_all_room_versions_name_what_is_gone():
    old = {"type": "m.room.redaction", "event_id": "$r", "sender": "@a:b", "origin_server_ts": 1, "redacts": "$old"}
    new = old | {"redacts": None, "content": {"redacts": "$new", "reason": "off topic"}}
    assert ordered(old, new, old | {"redacts": None}).gone == ["$old", "$new"]


def test_a_redacted_message_is_no_message():
    because = {"unsigned": {"redacted_because": {"type": "m.room.redaction"}}}
    result = ordered(said({}), said(**because), said(unsigned={"redacted_by": "$r"}))
    assert (result.messages, result.bad) == ([], [])


def test_members_are_named_as_they_were_said_last():
    def member(who: str, **content: Any) -> dict[str, Any]:
        return said({"membership": "join"} | content, type="m.room.member", state_key=who)

    result = ordered(
        member("@ada:hall.test", displayname="Ada"),
        member("@ada:hall.test", displayname="Ada\u202e L.", avatar_url="mxc://hall.test/face"),
        member("@eve:hall.test", displayname="Eve"),
        member("@eve:hall.test", membership="leave"),
    )
    assert result.members == {
        "@ada:hall.test": Member("Ada L.", "mxc://hall.test/face"),
        "@eve:hall.test": Member("Eve"),
    }
    assert read_member(b'{"displayname": null}') == Member()


def test_a_nameless_member_goes_by_the_first_part_of_the_id():
    read = read_post(event(), None, Member(), room=ROOM, source=SOURCE)
    assert read is not None
    assert (read.author.name, read.author.avatar) == ("ada", "")


def test_encryption_and_an_upgrade_are_noticed():
    assert not ordered(said()).encrypted
    assert ordered(said(type="m.room.encrypted")).encrypted
    assert ordered(said({"algorithm": "m.megolm.v1.aes-sha2"}, type="m.room.encryption", state_key="")).encrypted
    moved = said({"body": "moved", "replacement_room": "!new:hall.test"}, type="m.room.tombstone", state_key="")
    assert ordered(moved).moved_to == "!new:hall.test"


@pytest.mark.parametrize(
    "changes",
    [
        {"sender": None},
        {"origin_server_ts": "now"},
        {"content": []},
        {"content": {"msgtype": "m.text", "body": 7}},
        {"content": {"m.relates_to": "$zero"}},
        {"event_id": None},
        {"unsigned": 3},
    ],
)
def test_a_bad_event_loses_only_itself(changes):
    result = ordered(said(), said(**changes), said(event_id="$three"))
    assert [each.event_id for each in result.messages] == ["$one", "$three"]
    assert len(result.bad) == 1
    assert result.bad[0].startswith("hall.test sent an event that cannot be read: ")


@pytest.mark.parametrize(
    "changes",
    [
        {"sender": "ada"},
        {"sender": "@a:" + "b" * 300},
        {"event_id": "one"},
        {"event_id": ""},
        {"origin_server_ts": 10**18},
    ],
)
def test_a_message_of_nobody_at_no_time_raises_what_is_expected(changes):
    with pytest.raises(FAULTS):
        post(**changes)


def test_global_names_are_safe_in_an_address():
    assert global_name("!r/1 x", "$a/b+c") == "matrix:roomid/r%2F1%20x/e/a%2Fb%2Bc"


@pytest.mark.parametrize("mxc", ["", "mxc://", "mxc://a", "mxc://a/../b", "mxc://a/b?c", "mxc://../b", "https://a/b"])
def test_what_is_no_media_address_is_refused(mxc):
    assert mxc_parts(mxc) is None


@needs_events
def test_recorded_events_are_what_they_are():
    files = {path.stem: json.loads(path.read_text("utf-8")) for path in (SHARED / "matrix" / "events").glob("*.json")}
    result = ordered(*files.values())
    assert result.bad == []
    posts = [read_post(each, None, Member(), room=ROOM, source=SOURCE) for each in result.messages]
    assert [each.text for each in posts if each] == ["is dancing", "is dancing"], "an emote and a text, not the notice"
    assert result.gone == [files["redaction"]["redacts"]]
    assert result.members == {"@example:localhost": Member("example")}


def _survive(body: bytes) -> None:
    """Only the documented errors, and whatever was made of it is sound and fit for the journal."""
    try:
        items = msgspec.json.decode(body, type=list[msgspec.Raw])
    except FAULTS:
        return
    result = sort_events(items, "hall.test")
    for each in result.messages:
        edits = [changed for _, changed in result.edits]
        try:
            member = result.members.get(each.sender, Member())
            read = read_post(each, newest_edit(each, [each.bundled(), *edits]), member, room=ROOM, source=SOURCE)
        except FAULTS:
            continue
        if read is not None:
            assert read.text or read.attachments
            assert read.created_at.tzinfo is UTC
            assert read.author.name
            assert all(url.startswith("source:") for url in read.pictures)
            received = PostReceived(at=at(0), post=read, sighting=MET)
            assert decode(encode(received)) == received


PAGE = [
    said(),
    edit("Tea at six"),
    said(PICTURE, event_id="$pic", unsigned={"m.relations": {"m.replace": edit("Six", event_id="$three")}}),
    said({"membership": "join", "displayname": "Ada"}, type="m.room.member", state_key="@ada:hall.test"),
    said({"redacts": "$x"}, type="m.room.redaction", event_id="$r", redacts="$x"),
]


@often(2_000)
@given(CHANGES, CUTS)
def test_no_mutation_of_events_gets_past_the_documented_errors(changes, cuts):
    _survive(mangled(PAGE, changes, cuts))


@pytest.mark.campaign
@often(10_000)
@given(CHANGES, CUTS)
def test_ten_thousand_mutations_do_not_either(changes, cuts):
    _survive(mangled(PAGE, changes, cuts))
