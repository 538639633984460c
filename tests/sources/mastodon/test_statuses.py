from __future__ import annotations

import json
from collections import Counter
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest
from factories import MET, at
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from recordings import bodies, needs_recordings, recorded_statuses, recordings

from kiosk.domain.errors import BadPayload, Portal
from kiosk.domain.events import PostReceived, decode, encode
from kiosk.domain.model import Attachment, Kind, Post
from kiosk.sources.hashtags import carries, same_tag
from kiosk.sources.mastodon.statuses import MOST_PICTURES, read_page, read_status

SERVER = "example.social"

FULL: dict[str, Any] = {
    "id": "117020593741189701",
    "uri": "https://home.example/users/ada/statuses/7",
    "url": "https://home.example/@ada/7",
    "created_at": "2026-11-23T18:00:00.000Z",
    "edited_at": "2026-11-23T18:05:00.000Z",
    "visibility": "public",
    "sensitive": True,
    "spoiler_text": "A <cake>",
    "language": "en",
    "reblog": None,
    "content": '<p>Tea &amp; <a href="https://home.example/tags/Hall">#<span>Hall</span></a></p><p>at five</p>',
    "account": {
        "acct": "ada@home.example",
        "display_name": "Ada\u202e Lovelace",
        "url": "https://home.example/@ada",
        "avatar": "https://files.example/moving.gif",
        "avatar_static": "https://files.example/still.png",
        "bot": True,
    },
    "tags": [{"name": "Hall", "url": "https://home.example/tags/Hall"}],
    "media_attachments": [
        {
            "type": "image",
            "url": "https://files.example/1.jpg",
            "preview_url": "https://files.example/1-small.jpg",
            "description": "A teapot",
            "meta": {"focus": {"x": -1, "y": 0.5}},
        },
        {"type": "video", "url": "https://files.example/2.mp4", "preview_url": "https://files.example/2.jpg"},
        {"type": "audio", "url": "https://files.example/3.ogg", "preview_url": None},
    ],
    "card": {"url": "https://elsewhere.example/1", "title": "Elsewhere", "image": "https://files.example/card.png"},
    "poll": {"options": [{"title": "Tea"}, {"title": "Cake :cake:"}], "emojis": []},
    "emojis": [{"shortcode": "cake", "url": "https://f.example/c.gif", "static_url": "https://f.example/c.png"}],
    "quote": {
        "state": "accepted",
        "quoted_status": {
            "url": "https://home.example/@grace/6",
            "visibility": "public",
            "content": "<p>Tea?</p>",
            "account": {"acct": "grace", "url": "https://home.example/@grace"},
        },
    },
}
LEAST: dict[str, Any] = {
    "id": 1,
    "uri": "https://old.example/1",
    "created_at": "2017-04-06T16:55:02+02:00",
    "account": {"acct": "grace"},
}


def page(*items: Any) -> tuple[list[Any], list[str], list[str]]:
    return read_page(json.dumps(items).encode(), SERVER)


def only(**changes: Any) -> Post:
    (item,), bad, _ = page(FULL | changes)
    assert bad == []
    return item.post


def test_a_status_becomes_a_post_with_all_that_the_wall_needs():
    (item,), bad, ids = page(FULL)
    assert (bad, ids, item.local_id) == ([], [FULL["id"]], FULL["id"])
    read = item.post
    assert read.uri == FULL["uri"]
    assert read.text == "Tea & #Hall\n\nat five"
    assert (read.author.handle, read.author.name) == ("@ada@home.example", "Ada Lovelace")
    assert (read.author.avatar, read.author.bot) == ("https://files.example/still.png", True)
    assert (read.sensitive, read.warning, read.language, read.tags) == (True, "A <cake>", "en", ("Hall",))
    assert read.edited_at == datetime(2026, 11, 23, 18, 5, tzinfo=UTC)
    assert read.attachments == (
        Attachment(Kind.PHOTO, "https://files.example/1.jpg", "A teapot", (0.0, 0.25)),
        Attachment(Kind.VIDEO, "https://files.example/2.jpg"),
        Attachment(Kind.OTHER, "https://files.example/3.ogg"),
    )


