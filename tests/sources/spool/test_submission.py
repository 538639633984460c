from __future__ import annotations

import json
import random

import pytest

from kiosk.sources.spool.submission import Picture, post_of, read_submission

GIVEN = {
    "version": 1,
    "id": "page-1",
    "author": {"name": "Ada Lovelace", "handle": "@ada"},
    "text": "Hello\nhall",
    "created_at": "2026-11-24T19:00:00+01:00",
    "tags": ["#hall", "", "two words"],
    "language": "en",
    "photos": [{"file": "1.jpg", "alt": "A robot", "focus": [0.5, 0.25]}],
}


def read(**changes: object):
    return read_submission(json.dumps(GIVEN | changes).encode())


def test_everything_that_was_said_is_read():
    post = post_of(read(), ("source:x/1",), spool="my spool", host="spool", written=0)
    assert post.uri == "spool:my%20spool:page-1"
    assert (post.author.handle, post.author.name) == ("@ada@spool", "Ada Lovelace")
    assert post.created_at.isoformat() == "2026-11-24T18:00:00+00:00"
    assert post.tags == ("hall", "two words")
    assert (post.attachments[0].alt, post.attachments[0].focus) == ("A robot", (0.5, 0.25))


def test_the_least_that_can_be_said_is_enough():
    given = read_submission(b'{"version":1,"id":"1","author":{"name":"Ada"},"text":"x"}')
    post = post_of(given, (), spool="s", host="spool", written=1_795_000_000)
    assert (post.author.handle, post.created_at.year) == ("@Ada@spool", 2026)


def test_foreign_text_is_cleaned():
    given = read(
        text="a\u202eb\x00c",
        author={"name": "A\nB", "handle": "x\n@y z"},
        photos=[{"file": "1.jpg", "alt": "c\x07"}],
        language="en\n" + "x" * 99,
    )
    post = post_of(given, ("u",), spool="s", host="spool", written=0)
    assert (post.text, post.author.name, post.author.handle) == ("abc", "A B", "@x.yz@spool")
    assert post.attachments[0].alt == "c"
    assert len(post.language) <= 16


def test_a_time_to_come_is_now():
    post = post_of(read(created_at="2999-01-01T00:00:00Z"), ("u",), spool="s", host="", written=0)
    assert post.created_at.year < 2999


@pytest.mark.parametrize("file", ["", ".", "..", "../x.jpg", "/etc/passwd", "in/x.jpg", "a\0.jpg", ".hidden.jpg"])
def test_a_photo_is_a_plain_file_in_its_folder(file):
    with pytest.raises(ValueError, match="is no file in its folder"):
        read(photos=[{"file": file}])


@pytest.mark.parametrize("file", ["1.jpg", "a b.jpg", "ü.jpg", "a\\b.jpg", "-rf"])
def test_any_plain_name_will_do(file):
    assert read(photos=[{"file": file}]).photos == (Picture(file),)


@pytest.mark.parametrize("identity", ["", "-x", ".x", "a/b", "a=b", "ü", "x" * 101, "a b", "a\n", 5])
def test_an_id_is_made_of_plain_characters(identity):
    with pytest.raises(ValueError, match="is wrong: "):
        read(id=identity)
    with pytest.raises(ValueError, match="is wrong: "):
        read_submission(json.dumps({"version": 1, "withdraw": identity}).encode())


def test_a_wish_to_take_back_needs_no_more():
    assert read_submission(b'{"version": 1, "withdraw": "page-1"}').withdraw == "page-1"


def test_ten_thousand_mutated_documents_bring_nothing_else():
    random.seed(7)
    whole = json.dumps(GIVEN).encode()
    for _ in range(10_000):
        torn = bytearray(whole)
        for _ in range(random.randrange(1, 6)):
            torn[random.randrange(len(torn))] = random.randrange(256)
        try:
            given = read_submission(bytes(torn))
        except ValueError:
            continue
        if not given.withdraw:
            addresses = tuple(photo.file for photo in given.photos)
            assert post_of(given, addresses, spool="s", host="spool", written=0).author.handle.endswith("@spool")
