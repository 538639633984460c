from __future__ import annotations

import json
import time
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from mangling import CHANGES, CUTS, mangled, often
from servers.relay import Writer

from kiosk.domain.model import Attachment, Emoji, Kind, Post
from kiosk.sources.nostr.events import FAULTS, Event, read_event
from kiosk.sources.nostr.names import encode, short
from kiosk.sources.nostr.posts import MOST_MENTIONS, MOST_PICTURES, people_in, post_of
from kiosk.sources.nostr.profiles import Profile

ADA, BOB = Writer("ada"), Writer("bob")
JPEG = "https://x.example/cat.jpg"
NPUB = encode("npub", bytes.fromhex(BOB.pubkey))
NPROFILE = encode("nprofile", b"\x00\x20" + bytes.fromhex(BOB.pubkey) + b"\x01\x05wss:/")
QUOTED = "5c83da77af1dec6d7289834998ad7aafbd9e2191396d75ec3cc27f5a77226f36"
NEVENT = encode("nevent", b"\x00\x20" + bytes.fromhex(QUOTED))


def post(event: dict, **known: Profile) -> Post:
    people = {ADA.pubkey: known.get("ada"), BOB.pubkey: known.get("bob")}
    return post_of(read_event(json.dumps(event).encode(), time.time()), people.get)


def test_a_note_is_a_post_named_by_its_id():
    made = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
    note = ADA.note("Hello #hall", at=made.timestamp())
    read = post(note, ada=Profile("Ada", "https://x.example/a.png", bot=True))
    assert (read.uri, read.text, read.created_at, read.tags) == (f"nostr:{note['id']}", "Hello #hall", made, ("hall",))
    assert (read.author.name, read.author.avatar, read.author.bot) == ("Ada", "https://x.example/a.png", True)
    assert read.author.handle == short("npub", ADA.pubkey)
    assert read.url == f"https://njump.me/{encode('note', bytes.fromhex(note['id']))}"
    assert (read.sensitive, read.warning, read.attachments, read.remarks) == (False, "", (), ())


def test_an_author_of_whom_nothing_is_known_goes_by_the_key():
    author = post(ADA.note("Hello")).author
    assert author.name == author.handle == short("npub", ADA.pubkey)
    assert post(ADA.note("Hello"), ada=Profile()).author.name == author.handle


def test_what_was_attached_leaves_the_text():
    note = ADA.note(f"Look! {JPEG} #hall", ["imeta", f"url {JPEG}", "m image/jpeg", "alt A cat  asleep", "dim 3x4"])
    assert post(note).text == "Look! #hall"
    assert post(note).attachments == (Attachment(Kind.PHOTO, JPEG, "A cat asleep"),)


def test_bare_addresses_of_pictures_are_pictures_and_others_stay():
    page = "https://x.example/page"
    read = post(ADA.note(f"One ({JPEG}), two {JPEG}?w=9 and {page}. Also {JPEG}x and https://[::1/x.jpg"))
    assert [item.url for item in read.attachments] == [JPEG, f"{JPEG}?w=9"]
    assert read.text == f"One (), two and {page}. Also {JPEG}x and https://[::1/x.jpg"


def test_a_video_shows_its_still_and_a_sound_nothing():
    video, still = "https://x.example/v.mp4", "https://x.example/v.jpg"
    tags = [
        ["imeta", f"url {video}", "m video/mp4", f"image {still}", "alt Dancing"],
        ["imeta", "url https://x.example/w.mp4", "m video/mp4"],
        ["imeta", "url https://x.example/s.mp3", "m audio/mpeg"],
        ["imeta", "url file:///etc/passwd", "m image/png"],
        ["imeta", "url https://x.example/no name.png", "m image/png"],
        ["imeta"],
    ]
    assert [(item.kind, item.url) for item in post(ADA.note(f"{video} now", *tags)).attachments] == [
        (Kind.VIDEO, still),
        (Kind.OTHER, "https://x.example/w.mp4"),
        (Kind.OTHER, "https://x.example/s.mp3"),
    ]
    assert post(ADA.note(f"{video} now", *tags)).text == "now"


def test_a_picture_event_has_its_title_and_its_pictures():
    tags = [
        ["title", "The hall"],
        ["t", "hall"],
        ["imeta", "url https://x.example/1", "alt One"],
        ["imeta", f"url {JPEG}"],
    ]
    read = post(ADA.event(20, "as we came in", tags))
    assert read.text == "The hall\nas we came in"
    assert [(item.kind, item.alt) for item in read.attachments] == [(Kind.PHOTO, "One"), (Kind.PHOTO, "")]
    assert post(ADA.event(20, "The hall at night", tags)).text == "The hall at night"


def test_only_so_many_pictures_are_taken():
    note = ADA.note(" ".join(f"https://x.example/{number}.jpg" for number in range(50)))
    assert len(post(note).attachments) == MOST_PICTURES