def test_the_oldest_servers_say_no_more_than_this_and_it_is_enough():
    (item,), bad, ids = page(LEAST)
    assert (bad, ids) == ([], ["1"])
    assert item.post.author.handle == f"@grace@{SERVER}"
    assert item.post.author.name == "grace"
    assert item.post.created_at.isoformat() == "2017-04-06T14:55:02+00:00", "times are kept in UTC"


def test_an_author_of_the_server_itself_is_named_by_the_home_of_their_page():
    account = {"acct": "ada", "url": "https://social.home.example/@ada"}
    assert only(account=account).author.handle == "@ada@social.home.example"


def test_a_server_in_the_hall_is_named_without_scheme_and_port():
    (item,), *_ = read_page(json.dumps([LEAST]).encode(), "http://localhost:8103")
    assert item.post.author.handle == "@grace@localhost"


@pytest.mark.parametrize("changes", [{"reblog": FULL}, {"visibility": "private"}, {"visibility": "direct"}])
def test_boosts_and_posts_for_a_few_are_left_out_without_a_word(changes):
    assert page(FULL | changes) == ([], [], [FULL["id"]])
    assert read_status(json.dumps(FULL | changes).encode(), SERVER) is None


@pytest.mark.parametrize("changes", [{"visibility": "unlisted"}, {"visibility": None}, {"visibility": ""}])
def test_posts_for_everybody_are_read(changes):
    assert only(**changes).uri == FULL["uri"]


FAULTS = {
    "no id": {"id": ""},
    "an id that is none": {"id": None},
    "no uri": {"uri": ""},
    "a uri of nothing visible": {"uri": "\u200b\u202e"},
    "an endless uri": {"uri": "https://home.example/" + "x" * 3000},
    "no time": {"created_at": None},
    "a time without a zone": {"created_at": "2026-11-23T18:00:00"},
    "a time before time": {"created_at": "0001-01-01T00:00:00+14:00"},
    "no author": {"account": None},
    "an author without a handle": {"account": {"acct": "@"}},
    "an author at no place": {"account": {"acct": "ada", "url": "https://[home"}},
    "words that are numbers": {"content": 7},
    "tags that are words": {"tags": ["Hall"]},
    "media that is one": {"media_attachments": {"type": "image"}},
}


@pytest.mark.parametrize("changes", FAULTS.values(), ids=FAULTS)
def test_a_bad_item_loses_only_itself_and_is_counted_with_its_reason(changes):
    good = [FULL | {"uri": f"https://home.example/{name}"} for name in "ab"]
    found, bad, _ = page(good[0], FULL | changes, good[1])
    assert [item.post.uri for item in found] == [each["uri"] for each in good]
    assert len(bad) == 1
    assert bad[0].startswith("example.social sent an item that cannot be read: ")
    with pytest.raises(BadPayload):
        read_status(json.dumps(FULL | changes).encode(), SERVER)


@pytest.mark.parametrize("item", ["null", "7", '"text"', "[]", "{}", '{"id": "1"}'])
def test_items_of_another_kind_are_counted_too(item):
    found, bad, ids = read_page(f"[{item},{json.dumps(FULL)}]".encode(), SERVER)
    assert (len(found), len(bad)) == (1, 1)
    assert ids == [*(["1"] if "id" in item else []), FULL["id"]], "an id is kept, for it is paged by"


def test_half_a_letter_loses_only_the_item_that_has_it():
    found, bad, _ = read_page(json.dumps([FULL | {"content": "\ud800"}, LEAST]).encode(), SERVER)
    assert (len(found), len(bad)) == (1, 1)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"{}",
        b'{"error": "no"}',
        b"[{",
        b"\xff\xfe",
        b"[" * 100_000,
        b"[" + b"[" * 5000 + b"]" * 5000 + b"]",
    ],
)
def test_an_answer_that_is_no_page_is_a_bad_payload(body):
    with pytest.raises(BadPayload, match="no list of posts"):
        read_page(body, SERVER)
    with pytest.raises(BadPayload):
        read_status(body, SERVER)


