from __future__ import annotations

import json
import random
from typing import Any

import msgspec
import pytest
from factories import EVENING

from kiosk.domain.model import Kind
from kiosk.sources.meta.graph import FAULTS
from kiosk.sources.meta.instagram_media import AUTHOR, read_media

WHOLE = {
    "id": "17895695668004550",
    "caption": "The hall #tweetup",
    "media_type": "CAROUSEL_ALBUM",
    "permalink": "https://www.instagram.com/p/C1/",
    "timestamp": "2026-11-23T18:00:00+0000",
    "children": {
        "data": [
            {"id": "1", "media_type": "IMAGE", "media_url": "https://scontent.example/1.jpg"},
            {"id": "2", "media_type": "VIDEO", "media_url": "https://scontent.example/2.mp4"},
        ]
    },
}


def read(**changes: Any):
    return read_media(json.dumps(WHOLE | changes).encode())


def test_a_media_object_becomes_a_post_without_an_author():
    item = read()
    post = item.post
    assert (post.uri, item.local_id, post.author) == ("instagram:17895695668004550", "17895695668004550", AUTHOR)
    assert (post.text, post.created_at, post.url) == ("The hall #tweetup", EVENING, "https://www.instagram.com/p/C1/")
    assert [(each.kind, each.url) for each in post.attachments] == [
        (Kind.PHOTO, "https://scontent.example/1.jpg"),
        (Kind.OTHER, ""),
    ]
    assert post.remarks == (
        "Instagram does not tell who posted this; its page does.",
        "It holds a video, which cannot be shown.",
    )


def test_a_photo_whose_address_is_withheld_is_known_to_be_there():
    post = read(media_type="IMAGE", children=None).post
    assert [(each.kind, each.url) for each in post.attachments] == [(Kind.PHOTO, "")]


@pytest.mark.parametrize(
    "changes", [{"id": ""}, {"id": "a/b"}, {"timestamp": "2026-11-23T18:00:00"}, {"timestamp": None}, {"children": 1}]
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
            read_well += read_media(msgspec.Raw(body)) is not None
        except FAULTS:
            continue
    assert read_well > payloads // 10
