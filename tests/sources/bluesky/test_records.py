from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from mangling import CHANGES, CUTS, mangled, often
from recordings import SHARED
from servers.appview import POSTS, record, view

from kiosk.sources.bluesky import records as bluesky_records
from kiosk.sources.bluesky.records import (
    FAULTS,
    Newer,
    address,
    carries,
    created,
    is_address,
    moment,
    read_record,
    read_view,
    same_tag,
)

if TYPE_CHECKING:
    from kiosk.domain.model import Post

needs_recordings = pytest.mark.skipif(
    not (SHARED / "bluesky").is_dir(), reason="needs the recordings of Bluesky, which are not part of the project"
)
INTEROP = SHARED / "bluesky" / "interop-test-files" / "syntax"


def post(held: dict[str, Any]) -> Post:
    viewed = read_view(json.dumps(held).encode())
    assert viewed.found is not None
    return viewed.found.post


def carried(said: dict[str, Any], *tags: str) -> bool:
    return carries(read_record(json.dumps(said).encode()), frozenset(map(same_tag, tags)))


def label(value: str) -> dict[str, str]:
    return {"src": "did:plc:mod", "uri": "at://x", "val": value, "cts": "2026-11-23T18:00:00Z"}


def test_a_view_becomes_a_post():
    held = view(1, record("Grüße an den #hall\u202e", langs=["de", "en"]))
    made = post(held)
    assert (made.uri, made.text, made.language, made.tags) == (held["uri"], "Grüße an den #hall", "de", ("hall",))
    assert made.created_at == datetime(2026, 11, 23, 18, tzinfo=UTC)
    assert made.url == "https://bsky.app/profile/ada.test/post/1"
    assert (made.sensitive, made.warning, made.remarks, made.edited_at) == (False, "", (), None)


def test_an_author_without_a_valid_handle_is_reached_by_the_did():
    held = view(1)
    held["author"]["handle"] = "handle.invalid"
    assert post(held).url == "https://bsky.app/profile/did:plc:ada/post/1"


@pytest.mark.parametrize("value", ["!hide", "!takedown", "!no-unauthenticated"])
def test_a_post_that_is_kept_from_public_screens_is_not_taken(value):
    held = view(1)
    author = held["author"] | {"labels": [label(value)]}
    for changed in (held | {"labels": [label(value)]}, held | {"author": author}):
        assert read_view(json.dumps(changed).encode()).found is None


def test_what_is_labelled_is_sensitive_and_says_why():
    held = view(1, record(labels={"$type": "com.atproto.label.defs#selfLabels", "values": [{"val": "nudity"}]}))
    held["author"]["labels"] = [label("spam")]
    held["labels"] = [label("graphic-media"), label("odd")]
    made = post(held)
    assert made.sensitive
    assert made.warning == "Nudity; Disturbing pictures; Spam"
    assert made.remarks == ("Labelled “odd” on Bluesky.",)


def test_a_newer_record_stands_over_the_view_it_was_heard_of_with():
    held = view(1)
    newer = {held["uri"]: Newer("cid-2", json.dumps(record("New words")).encode(), "cid-1")}
    viewed = read_view(json.dumps(held).encode(), newer)
    assert viewed.cid == "cid-1"
    assert viewed.found is not None
    assert viewed.found.post.text == "New words"
    caught_up = read_view(json.dumps(held | {"cid": "cid-2"}).encode(), newer)
    assert caught_up.found is not None
    assert caught_up.found.post.text == "Hello to the #hall"


