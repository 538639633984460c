from __future__ import annotations

import json
import random
from typing import Any

import msgspec
import pytest
from factories import EVENING

from kiosk.domain.model import Kind
from kiosk.sources.meta.graph import FAULTS
from kiosk.sources.meta.threads_posts import read_thread

WHOLE = {
    "id": "18051623968282460",
    "text": "Good evening",
    "media_type": "CAROUSEL_ALBUM",
    "permalink": "https://www.threads.com/@ada/post/C1",
    "timestamp": "2026-11-23T18:00:00+0000",
    "username": "ada",
    "is_quote_post": False,
    "topic_tag": "tweetup",
    "is_spoiler_media": False,
    "children": {
        "data": [
            {"media_type": "IMAGE", "media_url": "https://x.example/1.jpg", "alt_text": "The hall"},
            {"media_type": "VIDEO", "media_url": "https://x.example/2.mp4", "thumbnail_url": "https://x.example/2.jpg"},
        ]
    },
}


def read(**changes: Any):
    return read_thread(json.dumps(WHOLE | changes).encode())


def test_a_media_object_becomes_a_post():
    item = read()
    post = item.post
    assert (post.uri, item.local_id) == ("threads:18051623968282460", "18051623968282460")
    assert (post.author.handle, post.author.name, post.text) == ("@ada@threads.net", "ada", "Good evening")
    assert (post.created_at, post.tags, post.sensitive, post.remarks) == (EVENING, ("tweetup",), False, ())
    assert [(each.kind, each.url, each.alt) for each in post.attachments] == [
        (Kind.PHOTO, "https://x.example/1.jpg", "The hall"),
        (Kind.VIDEO, "https://x.example/2.jpg", ""),
    ]


def test_a_single_photo_stands_in_the_post_itself():
    post = read(media_type="IMAGE", media_url="https://x.example/1.jpg", alt_text="Alt", children=None).post
    assert [(each.url, each.alt) for each in post.attachments] == [("https://x.example/1.jpg", "Alt")]
    assert read(media_type="TEXT_POST", children=None).post.attachments == ()


def test_a_repost_is_no_post():
    assert read(media_type="REPOST_FACADE") is None


def test_spoilers_are_sensitive_and_quotes_are_remarked():
    post = read(is_spoiler_media=True, is_quote_post=True).post
    assert post.sensitive
    assert post.remarks == ("It quotes another post, which is not shown here.",)


@pytest.mark.parametrize(
    "changes",
    [
        {"id": ""},
        {"id": "a/b"},
        {"id": None},
        {"username": ""},
        {"username": 7},
        {"timestamp": "2026-11-23T18:00:00"},
        {"timestamp": ""},
        {"children": []},
    ],
)
def test_what_cannot_be_a_post_says_so(changes):
    with pytest.raises(FAULTS):
        read(**changes)


@pytest.mark.parametrize(
    "payloads", [pytest.param(2_000), pytest.param(10_000, marks=[pytest.mark.campaign, pytest.mark.timeout(600)])]
)
def test_no_payload_breaks_the_reader(payloads):
    chance = random.Random(payloads)
    whole = json.dumps(WHOLE).encode()
    odd = [None, 7, -1.5, "", "\ud800", [], {}, True, "9" * 5_000, {"data": [None]}, "0001-01-01T00:00:00+2359"]
    read_well = 0
    for number in range(payloads):
        if number % 2:
            body = json.dumps(WHOLE | {chance.choice(list(WHOLE)): chance.choice(odd)}).encode()
        else:
            broken = bytearray(whole)
            for _ in range(chance.randint(1, 5)):
                broken[chance.randrange(len(broken))] = chance.randrange(256)
            body = bytes(broken)
        try:
            read_well += read_thread(msgspec.Raw(body)) is not None
        except FAULTS:
            continue
    assert read_well > payloads // 10