def test_a_log_in_page_is_called_by_its_name():
    with pytest.raises(Portal, match="log-in page"):
        read_page(b"\n <!DOCTYPE html><title>Welcome to the hotel</title>", SERVER)


def test_pictures_and_tags_are_capped():
    read = only(media_attachments=FULL["media_attachments"] * 50, tags=FULL["tags"] * 500)
    assert (len(read.attachments), len(read.tags)) == (MOST_PICTURES, 50)


@pytest.mark.parametrize("address", ["javascript:alert(1)", "file:///etc/passwd", "/relative.png", "", None, 9 * "x"])
def test_only_web_addresses_are_kept(address):
    media = [{"type": "image", "url": address, "preview_url": address}]
    account = FULL["account"] | {"avatar_static": address, "avatar": address}
    read = only(url=address, account=account, media_attachments=media)
    assert (read.url, read.author.avatar, read.attachments[0].url) == ("", "", "")


@pytest.mark.parametrize("meta", [None, [], {"focus": None}, {"focus": {"x": 2, "y": 0}}, {"focus": {"x": "0"}}, 1])
def test_a_focal_point_that_is_none_is_left_out(meta):
    media = [{"type": "image", "url": "https://files.example/1.jpg", "meta": meta}]
    assert only(media_attachments=media).attachments[0].focus is None


HALL = frozenset({same_tag("#Hall")})


def _account_for(body: bytes, counts: Counter[str]) -> None:
    """Feed a body to both readers and count what became of each item; anything but BadPayload escapes."""
    try:
        items = json.loads(body)
        found, bad, _ = read_page(body, SERVER)
    except (ValueError, BadPayload):
        counts["bodies that are no page"] += 1
    else:
        left_out = sum(isinstance(each, dict) and _unwanted(each) for each in items)
        assert len(found) + len(bad) + left_out == len(items), "an item vanished without a reason"
        counts["posts in pages"] += len(found)
        counts["items left out of pages"] += left_out
        counts.update(f"bad item: {sentence.rpartition(': ')[2]}" for sentence in bad)
    try:
        counts["single posts"] += read_status(body, SERVER) is not None
    except BadPayload:
        counts["bodies that are no post"] += 1


def _unwanted(status: dict[str, Any]) -> bool:
    return status.get("reblog") is not None or status.get("visibility") not in (None, "", "public", "unlisted")


@needs_recordings
def test_every_recorded_answer_is_read_or_refused_item_by_item(record_property):
    counts: Counter[str] = Counter()
    for path in [*recordings("mastodon"), *recordings("captured")]:
        for body in bodies(path):
            _account_for(body, counts)
            counts["bodies"] += 1
    for what, number in counts.items():
        record_property(what, number)
    print(*(f"{number:5} {what}" for what, number in counts.most_common()), sep="\n")  # noqa: T201  # pytest -s shows it
    assert counts["posts in pages"] >= 50
    assert counts["single posts"] >= 60
    histories_and_tags = {"Object missing required field `id`", "Object missing required field `uri`"}
    assert {what.removeprefix("bad item: ") for what in counts if what.startswith("bad")} <= histories_and_tags


@needs_recordings
def test_every_recorded_status_of_any_server_and_age_is_a_post(record_property):
    statuses = recorded_statuses()
    found, bad, ids = page(*statuses)
    assert bad == []
    assert len(ids) == len(statuses) > 100
    assert len(found) == sum(not _unwanted(status) for status in statuses)
    record_property("statuses", len(statuses))
    record_property("posts", len(found))
    for item in found:
        assert item.post.text or item.post.attachments or item.post.warning, item.post.uri