def test_pictures_of_a_newer_record_are_not_shown_before_bluesky_shows_them():
    images = {"$type": "app.bsky.embed.images#view", "images": [{"fullsize": "https://cdn.example/1", "alt": ""}]}
    held = view(1, record(embed={"$type": "app.bsky.embed.images", "images": [{"image": 1}]}), embed=images)
    same = json.dumps(record("New words", embed={"images": [{"image": 1}], "$type": "app.bsky.embed.images"})).encode()
    other = json.dumps(record("New words", embed={"$type": "app.bsky.embed.images", "images": [{"image": 2}]})).encode()
    kept = read_view(json.dumps(held).encode(), {held["uri"]: Newer("c", same, "cid-1")})
    left = read_view(json.dumps(held).encode(), {held["uri"]: Newer("c", other, "cid-1")})
    assert kept.found is not None
    assert left.found is not None
    assert [each.url for each in kept.found.post.attachments] == ["https://cdn.example/1"]
    assert left.found.post.attachments == ()
    assert "not shown before Bluesky" in left.found.post.remarks[0]


@pytest.mark.parametrize("tag", ["hall", "HALL", "#Hall", "\uff28all", " hall "])
def test_a_tag_is_found_in_facets_whatever_its_case_and_width(tag):
    assert carried(record("Hello #hall", "hall"), tag)


def test_a_tag_is_found_beside_the_text():
    assert carried(record("Hello", "Hall"), "hall")


@pytest.mark.parametrize("text", ["Grüße 🎉 #größe", "#größe", "👩‍💻👩‍💻 #größe!"])
def test_a_facet_without_a_tag_marks_bytes_of_utf8(text):
    start = len(text[: text.index("#")].encode())
    facet = {
        "index": {"byteStart": start, "byteEnd": start + len("#größe".encode())},
        "features": [{"$type": "app.bsky.richtext.facet#tag"}],
    }
    assert carried(record(text, facets=[facet]), "GRÖSSE")
    assert not carried(record(text, facets=[facet]), "gr")


@pytest.mark.parametrize(
    "index", [{"byteStart": 0, "byteEnd": 999}, {"byteStart": 9, "byteEnd": 2}, {"byteStart": 3, "byteEnd": 9}, None]
)
def test_a_facet_that_marks_nothing_is_no_tag_and_loses_only_itself(index):
    text = "üü #hall"
    bad = {"index": index, "features": [{"$type": "app.bsky.richtext.facet#tag"}]}
    good = record(text)["facets"]
    assert not carried(record(text, facets=[bad]), "hall")
    assert carried(record(text, facets=[bad, "?", {"features": 1}, *good]), "hall")


def test_a_word_with_a_hash_alone_is_no_tag():
    assert not carried(record("Hello #hall", facets=[]), "hall")
    assert not carried(record("Hello #hallway", "hallway"), "hall")


def test_other_facets_are_no_tags():
    facet = {"features": [{"$type": "app.bsky.richtext.facet#link", "uri": "https://hall", "tag": "hall"}]}
    assert not carried(record(facets=[facet]), "hall")


def test_a_post_was_made_when_its_author_says_but_not_later_than_it_was_seen():
    early, late = "2026-11-23T18:00:00Z", "2026-11-23T19:00:00.123Z"
    assert created(early, late) == created(late, early) == moment(early)
    assert created("2026-11-23T18:00:00", late) == created("?", late) == moment(late)
    assert created(late, "") == moment(late)
    with pytest.raises(ValueError, match="no time"):
        created("", "yesterday")


@pytest.mark.parametrize(
    "changes",
    [
        {"uri": f"at://did:plc:bob/{POSTS}/1"},
        {"uri": "at://did:plc:ada/app.bsky.feed.like/1"},
        {"uri": ""},
        {"uri": f"at://did:plc:ada/{POSTS}/" + "1" * 600},
        {"record": {"$type": "app.bsky.feed.like", "text": ""}},
        {"record": {"$type": POSTS}},
        {"record": 1},
        {"author": {"did": "did:plc:ada", "handle": ""}},
        {"indexedAt": "?", "record": {"$type": POSTS, "text": "x"}},
        {"embed": {"$type": "app.bsky.embed.images#view", "images": 1}},
    ],
)
def test_what_is_no_post_raises_what_is_foreseen(changes):
    with pytest.raises(FAULTS):
        read_view(json.dumps(view(1) | changes).encode())


