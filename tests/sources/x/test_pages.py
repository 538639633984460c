from __future__ import annotations

import json
import random
from typing import Any

import pytest
from recordings import SHARED

from kiosk.domain.errors import BadPayload, Portal, SourceError
from kiosk.sources.x.pages import read_page, table_of

TWITTER = SHARED / "twitter"
needs_recordings = pytest.mark.skipif(
    not TWITTER.is_dir(), reason="needs the recordings of X, which are no part of this"
)


def cassettes() -> list[bytes]:
    """The bodies of recorded answers of the API's version 2."""
    yaml = pytest.importorskip("yaml")
    found: list[bytes] = []
    for path in sorted((TWITTER / "tweepy").glob("*.yaml")):
        for exchange in yaml.safe_load(path.read_text("utf-8"))["interactions"]:
            body = exchange["response"]["body"]["string"]
            found.append(_unpacked(body) if body[:2] == b"\x1f\x8b" else body)
    return found


def _unpacked(body: bytes) -> bytes:
    import gzip  # noqa: PLC0415  # only recordings are packed

    return gzip.decompress(body)


def with_authors(body: bytes) -> bytes:
    """A recorded answer, with the author that was not asked for when it was recorded."""
    value = json.loads(body)
    value["data"] = [{"author_id": "7", **post} for post in value["data"]]
    value["includes"] = {"users": [{"id": post["author_id"], "username": "ada"} for post in value["data"]]}
    return json.dumps(value).encode()


def page(*posts: Any, **more: Any) -> bytes:
    return json.dumps({"data": posts, "includes": {"users": [{"id": "7", "username": "ada"}]}, **more}).encode()


def one(identity: str, **said: Any) -> dict[str, Any]:
    return {"id": identity, "text": f"Post {identity}", "author_id": "7", "created_at": "2026-11-23T18:00:00Z", **said}


@needs_recordings
def test_every_recorded_answer_is_read():
    bodies = cassettes()
    assert len(bodies) == 4
    for body in bodies:
        read = read_page(with_authors(body))
        reposts = [post for post in json.loads(body)["data"] if post["text"].startswith("RT @")]
        assert read.bad == ()
        assert len(read.found) == len(json.loads(body)["data"]) - len(reposts) > 0
        assert read.newest == max((post["id"] for post in json.loads(body)["data"]), key=int)
        assert read.next == json.loads(body).get("meta", {}).get("next_token", "")


@needs_recordings
def test_five_hundred_recorded_posts_are_shown_without_their_short_links():
    posts = json.loads((TWITTER / "reuters" / "data_1219780709600124929.json").read_text("utf-8"))
    read = read_page(with_authors(json.dumps({"data": posts}).encode()))
    assert (len(read.found), read.bad) == (500, ())
    assert not [item.post.text for item in read.found if "pic.twitter.com" in item.post.text]
    assert sum("https://t.co/" in item.post.text for item in read.found) == 0


@needs_recordings
def test_what_is_no_answer_of_version_two_is_read_as_nothing_or_refused():
    for path in (
        TWITTER / "twitter.json",
        TWITTER / "twitter_api_response.json",
        TWITTER / "rtweet" / "search_tweets.json",
    ):
        try:
            assert read_page(path.read_bytes()).found == ()
        except BadPayload:
            continue


def _said(body: bytes) -> tuple[str, ...]:
    try:
        return read_page(body).bad
    except SourceError as error:
        return (str(error),)


def test_ten_thousand_damaged_answers_are_read_or_refused_in_a_sentence():
    chance = random.Random(5)
    whole = [
        page(one("1", entities={"urls": [{"url": "https://t.co/a"}], "hashtags": [{"tag": "x"}]}), one("2"), meta={}),
        page(one("3", referenced_tweets=[{"type": "quoted", "id": "1"}], attachments={"media_keys": ["3_1"]})),
        json.dumps({"errors": [{"title": "x", "type": "https://api.x.com/2/problems/x", "resource_id": "1"}]}).encode(),
    ]
    values = ["null", "[]", "{}", "1e999", '"\\ud800"', "true", '"x"', "-1", "[[[[[]]]]]", '"' + "9" * 30 + '"']
    for number in range(10_000):
        body = bytearray(whole[number % len(whole)])
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(len(body) + 1)
            end = at + chance.randint(0, 30)
            body[at:end] = chance.choice([b"", bytes([chance.randrange(256)]), chance.choice(values).encode()])
        assert all(sentence.endswith((".", "?")) for sentence in _said(bytes(body)))


def test_values_of_every_kind_in_every_place_lose_only_their_own_post():
    names = [
        "id",
        "text",
        "author_id",
        "created_at",
        "edit_history_tweet_ids",
        "lang",
        "referenced_tweets",
        "attachments",
    ]
    names += ["entities", "note_tweet", "withheld", "possibly_sensitive"]
    for name in names:
        for value in (None, [], {}, 1, "x", [1], [{}], {"urls": 1}, {"urls": [{"url": 1}]}, "2026", 10**30):
            read = read_page(page(one("1"), one("2", **{name: value})))
            assert "1" in {item.local_id for item in read.found}


def test_a_page_is_in_order_once_each_in_the_newest_version():
    read = read_page(
        page(one("3", edit_history_tweet_ids=["1", "3"]), one("2"), one("1", edit_history_tweet_ids=["1", "3"]))
    )
    assert sorted((item.post.uri, item.local_id) for item in read.found) == [
        ("https://x.com/i/status/1", "3"),
        ("https://x.com/i/status/2", "2"),
    ]
    assert read.found[0].post.created_at <= read.found[1].post.created_at
    assert read.outdated == ()


def test_an_older_version_alone_is_not_shown_but_named():
    read = read_page(page(one("1", edit_history_tweet_ids=["1", "3"])))
    assert (read.found, read.outdated, read.newest) == ((), ("3",), "1")


@pytest.mark.parametrize("token", ["\ud800", "b26v\n", "ä", "x" * 2_000, 7, None])
def test_a_token_that_could_not_be_kept_is_none(token):
    read = read_page(json.dumps({"meta": {"next_token": token}}).encode())
    assert read.next == (token if token == "b26v\n" else "")  # noqa: S105  # a place in a list


def test_everything_in_an_answer_is_paid_for():
    includes = {
        "users": [{"id": "7", "username": "ada"}, {"id": "8", "username": "bob"}],
        "tweets": [{"id": "9", "author_id": "8"}],
        "media": [{"media_key": "3_1", "type": "photo"}],
        "polls": [{"id": "5"}],
    }
    read = read_page(page(one("1"), {"id": 5}, {"id": "x"}, includes=includes))
    assert sorted(read.read) == ["l5", "m3_1", "p", "p1", "p9", "px", "u7", "u8"]


def test_a_single_post_and_none_are_pages_too():
    assert len(read_page(json.dumps(json.loads(page(one("1"))) | {"data": one("1")})).found) == 1
    assert read_page(b'{"meta": {"result_count": 0}}').found == ()


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b" <html>", Portal),
        ("<p>", Portal),
        (b"{", BadPayload),
        (b"[]", BadPayload),
        (b"\xff", BadPayload),
        (b"[" * 100_000, BadPayload),
    ],
)
def test_what_is_no_answer_is_refused(body, kind):
    with pytest.raises(BadPayload) as caught:
        table_of(body)
    assert type(caught.value) is kind


def test_what_is_paid_for_has_names_that_a_cursor_can_hold():
    body = b'{"data": [{"id": "\\ud800"}], "includes": {"users": [{"id": "\\ud800", "username": "a", "name": "b"}]}}'
    assert read_page(body).read == ("p?", "u?")