@needs_recordings
@pytest.mark.parametrize("server", ["gotosocial", "snac", "takahe"])
def test_other_servers_posts_are_known_by_their_tag(server):
    (path,) = [path for path in recordings("captured") if path.name == f"{server}_tag_timeline.json"]
    (body,) = bodies(path)
    found, bad, _ = read_page(body, server)
    assert bad == []
    assert found
    assert all(carries(item.post, frozenset({"pycontest"})) for item in found)


JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([10**30, 1e308, -0.0, [], {}, [[]], [None], {"focus": 1}, "\ud800", "\0", "https://[", "<p>", "@"]),
    st.text(max_size=20),
    st.sampled_from(["<b>" * 300, "x" * 5000, "\u0301" * 300, "2026-99-01T00:00:00Z", "0001-01-01T00:00:00+23:59"]),
)
STRUCTURAL = st.tuples(st.sampled_from(["replace", "remove", "nest", "repeat", "swap"]), st.integers(0, 1 << 30), JUNK)
BYTES = st.tuples(st.integers(0, 1 << 30), st.integers(0, 40), st.binary(max_size=6))


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Every place in a JSON value that holds another value: container and key."""
    keys = list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
    return [place for key in keys for place in ((value, key), *_places(value[key]))]


def _mutate(root: list[Any], how: str, where: int, junk: Any) -> None:
    places = _places(root)
    if not places:
        return
    holder, key = places[where % len(places)]
    if how == "replace":
        holder[key] = junk
    elif how == "remove":
        del holder[key]
    elif how == "nest":
        holder[key] = [holder[key]] if where % 2 else {"focus": holder[key], "name": junk}
    elif how == "repeat":
        holder[key] = [deepcopy(holder[key]) for _ in range(where % 30)]
    else:
        other, twin = places[(where // 7) % len(places)]
        holder[key] = deepcopy(other[twin])


def _check_survival(base: dict[str, Any], changes: list[Any], cuts: list[Any]) -> None:
    root = [deepcopy(base)]
    for how, where, junk in changes:
        _mutate(root, how, where, deepcopy(junk))
    body = json.dumps(root).encode()
    for where, length, patch in cuts:
        start = where % (len(body) + 1)
        body = body[:start] + patch + body[start + length :]
    try:
        found, bad, _ = read_page(body, SERVER)
    except BadPayload:
        found = []
    else:
        accounted = len(found) + len(bad)
        assert cuts or accounted <= len(root) <= accounted + sum(
            isinstance(each, dict) and _unwanted(each) for each in root
        )
    try:
        single = read_status(body[1:-1], SERVER)
    except BadPayload:
        single = None
    for item in [*found, *([single] if single else [])]:
        _check_post(item.post)
        assert item.local_id


def _check_post(read: Post) -> None:
    """Whatever was made of it, it is a sound post that the journal can keep."""
    carries(read, HALL)
    assert read.uri
    assert read.author.handle.startswith("@")
    assert read.author.name
    assert read.created_at.tzinfo is UTC
    assert all(url.startswith(("https://", "http://")) for url in read.pictures)
    assert all(0 <= each <= 1 for item in read.attachments for each in item.focus or ())
    event = PostReceived(at=at(0), post=read, sighting=MET)
    assert decode(encode(event)) == event


BASES = st.deferred(lambda: st.sampled_from([FULL, LEAST, *recorded_statuses()]))
MUTATED = given(BASES, st.lists(STRUCTURAL, max_size=5), st.lists(BYTES, max_size=3))
ANYWAY = [HealthCheck.too_slow, HealthCheck.data_too_large]


@settings(max_examples=1_000, deadline=None, suppress_health_check=ANYWAY)
@MUTATED
def test_no_mutation_of_a_status_gets_past_the_documented_errors(base, changes, cuts):
    _check_survival(base, changes, cuts)


@pytest.mark.campaign
@settings(max_examples=10_000, deadline=None, suppress_health_check=ANYWAY)
@MUTATED
def test_ten_thousand_mutations_do_not_either(base, changes, cuts):
    _check_survival(base, changes, cuts)