def test_an_address_is_made_of_a_did_and_a_key():
    assert address("did:plc:ada", "3k") == f"at://did:plc:ada/{POSTS}/3k"
    assert is_address(f"at://did:web:ada.example:8080/{POSTS}/self~1")
    for did, key in (("ada.test", "3k"), ("did:plc:ada", "a/b"), ("did:plc:ada", ""), ("did:plc:a da", "3k")):
        assert address(did, key) == ""


SEED = view(
    1,
    record("Hello #hall", langs=["en"], labels={"values": [{"val": "nudity"}]}),
    embed={
        "$type": "app.bsky.embed.recordWithMedia#view",
        "media": {
            "$type": "app.bsky.embed.images#view",
            "images": [{"fullsize": "https://cdn.example/1", "alt": "x"}],
        },
        "record": {"record": {"$type": "app.bsky.embed.record#viewRecord", **view(2), "value": record()}},
    },
    labels=[label("porn")],
)


def read_mangled(changes: Any, cuts: Any) -> None:
    try:
        viewed = read_view(mangled(SEED, changes, cuts))
    except FAULTS:
        return
    assert viewed.found is None or viewed.found.post.created_at.tzinfo is UTC


@often(300)
@given(changes=CHANGES, cuts=CUTS)
def test_views_that_no_server_sends_raise_only_what_is_foreseen(changes, cuts):
    read_mangled(changes, cuts)


@pytest.mark.campaign
@often(10_000)
@given(changes=CHANGES, cuts=CUTS)
def test_ten_thousand_such_views_do(changes, cuts):
    read_mangled(changes, cuts)


@needs_recordings
def test_every_recorded_post_is_read_or_kept_from_the_wall_for_its_label():
    yaml = pytest.importorskip("yaml")
    taken = hidden = 0
    for name in ("f_search", "f_feedfeed", "f_getquotes"):
        cassette = yaml.safe_load((SHARED / "bluesky" / "bskyr" / f"{name}.yml").read_text("utf-8"))
        for exchange in cassette["http_interactions"]:
            body = json.loads(exchange["response"]["body"]["string"])
            for held in body.get("posts") or [item["post"] for item in body["feed"]]:
                viewed = read_view(json.dumps(held).encode())
                refused = any(each["val"] == "!no-unauthenticated" for each in held["author"]["labels"])
                assert (viewed.found is None) == refused
                taken, hidden = taken + (not refused), hidden + refused
    assert (taken, hidden) == (30, 4)


@needs_recordings
def test_the_post_captured_from_the_real_appview_is_read_whole():
    captured = json.loads((SHARED / "captured" / "bsky_devenv_searchPosts.json").read_text("utf-8"))
    made = post(captured["posts"][0])
    assert (made.author.handle, made.tags, made.attachments[0].alt) == (
        "@alice.test",
        ("hiddentag", "PyConTest"),
        "mandelbrot",
    )
    assert carried(captured["posts"][0]["record"], "pycontest")


@needs_recordings
@pytest.mark.parametrize(
    "line", (INTEROP / "aturi_syntax_valid.txt").read_text("utf-8").splitlines() if INTEROP.is_dir() else []
)
def test_addresses_of_other_things_are_no_posts(line):
    if not line.startswith("at://did:plc:asdf123/app.bsky.feed.post/"):
        assert not is_address(line.strip())


@needs_recordings
def test_every_valid_time_of_the_conformance_vectors_is_read_and_has_its_zone():
    for line in (INTEROP / "datetime_syntax_valid.txt").read_text("utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            read = moment(line.strip())
            assert read is not None, line
            assert read.tzinfo is UTC
    assert moment("1985-04-12T23:20:50.123") is None


def test_the_house_has_one_name_for_the_collection():
    assert bluesky_records.POSTS == POSTS
