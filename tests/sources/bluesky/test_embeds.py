from __future__ import annotations

import json
from typing import Any

import pytest
from servers.appview import view

from kiosk.domain.model import Attachment, Author, Card, Kind, Quote
from kiosk.sources.bluesky.embeds import MOST_PICTURES, Embedded, embedded
from kiosk.sources.bluesky.records import FAULTS

CDN = "https://cdn.example"


def read(kind: str, **fields: Any) -> Embedded:
    return embedded(json.dumps({"$type": f"app.bsky.embed.{kind}", **fields}).encode())


def quoted(**changes: Any) -> dict[str, Any]:
    held = view(7)
    return {
        "$type": "app.bsky.embed.record#viewRecord",
        "uri": held["uri"],
        "author": held["author"],
        "value": held["record"],
        "labels": [],
    } | changes


def test_pictures_come_with_their_words():
    images = [
        {"fullsize": f"{CDN}/1", "thumb": f"{CDN}/t", "alt": "a \u202ewall", "aspectRatio": {"width": 3, "height": 2}},
        {"thumb": f"{CDN}/2", "alt": ""},
    ]
    assert read("images#view", images=images).attachments == (
        Attachment(Kind.PHOTO, f"{CDN}/1", "a wall"),
        Attachment(Kind.PHOTO, f"{CDN}/2"),
    )


def test_a_gallery_is_many_pictures_up_to_its_limit():
    item = {"$type": "app.bsky.embed.gallery#viewImage", "thumbnail": f"{CDN}/t", "fullsize": f"{CDN}/f", "alt": "x"}
    attachments = read("gallery#view", items=[item] * 50).attachments
    assert attachments == (Attachment(Kind.PHOTO, f"{CDN}/f", "x"),) * MOST_PICTURES


def test_of_a_video_the_still_is_kept():
    video = read("video#view", cid="c", playlist=f"{CDN}/v.m3u8", thumbnail=f"{CDN}/v.jpg", alt="a dance")
    assert video.attachments == (Attachment(Kind.VIDEO, f"{CDN}/v.jpg", "a dance"),)
    assert read("video#view", cid="c", playlist=f"{CDN}/v.m3u8").attachments == (Attachment(Kind.VIDEO, ""),)


def test_a_link_is_a_card():
    external = {"uri": "https://www.example.com/a", "title": "A\ntitle", "description": "Words", "thumb": f"{CDN}/c"}
    assert read("external#view", external=external).card == Card(
        "https://www.example.com/a", "A title", "Words", "example.com", f"{CDN}/c"
    )


@pytest.mark.parametrize(
    "changes", [{"uri": "javascript:alert(1)"}, {"labels": [{"val": "porn"}]}, {"labels": [{"val": "!hide"}]}]
)
def test_a_link_that_may_not_be_shown_is_no_card(changes):
    external = {"uri": "https://example.com", "title": "t", "description": "d"} | changes
    assert read("external#view", external=external) == Embedded()


def test_a_quoted_post_comes_with_its_author():
    quote = read("record#view", record=quoted()).quote
    assert quote == Quote(
        Author("@ada.test", "Ada"), "Hello to the #hall", "https://bsky.app/profile/did:plc:ada/post/7"
    )


@pytest.mark.parametrize("kind", ["viewNotFound", "viewBlocked", "viewDetached"])
def test_a_quoted_post_that_is_gone_blocked_or_detached_is_not_shown_and_the_desk_knows(kind):
    inside = read("record#view", record={"$type": f"app.bsky.embed.record#{kind}", "uri": "at://x"})
    assert inside.quote is None
    assert inside.remarks == ("It quotes a post that is gone, blocked or detached.",)


@pytest.mark.parametrize("value", ["!no-unauthenticated", "!hide", "porn", "graphic-media"])
def test_a_quoted_post_with_a_label_is_not_shown_and_the_desk_knows(value):
    label = {"src": "did:plc:mod", "uri": "at://x", "val": value, "cts": "2026-11-23T18:00:00Z"}
    author = view(7)["author"] | {"labels": [label]}
    for changes in ({"labels": [label]}, {"author": author}):
        inside = read("record#view", record=quoted(**changes))
        assert (inside.quote, inside.remarks) == (None, ("It quotes a post that may not be shown here.",))


def test_feeds_lists_and_starter_packs_are_no_quotes():
    for record in (
        {"$type": "app.bsky.feed.defs#generatorView", "uri": "at://x"},
        {"$type": "app.bsky.graph.defs#starterPackViewBasic", "uri": "at://x"},
        quoted(value={"$type": "app.bsky.feed.like"}),
        {},
    ):
        assert read("record#view", record=record) == Embedded()


def test_pictures_and_a_quoted_post_stand_together():
    media = {"$type": "app.bsky.embed.images#view", "images": [{"fullsize": f"{CDN}/1", "alt": "x"}]}
    inside = read("recordWithMedia#view", media=media, record={"record": quoted()})
    assert len(inside.attachments) == 1
    assert inside.quote is not None


@pytest.mark.parametrize("raw", [b"null", b"{}", b'{"$type": "app.bsky.embed.hologram#view", "depth": 3}'])
def test_what_is_of_no_known_kind_is_left_out(raw):
    assert embedded(raw) == Embedded()


@pytest.mark.parametrize(
    "raw",
    [
        b'{"$type": "app.bsky.embed.images#view", "images": 3}',
        b'{"$type": "app.bsky.embed.external#view"}',
        b'{"$type": "app.bsky.embed.record#view", "record": "\xff"}',
        b'{"$type": "app.bsky.embed.recordWithMedia#view", "media": ' + b"[" * 100_000,
    ],
)
def test_what_is_broken_raises_what_is_foreseen(raw):
    with pytest.raises(FAULTS):
        embedded(raw)