def test_people_are_called_by_name_and_else_by_the_short_form_of_their_key():
    note = ADA.note(f"Thanks nostr:{NPUB} and nostr:{NPROFILE}, @{NPUB}! https://njump.me/{NPUB}")
    assert post(note, bob=Profile("Bob")).text == f"Thanks @Bob and @Bob, @Bob! https://njump.me/{NPUB}"
    brief = short("npub", BOB.pubkey)
    assert post(note).text == f"Thanks @{brief} and @{brief}, @{brief}! https://njump.me/{NPUB}"
    mistyped = NPUB[:-1] + ("q" if NPUB[-1] != "q" else "p")
    assert mistyped in post(ADA.note(f"nostr:{mistyped}")).text


def test_a_quoted_note_is_not_shown_and_another_is_named_briefly():
    note = ADA.note(f"Agreed nostr:{NEVENT}", ["q", QUOTED, "wss://x", BOB.pubkey])
    assert post(note).text == "Agreed"
    assert post(note).quote is None
    assert len(post(note).remarks) == 1
    assert post(ADA.note(f"See nostr:{NEVENT} first")).text == f"See {short('note', QUOTED)} first"


def test_the_people_whose_names_a_post_needs_are_known_beforehand_and_few():
    many = [Writer(str(number)).pubkey for number in range(MOST_MENTIONS + 5)]
    text = " ".join(f"nostr:{encode('npub', bytes.fromhex(key))}" for key in many)
    event = read_event(json.dumps(ADA.note(f"{text} nostr:{NEVENT}")).encode(), time.time())
    assert people_in(event) == [ADA.pubkey, *many[:MOST_MENTIONS]]
    asked: set[str] = set()
    post_of(event, asked.add)
    assert asked == set(people_in(event))
    assert people_in(read_event(json.dumps(ADA.event(0, text)).encode(), time.time())) == [ADA.pubkey]


def test_a_warning_is_told():
    assert post(ADA.note("Boo", ["content-warning", "Spiders"])).warning == "Spiders"
    assert post(ADA.note("Boo", ["content-warning"])).sensitive
    assert post(ADA.note("Boo", ["content-warning"])).warning == ""


def test_emojis_are_those_that_the_text_has():
    tags = [
        ["emoji", "wave", "https://x.example/w.png"],
        ["emoji", "none", "https://x.example/n.png"],
        ["emoji", "bad"],
    ]
    assert post(ADA.note("Hi :wave: :bad:", *tags)).emojis == (Emoji("wave", "https://x.example/w.png"),)
    assert post(ADA.note("Hi :x y:", ["emoji", "x y", "https://x.example/w.png"])).emojis == ()


def test_the_language_is_its_label():
    assert post(ADA.note("Hallo", ["L", "ISO-639-1"], ["l", "de", "ISO-639-1"])).language == "de"
    assert post(ADA.note("Hallo", ["l", "de", "elsewhere"])).language == ""


@pytest.mark.parametrize("kind", [0, 3, 5, 6, 7, 16, 1111, 30023])
def test_what_is_no_note_is_no_post(kind):
    with pytest.raises(ValueError, match="no post"):
        post(ADA.event(kind, json.dumps(ADA.note("Hello")), [["t", "hall"]]))


def test_a_hostile_text_is_read_in_time():
    begun = time.monotonic()
    for text in ("npub1" + "q" * 90_000, ("nostr:npub1" + "q" * 58 + " ") * 1_000, "https://" * 10_000, "@" * 90_000):
        post(ADA.note(text[:90_000]))
    assert time.monotonic() - begun < 5


WHOLE = ADA.note(
    f"Look {JPEG} nostr:{NPUB} nostr:{NEVENT} :wave: #hall",
    ["imeta", f"url {JPEG}", "m image/jpeg", "alt A cat"],
    ["emoji", "wave", "https://x.example/w.png"],
    ["q", QUOTED],
    ["l", "en", "ISO-639-1"],
    ["content-warning", "Spiders"],
    ["expiration", "99999999999"],
)


def withstands(changes, cuts) -> None:
    """Nothing but the agreed faults comes of it; and nothing that was changed is believed."""
    body = mangled(WHOLE, changes, cuts)
    try:
        believed = read_event(body, time.time())
    except FAULTS:
        believed = None
    try:
        event = msgspec.json.decode(body, type=Event)
        read = post_of(event, {ADA.pubkey: Profile("Ada")}.get)
    except FAULTS:
        return
    people_in(event), event.deleted(), event.expired(0)
    if believed is None:
        assert read.uri.startswith("nostr:")
    else:
        assert believed.content == WHOLE["content"]
        assert believed.tags == WHOLE["tags"]


@often(2_000)
@given(CHANGES, CUTS)
@example([], [])
def test_a_mangled_event_breaks_nothing(changes, cuts):
    withstands(changes, cuts)


@pytest.mark.campaign
@often(10_000)
@given(CHANGES, CUTS)
def test_ten_thousand_mangled_events_break_nothing(changes, cuts):
    withstands(changes, cuts)


@given(st.text(max_size=300), st.lists(st.lists(st.text(max_size=30), max_size=4), max_size=6))
def test_no_text_and_no_tags_break_the_reader(text, tags):
    event = Event("0" * 64, ADA.pubkey, 1_000, 1, tags, text, "0" * 128)
    assert post_of(event, {}.get).uri == f"nostr:{'0' * 64}"
