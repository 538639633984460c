from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from kiosk.domain.model import Attachment, Author, Card, Kind, Quote
from kiosk.sources.x.posts import made
from kiosk.sources.x.shapes import Included, XMedia, XPoll, XPost, XUser, moment_of

ADA = XUser(id="7", username="ada", name="Ada", profile_image_url="https://pbs.example/a_normal.jpg")
BOB = XUser(id="8", username="bob", name="Bob")
NOW = datetime(2026, 11, 23, 18, tzinfo=UTC)


def post(included: dict[str, Any] | None = None, **said: Any):
    more = Included(users={"7": ADA, "8": BOB}, media={}, polls={}, posts={})._replace(**(included or {}))
    return made(XPost(**{"id": "100", "text": "Words", "author_id": "7", "created_at": NOW, **said}), more)


def test_a_post_is_made():
    shown = post(lang="en", entities={"hashtags": [{"tag": "hall"}]})
    assert (shown.uri, shown.text, shown.created_at) == ("https://x.com/i/status/100", "Words", NOW)
    assert (shown.url, shown.tags, shown.language) == ("https://x.com/ada/status/100", ("hall",), "en")
    assert shown.author == Author("@ada@x.com", "Ada", "https://pbs.example/a_400x400.jpg")
    assert (shown.sensitive, shown.edited_at, shown.remarks) == (False, None, ())


def test_an_edit_keeps_its_first_id_and_time():
    first, second = str(2**60), str(2**60 + (60_000 << 22))
    shown = post(id=second, edit_history_tweet_ids=[first, second])
    assert shown.uri.endswith(first)
    assert (shown.created_at, shown.edited_at) == (moment_of(first), moment_of(second))


def test_a_post_without_a_time_takes_that_of_its_id():
    assert post(id="1220206014030589953", created_at=None).created_at.year == 2020


@pytest.mark.parametrize(
    "said",
    [
        {"referenced_tweets": [{"type": "retweeted", "id": "1"}]},
        {"text": "RT @bob: Words"},
        {"author_id": "9"},
    ],
    ids=["retweet", "old retweet", "protected"],
)
def test_reposts_and_protected_posts_are_never_shown(said):
    protected = XUser(id="9", username="eve", protected=True)
    assert post({"users": {"7": ADA, "9": protected}}, **said) is None


@pytest.mark.parametrize("user", [None, XUser(id="7", username=" ")], ids=["missing", "nameless"])
def test_a_post_without_an_author_is_refused(user):
    with pytest.raises(ValueError, match="author"):
        post({"users": {"7": user} if user else {}})


def test_links_are_shown_as_x_shows_them_and_those_of_pictures_go():
    urls = [
        {"url": "https://t.co/a", "expanded_url": "https://e.example/page", "display_url": "e.example/pa…"},
        {"url": "https://t.co/b", "expanded_url": "https://x.com/ada/status/100/photo/1", "media_key": "3_1"},
        {"url": "https://t.co/c", "display_url": "pic.x.com/c"},
        {"url": "https://t.co/d"},
        {"url": 5},
    ]
    text = "A &amp; B &lt;3 https://t.co/a https://t.co/d https://t.co/b https://t.co/c"
    assert post(text=text, entities={"urls": urls}).text == "A & B <3 e.example/pa… https://t.co/d"


def test_a_long_post_is_shown_whole():
    note = {
        "text": "The whole text https://t.co/a",
        "entities": {"urls": [{"url": "https://t.co/a", "display_url": "e.example"}], "hashtags": [{"tag": "long"}]},
    }
    shown = post(text="The whole…", note_tweet=note)
    assert (shown.text, shown.tags) == ("The whole text e.example", ("long",))


def test_pictures_have_their_alt_text_and_videos_their_preview():
    media = {
        "1": XMedia("1", "photo", url="https://e.example/1.jpg", alt_text="A &amp; cat"),
        "2": XMedia("2", "video", preview_image_url="https://e.example/2.jpg"),
        "3": XMedia("3", "animated_gif", preview_image_url="javascript:x"),
    }
    assert post({"media": media}, attachments={"media_keys": ["1", "2", "3", "4", 5]}).attachments == (
        Attachment(Kind.PHOTO, "https://e.example/1.jpg", "A & cat"),
        Attachment(Kind.VIDEO, "https://e.example/2.jpg"),
        Attachment(Kind.VIDEO, ""),
    )


def test_a_quote_stands_below_and_its_link_goes():
    quoted = XPost(id="50", text="Quoted", author_id="8")
    urls = [{"url": "https://t.co/q", "expanded_url": "https://twitter.com/bob/status/50?s=20", "display_url": "t/b"}]
    references = [{"type": "replied_to", "id": "51"}, {"type": "quoted", "id": "50"}]
    shown = post(
        {"posts": {"50": quoted}}, text="See https://t.co/q", entities={"urls": urls}, referenced_tweets=references
    )
    assert shown.text == "See"
    assert shown.quote == Quote(Author("@bob@x.com", "Bob"), "Quoted", "https://x.com/bob/status/50")
    alone = post(text="See https://t.co/q", entities={"urls": urls}, referenced_tweets=references)
    assert (alone.text, alone.quote) == ("See t/b", None)


@pytest.mark.parametrize(
    ("said", "quoted"),
    [
        ({"possibly_sensitive": True}, {}),
        ({"withheld": {"country_codes": ["DE", "FR"], "copyright": False}}, {}),
        ({}, {"possibly_sensitive": True}),
        ({}, {"withheld": {"copyright": True}}),
    ],
)
def test_what_is_sensitive_or_withheld_anywhere_is_sensitive(said, quoted):
    there = {"posts": {"50": XPost(id="50", author_id="8", **quoted)}}
    shown = post(there, referenced_tweets=[{"type": "quoted", "id": "50"}], **said)
    assert shown.sensitive
    withheld = "withheld" in said or "withheld" in quoted
    assert len(shown.remarks) == withheld
    if "withheld" in said:
        assert shown.remarks == ("X withholds this in DE, FR.",)


def test_a_poll_is_shown_by_its_choices_in_order():
    poll = XPoll("1", options=[{"position": 2, "label": "B"}, {"position": 1, "label": "A &amp; C", "votes": 9}, {}])
    assert post({"polls": {"1": poll}}, attachments={"poll_ids": ["1"]}).poll == ("A & C", "B")


def test_a_link_with_a_title_becomes_a_card_where_nothing_else_stands():
    link = {
        "url": "https://t.co/a",
        "expanded_url": "https://sho.rt/a",
        "unwound_url": "https://e.example/page",
        "title": "Title &amp; more",
        "description": "About",
        "images": [{"url": "https://e.example/s.jpg", "width": 150}, {"url": "https://e.example/l.jpg", "width": 900}],
    }
    card = Card("https://e.example/page", "Title & more", "About", "e.example", "https://e.example/l.jpg")
    assert post(entities={"urls": [link]}).card == card
    media = {"1": XMedia("1", "photo", url="https://e.example/1.jpg")}
    assert post({"media": media}, entities={"urls": [link]}, attachments={"media_keys": ["1"]}).card is None


def test_a_language_that_is_none_is_left_out():
    assert post(lang="und").language == post(lang="qme").language == ""
